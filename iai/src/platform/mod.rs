//! A shop of `IAI` as a platform.

use std::collections::HashSet;

use connector::{
    Abilities, Common, End, ImageError, Item, NativeScopes, Outcome, Platform, PlatformError, Scope,
    ShopInfo, ShopName, Skip, StockAdjustment, StockItem, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{CategoryTree, ImageRef, ProductId, Reject, RejectReason};
use gateway_core::picture::Picture;
use tokio::sync::OnceCell;
use transport::{HostLimits, Rate, Transport};
use url::Url;

use crate::client::{Client, PAGE};
use crate::mapping::{self, Context, Mapped};
use crate::settings::Settings;
use crate::wire;

mod adjust;
mod opened;
mod pages;
mod plan;
mod stock;

use opened::{Opened, with_sizes};
use pages::{Page, Pages, number, product};

/// What is read of a product that is imported.
const GOODS: [&str; 14] = [
    "lang_data",
    "code",
    "category_id",
    "currency",
    "retail_price",
    "vat",
    "vat_free",
    "visible",
    "pictures",
    "sizes",
    "sizes_attributes",
    "shops_attributes",
    "quantities",
    "version_data",
];

/// A shop, ready to be read.
pub struct Shop {
    name: ShopName,
    client: Client,
    settings: Settings,
    common: Common,
    abilities: Abilities,
    opened: OnceCell<Opened>,
    /// What is needed to read goods.
    context: OnceCell<Context>,
}

/// Makes a shop ready to be read. Sends nothing.
#[must_use]
pub fn open(settings: Settings, common: &Common, transport: &Transport) -> Shop {
    let limits = HostLimits {
        in_flight: settings.concurrency,
        adaptive: true,
        rate: common.shop_rate.map(Rate::PerMinute),
    };
    Shop {
        name: ShopName { platform: settings.platform.clone(), shop: settings.shop_key.clone() },
        client: Client::new(transport.clone(), &settings, limits),
        settings,
        common: common.clone(),
        abilities: Abilities {
            native: NativeScopes { since: true, products: true },
            page_size: PAGE,
            limits,
            // By how much there is to be more or less. The shop does not remember a change, so one without an answer is settled by
            // looking.
            stock_writing: StockWriting::Delta,
            stock_below_zero: false,
            stock_shown_within: None,
            since_misses: Some(
                "IAI tells changes by the day and documents no date for the groups, categories and sizes that products are in",
            ),
        },
        opened: OnceCell::new(),
        context: OnceCell::new(),
    }
}

impl Shop {
    /// Reads what concerns the whole shop, at the first call.
    async fn opened(&self) -> Result<&Opened, PlatformError> {
        let read = || Box::pin(Opened::read(&self.client, &self.settings, &self.common));
        self.opened.get_or_try_init(read).await
    }

    /// What is needed to read goods, read before the first of them.
    async fn context(&self) -> Result<&Context, PlatformError> {
        let read = || Box::pin(async { with_sizes(self.opened().await?, &self.client).await });
        self.context.get_or_try_init(read).await
    }

    /// All categories. Where the shop tells how many there are, no page is asked for behind the last.
    async fn category_rows(&self) -> Result<Vec<wire::Category>, PlatformError> {
        let failed = |what: String| PlatformError::Failed { what };
        let (mut rows, mut ids, mut all) = (Vec::new(), HashSet::new(), None);
        for page in 0.. {
            let Some(told) = self.client.categories(page).await?.filter(|told| !told.categories.is_empty())
            else {
                break;
            };
            all = told.all.id().or(all);
            let before = ids.len();
            for row in told.categories {
                if ids.insert(row.id.text().unwrap_or_default().to_owned()) {
                    rows.push(row);
                }
            }
            if all == Some(ids.len() as u64) {
                break;
            }
            if ids.len() == before {
                return Err(failed("the shop's list of categories repeats".to_owned()));
            }
        }
        match all {
            Some(all) if (ids.len() as u64) < all => {
                Err(failed(format!("the shop's list of categories ended after {} of {all}", ids.len())))
            }
            _ => Ok(rows),
        }
    }
}

impl Platform for Shop {
    fn name(&self) -> Option<&ShopName> {
        Some(&self.name)
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        async { Ok(self.opened().await?.info.clone()) }.boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async {
            let opened = self.opened().await?;
            Ok(mapping::category_tree(&opened.context, &self.category_rows().await?))
        }
        .boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let (opened, context) = (self.opened().await?, self.context().await?);
            let mut end = End::Complete;
            for product in strangers(&scope) {
                yield absent(product);
            }
            let mut pages = Pages::new(scope, &GOODS, opened, self.client.clock().now());
            while let Some(Page { rows, undeliverable, absent: missing }) = pages.next(&self.client).await? {
                for (id, row) in rows {
                    let Some(id) = product(id) else { continue };
                    let Mapped { product, rejects, warnings } = mapping::product(context, &id, &row);
                    // Directly before their product: a variant that is in neither is gone, and will be archived.
                    for reject in rejects {
                        yield Item::Reject(reject);
                    }
                    if let Some(product) = product {
                        yield Item::Product(Box::new(product), warnings);
                    }
                }
                for product in missing {
                    yield absent(product);
                }
                for product in undeliverable {
                    end = End::Partial;
                    let reason = RejectReason::Undeliverable(product.clone());
                    yield Item::Reject(Reject { product, variant: None, name: None, sku: None, reason });
                }
            }
            if pages.is_unsure() {
                end = End::Partial;
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async {
            let url = Url::parse(image.location())
                .map_err(|_| ImageError::Missing("its address is none".to_owned()))?;
            self.client.picture(url, self.common.spool.as_deref()).await
        }
        .boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        self.levels(scope)
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        self.adjust(adjustments).boxed()
    }

    /// The same shops have a feed for marketplaces.
    fn relatives(&self) -> &'static [&'static str] {
        &["idosell"]
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }
}

fn absent(product: ProductId) -> Item {
    Item::Skipped(Skip { product, variants: 1, why: "the shop does not have it".to_owned() })
}

/// Products asked for whose ids are none of this platform's.
fn strangers(scope: &Scope) -> Vec<ProductId> {
    match scope {
        Scope::Products(ids) => ids.iter().filter(|id| number(id).is_none()).cloned().collect(),
        Scope::All | Scope::Since(_) => Vec::new(),
    }
}
