//! What the shop holds, as a test puts it in.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

/// A text by language: `pol`, `eng`. What is not there in a language is left out.
pub type Texts = BTreeMap<String, String>;

/// All that a shop holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Goods {
    /// Its products, in the order in which the offer tells them.
    pub products: Vec<Product>,
    /// The offer's own language.
    pub language: String,
    /// The currency of all prices.
    pub currency: String,
}

impl Default for Goods {
    /// None, in Polish and for złoty.
    fn default() -> Self {
        Self { products: Vec::new(), language: "pol".to_owned(), currency: "PLN".to_owned() }
    }
}

/// A product. Where a text is empty, the offer says nothing of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Its id.
    pub id: u64,
    /// What it is: `regular`, `bundle`, `collection`, `packaging`, `virtual`, `service`.
    pub kind: String,
    /// Its name.
    pub name: Texts,
    /// Its short description, in HTML.
    pub short_desc: Texts,
    /// Its description, in HTML.
    pub long_desc: Texts,
    /// The categories that it is in.
    pub categories: Vec<Category>,
    /// Its VAT rate in percent.
    pub vat: Decimal,
    /// Whether the shop shows it; `None` leaves the offer without a word on that.
    pub visible: Option<bool>,
    /// The ids of its pictures, the main one first.
    pub pictures: Vec<u64>,
    /// Its gross price.
    pub gross: Decimal,
    /// Its sizes: what can be bought.
    pub sizes: Vec<Size>,
    /// The family that it is one of.
    pub group: Option<Group>,
    /// Its code in the shop.
    pub code_on_card: Option<String>,
    /// Its code at the producer's.
    pub producer_code_standard: Option<String>,
    /// Whether the offer says that it was removed.
    pub removed: bool,
}

impl Default for Product {
    /// A regular one that nothing else is told of.
    fn default() -> Self {
        Self {
            id: 0,
            kind: "regular".to_owned(),
            name: Texts::new(),
            short_desc: Texts::new(),
            long_desc: Texts::new(),
            categories: Vec::new(),
            vat: Decimal::ZERO,
            visible: None,
            pictures: Vec::new(),
            gross: Decimal::ZERO,
            sizes: Vec::new(),
            group: None,
            code_on_card: None,
            producer_code_standard: None,
            removed: false,
        }
    }
}

/// A category, which the offer tells only with the products that are in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: u64,
    /// The names from the top down, with `/` between them.
    pub path: String,
}

/// A size. Where a text is empty, the offer says nothing of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Size {
    /// Its id, unique within its product; `uniw` is that of goods which have no sizes.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in the shop's panel.
    pub panel_name: String,
    /// The vendor's own number.
    pub code_external: String,
    /// The producer's code, mostly an EAN.
    pub code_producer: String,
    /// Its own gross price, which wins over the product's.
    pub gross: Option<Decimal>,
    /// `in_stock`, `on_order` or `unavailable`.
    pub available: Option<String>,
    /// How much there is, in each of the shop's places.
    pub stocks: Vec<Stock>,
}

/// How much of a size lies in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// The place: 0 is the supplier's.
    pub id: u64,
    /// How much; `-1` is "available, quantity unknown".
    pub quantity: Decimal,
}

/// What ties products to a family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The same for all of the family.
    pub first_product_id: u64,
    /// What its products differ in.
    pub parameters: Vec<Parameter>,
}

/// What the products of a family differ in, and what this one is in that respect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// In which respect: "Kolor".
    pub name: Texts,
    /// What it is: "szary".
    pub value: Texts,
}
