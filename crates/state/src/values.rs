//! How values are written into columns, and read from them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use gateway_core::gateway::Guid;
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use sea_orm::{ColumnTrait, Condition};
use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::error::Place;
use crate::{StateError, VariantKey};

/// The longest key of a caller's own choosing, in characters: what an index of PostgreSQL takes in any script.
const MAX_KEY_CHARS: usize = 255;

/// How many rows one statement writes or asks for: SQLite and PostgreSQL allow some 32 000 values each.
pub(crate) const CHUNK: usize = 500;

/// The kind of a family that is one product's.
pub(crate) const OF_PRODUCT: &str = "product";

/// A time as a column has it.
pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

pub(crate) fn time(place: &Place, millis: i64) -> Result<DateTime<Utc>, StateError> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| place.unreadable("a time"))
}

pub(crate) fn guid(place: &Place, text: &str) -> Result<Guid, StateError> {
    Guid::parse(text).ok_or_else(|| place.unreadable("a guid"))
}

pub(crate) fn product(place: &Place, text: &str) -> Result<ProductId, StateError> {
    ProductId::new(text).map_err(|_| place.unreadable("a product's id"))
}

pub(crate) fn variant(place: &Place, text: &str) -> Result<VariantId, StateError> {
    VariantId::new(text).map_err(|_| place.unreadable("a variant's id"))
}

/// A level in one way of writing it, whatever zeros it came with.
pub(crate) fn decimal_text(level: Decimal) -> String {
    level.normalize().to_string()
}

pub(crate) fn decimal(place: &Place, text: &str) -> Result<Decimal, StateError> {
    text.parse().map_err(|_| place.unreadable("a stock level"))
}

/// JSON as text, the keys of its objects sorted.
pub(crate) fn json_text(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let by_name: BTreeMap<&String, &Value> = map.iter().collect();
            let sorted_map: Map<String, Value> =
                by_name.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            Value::Object(sorted_map)
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(
    place: &Place,
    what: &str,
    text: &str,
) -> Result<T, StateError> {
    serde_json::from_str(text).map_err(|_| place.unreadable(what))
}

/// A text that people read. PostgreSQL takes no NUL, so a mark stands for it on both databases.
pub(crate) fn shown(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A text that is looked for again, and so must be stored as it is.
pub(crate) fn exact(what: &'static str, text: &str) -> Result<String, StateError> {
    if text.contains('\0') {
        return Err(StateError::Unstorable { what, why: "holds a NUL character" });
    }
    Ok(text.to_owned())
}

/// A text that is a key of a table by itself.
pub(crate) fn key(what: &'static str, text: &str) -> Result<String, StateError> {
    if text.chars().count() > MAX_KEY_CHARS {
        return Err(StateError::Unstorable { what, why: "is longer than 255 characters" });
    }
    exact(what, text)
}

/// The key for a text of any length. Two texts never share one by chance.
pub(crate) fn hashed(text: &str) -> String {
    format!("{:032x}", xxh3_128(text.as_bytes()))
}

/// Conditions that choose these variants by the columns of their keys, one for each statement.
pub(crate) fn choose(
    variants: &[VariantKey],
    product_column: impl ColumnTrait,
    variant_column: impl ColumnTrait,
) -> Vec<Condition> {
    let variants: Vec<&VariantKey> = variants.iter().collect::<BTreeSet<_>>().into_iter().collect();
    // SQLite lets a condition be a thousand levels deep, and each product is one.
    let chosen = variants.chunks(CHUNK).map(|part| {
        let products = part.chunk_by(|one, next| one.0 == next.0).filter_map(|variants| {
            let (product, _) = variants.first()?;
            let ids = variants.iter().map(|(_, variant)| variant.as_str());
            Some(Condition::all().add(product_column.eq(product.as_str())).add(variant_column.is_in(ids)))
        });
        let pairs = products.fold(Condition::any(), Condition::add);
        // By the pairs alone SQLite looks through all that there is.
        let products: BTreeSet<&str> = part.iter().map(|variant| variant.0.as_str()).collect();
        Condition::all().add(product_column.is_in(products)).add(pairs)
    });
    chosen.collect()
}
