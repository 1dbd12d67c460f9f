//! A shop in memory whose stock can be written, in any of the ways that platforms have.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use connector::{
    Abilities, AdjustmentKey, End, ImageError, Item, Known, Language, NativeScopes, Outcome, Outstanding,
    OutstandingLine, Platform, PlatformError, Scope, ShopInfo, ShopName, StockAdjustment, StockItem,
    StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{CategoryTree, ImageRef, ProductId, StockLevel, VariantId};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use rust_decimal::Decimal;
use state::VariantKey;
use tokio_util::sync::CancellationToken;
use transport::HostLimits;

use crate::support::{shop_name, tree};

/// What befalls the next change that the shop is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It is not done, and nobody says so.
    LostBefore,
    /// It is done, and nobody says so.
    LostAfter,
    /// The shop cannot be reached.
    Unreachable,
    /// The process ends before it is done.
    KilledBefore,
    /// The process ends when it is done.
    KilledAfter,
    /// Somebody changes the level just before it is looked at again.
    Moves(i64),
}

/// A shop with shelves.
pub(crate) struct Shelves {
    name: ShopName,
    abilities: Abilities,
    inner: Mutex<Inner>,
    /// Cancelled when the process is to end.
    pub(crate) killed: Mutex<CancellationToken>,
    /// Whether it tells other ids of its products.
    pub(crate) tells_other_ids: AtomicBool,
}

#[derive(Default)]
struct Inner {
    levels: BTreeMap<VariantKey, StockLevel>,
    /// Variants that it does not take a change of.
    refused: BTreeSet<VariantKey>,
    unclear: BTreeSet<VariantKey>,
    mishaps: VecDeque<Mishap>,
    /// Changes that were done, by whoever asked for them.
    done: Vec<(VariantKey, Decimal)>,
    keys: BTreeSet<AdjustmentKey>,
    /// Changes that stand in a file which the shop has not read yet.
    file: Vec<StockAdjustment>,
    /// Changes that it has read without a word, so that they are taken for such.
    unseen: BTreeSet<AdjustmentKey>,
    /// Changes that nobody will do, because the file was thrown away.
    discarded: BTreeSet<AdjustmentKey>,
    /// Whether nobody knows what stands in files.
    is_blind: bool,
    is_partial: bool,
    asked: usize,
}

pub(crate) fn key(product: &str) -> VariantKey {
    (ProductId::new(product).unwrap(), VariantId::simple())
}

