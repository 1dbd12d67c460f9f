//! What a suite finds wrong.

use std::fmt;

/// What a platform does that it must not do, as a sentence for whoever has to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding(String);

/// What a suite says: nothing, or what it found.
pub type Verdict = Result<(), Finding>;

impl Finding {
    /// A finding in these words.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// The same, with where it was found in front of it.
    pub(crate) fn at(self, place: &str) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Nothing where `is_right`, else what is wrong.
pub(crate) fn ensure(is_right: bool, what: impl FnOnce() -> String) -> Verdict {
    if is_right { Ok(()) } else { Err(Finding::new(what())) }
}
