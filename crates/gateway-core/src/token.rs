//! The token that every call to the Gateway carries.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::{EncodingKey, Header};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::Serialize;
use uuid::Uuid;

/// A shop at the Gateway: a UUID, in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShopGuid(Uuid);

/// A text that is no shop guid. It does not repeat the text: people paste the key there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not a shop guid: one has 36 characters, like 123e4567-e89b-12d3-a456-426614174000")]
pub struct InvalidShopGuid;

impl ShopGuid {
    /// Reads a guid as vendors are given it. White space around it and capital letters are forgiven; other ways of
    /// writing a UUID are not.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, InvalidShopGuid> {
        let text = text.trim();
        match Uuid::try_parse(text) {
            Ok(guid) if text.len() == 36 => Ok(Self(guid)),
            _ => Err(InvalidShopGuid),
        }
    }
}

impl fmt::Display for ShopGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for ShopGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The key that signs a shop's token. Vendors are given it in base64.
#[derive(Clone)]
pub struct SigningKey(SecretSlice<u8>);

/// Why a text is no signing key. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSigningKey {
    /// There is nothing.
    #[error("the token signing key is empty")]
    Empty,
    /// It is not base64.
    #[error("the token signing key is not base64: copy it again, whole, as the marketplace gave it")]
    NotBase64,
}

/// A key copied from an e-mail may have lost its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl SigningKey {
    /// Reads a key in base64, white space around it forgiven.
    ///
    /// # Errors
    /// When it is empty or not base64.
    pub fn from_base64(text: &SecretString) -> Result<Self, InvalidSigningKey> {
        let text = text.expose_secret().trim();
        if text.is_empty() {
            return Err(InvalidSigningKey::Empty);
        }
        let key = BASE64.decode(text).map_err(|_| InvalidSigningKey::NotBase64)?;
        Ok(Self(key.into()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

/// The claims, in the order in which they are written. The format is fixed: no time of issue, no expiry.
#[derive(Serialize)]
struct Claims {
    iss: String,
    organization_guid: String,
    groups: [&'static str; 1],
}

/// A token could not be signed: the crypto library refused.
#[derive(Debug, thiserror::Error)]
#[error("the Gateway's token cannot be signed: {0}")]
pub struct SigningFailed(#[from] jsonwebtoken::errors::Error);

/// The token of a shop: a JWT signed with HS256. It never expires, so one serves a whole run.
///
/// # Errors
/// When the crypto library refuses.
pub fn sign(shop: ShopGuid, key: &SigningKey) -> Result<SecretString, SigningFailed> {
    let claims =
        Claims { iss: format!("shop:{shop}"), organization_guid: shop.to_string(), groups: ["shopkeeper"] };
    let key = EncodingKey::from_secret(key.0.expose_secret());
    Ok(jsonwebtoken::encode(&Header::default(), &claims, &key)?.into())
}
