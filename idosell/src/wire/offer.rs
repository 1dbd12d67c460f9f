//! An offer, product by product.

use std::io::BufRead;

use quick_xml::events::BytesStart;
use quick_xml::name::PrefixDeclaration;

use super::gateway::{self, Gateway};
use super::lexer::{Lexer, Token};
use super::parse::{self, Namespaces};
use super::{Broken, Entry, Fault, Head, ReadError};

/// The longest product that is read, in bytes of XML. A longer one is a broken product.
pub const MAX_PRODUCT_BYTES: usize = 16 << 20;

/// A file, by its root element.
pub enum Document<R> {
    /// `provider_description`: where the other files are.
    Gateway(Gateway),
    /// `offer`: the goods.
    Offer(Offer<R>),
}

/// Opens a file, and reads what it says before its first product.
///
/// # Errors
/// When the bytes cannot be had, are no file of IOF in UTF-8, or end too early.
pub fn open<R: BufRead>(reader: R) -> Result<Document<R>, ReadError> {
    let mut lexer = Lexer::new(reader);
    lexer.begin()?;
    let empty = root(&mut lexer)?;
    let name = lexer.name().to_ascii_lowercase();
    match name.as_slice() {
        b"provider_description" => gateway::read(&mut lexer, empty).map(Document::Gateway),
        b"offer" if !empty => {
            let mut offer = Offer::new(lexer);
            offer.read_head()?;
            Ok(Document::Offer(offer))
        }
        b"offer" => Err(broken(&lexer, "the offer holds no list of products")),
        b"html" | b"head" | b"body" => Err(ReadError::Html),
        name => Err(ReadError::Root(String::from_utf8_lossy(name).chars().take(60).collect())),
    }
}

/// Reads to the root element, and says whether it is empty.
fn root<R: BufRead>(lexer: &mut Lexer<R>) -> Result<bool, ReadError> {
    loop {
        let token = lexer.next()?;
        if let (Some(flaw), false) = (lexer.take_flaw(), token == Token::Declaration) {
            return Err(broken(lexer, flaw));
        }
        match token {
            Token::Start { empty } => return Ok(empty),
            Token::Text { blank: true } | Token::Aside { instruction: false } => {}
            Token::Aside { instruction: true } => check_encoding(lexer.tag())?,
            Token::Text { blank: false } | Token::End => return Err(ReadError::NotXml),
            Token::Declaration => return Err(declaration(lexer.tag())),
            Token::Eof => return Err(lexer.torn()),
        }
    }
}

/// `<!DOCTYPE html>` begins a page.
fn declaration(tag: &[u8]) -> ReadError {
    let tag = String::from_utf8_lossy(tag).to_ascii_lowercase();
    let mut words = tag.trim_start_matches('!').split_ascii_whitespace();
    let is_page = words.next() == Some("doctype") && words.next().is_some_and(|word| word == "html");
    if is_page { ReadError::Html } else { ReadError::DocType }
}

/// The XML declaration, `xml version="1.0" encoding="UTF-8"`.
fn check_encoding(instruction: &[u8]) -> Result<(), ReadError> {
    let text = String::from_utf8_lossy(instruction);
    let Some(declared) = text.trim_start_matches('?').trim_end_matches("?>").strip_prefix("xml ") else {
        return Ok(());
    };
    let start = BytesStart::from_content(declared, 0);
    let encoding = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == "encoding");
    let Some(encoding) = encoding else { return Ok(()) };
    let is_read =
        ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| encoding.value.eq_ignore_ascii_case(name));
    if is_read { Ok(()) } else { Err(ReadError::Encoding(encoding.value.chars().take(40).collect())) }
}

pub(super) fn broken<R: BufRead>(lexer: &Lexer<R>, what: &str) -> ReadError {
    ReadError::Broken { at: lexer.at(), what: what.to_owned() }
}

/// Where in an offer the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the list of products.
    List,
    /// In the list, at the start tag of a product, which has been read.
    Product { empty: bool },
    /// Behind the list.
    Behind,
    /// Behind the root element.
    Done,
    /// Nowhere: there was an error.
    Failed,
}

/// An offer that is being read. It holds one product at a time.
pub struct Offer<R> {
    lexer: Lexer<R>,
    head: Head,
    namespaces: Namespaces,
    place: Place,
}

impl<R: BufRead> Offer<R> {
    fn new(lexer: Lexer<R>) -> Self {
        Self { lexer, head: Head::default(), namespaces: Namespaces::default(), place: Place::Failed }
    }

