//! Texts in a file: in code page 1250, of a certain length, and without quotes, which readers do not agree on.

use encoding_rs::WINDOWS_1250;

/// A text that goods are known by, which must stand there as it is.
///
/// # Errors
/// When it cannot, with why, as a part of a sentence.
pub fn exact(text: &str, longest: usize) -> Result<&str, &'static str> {
    let text = text.trim();
    match () {
        () if text.is_empty() => Err("is empty"),
        () if text.chars().nth(longest).is_some() => Err("is longer than a file can tell"),
        () if text.contains('"') => Err("holds a quotation mark, which a file cannot tell"),
        () if !text.chars().all(is_told) => Err("holds a letter that a file cannot tell"),
        () => Ok(text),
    }
}

/// A text for people, made to fit.
#[must_use]
pub fn fitted(text: &str, longest: usize) -> String {
    let fitting = |letter: char| match letter {
        '"' => '\'',
        letter if letter.is_whitespace() => ' ',
        letter if is_told(letter) => letter,
        _ => '?',
    };
    text.trim().chars().take(longest).map(fitting).collect::<String>().trim_end().to_owned()
}

/// A text as a field: in quotes, and made to fit.
#[must_use]
pub fn quoted(text: &str, longest: usize) -> String {
    format!("\"{}\"", fitted(text, longest))
}

/// In the bytes of the code page.
#[must_use]
pub(super) fn encoded(text: &str) -> Vec<u8> {
    WINDOWS_1250.encode(text).0.into_owned()
}

/// Whether the code page has it.
fn is_told(letter: char) -> bool {
    let (_, _, is_missing) = WINDOWS_1250.encode(letter.encode_utf8(&mut [0; 4]));
    !is_missing && !letter.is_control()
}
