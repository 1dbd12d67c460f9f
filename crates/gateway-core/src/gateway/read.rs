//! Reading what the Gateway sends: any field may be null, missing, or of another type than last year.

use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Guid;

/// A text; a number reads as its digits. Null, missing and other types are `None`.
pub(super) fn text(value: &Value, field: &str) -> Option<String> {
    match value.get(field)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A guid.
pub(super) fn guid(value: &Value, field: &str) -> Option<Guid> {
    Guid::parse(value.get(field)?.as_str()?)
}

/// A list; anything else is an empty one.
pub(super) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// An object; anything else is an empty one.
pub(super) fn object(value: &Value, field: &str) -> Map<String, Value> {
    value.get(field).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// A switch, also written as a number or a text.
pub(super) fn switch(value: &Value, field: &str) -> Option<bool> {
    match value.get(field)? {
        Value::Bool(on) => Some(*on),
        Value::Number(number) => Some(number.to_string() != "0"),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A decimal with all its digits, also written as a text. One that has more digits than a decimal can hold is `None`:
/// a rounded amount would be a wrong one.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let digits = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let parsed = Decimal::from_str_exact(&digits).or_else(|_| Decimal::from_scientific(&digits)).ok()?;
    Some(parsed.normalize())
}

/// A time; one without a zone is UTC.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
    with_zone
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|time| time.and_utc()))
        .ok()
}