    /// What the offer says of itself.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The next product; `None` behind the last, when the file is whole.
    ///
    /// # Errors
    /// When the bytes cannot be had, or the file cannot be read on. Then it is not known what the offer holds besides, and it cannot be
    /// read any further.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, ReadError> {
        let place = std::mem::replace(&mut self.place, Place::Failed);
        let (entry, place) = match place {
            Place::List => self.in_list()?,
            Place::Product { empty } => self.product(empty).map(|(entry, place)| (Some(entry), place))?,
            Place::Behind => (None, self.read_to_end()?),
            Place::Done => (None, Place::Done),
            Place::Failed => return Err(ReadError::Ended),
        };
        self.place = place;
        match place {
            Place::Product { .. } | Place::Behind if entry.is_none() => self.next_entry(),
            _ => Ok(entry),
        }
    }

    /// The next piece outside of products, where every flaw ends the reading.
    fn next(&mut self) -> Result<Token, ReadError> {
        let token = self.lexer.next()?;
        match (self.lexer.take_flaw(), token) {
            (_, Token::Declaration) => Err(declaration(self.lexer.tag())),
            (Some(flaw), _) => Err(broken(&self.lexer, flaw)),
            (None, Token::Eof) => Err(self.lexer.torn()),
            (None, token) => Ok(token),
        }
    }

    fn read_head(&mut self) -> Result<(), ReadError> {
        let offer = self.attributes()?;
        self.head.file_format = offer.get("file_format");
        self.head.version = offer.get("version");
        self.head.generated = offer.get("generated");
        self.head.expires = offer.get("expires");
        loop {
            match self.next()? {
                Token::Start { empty } if self.lexer.name() == b"products" => {
                    let products = self.attributes()?;
                    self.head.language = products.get("language");
                    self.head.currency = products.get("currency");
                    self.place = if empty { Place::Behind } else { Place::List };
                    return Ok(());
                }
                Token::Start { empty } => self.skip(empty)?,
                Token::End => return Err(broken(&self.lexer, "the offer holds no list of products")),
                _ => {}
            }
        }
    }

    /// The attributes of the last tag; its namespaces hold for what is inside of it.
    fn attributes(&mut self) -> Result<Attributes, ReadError> {
        let text = std::str::from_utf8(self.lexer.tag()).ok().filter(|_| !self.lexer.tag_is_cut());
        let attributes = text.and_then(|text| Attributes::read(text.trim_end_matches('/')));
        let attributes = attributes.ok_or_else(|| broken(&self.lexer, "a start tag cannot be read"))?;
        for (name, value) in &attributes.0 {
            match quick_xml::name::QName(name).as_namespace_binding() {
                Some(PrefixDeclaration::Named(prefix)) => {
                    self.namespaces.bind(Some(prefix), value);
                }
                Some(PrefixDeclaration::Default) => self.namespaces.bind(None, value),
                None => {}
            }
        }
        Ok(attributes)
    }

    /// Skips an element that says nothing about products. One that holds products after all is none that is known.
    fn skip(&mut self, empty: bool) -> Result<(), ReadError> {
        let mut depth = u64::from(!empty);
        if self.lexer.name() == b"product" {
            return Err(broken(&self.lexer, "a product stands where none belongs"));
        }
        let name = self.lexer.name().to_vec();
        while depth > 0 {
            match self.next()? {
                Token::Start { .. } if self.lexer.name() == b"product" => {
                    return Err(broken(&self.lexer, "a product stands where none belongs"));
                }
                Token::Start { empty } => depth += u64::from(!empty),
                // What begins as something else and ends as a product may be one.
                Token::End
                    if matches!(self.lexer.name(), b"product" | b"products" | b"offer")
                        || (depth == 1 && self.lexer.name() != name) =>
                {
                    return Err(broken(&self.lexer, "an element does not end"));
                }
                Token::End => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// What is in the list beside products may have been one, before somebody damaged it. Elements with a prefix are extensions.
    fn in_list(&mut self) -> Result<(Option<Entry>, Place), ReadError> {
        let stranger = || Some(Entry::Broken(Broken { id: None, fault: Fault::Stranger }));
        loop {
            match self.next()? {
                Token::Start { empty } if self.lexer.name() == b"product" => {
                    return Ok((None, Place::Product { empty }));
                }
                Token::Start { empty } => {
                    let is_extension = self.lexer.name().contains(&b':');
                    self.skip(empty)?;
                    if !is_extension {
                        return Ok((stranger(), Place::List));
                    }
                }
                Token::Text { blank: false } => return Ok((stranger(), Place::List)),
                Token::End if self.lexer.name() == b"products" => return Ok((None, Place::Behind)),
                Token::End => return Err(broken(&self.lexer, "an element ends that did not begin")),
                _ => {}
            }
        }
    }

    /// Behind the list nothing may come that says anything: a second list, or the beginning of another file, would be lost.
    fn read_to_end(&mut self) -> Result<Place, ReadError> {
        loop {
            match self.next()? {
                Token::Start { .. } if self.lexer.name() == b"products" => {
                    return Err(broken(&self.lexer, "the offer holds a second list of products"));
                }
                Token::Start { empty } => self.skip(empty)?,
                Token::End if self.lexer.name() == b"offer" => break,
                Token::End => return Err(broken(&self.lexer, "an element ends that did not begin")),
                _ => {}
            }
        }
        loop {
            match self.lexer.next()? {
                Token::Eof => return Ok(Place::Done),
                Token::Text { blank: true } | Token::Aside { .. } => {}
                _ => return Err(broken(&self.lexer, "something stands behind the offer")),
            }
        }
    }

    /// A product, whose start tag has been read.
    fn product(&mut self, empty: bool) -> Result<(Entry, Place), ReadError> {
        let id = Attributes::id(self.lexer.tag());
        self.lexer.record(MAX_PRODUCT_BYTES);
        let (is_closed, place) = if empty { (true, Place::List) } else { self.read_to_end_of_product()? };
        let recorded = self.lexer.recorded();
        if recorded.swallowed {
            let what =
                "a product ends inside of CDATA or a comment, so one that should end before it does not";
            return Err(broken(&self.lexer, what));
        }
        let read = if !is_closed {
            Err(Fault::Unclosed)
        } else if let Some(flaw) = recorded.flaw {
            Err(Fault::malformed(flaw))
        } else {
            let bytes = recorded.bytes.ok_or(Fault::TooLarge);
            bytes.and_then(|bytes| parse::product(&bytes, &self.namespaces))
        };
        let entry = match read {
            Ok(product) => Entry::Product(Box::new(product)),
            Err(fault) => Entry::Broken(Broken { id, fault }),
        };
        Ok((entry, place))
    }

    /// Reads to the end of a product; whether it has one, and what follows.
    ///
    /// Only products are counted, so that a product ends at its end tag also where an element in it does not. Where it has none of its
    /// own, the next one begins directly in it.
    fn read_to_end_of_product(&mut self) -> Result<(bool, Place), ReadError> {
        let (mut depth, mut products, mut lists) = (1_u64, 0_u64, 0_u64);
        loop {
            let token = self.lexer.next()?;
            let name = self.lexer.name();
            let (is_product, is_list) = (name == b"product", name == b"products");
            match token {
                Token::Start { empty } if is_product && depth == 1 => {
                    return Ok((false, Place::Product { empty }));
                }
                Token::Start { empty: false } => {
                    depth += 1;
                    products += u64::from(is_product);
                    lists += u64::from(is_list);
                }
                Token::End if is_product && products == 0 => return Ok((true, Place::List)),
                Token::End if is_list && lists == 0 && depth == 1 => return Ok((false, Place::Behind)),
                Token::End if (is_list && lists == 0) || name == b"offer" => {
                    return Err(broken(&self.lexer, "a product does not end"));
                }
                Token::End => {
                    depth = depth.saturating_sub(1).max(1);
                    products -= u64::from(is_product);
                    lists -= u64::from(is_list);
                }
                Token::Declaration => return Err(declaration(self.lexer.tag())),
                Token::Eof => return Err(self.lexer.torn()),
                Token::Start { empty: true } | Token::Text { .. } | Token::Aside { .. } => {}
            }
        }
    }
}

/// The attributes of a tag outside of products.
struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// Of a tag without its angle brackets.
    fn read(tag: &str) -> Option<Self> {
        let length = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
        let start = BytesStart::from_content(tag, length);
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.ok()?;
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
            Some((attribute.key.as_ref().to_owned(), value.into_owned()))
        });
        attributes.collect::<Option<_>>().map(Self)
    }

    fn get(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().find(|(own, _)| own == name)?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The id in a product's start tag, whatever else is wrong with it.
    fn id(tag: &[u8]) -> Option<String> {
        let tag = String::from_utf8_lossy(tag);
        let start = BytesStart::from_content(tag.as_ref(), "product".len());
        let id = start.attributes().flatten().find(|attribute| attribute.key.as_ref() == "id")?;
        let id = id.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
        Some(id.trim().to_owned()).filter(|id| !id.is_empty() && id.len() <= 255)
    }
}
