//! Where a picture of a product is to be had.

use serde::Serialize;
use url::Url;

/// An image whose identity is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an image has an empty identity")]
pub struct InvalidImageRef;

/// An image of a variant, as its platform names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ImageRef {
    identity: String,
    public_url: Option<Url>,
    #[serde(skip)]
    location: Option<String>,
}

impl ImageRef {
    /// An image by its identity at the source: what stays the same as long as the picture does, and changes with it
    /// (an id, a path, an address with its version). By it an image is known to have been sent already.
    ///
    /// `public_url` is an address from which anybody can fetch it, if there is one.
    ///
    /// # Errors
    /// When the identity is empty, or holds a NUL, which cannot be remembered everywhere.
    pub fn new(identity: &str, public_url: Option<Url>) -> Result<Self, InvalidImageRef> {
        let identity = identity.trim().to_owned();
        if identity.is_empty() || identity.contains('\0') {
            Err(InvalidImageRef)
        } else {
            Ok(Self { identity, public_url, location: None })
        }
    }

    /// The same image, with what its platform needs to find it where the identity alone does not tell.
    #[must_use]
    pub fn located_at(self, location: &str) -> Self {
        Self { location: Some(location.to_owned()), ..self }
    }

    /// What its platform needs to find it: the location, or else the identity.
    #[must_use]
    pub fn location(&self) -> &str {
        self.location.as_deref().unwrap_or(&self.identity)
    }

    /// The image's identity at the source.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// An address from which anybody can fetch the image.
    #[must_use]
    pub fn public_url(&self) -> Option<&Url> {
        self.public_url.as_ref()
    }
}
