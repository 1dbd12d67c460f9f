//! Reading what the Gateway sends: any field may be null, missing, or of another type than last year.

use chrono::{DateTime, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::Guid;
use crate::assumptions;

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
    Some(exact(&digits)?.normalize())
}

/// Digits, also with an exponent; `None` rather than a rounded number.
fn exact(digits: &str) -> Option<Decimal> {
    let Some((digits, exponent)) = digits.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(digits).ok();
    };
    let (digits, exponent) =
        (Decimal::from_str_exact(digits).ok()?.normalize(), exponent.parse::<i64>().ok()?);
    let places = i64::from(digits.scale()).checked_sub(exponent)?;
    let mantissa = digits.mantissa();
    match u32::try_from(places) {
        Ok(places) => Decimal::try_from_i128_with_scale(mantissa, places).ok(),
        Err(_) => {
            let zeros = u32::try_from(places.checked_neg()?).ok()?;
            Decimal::try_from_i128_with_scale(mantissa.checked_mul(10i128.checked_pow(zeros)?)?, 0).ok()
        }
    }
}

/// A time; one without a zone is read as UTC, if that is assumed.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
    if !assumptions::TIMES_ARE_UTC {
        return with_zone.ok();
    }
    with_zone
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|time| time.and_utc()))
        .ok()
}
