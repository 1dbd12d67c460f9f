//! What belongs to a page of products: their combinations and their stock.

use std::collections::HashMap;

use connector::{Item, PlatformError};
use gateway_core::model::ProductId;
use serde_json::Value;

use super::pages::TRIES_OF_A_PART;
use super::{Shop, one_of};
use crate::client::{Failure, USUAL_TRIES};
use crate::mapping::{self, Combinations, Context, Mapped, StockTable};

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
            let mapped = mapping::product_row(context, id, &row, &combinations, &stock);
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
        let stock = StockTable::from_rows(stock.iter().map(|(_, row)| row), &context.shop);
        Ok((mapping::combinations(&combinations), stock))
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
