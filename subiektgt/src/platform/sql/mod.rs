//! A firm's database as a platform.

mod bridge;
mod documents;
mod levels;
mod lines;
mod opened;
mod outstanding;
mod pages;
mod settling;
mod shown;
mod writing;

use bytes::Bytes;
use connector::{
    Abilities, AdjustmentKey, Common, End, ImageError, Item, Known, NativeScopes, Outcome, Outstanding,
    Platform, PlatformError, Scope, Settled, ShopInfo, ShopName, Skip, StockAdjustment, StockItem, Untold,
};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    CategoryTree, ImageRef, Platform as PlatformName, ProductId, Reject, RejectReason, ShopKey,
};
use gateway_core::picture::{Picture, SIZE_LIMIT};
use tokio::sync::OnceCell;
use transport::{HostLimits, Transport};

use crate::mapping::goods;
use crate::mapping::{BY_SYMBOL, Mapped, UNKNOWN};
use crate::settings::Sql;
use crate::sql::{Asked, Database, Failure, Parameter, statements};
use crate::wire::rows::Cells;
use opened::Opened;
use pages::{PAGE, Pages};
use writing::Writing;

/// So many goods or keys one statement names at the most.
const AT_ONCE: usize = 500;

/// A firm, ready to be read.
pub(crate) struct Shop {
    database: Database,
    common: Common,
    abilities: Abilities,
    name: ShopName,
    opened: OnceCell<Opened>,
    writing: Writing,
}

impl Shop {
    /// Makes a firm ready to be read. Asks nothing yet.
    pub(crate) fn new(
        sql: Sql,
        (platform, shop): (PlatformName, ShopKey),
        common: &Common,
        transport: &Transport,
    ) -> Self {
        let writing = Writing::of(&sql, &shop, common, transport);
        Self {
            database: Database::new(sql, common, transport.clock().clone()),
            common: common.clone(),
            abilities: Abilities {
                native: NativeScopes { since: false, products: true },
                page_size: PAGE,
                // The database holds itself back.
                limits: HostLimits::default(),
                stock_writing: writing.way(),
                stock_below_zero: false,
                stock_shown_within: writing.shown_within(),
                since_misses: None,
            },
            name: ShopName { platform, shop },
            opened: OnceCell::new(),
            writing,
        }
    }

    async fn opened(&self) -> Result<&Opened, PlatformError> {
        self.opened.get_or_try_init(|| Box::pin(Opened::read(&self.database, &self.common))).await
    }

