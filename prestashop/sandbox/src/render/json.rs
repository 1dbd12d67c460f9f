//! JSON as PHP writes it: slashes escaped, letters beyond ASCII as they are.

use super::Sheet;
use crate::answer::Fault;
use crate::rows::{Association, Row, Value, computed_price};

/// A string with its quotation marks.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                put!(out, "\\u{:04x}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

fn key(out: &mut String, name: &str) {
    if !out.ends_with(['{', '[']) {
        out.push(',');
    }
    string(out, name);
    out.push(':');
}

/// A list of names.
pub(crate) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = "[".to_owned();
    for name in names {
        if out.len() > 1 {
            out.push(',');
        }
        string(&mut out, name);
    }
    out.push(']');
    out
}

/// `"errors":[..]`
pub(super) fn errors(errors: &[Fault]) -> String {
    let mut out = "\"errors\":[".to_owned();
    for Fault(code, message) in errors {
        if !out.ends_with('[') {
            out.push(',');
        }
        put!(&mut out, "{{\"code\":{code},\"message\":");
        string(&mut out, message);
        out.push('}');
    }
    out.push(']');
    out
}

pub(super) fn entities(sheet: &Sheet<'_>, rows: &[Box<dyn Row>]) -> String {
    if rows.is_empty() {
        return "[]".to_owned();
    }
    let mut out = String::with_capacity(rows.len() * 64);
    out.push('{');
    // Several written at once are a list.
    let single = sheet.single && rows.len() == 1;
    key(&mut out, if single { sheet.resource.node } else { sheet.resource.name });
    if !single {
        out.push('[');
    }
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        entity(&mut out, sheet, row.as_ref());
    }
    if !single {
        out.push(']');
    }
    if !sheet.warnings.is_empty() {
        out.push(',');
        out.push_str(&errors(&sheet.warnings));
    }
    out.push('}');
    out
}

fn entity(out: &mut String, sheet: &Sheet<'_>, row: &dyn Row) {
    let view = sheet.view;
    out.push('{');
    let Some(fields) = &sheet.fields else {
        put!(out, "\"id\":{}}}", row.id());
        return;
    };
    let drops = sheet.single && view.is_8();
    for field in fields {
        match view.value(row, field) {
            _ if sheet.unset.contains(&field.name) => value(out, sheet, field.name, &Value::Null, drops),
            Value::Int(id) if sheet.written && field.name == "id" => {
                key(out, "id");
                string(out, &id.to_string());
            }
            shown => value(out, sheet, field.name, &shown, drops),
        }
    }
    for price in sheet.prices.iter().filter_map(|index| view.prices.get(*index)) {
        if let Some(product) = row.product() {
            value(out, sheet, &price.name, &computed_price(view, product, price), drops);
        }
    }
    if sheet.associations {
        associations(out, &row.associations(view));
    }
    out.push('}');
}

fn value(out: &mut String, sheet: &Sheet<'_>, name: &str, value: &Value, drops: bool) {
    let languages = &sheet.view.options.languages;
    let one = if languages.len() == 1 { Some(0) } else { sheet.language };
    let dropped = match (value, one) {
        (Value::Multi(texts), Some(one)) => texts.get(one).is_none_or(|text| text.is_empty() || text == "0"),
        _ => value.is_falsy(),
    };
    if drops && dropped {
        return;
    }
    key(out, name);
    match (value, one) {
        (Value::Int(number), _) => {
            put!(out, "{number}");
        }
        (Value::Text(text), _) => string(out, text),
        (Value::Null, _) => out.push_str("null"),
        (Value::False, _) => out.push_str("false"),
        (Value::Multi(texts), Some(one)) => string(out, texts.get(one).map_or("", String::as_str)),
        (Value::Multi(texts), None) => {
            out.push('[');
            for (language, text) in languages.iter().zip(texts) {
                if !out.ends_with('[') {
                    out.push(',');
                }
                put!(out, "{{\"id\":\"{}\",\"value\":", language.id);
                string(out, text);
                out.push('}');
            }
            out.push(']');
        }
    }
}

/// Those that are not empty; nothing at all when all are.
fn associations(out: &mut String, all: &[Association]) {
    if all.iter().all(|association| association.entries.is_empty()) {
        return;
    }
    key(out, "associations");
    out.push('{');
    for association in all.iter().filter(|association| !association.entries.is_empty()) {
        key(out, association.name);
        out.push('[');
        for (index, entry) in association.entries.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            put!(out, "{comma}{{\"id\":\"{}\"", entry.id);
            for (name, number, _) in &entry.more {
                put!(out, ",\"{name}\":\"{number}\"");
            }
            out.push('}');
        }
        out.push(']');
    }
    out.push('}');
}
