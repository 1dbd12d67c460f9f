//! Any history of sales, deliveries, corrections, crashes and lost answers comes to the levels of the model.
//!
//! The model is a sum: what was there, and what happened on either side. Histories are of three kinds. Where no level moves between a
//! pass's reading of it and the confirmation of its write, both sides must be equal to the model. Where one moves then, no change is taken
//! twice, and what is not equal to the model was told of. Where it moves so that nobody can see it (it comes back to exactly the level
//! that was there, or is overwritten before the index shows it), only the history itself knows; those are counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use connector::{NoticeKind, StockWriting};
use gateway_core::model::StockLevel;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rust_decimal::Decimal;
use state::LevelRow;

use super::steps::{History, Step, Trouble, history};
use super::world::{Passed, Stocked};

const PRODUCTS: [&str; 2] = ["1", "2"];

/// What the history itself knows of a product.
#[derive(Default)]
struct Truth {
    /// What was there, and what happened on either side.
    level: i64,
    sold: i64,
    returned: i64,
    last_at_market: Option<DateTime<Utc>>,
    has_moved: bool,
    is_hidden: bool,
}

struct Play {
    stocked: Stocked,
    history: History,
    truths: BTreeMap<&'static str, Truth>,
}

impl Play {
    async fn begin(history: &History) -> Self {
        let goods = PRODUCTS.map(|product| (product, 10));
        let lag = Duration::from_secs(history.lag);
        let mut stocked =
            Stocked::with(&goods, history.writing, history.below_zero, |options| options.index_lag = lag)
                .await;
        stocked.open = Some(stocked.store().await);
        if !history.knows_files {
            stocked.shelves.be_blind();
        }
        let truths = PRODUCTS.map(|product| (product, Truth { level: 10, ..Truth::default() }));
        let play = Self { stocked, history: history.clone(), truths: truths.into() };
        play.stocked.later(300);
        play
    }

    fn truth(&mut self, product: &'static str) -> &mut Truth {
        self.truths.get_mut(product).unwrap()
    }

    async fn row(&self, product: &str) -> Option<LevelRow> {
        let rows = self.stocked.rows().await;
        rows.into_iter().find(|row| row.product.as_str() == product)
    }

    /// Before a level moves: whether a write of it is not confirmed; and behind that, whether it is where nobody can tell it from one
    /// that did not move.
    async fn moved(&mut self, product: &'static str) {
        let Some(row) = self.row(product).await else { return };
        let market = Some(Decimal::from(self.stocked.market(product)));
        let shop = Some(self.stocked.shelves.level(product));
        let open = |write: &&state::LevelWrite| row.market != Some(write.intended);
        let at_market = row.market_write.as_ref().filter(open);
        let looks_right =
            |write: &state::LevelWrite, level| write.old == level || Some(write.intended) == level;
        let is_set = self.history.writing == StockWriting::Set;
        let is_hidden = at_market.is_some_and(|write| looks_right(write, market))
            || row.shop_write.as_ref().is_some_and(|write| is_set && looks_right(write, shop));
        // What stands in a file is not waited for.
        let has_moved = at_market.is_some() || (row.shop_write.is_some() && !self.history.knows_files);
        let truth = self.truth(product);
        truth.has_moved |= has_moved;
        truth.is_hidden |= is_hidden;
    }

    async fn in_shop(&mut self, product: &'static str, by: i64) {
        self.stocked.shelves.moves(product, by);
        self.truth(product).level += by;
        self.moved(product).await;
    }

    async fn at_market(&mut self, product: &'static str, by: i64) {
        let by = self.stocked.market_moves(product, by);
        self.sold_or_returned(product, by);
        self.moved(product).await;
    }

    fn sold_or_returned(&mut self, product: &'static str, by: i64) {
        let now = self.stocked.world.clock.now();
        let truth = self.truth(product);
        truth.level += by;
        truth.sold += (-by).max(0);
        truth.returned += by.max(0);
        if by != 0 {
            truth.last_at_market = Some(now);
        }
    }