    async fn picture(&self, image: &ImageRef) -> Result<Picture, ImageError> {
        let missing =
            || ImageError::Missing(format!("its database has no such picture as {}", image.location()));
        let id: i32 = image.location().parse().map_err(|_| missing())?;
        let longest = i32::try_from(SIZE_LIMIT).unwrap_or(i32::MAX);
        let parameters = [Parameter::from(id), longest.into()];
        let rows = self.database.rows(statements::PICTURE, &parameters, Asked::Usually).await;
        let rows = rows.map_err(|failure| ImageError::Refused(failure.of_run().to_string()))?;
        let row = rows.first().ok_or_else(missing)?;
        let bytes = Bytes::copy_from_slice(Cells(row).bytes(0).unwrap_or_default());
        let parts = stream::iter([Ok::<_, transport::Error>(bytes)]);
        Ok(Picture::collect(parts, self.common.spool.as_deref()).await?)
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
        async {
            let mut info = self.opened().await?.info.clone();
            info.warnings.extend(self.writing.troubles().await);
            Ok(info)
        }
        .boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async { Ok(goods::category_tree(&self.opened().await?.firm)) }.boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let opened = self.opened().await?;
            let mut end = End::Complete;
            let mut pages = match scope {
                Scope::All | Scope::Since(_) => Pages::of_all(&self.database, opened),
                Scope::Products(products) => {
                    let (ids, strange) = ids_of(&products);
                    for product in strange {
                        yield Item::Skipped(strange_id(product));
                    }
                    Pages::of(&self.database, opened, ids)
                }
            };
            while let Some(page) = pages.next().await? {
                for product in page.undeliverable.into_iter().filter_map(goods::id) {
                    end = End::Partial;
                    let reason = RejectReason::Undeliverable(product.clone());
                    yield Item::Reject(Reject { product, variant: None, name: None, sku: None, reason });
                }
                for product in page.absent.into_iter().filter_map(goods::id) {
                    yield Item::Skipped(absent(product));
                }
                for (good, beside) in page.goods {
                    let Some(mapped) = goods::product(&opened.firm, &good, &beside) else {
                        end = End::Partial;
                        let reason = RejectReason::broken("tw_Id", "nothing");
                        if let Ok(product) = ProductId::new(UNKNOWN) {
                            yield Item::Reject(Reject { product, variant: None, name: None, sku: None, reason });
                        }
                        continue;
                    };
                    let Mapped { product, reject, skip, warnings } = mapped;
                    if let Some(reject) = reject {
                        yield Item::Reject(reject);
                    }
                    if let Some(product) = product {
                        yield Item::Product(Box::new(product), warnings);
                    }
                    if let Some(skip) = skip {
                        yield Item::Skipped(skip);
                    }
                }
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        self.picture(image).boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        async_stream::try_stream! {
            let opened = self.opened().await?;
            let mut reading = match scope {
                Scope::All | Scope::Since(_) => levels::Levels::of_all(&self.database, opened),
                Scope::Products(products) => levels::Levels::of(&self.database, opened, ids_of(&products).0),
            };
            while let Some(items) = reading.next().await.map_err(Failure::of_run)? {
                for item in items {
                    yield item;
                }
            }
            yield StockItem::End(End::Complete);
        }
        .boxed()
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        async {
            match self.opened().await {
                Ok(opened) => self.writing.adjust((&self.database, opened), adjustments).await,
                Err(error) => adjustments.iter().map(|_| Outcome::NotDone(error.clone())).collect(),
            }
        }
        .boxed()
    }

    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Outstanding>, PlatformError>> {
        async { self.writing.outstanding(&self.database, self.opened().await).await }.boxed()
    }

    fn settle_outstanding<'a>(
        &'a self,
        name: &'a str,
        settled: Settled,
    ) -> BoxFuture<'a, Result<Outstanding, PlatformError>> {
        async move {
            // Who says that levels are right is believed, whether or not anybody can look.
            let firm = match settled {
                Settled::Booked => None,
                Settled::Discarded => Some((&self.database, self.opened().await?)),
            };
            self.writing.settle(firm, name, settled).await
        }
        .boxed()
    }

    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        async { self.writing.find((&self.database, self.opened().await?), keys).await }.boxed()
    }

    fn untold(&self) -> Untold {
        self.opened.get().map(Opened::untold).unwrap_or_default()
    }

    /// Files know goods by their symbols alone.
    fn tells_other_ids(&self) -> bool {
        true
    }

    fn requests(&self) -> u64 {
        self.database.asked() + self.writing.requests()
    }
}

/// The number of a good: as it is written by us, so that no number has two ids.
fn id_of(product: &ProductId) -> Option<i32> {
    product.as_str().parse().ok().filter(|id: &i32| id.to_string() == product.as_str())
}

/// The numbers that goods are asked for by, each once, and what is no number.
fn ids_of(products: &[ProductId]) -> (Vec<i32>, Vec<ProductId>) {
    let (mut ids, mut strange) = (Vec::new(), Vec::new());
    for product in products {
        match id_of(product) {
            Some(id) => ids.push(id),
            None => strange.push(product.clone()),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    (ids, strange)
}

/// What is no number is no good's id here.
fn strange_id(product: ProductId) -> Skip {
    if product.as_str().starts_with(BY_SYMBOL) {
        let why = "the database knows goods by their numbers (tw_Id) alone".to_owned();
        return Skip { product, variants: 0, why };
    }
    absent(product)
}

fn absent(product: ProductId) -> Skip {
    Skip { product, variants: 0, why: "the shop does not have it".to_owned() }
}
