//! The test catalogue: what a shop holds, told as its owner would tell it, and not as any platform does.
//!
//! Everything has a key of the catalogue's own. A local shop gives each key an id of its platform, and keeps it.

use gateway_core::model::StockLevel;
use rust_decimal::Decimal;

/// The goods of a shop, and what they are ordered and chosen by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// The categories, each behind its parent.
    pub categories: Vec<Category>,
    /// What variants differ in, in the order in which a product tells it.
    pub options: Vec<ProductOption>,
    /// The products.
    pub products: Vec<Product>,
}

/// A text in the two languages of the shop. An empty one is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// In the shop's default language, which is Polish.
    pub default: String,
    /// In its other language, which is English.
    pub other: String,
}

/// One of the two languages of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// The shop's default language.
    Default,
    /// Its other language.
    Other,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its key.
    pub key: u32,
    /// The category that it lies in; none for one of the topmost.
    pub parent: Option<u32>,
    /// Its name.
    pub name: Texts,
}

/// What variants differ in: "Size".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductOption {
    /// Its key.
    pub key: u32,
    /// Its name.
    pub name: Texts,
    /// What can be chosen.
    pub values: Vec<OptionValue>,
}

/// What can be chosen: "M".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionValue {
    /// Its key, among those of all options.
    pub key: u32,
    /// Its name.
    pub name: Texts,
}

/// A product.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Its key, from 1.
    pub key: u32,
    /// Its name, a plain text that holds its [`mark`].
    pub name: Texts,
    /// Its description, in HTML.
    pub description: Texts,
    /// Its short description, in HTML.
    pub brief: Texts,
    /// The categories that it is in, the main one first.
    pub categories: Vec<u32>,
    /// Its VAT rate, in percent: 23, 8, 5 or 0.
    pub vat: Decimal,
    /// Whether shoppers can see and buy it.
    pub for_sale: bool,
    /// Keys of its pictures, the main one first.
    pub pictures: Vec<u32>,
    /// Its variants. A product of one variant without choices is a simple one.
    pub variants: Vec<Variant>,
}

/// A variant of a product.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its key, among those of its product.
    pub key: u32,
    /// Its SKU, or empty.
    pub sku: String,
    /// Its EAN, or empty.
    pub ean: String,
    /// Its net price, in PLN.
    pub net: Decimal,
    /// Its stock.
    pub stock: StockLevel,
    /// Keys of options and of what is chosen there, in the order of the catalogue's options.
    pub choices: Vec<(u32, u32)>,
    /// Those of its product's pictures that show it; all of them when there are none.
    pub pictures: Vec<u32>,
}

/// The key of a simple product's variant.
pub(crate) const SIMPLE: u32 = 0;

/// How many digits a mark has behind its letters.
pub(crate) const MARK_DIGITS: usize = 5;

/// The letters that a mark begins with, which nothing else holds.
pub(crate) const MARK_LETTERS: &str = "QX";

/// The word by which a product is known in whatever a shop sends. It stands in its name and in its SKUs.
#[must_use]
pub fn mark(product: u32) -> String {
    format!("{MARK_LETTERS}{product:0MARK_DIGITS$}")
}

impl Texts {
    /// A text in both languages.
    #[must_use]
    pub fn new(default: impl Into<String>, other: impl Into<String>) -> Self {
        Self { default: default.into(), other: other.into() }
    }

    /// The same text in both languages.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { default: text.clone(), other: text }
    }

    /// What a reader of a language gets: the text in it, else in the default language.
    #[must_use]
    pub fn read_in(&self, tongue: Tongue) -> &str {
        match tongue {
            Tongue::Other if !self.other.is_empty() => &self.other,
            Tongue::Default | Tongue::Other => &self.default,
        }
    }
}

impl Product {
    /// Whether it is a simple one: a single variant, and nothing to choose.
    #[must_use]
    pub fn is_simple(&self) -> bool {
        matches!(self.variants.as_slice(), [only] if only.choices.is_empty())
    }
}

impl Catalogue {
    /// The product of this key.
    #[must_use]
    pub fn product(&self, key: u32) -> Option<&Product> {
        self.products.iter().find(|product| product.key == key)
    }

    /// The product of this key, to be changed.
    pub fn product_mut(&mut self, key: u32) -> Option<&mut Product> {
        self.products.iter_mut().find(|product| product.key == key)
    }
}
