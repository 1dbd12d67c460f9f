//! A name: one line that is not empty.

use std::fmt;

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;

use super::characters::one_line;

/// A text of which nothing is left that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is empty")]
pub struct EmptyName;

/// One line in NFC that is not empty, without white space at its ends or two spaces in a row, and without control or
/// invisible characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Name(String);

impl Name {
    /// Takes a plain text (not HTML) and folds it into one line.
    ///
    /// # Errors
    /// When nothing is left.
    pub fn new(text: &str) -> Result<Self, EmptyName> {
        let line = one_line(text);
        if line.is_empty() { Err(EmptyName) } else { Ok(Self(line)) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in at most `max_chars` characters (Unicode scalar values), and whether something was cut off.
    ///
    /// It is cut after a word; inside one when the last half of what fits has no space. A letter is not parted from its
    /// accents, nor an emoji from what it is joined with, unless there is no other place at all. At least one character
    /// stays.
    #[must_use]
    pub fn cut_at_word(&self, max_chars: usize) -> (Self, bool) {
        let max_chars = max_chars.max(1);
        let Some((limit, _)) = self.0.char_indices().nth(max_chars) else { return (self.clone(), false) };
        let (head, rest) = self.0.split_at_checked(limit).unwrap_or((&self.0, ""));
        let cut = if rest.starts_with(' ') {
            head
        } else {
            match head.rfind(' ').and_then(|space| head.split_at_checked(space)) {
                Some((words, _)) if words.chars().count() * 2 >= max_chars => words,
                _ => whole_characters(head, rest),
            }
        };
        (Self(cut.trim_end().to_owned()), true)
    }
}

/// The longest part of `head` that ends between two characters as a reader sees them; `head` when there is none.
fn whole_characters<'a>(head: &'a str, rest: &str) -> &'a str {
    let mut next = rest.chars().next();
    for (start, c) in head.char_indices().rev() {
        let splits = c == ZERO_WIDTH_JOINER || next.is_some_and(continues);
        if !splits {
            let end = start + c.len_utf8();
            return head.get(..end).unwrap_or(head);
        }
        next = Some(c);
    }
    head
}

const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Whether a reader sees `c` as a part of the character before it: accents, joiners, variation selectors, skin tones.
fn continues(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c, '\u{200C}' | ZERO_WIDTH_JOINER | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
