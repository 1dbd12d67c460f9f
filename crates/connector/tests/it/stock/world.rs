//! A marketplace, a shop with shelves, and passes between them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connector::stock::{self, Direction, Options};
use connector::{Event, Memory, NoticeKind, Platform, RunError, Side, StockWriting, Summary};
use gateway_core::gateway::{Guid, SourceMark};
use gateway_core::model::{StockLevel, VariantId};
use serde_json::json;
use state::{LeaseKind, LevelRow, Link, Store};
use tokio_util::sync::CancellationToken;

use super::shelves::{Shelves, key};
use crate::support::{Ran, World, guid, product, shop_name, variant};
use crate::toy::Toy;
use connector::{End, Item};
use futures::TryStreamExt as _;

pub(crate) struct Stocked {
    pub(crate) world: World,
    pub(crate) shelves: Shelves,
    /// What is remembered, kept open by who looks at it often.
    pub(crate) open: Option<Store>,
    /// All notices that were ever told, also by passes that were killed behind them.
    pub(crate) heard: Mutex<Vec<(NoticeKind, String)>>,
}

/// What a pass came to.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) result: Result<(), RunError>,
    pub(crate) summary: Summary,
    /// Levels that were set: where, of which product, and the new one.
    pub(crate) set: Vec<String>,
    pub(crate) notices: Vec<(NoticeKind, String)>,
    /// Those that the last pass did not tell.
    pub(crate) news: usize,
    pub(crate) warnings: Vec<String>,
}

impl Passed {
    /// Of a pass that came to its end.
    pub(crate) fn done(self) -> Self {
        assert!(self.result.is_ok(), "{:?}", self.result);
        self
    }

    /// Of a pass that found nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.set.is_empty() && self.notices.is_empty()
    }

    pub(crate) fn noticed(&self, kind: NoticeKind, product: &str) -> bool {
        self.notices.iter().any(|(noticed, of)| *noticed == kind && of == product)
    }

    /// What the user is told to correct.
    pub(crate) fn wrong_settings(&self) -> String {
        match &self.result {
            Err(RunError::Settings { what, hint }) => format!("{what}. {hint}"),
            other => panic!("{other:?}"),
        }
    }
}

impl Stocked {
    /// A shop whose goods are imported, each with its level.
    pub(crate) async fn new(goods: &[(&str, i64)], writing: StockWriting) -> Self {
        Self::with(goods, writing, true, |_| {}).await
    }

    pub(crate) async fn with(
        goods: &[(&str, i64)],
        writing: StockWriting,
        below_zero: bool,
        change: impl FnOnce(&mut sandbox::gateway::Options),
    ) -> Self {
        let stocked = Self {
            world: World::with(change).await,
            shelves: Shelves::new(writing, below_zero),
            open: None,
            heard: Mutex::default(),
        };
        for (product, level) in goods {
            stocked.shelves.set(product, *level);
        }
        stocked.import(goods).await;
        stocked
    }

    /// A shop with so many goods of one level, linked without an import, which would take its time.
    pub(crate) async fn large(goods: usize, level: i64) -> Self {
        let stocked = Self {
            world: World::new().await,
            shelves: Shelves::new(StockWriting::Set, true),
            open: None,
            heard: Mutex::default(),
        };
        let guids = stocked.world.gateway.seed(goods, |_| json!({ "name": "Thing", "stock_level": level }));
        let link = |(index, guid): (usize, &String)| {
            let (product, variant) = key(&(index + 1).to_string());
            stocked.shelves.set(product.as_str(), level);
            let id = shop_name().external_id(&product, &variant);
            let link = Link::of_mark(Guid::parse(guid).unwrap(), SourceMark::new(id));
            Link { stock_base: Some(level.into()), ..link }
        };
        let links: Vec<Link> = guids.iter().enumerate().map(link).collect();
        let store = stocked.store().await;
        let lease = store.lease(LeaseKind::Import, "this test").await.unwrap();
        store.link_created(&lease, &links, &[]).await.unwrap();
        lease.release().await.unwrap();
        stocked
    }

    /// The guid of a product of [`Stocked::large`].
    pub(crate) async fn guid_of(&self, product: &str) -> String {
        self.store().await.links_of(&[key(product).0]).await.unwrap()[0].guid.to_string()
    }

    /// Imports goods of these levels.
    pub(crate) async fn import(&self, goods: &[(&str, i64)]) -> Ran {
        self.import_with(goods, |_| {}).await
    }

    /// Imports all goods that the shop has, and archives what it does not have any more.
    pub(crate) async fn import_pruning(&self, goods: &[(&str, i64)]) -> Ran {
        self.import_with(goods, |options| options.prune = true).await
    }

