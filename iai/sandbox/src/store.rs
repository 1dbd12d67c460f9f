//! The goods as they are kept to be read, with the times of their changes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::goods::{Category, Goods, Product, Size, Stock, Texts};

/// The id of the size that goods without sizes have.
const UNIVERSAL: &str = "uniw";

/// A product and its times.
pub(crate) struct Held {
    pub(crate) product: Product,
    pub(crate) times: Times,
}

/// When a product was changed in which respect; `None` is never.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) added: DateTime<Utc>,
    /// In anything but prices and quantities, or put in.
    pub(crate) modified: DateTime<Utc>,
    pub(crate) price: Option<DateTime<Utc>>,
    pub(crate) quantity: Option<DateTime<Utc>>,
}

impl Times {
    fn new(now: DateTime<Utc>) -> Self {
        Self { added: now, modified: now, price: None, quantity: None }
    }

    /// The times of a product that was `before` and is `after` from now on.
    fn after(self, before: &Product, after: &Product, now: DateTime<Utc>) -> Self {
        let mut times = self;
        if texts_and_marks(before) != texts_and_marks(after) {
            times.modified = now;
        }
        if prices(before) != prices(after) {
            times.price = Some(now);
        }
        if quantities(before) != quantities(after) {
            times.quantity = Some(now);
        }
        times
    }
}

/// All of a product but its prices and quantities.
fn texts_and_marks(product: &Product) -> Product {
    let mut product = Product { gross: Decimal::ZERO, ..product.clone() };
    for size in &mut product.sizes {
        (size.gross, size.stocks) = (None, Vec::new());
    }
    product
}

fn prices(product: &Product) -> (Decimal, Vec<(&str, Decimal)>) {
    let own = product.sizes.iter().filter_map(|size| size.gross.map(|gross| (size.id.as_str(), gross)));
    (product.gross, own.collect())
}

fn quantities(product: &Product) -> Vec<(&str, &Stock)> {
    let sizes = product.sizes.iter();
    sizes.flat_map(|size| size.stocks.iter().map(|stock| (size.id.as_str(), stock))).collect()
}

/// Everything that the shop holds.
pub(crate) struct Store {
    pub(crate) categories: Vec<Category>,
    pub(crate) products: BTreeMap<u64, Held>,
    /// The product with the id 0, which others are made from and nobody buys.
    pub(crate) template: Held,
    /// The products of each group, by the group's main product.
    pub(crate) groups: BTreeMap<u64, BTreeSet<u64>>,
    /// The sizes that products have, by their id.
    pub(crate) sizes: BTreeMap<String, Named>,
    pub(crate) pictures: BTreeSet<u64>,
    /// When categories and sizes were put in.
    pub(crate) changed: DateTime<Utc>,
}

/// The names of a size.
pub(crate) struct Named {
    pub(crate) panel_name: String,
    pub(crate) name: Texts,
}

impl Store {
    /// A shop without goods.
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        let name = Texts::from([("pol".to_owned(), String::new())]);
        let template = Held { product: Product { name, ..Product::default() }, times: Times::new(now) };
        Self {
            categories: Vec::new(),
            products: BTreeMap::new(),
            template,
            groups: BTreeMap::new(),
            sizes: sizes([].into_iter()),
            pictures: BTreeSet::new(),
            changed: now,
        }
    }

    pub(crate) fn hold(&mut self, goods: Goods, now: DateTime<Utc>) {
        let mut before = std::mem::take(&mut self.products);
        let held = goods.products.into_iter().map(|mut product| {
            for size in &mut product.sizes {
                size.stocks.sort_by_key(|stock| stock.id);
            }
            let times = match before.remove(&product.id) {
                Some(old) if old.product == product => old.times,
                Some(old) => old.times.after(&old.product, &product, now),
                None => Times::new(now),
            };
            (product.id, Held { product, times })
        });
        self.products = held.collect();
        self.categories = goods.categories;
        self.changed = now;
        self.groups.clear();
        for Held { product, .. } in self.products.values() {
            if let Some(version) = &product.version {
                self.groups.entry(version.parent).or_default().insert(product.id);
            }
        }
        let products = || self.products.values().map(|held| &held.product);
        self.pictures = products().flat_map(|product| product.pictures.iter().copied()).collect();
        self.sizes = sizes(products().flat_map(|product| &product.sizes));
    }

    pub(crate) fn size(&self, product: u64, size: &str) -> Option<&Size> {
        let held = self.products.get(&product)?;
        held.product.sizes.iter().find(|known| known.id == size)
    }

    /// Changes the stocks of a size; `None` is that there is no such size.
    pub(crate) fn change_stocks(
        &mut self,
        product: u64,
        size: &str,
        now: DateTime<Utc>,
        change: impl FnOnce(&mut Vec<Stock>),
    ) -> Option<()> {
        let held = self.products.get_mut(&product)?;
        let size = held.product.sizes.iter_mut().find(|known| known.id == size)?;
        let before = size.stocks.clone();
        change(&mut size.stocks);
        size.stocks.sort_by_key(|stock| stock.id);
        if size.stocks != before {
            held.times.quantity = Some(now);
        }
        Some(())
    }
}

/// What is free in these stocks: no order has reserved it.
pub(crate) fn free<'a>(stocks: impl Iterator<Item = &'a Stock>) -> Decimal {
    stocks.fold(Decimal::ZERO, |sum, stock| sum.saturating_add(stock.quantity).saturating_sub(stock.reserved))
}

/// What is free in the shop's own stocks.
pub(crate) fn level(stocks: &[Stock]) -> Decimal {
    free(stocks.iter().filter(|stock| stock.id >= 1))
}

/// The row of a stock, made where there is none.
pub(crate) fn row_of(stocks: &mut Vec<Stock>, id: u64) -> Option<&mut Stock> {
    let place = stocks.iter().position(|stock| stock.id == id);
    let place = place.unwrap_or_else(|| {
        stocks.push(Stock { id, ..Stock::default() });
        stocks.len() - 1
    });
    stocks.get_mut(place)
}

fn sizes<'a>(all: impl Iterator<Item = &'a Size>) -> BTreeMap<String, Named> {
    let mut sizes = BTreeMap::new();
    for size in all {
        sizes
            .entry(size.id.clone())
            .or_insert_with(|| Named { panel_name: size.panel_name.clone(), name: size.name.clone() });
    }
    let universal = || Named { panel_name: "uniwersalny".to_owned(), name: Texts::new() };
    let universal = sizes.entry(UNIVERSAL.to_owned()).or_insert_with(universal);
    universal.name.entry("pol".to_owned()).or_insert_with(|| "uniwersalny".to_owned());
    sizes
}
