//! What the tags of HTML mean for a text.

/// Tags that end a line of text.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Whether the tag ends a line of text, rather than standing in one.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// The name of a heading's tag.
pub(super) fn heading(name: &str) -> Option<&'static str> {
    ["h1", "h2", "h3", "h4", "h5", "h6"].into_iter().find(|heading| *heading == name)
}
