//! Reading stock by itself: as products are read, with nothing of them but what lies where.

use connector::{End, PlatformError, Scope, StockItem};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use gateway_core::model::{ProductId, RejectReason};
use serde_json::Value;

use super::Shop;
use super::pages::{Page, Pages, product};
use crate::mapping::{Context, sizes_of};

/// What is read of a product whose levels are wanted.
pub(super) const LEVELS: [&str; 4] = ["product_type", "sizes", "sizes_attributes", "quantities"];

impl Shop {
    /// The levels of all sizes of the products in a scope.
    pub(super) fn levels(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        async_stream::try_stream! {
            let opened = self.opened().await?;
            let mut end = End::Complete;
            let mut pages = Pages::new(scope, &LEVELS, opened, self.client.clock().now());
            while let Some(Page { rows, undeliverable, .. }) = pages.next(&self.client).await? {
                for (id, row) in rows {
                    let Some(id) = product(id) else { continue };
                    for item in items(&opened.context, &id, &row) {
                        yield item;
                    }
                }
                for product in undeliverable {
                    end = End::Partial;
                    yield unclear(product, "the shop cannot deliver it".to_owned());
                }
            }
            if pages.is_unsure() {
                end = End::Partial;
            }
            yield StockItem::End(end);
        }
        .boxed()
    }
}

fn items(context: &Context, id: &ProductId, row: &Value) -> Vec<StockItem> {
    let of_reason = |reason: RejectReason| reason.to_string();
    match sizes_of(row) {
        Err(reason) => vec![unclear(id.clone(), of_reason(reason))],
        Ok((sizes, stocked)) => sizes
            .into_iter()
            .map(|variant| match stocked.level(variant.as_str(), &context.stocks) {
                Ok(level) => StockItem::Level { product: id.clone(), variant, level },
                Err(reason) => {
                    StockItem::Unclear { product: id.clone(), variant: Some(variant), why: of_reason(reason) }
                }
            })
            .collect(),
    }
}

fn unclear(product: ProductId, why: String) -> StockItem {
    StockItem::Unclear { product, variant: None, why }
}
