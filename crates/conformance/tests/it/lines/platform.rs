//! The reader, in the simplest way that can be right.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use connector::import::Images;
use connector::{
    Abilities, Common, Connector, End, Given, ImageError, InvalidSetting, Item, Language, NativeScopes, Need,
    Platform, PlatformError, Scope, Setting, ShopInfo, ShopName, Skip, StockItem, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    Attributes, Category, CategoryId, CategoryTree, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice,
    Platform as PlatformName, Product, ProductId, ProductParts, Reject, RejectReason, Sku, StockLevel,
    Variant, VariantId, VatRate,
};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use rust_decimal::Decimal;
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;
use transport::{HostLimits, Transport};

use super::Flaw;
use super::wire::{Wire, failed};

pub(super) const ADDRESS: &str = "LINES_ADDRESS";
pub(super) const SECRET: &str = "LINES_SECRET";

const PAGE: usize = 50;

static SETTINGS: OnceLock<[Setting; 2]> = OnceLock::new();

struct Shop {
    name: ShopName,
    abilities: Abilities,
    wire: Wire,
}

impl Connector for Flaw {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn title(&self) -> &'static str {
        "Lines"
    }

    fn settings(&self) -> &'static [Setting] {
        let setting = |option, variable, is_secret| Setting {
            option,
            variable,
            prompt: "Lines",
            help: "Where the shop is, and what it wants to hear",
            need: Need::Required,
            is_secret,
            check: |_| Ok(()),
        };
        SETTINGS.get_or_init(|| [setting("address", ADDRESS, false), setting("secret", SECRET, true)])
    }

    fn images(&self) -> Images {
        Images::Upload
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        _: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let shop = common.shop_key.clone().unwrap();
        let secret = given.secret(SECRET).map(|secret| secret.expose_secret().to_owned());
        Ok(Box::new(Shop {
            name: ShopName { platform: PlatformName::new("lines").unwrap(), shop },
            abilities: Abilities { page_size: PAGE, ..abilities(true) },
            wire: Wire {
                flaw: *self,
                address: given.get(ADDRESS).unwrap_or_default().to_owned(),
                secret: secret.unwrap_or_default(),
                connection: Mutex::new(None),
                requests: AtomicU64::new(0),
            },
        }))
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
            self.wire.log_in().await?;
            Ok(info())
        }
        .boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async {
            let told = self.wire.ask("GROUPS").await?;
            Ok(CategoryTree::new(told.iter().filter_map(|line| group(line))))
        }
        .boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let chosen = match scope {
                Scope::Products(mut chosen) => {
                    chosen.sort();
                    chosen.dedup();
                    Some(chosen)
                }
                _ => None,
            };
            let mut chosen = chosen.as_deref().map(|chosen| chosen.chunks(PAGE));
            let page = if self.wire.flaw == Flaw::AsksForMore { 2 * PAGE } else { PAGE };
            let (mut end, mut after) = (End::Complete, "0".to_owned());
            loop {
                let ids: Vec<String> = match &mut chosen {
                    Some(chosen) => chosen.next().unwrap_or_default().iter().map(ToString::to_string).collect(),
                    None => self.wire.ask(&format!("NEXT {after} {page}")).await?,
                };
                let Some(last) = ids.last() else { break };
                after.clone_from(last);
                let mut open = vec![ids.as_slice()];
                while let Some(ids) = open.pop() {
                    match (self.wire.ask(&format!("GOODS {}", ids.join(" "))).await, ids) {
                        (Ok(lines), _) => {
                            for item in items(ids, &lines, chosen.is_some())? {
                                yield item;
                            }
                        }
                        (Err(PlatformError::Failed { .. }), [only]) => {
                            end = End::Partial;
                            let product = id(only)?;
                            yield rejected(&product, RejectReason::Undeliverable(product.clone()));
                        }
                        (Err(PlatformError::Failed { .. }), several) if self.wire.flaw != Flaw::GivesUpPages => {
                            let (first, second) = several.split_at(several.len() / 2);
                            open.extend([second, first]);
                        }
                        (Err(error), _) => Err(error)?,
                    }
                }
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async {
            let bytes = self.wire.picture(&format!("PICTURE {}", image.identity())).await;
            let bytes = bytes.map_err(|error| ImageError::Refused(error.to_string()))?;
            Ok(Picture::collect(futures::stream::iter([Ok(bytes)]), None).await?)
        }
        .boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        async_stream::try_stream! {
            for line in self.wire.ask("LEVELS").await? {
                let (product, told) = line.split_once(' ').ok_or_else(|| failed("a level of nothing"))?;
                let product = id(product)?;
                if matches!(&scope, Scope::Products(chosen) if !chosen.contains(&product)) {
                    continue;
                }
                let level = level(told).map_err(|reason| failed(&reason.to_string()))?;
                yield StockItem::Level { product, variant: VariantId::simple(), level };
            }
            yield StockItem::End(End::Complete);
        }
        .boxed()
    }

    fn requests(&self) -> u64 {
        self.wire.requests.load(Ordering::Relaxed)
    }
}

