//! Results for programs: one JSON object per line. Its shape is a promise: it changes only by addition.
//! docs/CONTRACTS.md lists the lines.

use std::fmt::Write as _;
use std::time::Duration;

use connector::mapping_file::Fault;
use connector::{Change, Event, Rendered, ShopInfo, Summary};
use gateway_core::model::ImageRef;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Ending, Requests, levels, plain};

/// A value as a line that a terminal cannot obey either: what is harmful stands in strings only, and is escaped there.
pub(super) fn line(value: &impl Serialize) -> String {
    // Every value that is told has text keys, so it can be written.
    let json = serde_json::to_string(value).unwrap_or_default();
    if !json.contains(plain::is_harmful) {
        return json;
    }
    let mut line = String::with_capacity(json.len());
    for c in json.chars() {
        if plain::is_harmful(c) {
            // All of them are in the first 65 536, so four digits hold them. Writing to a string does not fail.
            let _written = write!(line, "\\u{:04x}", u32::from(c));
        } else {
            line.push(c);
        }
    }
    line
}

/// The object of an event.
pub(super) fn event(event: &Event<'_>) -> Value {
    match event {
        Event::Shop(info) => shop(info),
        Event::Would(rendered) => would_create(rendered),
        Event::Changed(change) => changed(change),
        Event::Candidate(candidate) => named("candidate", candidate),
        Event::Fault(fault) => faulty(fault),
        Event::Waiting { variants, at_most } => {
            json!({ "event": "waiting", "variants": variants, "seconds": at_most.as_secs() })
        }
        Event::Rejected { reject, .. } => named("rejected", reject),
        Event::Skipped(skip) => named("skipped", skip),
        Event::Warning(warning) => named("warning", warning),
        Event::Level(change) => levels::set_for_programs(change),
        Event::LevelNotice(notice) => levels::notice_for_programs(notice),
        Event::NothingNew { what } => json!({ "event": "nothing_new", "what": what }),
        _ => Value::Null,
    }
}

/// A shop; its warnings have lines of their own.
pub(super) fn shop(info: &ShopInfo) -> Value {
    let mut shop = named("shop", info);
    if let Value::Object(fields) = &mut shop {
        fields.shift_remove("warnings");
    }
    shop
}

fn would_create(rendered: &Rendered) -> Value {
    let source = rendered.item.product.data.source().map(|source| source.id);
    json!({
        "event": "would_create",
        "product": source.as_ref().map(|id| id.product.as_str()),
        "variant": source.as_ref().map(|id| id.variant.as_str()),
        "name": rendered.item.product.name,
        "family": rendered.family,
        "images": rendered.images.iter().map(ImageRef::identity).collect::<Vec<_>>(),
        "categories": rendered.categories,
        "item": rendered.item,
    })
}

fn changed(change: &Change<'_>) -> Value {
    let (was, would) = super::words(change.kind);
    let event = if change.is_done { was.to_owned() } else { format!("would_{would}") };
    json!({
        "event": event,
        "product": change.id.product.as_str(),
        "variant": change.id.variant.as_str(),
        "guid": change.guid.to_string(),
        "name": change.name,
        "fields": change.fields,
        "why": change.why,
    })
}

fn faulty(fault: &Fault) -> Value {
    let (line, target, candidates) = match fault {
        Fault::Unknown { line, target, alike } => (line, target, alike),
        Fault::Ambiguous { line, target, candidates } => (line, target, candidates),
    };
    json!({
        "event": "fault",
        "line": line,
        "target": target,
        "what": fault.to_string(),
        "candidates": candidates,
    })
}

/// An object with its event's name in front.
fn named(event: &str, what: &impl Serialize) -> Value {
    let mut fields = serde_json::Map::new();
    fields.insert("event".to_owned(), event.into());
    if let Ok(Value::Object(own)) = serde_json::to_value(what) {
        fields.extend(own);
    }
    Value::Object(fields)
}

#[derive(Serialize)]
struct Finished<'a> {
    event: &'static str,
    exit: u8,
    #[serde(flatten)]
    summary: &'a Summary,
    requests: Requests,
    seconds: f64,
    error: Option<&'a str>,
}

/// The last line.
pub(super) fn finished(summary: &Summary, ending: &Ending) -> Value {
    let finished = Finished {
        event: "finished",
        exit: ending.exit,
        summary,
        requests: ending.requests,
        seconds: seconds(ending.took),
        error: ending.error.as_deref(),
    };
    serde_json::to_value(finished).unwrap_or_default()
}

#[derive(Serialize)]
struct Counts<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
    requests: Requests,
    seconds: f64,
}

/// What the last line counts, to be kept.
pub(super) fn counts(summary: &Summary, ending: &Ending) -> Value {
    let counts = Counts { summary, requests: ending.requests, seconds: seconds(ending.took) };
    serde_json::to_value(counts).unwrap_or_default()
}

/// To the millisecond: more would be noise.
fn seconds(took: Duration) -> f64 {
    // Whole seconds and a part of one, added up, would show digits of neither.
    format!("{}.{:03}", took.as_secs(), took.subsec_millis()).parse().unwrap_or_default()
}
