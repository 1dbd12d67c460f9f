//! Reads a whole document, and is as strict as XML 1.0.

use std::collections::BTreeMap;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// The namespace of what IdoSell adds.
const EXTENSIONS: &str = "http://www.iai-shop.com/developers/iof/extensions.phtml";

/// An element. Names of the extensions' namespace begin with `ext:`, whatever prefix the document has for it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Element> + use<'a> {
        let name = name.to_owned();
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The one child of this name.
    pub(crate) fn child(&self, name: &str) -> &Element {
        let all: Vec<_> = self.all(name).collect();
        assert_eq!(all.len(), 1, "{name} in {self:?}");
        all[0]
    }

    /// The text of the child of this name in a language.
    pub(crate) fn in_language(&self, name: &str, language: &str) -> &str {
        let mut all = self.all(name).filter(|child| child.get("xml:lang") == language);
        &all.next().unwrap_or_else(|| panic!("no {name} in {language} in {self:?}")).text
    }
}

pub(crate) fn parse(text: &str) -> Element {
    assert!(text.starts_with("<?xml "), "{text:.80}");
    for c in text.chars() {
        assert!(matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..), "{c:?} is none of XML's");
    }
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = true;
    config.check_comments = true;
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position())) {
            Event::Start(start) => open.push(element(&reader, &start)),
            Event::End(_) => {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
            Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut().unwrap().text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let c = reference.resolve_char_ref().unwrap().map(String::from);
                let text = c.unwrap_or_else(|| resolve_predefined_entity(&reference).unwrap().to_owned());
                open.last_mut().unwrap().text.push_str(&text);
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    let root = open.pop().unwrap();
    assert!(open.is_empty() && root.children.len() == 1 && root.text.trim().is_empty(), "one root element");
    root.children.into_iter().next().unwrap()
}

fn element(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Element {
    let name = |prefix: ResolveResult<'_>, local: &str, whole: &str| match prefix {
        ResolveResult::Bound(namespace) if namespace.as_ref() == EXTENSIONS => format!("ext:{local}"),
        ResolveResult::Unknown(prefix) => panic!("the prefix {prefix:?} is bound to nothing"),
        _ => whole.to_owned(),
    };
    let (namespace, local) = reader.resolver().resolve_element(start.name());
    let own = name(namespace, local.as_ref(), start.name().as_ref());
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.unwrap();
        if attribute.key.as_namespace_binding().is_some() {
            continue;
        }
        let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
        let key = name(namespace, local.as_ref(), attribute.key.as_ref());
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned();
        assert!(!attribute.value.contains('<'), "{:?}", attribute.value);
        attributes.insert(key, value);
    }
    Element { name: own, attributes, ..Element::default() }
}