    async fn pass(&mut self, trouble: &Trouble) {
        let begun = self.stocked.world.clock.now();
        let waiting = self.waiting(begun).await;
        let (shelves, world) = (&self.stocked.shelves, &self.stocked.world);
        let changed = PRODUCTS.map(|product| shelves.changed(product));
        let levels = PRODUCTS.map(|product| shelves.level(product));
        let calls = world.gateway.calls().len();
        let called = |more: usize| async move {
            while world.gateway.calls().len() < calls + more {
                tokio::task::yield_now().await;
            }
        };
        match trouble {
            Trouble::InShop(mishap) => shelves.befall(*mishap),
            Trouble::AtMarket(fault) => {
                world.gateway.script(transport::Method::POST, "/dashboard/webshops/", [*fault]);
            }
            _ => {}
        }
        let buffer = self.history.buffer;
        let with = |options: &mut connector::stock::Options| {
            options.buffer = buffer;
            options.force = true;
        };
        let mut sold = None;
        let passed = match trouble {
            Trouble::Killed(more) => self.stocked.pass_until(with, called(*more)).await,
            Trouble::SoldMeanwhile(more, product, by) => {
                let product = PRODUCTS[*product];
                let selling = async {
                    called(*more).await;
                    sold = Some((product, self.stocked.market_moves(product, *by)));
                    pending::<()>().await;
                };
                self.stocked.pass_until(with, selling).await
            }
            _ => self.stocked.pass_until(with, pending()).await,
        };
        self.stocked.shelves.forget_mishaps();
        if matches!((trouble, &passed), (Trouble::None, Some(_))) {
            self.sells_no_more_than_there_is(&waiting);
        }
        if let Some((product, by)) = sold {
            self.sold_or_returned(product, by);
            let wrote = self.wrote(product, begun, passed.as_ref()).await;
            let truth = self.truth(product);
            truth.has_moved = true;
            truth.is_hidden |= wrote;
        }
        let lag = TimeDelta::seconds(self.history.lag.cast_signed());
        for (at, product) in PRODUCTS.into_iter().enumerate() {
            let taken = self.stocked.shelves.changed(product) - changed[at];
            let moved = self.stocked.shelves.level(product) - levels[at] - taken;
            if !moved.is_zero() {
                // It moved between the two readings of it.
                let truth = self.truth(product);
                truth.level += i64::try_from(moved).unwrap();
                truth.has_moved = true;
                if self.history.writing == StockWriting::Set {
                    let passed = passed.as_ref().unwrap();
                    assert!(taken.is_zero(), "the shop is not written: {passed:?}");
                    assert!(passed.noticed(NoticeKind::Moved, product), "it is told: {passed:?}");
                    self.is_told_the_lower(product, levels[at]);
                }
            }
            let unseen = self.truths[product].last_at_market.is_some_and(|at| at + lag > begun);
            if unseen && self.wrote(product, begun, passed.as_ref()).await {
                let truth = self.truth(product);
                (truth.has_moved, truth.is_hidden) = (true, true);
            }
            if let Some(passed) = &passed {
                let is_uncertain = passed.noticed(NoticeKind::Uncertain, product);
                if is_uncertain {
                    assert!(taken.is_zero(), "the shop is not written: {passed:?}");
                }
            }
        }
    }

    /// Products whose level at the marketplace was written a moment ago and is another one now. It may be an older one that is shown once
    /// more, so that a pass leaves them to the next one.
    async fn waiting(&self, begun: DateTime<Utc>) -> BTreeSet<String> {
        let is_waiting = |row: &LevelRow| {
            let market = Decimal::from(self.stocked.market(row.product.as_str()));
            let settle = TimeDelta::from_std(gateway_core::assumptions::SETTLE).unwrap();
            row.market_write
                .as_ref()
                .is_some_and(|write| begun - write.at < settle && market != write.intended)
        };
        let rows = self.stocked.rows().await;
        rows.iter().filter(|row| is_waiting(row)).map(|row| row.product.to_string()).collect()
    }

    /// Where everything was seen a pass leaves nothing on sale that is not there, whoever has not read what file.
    fn sells_no_more_than_there_is(&self, waiting: &BTreeSet<String>) {
        let buffer = i64::from(self.history.buffer);
        for (product, truth) in
            self.truths.iter().filter(|(_, truth)| !truth.has_moved && self.history.lag == 0)
        {
            if waiting.contains(*product) {
                continue;
            }
            let market = self.stocked.market(product);
            assert!(
                !self.history.knows_files || market <= (truth.level - buffer).max(0),
                "{market} of {}",
                truth.level
            );
        }
    }

    /// Of two readings of the shop's level the marketplace is told the lower.
    fn is_told_the_lower(&self, product: &str, read: Decimal) {
        let lower = read.min(self.stocked.shelves.level(product));
        let market = Decimal::from(self.stocked.market(product));
        assert!(
            market <= lower.max(Decimal::ZERO) + Decimal::from(self.truths[product].returned),
            "{market} of {lower}"
        );
    }

