//! What the shop holds, as a test puts it in.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

/// A text by language: `pol`, `eng`. What is not there in a language is left out.
pub type Texts = BTreeMap<String, String>;

/// All that a shop holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goods {
    /// Its categories.
    pub categories: Vec<Category>,
    /// Its products, in any order; their ids are different ones, from 1.
    pub products: Vec<Product>,
}

/// A category.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Category {
    /// Its id, from 1.
    pub id: u64,
    /// The category that it lies in.
    pub parent: Option<u64>,
    /// Its name.
    pub name: Texts,
}

/// A product.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Its id, from 1.
    pub id: u64,
    /// Its code in the shop, or empty.
    pub code: String,
    /// Its name.
    pub name: Texts,
    /// Its short description, in HTML.
    pub brief: Texts,
    /// Its long description, in HTML.
    pub description: Texts,
    /// The category that it is in.
    pub category: Option<u64>,
    /// Its gross price.
    pub gross: Decimal,
    /// Its VAT rate in percent.
    pub vat: Decimal,
    /// Whether it is exempt from VAT.
    pub vat_free: bool,
    /// The currency of its prices.
    pub currency: String,
    /// Whether the shop shows it.
    pub visible: bool,
    /// The ids of its pictures, the main one first.
    pub pictures: Vec<u64>,
    /// Its place in a group of products that differ in one respect.
    pub version: Option<Version>,
    /// What it is: `product_item`, `product_bundle`, `product_service`.
    pub product_type: String,
    /// Its sizes: what can be bought.
    pub sizes: Vec<Size>,
}

impl Default for Product {
    /// A visible item for złoty, with 23 % of VAT, that nothing else is told of.
    fn default() -> Self {
        Self {
            id: 0,
            code: String::new(),
            name: Texts::new(),
            brief: Texts::new(),
            description: Texts::new(),
            category: None,
            gross: Decimal::ZERO,
            vat: 23.into(),
            vat_free: false,
            currency: "PLN".to_owned(),
            visible: true,
            pictures: Vec::new(),
            version: None,
            product_type: "product_item".to_owned(),
            sizes: Vec::new(),
        }
    }
}

/// What makes a product one of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// The id of the group's main product, which names itself.
    pub parent: u64,
    /// What the products of the group differ in: "Kolor".
    pub group_name: Texts,
    /// What this one is in that respect: "szary".
    pub name: Texts,
}

/// A size of a product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Size {
    /// Its id, the same wherever the shop has this size; `uniw` is that of goods which have no sizes.
    pub id: String,
    /// Its name in the shop's panel.
    pub panel_name: String,
    /// Its name for shoppers. Of one size there is one name: that of the first product which has it.
    pub name: Texts,
    /// The shop's own code, or empty.
    pub code_external: String,
    /// The producer's code, mostly an EAN, or empty.
    pub code_producer: String,
    /// Its gross price, where that is not the product's.
    pub gross: Option<Decimal>,
    /// How much there is, in each of the shop's stocks.
    pub stocks: Vec<Stock>,
}

/// How much of a size lies in one stock.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stock {
    /// The stock: 0 is the supplier's, those from 1 are the shop's own.
    pub id: u64,
    /// How much lies there.
    pub quantity: Decimal,
    /// How much of that is reserved by orders.
    pub reserved: Decimal,
}
