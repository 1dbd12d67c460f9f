//! What the shop holds, as a test puts it in.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// A text by language: `pl`, `en`. What is not there in a language is left out.
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Product {
    /// Its id, from 1.
    pub id: u64,
    /// Its name.
    pub name: Texts,
    /// Its description, in HTML.
    pub description: Texts,
    /// Its short description, in HTML.
    pub brief: Texts,
    /// The ids of its categories, the main one first.
    pub categories: Vec<u64>,
    /// Its VAT rate in percent.
    pub vat: Decimal,
    /// Whether shoppers see it and can buy it.
    pub visible: bool,
    /// The ids of its pictures, the main one first.
    pub pictures: Vec<u64>,
    /// Its variants.
    pub variants: Vec<Variant>,
}

/// A variant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variant {
    /// Its id, unique within its product; `0` for that of a simple product.
    pub id: u64,
    /// Its SKU, or empty.
    pub sku: String,
    /// Its EAN, or empty.
    pub ean: String,
    /// Its net price.
    pub net: Decimal,
    /// How much is there; `None` is available in an unknown quantity.
    pub stock: Option<Decimal>,
    /// What was chosen.
    pub choices: Vec<Choice>,
    /// The ids of its own pictures; without any it is shown by its product's.
    pub pictures: Vec<u64>,
}

/// What a variant is in one respect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// In which respect: "Size".
    pub option: Texts,
    /// What it is: "M".
    pub value: Texts,
}

/// The goods as they are kept to be read.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) categories: Vec<Category>,
    pub(crate) products: BTreeMap<u64, (Product, DateTime<Utc>)>,
    pub(crate) pictures: BTreeSet<u64>,
    /// The keys of changes of stock that were done.
    pub(crate) done: BTreeSet<String>,
}

impl Store {
    pub(crate) fn level(&self, product: u64, variant: u64) -> Option<Option<Decimal>> {
        let (product, _) = self.products.get(&product)?;
        product.variants.iter().find(|known| known.id == variant).map(|variant| variant.stock)
    }

    /// Whether there is such a variant. Its product counts as changed.
    pub(crate) fn set_level(
        &mut self,
        product: u64,
        variant: u64,
        level: Option<Decimal>,
        now: DateTime<Utc>,
    ) -> bool {
        let Some((product, changed)) = self.products.get_mut(&product) else { return false };
        let Some(variant) = product.variants.iter_mut().find(|known| known.id == variant) else {
            return false;
        };
        if variant.stock != level {
            (variant.stock, *changed) = (level, now);
        }
        true
    }

    pub(crate) fn hold(&mut self, goods: Goods, now: DateTime<Utc>) {
        let before = std::mem::take(&mut self.products);
        let changed = |product: &Product| match before.get(&product.id) {
            Some((as_before, when)) if as_before == product => *when,
            _ => now,
        };
        self.categories = goods.categories;
        self.products = goods
            .products
            .into_iter()
            .map(|product| {
                let changed = changed(&product);
                (product.id, (product, changed))
            })
            .collect();
        let of_product = |(product, _): &(Product, DateTime<Utc>)| {
            let of_variants = product.variants.iter().flat_map(|variant| variant.pictures.clone());
            of_variants.chain(product.pictures.clone()).collect::<Vec<_>>()
        };
        self.pictures = self.products.values().flat_map(of_product).collect();
    }
}
