//! What can be asked.

use http::StatusCode;
use percent_encoding::percent_decode_str;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::answer::Reply;
use super::hang::Hangs;
use crate::Firm;
use crate::firm::{Change, Stocked};

/// So many places an amount has.
const PLACES: u32 = 4;

/// What there is of a good.
pub(super) fn stock(firm: &Firm, segment: &str) -> Reply {
    let symbol = symbol_of(segment);
    let Some(Stocked { positions, usual }) = symbol.as_deref().and_then(|symbol| firm.stocked(symbol)) else {
        let reason = format!("Towar nie znaleziono lub usunięty: {}", symbol.unwrap_or_default());
        return Reply::rejected(StatusCode::NOT_FOUND, "not_found", &reason);
    };
    let positions: Vec<Value> = positions
        .iter()
        .map(|position| {
            json!({
                "magazynId": position.warehouse,
                "magazynSymbol": position.symbol,
                "stan": amount(position.on_hand),
                "stanRez": amount(position.reserved),
            })
        })
        .collect();
    Reply::done(&json!({ "towarSymbol": symbol, "positions": positions, "domyslnyMagazynId": usual }))
}

/// The symbol that stands in an address. A slash in it stays as it is written there, as the server under the bridge leaves it.
fn symbol_of(segment: &str) -> Option<String> {
    let kept = segment.replace("%2F", "%252F").replace("%2f", "%252f");
    percent_decode_str(&kept).decode_utf8().ok().map(Into::into)
}

/// Changes a level by a document.
pub(super) fn adjust(firm: &Firm, hangs: &mut Hangs, body: Option<&Value>) -> Reply {
    let change = match body.map(read) {
        Some(Ok(change)) => change,
        Some(Err(why)) => return Reply::rejected(StatusCode::BAD_REQUEST, "bad_request", &why),
        None => {
            return Reply::rejected(StatusCode::BAD_REQUEST, "bad_request", "bad request: it is no JSON");
        }
    };
    if let Some(in_doubt) = hangs.take(firm, &change) {
        return in_doubt;
    }
    match firm.book(&change) {
        Ok(booked) => Reply::done(&json!({
            "deduplicated": booked.is_known,
            "documentId": booked.id,
            "documentNumber": booked.number,
            "stanAfter": amount(booked.on_hand),
        })),
        Err(why) => Reply::rejected(StatusCode::UNPROCESSABLE_ENTITY, "sfera_error", &why),
    }
}

fn read(body: &Value) -> Result<Change, String> {
    let wrong = |field: &str| format!("bad request: the JSON value of {field} could not be converted");
    let told = |field: &str| body.get(field).filter(|value| !value.is_null());
    let text = |field: &str| match told(field) {
        None => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(wrong(field)),
    };
    if !body.is_object() {
        return Err("bad request: it is no object".to_owned());
    }
    let delta = match told("delta") {
        None => Decimal::ZERO,
        Some(Value::Number(number)) => number.to_string().parse().map_err(|_| wrong("delta"))?,
        Some(_) => return Err(wrong("delta")),
    };
    let warehouse = match told("magazynId") {
        None => None,
        Some(Value::Number(number)) => Some(number.to_string().parse().map_err(|_| wrong("magazynId"))?),
        Some(_) => return Err(wrong("magazynId")),
    };
    let symbol = text("towarSymbol")?;
    if symbol.trim().is_empty() || delta.is_zero() {
        return Err("towarSymbol and a non-zero delta are required".to_owned());
    }
    if delta.normalize().scale() > PLACES {
        return Err(wrong("delta"));
    }
    Ok(Change { symbol, warehouse, delta, remarks: text("uwagi")?, key: text("idempotencyKey")? })
}

/// An amount with all of its digits.
fn amount(amount: Decimal) -> Value {
    serde_json::from_str(&amount.to_string()).unwrap_or_default()
}
