//! The files: the gateway file, and the offer piece by piece.

use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::goods::Goods;
use crate::key::{self, sha1};
use crate::product::{self, EXTENSIONS};
use crate::synthetic::synthetic;
use crate::xml::{Attributes, Xml};

/// Who makes the files.
const GENERATOR: &str = "IdoSell Shop";

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// How long an offer holds.
const VALID: TimeDelta = TimeDelta::days(1);

/// What an offer is made of.
#[derive(Clone)]
pub(crate) enum Source {
    /// What was put in.
    Held(Arc<Goods>),
    /// So many synthetic products.
    Synthetic(u32),
}

/// Which of the files with goods it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The whole offer.
    Full,
    /// Prices and stock alone.
    Light,
}

impl Kind {
    /// Its name in addresses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Light => "light",
        }
    }

    /// The kind of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Full, Self::Light].into_iter().find(|kind| kind.name() == name)
    }
}

/// The pieces of an offer in their order, each made when it is asked for: the head, the products one by one, the tail.
pub(crate) struct Pieces {
    source: Source,
    kind: Kind,
    /// The shop's address.
    url: String,
    generated: DateTime<Utc>,
    /// How many pieces there were.
    told: usize,
}

impl Pieces {
    pub(crate) fn new(source: Source, kind: Kind, url: String, generated: DateTime<Utc>) -> Self {
        Self { source, kind, url, generated, told: 0 }
    }

    fn head(&self) -> String {
        let mut xml = Xml::default();
        xml.raw(DECLARATION);
        xml.open("offer", |tag| {
            own(tag, self.generated);
            tag.set("expires", key::told(self.generated + VALID)).set("extensions", "yes");
        });
        let (language, currency) = match &self.source {
            Source::Held(goods) => (goods.language.as_str(), goods.currency.as_str()),
            Source::Synthetic(_) => (SYNTHETIC_LANGUAGE, SYNTHETIC_CURRENCY),
        };
        xml.raw("\n");
        xml.open("products", |tag| {
            tag.set("xmlns:iaiext", EXTENSIONS).set("language", language).set("currency", currency);
        });
        xml.raw("\n");
        xml.into_string()
    }

    fn product_at(&self, place: usize) -> Option<String> {
        let made;
        let (product, currency) = match &self.source {
            Source::Held(goods) => (goods.products.get(place)?, goods.currency.as_str()),
            Source::Synthetic(count) => {
                let index = u32::try_from(place).ok().filter(|index| index < count)?;
                made = synthetic(index, *count);
                (&made, SYNTHETIC_CURRENCY)
            }
        };
        Some(match self.kind {
            Kind::Full => product::full(product, &self.url, currency),
            Kind::Light => product::light(product),
        })
    }

    fn products(&self) -> usize {
        match &self.source {
            Source::Held(goods) => goods.products.len(),
            Source::Synthetic(count) => usize::try_from(*count).unwrap_or(usize::MAX),
        }
    }
}

const SYNTHETIC_LANGUAGE: &str = "pol";
const SYNTHETIC_CURRENCY: &str = "PLN";

impl Iterator for Pieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let place = self.told;
        self.told = place.saturating_add(1);
        match place.checked_sub(1) {
            None => Some(self.head()),
            Some(index) if index < self.products() => self.product_at(index),
            Some(index) if index == self.products() => Some("</products>\n</offer>\n".to_owned()),
            Some(_) => None,
        }
    }
}

/// What every file says of itself.
fn own(tag: &mut Attributes<'_>, generated: DateTime<Utc>) {
    tag.set("file_format", "IOF").set("version", "3.0").set("generated_by", GENERATOR);
    tag.set("generated", key::told(generated));
}

/// The file that says where the others are: the marketplace's, which tells less than that of other exports.
pub(crate) fn gateway(
    full: &str,
    light: &str,
    changed: DateTime<Utc>,
    with_hash: bool,
    now: DateTime<Utc>,
) -> String {
    let mut xml = Xml::default();
    xml.raw(DECLARATION);
    xml.element(
        "provider_description",
        |tag| own(tag, now),
        |xml| {
            xml.raw("\n");
            xml.element(
                "meta",
                |_| {},
                |xml| {
                    xml.element("short_name", |_| {}, |xml| xml.text("Sklep próbny"));
                },
            );
            let attributes = |tag: &mut Attributes<'_>| {
                tag.set("url", full);
                if with_hash {
                    // The whole file would have to be made to reckon its own; this one changes with it.
                    let hash: String = sha1(format!("{full} {changed}")).chars().take(32).collect();
                    tag.set("hash", hash);
                }
                tag.set("changed", key::told(changed));
            };
            xml.raw("\n");
            xml.element("full", attributes, |_| {});
            xml.raw("\n");
            xml.empty("light", |tag| {
                tag.set("url", light);
            });
            xml.raw("\n");
        },
    );
    xml.raw("\n");
    xml.into_string()
}

/// Writes the offer of a shop at this address (without a slash at its end) that holds so many [`synthetic`](crate::synthetic())
/// products, as made now, piece by piece.
///
/// # Errors
/// When it cannot be written.
pub fn write_offer(
    out: &mut impl Write,
    url: &str,
    products: u32,
    now: DateTime<Utc>,
) -> std::io::Result<()> {
    for piece in Pieces::new(Source::Synthetic(products), Kind::Full, url.to_owned(), now) {
        out.write_all(piece.as_bytes())?;
    }
    out.flush()
}
