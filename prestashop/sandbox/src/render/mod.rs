//! Entities and errors as JSON and as XML, to the letter as PrestaShop writes them.

/// Writes formatted text to a string, which cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)+) => { std::fmt::Write::write_fmt($out, format_args!($($text)+)).unwrap_or_default() };
}

mod json;
mod xml;

use crate::answer::Fault;
use crate::rows::{Row, View};
use crate::schema::{Field, Resource};

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Json,
}

impl Format {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Xml => "text/xml;charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// How entities are shown.
pub(crate) struct Sheet<'a> {
    pub(crate) view: &'a View<'a>,
    pub(crate) resource: &'static Resource,
    /// `None`: the ids alone.
    pub(crate) fields: Option<Vec<&'static Field>>,
    /// Names of computed prices that are shown beside the fields.
    pub(crate) prices: Vec<usize>,
    pub(crate) associations: bool,
    /// The only language, by its place among the shop's; `None` for all.
    pub(crate) language: Option<usize>,
    /// One entity by itself: other shape, and in JSON of 8.x without falsy fields.
    pub(crate) single: bool,
    /// The answer to a write: ids are text.
    pub(crate) written: bool,
    /// Fields that a write left out, told as null.
    pub(crate) unset: Vec<&'static str>,
    /// PHP's warnings to add.
    pub(crate) warnings: Vec<Fault>,
}

/// The entities in a format.
pub(crate) fn render(sheet: &Sheet<'_>, rows: &[Box<dyn Row>], format: Format) -> String {
    match format {
        Format::Json => json::entities(sheet, rows),
        // With warnings, XML shows them alone.
        Format::Xml if !sheet.warnings.is_empty() => xml::errors(&sheet.warnings),
        Format::Xml => xml::entities(sheet, rows),
    }
}

/// Errors in a format.
pub(crate) fn render_errors(errors: &[Fault], format: Format) -> String {
    match format {
        Format::Json => format!("{{{}}}", json::errors(errors)),
        Format::Xml => xml::errors(errors),
    }
}

pub(crate) use json::names as json_names;
pub(crate) use xml::wrapped as xml_wrapped;