    async fn import_with(
        &self,
        goods: &[(&str, i64)],
        change: impl FnOnce(&mut connector::import::Options),
    ) -> Ran {
        let items = goods.iter().map(|(id, level)| {
            let mut variant = variant("0", 23);
            variant.id = VariantId::simple();
            variant.images.clear();
            variant.stock = StockLevel::Quantity((*level).into());
            Item::Product(Box::new(product(id, "Thing", vec![variant])), Vec::new())
        });
        let items = items.chain([Item::End(End::Complete)]);
        self.world.import_with(&Toy::of(items.collect()), change).await.done()
    }

    pub(crate) async fn store(&self) -> Store {
        match &self.open {
            Some(store) => store.clone(),
            None => self.world.store(&shop_name()).await,
        }
    }

    pub(crate) async fn row(&self, product: &str) -> LevelRow {
        let rows = self.store().await.levels_of(&[key(product).0]).await.unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows[0].clone()
    }

    pub(crate) async fn rows(&self) -> Vec<LevelRow> {
        self.store().await.levels().try_collect().await.unwrap()
    }

    /// Time passes.
    pub(crate) fn later(&self, seconds: u64) {
        self.world.clock.advance(Duration::from_secs(seconds));
    }

    /// The level that the marketplace has in truth.
    pub(crate) fn market(&self, product: &str) -> i64 {
        self.world.one(product, "0")["stock_level"].as_i64().unwrap()
    }

    pub(crate) fn set_market(&self, product: &str, level: i64) {
        let guid = guid(&self.world.one(product, "0")).to_owned();
        assert!(self.world.gateway.set_stock(&guid, level));
    }

    /// The marketplace sells, or takes back; it does not sell what it does not have.
    pub(crate) fn market_moves(&self, product: &str, by: i64) -> i64 {
        let now = self.market(product);
        let then = (now + by).max(0);
        self.set_market(product, then);
        then - now
    }

    pub(crate) async fn pass(&self) -> Passed {
        self.pass_with(|_| {}).await
    }

    pub(crate) async fn pass_with(&self, change: impl FnOnce(&mut Options)) -> Passed {
        self.pass_until(change, std::future::pending()).await.expect("it ends by itself")
    }

    /// A pass whose process ends without a word when `killed` does, or the shop kills it; `None` when it was killed.
    pub(crate) async fn pass_until(
        &self,
        change: impl FnOnce(&mut Options),
        killed: impl Future<Output = ()>,
    ) -> Option<Passed> {
        // By a file nothing is written unless somebody says so.
        let is_file = self.shelves.abilities().stock_writing == StockWriting::File;
        let mut options = Options { direction: is_file.then_some(Direction::Both), ..Options::default() };
        change(&mut options);
        let by_shop = CancellationToken::new();
        *self.shelves.killed.lock().unwrap() = by_shop.clone();
        tokio::select! {
            biased;
            () = by_shop.cancelled() => None,
            () = killed => None,
            passed = self.run(&options) => Some(passed),
        }
    }

    async fn run(&self, options: &Options) -> Passed {
        let told = Mutex::new((Vec::new(), Vec::new(), Vec::new()));
        let news = AtomicUsize::new(0);
        let listener = |event: Event<'_>| {
            let (set, notices, warnings) = &mut *told.lock().unwrap();
            match event {
                Event::Level(level) => {
                    let side = match level.side {
                        Side::Shop => "shop",
                        Side::Gateway => "market",
                    };
                    let would = if level.is_done { "" } else { "would " };
                    set.push(format!("{would}{side} {} {}", level.product, level.to));
                }
                Event::LevelNotice(notice) => {
                    news.fetch_add(usize::from(notice.is_new), Ordering::Relaxed);
                    let heard = (notice.kind, notice.product.to_string());
                    self.heard.lock().unwrap().push(heard.clone());
                    notices.push(heard);
                }
                Event::Warning(warning) => warnings.push(warning.what.clone()),
                _ => {}
            }
        };
        let mut summary = Summary::default();
        let sides = (&self.shelves as &dyn Platform, &self.world.client);
        let store = self.store().await;
        let lease = store.lease(LeaseKind::Stock, "this test").await.unwrap();
        let memory = if options.dry_run { Memory::Seen(&store) } else { Memory::Held(&lease) };
        let stop = CancellationToken::new();
        let clock = &self.world.clock;
        let result = stock::run(sides, memory, options, (clock, &stop), &listener, &mut summary).await;
        lease.release().await.unwrap();
        let (set, notices, warnings) = told.into_inner().unwrap();
        Passed { result, summary, set, notices, news: news.into_inner(), warnings }
    }
}
