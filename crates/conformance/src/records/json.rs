//! The records of a product in JSON of any shape, and their fields.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::Break;
use crate::detour::marks;

/// How deep the fields of a record are gone through.
const DEPTH: usize = 6;

/// An object of no more fields is an entry of a list of ids, which tells nothing that could be wrong with a product.
const FIELDS_OF_ENTRY: usize = 2;

/// The records of products, each with its product: the outermost rows, or else the outermost objects, that name one product
/// and no other. `by_id` are the products by the ids that rows without a mark name them by.
pub(super) fn each_record(
    value: &mut Value,
    by_id: &HashMap<String, u32>,
    found: &mut impl FnMut(u32, &mut Value),
) {
    match value {
        Value::Array(rows) => {
            for row in rows {
                let mut named = named(row).into_iter();
                match (named.next(), named.next()) {
                    (Some(key), None) => found(key, row),
                    (Some(_), Some(_)) => each_record(row, by_id, found),
                    (None, _) if is_entry(row) => {}
                    (None, _) => {
                        if let Some(key) = product_id(row).and_then(|id| by_id.get(&id)) {
                            found(*key, row);
                        }
                    }
                }
            }
        }
        Value::Object(fields) => {
            let is_field = |value: &&Value| !value.is_array() && !holds_list(value);
            let own = fields.values().filter(is_field).find_map(|value| named(value).pop_first());
            if let Some(key) = own {
                found(key, value);
            } else {
                for value in fields.values_mut() {
                    each_record(value, by_id, found);
                }
            }
        }
        _ => {}
    }
}

/// The products whose marks stand in a value.
fn named(value: &Value) -> BTreeSet<u32> {
    match value {
        Value::String(text) => marks(text.as_bytes()),
        Value::Array(list) => list.iter().flat_map(named).collect(),
        Value::Object(fields) => fields.values().flat_map(named).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether a row names a product and tells next to nothing of it.
fn is_entry(row: &Value) -> bool {
    row.as_object().is_some_and(|fields| {
        let is_plain = |value: &Value| !value.is_array() && !value.is_object();
        fields.len() <= FIELDS_OF_ENTRY && fields.values().all(is_plain)
    })
}

/// Whether a value is a wrapper around a list, and not a field.
fn holds_list(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| fields.values().any(|value| value.is_array() || holds_list(value)))
}

/// The id by which a row says which product it belongs to.
fn product_id(row: &Value) -> Option<String> {
    let mut fields = row.as_object()?.iter();
    let (_, id) = fields.find(|(name, _)| name.to_lowercase().contains("product"))?;
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Every field of a record by its JSON pointer.
pub(super) fn each_field(record: &Value, found: &mut impl FnMut(String, Vec<Break>)) {
    below(record, "", DEPTH, found);
}

fn below(value: &Value, at: &str, depth: usize, found: &mut impl FnMut(String, Vec<Break>)) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (escaped(name), value)).collect(),
        Value::Array(list) => {
            list.iter().take(2).enumerate().map(|(place, value)| (place.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (name, child) in children {
        let at = format!("{at}/{name}");
        if depth > 0 {
            below(child, &at, depth - 1, found);
        }
        // A row that is not in a list is no broken row: nobody can know that it was there.
        let ways = Break::ALL.into_iter().filter(|how| !(value.is_array() && *how == Break::Missing));
        found(at, ways.filter(|how| concerns(*how, child)).collect());
    }
}

/// A name as a JSON pointer writes it (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Whether a way to break makes a fault of a value.
fn concerns(how: Break, value: &Value) -> bool {
    match (how, value) {
        // Long texts come where there are texts.
        (Break::Megabyte | Break::Script, value) => value.is_string(),
        (Break::Number, Value::String(text)) => how.concerns(text),
        (Break::Number, _) => false,
        (Break::True | Break::NumberAndWord, Value::String(text)) => how.concerns(text),
        (Break::True | Break::NumberAndWord, other) => how.concerns(&other.to_string()),
        _ => true,
    }
}

/// What stands in a field's place; with `None` the field is not there.
fn value(how: Break) -> Option<Value> {
    match how {
        Break::Missing => None,
        Break::Null => Some(Value::Null),
        Break::True => Some(json!(true)),
        Break::List => Some(json!([])),
        Break::Object => Some(json!({})),
        Break::Number => Some(json!(7)),
        other => other.text().map(Value::String),
    }
}

/// Breaks a field, where the record has it, and says whether it does.
pub(super) fn put(record: &mut Value, pointer: &str, how: Break) -> bool {
    match value(how) {
        Some(value) => record.pointer_mut(pointer).map(|field| *field = value).is_some(),
        None => {
            let Some((parent, name)) = pointer.rsplit_once('/') else { return false };
            let Some(Value::Object(fields)) = record.pointer_mut(parent) else { return false };
            fields.shift_remove(&name.replace("~1", "/").replace("~0", "~")).is_some()
        }
    }
}
