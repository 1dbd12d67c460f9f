//! A shop and a marketplace whose goods are linked, and passes over their levels.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use connector::import::Images;
use connector::stock::{self, Direction, Options};
use connector::{Event, Memory, RunError, StockWriting, Summary};
use gateway_core::model::StockLevel;
use http::Method;
use rust_decimal::Decimal;
use sandbox::gateway::Options as GatewayOptions;
use serde_json::Value;
use state::LeaseKind;
use tokio_util::sync::CancellationToken;

use super::watched::{Watch, Watched};
use crate::arena::{Arena, Marketplace, no_memory};
use crate::detour::Detour;
use crate::examined::LocalShop;
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Product, SIMPLE};

/// A product and one of its variants, by their keys.
pub(super) type Key = (u32, u32);

/// The level that goods have at first, unless told.
pub(super) const LEVEL: i64 = 10;

/// Longer than either side may take to show what was written.
const LATER: Duration = Duration::from_secs(300);

/// The most passes until both sides are to be at rest, where calls fail.
const MOST_PASSES: usize = 16;

/// The shop of an arena as its owner handles it, from any thread.
#[derive(Clone)]
pub(super) struct Counter {
    shop: Arc<dyn LocalShop>,
    /// What the shop was told to hold. Where its stock can be written the levels in it may be old.
    held: Arc<Mutex<Catalogue>>,
}

impl Counter {
    fn held(&self) -> MutexGuard<'_, Catalogue> {
        sandbox_kit::lock(&self.held)
    }

    /// The true level; unknown, too, of what the shop does not hold.
    pub(super) fn level(&self, (product, variant): Key) -> StockLevel {
        match self.shop.shelves() {
            Some(shelves) => shelves.level(product, variant),
            None => find(&mut self.held(), (product, variant)).map_or(StockLevel::Unknown, |level| *level),
        }
    }

    pub(super) fn set(&self, key: Key, level: impl Into<StockLevel>) {
        let level = level.into();
        if let Some(shelves) = self.shop.shelves() {
            return shelves.set_level(key.0, key.1, level);
        }
        let mut held = self.held();
        if let Some(known) = find(&mut held, key) {
            *known = level;
        }
        self.shop.hold(&held);
    }

    /// Somebody buys in the shop, or it receives goods.
    pub(super) fn moves(&self, key: Key, by: i64) {
        let level = self.level(key).quantity().unwrap_or_default();
        self.set(key, StockLevel::Quantity(level + Decimal::from(by)));
    }

    /// Each of these simple products is bought once.
    pub(super) fn sell(&self, products: &[u32]) {
        if self.shop.shelves().is_some() {
            return products.iter().for_each(|product| self.moves(simple(*product), -1));
        }
        self.change(|catalogue| {
            for product in products {
                if let Some(level) = find(catalogue, simple(*product)) {
                    *level = StockLevel::Quantity(level.quantity().unwrap_or_default() - Decimal::ONE);
                }
            }
        });
    }

    /// The shop holds other goods from now on, and the levels of those that stay as they are.
    pub(super) fn change(&self, change: impl FnOnce(&mut Catalogue)) {
        let mut held = self.held();
        if let Some(shelves) = self.shop.shelves() {
            for product in &mut held.products {
                for variant in &mut product.variants {
                    variant.stock = shelves.level(product.key, variant.key);
                }
            }
        }
        change(&mut held);
        self.shop.hold(&held);
    }
}

fn find(catalogue: &mut Catalogue, (product, variant): Key) -> Option<&mut StockLevel> {
    let variants = &mut catalogue.product_mut(product)?.variants;
    variants.iter_mut().find(|known| known.key == variant).map(|variant| &mut variant.stock)
}

/// Both sides of a shop whose goods are linked.
pub(super) struct World<'a> {
    pub(super) arena: &'a Arena<'a>,
    pub(super) marketplace: Marketplace,
    /// What comes by between the connector and the marketplace.
    pub(super) way: Detour,
    pub(super) counter: Counter,
    pub(super) watch: Arc<Watch>,
    pub(super) writing: StockWriting,
    pub(super) below_zero: bool,
    pub(super) buffer: u32,
}

/// What a pass came to.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) end: Result<(), RunError>,
    pub(super) summary: Summary,
    pub(super) told: Vec<String>,
}

impl Passed {
    fn is_done(&self) -> Verdict {
        let told = || self.told.join("; ");
        self.end
            .as_ref()
            .map_err(|error| Finding::new(format!("the pass fails: {error}. {}", told())))
            .copied()
    }

    /// Levels that were set, and those that are left for the next pass.
    fn left(&self) -> u64 {
        let levels = self.summary.levels.clone().unwrap_or_default();
        levels.shop + levels.gateway + levels.waiting
    }
}

