//! The long description: Markdown.

use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::html;

/// A description in Markdown (`CommonMark`, with tables as pipes), NFC; it may be empty. No HTML is left in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Markdown(String);

impl Markdown {
    /// The Markdown of HTML that may be broken or hostile.
    ///
    /// Headings, paragraphs, lists, quotes, tables, bold, italic, code and links (`http`, `https`, `mailto`, `tel`)
    /// stay. An image is replaced by its text, because its address leads to the shop. A table whose cells hold more than
    /// a line, or that has one column, was made for the layout; its cells become paragraphs. Everything else that is no
    /// text is gone. HTML without any tag is a text, whose line breaks stay.
    #[must_use]
    pub fn from_html(html: &str) -> Self {
        Self(tidied(&html::to_markdown(html)))
    }

    /// The Markdown of a text without markup: its line breaks stay, and what Markdown would take for markup is escaped.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self::from_html(&text.replace('&', "&amp;").replace('<', "&lt;"))
    }

    /// The description as Markdown text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Lines without spaces at their ends (other than the two that break a line), and never two empty lines in a row.
fn tidied(markdown: &str) -> String {
    let mut tidy = String::with_capacity(markdown.len());
    let mut empty_before = true;
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        let text = line.trim_end();
        let empty = text.is_empty();
        if !(empty && empty_before) {
            tidy.push_str(text);
            let text_follows = lines.peek().is_some_and(|next| !next.trim().is_empty());
            if !empty && text_follows && line.ends_with(HARD_BREAK) {
                tidy.push_str(HARD_BREAK);
            }
            tidy.push('\n');
        }
        empty_before = empty;
    }
    tidy.truncate(tidy.trim_end().len());
    // Two invisible characters less, or an accent put on its letter, may have left another form: NFC comes last.
    tidy.nfc().collect()
}

/// Two spaces at the end of a line break it.
const HARD_BREAK: &str = "  ";

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
