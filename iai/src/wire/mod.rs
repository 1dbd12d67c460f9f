//! Exactly what the shop sends, by the documentation of the Admin API (versions 3 to 8) and answers that programs of others hold.
//!
//! These types forgive: a field may be missing or null, a number a text, a list an object of its rows, and an object that holds nothing
//! an empty list, as PHP writes them. What a field means is decided by [`mapping`](crate::mapping).

use std::fmt;

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod answers;
mod product;
mod stock;

pub use answers::{
    Categories, Category, CategoryText, EMPTY, Fault, Found, LOGIN_FAILED, Language, Languages,
    ShopLanguages, Size, SizeGroup, SizeText, Sizes, UNPAID, fault, row_id,
};
pub use product::{
    GroupName, Image, Product, ProductText, ShopPrices, SizeCodes, SizeName, SizePrice, Version,
    VersionGroupNames, VersionName, VersionNames, is_made_of_others, size_id,
};
pub use stock::{
    Change, Changed, Changes, Disposition, Dispositions, Ident, ProductChange, ProductChanged, Quantities,
    QuantityChange, Reservations, SizeChange, SizeChanged, Stock, StockChange, Stocks,
};

/// A text, a number or a boolean; null and nothing are "not told", and so is a text of white space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(Option<String>);

impl Scalar {
    /// What is told, without white space around it.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether a boolean is told, and is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        matches!(self.text(), Some("true" | "1" | "y"))
    }

    /// What is told, if it is an id as the shop gives them: a whole number.
    #[must_use]
    pub fn id(&self) -> Option<u64> {
        let text = self.text()?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(Some(text))),
            Value::Number(number) => Ok(Self(Some(number.to_string()))),
            Value::Bool(is_on) => Ok(Self(Some(is_on.to_string()))),
            Value::Null => Ok(Self(None)),
            other => Err(de::Error::custom(format!("{} where a text or a number should be", kind(&other)))),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().unwrap_or("nothing"))
    }
}

/// Rows as PHP writes them: a list, or an object whose keys are of no account. Each is read later, by itself.
fn values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Array(rows) => Ok(rows),
        Value::Object(rows) => Ok(rows.into_iter().map(|(_, row)| row).collect()),
        Value::Null => Ok(Vec::new()),
        other => Err(de::Error::custom(format!("{} where rows should be", kind(&other)))),
    }
}

/// Rows that must be told: null is not "no rows".
fn told_values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Err(de::Error::custom("nothing where rows should be")),
        told => values(told).map_err(de::Error::custom),
    }
}

/// The same as [`values`], read at once.
fn rows<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let read = |row: Value| match row {
        // It would be read as the row's fields, by their order here.
        Value::Array(_) => Err(de::Error::custom("a list where a row should be")),
        row => serde_json::from_value(row).map_err(de::Error::custom),
    };
    values(deserializer)?.into_iter().map(read).collect()
}

/// An object; null, and an empty list in its place, are as if it were not there.
fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::Array(rows) if rows.is_empty() => Ok(None),
        told @ Value::Object(_) => serde_json::from_value(told).map(Some).map_err(de::Error::custom),
        // A list would be read as the object's fields, by their order here.
        other => Err(de::Error::custom(format!("{} where an object should be", kind(&other)))),
    }
}

/// Rows that must be told to mean anything: none is another thing than not told.
fn told_rows<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        told => rows(told).map(Some).map_err(de::Error::custom),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::Bool(_) => "a switch",
        Value::String(_) => "a text",
        Value::Null | Value::Number(_) => "a value",
    }
}

/// A question to a gate, as both roads take it.
#[derive(Clone, Debug, Serialize)]
pub struct Params<T> {
    /// What is asked.
    pub params: T,
}
