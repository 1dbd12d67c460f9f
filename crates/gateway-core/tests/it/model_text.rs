//! Names and plain lines.

use gateway_core::model::{Line, Markdown, Name};
use proptest::prelude::*;
use unicode_normalization::is_nfc;

#[test]
fn a_name_is_one_line() {
    for (text, name) in [
        ("  a\u{a0}\u{a0}b\r\n\tc ", "a b c"),
        ("e\u{301}", "é"),
        ("a\u{200b}b\u{feff}\u{ad}c\0d\u{202e}", "abcd"),
        ("👩\u{200d}👧", "👩\u{200d}👧"),
        ("\u{200d}a \u{200d}b\u{200d}", "a b"),
    ] {
        assert_eq!(Name::new(text).unwrap().as_str(), name, "of {text:?}");
    }
    for empty in ["", " \u{a0}\n", "\u{200b}\0", "\u{200d}"] {
        assert!(Name::new(empty).is_err(), "{empty:?} is a name");
    }
}

#[test]
fn a_long_name_is_cut_after_a_word() {
    for (name, chars, cut) in [
        ("one two three", 13, None),
        ("one two three", 12, Some("one two")),
        ("one two three", 7, Some("one two")),
        ("one two three", 8, Some("one two")),
        ("a bbbbbbbbbbbb", 10, Some("a bbbbbbbb")),
        ("żółwżółw", 4, Some("żółw")),
        ("abc👩\u{200d}👧", 5, Some("abc")),
        ("abx\u{323}\u{302}", 4, Some("ab")),
        ("👍🏽👍🏽", 3, Some("👍🏽")),
        ("abc", 0, Some("a")),
    ] {
        let name = Name::new(name).unwrap();
        let (found, was_cut) = name.cut_at_word(chars);
        assert_eq!(found.as_str(), cut.unwrap_or(name.as_str()), "{name} in {chars}");
        assert_eq!(was_cut, cut.is_some(), "{name} in {chars}");
    }
}

#[test]
fn a_line_is_the_text_of_html() {
    for (html, line) in [
        ("", ""),
        ("<p>One</p><p>two&nbsp;&amp;&#322;</p>", "One two &ł"),
        ("a<b>b</b>c<br>d", "abc d"),
        ("&amp;lt;b&amp;gt; 5 < 6 > 4", "&lt;b&gt; 5 < 6 > 4"),
        ("<script>alert('<p>')</script>x<!-- <p> --><style>y</style>", "x"),
        ("10<sup>6</sup> m<sup>2</sup>", "10⁶ m²"),
        ("<img src=x alt=\"A &quot;mug&quot;\">", "A \"mug\""),
    ] {
        assert_eq!(Line::from_html(html).as_str(), line, "of {html}");
    }
    assert_eq!(Line::from_text(" a <b>\n&amp; ").as_str(), "a <b> &amp;");
}

/// Texts in which markup, white space and odd characters are frequent.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[ \n\t\u{a0}\u{200b}\u{200d}\u{301}\u{338}\0\u{7f}=<>&;#/\"'!*_`|\\\\\\[\\]()-]{0,6}",
        prop::sample::select(vec![
            "<p>",
            "</p>",
            "<div>",
            "<ul><li>",
            "</li>",
            "</ul>",
            "<table><tr><td>",
            "<th>",
            "</table>",
            "<b>",
            "</b>",
            "<i>",
            "<a href=\"javascript:x\">",
            "<a href='https://a.example/(b)'>",
            "</a>",
            "<pre>",
            "</pre>",
            "<code>",
            "<h2>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<script>",
            "</script>",
            "<br>",
            "&nbsp;",
            "&lt;",
            "&#0;",
            "&#x200b;",
            "<sup>",
            "<img alt=\"<x>\">",
            "<blockquote>",
            "&lt;script&gt;",
            "<svg>",
            "</td>",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_name_of_a_name_is_the_name(text in odd_text()) {
        if let Ok(name) = Name::new(&text) {
            prop_assert_eq!(&Name::new(name.as_str()).unwrap(), &name);
            prop_assert!(is_nfc(name.as_str()));
            prop_assert!(!name.as_str().chars().any(char::is_control), "{:?}", name);
        }
    }

    #[test]
    fn a_cut_name_is_a_name_that_fits(text in odd_text(), chars in 1_usize..40) {
        if let Ok(name) = Name::new(&text) {
            let (cut, was_cut) = name.cut_at_word(chars);
            prop_assert!(cut.as_str().chars().count() <= chars);
            prop_assert_eq!(was_cut, cut != name);
            prop_assert!(name.as_str().starts_with(cut.as_str()) && !cut.as_str().is_empty());
            prop_assert!(is_nfc(cut.as_str()));
        }
    }

    #[test]
    fn no_text_breaks_a_line(text in odd_text()) {
        for line in [Line::from_html(&text), Line::from_text(&text)] {
            prop_assert!(is_nfc(line.as_str()), "{line:?}");
            prop_assert!(!line.as_str().chars().any(char::is_control), "{line:?}");
        }
    }

    #[test]
    fn no_text_breaks_markdown(text in odd_text()) {
        for markdown in [Markdown::from_html(&text), Markdown::from_text(&text)] {
            let found = markdown.as_str();
            prop_assert!(is_nfc(found), "{found:?}");
            prop_assert!(!found.chars().any(|c| c != '\n' && c.is_control()), "{found:?}");
            prop_assert!(!found.contains("\n\n\n"), "two empty lines in a row: {found:?}");
            prop_assert!(!found.contains("](javascript"), "{found:?}");
        }
    }
}
