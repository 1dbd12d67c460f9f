//! The shape of an answer: status, what its headers are called, and its body without its texts.

use serde_json::Value;

use crate::client::Answer;

/// The shape of an answer, to be compared with a snapshot.
pub(crate) fn of(answer: &Answer) -> String {
    let mut out = format!("{}\n", answer.status.as_u16());
    let mut names: Vec<&str> = answer.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    out.push_str(&format!("{}\n", names.join(" ")));
    if let Some(kind) = answer.header("content-type") {
        out.push_str(&format!("{kind}\n"));
    }
    let text = answer.text();
    if answer.body.is_empty() {
        out.push_str("(empty)\n");
    } else if text.starts_with('<') {
        match roxmltree::Document::parse(&text) {
            Ok(document) => xml(&mut out, document.root_element(), 0),
            Err(_) => out.push_str("(no XML)\n"),
        }
    } else if let Ok(value) = serde_json::from_str::<Value>(&text) {
        json(&mut out, &value, 0);
    } else if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/")) {
        out.push_str(&format!("{text}\n"));
    } else {
        out.push_str("(bytes)\n");
    }
    out
}

/// Keys and types; of a list its first entry.
fn json(out: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let simple = |value: &Value| {
        Some(match value {
            Value::Null => "null",
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Number(_) => "number",
            Value::String(text) if text.is_empty() => "\"\"",
            Value::String(text) if text.parse::<i64>().is_ok() => "\"integer\"",
            Value::String(text) if text.parse::<rust_decimal::Decimal>().is_ok() => "\"decimal\"",
            Value::String(_) => "\"text\"",
            Value::Array(list) if list.is_empty() => "[]",
            Value::Array(_) | Value::Object(_) => return None,
        })
    };
    match value {
        Value::Array(list) if !list.is_empty() => {
            out.push_str(&format!("{indent}[\n"));
            json(out, &list[0], depth + 1);
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                match simple(field) {
                    Some(kind) => out.push_str(&format!("{indent}{name}: {kind}\n")),
                    None => {
                        out.push_str(&format!("{indent}{name}:\n"));
                        json(out, field, depth + 1);
                    }
                }
            }
        }
        other => out.push_str(&format!("{indent}{}\n", simple(other).unwrap_or_default())),
    }
}

/// Names of elements and attributes; of equal neighbours the first.
fn xml(out: &mut String, node: roxmltree::Node<'_, '_>, depth: usize) {
    let attributes: Vec<String> =
        node.attributes().map(|attribute| format!(" @{}", attribute.name())).collect();
    let name = node.tag_name().name();
    out.push_str(&format!("{}{name}{}\n", "  ".repeat(depth), attributes.concat()));
    let mut before = None;
    for child in node.children().filter(roxmltree::Node::is_element) {
        if before != Some(child.tag_name().name()) {
            xml(out, child, depth + 1);
        }
        before = Some(child.tag_name().name());
    }
}
