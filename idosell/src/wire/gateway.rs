//! The gateway file: where the other files are.

use std::fmt;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};

use super::ReadError;
use super::lexer::{Lexer, Token};
use super::offer::broken;

/// The longest gateway file that is read, in bytes. Real ones have a few thousand.
const MAX_BYTES: usize = 4 << 20;

/// Where the other files are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gateway {
    /// The whole offer.
    pub full: Option<Link>,
    /// Prices and stock alone.
    pub light: Option<Link>,
}

/// Where a file is, and how to tell whether it has changed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Its address, which may hold a secret.
    pub url: Option<String>,
    /// Changes with the file; the marketplace's gateway file has none.
    pub hash: Option<String>,
    /// When it was made, in the shop's local time; the marketplace's gateway file tells it of the whole offer only.
    pub changed: Option<String>,
}

/// Without the address.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.as_ref().map(|_| "***");
        f.debug_struct("Link")
            .field("url", &url)
            .field("hash", &self.hash)
            .field("changed", &self.changed)
            .finish()
    }
}

/// Reads the file, whose root's start tag has been read.
pub(super) fn read<R: BufRead>(lexer: &mut Lexer<R>, empty: bool) -> Result<Gateway, ReadError> {
    lexer.record(MAX_BYTES);
    let mut depth = u64::from(!empty);
    while depth > 0 {
        match lexer.next()? {
            Token::Start { empty } => depth += u64::from(!empty),
            Token::End => depth -= 1,
            Token::Eof => return Err(lexer.torn()),
            Token::Declaration => return Err(ReadError::DocType),
            Token::Text { .. } | Token::Aside { .. } => {}
        }
    }
    let recorded = lexer.recorded();
    if let Some(flaw) = recorded.flaw {
        return Err(broken(lexer, flaw));
    }
    let bytes = recorded.bytes.ok_or_else(|| broken(lexer, "the gateway file is larger than any is"))?;
    loop {
        match lexer.next()? {
            Token::Eof => break,
            Token::Text { blank: true } | Token::Aside { .. } => {}
            _ => return Err(broken(lexer, "something stands behind the root element")),
        }
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| broken(lexer, "it is not in UTF-8"))?;
    parse(text).map_err(|error| broken(lexer, &error.to_string()))
}

/// Only direct children: the `change`s inside of `full` have addresses of their own.
fn parse(text: &str) -> Result<Gateway, quick_xml::Error> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut gateway = Gateway::default();
    let mut depth = 0_u64;
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                match (depth, start.name().as_ref()) {
                    (1, "full") => gateway.full = Some(link(&start)?),
                    (1, "light") => gateway.light = Some(link(&start)?),
                    _ => {}
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => return Ok(gateway),
            _ => {}
        }
    }
}

fn link(start: &BytesStart<'_>) -> Result<Link, quick_xml::Error> {
    let mut link = Link::default();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0)?;
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match attribute.key.as_ref() {
            "url" => link.url = value,
            "hash" => link.hash = value,
            "changed" => link.changed = value,
            _ => {}
        }
    }
    Ok(link)
}
