//! Exactly what the shop sends: a plain JSON service, made up for this connector. Replace it by what your platform sends.
//!
//! With the header `Authorization: Bearer KEY`:
//! - `GET /api/shop`: [`Shop`].
//! - `GET /api/categories`: [`Categories`].
//! - `GET /api/products?after=ID&limit=50`: [`Products`] behind an id, by growing ids. `ids=1,2,3` asks for these instead,
//!   `changed_since=2026-03-01T12:00:00Z` for those that were changed then or later, in whatever way; `fields=id` for nothing
//!   but their ids.
//! - `POST /api/stock` with [`Changes`]: does each change once, however often its key comes, and answers [`Changed`].
//! - `GET /api/stock?keys=a,b`: [`Done`], which of these changes were done.
//! - `GET /pictures/ID`: a picture. An id never gets another picture.
//!
//! These types forgive: a field may be missing or null, and a number a text. What a field means is decided by
//! [`mapping`](crate::mapping), which therefore can tell a price of 0 from one that is not told.

use std::collections::BTreeMap;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// A text or a number; null, nothing and white space are "not told".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(Option<String>);

impl Scalar {
    /// What is told, without white space around it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// What is told, if it is an id as the shop gives them: a whole number from 1.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        self.text()?.parse().ok().filter(|id| *id > 0)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(Some(text))),
            Value::Number(number) => Ok(Self(Some(number.to_string()))),
            Value::Null => Ok(Self(None)),
            other => Err(D::Error::custom(format!("{} where a text or a number should be", kind(&other)))),
        }
    }
}

/// A switch. What is none of the ways to write one is "not told", because nobody knows what it would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switch(pub Option<bool>);

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::Bool(is_on) => Some(is_on),
            Value::Number(number) => digit(&number.to_string()),
            Value::String(text) => match text.trim() {
                "true" => Some(true),
                "false" => Some(false),
                text => digit(text),
            },
            _ => None,
        }))
    }
}

fn digit(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

/// What stands for the stock of a variant that is there and that nobody counts. A word of its own, since null is how a
/// field looks that somebody forgot.
pub const UNCOUNTED: &str = "uncounted";

/// A text by language.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Texts(#[serde(deserialize_with = "or_default")] BTreeMap<String, Scalar>);

impl Texts {
    /// The text in a language; none where it is empty.
    #[must_use]
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language)?.text()
    }
}

/// The shop itself.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Shop {
    pub name: Scalar,
    pub version: Scalar,
    /// An ISO 4217 code.
    pub currency: Scalar,
    #[serde(deserialize_with = "or_default")]
    pub languages: Vec<Language>,
}

/// A language that texts may be in.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Language {
    pub id: Scalar,
    pub name: Scalar,
    pub default: Switch,
}

/// All categories.
#[derive(Clone, Debug, serde::Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Categories {
    pub categories: Vec<Category>,
}

/// A category.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Category {
    pub id: Scalar,
    pub parent: Scalar,
    pub name: Texts,
}

/// Some products. Each row is read by itself, so that a broken one is one product.
#[derive(Clone, Debug, serde::Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Products {
    pub products: Vec<Value>,
    /// How many there are without `after` and `limit`.
    #[serde(default)]
    pub total: Scalar,
}

/// A product. Its id is read before everything else, by [`row_id`].
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Product {
    /// Plain text.
    pub name: Texts,
    /// HTML.
    pub description: Texts,
    /// HTML.
    pub brief: Texts,
    /// The main one first.
    #[serde(deserialize_with = "or_default")]
    pub categories: Vec<Scalar>,
    /// In percent.
    pub vat: Scalar,
    pub visible: Switch,
    /// The main one first.
    #[serde(deserialize_with = "or_default")]
    pub pictures: Vec<Scalar>,
    /// Each is read by itself, as [`Variant`], so that a broken one is one variant. A simple product has one, with the id 0.
    #[serde(deserialize_with = "or_default")]
    pub variants: Vec<Value>,
}

/// A variant of a product.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Variant {
    pub sku: Scalar,
    pub ean: Scalar,
    pub net: Scalar,
    /// A number, or [`UNCOUNTED`].
    pub stock: Scalar,
    #[serde(deserialize_with = "or_default")]
    pub choices: Vec<Choice>,
    /// Its own; without any it is shown by its product's.
    #[serde(deserialize_with = "or_default")]
    pub pictures: Vec<Scalar>,
}

/// What a variant is in one respect.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Choice {
    pub option: Texts,
    pub value: Texts,
}

/// Changes of stock, as they are sent.
#[derive(Clone, Debug, serde::Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Changes {
    pub changes: Vec<Change>,
}

/// A change of the stock of a variant.
#[derive(Clone, Debug, serde::Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Change {
    pub key: String,
    pub product: String,
    pub variant: String,
    /// By how much.
    pub delta: String,
}

/// What became of changes, in their order.
#[derive(Clone, Debug, serde::Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Changed {
    pub results: Vec<Changing>,
}

/// What became of a change.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Changing {
    pub key: Scalar,
    /// What is there now.
    pub stock: Scalar,
    /// Why it was not done: [`BELOW_ZERO`], or another word.
    pub error: Scalar,
}

/// Why a change is not done that takes more than there is.
pub const BELOW_ZERO: &str = "below zero";

/// The keys of changes that were done.
#[derive(Clone, Debug, serde::Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Done {
    pub done: Vec<String>,
}

/// The id of a row, whatever else may be wrong with it.
#[must_use]
pub fn row_id(row: &Value) -> Scalar {
    row.get("id").and_then(|id| Scalar::deserialize(id).ok()).unwrap_or_default()
}

/// Null is as if the field were not there.
fn or_default<'de, D: Deserializer<'de>, T: Default + DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "a switch",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::Null | Value::Number(_) | Value::String(_) => "a value",
    }
}
