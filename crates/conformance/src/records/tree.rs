//! A document in XML as a tree that can be changed and written again.
//!
//! It keeps what a reader of goods can see: elements with their attributes, and texts. Comments and instructions are not kept,
//! and a part that is written as CDATA is a text like others.

use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// How deep elements may stand in each other: who goes through them goes down into each.
const DEPTH: usize = 200;

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    /// What stands in its XML declaration, if it has one.
    pub(crate) declaration: Option<String>,
    pub(crate) root: Element,
}

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// With its prefix.
    pub(crate) name: String,
    /// With their prefixes, in the order in which they stand there.
    pub(crate) attributes: Vec<(String, String)>,
    /// Never two texts next to each other, and no empty one.
    pub(crate) children: Vec<Node>,
}

/// What stands in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

impl Document {
    /// Reads a whole document; none when it is not well formed, or has entities of its own.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let mut declaration = None;
        // The outermost is none that stands in the document, but holds what does.
        let mut open = vec![Element::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) if open.len() <= DEPTH => open.push(Element::read(&start)?),
                Event::Start(_) => return None,
                Event::End(_) => {
                    let element = open.pop()?;
                    open.last_mut()?.children.push(Node::Element(element));
                }
                Event::Text(text) => open.last_mut()?.push_text(&text.xml10_content()),
                Event::CData(text) => open.last_mut()?.push_text(&text.xml10_content()),
                Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                    Some(letter) => open.last_mut()?.push_text(letter.encode_utf8(&mut [0; 4])),
                    None => open.last_mut()?.push_text(resolve_predefined_entity(&entity)?),
                },
                Event::Decl(told) => declaration = Some(told.to_string()),
                Event::Eof => break,
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        let around = open.pop().filter(|_| open.is_empty())?;
        let mut root = None;
        for node in around.children {
            match node {
                Node::Element(element) if root.is_none() => root = Some(element),
                Node::Text(text) if text.trim().is_empty() => {}
                _ => return None,
            }
        }
        Some(Self { declaration, root: root? })
    }

    /// The document as it is sent.
    pub(crate) fn written(&self) -> String {
        let mut out = String::new();
        if let Some(declaration) = &self.declaration {
            out.extend(["<?", declaration, "?>\n"]);
        }
        self.root.write(&mut out);
        out
    }
}

impl Element {
    fn read(start: &BytesStart<'_>) -> Option<Self> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
            attributes.push((name(attribute.key.as_ref())?, value.into_owned()));
        }
        Some(Self { name: name(start.name().as_ref())?, attributes, children: Vec::new() })
    }

    /// Puts a text behind everything.
    fn push_text(&mut self, text: &str) {
        match self.children.last_mut() {
            _ if text.is_empty() => {}
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
    }

    fn write(&self, out: &mut String) {
        out.extend(["<", &self.name]);
        for (name, value) in &self.attributes {
            // These two would be read as spaces.
            let value = escape(value).replace('\n', "&#10;").replace('\t', "&#9;");
            out.extend([" ", name, "=\"", &value, "\""]);
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(out),
                Node::Text(text) => out.push_str(&escape(text)),
            }
        }
        out.extend(["</", &self.name, ">"]);
    }
}

/// A name, if it can be one: other signs would be read as something else where it is written.
fn name(text: &str) -> Option<String> {
    let is_right =
        |letter: char| !letter.is_ascii() || letter.is_ascii_alphanumeric() || "_:-.".contains(letter);
    (!text.is_empty() && text.chars().all(is_right)).then(|| text.to_owned())
}
