//! The records of products in answers of any shape, and how their fields are broken.
//!
//! What is known of JSON is in `json`, of XML in `xml` with its own `tree`. Whoever breaks fields sees neither.

mod json;
mod tree;
mod xml;

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::Value;

use tree::{Document, Element};

/// What a field becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// In XML, where an element stays: it has no attributes and no text any more.
    Missing,
    Null,
    True,
    Empty,
    Word,
    List,
    Object,
    /// A number where there was a word.
    Number,
    /// A number with a word behind it, where there was a number: who reads as far as it is one reads another one.
    NumberAndWord,
    Megabyte,
    Script,
}

impl Break {
    pub(crate) const ALL: [Self; 11] = [
        Self::Missing,
        Self::Null,
        Self::True,
        Self::Empty,
        Self::Word,
        Self::List,
        Self::Object,
        Self::Number,
        Self::NumberAndWord,
        Self::Megabyte,
        Self::Script,
    ];

    /// Whether nothing stands there any more that could be the field of another product.
    pub(crate) fn leaves_nothing(self) -> bool {
        matches!(self, Self::Missing | Self::Null | Self::Empty | Self::List | Self::Object)
    }

    /// Whether it makes a fault of what reads as this text: what reads as a number may be right as another one, and where it
    /// may be a switch, `true` is a right value, and another one.
    fn concerns(self, text: &str) -> bool {
        let is_number = text.parse::<f64>().is_ok();
        match self {
            Self::True => !matches!(text, "0" | "1" | "true" | "false"),
            Self::Number => !is_number,
            Self::NumberAndWord => is_number,
            _ => true,
        }
    }

    /// The text that stands in a text's place, if there is any.
    fn text(self) -> Option<String> {
        match self {
            Self::Missing | Self::Null | Self::List | Self::Object => None,
            Self::Empty => Some(String::new()),
            Self::True => Some("true".to_owned()),
            Self::Word => Some("abc".to_owned()),
            Self::Number => Some("7".to_owned()),
            Self::NumberAndWord => Some("7abc".to_owned()),
            Self::Megabyte => Some("a long text. ".repeat(1024 * 1024 / 13)),
            Self::Script => Some("<script>alert(1)</script>".to_owned()),
        }
    }
}

/// The body of an answer, taken apart.
pub(crate) enum Body {
    Json(Value),
    Xml(Document),
}

impl Body {
    /// Takes a body apart, if it is one of those that can be.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        // An answer in XML begins with a tag, and none in JSON does.
        let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') {
            Document::read(text).map(Self::Xml)
        } else {
            serde_json::from_str(text).ok().map(Self::Json)
        }
    }

    /// The records of products, each with its product. `by_id` are the products by the ids that records without a mark name
    /// them by.
    pub(crate) fn each_record(
        &mut self,
        by_id: &HashMap<String, u32>,
        found: &mut impl FnMut(u32, Record<'_>),
    ) {
        match self {
            Self::Json(value) => {
                json::each_record(value, by_id, &mut |key, record| found(key, Record::Json(record)));
            }
            Self::Xml(document) => {
                xml::each_record(document, by_id, &mut |key, record| found(key, Record::Xml(record)));
            }
        }
    }

    /// As it is sent.
    pub(crate) fn written(&self) -> Bytes {
        match self {
            Self::Json(value) => value.to_string().into(),
            Self::Xml(document) => document.written().into(),
        }
    }
}

/// What an answer tells of one product.
pub(crate) enum Record<'a> {
    Json(&'a mut Value),
    Xml(&'a mut Element),
}

impl Record<'_> {
    /// Every field by its place in the record, with the ways to break it; of things in a row the first two.
    pub(crate) fn each_field(&self, found: &mut impl FnMut(String, Vec<Break>)) {
        match self {
            Self::Json(record) => json::each_field(record, found),
            Self::Xml(record) => xml::each_field(record, found),
        }
    }

    /// Breaks a field, where the record has it, and says whether it does.
    pub(crate) fn put(&mut self, place: &str, how: Break) -> bool {
        match self {
            Self::Json(record) => json::put(record, place, how),
            Self::Xml(record) => xml::put(record, place, how),
        }
    }
}

/// A path in which each number is `#`, because it may be one product's.
pub(crate) fn pattern_of(path: &str) -> String {
    let part = |part: &str| {
        let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "#".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A place in a record as platforms are asked about it, whichever of several in a row it is in.
pub(crate) fn field_at(place: &str) -> String {
    pattern_of(&place.replace(xml::SECOND, "")).trim_start_matches('/').to_owned()
}

/// What a place belongs to, among all that the record holds.
pub(crate) fn top_of(place: &str) -> &str {
    let place = place.trim_start_matches('/');
    let top = place.split(['/', '@', '[']).next().unwrap_or_default();
    if top.is_empty() { place } else { top }
}
