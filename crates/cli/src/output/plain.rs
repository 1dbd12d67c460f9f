//! Text of others made harmless for a terminal.

use std::borrow::Cow;

/// Whether a terminal would obey a character instead of showing it, or a reader be deceived by it: control characters
/// (escapes among them, also those of one byte beyond ASCII), the characters that turn the direction of writing, and the
/// separators of lines and paragraphs.
pub(super) fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line that a terminal only shows: white space becomes a space, anything else harmful a replacement character.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let harmless = |c: char| match c {
        '\n' | '\t' | '\r' => ' ',
        c if is_harmful(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    Cow::Owned(text.chars().map(harmless).collect())
}
