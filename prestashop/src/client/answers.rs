//! Reading what is no list of rows: the webservice's errors, and what a key may do.

use quick_xml::events::Event;
use serde_json::Value;

use crate::wire::ServiceError;

/// What a key may read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights {
    pub(crate) title: Option<String>,
    pub(crate) version: Option<String>,
    pub(super) readable: Vec<String>,
}

impl Rights {
    pub(crate) fn may_read(&self, resource: &str) -> bool {
        self.readable.iter().any(|readable| readable == resource)
    }
}

/// Whether a body was written by the webservice and not by something that broke down around it: rows, or errors other
/// than PHP's alone.
pub(super) fn is_own_word(body: &[u8]) -> bool {
    const OF_PHP: &str = "3";
    match errors_of(body) {
        Some(errors) => errors.iter().any(|error| error.code.text().is_some_and(|code| code != OF_PHP)),
        None => serde_json::from_slice::<Value>(body)
            .is_ok_and(|body| body.as_object().is_some_and(|fields| fields.values().any(Value::is_array))),
    }
}

/// The errors that the webservice tells, in JSON or XML; `None` when it tells none, or tells rows besides.
pub(super) fn errors_of(body: &[u8]) -> Option<Vec<ServiceError>> {
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
pub(super) fn read_rights(body: &[u8]) -> Option<Rights> {
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
