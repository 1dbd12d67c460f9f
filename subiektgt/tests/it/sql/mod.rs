//! Goods from a firm's database.

mod goods;
mod levels;
mod login;
mod memory;
mod models;
mod pictures;
mod rights;
mod statements;
mod trouble;

use connector::{
    Common, Connector as _, Given, InvalidSetting, Item, Platform, PlatformError, Scope, StockItem, Warning,
};
use futures::TryStreamExt as _;
use gateway_core::model::{Product, Reject};
use subiektgt::SubiektGt;
use subiektgt_sandbox::{Firm, Good, MAIN_WAREHOUSE, Options, Prices, Server};
use transport::{Settings, Transport};

/// The picture of a point, as JPEG: its first bytes say what it is.
pub(crate) const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00 the rest of a picture";

/// A firm with its server.
pub(crate) struct Office {
    pub(crate) firm: Firm,
    pub(crate) server: Server,
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let firm = Firm::new();
        let server = firm.serve(options).await.unwrap();
        Self { firm, server }
    }

    /// Puts a good on the shelf that costs 81.29 net and of which there are five.
    pub(crate) fn put(&self, good: Good) {
        let id = good.id;
        self.firm.put_good(Good { vat: Some(subiektgt_sandbox::VAT_23), ..good });
        self.firm.set_prices(id, Prices::default().with(1, decimal("81.29"), decimal("99.99")));
        self.firm.set_stock(id, MAIN_WAREHOUSE, decimal("5"), decimal("0"));
    }

    /// The goods of these ids.
    pub(crate) fn put_many(&self, ids: impl IntoIterator<Item = i32>) {
        ids.into_iter().for_each(|id| self.put(Good::new(id, &format!("SYM-{id}"), &format!("Towar {id}"))));
    }

    pub(crate) fn given(&self, more: &[(&'static str, &str)]) -> Given {
        let mut given = Given::default();
        given.insert("SUBIEKTGT_SQL", &format!("{}/{}", self.server.address(), self.server.database()));
        given.insert("SUBIEKTGT_SQL_USER", self.server.user());
        given.insert("SUBIEKTGT_SQL_PASSWORD", self.server.password());
        given.insert("SUBIEKTGT_SQL_ENCRYPT", "off");
        for (variable, value) in more {
            given.insert(variable, value);
        }
        given
    }

    /// The firm as a platform; `more` are further settings.
    pub(crate) fn open(&self, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
        open(&self.given(more), &Common::default()).unwrap()
    }

    pub(crate) async fn items(&self) -> Vec<Item> {
        items(&*self.open(&[])).await.unwrap()
    }

    /// The goods that come, each with what is told of it.
    pub(crate) async fn products(&self) -> Vec<(Product, Vec<Warning>)> {
        let mut products = Vec::new();
        for item in self.items().await {
            match item {
                Item::Product(product, warnings) => products.push((*product, warnings)),
                Item::End(_) => {}
                other => panic!("no good: {other:?}"),
            }
        }
        products
    }

    /// The one good that there is.
    pub(crate) async fn only(&self) -> Product {
        match <[_; 1]>::try_from(self.products().await) {
            Ok([(product, _)]) => product,
            Err(products) => panic!("not one good: {products:?}"),
        }
    }

    /// The one good that there is, which is rejected.
    pub(crate) async fn only_reject(&self) -> Reject {
        match self.items().await.as_slice() {
            [Item::Reject(reject), Item::End(_)] => reject.clone(),
            other => panic!("not one reject: {other:?}"),
        }
    }
}

pub(crate) fn open(given: &Given, common: &Common) -> Result<Box<dyn Platform>, InvalidSetting> {
    open_at("2026-03-01T12:00:00Z", given, common)
}

/// The same, at another time.
pub(crate) fn open_at(
    now: &str,
    given: &Given,
    common: &Common,
) -> Result<Box<dyn Platform>, InvalidSetting> {
    let clock = clock::Clock::test(now.parse().unwrap());
    SubiektGt.open(given, common, &Transport::new(Settings::new("tests", clock)).unwrap())
}

pub(crate) async fn items(platform: &dyn Platform) -> Result<Vec<Item>, PlatformError> {
    platform.products(Scope::All).try_collect().await
}

pub(crate) async fn levels(platform: &dyn Platform) -> Result<Vec<StockItem>, PlatformError> {
    platform.stock(Scope::All).try_collect().await
}

/// The id of what an item is about.
pub(crate) fn id_of(item: &Item) -> &str {
    match item {
        Item::Product(product, _) => product.id().as_str(),
        Item::Reject(reject) => reject.product.as_str(),
        Item::Skipped(skip) => skip.product.as_str(),
        Item::End(_) => "end",
    }
}

pub(crate) fn ids(items: &[Item]) -> Vec<&str> {
    items.iter().map(id_of).collect()
}

pub(crate) fn decimal(text: &str) -> rust_decimal::Decimal {
    text.parse().unwrap()
}
