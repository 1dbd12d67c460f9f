//! The vendor's own number of a variant. Data, never identity.

use std::fmt;

use serde::Serialize;

/// The longest SKU that is taken, in characters.
pub const MAX_SKU_CHARS: usize = 255;

/// Why a text is no SKU.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSku {
    /// Longer than [`MAX_SKU_CHARS`].
    #[error("the SKU has {0} characters, more than {MAX_SKU_CHARS}")]
    TooLong(usize),
    /// A line break, a NUL or another control character is in it.
    #[error("the SKU {0:?} holds a control character")]
    Control(String),
}

/// An SKU: not empty, without white space at its ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Sku(String);

impl Sku {
    /// Takes the SKU as the platform writes it. An empty one is no SKU, and no error.
    ///
    /// # Errors
    /// When it is longer than [`MAX_SKU_CHARS`] characters, or holds a control character.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidSku> {
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            Ok(None)
        } else if chars > MAX_SKU_CHARS {
            Err(InvalidSku::TooLong(chars))
        } else if text.chars().any(char::is_control) {
            Err(InvalidSku::Control(text.to_owned()))
        } else {
            Ok(Some(Self(text.to_owned())))
        }
    }

    /// The SKU as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
