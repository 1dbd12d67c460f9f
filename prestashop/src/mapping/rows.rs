//! From rows as they came, of which some cannot be read.

use std::collections::HashMap;

use gateway_core::model::{
    Category, CategoryId, CategoryTree, Name, ProductId, Reject, RejectReason, VariantId,
};
use serde::Deserialize as _;
use serde_json::Value;

use super::{Combinations, Context, Mapped, ShopIds, StockTable, product};
use crate::wire;

/// Makes a canonical product of a row of `/api/products` with this id: [`product`], where the row can be read.
#[must_use]
pub fn product_row(
    context: &Context,
    id: u64,
    row: &Value,
    combinations: &Combinations,
    stock: &StockTable,
) -> Mapped {
    match wire::Product::deserialize(row) {
        Ok(row) => product(context, &wire::Product { id: id.into(), ..row }, combinations, stock),
        Err(error) => broken_product(&id.to_string(), row, combinations, &error.to_string()),
    }
}

impl StockTable {
    /// From rows of `/api/stock_availables`, as [`StockTable::new`] does it; one that cannot be read is a stock of no
    /// number.
    #[must_use]
    pub fn from_rows<'a>(rows: impl IntoIterator<Item = &'a Value>, ids: &ShopIds) -> Self {
        let mut table = Self::default();
        table.add_rows(rows, ids);
        table
    }

    /// Adds rows, as [`StockTable::from_rows`] reads them.
    pub fn add_rows<'a>(&mut self, rows: impl IntoIterator<Item = &'a Value>, ids: &ShopIds) {
        for row in rows {
            self.add(&stock_row(row), ids);
        }
    }
}

/// A row that cannot be read still says whose it is, so that its variant is not taken for one without stock.
fn stock_row(row: &Value) -> wire::StockAvailable {
    let scalar =
        |field| row.get(field).and_then(|value| wire::Scalar::deserialize(value).ok()).unwrap_or_default();
    wire::StockAvailable::deserialize(row).unwrap_or_else(|_| wire::StockAvailable {
        id: scalar("id"),
        id_product: scalar("id_product"),
        id_product_attribute: scalar("id_product_attribute"),
        id_shop: scalar("id_shop"),
        id_shop_group: scalar("id_shop_group"),
        ..wire::StockAvailable::default()
    })
}

/// Rows of `/api/combinations` with their ids, by the id of their product.
#[must_use]
pub fn combinations(rows: &[(u64, Value)]) -> HashMap<String, Combinations> {
    let mut of_product: HashMap<String, Combinations> = HashMap::new();
    for (id, row) in rows {
        let product = row.get("id_product").and_then(|id| wire::Scalar::deserialize(id).ok());
        let Some(product) = product.as_ref().and_then(wire::Scalar::id) else {
            // Its product lists it, and will say that it was not delivered.
            tracing::warn!(combination = id, "a combination does not say whose it is");
            continue;
        };
        let own = of_product.entry(product.to_owned()).or_default();
        match wire::Combination::deserialize(row) {
            Ok(combination) => own.delivered.push(wire::Combination { id: (*id).into(), ..combination }),
            Err(error) => own.broken.push((id.to_string(), error.to_string())),
        }
    }
    of_product
}

/// A product whose row cannot be read: each of its variants is rejected, also those that are only listed, because what is
/// not told is gone. Where the list itself cannot be read, the product is rejected as a whole.
fn broken_product(id: &str, row: &Value, combinations: &Combinations, why: &str) -> Mapped {
    let Ok(product) = ProductId::new(id) else { return Mapped::default() };
    let listed =
        row.pointer("/associations/combinations").map_or(Ok(wire::Ids::default()), wire::Ids::deserialize);
    let delivered = combinations.delivered.iter().filter_map(|combination| combination.id.id());
    let delivered = delivered.chain(combinations.broken.iter().map(|(id, _)| id.as_str()));
    let others = listed.iter().flat_map(wire::Ids::iter).filter(|id| !combinations.has(id));
    let mut variants: Vec<Option<VariantId>> =
        delivered.chain(others).map(|id| VariantId::new(id).ok()).collect();
    if listed.is_err() {
        variants.push(None);
    } else if variants.is_empty() {
        variants.push(Some(VariantId::simple()));
    }
    let reject = |variant| Reject {
        product: product.clone(),
        variant,
        name: None,
        sku: None,
        reason: RejectReason::broken("product", why),
    };
    Mapped { rejects: variants.into_iter().map(reject).collect(), ..Mapped::default() }
}

/// The categories of rows of `/api/categories`, without those that every product is in. One without a name is left out.
#[must_use]
pub fn category_tree(rows: &[wire::Category], context: &Context) -> CategoryTree {
    let is_root = |id: &str| context.root_categories.iter().any(|root| root == id);
    let categories = rows.iter().filter_map(|row| {
        let id = row.id.id().filter(|id| !is_root(id))?;
        let name = row.name.get(&context.language).or_else(|| row.name.get(&context.default_language))?;
        let parent = row.id_parent.id().filter(|id| !is_root(id)).and_then(|id| CategoryId::new(id).ok());
        Some(Category { id: CategoryId::new(id).ok()?, name: Name::new(name).ok()?, parent })
    });
    CategoryTree::new(categories.collect::<Vec<_>>())
}