    /// Whether a pass that began then wrote to the marketplace.
    async fn wrote(&self, product: &str, begun: DateTime<Utc>, passed: Option<&Passed>) -> bool {
        let row = self.row(product).await;
        let since = row.and_then(|row| row.market_write).is_some_and(|write| write.at >= begun);
        let set = format!("market {product} ");
        since || passed.is_some_and(|passed| passed.set.iter().any(|line| line.starts_with(&set)))
    }

    async fn play(mut self) -> Result<[usize; 3], TestCaseError> {
        let steps = self.history.steps.clone();
        for step in &steps {
            match step {
                Step::Shop(product, by) => self.in_shop(PRODUCTS[*product], *by).await,
                Step::Market(product, by) => self.at_market(PRODUCTS[*product], *by).await,
                Step::Wait(seconds) => self.stocked.later(*seconds),
                Step::Pass(trouble) => self.pass(trouble).await,
                Step::ReadFile => self.stocked.shelves.read_file(),
                // Who guesses by levels what was read cannot be told what never will be.
                Step::DiscardFile if self.history.knows_files => self.stocked.shelves.discard_file(),
                Step::DiscardFile => {}
            }
        }
        self.come_to_rest().await;
        self.judge().await
    }

    /// Nothing happens any more, and passes go on.
    async fn come_to_rest(&mut self) {
        for _ in 0..8 {
            self.stocked.later(300);
            self.stocked.shelves.read_file();
            self.pass(&Trouble::None).await;
        }
    }

    async fn judge(self) -> Result<[usize; 3], TestCaseError> {
        let mut kinds = [0; 3];
        let buffer = i64::from(self.history.buffer);
        for (product, truth) in &self.truths {
            let row = self.row(product).await.unwrap();
            let shop = self.stocked.shelves.level(product);
            let market = self.stocked.market(product);
            // What the shop does not take below 0 is owed to it, and is no less gone for that.
            let owed = if self.history.below_zero { Decimal::ZERO } else { row.owed };
            let is_equal =
                shop + owed == Decimal::from(truth.level) && market == (truth.level - buffer).max(0);
            let heard = self.stocked.heard.lock().unwrap();
            let is_reported = heard.iter().any(|(kind, of)| *kind == NoticeKind::Uncertain && of == product);
            let found = format!(
                "{product}: shop {shop}, owed {owed}, market {market}, model {}, {row:?}",
                truth.level
            );
            match (truth.has_moved, truth.is_hidden) {
                (false, _) => {
                    kinds[0] += 1;
                    prop_assert!(is_equal, "{}", found);
                }
                (true, false) => {
                    kinds[1] += 1;
                    prop_assert!(is_equal || is_reported, "not told: {}", found);
                    let taken = self.stocked.shelves.changed(product);
                    let once = Decimal::from(-truth.sold)..=Decimal::from(truth.returned);
                    prop_assert!(once.contains(&taken), "taken twice: {}, {}", taken, found);
                    prop_assert!(Decimal::from(market) <= shop.max(Decimal::ZERO), "oversold: {}", found);
                }
                (true, true) => kinds[2] += 1,
            }
            prop_assert_eq!(row.shop, Some(StockLevel::Quantity(shop)));
            prop_assert_eq!(row.market, Some(Decimal::from(market)));
        }
        Ok(kinds)
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "it is what the test counts")]
fn any_history_comes_to_the_levels_of_the_model() {
    let counts = [const { AtomicUsize::new(0) }; 3];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100);
    let mut runner = TestRunner::new(Config { cases, max_shrink_iters: 300, ..Config::default() });
    let result = runner.run(&history(), |history| {
        let kinds = runtime.block_on(async { Play::begin(&history).await.play().await })?;
        for (count, more) in counts.iter().zip(kinds) {
            count.fetch_add(more, Ordering::Relaxed);
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let [still, moved, hidden] = counts.map(AtomicUsize::into_inner);
    println!("{still} did not move in a window, {moved} did, {hidden} so that nobody could see it");
    assert!(still > 0 && moved > 0 && hidden > 0, "{still} {moved} {hidden}");
    let kinds: BTreeSet<usize> = [still, moved].into();
    assert!(kinds.iter().all(|count| *count >= cases as usize / 10), "{still} {moved} {hidden}");
}
