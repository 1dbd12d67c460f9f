//! The parameters of a call.

use std::io;

use bytes::Buf as _;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use rust_decimal::Decimal;

use crate::Value;
use crate::packet::malformed;
use crate::text::{take, utf16};

const NULL: u8 = 0x1F;
const INT: u8 = 0x26;
const DATETIME2: u8 = 0x2A;
const BIT: u8 = 0x68;
const DECIMAL: u8 = 0x6A;
const NUMERIC: u8 = 0x6C;
const NVARCHAR: u8 = 0xE7;

/// Reads a parameter: its name, whether it is given back, its type and its value. Within is the type, where that is unknown.
pub(crate) fn parameter(from: &mut &[u8]) -> io::Result<Result<Value, u8>> {
    let name = usize::from(from.try_get_u8()?) * 2;
    take(from, name)?;
    from.try_get_u8()?;
    let kind = from.try_get_u8()?;
    Ok(Ok(match kind {
        NULL => Value::Null,
        INT => {
            from.try_get_u8()?;
            whole(short(from)?)?
        }
        DATETIME2 => {
            let scale = from.try_get_u8()?;
            moment(short(from)?, scale)?
        }
        BIT => {
            from.try_get_u8()?;
            short(from)?.first().map_or(Value::Null, |byte| Value::Bit(*byte != 0))
        }
        DECIMAL | NUMERIC => {
            let (_, _, scale) = (from.try_get_u8()?, from.try_get_u8()?, from.try_get_u8()?);
            decimal(short(from)?, scale)?
        }
        NVARCHAR => {
            let longest = from.try_get_u16_le()?;
            take(from, 5)?;
            let bytes = if longest == u16::MAX { pieces(from)? } else { text(from)? };
            bytes.map(|bytes| utf16(&bytes)).transpose()?.into()
        }
        unknown => return Ok(Err(unknown)),
    }))
}

/// A value behind its length in one byte.
fn short<'b>(from: &mut &'b [u8]) -> io::Result<&'b [u8]> {
    let length = usize::from(from.try_get_u8()?);
    take(from, length)
}

/// A text behind its length in two bytes.
fn text(from: &mut &[u8]) -> io::Result<Option<Vec<u8>>> {
    match from.try_get_u16_le()? {
        u16::MAX => Ok(None),
        length => Ok(Some(take(from, usize::from(length))?.to_vec())),
    }
}

/// A value that comes in pieces.
fn pieces(from: &mut &[u8]) -> io::Result<Option<Vec<u8>>> {
    if from.try_get_u64_le()? == u64::MAX {
        return Ok(None);
    }
    let mut whole = Vec::new();
    loop {
        let length = usize::try_from(from.try_get_u32_le()?).map_err(io::Error::other)?;
        if length == 0 {
            return Ok(Some(whole));
        }
        whole.extend_from_slice(take(from, length)?);
    }
}

fn whole(mut bytes: &[u8]) -> io::Result<Value> {
    Ok(match bytes.len() {
        0 => Value::Null,
        1 => Value::Int(bytes.try_get_u8()?.into()),
        2 => Value::Int(bytes.try_get_i16_le()?.into()),
        4 => Value::Int(bytes.try_get_i32_le()?),
        8 => Value::BigInt(bytes.try_get_i64_le()?),
        _ => return Err(malformed("a whole number of an odd length")),
    })
}

fn decimal(bytes: &[u8], scale: u8) -> io::Result<Value> {
    let Some((sign, digits)) = bytes.split_first() else { return Ok(Value::Null) };
    let too_long = || malformed("a decimal that is too long");
    let mut all = [0; 16];
    all.get_mut(..digits.len()).ok_or_else(too_long)?.copy_from_slice(digits);
    let number = i128::try_from(u128::from_le_bytes(all)).map_err(|_| too_long())?;
    let number = if *sign == 0 { -number } else { number };
    Ok(Value::Decimal(Decimal::try_from_i128_with_scale(number, scale.into()).map_err(|_| too_long())?))
}

/// A moment: the time of the day in parts of a second, a tenth of them for each of the scale, and the days from the year 1 on.
fn moment(bytes: &[u8], scale: u8) -> io::Result<Value> {
    let Some((time, days)) = bytes.split_last_chunk::<3>() else { return Ok(Value::Null) };
    let odd = || malformed("an odd moment");
    let parts = little(time).ok_or_else(odd)?;
    let days = little(days).ok_or_else(odd)?;
    let unit = 9_u32.checked_sub(scale.into()).map(|places| 10_u64.pow(places)).ok_or_else(odd)?;
    let nanoseconds = parts.checked_mul(unit).and_then(|parts| i64::try_from(parts).ok()).ok_or_else(odd)?;
    let first = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default();
    let date = first.checked_add_days(Days::new(days)).ok_or_else(odd)?;
    let moment = date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::nanoseconds(nanoseconds));
    Ok(Value::DateTime(moment.ok_or_else(odd)?))
}

/// The number that these bytes are, the lowest first.
fn little(bytes: &[u8]) -> Option<u64> {
    let mut all = [0; 8];
    all.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u64::from_le_bytes(all))
}