/// What a platform can that only reads, all products in one piece.
pub(crate) fn abilities(products: bool) -> Abilities {
    Abilities {
        native: NativeScopes { since: false, products },
        page_size: usize::MAX,
        limits: HostLimits { in_flight: 1, adaptive: false, rate: None },
        stock_writing: StockWriting::No,
        stock_below_zero: false,
        stock_shown_within: None,
        since_misses: None,
    }
}

pub(crate) fn info() -> ShopInfo {
    let language = Language { id: "pl".to_owned(), name: "polski".to_owned(), active: true };
    ShopInfo {
        title: None,
        version: None,
        currency: Currency::PLN,
        language: language.clone(),
        languages: vec![language],
        products: None,
        warnings: Vec::new(),
    }
}

pub(crate) fn group(line: &str) -> Option<Category> {
    let told: BTreeMap<String, String> = serde_json::from_str(line).ok()?;
    let (id, name) = (CategoryId::new(told.get("id")?).ok()?, Name::new(told.get("name")?).ok()?);
    Some(Category { id, name, parent: None })
}

pub(crate) fn id(text: &str) -> Result<ProductId, PlatformError> {
    ProductId::new(text).map_err(|error| failed(&error.to_string()))
}

pub(crate) fn rejected(product: &ProductId, reason: RejectReason) -> Item {
    Item::Reject(Reject { product: product.clone(), variant: None, name: None, sku: None, reason })
}

/// What came of those that were asked for. One that was listed before and is gone is told by nothing, as in the next reading.
fn items(ids: &[String], lines: &[String], tells_missing: bool) -> Result<Vec<Item>, PlatformError> {
    let mut items = Vec::new();
    let mut missing: Vec<&String> = ids.iter().collect();
    for line in lines {
        let told: BTreeMap<String, String> =
            serde_json::from_str(line).map_err(|error| failed(&error.to_string()))?;
        let known = told.get("id").ok_or_else(|| failed("goods without an id"))?;
        missing.retain(|id| *id != known);
        let product = id(known)?;
        items.push(match made(&product, &told) {
            Ok(product) => Item::Product(Box::new(product), Vec::new()),
            Err(reason) => rejected(&product, reason),
        });
    }
    for gone in missing.into_iter().filter(|_| tells_missing) {
        items.push(Item::Skipped(Skip {
            product: id(gone)?,
            variants: 1,
            why: "it is not there".to_owned(),
        }));
    }
    Ok(items)
}

pub(crate) fn made(id: &ProductId, told: &BTreeMap<String, String>) -> Result<Product, RejectReason> {
    let text = |name: &str| told.get(name).map(String::as_str).unwrap_or_default();
    let number = |name: &str| text(name).parse().map_err(|_| RejectReason::broken(name, text(name)));
    let variant = Variant {
        id: VariantId::simple(),
        sku: Sku::parse(text("sku")).unwrap_or_default(),
        ean: Ean::parse(text("ean")).unwrap_or_default(),
        attributes: Attributes::default(),
        price: NetPrice::new(Money::new(number("net")?, Currency::PLN))?,
        vat: VatRate::percent(number("vat")?).map_err(|_| RejectReason::broken("vat", text("vat")))?,
        stock: level(text("level"))?,
        images: text("pictures").split(' ').filter_map(|key| ImageRef::new(key, None).ok()).collect(),
        for_sale: text("shown") == "yes",
    };
    let parts = ProductParts {
        id: id.clone(),
        name: Name::new(text("name")).map_err(|_| RejectReason::NoName)?,
        description: Markdown::from_html(text("description")),
        brief: Line::default(),
        categories: CategoryId::new(text("group")).into_iter().collect(),
        variants: vec![variant],
        family: None,
        also: None,
    };
    Product::new(parts).map_err(|error| RejectReason::broken("goods", &error.to_string()))
}

fn level(told: &str) -> Result<StockLevel, RejectReason> {
    match told {
        "some" => Ok(StockLevel::Unknown),
        number => number
            .parse::<Decimal>()
            .map(StockLevel::Quantity)
            .map_err(|_| RejectReason::broken("level", number)),
    }
}
