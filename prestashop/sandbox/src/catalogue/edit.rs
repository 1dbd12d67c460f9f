//! What a shop owner does with the goods in the back office.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::Store;
use super::categories::HOME;
use super::product::{Combination, HeldTexts, Kind, Product, Texts};

/// A product to put in. [`NewProduct::default`] is a simple one for 10.00 net at 23 % in the home category, ten on
/// stock, with one picture; it has no name until it is given one.
#[derive(Clone, Debug)]
pub struct NewProduct {
    /// Its name per language, in the order of the shop's languages; those that are missing are empty.
    pub names: Vec<String>,
    /// Its description (HTML), likewise.
    pub descriptions: Vec<String>,
    /// Its short description (HTML), likewise.
    pub shorts: Vec<String>,
    /// Net price without impacts, at most six decimals.
    pub price: Decimal,
    /// Its tax group, 0 for none.
    pub tax_group: u32,
    /// Its SKU, or empty.
    pub reference: String,
    /// Its EAN, or empty.
    pub ean13: String,
    /// Its stock; counts for nothing when there are combinations.
    pub stock: i64,
    /// How many pictures it has; the first is the cover.
    pub images: u32,
    /// Its default category, which it is put in beside home.
    pub category: u32,
    /// Its combinations; the first is the default.
    pub combinations: Vec<NewCombination>,
}

impl Default for NewProduct {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            descriptions: Vec::new(),
            shorts: Vec::new(),
            price: Decimal::from(10),
            tax_group: 1,
            reference: String::new(),
            ean13: String::new(),
            stock: 10,
            images: 1,
            category: HOME,
            combinations: Vec::new(),
        }
    }
}

impl NewProduct {
    /// A product with this name in all languages.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { names: vec![name.to_owned(); 8], ..Self::default() }
    }
}

/// A combination to put in.
#[derive(Clone, Debug, Default)]
pub struct NewCombination {
    /// Its option values; 1..=4 are the sizes S, M, L, XL, 5..=10 colours.
    pub values: Vec<u32>,
    /// What it costs more than the product, net; may be negative.
    pub impact: Decimal,
    /// Its SKU, or empty.
    pub reference: String,
    /// Its EAN, or empty.
    pub ean13: String,
    /// Its stock.
    pub stock: i64,
}

impl Store {
    /// Puts a product in and answers its id.
    pub(crate) fn add(&mut self, new: NewProduct, now: DateTime<Utc>) -> u32 {
        let id = self.next.product;
        self.next.product += 1;
        let in_all = |texts: Vec<String>| texts.into_iter().chain(std::iter::repeat(String::new()));
        let count = self.languages.len();
        let [names, descriptions, shorts] =
            [new.names, new.descriptions, new.shorts].map(|texts| in_all(texts).take(count).collect());
        let mut categories = vec![HOME];
        if new.category != HOME {
            categories.push(new.category);
        }
        let images: Vec<u32> = (0..new.images).map(|_| self.new_image(id)).collect();
        let mut product = Product {
            texts: Texts::Held(Box::new(HeldTexts { names, descriptions, shorts })),
            price: new.price,
            tax_group: new.tax_group,
            reference: new.reference,
            ean13: new.ean13,
            default_category: new.category,
            categories,
            cover: images.first().copied().unwrap_or(0),
            images,
            created: Some(now),
            updated: Some(now),
            first_stock: new.stock,
            ..Product::plain(id, self.new_stock_row(id))
        };
        for combination in new.combinations {
            self.push_combination(&mut product, combination);
        }
        if !product.combinations.is_empty() {
            product.first_stock = product.combinations.iter().map(|one| one.first_stock).sum();
        }
        self.held.insert(id, Some(Arc::new(product)));
        id
    }

    /// Takes a product out, with all that is its own.
    pub(crate) fn remove(&mut self, id: u32) -> bool {
        self.has_product(id) && {
            self.held.insert(id, None);
            true
        }
    }

    /// Changes a product, without touching its date of change. `None`: there is no such product.
    pub(crate) fn change<T>(&mut self, id: u32, change: impl FnOnce(&mut Product) -> T) -> Option<T> {
        let mut product = self.product(id)?;
        let changed = change(Arc::make_mut(&mut product));
        self.held.insert(id, Some(product));
        Some(changed)
    }

    /// Adds a combination and answers its id. `None`: there is no such product.
    pub(crate) fn add_combination(&mut self, id: u32, new: NewCombination) -> Option<u32> {
        let mut product = self.product(id)?;
        let added = self.push_combination(Arc::make_mut(&mut product), new);
        self.held.insert(id, Some(Arc::clone(&product)));
        self.sum_up(&product);
        Some(added)
    }

    /// Takes a combination away; the default one's place is taken by the first of the others.
    pub(crate) fn remove_combination(&mut self, id: u32) -> bool {
        let Some(owner) = self.product_of_combination(id) else { return false };
        let removed = self.change(owner, |product| {
            let before = product.combinations.len();
            product.combinations.retain(|combination| combination.id != id);
            if product.default_combination().is_none()
                && let Some(first) = product.combinations.first_mut()
            {
                first.is_default = true;
            }
            if product.combinations.is_empty() {
                product.kind = Kind::Standard;
            }
            before > product.combinations.len()
        });
        if let Some(product) = self.product(owner).filter(|_| removed == Some(true)) {
            self.sum_up(&product);
        }
        removed == Some(true)
    }

    /// A new image's id.
    pub(crate) fn new_image(&mut self, product: u32) -> u32 {
        let id = self.next.image;
        self.next.image += 1;
        self.images.insert(id, product);
        id
    }

    pub(super) fn new_stock_row(&mut self, product: u32) -> u32 {
        let id = self.next.stock;
        self.next.stock += 1;
        self.stock_rows.insert(id, product);
        id
    }

    fn push_combination(&mut self, product: &mut Product, new: NewCombination) -> u32 {
        let id = self.next.combination;
        self.next.combination += 1;
        self.combinations.insert(id, product.id);
        product.kind = Kind::Combinations;
        product.combinations.push(Combination {
            id,
            reference: new.reference,
            ean13: new.ean13,
            impact: new.impact,
            weight_impact: Decimal::ZERO,
            values: new.values,
            images: Vec::new(),
            is_default: product.combinations.is_empty(),
            stock_row: self.new_stock_row(product.id),
            first_stock: new.stock,
        });
        id
    }
}
