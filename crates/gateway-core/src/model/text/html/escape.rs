//! What Markdown would take for markup in a text.
//!
//! htmd escapes one text node at a time, and only a part of what means something: `<` before an empty mark and `script`
//! behind it made a tag. So texts are escaped before htmd reads them. A character that needs a backslash is replaced by
//! a sign that htmd does not touch, and the sign by both when the Markdown is there. The signs are noncharacters, which
//! Unicode sets aside for use inside a program; none may come from outside (see [`is_sign`]).

const SIGNS: std::ops::RangeInclusive<char> = '\u{FDD0}'..='\u{FDEF}';
/// The characters behind the signs, in the signs' order.
const ESCAPED: &str = "\\`*_[]~<&#>+-=|:.)!";

/// Where in a line of the Markdown a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    LineStart,
    /// Behind digits that begin the line: a list could be meant.
    Number,
    Within,
    /// Right behind inline code.
    BehindCode,
}

/// Whether a character is one of the signs, and so must not stand in a text that is to be escaped.
pub(super) fn is_sign(c: char) -> bool {
    SIGNS.contains(&c)
}

/// The sign for a character; a character that has none is left as it is.
fn sign(c: char) -> char {
    ESCAPED.chars().zip(SIGNS).find(|(escaped, _)| *escaped == c).map_or(c, |(_, sign)| sign)
}

/// Writes a text whose white space is single spaces, with signs for what would be markup. A `!` needs one when a link
/// comes next: together they are an image.
pub(super) fn push_escaped(text: &str, place: &mut Place, link_next: bool, out: &mut String) {
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' => true,
            '<' => !rest.starts_with(' '),
            '&' => begins_entity(rest),
            '#' | '>' | '+' | '-' | '=' | '|' | ':' => *place == Place::LineStart,
            '.' | ')' => *place == Place::Number && (rest.is_empty() || rest.starts_with(' ')),
            '!' => link_next && rest.is_empty(),
            _ => false,
        };
        out.push(if is_markup { sign(c) } else { c });
        *place = match (*place, c) {
            (Place::LineStart, ' ') => Place::LineStart,
            (Place::LineStart | Place::Number, '0'..='9') => Place::Number,
            _ => Place::Within,
        };
    }
}

/// Whether a `&` in front of the text begins an entity.
fn begins_entity(text: &str) -> bool {
    let name = text.strip_prefix('#').unwrap_or(text);
    let behind = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    behind.len() < name.len() && behind.starts_with(';')
}

/// Markdown with backslashes for its signs.
pub(super) fn with_backslashes(markdown: &str) -> String {
    let mut written = String::with_capacity(markdown.len());
    for c in markdown.chars() {
        match SIGNS.zip(ESCAPED.chars()).find(|(sign, _)| *sign == c) {
            Some((_, escaped)) => written.extend(['\\', escaped]),
            None => written.push(c),
        }
    }
    written
}
