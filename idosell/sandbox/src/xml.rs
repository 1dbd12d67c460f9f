//! XML that is well-formed whatever the texts are.

use std::fmt::{Display, Write as _};

/// A document on its way. Elements are closed in the order in which they were opened: see [`Xml::element`].
#[derive(Default)]
pub(crate) struct Xml(String);

impl Xml {
    /// What was written so far.
    pub(crate) fn into_string(self) -> String {
        self.0
    }

    /// As it stands.
    pub(crate) fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// An element with something in it.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: impl FnOnce(&mut Attributes<'_>),
        content: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        content(self);
        self.close(name);
    }

    /// An element with nothing in it.
    pub(crate) fn empty(&mut self, name: &str, attributes: impl FnOnce(&mut Attributes<'_>)) {
        self.tag(name, attributes);
        self.raw("/>");
    }

    /// The start of an element that [`Xml::close`] will end.
    pub(crate) fn open(&mut self, name: &str, attributes: impl FnOnce(&mut Attributes<'_>)) {
        self.tag(name, attributes);
        self.raw(">");
    }

    /// The end of an element.
    pub(crate) fn close(&mut self, name: &str) {
        self.raw("</");
        self.raw(name);
        self.raw(">");
    }

    fn tag(&mut self, name: &str, attributes: impl FnOnce(&mut Attributes<'_>)) {
        self.raw("<");
        self.raw(name);
        attributes(&mut Attributes(&mut self.0));
    }

    /// A text: in a CDATA section where one can hold it as it is.
    pub(crate) fn text(&mut self, text: &str) {
        // A parser would make a line feed of a carriage return that is not written as a reference.
        let fits = !text.contains("]]>") && text.chars().all(|c| c != '\r' && is_character(c));
        if fits {
            self.raw("<![CDATA[");
            self.raw(text);
            self.raw("]]>");
        } else {
            escape(&mut self.0, text, false);
        }
    }
}

/// The attributes of a start tag.
pub(crate) struct Attributes<'a>(&'a mut String);

impl Attributes<'_> {
    /// One more.
    pub(crate) fn set(&mut self, name: &str, value: impl Display) -> &mut Self {
        let value = value.to_string();
        // Writing to a string cannot fail.
        let _written = write!(self.0, " {name}=\"").is_ok();
        escape(self.0, &value, true);
        self.0.push('"');
        self
    }

    /// One more, unless it is empty.
    pub(crate) fn set_filled(&mut self, name: &str, value: &str) -> &mut Self {
        if value.is_empty() { self } else { self.set(name, value) }
    }
}

/// In an attribute, white space is kept from being made a space.
fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars().filter(|c| is_character(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

/// Whether XML 1.0 can hold it at all, even as a reference.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}
