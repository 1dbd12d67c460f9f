//! How values compare: numbers of all types with each other, texts by the collation `Polish_CI_AS`.

use std::cmp::Ordering;

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use crate::Value;
use crate::sql::fault::Fault;

/// A value that can be sorted and grouped by. `NULL` comes first, and is in a group of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Sortable {
    Null,
    Whole(i64),
    Number(Decimal),
    Text(Vec<u32>),
    Bytes(Vec<u8>),
    Moment(NaiveDateTime),
}

impl From<&Value> for Sortable {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Whole(i64::from(*number)),
            Value::BigInt(number) => Self::Whole(*number),
            Value::Bit(bit) => Self::Whole(i64::from(*bit)),
            Value::Decimal(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(letters(text).collect()),
            Value::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Value::DateTime(moment) => Self::Moment(*moment),
        }
    }
}

/// How two values compare; not at all when one of them is `NULL`.
pub(crate) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, Fault> {
    Ok(Some(match (left, right) {
        (Value::Null, _) | (_, Value::Null) => return Ok(None),
        (Value::Text(left), Value::Text(right)) => letters(left).cmp(letters(right)),
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::DateTime(left), Value::DateTime(right)) => left.cmp(right),
        (left, right) => match (whole(left), whole(right)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => number(left)?.cmp(&number(right)?),
        },
    }))
}

/// The whole number that a value is.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Bit(bit) => Some(i64::from(*bit)),
        other => other.as_i64(),
    }
}

/// The number that a value is, or that its text says.
pub(crate) fn number(value: &Value) -> Result<Decimal, Fault> {
    match value {
        Value::Decimal(number) => Ok(*number),
        Value::Text(text) => text.trim().parse().map_err(|_| Fault::not_convertible(text, "decimal")),
        other => whole(other).map(Decimal::from).ok_or_else(Fault::overflow),
    }
}

/// The letters of a text as they are told apart: neither by their case nor by spaces at the end.
fn letters(text: &str) -> impl Iterator<Item = u32> {
    text.trim_end_matches(' ').chars().flat_map(char::to_lowercase).map(place)
}

/// The place of a letter in the alphabet, where the Polish ones stand behind those that they are made of.
fn place(letter: char) -> u32 {
    let (base, behind) = match letter {
        'ą' => ('a', 1),
        'ć' => ('c', 1),
        'ę' => ('e', 1),
        'ł' => ('l', 1),
        'ń' => ('n', 1),
        'ó' => ('o', 1),
        'ś' => ('s', 1),
        'ź' => ('z', 1),
        'ż' => ('z', 2),
        other => (other, 0),
    };
    u32::from(base) * 4 + behind
}
