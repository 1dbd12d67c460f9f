//! What belongs to a page of products: their combinations and their stock.

use std::collections::HashMap;

use connector::{Item, PlatformError};
use gateway_core::model::{ProductId, Reject, RejectReason, VariantId};
use serde::Deserialize;
use serde_json::Value;

use super::pages::TRIES_OF_A_PART;
use super::{Shop, one_of};
use crate::client::{Failure, USUAL_TRIES};
use crate::mapping::{self, Combinations, Context, Mapped, StockTable};
use crate::wire;

/// Combinations or stock rows asked for in one request.
const ROWS: usize = 1000;

/// A page of products, as far as the shop delivers them.
#[derive(Default)]
pub(super) struct Goods {
    pub(super) parcels: Vec<Parcel>,
    /// Products whose combinations or stock the shop cannot deliver.
    pub(super) undeliverable: Vec<ProductId>,
}

/// Products with all that belongs to them.
pub(super) struct Parcel {
    rows: Vec<(u64, Value)>,
    combinations: HashMap<String, Combinations>,
    stock: StockTable,
}

impl Parcel {
    /// Maps them, one when it is asked for: a page at once would keep its reader from everything else for a while.
    pub(super) fn into_items(self, context: &Context) -> impl Iterator<Item = Item> {
        let Self { rows, mut combinations, stock } = self;
        rows.into_iter().flat_map(move |(id, row)| {
            let combinations = combinations.remove(&id.to_string()).unwrap_or_default();
            let mapped = match wire::Product::deserialize(&row) {
                Ok(row) => mapping::product(context, &row, &combinations, &stock),
                Err(error) => broken_product(&id.to_string(), &combinations, &error.to_string()),
            };
            let Mapped { product, rejects, warnings, skip } = mapped;
            let product = product.map(|product| Item::Product(Box::new(product), warnings));
            skip.map(Item::Skipped).into_iter().chain(rejects.into_iter().map(Item::Reject)).chain(product)
        })
    }
}

impl Shop {
    /// Asks for what belongs to products. Where the shop fails at that, it is asked for in halves, down to the
    /// single products at which it fails.
    pub(super) async fn goods(
        &self,
        context: &Context,
        rows: Vec<(u64, Value)>,
    ) -> Result<Goods, PlatformError> {
        let mut goods = Goods::default();
        let mut open = vec![(rows, USUAL_TRIES)];
        while let Some((mut rows, tries)) = open.pop() {
            match self.belongings(context, &rows, tries).await {
                Ok((combinations, stock)) => goods.parcels.push(Parcel { rows, combinations, stock }),
                Err(Failure::Here(what)) => match rows.as_slice() {
                    [] => {}
                    [(id, _)] => {
                        tracing::warn!(
                            product = id,
                            what,
                            "the shop cannot deliver what belongs to a product"
                        );
                        goods.undeliverable.extend(ProductId::new(&id.to_string()).ok());
                    }
                    more => {
                        let second = rows.split_off(more.len() / 2);
                        open.push((second, TRIES_OF_A_PART));
                        open.push((rows, TRIES_OF_A_PART));
                    }
                },
                Err(other) => return Err(other.of_run()),
            }
            if goods.undeliverable.len() > connector::import::MOST_UNDELIVERABLE {
                break;
            }
        }
        Ok(goods)
    }

    /// The combinations of products, and the stock of all of it.
    async fn belongings(
        &self,
        context: &Context,
        rows: &[(u64, Value)],
        tries: usize,
    ) -> Result<(HashMap<String, Combinations>, StockTable), Failure> {
        let ids: Vec<u64> = rows.iter().map(|(id, _)| *id).collect();
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            return Ok((HashMap::new(), StockTable::new(&[], &context.shop)));
        };
        // Where most ids of an interval are asked for, the interval is the shorter question.
        let is_dense = ids.len() as u64 > last.saturating_sub(*first) / 2;
        let of_page = if is_dense { format!("[{first},{last}]") } else { one_of(&ids) };
        let of_products = [("filter[id_product]", of_page.as_str())];
        let (combinations, stock) = futures::try_join!(
            self.related("combinations", &of_products, tries),
            self.related("stock_availables", &of_products, tries),
        )?;
        let stock: Vec<wire::StockAvailable> = stock.iter().map(|(_, row)| stock_row(row)).collect();
        Ok((by_product(&combinations), StockTable::new(&stock, &context.shop)))
    }

    /// All rows of a resource that belong to these products, to an empty answer: a row that did not come would be a
    /// variant that is gone, or one without stock.
    async fn related(
        &self,
        resource: &str,
        of_products: &[(&str, &str)],
        tries: usize,
    ) -> Result<Vec<(u64, Value)>, Failure> {
        let mut rows: Vec<(u64, Value)> = Vec::new();
        loop {
            let last = rows.last().map_or(0, |(id, _)| *id);
            let page = self.client.page(resource, last, ROWS, of_products, tries).await?;
            if page.is_empty() {
                return Ok(rows);
            }
            rows.extend(page);
        }
    }
}

/// A row that cannot be read still says whose it is, so that its variant is not taken for one without stock.
fn stock_row(row: &Value) -> wire::StockAvailable {
    let scalar =
        |field| row.get(field).and_then(|value| wire::Scalar::deserialize(value).ok()).unwrap_or_default();
    wire::StockAvailable::deserialize(row).unwrap_or_else(|_| wire::StockAvailable {
        id_product: scalar("id_product"),
        id_product_attribute: scalar("id_product_attribute"),
        id_shop: scalar("id_shop"),
        id_shop_group: scalar("id_shop_group"),
        quantity: wire::Scalar::default(),
    })
}

fn by_product(rows: &[(u64, Value)]) -> HashMap<String, Combinations> {
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
            Ok(combination) => own.delivered.push(combination),
            Err(error) => own.broken.push((id.to_string(), error.to_string())),
        }
    }
    of_product
}

/// A product whose row cannot be read: each of its variants is rejected.
fn broken_product(id: &str, combinations: &Combinations, why: &str) -> Mapped {
    let Ok(product) = ProductId::new(id) else { return Mapped::default() };
    let delivered = combinations.delivered.iter().filter_map(|combination| combination.id.id());
    let mut ids: Vec<&str> = delivered.chain(combinations.broken.iter().map(|(id, _)| id.as_str())).collect();
    if ids.is_empty() {
        ids.push("0");
    }
    let reject = |variant: &str| Reject {
        product: product.clone(),
        variant: VariantId::new(variant).ok(),
        name: None,
        sku: None,
        reason: RejectReason::broken("product", why),
    };
    Mapped { rejects: ids.into_iter().map(reject).collect(), ..Mapped::default() }
}
