//! Requests: batches of SQL, and calls of the one procedure that takes a statement and its parameters.

use std::io;

use bytes::Buf as _;

use crate::Value;
use crate::packet::malformed;
use crate::parameter::parameter;
use crate::text::{take, utf16};

/// The number of the procedure `sp_executesql`.
const EXECUTE_SQL: u16 = 10;

/// A request.
pub(crate) enum Request {
    /// A statement with the values of its parameters.
    Statement { sql: String, parameters: Vec<Value> },
    /// A procedure, or a parameter, that is not understood here; for people.
    Unknown(String),
}

/// Reads a batch: a statement without parameters.
pub(crate) fn batch(message: &[u8]) -> io::Result<Request> {
    Ok(Request::Statement { sql: utf16(after_headers(message)?)?, parameters: Vec::new() })
}

/// Reads a call.
pub(crate) fn call(message: &[u8]) -> io::Result<Request> {
    let mut rest = after_headers(message)?;
    let is_known = match rest.try_get_u16_le()? {
        u16::MAX => rest.try_get_u16_le()? == EXECUTE_SQL,
        length => {
            utf16(take(&mut rest, usize::from(length) * 2)?)?.trim().eq_ignore_ascii_case("sp_executesql")
        }
    };
    if !is_known {
        return Ok(Request::Unknown("Could not find stored procedure.".to_owned()));
    }
    rest.try_get_u16_le()?;
    let mut values = Vec::new();
    while rest.has_remaining() {
        match parameter(&mut rest)? {
            Ok(value) => values.push(value),
            Err(kind) => {
                return Ok(Request::Unknown(format!("A parameter is of the unknown type 0x{kind:02X}.")));
            }
        }
    }
    let mut values = values.into_iter();
    let Some(Value::Text(sql)) = values.next() else {
        return Err(malformed("a call without a statement"));
    };
    // The declaration of the parameters, which their values repeat.
    values.next();
    Ok(Request::Statement { sql, parameters: values.collect() })
}

/// The parameter that a statement names and was not given, where it has so many of them. What stands in quotes is a text.
pub(crate) fn missing(sql: &str, given: usize) -> Option<String> {
    let outside = sql.split('\'').step_by(2);
    let mut names = outside.flat_map(|piece| piece.split('@').skip(1));
    names.find_map(|name| {
        let name = name.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()?;
        let number: usize = name.strip_prefix(['P', 'p'])?.parse().ok()?;
        (number > given).then(|| format!("@{name}"))
    })
}

/// What follows on the headers, which begin with the length of all of them.
fn after_headers(message: &[u8]) -> io::Result<&[u8]> {
    let mut length = message;
    let length = usize::try_from(length.try_get_u32_le()?).map_err(io::Error::other)?;
    let mut rest = message;
    take(&mut rest, length)?;
    Ok(rest)
}