impl<'a> World<'a> {
    /// So many goods, of which each fourth is a family, imported with their levels.
    pub(super) async fn new(arena: &'a Arena<'a>, products: u32) -> Result<Self, Finding> {
        Self::with(arena, products, GatewayOptions::default()).await
    }

    pub(super) async fn with(
        arena: &'a Arena<'a>,
        products: u32,
        options: GatewayOptions,
    ) -> Result<Self, Finding> {
        let mut catalogue = Catalogue::of(products);
        for variant in catalogue.products.iter_mut().flat_map(|product| &mut product.variants) {
            variant.stock = StockLevel::Quantity(LEVEL.into());
        }
        let world = Self::unlinked(arena, catalogue, options).await?;
        arena.road.begin_plain();
        let imported = arena.import(&world.marketplace, |options| options.images = Images::None).await?;
        imported
            .end
            .map_err(|error| Finding::new(format!("the import fails: {error} {:?}", imported.told)))?;
        world.later();
        Ok(world)
    }

    /// The shop holds these goods, and the marketplace none.
    pub(super) async fn unlinked(
        arena: &'a Arena<'a>,
        catalogue: Catalogue,
        options: GatewayOptions,
    ) -> Result<Self, Finding> {
        let catalogue = arena.hold(catalogue);
        let abilities = arena.open()?.abilities().clone();
        let (writing, below_zero) = (abilities.stock_writing, abilities.stock_below_zero);
        ensure(writing == StockWriting::No || arena.shop.shelves().is_some(), || {
            "the platform's stock can be written, and its local shop does not tell the true levels (LocalShop::shelves)".to_owned()
        })?;
        let (marketplace, way) = arena.marketplace_by_detour(options).await?;
        let counter = Counter { shop: Arc::clone(&arena.shop), held: Arc::new(Mutex::new(catalogue)) };
        Ok(Self { arena, marketplace, way, counter, watch: Arc::default(), writing, below_zero, buffer: 0 })
    }

    /// Whether the shop's stock can be written.
    pub(super) fn writes(&self) -> bool {
        self.writing != StockWriting::No
    }

    /// Whether that is done by files that the shop reads.
    pub(super) fn is_by_file(&self) -> bool {
        self.writing == StockWriting::File
    }

    /// Time passes, and both sides show what was written.
    pub(super) fn later(&self) {
        self.arena.clock.advance(LATER);
        self.counter.shop.read_files();
    }

    /// From now on every call passes.
    pub(super) fn calm(&self) {
        self.arena.road.begin_plain();
        self.way.begin_plain();
    }

    /// The variants of the shop.
    pub(super) fn keys(&self) -> Vec<Key> {
        let held = self.counter.held();
        let keys = |product: &Product| {
            let product_key = product.key;
            product.variants.iter().map(move |variant| (product_key, variant.key)).collect::<Vec<_>>()
        };
        held.products.iter().flat_map(keys).collect()
    }

    fn offered(&self, (product, variant): Key) -> Result<Value, Finding> {
        let (product, variant) = self.arena.shop.ids(product, variant);
        let is_it = |good: &Value| {
            let told = |at: &str| good.pointer(at).and_then(Value::as_str).map(str::to_owned);
            told("/data/source/product").as_ref() == Some(&product)
                && told("/data/source/variant").as_ref() == Some(&variant)
        };
        self.marketplace.gateway.products().into_iter().find(is_it).ok_or_else(|| {
            Finding::new(format!("variant {variant} of product {product} is not at the marketplace"))
        })
    }

    /// The level that the marketplace has in truth.
    pub(super) fn market(&self, key: Key) -> Result<i64, Finding> {
        let good = self.offered(key)?;
        good.get("stock_level")
            .and_then(Value::as_i64)
            .ok_or_else(|| Finding::new(format!("{good} has no stock level")))
    }

    /// Somebody sets a level at the marketplace.
    pub(super) fn set_market(&self, key: Key, level: i64) -> Verdict {
        let good = self.offered(key)?;
        let guid = good.get("guid").and_then(Value::as_str).unwrap_or_default();
        ensure(self.marketplace.gateway.set_stock(guid, level), || format!("{good} has no guid"))
    }

    /// The marketplace sells, or takes back.
    pub(super) fn market_moves(&self, key: Key, by: i64) -> Verdict {
        self.set_market(key, self.market(key)? + by)
    }

    /// Writes to the marketplace so far.
    pub(super) fn market_writes(&self) -> usize {
        let calls = self.marketplace.gateway.calls();
        calls.iter().filter(|call| call.method != Method::GET && !call.path.ends_with("/_query")).count()
    }

