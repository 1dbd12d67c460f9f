//! Exactly what the bridge says: an envelope whatever the status, `{success, data, error}`.
//!
//! These types forgive: a field may be missing or null, a number a text, and there may be more than is known. Only what cannot be
//! understood otherwise is no envelope: nothing follows from it then.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};

/// What an answer says, as far as it is one of the bridge's.
#[derive(Clone, Debug, PartialEq)]
pub enum Envelope {
    /// It was done.
    Done(Map<String, Value>),
    /// It was not, or nobody knows.
    Failed(Fault),
}

/// Why something was not done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// A word for programs, such as `not_found`.
    pub code: Option<String>,
    /// A sentence for people.
    pub reason: Option<String>,
    /// How sure it is that nothing was written.
    pub mode: Mode,
}

/// How sure it is that nothing was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing was.
    Rejected,
    /// The program hangs, and may write it when it goes on.
    InDoubt,
    /// It is not told.
    #[default]
    Untold,
}

impl Envelope {
    /// Reads the body of an answer; `None` when it is no envelope.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let Value::Object(mut told) = serde_json::from_slice(body).ok()? else { return None };
        match (is_on(told.get("success")?)?, told.remove("data"), told.remove("error")) {
            (true, Some(Value::Object(data)), _) => Some(Self::Done(data)),
            (true, ..) => None,
            (false, _, error) => Some(Self::Failed(Fault::read(&error.unwrap_or_default()))),
        }
    }
}

impl Fault {
    fn read(error: &Value) -> Self {
        let text = |field: &str| error.get(field).and_then(text);
        let mode = match text("failureMode").as_deref() {
            Some("rejected") => Mode::Rejected,
            Some("in-doubt") => Mode::InDoubt,
            _ => Mode::Untold,
        };
        // Older bridges told nothing but a sentence.
        Self { code: text("code"), reason: text("reason").or_else(|| self::text(error)), mode }
    }
}

/// What there is of a good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// What lies where; nothing of what was never in any warehouse.
    pub positions: Vec<Position>,
    /// `domyslnyMagazynId`, the warehouse that the bridge takes where none is named.
    pub usual: Option<i64>,
}

/// What lies of a good in a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// `magazynId`
    pub warehouse: i64,
    /// `magazynSymbol`
    pub symbol: Option<String>,
    /// `stan`
    pub on_hand: Decimal,
    /// `stanRez`; nothing is reserved where it is not told.
    pub reserved: Decimal,
}

impl Stock {
    /// Reads what stands in an envelope.
    ///
    /// # Errors
    /// What cannot be read, as a part of a sentence: half of a level is never taken for one.
    pub fn read(data: &Map<String, Value>) -> Result<Self, String> {
        let positions = match data.get("positions") {
            Some(Value::Array(rows)) => rows.iter().map(Position::read).collect::<Result<_, _>>()?,
            _ => return Err("it tells no positions".to_owned()),
        };
        Ok(Self { positions, usual: data.get("domyslnyMagazynId").and_then(whole) })
    }
}

impl Position {
    fn read(row: &Value) -> Result<Self, String> {
        let amount = |field: &'static str| match row.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(told) => amount(told).map(Some).ok_or_else(|| format!("its {field} is no amount")),
        };
        let warehouse = row.get("magazynId").and_then(whole);
        Ok(Self {
            warehouse: warehouse.ok_or("a position does not tell its warehouse")?,
            symbol: row.get("magazynSymbol").and_then(text),
            on_hand: amount("stan")?.ok_or("a position does not tell how much there is")?,
            reserved: amount("stanRez")?.unwrap_or_default(),
        })
    }
}

/// A change of a level, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the bridge's own")]
pub struct Change {
    pub towar_symbol: String,
    pub magazyn_id: i64,
    #[serde(serialize_with = "rust_decimal::serde::arbitrary_precision::serialize")]
    pub delta: Decimal,
    pub uwagi: &'static str,
    pub idempotency_key: String,
}

fn is_on(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is_on) => Some(*is_on),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A text or a number, without white space around it; an empty one is nothing.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn whole(value: &Value) -> Option<i64> {
    let amount = amount(value)?.normalize();
    if amount.scale() == 0 { amount.try_into().ok() } else { None }
}

/// An amount with all of its digits, as a number or as a text.
fn amount(value: &Value) -> Option<Decimal> {
    let text = text(value)?;
    // What has more digits than fit is no amount, and is not made one by rounding.
    let amount = Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text));
    amount.ok().map(|amount| amount.normalize())
}
