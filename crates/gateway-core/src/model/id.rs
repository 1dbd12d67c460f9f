//! Identity: which platform, which shop, which product, which variant.

use std::fmt;

use serde::Serialize;
use url::Url;

/// The longest id that is taken, in characters.
pub const MAX_ID_CHARS: usize = 255;

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Nothing is left after white space at both ends is cut off.
    #[error("an id is empty")]
    Empty,
    /// Longer than [`MAX_ID_CHARS`].
    #[error("an id has {0} characters, more than {MAX_ID_CHARS}")]
    TooLong(usize),
    /// A line break, a NUL or another control character is in it.
    #[error("the id {0:?} holds a control character")]
    Control(String),
    /// A platform's name holds something other than `a-z`, `0-9` and `-`.
    #[error("the platform name {0:?} holds something other than a-z, 0-9 and -")]
    Platform(String),
}

/// Why a text gives no shop key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidShopKey {
    /// The base URL is none, or has no host.
    #[error("the base URL has no host: it looks like https://shop.example.com")]
    NoHost,
    /// A name that is empty, too long, or holds a control character.
    #[error("the shop key cannot be used: {0}")]
    Name(#[from] InvalidId),
}

pub(crate) fn checked_id(text: &str) -> Result<String, InvalidId> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidId::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidId::Control(text.chars().take(MAX_ID_CHARS).collect()));
    }
    let chars = text.chars().count();
    if chars > MAX_ID_CHARS {
        return Err(InvalidId::TooLong(chars));
    }
    Ok(text.to_owned())
}

/// A string newtype that is made by [`checked_id`], and reads as its text.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as the platform writes it, without white space at its ends.
            ///
            /// # Errors
            /// When it is empty, longer than [`MAX_ID_CHARS`](crate::model::MAX_ID_CHARS) characters, or holds a control
            /// character.
            pub fn new(text: &str) -> Result<Self, $crate::model::InvalidId> {
                $crate::model::id::checked_id(text).map(Self)
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use id;

id! {
    /// A product's id at its platform.
    ProductId
}

id! {
    /// A variant's id at its platform, unique within its product.
    VariantId
}

impl VariantId {
    /// The id `0`: the one variant of a product that has no variants of its own.
    #[must_use]
    pub fn simple() -> Self {
        Self("0".to_owned())
    }

    /// Whether this is the variant of a simple product.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        self.0 == "0"
    }
}

/// The name of a platform, such as `prestashop`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Platform(String);

impl Platform {
    /// Takes a platform's name: lower-case ASCII letters, digits and `-`.
    ///
    /// # Errors
    /// When it is empty, too long, or holds anything else.
    pub fn new(name: &str) -> Result<Self, InvalidId> {
        let name = checked_id(name)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.chars().all(plain) { Ok(Self(name)) } else { Err(InvalidId::Platform(name)) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which shop of a platform: two shops of one vendor never share a key, and one shop keeps its key for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ShopKey(String);

impl ShopKey {
    /// The key of a shop that is reached by HTTP: host and path of its base URL in lower case, without scheme, `www.`,
    /// user info, query, fragment and trailing slash. A port other than the scheme's own stays, because two shops on two
    /// ports of one host are two shops.
    ///
    /// A URL without a scheme is read as `https`.
    ///
    /// # Errors
    /// When the text is no URL with a host. The error does not repeat the text, which may hold a password.
    pub fn from_base_url(text: &str) -> Result<Self, InvalidShopKey> {
        let text = text.trim();
        let url =
            if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        match url {
            Ok(url) => Self::from_url(&url),
            Err(_) => Err(InvalidShopKey::NoHost),
        }
    }

    /// As [`ShopKey::from_base_url`], of a URL that has been parsed.
    ///
    /// # Errors
    /// When the URL has no host, or the key would be longer than [`MAX_ID_CHARS`].
    pub fn from_url(url: &Url) -> Result<Self, InvalidShopKey> {
        let host = url.host_str().unwrap_or_default().to_lowercase();
        let host = match host.strip_prefix("www.") {
            Some(rest) if !rest.is_empty() => rest,
            _ => &host,
        };
        if host.is_empty() {
            return Err(InvalidShopKey::NoHost);
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = url.path().to_lowercase();
        Ok(Self(checked_id(&format!("{host}{port}{}", path.trim_end_matches('/')))?))
    }

    /// The key of a shop that has no base URL (the name of a database, of a feed), or that the user named by `SHOP_KEY`:
    /// in lower case, without white space at its ends.
    ///
    /// # Errors
    /// When it is empty, longer than [`MAX_ID_CHARS`] characters, or holds a control character.
    pub fn named(name: &str) -> Result<Self, InvalidShopKey> {
        // Lower case may be longer than upper case, so it comes before the check.
        Ok(Self(checked_id(&name.to_lowercase())?))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identity of a variant across all platforms and shops; it travels to the Gateway in `data.source`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ExternalId {
    /// The platform that the shop runs on.
    pub platform: Platform,
    /// The shop.
    pub shop: ShopKey,
    /// The product.
    pub product: ProductId,
    /// The variant of that product.
    pub variant: VariantId,
}

/// `platform:shop:product:variant`, for messages. It is not to be parsed: every part but the first may hold a colon.
impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.platform, self.shop, self.product, self.variant)
    }
}
