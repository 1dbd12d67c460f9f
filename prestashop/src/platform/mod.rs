//! A `PrestaShop` shop as a platform.

use std::sync::atomic::AtomicBool;

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

use crate::client::Client;
use crate::mapping;
use crate::settings::Settings;
use crate::wire;

mod adjust;
mod goods;
mod opened;
mod pages;
mod stock;

use opened::Opened;
use pages::{PAGE, Page, Pages, Parts, strangers};

/// A shop, ready to be read.
pub struct Shop {
    name: ShopName,
    client: Client,
    settings: Settings,
    common: Common,
    abilities: Abilities,
    opened: OnceCell<Opened>,
    /// Whether the shop has refused `PATCH`, whatever its version is and for whatever reason.
    refuses_patch: AtomicBool,
}

/// Makes a shop ready to be read. Sends nothing.
#[must_use]
pub fn open(settings: Settings, common: &Common, transport: &Transport) -> Shop {
    let limits = HostLimits {
        // Shared hosts serve a handful of PHP processes, and shoppers come first.
        in_flight: common.shop_concurrency.unwrap_or(4),
        adaptive: true,
        rate: common.shop_rate.map(Rate::PerMinute),
    };
    transport.limit(&settings.base_url, limits);
    Shop {
        name: ShopName { platform: settings.platform.clone(), shop: settings.shop_key.clone() },
        client: Client::new(transport.clone(), &settings),
        settings,
        common: common.clone(),
        abilities: Abilities {
            native: NativeScopes { since: true, products: true },
            page_size: PAGE,
            limits,
            stock_writing: StockWriting::Set,
            stock_below_zero: true,
            stock_shown_within: None,
            since_misses: Some(
                "PrestaShop does not mark a product as changed when only a combination or a promotion was",
            ),
        },
        opened: OnceCell::new(),
        refuses_patch: AtomicBool::new(false),
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
            let rows: Vec<wire::Category> = self.client.all("categories", &[]).await?;
            Ok(mapping::category_tree(&rows, &opened.context))
        }
        .boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let context = &self.opened().await?.context;
            let mut end = End::Complete;
            for product in strangers(&scope) {
                yield absent(product);
            }
            let mut pages = Pages::new(scope);
            while let Some(page) = pages.next(&self.client).await? {
                let was_listed = matches!(page, Page::Failed(_));
                let Parts { rows, mut undeliverable, absent: missing } = match page {
                    Page::Rows(rows) => Parts { rows, ..Parts::default() },
                    Page::Named(ids) | Page::Failed(ids) => pages::parts(&self.client, ids).await?,
                };
                if was_listed {
                    // The shop listed them a moment ago, so they are not gone.
                    undeliverable.extend(missing);
                } else {
                    for product in missing {
                        yield absent(product);
                    }
                }
                let goods = self.goods(context, rows).await?;
                undeliverable.extend(goods.undeliverable);
                for parcel in goods.parcels {
                    for item in parcel.into_items(context) {
                        yield item;
                    }
                }
                for product in undeliverable {
                    end = End::Partial;
                    let reason = RejectReason::Undeliverable(product.clone());
                    yield Item::Reject(Reject { product, variant: None, name: None, sku: None, reason });
                }
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async {
            let request = self.client.picture(image.location());
            let download = self.client.transport().download(&request).await.map_err(ImageError::Transport)?;
            let says = || format!("it answers {}", download.status);
            match download.status.as_u16() {
                200..300 => {}
                // 400 is how the webservice says that a product has no such picture.
                400 | 404 | 410 => return Err(ImageError::Missing(says())),
                _ => return Err(ImageError::Refused(says())),
            }
            Ok(Picture::collect(download.stream, self.common.spool.as_deref()).await?)
        }
        .boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        async_stream::try_stream! {
            let context = &self.opened().await?.context;
            let mut end = End::Complete;
            let mut parts = stock::Parts::new(scope);
            while let Some(levels) = parts.next(self, context).await? {
                if levels.is_partial() {
                    end = End::Partial;
                }
                for item in levels.items(context) {
                    yield item;
                }
            }
            yield StockItem::End(end);
        }
        .boxed()
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        self.adjust(adjustments).boxed()
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }
}

fn absent(product: ProductId) -> Item {
    Item::Skipped(Skip { product, variants: 1, why: "the shop does not have it".to_owned() })
}

fn one_of(ids: &[u64]) -> String {
    format!("[{}]", ids.iter().map(u64::to_string).collect::<Vec<_>>().join("|"))
}
