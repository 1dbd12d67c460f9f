//! A `PrestaShop` shop as a platform.

use std::collections::HashMap;

use connector::{
    Abilities, Common, End, ImageError, Item, NativeScopes, Platform, PlatformError, Scope, ShopInfo,
    ShopName, Skip, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    Category, CategoryId, CategoryTree, ImageRef, Name, ProductId, Reject, RejectReason,
};
use gateway_core::picture::Picture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;
use transport::{HostLimits, Rate, Transport};

use crate::client::{Client, Failure};
use crate::mapping::{self, Context, Mapped, StockTable};
use crate::settings::Settings;
use crate::wire;

mod opened;
mod pages;

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
        },
        opened: OnceCell::new(),
    }
}

impl Platform for Shop {
    fn name(&self) -> &ShopName {
        &self.name
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
            Ok(category_tree(&rows, &opened.context))
        }
        .boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let context = &self.opened().await?.context;
            let mut end = End::Complete;
            for product in strangers(&scope) {
                yield Item::Skipped(Skip { product, why: "the shop does not have it".to_owned() });
            }
            let mut pages = Pages::new(scope);
            while let Some(page) = pages.next(&self.client).await? {
                let Parts { rows, undeliverable, absent } = match page {
                    Page::Rows(rows) => Parts { rows, ..Parts::default() },
                    Page::Ids(ids) => pages::parts(&self.client, ids).await?,
                };
                for product in absent {
                    yield Item::Skipped(Skip { product, why: "the shop does not have it".to_owned() });
                }
                for id in undeliverable {
                    end = End::Partial;
                    yield Item::Reject(Reject {
                        product: id.clone(),
                        variant: None,
                        name: None,
                        reason: RejectReason::Undeliverable(id),
                    });
                }
                for item in self.items(context, rows).await? {
                    yield item;
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
            if !download.status.is_success() {
                return Err(ImageError::Refused(format!("it answers {}", download.status)));
            }
            Ok(Picture::collect(download.stream, self.common.spool.as_deref()).await?)
        }
        .boxed()
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }
}

impl Shop {
    /// A page of products with their combinations and stock, mapped.
    async fn items(&self, context: &Context, rows: Vec<(u64, Value)>) -> Result<Vec<Item>, PlatformError> {
        let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let ids: Vec<u64> = rows.iter().map(|(id, _)| *id).collect();
        // Between two ids lie the page's own products only, unless certain products were asked for.
        let of_page =
            if ids.len() as u64 > (last - first) / 2 { format!("[{first},{last}]") } else { one_of(&ids) };
        let of_products = [("filter[id_product]", of_page.as_str())];
        let (combinations, stock) = futures::try_join!(
            self.related("combinations", &of_products),
            self.related("stock_availables", &of_products),
        )?;
        let stock: Vec<wire::StockAvailable> =
            stock.into_iter().filter_map(|(_, row)| read(row).ok()).collect();
        let shop = self.settings.shop.map(|id| id.to_string());
        let stock = StockTable::new(&stock, shop.as_deref());
        let (mut of_product, broken) = by_product(combinations);
        let mut items = Vec::with_capacity(rows.len());
        for (id, row) in rows {
            let combinations = of_product.remove(&id.to_string()).unwrap_or_default();
            let mapped = match read::<wire::Product>(row) {
                Ok(row) => {
                    let combinations: Vec<&wire::Combination> = combinations.iter().collect();
                    mapping::product(context, &row, &combinations, &stock)
                }
                Err(error) => broken_row(&id.to_string(), None, &error),
            };
            let broken = broken.iter().filter(|broken| broken.product == id.to_string());
            let broken = broken.flat_map(|b| broken_row(&b.product, Some(&b.combination), &b.why).rejects);
            items.extend(broken.map(Item::Reject));
            items.extend(mapped.skip.map(Item::Skipped));
            items.extend(mapped.rejects.into_iter().map(Item::Reject));
            items.extend(mapped.product.map(|product| Item::Product(Box::new(product), mapped.warnings)));
        }
        Ok(items)
    }

    /// All rows of a resource that belong to a page of products.
    async fn related(
        &self,
        resource: &str,
        of_products: &[(&str, &str)],
    ) -> Result<Vec<(u64, Value)>, PlatformError> {
        /// As many as a page of products usually has, and then some.
        const ROWS: usize = 5000;
        let mut rows = Vec::new();
        loop {
            let last = rows.last().map_or(0, |(id, _): &(u64, Value)| *id);
            let page = self.client.page(resource, last, ROWS, of_products).await.map_err(Failure::of_run)?;
            let is_last = page.len() < ROWS;
            rows.extend(page);
            if is_last {
                return Ok(rows);
            }
        }
    }
}

/// A combination that cannot be read.
struct BrokenCombination {
    product: String,
    combination: String,
    why: String,
}

fn by_product(rows: Vec<(u64, Value)>) -> (HashMap<String, Vec<wire::Combination>>, Vec<BrokenCombination>) {
    let (mut of_product, mut broken): (HashMap<String, Vec<wire::Combination>>, _) =
        (HashMap::new(), Vec::new());
    for (id, row) in rows {
        let product = row.get("id_product").cloned().and_then(|id| read::<wire::Scalar>(id).ok());
        let Some(product) = product.as_ref().and_then(wire::Scalar::id).map(str::to_owned) else { continue };
        match read::<wire::Combination>(row) {
            Ok(combination) => of_product.entry(product).or_default().push(combination),
            Err(why) => broken.push(BrokenCombination { product, combination: id.to_string(), why }),
        }
    }
    (of_product, broken)
}

fn read<T: DeserializeOwned>(row: Value) -> Result<T, String> {
    serde_json::from_value(row).map_err(|error| error.to_string())
}

fn broken_row(product: &str, combination: Option<&str>, why: &str) -> Mapped {
    let Ok(product) = ProductId::new(product) else { return Mapped::default() };
    let variant = combination.and_then(|id| gateway_core::model::VariantId::new(id).ok());
    let field = if combination.is_some() { "combination" } else { "product" };
    let reject = Reject { product, variant, name: None, reason: RejectReason::broken(field, why) };
    Mapped { rejects: vec![reject], ..Mapped::default() }
}

fn one_of(ids: &[u64]) -> String {
    format!("[{}]", ids.iter().map(u64::to_string).collect::<Vec<_>>().join("|"))
}

fn category_tree(rows: &[wire::Category], context: &Context) -> CategoryTree {
    let is_root = |id: &str| context.root_categories.iter().any(|root| root == id);
    let categories = rows.iter().filter_map(|row| {
        let id = row.id.id().filter(|id| !is_root(id))?;
        let name = row.name.get(&context.language).or_else(|| row.name.get(&context.default_language))?;
        let parent = row.id_parent.id().filter(|id| !is_root(id)).and_then(|id| CategoryId::new(id).ok());
        Some(Category { id: CategoryId::new(id).ok()?, name: Name::new(name).ok()?, parent })
    });
    CategoryTree::new(categories.collect::<Vec<_>>())
}