    /// A pass to its end, whatever that is, by a process of its own.
    pub(super) async fn pass_with(&self, tell: impl FnOnce(&mut Options)) -> Result<Passed, Finding> {
        // By a file nothing is written unless somebody says so, and what was written must be known to the next pass.
        let direction = self.is_by_file().then_some(Direction::Both);
        let mut options = Options { buffer: self.buffer, direction, ..Options::default() };
        tell(&mut options);
        let inner = if self.is_by_file() { self.arena.open_again()? } else { self.arena.open()? };
        let platform = Watched { inner, watch: Arc::clone(&self.watch) };
        // Which shop it is may be known only then.
        if let Err(error) = connector::Platform::check(&platform).await {
            return Ok(Passed { end: Err(error.into()), summary: Summary::default(), told: Vec::new() });
        }
        let platform: &dyn connector::Platform = &platform;
        let shop = platform.known_name().map_err(no_memory)?;
        let store = self.arena.memory(&self.marketplace, shop).await?;
        let lease = store.lease(LeaseKind::Stock, "conformance").await.map_err(no_memory)?;
        let (mut summary, told) = (Summary::default(), Mutex::new(Vec::new()));
        let end = stock::run(
            (platform, &self.marketplace.client),
            Memory::Held(&lease),
            &options,
            (&self.arena.clock, &CancellationToken::new()),
            &|event: Event<'_>| sandbox_kit::lock(&told).push(format!("{event:?}")),
            &mut summary,
        )
        .await;
        lease.release().await.map_err(no_memory)?;
        ensure(!self.arena.road.was_exhausted(), || "the shop is asked without end".to_owned())?;
        Ok(Passed { end, summary, told: told.into_inner().unwrap_or_default() })
    }

    pub(super) async fn pass(&self) -> Result<Passed, Finding> {
        self.pass_with(|_| {}).await
    }

    /// A pass that must come to its end.
    pub(super) async fn done(&self) -> Result<Passed, Finding> {
        let passed = self.pass().await?;
        passed.is_done()?;
        Ok(passed)
    }

    /// A pass whose process ends without a word when this does. Whether it came to an end of its own.
    pub(super) async fn pass_until(&self, killed: impl Future<Output = ()>) -> Result<bool, Finding> {
        tokio::select! {
            biased;
            () = killed => Ok(false),
            passed = self.pass() => passed.map(|_| true),
        }
    }

    /// A pass that finds nothing to do, and does nothing.
    pub(super) async fn idle(&self) -> Verdict {
        self.later();
        let (asked, written) = (self.watch.asked(), self.market_writes());
        let passed = self.done().await?;
        let (asked, written) = (self.watch.asked() - asked, self.market_writes() - written);
        ensure(passed.left() == 0 && asked == 0 && written == 0, || {
            format!(
                "nothing has changed, and a pass asks the shop for {asked} changes and writes to the marketplace {written} times: {}",
                passed.told.join("; ")
            )
        })
    }

    /// Passes until one has nothing to do. Single ones may fail.
    pub(super) async fn rest(&self) -> Verdict {
        let mut last = None;
        for _ in 0..MOST_PASSES {
            self.later();
            let passed = self.pass().await?;
            if passed.end.is_ok() && passed.left() == 0 {
                return Ok(());
            }
            last = Some(passed);
        }
        Err(Finding::new(format!("after {MOST_PASSES} passes there is still something to do: {last:?}")))
    }

    /// Whether both sides have this level, the marketplace as far as it is told of it.
    pub(super) fn is_on_both(&self, key: Key, level: i64) -> Verdict {
        self.is_in_shop(key, level)?;
        self.is_at_market(key, (level - i64::from(self.buffer)).max(0))
    }

    /// Whether the shop has this level, when it has read what was written for it: what stands in a file counts as done.
    pub(super) fn is_in_shop(&self, key: Key, level: i64) -> Verdict {
        self.counter.shop.read_files();
        let came = self.counter.level(key);
        ensure(came == StockLevel::Quantity(level.into()), || {
            let shown = came.quantity().map_or("no number".to_owned(), |level| level.normalize().to_string());
            format!("{} is to have the level {level} in the shop, and has {shown}", named(key))
        })
    }

    pub(super) fn is_at_market(&self, key: Key, level: i64) -> Verdict {
        let came = self.market(key)?;
        ensure(came == level, || {
            format!("{} is to have the level {level} at the marketplace, and has {came}", named(key))
        })
    }

    /// The levels of all variants that were to be changed, and that all others are as they were at first.
    pub(super) fn are_on_both(&self, changed: &BTreeMap<Key, i64>) -> Verdict {
        self.keys()
            .into_iter()
            .try_for_each(|key| self.is_on_both(key, changed.get(&key).copied().unwrap_or(LEVEL)))
    }
}

fn named((product, variant): Key) -> String {
    if variant == SIMPLE {
        format!("product {product}")
    } else {
        format!("variant {variant} of product {product}")
    }
}

/// A simple product.
pub(super) const fn simple(product: u32) -> Key {
    (product, SIMPLE)
}
