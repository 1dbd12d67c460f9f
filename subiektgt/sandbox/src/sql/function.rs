//! What functions and operators make of values. `NULL` makes `NULL`.

use std::borrow::Cow;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::sql::compare::{number, whole};
use crate::sql::fault::Fault;
use crate::sql::kind::{Family, Kind};
use crate::text::cp1250;
use crate::{Type, Value};

/// Whether a value of one type can be cast to another.
pub(crate) fn can_cast(from: Kind, to: Kind) -> bool {
    let (from, target) = (from, to.family());
    match (from.family(), target) {
        (Family::Number, Family::Number | Family::Text) => true,
        (Family::Text, Family::Number | Family::Text | Family::Bytes) => true,
        (Family::Bytes, Family::Bytes) | (Family::Moment, Family::Moment) => true,
        (Family::Old, Family::Text) => from == Kind::TEXT,
        (Family::Old, Family::Bytes) => from == Kind::IMAGE,
        (Family::Old, Family::Old) => from == to,
        _ => false,
    }
}

/// `CAST`, of types that go together.
pub(crate) fn cast(value: Cow<'_, Value>, from: Kind, to: Kind) -> Result<Cow<'_, Value>, Fault> {
    if *value == Value::Null || (from == to && !matches!(to, Kind::Of(Type::Decimal { .. }))) {
        return Ok(value);
    }
    let Kind::Of(target) = to else { return rounded(number(&value)?, 4, 19).map(Cow::Owned) };
    Ok(Cow::Owned(match target {
        Type::Int => Value::Int(i32::try_from(truncated(&value)?).map_err(|_| Fault::overflow())?),
        Type::BigInt => Value::BigInt(truncated(&value)?),
        Type::Bit => Value::Bit(!number(&value)?.is_zero()),
        Type::Decimal { precision, scale } => rounded(number(&value)?, scale, precision)?,
        Type::VarChar(length) | Type::Char(length) => Value::Text(text(&value, from, Some(length))?),
        Type::VarCharMax => Value::Text(text(&value, from, None)?),
        Type::VarBinaryMax => match &*value {
            Value::Text(text) => Value::Bytes(cp1250(text)),
            _ => return Ok(value),
        },
        Type::Text | Type::Image | Type::DateTime => return Ok(value),
    }))
}

fn truncated(value: &Value) -> Result<i64, Fault> {
    match (whole(value), value) {
        (Some(whole), _) => Ok(whole),
        (None, Value::Text(text)) => text.trim().parse().map_err(|_| Fault::not_convertible(text, "int")),
        (None, other) => i64::try_from(number(other)?.trunc()).map_err(|_| Fault::overflow()),
    }
}

fn rounded(number: Decimal, scale: u8, precision: u8) -> Result<Value, Fault> {
    let mut number = number.round_dp_with_strategy(u32::from(scale), RoundingStrategy::MidpointAwayFromZero);
    number.rescale(u32::from(scale));
    let limit = 10_u128.checked_pow(u32::from(precision)).unwrap_or(u128::MAX);
    if number.scale() != u32::from(scale) || number.mantissa().unsigned_abs() >= limit {
        return Err(Fault::overflow());
    }
    Ok(Value::Decimal(number))
}

/// The text of a value. A longer one is cut; a whole number that is too long becomes a star.
fn text(value: &Value, from: Kind, length: Option<u16>) -> Result<String, Fault> {
    let longest = length.map_or(usize::MAX, usize::from);
    let digits = match value {
        Value::Text(text) => return Ok(text.chars().take(longest).collect()),
        Value::Bit(bit) => i32::from(*bit).to_string(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(number) => number.to_string(),
        // Money is told with two places.
        Value::Decimal(number) if from == Kind::Money => {
            let number = number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            format!("{number:.2}")
        }
        Value::Decimal(number) => number.to_string(),
        _ => return Err(Fault::overflow()),
    };
    match value {
        _ if digits.len() <= longest => Ok(digits),
        Value::Int(_) => Ok("*".to_owned()),
        _ => Err(Fault::overflow()),
    }
}

/// `DATALENGTH`: how many bytes a value takes.
pub(crate) fn data_length(value: &Value, kind: Kind) -> Value {
    let length = match (value, kind) {
        (Value::Null, _) => return Value::Null,
        (_, Kind::Of(Type::Char(length))) => usize::from(length),
        // One byte for each letter, in the code page of the columns.
        (Value::Text(text), _) => text.chars().count(),
        (Value::Bytes(bytes), _) => bytes.len(),
        (Value::Bit(_), _) => 1,
        (Value::Int(_), _) => 4,
        (Value::BigInt(_) | Value::DateTime(_), _) => 8,
        (Value::Decimal(_), kind) => match kind.digits() {
            _ if kind == Kind::Money => 8,
            Some((0..=9, _)) => 5,
            Some((10..=19, _)) => 9,
            _ => 13,
        },
    };
    match kind {
        Kind::Of(Type::VarBinaryMax | Type::VarCharMax) => {
            Value::BigInt(i64::try_from(length).unwrap_or(i64::MAX))
        }
        _ => Value::Int(i32::try_from(length).unwrap_or(i32::MAX)),
    }
}

/// `SUBSTRING`, which counts from 1. What would stand before that is counted, and is nothing.
pub(crate) fn substring(value: &Value, start: &Value, length: &Value) -> Result<Value, Fault> {
    let (Some(start), Some(length)) = (whole(start), whole(length)) else { return Ok(Value::Null) };
    if length < 0 {
        return Err(Fault::length());
    }
    let end = start.saturating_add(length).max(1);
    let skipped = usize::try_from(start.max(1) - 1).unwrap_or(usize::MAX);
    let taken = usize::try_from(end - start.max(1)).unwrap_or_default();
    Ok(match value {
        Value::Text(text) => Value::Text(text.chars().skip(skipped).take(taken).collect()),
        Value::Bytes(bytes) => {
            let from = bytes.get(skipped..).unwrap_or_default();
            Value::Bytes(from.get(..taken).unwrap_or(from).to_vec())
        }
        _ => Value::Null,
    })
}

/// `UPPER`
pub(crate) fn upper(value: &Value) -> Value {
    value.as_str().map(str::to_uppercase).into()
}

/// The type of a sum or a difference.
pub(crate) fn sum_kind(left: Kind, right: Kind, operator: &str) -> Result<Kind, Fault> {
    let misfit = || Fault::incompatible(left, right, operator);
    if operator == "add" && left.family() == Family::Text && right.family() == Family::Text {
        let letters = left.letters().zip(right.letters());
        let length = letters.map(|(left, right)| usize::from(left) + usize::from(right));
        return Ok(length.map_or(Kind::Of(Type::VarCharMax), Kind::text_of));
    }
    let (left_digits, right_digits) = left.digits().zip(right.digits()).ok_or_else(misfit)?;
    Ok(match (left, right) {
        (Kind::BIT, Kind::BIT) => return Err(Fault::operand(left, operator)),
        (Kind::Of(Type::Decimal { .. }), _) | (_, Kind::Of(Type::Decimal { .. })) => {
            let scale = left_digits.1.max(right_digits.1);
            let before = (left_digits.0 - left_digits.1).max(right_digits.0 - right_digits.1);
            Kind::decimal(before.saturating_add(scale).saturating_add(1), scale)
        }
        (Kind::Money, _) | (_, Kind::Money) => Kind::Money,
        (Kind::BIGINT, _) | (_, Kind::BIGINT) => Kind::BIGINT,
        _ => Kind::INT,
    })
}

/// `+`
pub(crate) fn add(left: &Value, right: &Value, kind: Kind) -> Result<Value, Fault> {
    if let (Value::Text(left), Value::Text(right)) = (left, right) {
        return Ok(Value::Text(format!("{left}{right}")));
    }
    calculated(left, right, kind, i64::checked_add, Decimal::checked_add)
}

/// `-`
pub(crate) fn subtract(left: &Value, right: &Value, kind: Kind) -> Result<Value, Fault> {
    calculated(left, right, kind, i64::checked_sub, Decimal::checked_sub)
}

fn calculated(
    left: &Value,
    right: &Value,
    kind: Kind,
    of_whole: fn(i64, i64) -> Option<i64>,
    of_any: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<Value, Fault> {
    if *left == Value::Null || *right == Value::Null {
        return Ok(Value::Null);
    }
    let result = match (whole(left), whole(right)) {
        (Some(left), Some(right)) => of_whole(left, right).map(Value::BigInt),
        _ => of_any(number(left)?, number(right)?).map(Value::Decimal),
    };
    let result = result.ok_or_else(Fault::overflow)?;
    let from = Kind::of(&result);
    cast(Cow::Owned(result), from, kind).map(Cow::into_owned)
}
