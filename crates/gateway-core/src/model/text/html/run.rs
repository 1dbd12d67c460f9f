//! Text between two tags.

/// The longest run of text without a tag, in bytes, wherever it can be parted. The writer behind the sanitizer looks for
/// the next tag at every `&` and every no-break space: in one long text that time grows with the square of its length.
const LONGEST_RUN: usize = 4 << 10;
/// What parts a run; it means nothing to a reader, and Markdown has no sign for it.
pub(super) const RUN_END: &str = "<wbr>";

/// Writes text, in which a `<` starts no tag. Raised digits are written as such, where they are not an entity's: without
/// that, 10⁶ would read 106.
pub(super) fn push_text(text: &str, superscript: bool, out: &mut String) {
    let superscript = superscript && !text.contains('&');
    let mut run = out.len() - out.rfind('>').unwrap_or_default();
    for (at, c) in text.char_indices() {
        // Not inside an entity, which is made of ASCII letters, digits, `#` and `;`.
        let divisible = at == 0 || matches!(c, '&' | '<') || c.is_whitespace() || !c.is_ascii();
        if run > LONGEST_RUN && divisible {
            out.push_str(RUN_END);
            run = 0;
        }
        let before = out.len();
        match c {
            '<' => out.push_str("&lt;"),
            _ if superscript => out.push(raised(c)),
            _ => out.push(c),
        }
        run += out.len() - before;
    }
}

/// A raised digit, where Unicode has one.
fn raised(c: char) -> char {
    match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '+' => '⁺',
        '-' | '−' => '⁻',
        other => other,
    }
}
