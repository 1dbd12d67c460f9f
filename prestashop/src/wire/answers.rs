//! Reading whole answers: their rows, the webservice's errors, and what a key may do.

use quick_xml::events::Event;
use serde::Deserialize;
use serde_json::Value;

use super::Scalar;

/// An error as the webservice tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct ServiceError {
    /// Its code.
    #[serde(default)]
    pub code: Scalar,
    /// Its words.
    #[serde(default)]
    pub message: Scalar,
}

/// What a key may read.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// What the shop calls itself, where it tells.
    pub title: Option<String>,
    /// The resources that may be read, as the webservice names them: `products`.
    pub readable: Vec<String>,
}

impl Rights {
    /// Whether a resource may be read.
    #[must_use]
    pub fn may_read(&self, resource: &str) -> bool {
        self.readable.iter().any(|readable| readable == resource)
    }
}

/// Why a body holds no rows.
#[derive(Debug, thiserror::Error)]
pub enum NoRows {
    /// It is no JSON.
    #[error("no JSON ({0})")]
    NoJson(#[from] serde_json::Error),
    /// It is JSON, and the resource is not in it.
    #[error("no rows of the resource")]
    NotThere,
}

/// The rows of a resource in a body, as they came.
///
/// # Errors
/// When the body holds none. An empty list is no error.
pub fn rows(body: &[u8], resource: &str) -> Result<Vec<Value>, NoRows> {
    match serde_json::from_slice(body)? {
        // An empty list is `[]`, whatever the resource.
        Value::Array(rows) if rows.is_empty() => Ok(rows),
        Value::Object(mut fields) => match fields.remove(resource) {
            Some(Value::Array(rows)) => Ok(rows),
            _ => Err(NoRows::NotThere),
        },
        _ => Err(NoRows::NotThere),
    }
}

/// The id of a row, whatever else is in it; `0` is none.
#[must_use]
pub fn row_id(row: &Value) -> Option<u64> {
    number(row, "id")
}

/// The id of the product that a row of stock is about, where it says so.
#[must_use]
pub fn stock_product(row: &Value) -> Option<u64> {
    number(row, "id_product")
}

fn number(row: &Value, field: &str) -> Option<u64> {
    let id = match row.get(field)? {
        Value::Number(id) => id.as_u64(),
        Value::String(id) => id.parse().ok(),
        _ => None,
    };
    id.filter(|id| *id != 0)
}

/// The code under which the webservice quotes PHP.
pub const OF_PHP: &str = "3";

/// Whether a body was written by the webservice and not by something that broke down around it: rows, or errors other
/// than PHP's alone.
#[must_use]
pub fn is_own_word(body: &[u8]) -> bool {
    match errors(body) {
        Some(errors) => errors.iter().any(|error| error.code.text().is_some_and(|code| code != OF_PHP)),
        None => serde_json::from_slice::<Value>(body)
            .is_ok_and(|body| body.as_object().is_some_and(|fields| fields.values().any(Value::is_array))),
    }
}

/// The errors that the webservice tells, in JSON or XML; `None` when it tells none, or tells rows besides.
#[must_use]
pub fn errors(body: &[u8]) -> Option<Vec<ServiceError>> {
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        let fields = json.as_object()?;
        let has_rows = fields.iter().any(|(name, value)| name != "errors" && value.is_array());
        let errors = fields.get("errors").filter(|_| !has_rows)?;
        return serde_json::from_value(errors.clone()).ok();
    }
    errors_in_xml(body)
}

fn errors_in_xml(body: &[u8]) -> Option<Vec<ServiceError>> {
    let mut reader = quick_xml::Reader::from_reader(body);
    let (mut errors, mut element, mut fields) = (Vec::new(), String::new(), serde_json::Map::new());
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => element = start.name().as_ref().to_owned(),
            Event::CData(text) => {
                fields.insert(element.clone(), text.to_string().into());
            }
            Event::End(end) if end.name().as_ref() == "error" => {
                let error = Value::Object(std::mem::take(&mut fields));
                errors.extend(serde_json::from_value::<ServiceError>(error).ok());
            }
            Event::Eof => return (!errors.is_empty()).then_some(errors),
            _ => {}
        }
        buffer.clear();
    }
}

/// The resources that `/api/` lists with `get="true"`; `None` when it is no such list.
#[must_use]
pub fn rights(body: &[u8]) -> Option<Rights> {
    let mut reader = quick_xml::Reader::from_reader(body);
    let mut rights = Rights::default();
    let mut is_list = false;
    let mut depth = 0usize;
    let mut buffer = Vec::new();
    loop {
        let event = reader.read_event_into(&mut buffer).ok()?;
        let is_start = matches!(event, Event::Start(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                let attribute = |wanted: &str| {
                    let found = start.attributes().flatten().find(|found| found.key.as_ref() == wanted)?;
                    Some(found.value.into_owned())
                };
                match (depth, name.as_str()) {
                    (1, "api") => {
                        is_list = true;
                        rights.title = attribute("shopName").filter(|title| !title.is_empty());
                    }
                    (2, _) if attribute("get").as_deref() == Some("true") => rights.readable.push(name),
                    _ => {}
                }
                depth += usize::from(is_start);
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => return is_list.then_some(rights),
            _ => {}
        }
        buffer.clear();
    }
}
