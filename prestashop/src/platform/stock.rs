//! Reading stock by itself: its rows carry no date, so that all of them are read unless products are named.

use connector::{PlatformError, Scope, StockItem};
use gateway_core::model::ProductId;
use serde_json::Value;

use super::pages::{PAGE, TRIES_OF_A_PART, number};
use super::{Shop, one_of};
use crate::client::{Failure, USUAL_TRIES};
use crate::mapping::{Context, StockTable};
use crate::wire;

/// Rows asked for in one request, which takes a shop some tenths of a second.
const ROWS: usize = 1000;

/// What is needed of a row to tell its level. A list tells all that is named here, also what is 0.
const FIELDS: &str = "[id,id_product,id_product_attribute,id_shop,id_shop_group,quantity]";

/// The resource.
pub(super) const STOCK: &str = "stock_availables";

/// Levels as far as the shop delivers them.
#[derive(Default)]
pub(super) struct Levels {
    table: StockTable,
    /// Products of which the shop cannot deliver the rows.
    undeliverable: Vec<ProductId>,
    /// Whether a row was left out of which nobody knows whose it is.
    lacks_rows: bool,
}

impl Levels {
    /// Whether what does not come may be there all the same.
    pub(super) fn is_partial(&self) -> bool {
        self.lacks_rows || self.table.is_unclear() || !self.undeliverable.is_empty()
    }

    /// What is told of each variant.
    pub(super) fn items(&self, context: &Context) -> impl Iterator<Item = StockItem> {
        let undeliverable = self.undeliverable.iter().map(|product| StockItem::Unclear {
            product: product.clone(),
            variant: None,
            why: "the shop cannot deliver its stock".to_owned(),
        });
        self.table.items(context).chain(undeliverable)
    }
}

/// What is told at once: everything, or a part of the products that were named, each with all its rows.
pub(super) struct Parts {
    /// `None` when everything is wanted.
    named: Option<Vec<u64>>,
    is_over: bool,
}

impl Parts {
    pub(super) fn new(scope: Scope) -> Self {
        let named = match scope {
            Scope::All | Scope::Since(_) => None,
            Scope::Products(ids) => {
                let mut ids: Vec<u64> = ids.iter().filter_map(number).collect();
                ids.sort_unstable_by(|one, other| other.cmp(one));
                ids.dedup();
                Some(ids)
            }
        };
        Self { named, is_over: false }
    }

    /// The next part; `None` at the end.
    pub(super) async fn next(
        &mut self,
        shop: &Shop,
        context: &Context,
    ) -> Result<Option<Levels>, PlatformError> {
        if let Some(named) = &mut self.named {
            let products = named.split_off(named.len().saturating_sub(PAGE));
            return match products.as_slice() {
                [] => Ok(None),
                products => shop.levels_of(context, products).await.map(Some),
            };
        }
        if std::mem::replace(&mut self.is_over, true) {
            return Ok(None);
        }
        shop.all_levels(context).await.map(Some)
    }
}

impl Shop {
    /// The levels of everything. The rows of a product do not follow each other, so all are gathered before one is told.
    async fn all_levels(&self, context: &Context) -> Result<Levels, PlatformError> {
        let mut levels = Levels::default();
        let (mut last, mut rows, mut left_out) = (0, ROWS, 0);
        loop {
            let tries = if rows == ROWS { USUAL_TRIES } else { TRIES_OF_A_PART };
            match self.client.page(STOCK, last, rows, &[("display", FIELDS)], tries).await {
                Ok(page) => {
                    let Some((id, _)) = page.last() else { return Ok(levels) };
                    last = *id;
                    levels.table.add_rows(page.iter().map(|(_, row)| row), &context.shop);
                    rows = rows.saturating_mul(10).min(ROWS);
                }
                Err(Failure::Here(what)) if rows > 1 => {
                    tracing::warn!(what, "a page of stock fails; asking for a smaller one");
                    rows /= 10;
                }
                Err(Failure::Here(what)) => {
                    // What its id is can be told without what is wrong in it.
                    let query = [("display", "[id]")];
                    let row = self.client.page(STOCK, last, 1, &query, USUAL_TRIES).await;
                    let row = row.map_err(Failure::of_run)?.first().map(|(id, _)| *id);
                    let Some(row) = row else { return Ok(levels) };
                    tracing::warn!(row, what, "the shop cannot deliver a row of its stock");
                    levels.lacks_rows = true;
                    left_out += 1;
                    check_left_out(left_out, &what)?;
                    last = row;
                }
                Err(other) => return Err(other.of_run()),
            }
        }
    }

    /// The levels of products by their ids. Where the shop fails at several, they are asked for in halves.
    async fn levels_of(&self, context: &Context, products: &[u64]) -> Result<Levels, PlatformError> {
        let mut levels = Levels::default();
        let mut open = vec![(products, USUAL_TRIES)];
        while let Some((products, tries)) = open.pop() {
            match self.rows_of(products, FIELDS, tries).await {
                Ok(rows) => levels.table.add_rows(&rows, &context.shop),
                Err(Failure::Here(what)) => match products {
                    [] => {}
                    [product] => {
                        tracing::warn!(product, what, "the shop cannot deliver the stock of a product");
                        levels.undeliverable.extend(ProductId::new(&product.to_string()).ok());
                        check_left_out(levels.undeliverable.len(), &what)?;
                    }
                    products => {
                        let (first, second) = products.split_at(products.len() / 2);
                        open.extend([(second, TRIES_OF_A_PART), (first, TRIES_OF_A_PART)]);
                    }
                },
                Err(other) => return Err(other.of_run()),
            }
        }
        Ok(levels)
    }

    /// All rows of products, in one answer: without a limit there is no page to lose.
    pub(super) async fn rows_of(
        &self,
        products: &[u64],
        fields: &str,
        tries: usize,
    ) -> Result<Vec<Value>, Failure> {
        let of_products = one_of(products);
        let query = [("filter[id_product]", of_products.as_str()), ("sort", "[id_ASC]"), ("display", fields)];
        let mut rows = self.client.list(STOCK, &query, tries).await?;
        // A shop that ignores the question must not answer another; a row that does not say whose it is stays one.
        rows.retain(|row| wire::stock_product(row).is_none_or(|product| products.contains(&product)));
        Ok(rows)
    }
}

/// Much that cannot be read is no accident of some rows.
fn check_left_out(rows: usize, what: &str) -> Result<(), PlatformError> {
    if rows <= connector::import::MOST_UNDELIVERABLE {
        return Ok(());
    }
    Err(PlatformError::Failed {
        what: format!("the shop cannot deliver much of its stock; the last of it: {what}"),
    })
}
