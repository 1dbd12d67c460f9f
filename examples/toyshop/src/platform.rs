//! A shop of `Toy Shop` as a platform.

use connector::{
    Abilities, AdjustmentKey, Common, End, ImageError, Item, Known, Language, NativeScopes, Outcome,
    Platform, PlatformError, Scope, ShopInfo, ShopName, Skip, StockAdjustment, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{CategoryTree, ImageRef, Reject, RejectReason};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use tokio::sync::OnceCell;
use transport::{HostLimits, Rate, Transport};

use crate::client::Client;
use crate::mapping::{self, Context, Mapped};
use crate::pages::{PAGE, Page, Pages, product};
use crate::settings::{LANGUAGE, Settings};
use crate::{stock, wire};

/// A shop, ready to be read.
pub struct Shop {
    name: ShopName,
    client: Client,
    settings: Settings,
    common: Common,
    abilities: Abilities,
    opened: OnceCell<Opened>,
}

/// What concerns the whole shop, read once.
struct Opened {
    info: ShopInfo,
    context: Context,
}

/// Makes a shop ready to be read. Sends nothing.
#[must_use]
pub fn open(settings: Settings, common: &Common, transport: &Transport) -> Shop {
    let limits = HostLimits {
        // A shop serves shoppers first. A platform with a limit of its own has that here, as a rate too.
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
            // A change that would leave less than nothing is not taken.
            stock_writing: StockWriting::Delta,
            stock_below_zero: false,
            stock_shown_within: None,
            // It marks a product as changed whatever of it was, its variants and their stock included.
            since_misses: None,
        },
        opened: OnceCell::new(),
    }
}

impl Shop {
    /// Reads what concerns the whole shop, at the first call.
    async fn opened(&self) -> Result<&Opened, PlatformError> {
        self.opened.get_or_try_init(|| Box::pin(self.read_shop())).await
    }

    /// What would make every product wrong is an error here, before any product is read.
    async fn read_shop(&self) -> Result<Opened, PlatformError> {
        let shop = self.client.shop().await?;
        let address = &self.settings.base_url;
        let wrong = |what, hint| PlatformError::Settings { what, hint };
        let languages: Vec<Language> = shop.languages.iter().filter_map(language).collect();
        let default = shop.languages.iter().find(|language| language.default.0 == Some(true));
        let default = default.or(shop.languages.first()).and_then(language).ok_or_else(|| {
            wrong(
                format!("the shop {address} tells no language"),
                "give the shop a default language".to_owned(),
            )
        })?;
        let wanted = self.settings.language.as_ref().unwrap_or(&default.id);
        let chosen = languages.iter().find(|language| language.id == *wanted).ok_or_else(|| {
            let known = languages.iter().map(|language| format!("{} = {}", language.id, language.name));
            let known = known.collect::<Vec<_>>().join(", ");
            wrong(
                format!("the shop {address} has no language {wanted}"),
                format!("set {LANGUAGE} to one of: {known}"),
            )
        })?;
        let code = shop.currency.text().unwrap_or("nothing");
        let currency = Currency::from_code(code).ok_or_else(|| {
            wrong(
                format!("the currency of the shop {address} is {code:?}"),
                "choose one in the shop".to_owned(),
            )
        })?;
        let context = Context {
            language: chosen.id.clone(),
            default_language: default.id,
            currency,
            vat_default: self.common.vat_default,
        };
        let info = ShopInfo {
            title: shop.name.text().map(str::to_owned),
            version: shop.version.text().map(str::to_owned),
            currency,
            language: chosen.clone(),
            languages,
            products: None,
            warnings: Vec::new(),
        };
        Ok(Opened { info, context })
    }
}

fn language(row: &wire::Language) -> Option<Language> {
    let id = row.id.text()?.to_owned();
    Some(Language { name: row.name.text().unwrap_or(&id).to_owned(), id, active: true })
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
            Ok(mapping::category_tree(&opened.context, &self.client.categories().await?))
        }
        .boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let context = &self.opened().await?.context;
            let mut end = End::Complete;
            let mut pages = Pages::new(scope);
            while let Some(Page { rows, undeliverable, absent }) = pages.next(&self.client).await? {
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
                for product in absent {
                    yield Item::Skipped(Skip { product, variants: 1, why: "the shop does not have it".to_owned() });
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
            match download.status.as_u16() {
                200..300 => Ok(Picture::collect(download.stream, self.common.spool.as_deref()).await?),
                404 | 410 => Err(ImageError::Missing(format!("it answers {}", download.status))),
                _ => Err(ImageError::Refused(format!("it answers {}", download.status))),
            }
        }
        .boxed()
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        stock::adjust(&self.client, adjustments).boxed()
    }

    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        stock::find(&self.client, keys).boxed()
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }
}
