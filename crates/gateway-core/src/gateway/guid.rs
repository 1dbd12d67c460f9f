//! The Gateway's names for things.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

/// A product's or a tag's guid at the Gateway.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Guid(Uuid);

impl Guid {
    /// The guid of nothing: stands for one that is not made yet.
    pub const NIL: Self = Self(Uuid::nil());

    /// Reads a guid; `None` when the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text.trim()).ok().map(Self)
    }

    /// The first guid in a text, such as that in "Tag (…) already exists".
    #[must_use]
    pub fn find_in(text: &str) -> Option<Self> {
        let hyphenated = |word: &&str| word.len() == 36;
        text.split(|c: char| !c.is_ascii_hexdigit() && c != '-').filter(hyphenated).find_map(Self::parse)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
