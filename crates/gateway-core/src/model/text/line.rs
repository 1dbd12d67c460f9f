//! The brief: one plain line.

use std::fmt;

use serde::Serialize;

use super::characters::one_line;
use super::html;

/// One plain line in NFC, without markup; it may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Line(String);

impl Line {
    /// The text of HTML: tags and what is no text (scripts, styles, comments) are gone, entities are decoded, and what
    /// stood in two blocks is parted by a space.
    #[must_use]
    pub fn from_html(html: &str) -> Self {
        Self(one_line(&html::plain_text(html)))
    }

    /// A text without markup: `<` and `&` are what they are.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(one_line(text))
    }

    /// The line as text.
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

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
