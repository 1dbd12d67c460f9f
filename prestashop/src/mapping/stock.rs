//! Stock levels: which row of many tells that of a variant.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use connector::StockItem;
use gateway_core::model::{ProductId, RejectReason, StockLevel, VariantId};
use rust_decimal::Decimal;

use super::Context;
use crate::wire;

/// The combination of a product's own row.
const ITSELF: u64 = 0;

/// Stock levels by product and combination, as told for some products, each with all its rows.
#[derive(Clone, Debug, Default)]
pub struct StockTable {
    /// By product and combination, as numbers: there may be some for each variant of a whole shop.
    rows: BTreeMap<(u64, u64), Row>,
    /// Products of which a row does not say which of their combinations, or which shop, it is about.
    unclear: BTreeSet<u64>,
    /// Whether a row does not even say which product it is about.
    is_unclear: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    id: Option<u64>,
    /// See [`ShopIds::nearness`].
    nearness: u8,
    quantity: Option<Decimal>,
}

/// Which of a `PrestaShop`'s shops is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShopIds {
    /// The shop.
    pub shop: Option<String>,
    /// Its group.
    pub group: Option<String>,
}

impl ShopIds {
    /// How near a row is to the shop: 3 its own, 2 its group's, 1 everybody's; `None` for another shop's or group's.
    #[must_use]
    pub fn nearness(&self, shop: &wire::Scalar, group: &wire::Scalar) -> Option<u8> {
        match (shop.id(), group.id()) {
            (Some(id), _) => (self.shop.as_deref() == Some(id)).then_some(3),
            (None, Some(id)) => (self.group.as_deref() == Some(id)).then_some(2),
            (None, None) => Some(1),
        }
    }
}

/// Where the level of a variant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the row of this id, which tells this level now.
    Row(u64, Decimal),
    /// In its row, whose id or level cannot be read.
    Broken,
    /// The product's own row, in which the shop adds up the levels of its combinations.
    Sum,
    /// There is a row that does not say whose it is, and that may be this variant's, or that of a combination of the product.
    Unclear,
    /// Nowhere.
    Nowhere,
}

impl StockTable {
    /// From the rows of `stock_availables`: the shop's own, else those that the shops of its group share.
    #[must_use]
    pub fn new(rows: &[wire::StockAvailable], ids: &ShopIds) -> Self {
        let mut table = Self::default();
        for row in rows {
            table.add(row, ids);
        }
        table
    }

    /// Adds a row.
    pub(super) fn add(&mut self, row: &wire::StockAvailable, ids: &ShopIds) {
        let Some(product) = number(&row.id_product).filter(|product| *product != 0) else {
            self.is_unclear = true;
            return;
        };
        let is_of_shops = row.id_shop.id().is_some() || is_id_or_nothing(&row.id_shop_group);
        let combination = number(&row.id_product_attribute);
        let Some(combination) = combination.filter(|_| is_id_or_nothing(&row.id_shop) && is_of_shops) else {
            self.unclear.insert(product);
            return;
        };
        let Some(nearness) = ids.nearness(&row.id_shop, &row.id_shop_group) else { return };
        let quantity = row.quantity.text().and_then(|text| Decimal::from_str(text).ok());
        let new = Row { id: number(&row.id).filter(|id| *id != 0), nearness, quantity };
        let key = (product, combination);
        if self.rows.get(&key).is_none_or(|old| old.nearness < new.nearness) {
            self.rows.insert(key, new);
        }
    }

    /// Whether a row does not even say which product it is about, so that what has no row may have this one.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        self.is_unclear
    }

    /// The level of a variant, its sign kept. A variant without a row has none in stock: that is how the shop reads it. But
    /// not when there is a row that does not say whose it is, because that may be the variant's.
    pub(super) fn level(&self, product: &str, combination: &str) -> Result<StockLevel, RejectReason> {
        let key = key(product, combination);
        let (product, combination) =
            key.ok_or_else(|| RejectReason::broken("stock_availables", "an id that is no number"))?;
        self.level_of(product, combination)
    }

    fn level_of(&self, product: u64, combination: u64) -> Result<StockLevel, RejectReason> {
        let broken = |found| Err(RejectReason::broken("stock_availables", found));
        match self.rows.get(&(product, combination)) {
            Some(Row { quantity: Some(quantity), .. }) => Ok(StockLevel::Quantity(*quantity)),
            Some(Row { quantity: None, .. }) => broken("a quantity that is no number"),
            None if self.is_unclear || self.unclear.contains(&product) => {
                broken("a row that does not say whose stock it is")
            }
            None => Ok(StockLevel::Quantity(Decimal::ZERO)),
        }
    }

    /// Where the level of a variant is written.
    #[must_use]
    pub fn place(&self, product: &str, combination: &str) -> Place {
        let Some((product, combination)) = key(product, combination) else { return Place::Nowhere };
        match self.rows.get(&(product, combination)) {
            _ if self.unclear.contains(&product) || (combination == ITSELF && self.is_unclear) => {
                Place::Unclear
            }
            Some(_) if combination == ITSELF && self.has_combinations(product) => Place::Sum,
            Some(Row { id: Some(id), quantity: Some(quantity), .. }) => Place::Row(*id, *quantity),
            Some(_) => Place::Broken,
            None if self.is_unclear => Place::Unclear,
            None => Place::Nowhere,
        }
    }

    /// What it tells of each variant. Of a product with combinations these: its own row is their sum, or what somebody once
    /// wrote there. Of a product with a row that does not say which combination it is about nothing can be told, not
    /// even whether it has any.
    ///
    /// `PrestaShop` removes the rows of what it deletes, so what has one is taken for being there.
    pub fn items(&self, context: &Context) -> impl Iterator<Item = StockItem> {
        let is_managed = context.stock_is_managed;
        let rows = self.rows.keys().filter(|(product, combination)| {
            !self.unclear.contains(product) && (*combination != ITSELF || !self.has_combinations(*product))
        });
        let levels = rows.filter_map(move |(product, combination)| {
            let level =
                if is_managed { self.level_of(*product, *combination) } else { Ok(StockLevel::Unknown) };
            let product = ProductId::new(&product.to_string()).ok()?;
            let variant = VariantId::new(&combination.to_string()).ok()?;
            Some(match level {
                Ok(level) => StockItem::Level { product, variant, level },
                Err(why) => StockItem::Unclear { product, variant: Some(variant), why: why.to_string() },
            })
        });
        let unclear = self.unclear.iter().filter_map(|product| {
            let why = "a row of its stock does not say whose it is".to_owned();
            Some(StockItem::Unclear {
                product: ProductId::new(&product.to_string()).ok()?,
                variant: None,
                why,
            })
        });
        levels.chain(unclear)
    }

    fn has_combinations(&self, product: u64) -> bool {
        self.rows.range((product, ITSELF + 1)..=(product, u64::MAX)).next().is_some()
    }
}

fn key(product: &str, combination: &str) -> Option<(u64, u64)> {
    Some((product.parse().ok()?, combination.parse().ok()?))
}

fn number(id: &wire::Scalar) -> Option<u64> {
    id.text().filter(|_| id.is_id())?.parse().ok()
}

/// A shop is told by its id, or with `0` or nothing where its whole group is meant.
fn is_id_or_nothing(id: &wire::Scalar) -> bool {
    id.is_id() || id.text().is_none()
}
