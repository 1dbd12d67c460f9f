//! Changes of stock: each bears a key, and is done once however often it is asked for.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::api::{Refusal, places};
use crate::goods::Store;

/// Does the changes of a document, each by itself.
pub(crate) fn change(store: &mut Store, body: &[u8], now: DateTime<Utc>) -> Result<Value, Refusal> {
    let wrong = (StatusCode::BAD_REQUEST, "changes");
    let told: Value = serde_json::from_slice(body).map_err(|_| wrong)?;
    let changes = told.get("changes").and_then(Value::as_array).ok_or(wrong)?;
    let results: Vec<Value> = changes.iter().map(|told| one(store, told, now)).collect();
    Ok(json!({ "results": results }))
}

fn one(store: &mut Store, told: &Value, now: DateTime<Utc>) -> Value {
    let text = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = text("key");
    let refused = |why: &str| json!({ "key": key, "error": why });
    let (Ok(product), Ok(variant)) = (text("product").parse(), text("variant").parse()) else {
        return refused("id");
    };
    let (Ok(delta), false) = (text("delta").parse::<Decimal>(), key.is_empty()) else {
        return refused("delta");
    };
    let level = match store.level(product, variant) {
        None => return refused("gone"),
        Some(None) => return refused("uncounted"),
        Some(Some(level)) => level,
    };
    let is_done = store.done.contains(key);
    let then = if is_done { level } else { level.saturating_add(delta) };
    if !is_done && delta < Decimal::ZERO && then < Decimal::ZERO {
        return json!({ "key": key, "error": "below zero", "stock": places(level, 3) });
    }
    if !is_done {
        store.set_level(product, variant, Some(then), now);
        store.done.insert(key.to_owned());
    }
    json!({ "key": key, "stock": places(then, 3) })
}

/// Of the `keys` that are asked for, those whose change was done.
pub(crate) fn known(store: &Store, query: &HashMap<String, String>) -> Value {
    let asked = query.get("keys").map(String::as_str).unwrap_or_default().split(',');
    json!({ "done": asked.filter(|key| store.done.contains(*key)).collect::<Vec<_>>() })
}
