//! Which characters a text may hold.

use unicode_normalization::UnicodeNormalization;

/// Characters that nobody sees, and that make two equal-looking texts differ or turn the reading direction: soft hyphen,
/// zero-width space and word joiner, byte order mark, direction marks. The zero-width joiners are not among them: emoji
/// and several scripts are written with them.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// The two characters that join or part their neighbours, and mean nothing without them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// One line in NFC: white space of any kind (no-break spaces, line breaks, tabs) becomes one space and is gone at both
/// ends; control and invisible characters are gone.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut space = false;
    let mut joiner = None;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            joiner = None;
        } else if is_joiner(c) {
            // It needs a character on both sides.
            joiner = (!space && !line.is_empty()).then_some(c);
        } else if !c.is_control() && !is_invisible(c) {
            if space && !line.is_empty() {
                line.push(' ');
            }
            line.extend(joiner.take());
            space = false;
            line.push(c);
        }
    }
    line.nfc().collect()
}
