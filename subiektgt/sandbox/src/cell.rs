//! Tables on the wire: the columns, and the values of their rows.

use bytes::{BufMut as _, BytesMut};
use chrono::{NaiveDate, NaiveDateTime, Timelike as _};
use rust_decimal::Decimal;

use crate::text::{COLLATION, cp1250, put_short};
use crate::{Column, Type, Value};

/// The length that stands for "as long as it may be", and that of `NULL` in two bytes.
const WITHOUT_LENGTH: u16 = u16::MAX;

/// The length that `text` and `image` are declared with.
const LONGEST: u32 = 0x7FFF_FFFF;

/// How large a piece of a long value is.
const PIECE: usize = 32 << 10;

/// A value does not fit its column: the number of the error, and what it is.
pub(crate) struct Misfit {
    pub(crate) number: i32,
    pub(crate) message: String,
}

impl Misfit {
    fn new(number: i32, message: impl Into<String>) -> Self {
        Self { number, message: message.into() }
    }

    fn truncated() -> Self {
        Self::new(8152, "String or binary data would be truncated.")
    }

    fn overflow() -> Self {
        Self::new(8115, "Arithmetic overflow error converting a value to the data type of its column.")
    }
}

/// Writes what the columns are.
pub(crate) fn columns(out: &mut BytesMut, columns: &[Column]) {
    out.put_u8(0x81);
    out.put_u16_le(u16::try_from(columns.len()).unwrap_or(u16::MAX));
    for column in columns {
        out.put_u32_le(0);
        // It may be NULL, and it is not known whether it can be written to.
        out.put_u16_le(0x0009);
        kind(out, column.ty);
        put_short(out, &column.name);
    }
}

fn kind(out: &mut BytesMut, ty: Type) {
    match ty {
        Type::Int => out.put_slice(&[0x26, 4]),
        Type::BigInt => out.put_slice(&[0x26, 8]),
        Type::Bit => out.put_slice(&[0x68, 1]),
        Type::Decimal { precision, scale } => {
            out.put_slice(&[0x6A, decimal_size(precision), precision, scale]);
        }
        Type::VarChar(length) => texts(out, 0xA7, length),
        Type::VarCharMax => texts(out, 0xA7, WITHOUT_LENGTH),
        Type::Char(length) => texts(out, 0xAF, length),
        Type::VarBinaryMax => {
            out.put_u8(0xA5);
            out.put_u16_le(WITHOUT_LENGTH);
        }
        Type::Text => {
            out.put_u8(0x23);
            out.put_u32_le(LONGEST);
            out.put_slice(&COLLATION);
            no_table(out);
        }
        Type::Image => {
            out.put_u8(0x22);
            out.put_u32_le(LONGEST);
            no_table(out);
        }
        Type::DateTime => out.put_slice(&[0x6F, 8]),
    }
}

fn texts(out: &mut BytesMut, kind: u8, length: u16) {
    out.put_u8(kind);
    out.put_u16_le(length);
    out.put_slice(&COLLATION);
}

/// Says that the table of a column has no name.
fn no_table(out: &mut BytesMut) {
    out.put_u8(1);
    out.put_u16_le(0);
}

/// How many bytes a decimal of this precision has, with its sign.
fn decimal_size(precision: u8) -> u8 {
    match precision {
        0..=9 => 5,
        10..=19 => 9,
        20..=28 => 13,
        _ => 17,
    }
}

/// Writes a row.
pub(crate) fn row(out: &mut BytesMut, columns: &[Column], values: &[Value]) -> Result<(), Misfit> {
    if columns.len() != values.len() {
        let message = format!("A row has {} values for {} columns.", values.len(), columns.len());
        return Err(Misfit::new(213, message));
    }
    out.put_u8(0xD1);
    columns.iter().zip(values).try_for_each(|(column, value)| cell(out, column, value))
}