impl Shelves {
    pub(crate) fn new(stock_writing: StockWriting, below_zero: bool) -> Self {
        let abilities = Abilities {
            native: NativeScopes { since: false, products: true },
            page_size: 100,
            limits: HostLimits::default(),
            stock_writing,
            stock_below_zero: below_zero,
            stock_shown_within: (stock_writing == StockWriting::File).then_some(Duration::from_secs(86_400)),
            since_misses: None,
        };
        Self {
            name: shop_name(),
            abilities,
            inner: Mutex::default(),
            killed: Mutex::default(),
            tells_other_ids: AtomicBool::default(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(crate) fn set(&self, product: &str, level: impl Into<Decimal>) {
        self.inner().levels.insert(key(product), StockLevel::Quantity(level.into()));
    }

    pub(crate) fn set_unknown(&self, product: &str) {
        self.inner().levels.insert(key(product), StockLevel::Unknown);
    }

    pub(crate) fn remove(&self, product: &str) {
        self.inner().levels.remove(&key(product));
    }

    /// Somebody sells, or receives.
    pub(crate) fn moves(&self, product: &str, by: i64) {
        self.inner().change(&key(product), by.into());
    }

    pub(crate) fn level(&self, product: &str) -> Decimal {
        self.inner().levels[&key(product)].quantity().unwrap()
    }

    pub(crate) fn refuse(&self, product: &str, refuses: bool) {
        let mut inner = self.inner();
        match refuses {
            true => inner.refused.insert(key(product)),
            false => inner.refused.remove(&key(product)),
        };
    }

    pub(crate) fn be_unclear(&self, product: &str) {
        self.inner().unclear.insert(key(product));
    }

    pub(crate) fn be_partial(&self, is_partial: bool) {
        self.inner().is_partial = is_partial;
    }

    pub(crate) fn befall(&self, mishap: Mishap) {
        self.inner().mishaps.push_back(mishap);
    }

    pub(crate) fn forget_mishaps(&self) {
        self.inner().mishaps.clear();
    }

    /// By how much others than shoppers have changed a level.
    pub(crate) fn changed(&self, product: &str) -> Decimal {
        let inner = self.inner();
        inner.done.iter().filter(|(changed, _)| *changed == key(product)).map(|(_, by)| *by).sum()
    }

    /// How many changes were done.
    pub(crate) fn changes(&self) -> usize {
        self.inner().done.len()
    }

    /// How many times the shop was asked for anything.
    pub(crate) fn asked(&self) -> usize {
        self.inner().asked
    }

    /// The shop reads the file with what it was asked for.
    pub(crate) fn read_file(&self) {
        let mut inner = self.inner();
        for change in std::mem::take(&mut inner.file) {
            inner.apply(&change);
        }
    }

    /// From now on nobody knows what stands in files.
    pub(crate) fn be_blind(&self) {
        self.inner().is_blind = true;
    }

    /// The shop reads the file, and nobody can see that it did.
    pub(crate) fn read_file_unseen(&self) {
        let mut inner = self.inner();
        for change in std::mem::take(&mut inner.file) {
            let key = (change.product.clone(), change.variant.clone());
            inner.change(&key, change.delta);
            inner.done.push((key, change.delta));
            inner.unseen.insert(change.key);
        }
    }

    /// Somebody says that everything in files has been read.
    pub(crate) fn say_booked(&self) {
        let mut inner = self.inner();
        let said: Vec<AdjustmentKey> =
            std::mem::take(&mut inner.file).into_iter().map(|change| change.key).collect();
        let unseen = std::mem::take(&mut inner.unseen);
        inner.keys.extend(said);
        inner.keys.extend(unseen);
    }

    /// The file is thrown away, and it is known that it is.
    pub(crate) fn discard_file(&self) {
        let mut inner = self.inner();
        let discarded = std::mem::take(&mut inner.file);
        inner.discarded.extend(discarded.into_iter().map(|change| change.key));
    }

    /// What is known of files is lost, and they lie there all the same.
    pub(crate) fn forget_file(&self) {
        self.inner().file.clear();
    }

    fn one(&self, change: &StockAdjustment) -> Outcome {
        let gone = || PlatformError::Failed { what: "the shop did not answer".to_owned() };
        let mut inner = self.inner();
        let key = (change.product.clone(), change.variant.clone());
        let mishap = inner.mishaps.pop_front();
        match mishap {
            Some(Mishap::LostBefore) => return Outcome::Unknown(gone()),
            Some(Mishap::Unreachable) => return Outcome::NotDone(gone()),
            Some(Mishap::KilledBefore) => {
                self.killed.lock().unwrap().cancel();
                return Outcome::Unknown(gone());
            }
            Some(Mishap::Moves(by)) => inner.change(&key, by.into()),
            Some(Mishap::LostAfter | Mishap::KilledAfter) | None => {}
        }
        if inner.refused.contains(&key) {
            return Outcome::Refused("it is being counted".to_owned());
        }
        let Some(StockLevel::Quantity(now)) = inner.levels.get(&key).copied() else {
            return Outcome::Refused("it is not there".to_owned());
        };
        match self.abilities.stock_writing {
            StockWriting::Set if now != change.read => return Outcome::Moved(now),
            StockWriting::File => inner.file.push(change.clone()),
            StockWriting::Set | StockWriting::Delta => inner.apply(change),
            StockWriting::No => return Outcome::Refused("it cannot be written".to_owned()),
        }
        if !self.abilities.stock_below_zero {
            assert!(inner.levels[&key].quantity().unwrap() >= now.min(Decimal::ZERO), "{change:?} at {now}");
        }
        match mishap {
            Some(Mishap::LostAfter) => Outcome::Unknown(gone()),
            Some(Mishap::KilledAfter) => {
                self.killed.lock().unwrap().cancel();
                Outcome::Unknown(gone())
            }
            _ if self.abilities.stock_writing == StockWriting::File => Outcome::Accepted,
            _ => Outcome::Done(inner.levels[&key].quantity().unwrap()),
        }
    }
}

impl Inner {
    fn change(&mut self, key: &VariantKey, by: Decimal) {
        let level = self.levels.get_mut(key).unwrap();
        *level = StockLevel::Quantity(level.quantity().unwrap() + by);
    }

    fn apply(&mut self, change: &StockAdjustment) {
        // Who is asked for the same change twice does it once.
        if self.keys.insert(change.key.clone()) {
            let key = (change.product.clone(), change.variant.clone());
            self.change(&key, change.delta);
            self.done.push((key, change.delta));
        }
    }
}

impl Platform for Shelves {
    fn name(&self) -> Option<&ShopName> {
        Some(&self.name)
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        self.inner().asked += 1;
        let language = Language { id: "1".into(), name: "Polski".into(), active: true };
        let info = ShopInfo {
            title: None,
            version: None,
            currency: Currency::PLN,
            languages: vec![language.clone()],
            language,
            products: None,
            warnings: Vec::new(),
        };
        async { Ok(info) }.boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async { Ok(tree(&[])) }.boxed()
    }

    fn products(&self, _: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        stream::iter([Ok(Item::End(End::Partial))]).boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        let mut inner = self.inner();
        inner.asked += 1;
        let is_wanted = |key: &&VariantKey| match &scope {
            Scope::Products(products) => products.contains(&key.0),
            _ => true,
        };
        let mut items: Vec<_> = Vec::new();
        for key in inner.levels.keys().filter(is_wanted) {
            let (product, variant) = key.clone();
            items.push(Ok(match inner.unclear.contains(key) {
                true => {
                    StockItem::Unclear { product, variant: Some(variant), why: "it is no number".to_owned() }
                }
                false => StockItem::Level { product, variant, level: inner.levels[key] },
            }));
        }
        items.push(Ok(StockItem::End(if inner.is_partial { End::Partial } else { End::Complete })));
        stream::iter(items).boxed()
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        async move {
            self.inner().asked += 1;
            let mut outcomes = Vec::new();
            for change in adjustments {
                outcomes.push(self.one(change));
                // Who is killed does not get so far.
                if self.killed.lock().unwrap().is_cancelled() {
                    std::future::pending::<()>().await;
                }
            }
            outcomes
        }
        .boxed()
    }

    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Outstanding>, PlatformError>> {
        let line = |change: &StockAdjustment| OutstandingLine {
            key: change.key.clone(),
            product: change.product.clone(),
            symbol: change.product.to_string(),
            delta: change.delta,
        };
        let file = Outstanding {
            numbers: vec!["1".to_owned()],
            file: "file".into(),
            at: chrono::DateTime::UNIX_EPOCH,
            lines: self.inner().file.iter().map(line).collect(),
            settled: None,
            troubles: Vec::new(),
        };
        async { Ok(vec![file]) }.boxed()
    }

    fn tells_other_ids(&self) -> bool {
        self.tells_other_ids.load(Ordering::Relaxed)
    }

    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        let inner = self.inner();
        let remembers = self.abilities.stock_writing != StockWriting::Set;
        let knows_files = self.abilities.stock_writing == StockWriting::File && !inner.is_blind;
        let is_open = |key: &AdjustmentKey| {
            inner.unseen.contains(key) || inner.file.iter().any(|change| change.key == *key)
        };
        let known = |key: &AdjustmentKey| match remembers {
            false => Known::Unknown,
            true if inner.keys.contains(key) => Known::Done,
            true if is_open(key) && knows_files => Known::Outstanding,
            true if is_open(key) => Known::Unknown,
            true if knows_files && !inner.discarded.contains(key) => Known::Forgotten,
            true => Known::NotDone,
        };
        let known: Vec<Known> = keys.iter().map(known).collect();
        async { Ok(known) }.boxed()
    }

    fn image<'a>(&'a self, _: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async { Err(ImageError::Missing("there are no pictures".to_owned())) }.boxed()
    }

    fn requests(&self) -> u64 {
        self.asked() as u64
    }
}
