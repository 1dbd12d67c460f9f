//! The code pages that texts are in.

use std::borrow::Cow;

/// How bytes become texts. All are ASCII below 128, so a file can be taken apart before its code page is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodePage {
    /// Windows-1250, which is what a file is in that does not say.
    Cp1250,
    /// DOS Latin-2.
    Cp852,
    /// Of a file with a byte order mark.
    Utf8,
}

impl CodePage {
    /// By the number that a file tells.
    pub(super) fn numbered(number: &str) -> Option<Self> {
        match number {
            "1250" => Some(Self::Cp1250),
            "852" => Some(Self::Cp852),
            _ => None,
        }
    }

    /// A text. Bytes that mean nothing become U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Cp852 => bytes.iter().map(|byte| cp852(*byte)).collect(),
            Self::Cp1250 => {
                let (text, _) = encoding_rs::WINDOWS_1250.decode_without_bom_handling(bytes);
                // The web takes the bytes without a meaning for control characters.
                let is_none = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
                if text.contains(is_none) { text.replace(is_none, "\u{fffd}").into() } else { text }
            }
        }
    }
}

fn cp852(byte: u8) -> char {
    let high = byte.checked_sub(128).and_then(|place| CP852.get(usize::from(place)));
    high.copied().unwrap_or(char::from(byte))
}

/// What the bytes from 128 mean in code page 852.
#[rustfmt::skip]
const CP852: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'ů', 'ć', 'ç', 'ł', 'ë', 'Ő', 'ő', 'î', 'Ź', 'Ä', 'Ć',
    'É', 'Ĺ', 'ĺ', 'ô', 'ö', 'Ľ', 'ľ', 'Ś', 'ś', 'Ö', 'Ü', 'Ť', 'ť', 'Ł', '×', 'č',
    'á', 'í', 'ó', 'ú', 'Ą', 'ą', 'Ž', 'ž', 'Ę', 'ę', '¬', 'ź', 'Č', 'ş', '«', '»',
    '░', '▒', '▓', '│', '┤', 'Á', 'Â', 'Ě', 'Ş', '╣', '║', '╗', '╝', 'Ż', 'ż', '┐',
    '└', '┴', '┬', '├', '─', '┼', 'Ă', 'ă', '╚', '╔', '╩', '╦', '╠', '═', '╬', '¤',
    'đ', 'Đ', 'Ď', 'Ë', 'ď', 'Ň', 'Í', 'Î', 'ě', '┘', '┌', '█', '▄', 'Ţ', 'Ů', '▀',
    'Ó', 'ß', 'Ô', 'Ń', 'ń', 'ň', 'Š', 'š', 'Ŕ', 'Ú', 'ŕ', 'Ű', 'ý', 'Ý', 'ţ', '´',
    '\u{ad}', '˝', '˛', 'ˇ', '˘', '§', '÷', '¸', '°', '¨', '˙', 'ű', 'Ř', 'ř', '■', '\u{a0}',
];