fn cell(out: &mut BytesMut, column: &Column, value: &Value) -> Result<(), Misfit> {
    match (column.ty, value) {
        (ty, Value::Null) => null(out, ty),
        (Type::Int, Value::Int(number)) => {
            out.put_u8(4);
            out.put_i32_le(*number);
        }
        (Type::BigInt, Value::Int(_) | Value::BigInt(_)) => {
            out.put_u8(8);
            out.put_i64_le(value.as_i64().unwrap_or_default());
        }
        (Type::Bit, Value::Bit(bit)) => out.put_slice(&[1, u8::from(*bit)]),
        (Type::Decimal { precision, scale }, Value::Decimal(number)) => {
            decimal(out, precision, scale, *number)?;
        }
        (Type::VarChar(longest), Value::Text(text)) => short(out, &cp1250(text), longest)?,
        (Type::Char(length), Value::Text(text)) => {
            let mut bytes = cp1250(text);
            if bytes.len() < usize::from(length) {
                bytes.resize(usize::from(length), b' ');
            }
            short(out, &bytes, length)?;
        }
        (Type::VarCharMax, Value::Text(text)) => long(out, &cp1250(text)),
        (Type::VarBinaryMax, Value::Bytes(bytes)) => long(out, bytes),
        (Type::Text, Value::Text(text)) => pointed(out, &cp1250(text)),
        (Type::Image, Value::Bytes(bytes)) => pointed(out, bytes),
        (Type::DateTime, Value::DateTime(moment)) => datetime(out, *moment)?,
        (ty, value) => {
            let message = format!("Column '{}' is {ty:?}, and holds {value:.100?}.", column.name);
            return Err(Misfit::new(245, message));
        }
    }
    Ok(())
}

fn null(out: &mut BytesMut, ty: Type) {
    match ty {
        Type::Int | Type::BigInt | Type::Bit | Type::Decimal { .. } | Type::DateTime => out.put_u8(0),
        Type::Text | Type::Image => out.put_u8(0),
        Type::VarChar(_) | Type::Char(_) => out.put_u16_le(WITHOUT_LENGTH),
        Type::VarCharMax | Type::VarBinaryMax => out.put_u64_le(u64::MAX),
    }
}

fn short(out: &mut BytesMut, bytes: &[u8], longest: u16) -> Result<(), Misfit> {
    let length = u16::try_from(bytes.len()).ok().filter(|length| *length <= longest);
    out.put_u16_le(length.ok_or_else(Misfit::truncated)?);
    out.put_slice(bytes);
    Ok(())
}

/// Writes a value that may be of any length: its length, and then piece by piece.
fn long(out: &mut BytesMut, bytes: &[u8]) {
    out.put_u64_le(u64::try_from(bytes.len()).unwrap_or_default());
    for piece in bytes.chunks(PIECE) {
        out.put_u32_le(u32::try_from(piece.len()).unwrap_or_default());
        out.put_slice(piece);
    }
    out.put_u32_le(0);
}

/// Writes a value of the old kinds that may be of any length: a pointer and a time, which mean nothing to the reader, its
/// length and itself.
fn pointed(out: &mut BytesMut, bytes: &[u8]) {
    out.put_u8(16);
    out.put_bytes(0xFE, 16 + 8);
    out.put_u32_le(u32::try_from(bytes.len()).unwrap_or_default());
    out.put_slice(bytes);
}

fn decimal(out: &mut BytesMut, precision: u8, scale: u8, number: Decimal) -> Result<(), Misfit> {
    let mut scaled = number;
    scaled.rescale(u32::from(scale));
    let digits = scaled.mantissa().unsigned_abs();
    let is_whole = scaled == number && scaled.scale() == u32::from(scale);
    let size = decimal_size(precision);
    let bytes = digits.to_le_bytes();
    let bytes = bytes.get(..usize::from(size) - 1).unwrap_or(&bytes);
    if !is_whole || 10_u128.checked_pow(u32::from(precision)).is_some_and(|limit| digits >= limit) {
        return Err(Misfit::overflow());
    }
    out.put_u8(size);
    out.put_u8(u8::from(scaled.is_zero() || scaled.is_sign_positive()));
    out.put_slice(bytes);
    Ok(())
}

fn datetime(out: &mut BytesMut, moment: NaiveDateTime) -> Result<(), Misfit> {
    const DAY: u64 = 24 * 60 * 60 * 300;
    const SECOND: u64 = 1_000_000_000;
    let nanoseconds = u64::from(moment.num_seconds_from_midnight()) * SECOND + u64::from(moment.nanosecond());
    let ticks = (nanoseconds * 300 + SECOND / 2) / SECOND;
    let first = NaiveDate::from_ymd_opt(1753, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default();
    let zero = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    let mut date = moment.date();
    if ticks >= DAY {
        date = date.succ_opt().unwrap_or(NaiveDate::MAX);
    }
    if !(first..=last).contains(&date) {
        return Err(Misfit::new(242, "The moment is out of the range of datetime."));
    }
    out.put_u8(8);
    out.put_i32_le(i32::try_from(date.signed_duration_since(zero).num_days()).unwrap_or_default());
    out.put_u32_le(u32::try_from(ticks % DAY).unwrap_or_default());
    Ok(())
}
