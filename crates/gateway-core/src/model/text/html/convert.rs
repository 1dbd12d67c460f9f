//! Flat HTML into what is sent.

use std::rc::Rc;
use std::sync::LazyLock;

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::{Element, HtmlToMarkdown, Node};
use markup5ever_rcdom::NodeData;
use url::Url;

use super::escape::with_backslashes;
use super::flatten::flatten;
use super::prepare::{decoded, prepare};
use super::run::push_text;
use super::scan::{Scanner, Token, attribute};
use super::tags::is_block;

/// The schemes of links that may stay.
const LINK_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// What decides about safety: everything that is not named here is dropped.
static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
        .add_tags([
            "a",
            "blockquote",
            "br",
            "code",
            "em",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "li",
            "ol",
            "p",
            "pre",
            "strong",
            "table",
            "tbody",
            "td",
            "th",
            "tr",
            "ul",
            "wbr",
        ])
        .add_tag_attributes("a", ["href"])
        .url_schemes(LINK_SCHEMES.into())
        .link_rel(None)
        .attribute_filter(|_, _, address| link_destination(address).map(Into::into));
    builder
});

/// Takes every tag away.
static TAG_REMOVER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(ammonia::Builder::empty);

static CONVERTER: LazyLock<HtmlToMarkdown> = LazyLock::new(|| {
    HtmlToMarkdown::builder()
        .add_handler(vec!["table"], table)
        .add_handler(vec!["strong", "em"], mark)
        .build()
});

/// HTML as Markdown. Blank lines are as htmd leaves them, and the text may not be NFC yet.
pub(in super::super) fn to_markdown(html: &str) -> String {
    let clean = SANITIZER.clean(&flatten(html)).to_string();
    // htmd's error is one of reading; it reads from memory, which cannot fail.
    with_backslashes(&CONVERTER.convert(&prepare(&clean)).unwrap_or_default())
}

/// The text of HTML; blocks are parted by a space. White space is as it was.
pub(in super::super) fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut superscript = false;
    for token in Scanner::new(html) {
        match token {
            Token::Text(piece) => push_text(piece, superscript, &mut text),
            Token::Start(name, attributes) if name.eq_ignore_ascii_case("img") => {
                text.push(' ');
                push_text(attribute(attributes, "alt").unwrap_or_default(), false, &mut text);
                text.push(' ');
            }
            Token::Start(name, _) if name.eq_ignore_ascii_case("sup") => superscript = true,
            Token::End(name) if name.eq_ignore_ascii_case("sup") => superscript = false,
            Token::Start(name, _) | Token::End(name) if is_block(&name.to_ascii_lowercase()) => {
                text.push(' ');
                superscript = false;
            }
            Token::Start(..) | Token::End(_) => {}
        }
    }
    // There is no tag left; the parser decodes all entities, and the writer encodes four.
    decoded(&TAG_REMOVER.clean(&text).to_string())
}

/// A link's address as Markdown can bear it: absolute, in the URL standard's own spelling, without a character that
/// could end the destination.
fn link_destination(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    if !LINK_SCHEMES.contains(&url.scheme()) {
        return None;
    }
    let mut destination = String::new();
    for c in url.as_str().chars() {
        match c {
            '(' | ')' | '<' | '>' | '\\' | '|' | '`' | '"' | '\'' | '*' | ' ' => {
                destination.push_str(&format!("%{:02X}", u32::from(c)));
            }
            _ => destination.push(c),
        }
    }
    Some(destination)
}

/// Bold or italic text. White space alone cannot be either, and htmd would drop it: what it parts would run together.
fn mark(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    if is_blank(element.node) {
        Some(handlers.walk_children(element.node))
    } else {
        handlers.fallback(element)
    }
}

fn is_blank(node: &Rc<Node>) -> bool {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().trim().is_empty(),
        _ => children(node).iter().all(is_blank),
    }
}

/// A table as lines with pipes, without padding: htmd's own pads every cell to the longest of its column, which makes
/// gigabytes of a table that means harm, and takes tables without a heading apart.
#[expect(clippy::needless_pass_by_value, reason = "htmd's signature")]
fn table(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let rows = rows(element.node);
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let for_layout = columns < 2 || rows.iter().flatten().any(holds_blocks);
    let mut lines = String::from("\n\n");
    if for_layout {
        for cell in rows.iter().flatten() {
            lines.push_str(handlers.walk_children(cell).content.trim());
            lines.push_str("\n\n");
        }
        return Some(lines.into());
    }
    let has_heading = rows.first().is_some_and(|cells| cells.iter().all(|cell| tag(cell) == Some("th")));
    if !has_heading {
        // Without a heading it would be no table; none of the rows is one, so it is empty.
        lines.push_str(&"| ".repeat(columns));
        lines.push_str("|\n");
    }
    for (number, cells) in rows.iter().enumerate() {
        if number == usize::from(has_heading) {
            push_rule(columns, &mut lines);
        }
        for cell in cells {
            lines.push_str("| ");
            for (number, word) in handlers.walk_children(cell).content.split_whitespace().enumerate() {
                if number > 0 {
                    lines.push(' ');
                }
                lines.push_str(&word.replace('|', "\\|"));
            }
            lines.push(' ');
        }
        if number == 0 {
            // The heading decides how many columns there are; the rows below may be shorter.
            lines.push_str(&"| ".repeat(columns.saturating_sub(cells.len())));
        }
        lines.push_str("|\n");
    }
    if rows.len() == usize::from(has_heading) {
        push_rule(columns, &mut lines);
    }
    lines.push('\n');
    Some(lines.into())
}

fn push_rule(columns: usize, lines: &mut String) {
    lines.push_str(&"| --- ".repeat(columns));
    lines.push_str("|\n");
}

/// The cells of a table, row by row, without those of tables inside it. Rows without a cell are left out.
fn rows(table: &Rc<Node>) -> Vec<Vec<Rc<Node>>> {
    let is = |node: &Rc<Node>, names: &[&str]| tag(node).is_some_and(|tag| names.contains(&tag));
    children(table)
        .into_iter()
        .flat_map(|part| if is(&part, &["tr"]) { vec![part] } else { children(&part) })
        .filter(|row| is(row, &["tr"]))
        .map(|row| children(&row).into_iter().filter(|cell| is(cell, &["td", "th"])).collect::<Vec<_>>())
        .filter(|cells| !cells.is_empty())
        .collect()
}

fn children(node: &Rc<Node>) -> Vec<Rc<Node>> {
    node.children.borrow().clone()
}

fn tag(node: &Rc<Node>) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

/// Whether a cell holds more than one line of text. [`flatten`] writes a tag for every paragraph but the first.
fn holds_blocks(cell: &Rc<Node>) -> bool {
    children(cell).iter().any(|child| tag(child).is_some_and(|tag| tag != "br" && is_block(tag)))
}
