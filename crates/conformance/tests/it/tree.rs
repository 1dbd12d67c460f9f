//! Documents in XML, taken apart and written again.

#[path = "../../src/records/tree.rs"]
mod subject;

use proptest::prelude::*;
use subject::{Document, Element, Node};

/// Texts of all kinds, among them what would end an attribute, an element or a part in CDATA.
fn any_text() -> impl Strategy<Value = String> {
    const HOSTILE: [&str; 12] = [
        "]]>",
        "<![CDATA[",
        "\"/><x a='",
        "&amp;",
        "&#13;",
        "&other;",
        "<!--",
        "-->",
        "</product>",
        "\r\n\t",
        " ",
        "?>",
    ];
    let part = prop_oneof![proptest::sample::select(&HOSTILE[..]).prop_map(str::to_owned), any::<String>()];
    proptest::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

fn any_name() -> impl Strategy<Value = String> {
    "[a-zA-Zż_:][a-zA-Z0-9ż_:.-]{0,6}"
}

fn any_element() -> impl Strategy<Value = Element> {
    let attributes = || proptest::collection::btree_map(any_name(), any_text(), 0..3);
    let of = |name, attributes: std::collections::BTreeMap<_, _>, children| {
        let attributes = attributes.into_iter().collect();
        Element { name, attributes, children: joined(children) }
    };
    let leaf =
        (any_name(), attributes()).prop_map(move |(name, attributes)| of(name, attributes, Vec::new()));
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let child = prop_oneof![inner.prop_map(Node::Element), any_text().prop_map(Node::Text)];
        let children = proptest::collection::vec(child, 0..5);
        (any_name(), attributes(), children)
            .prop_map(move |(name, attributes, children)| of(name, attributes, children))
    })
}

/// Texts that stand next to each other are one, as whoever reads them sees it.
fn joined(children: Vec<Node>) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::new();
    for child in children {
        match (joined.last_mut(), child) {
            (_, Node::Text(text)) if text.is_empty() => {}
            (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
            (_, child) => joined.push(child),
        }
    }
    joined
}

fn any_document() -> impl Strategy<Value = Document> {
    let declaration = proptest::option::of(Just("xml version=\"1.0\" encoding=\"utf-8\"".to_owned()));
    (declaration, any_element()).prop_map(|(declaration, root)| Document { declaration, root })
}

proptest! {
    #[test]
    fn what_was_written_is_read_as_it_was(document in any_document()) {
        prop_assert_eq!(Document::read(&document.written()), Some(document));
    }

    #[test]
    fn what_was_read_is_the_same_when_it_is_written_and_read_again(
        parts in proptest::collection::vec(
            prop_oneof![
                proptest::sample::select(&[
                    "<a>", "</a>", "<b c='1'>", "</b>", "<d/>", "<a e=\"&lt;&#10;\" f=''/>", "text", "&amp;", "&#x17c;",
                    "<![CDATA[<x>&]]>", "<!-- no -->", "<?xml version='1.0'?>", "<?do it?>", "\r\n", "<", "&", "<a/ >", "<=>",
                ][..]).prop_map(str::to_owned),
                any::<String>(),
            ],
            0..12,
        ),
    ) {
        let text = format!("<a>{}</a>", parts.concat());
        if let Some(document) = Document::read(&text) {
            prop_assert_eq!(Document::read(&document.written()), Some(document));
        }
    }
}

#[test]
fn a_document_as_shops_send_it_is_read() {
    let text = include_str!("../../../../idosell/tests/fixtures/offer.xml");
    let document = Document::read(text).expect("a document");
    assert_eq!(document.root.name, "offer");
    let written = document.written();
    assert!(
        written.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<offer file_format=\"IOF\""),
        "{written}"
    );
    assert!(written.contains("Sweter Brzoza &amp; Dąb"), "{written}");
    assert_eq!(Document::read(&written), Some(document));
}

#[test]
fn what_is_not_well_formed_is_no_document() {
    for text in [
        "",
        "text",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><a/>",
        "<a/>text",
        "<a b></a>",
        "<a b='1' b='2'/>",
        "<a>&other;</a>",
        "<a b='&other;'/>",
        "<a>&#xFFFFFF;</a>",
        "<a",
        "<a><![CDATA[</a>",
    ] {
        assert_eq!(Document::read(text), None, "{text}");
    }
    assert_eq!(Document::read(&"<a>".repeat(100_000)), None, "too deep");
}
