//! The number under the bar code. Data, never identity.

use std::fmt;

use serde::Serialize;

/// The longest text that an error repeats, in characters.
const QUOTED_CHARS: usize = 40;

/// Why a text is no EAN. The variant is sent without it, with a warning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEan {
    /// Something other than digits is in it.
    #[error("the EAN {0:?} holds something other than digits")]
    NotDigits(String),
    /// A number of digits that no EAN has.
    #[error("the EAN {found:?} has {digits} digits, not 8, 12, 13 or 14")]
    Length {
        /// The text, cut short when it is long.
        found: String,
        /// How many digits it has.
        digits: usize,
    },
    /// The last digit does not follow from the others.
    #[error("the EAN {found:?} ends in a wrong check digit; {expected} would be right")]
    CheckDigit {
        /// The text.
        found: String,
        /// The check digit that the other digits ask for.
        expected: u32,
    },
}

/// A GTIN with a right check digit: EAN-8, UPC-A (12 digits), EAN-13 or GTIN-14.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Ean(String);

impl Ean {
    /// Takes an EAN as the platform writes it. An empty one is no EAN, and no error.
    ///
    /// # Errors
    /// When something other than digits is in it, their number is wrong, or the check digit is.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidEan> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let found = || text.chars().take(QUOTED_CHARS).collect::<String>();
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidEan::NotDigits(found()));
        }
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            return Err(InvalidEan::Length { found: found(), digits: text.len() });
        }
        // From the right, the check digit itself left out, the weights are 3, 1, 3, 1, …
        let mut digits = text.chars().rev().filter_map(|c| c.to_digit(10));
        let last = digits.next();
        let sum: u32 = digits.zip([3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        let expected = (10 - sum % 10) % 10;
        if last == Some(expected) {
            Ok(Some(Self(text.to_owned())))
        } else {
            Err(InvalidEan::CheckDigit { found: found(), expected })
        }
    }

    /// The digits as text, with the zeros at its beginning.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
