//! Exactly what the files hold: the gateway file (`provider_description`) and the offer (`full.xml`) of IOF 3.0.
//!
//! [`open`] tells by the root element which of the two a file is. An offer is read product by product, in memory that does not
//! grow with the file: [`Offer::next_entry`].
//!
//! The types forgive: every attribute may be missing, an empty one is "not told", and a number is the text that stands there. What
//! a field means is decided by [`mapping`](crate::mapping), which therefore can tell a price of 0 from one that is not told.
//! Elements are taken only where they belong: the `price` inside a `promotion` is not the product's.

mod error;
mod gateway;
mod lexer;
mod login;
mod offer;
mod parse;

pub use error::{Fault, ReadError};
pub use gateway::{Gateway, Link};
pub use login::{LOGIN_FAILED, Login, login};
pub use offer::{Document, MAX_PRODUCT_BYTES, Offer, open};
pub use parse::{MAX_DEPTH, MAX_ELEMENTS};

/// The namespace of what IdoSell adds to IOF. Files bind it to a prefix where they like, also anew inside of a product.
pub const EXTENSIONS: &str = "http://www.iai-shop.com/developers/iof/extensions.phtml";

/// What an offer says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Head {
    pub file_format: Option<String>,
    pub version: Option<String>,
    /// In the shop's local time, without a zone.
    pub generated: Option<String>,
    /// As `generated`.
    pub expires: Option<String>,
    /// The language of texts that do not tell their own: three letters, as `pol`.
    pub language: Option<String>,
    /// The currency of its prices: an ISO 4217 code.
    pub currency: Option<String>,
}

/// What stands in an offer where a product should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A product that can be read. Its id is told.
    Product(Box<Product>),
    /// One that cannot. The products behind it are not concerned.
    Broken(Broken),
}

/// A product that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its id, if that can be read. Without one nobody knows which product is missing.
    pub id: Option<String>,
    /// Why.
    pub fault: Fault,
}

/// A text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub(crate) Vec<(Option<String>, String)>);

impl Texts {
    /// The text in a language (as `pol`); none where it is blank. A text that tells no language is in `untold`.
    #[must_use]
    pub fn get(&self, language: &str, untold: &str) -> Option<&str> {
        let is_wanted = |told: &Option<String>| {
            told.as_deref().unwrap_or(untold).trim().eq_ignore_ascii_case(language.trim())
        };
        let texts = self.0.iter().filter(|(told, _)| is_wanted(told)).map(|(_, text)| text.trim());
        texts.into_iter().find(|text| !text.is_empty())
    }

    /// The languages that it is told in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(told, _)| told.as_deref())
    }
}

/// A product of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Product {
    pub id: String,
    /// `type`: `regular`, `bundle`, `collection`, `packaging`, `virtual`, `service`.
    pub kind: Option<String>,
    /// In percent: `23.0`.
    pub vat: Option<String>,
    pub currency: Option<String>,
    pub code_on_card: Option<String>,
    pub producer_code_standard: Option<String>,
    /// `yes` in files of changes: the shop has it no more.
    pub removed: Option<String>,
    pub categories: Vec<Category>,
    /// The address of its page in the shop.
    pub card: Option<String>,
    /// Plain text.
    pub name: Texts,
    /// HTML.
    pub short_desc: Texts,
    /// HTML.
    pub long_desc: Texts,
    /// One, unless the file is wrong.
    pub prices: Vec<Price>,
    pub sizes: Vec<Size>,
    /// Whether there is a list of sizes, be it an empty one.
    pub has_sizes: bool,
    /// The large ones, as they come.
    pub images: Vec<Image>,
    /// The family that it is one of.
    pub group: Option<Group>,
    /// `visible` of each `iaiext:site` of `iaiext:visibility`: whether a shop shows it.
    pub visible_at: Vec<Option<String>>,
}

/// A category that a product is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Category {
    pub id: Option<String>,
    /// The names from the top down, with `/` between them.
    pub name: Option<String>,
}

/// A price, of a product or of a size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Price {
    pub gross: Option<String>,
    /// Rounded to two places, so the gross price does not come back from it.
    pub net: Option<String>,
}

/// A size: what can be bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Size {
    pub id: Option<String>,
    pub name: Option<String>,
    /// Its name in the shop's panel.
    pub panel_name: Option<String>,
    /// The shop's index: the product's id and the size's.
    pub code: Option<String>,
    /// The producer's code, mostly an EAN.
    pub code_producer: Option<String>,
    /// `iaiext:code_external`: the vendor's own number.
    pub code_external: Option<String>,
    /// `in_stock`, `on_order` or `unavailable`, in the marketplace feed.
    pub available: Option<String>,
    /// One, unless the file is wrong. It wins over the product's.
    pub prices: Vec<Price>,
    /// One for each of the shop's places.
    pub stocks: Vec<Stock>,
}

/// How much of a size lies in one place. `-1` is "available, quantity unknown".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Stock {
    pub id: Option<String>,
    pub quantity: Option<String>,
    pub available_stock_quantity: Option<String>,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct Image {
    pub url: Option<String>,
    /// Changes with the picture.
    pub hash: Option<String>,
    /// `iaiext:priority`: the least comes first.
    pub priority: Option<String>,
}

/// What ties products to a family. Its members may stand far apart in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The same for all of the family.
    pub first_product_id: Option<String>,
    /// What its products differ in.
    pub parameters: Vec<GroupParameter>,
}

/// What the products of a family differ in, and what this one is in that respect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the file's own")]
pub struct GroupParameter {
    pub name: Texts,
    pub value: Texts,
}
