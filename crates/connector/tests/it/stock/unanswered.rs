//! Writes that nobody answered, processes that were killed, and an index that lags behind.

use std::time::Duration;

use connector::{NoticeKind, StockWriting};
use rust_decimal::Decimal;
use sandbox::gateway::Fault;

use super::shelves::Mishap;
use super::world::Stocked;

fn lagging(seconds: u64) -> impl FnOnce(&mut sandbox::gateway::Options) {
    move |options| options.index_lag = Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_change_that_was_not_answered_is_done_once() {
    for way in [StockWriting::Set, StockWriting::Delta] {
        for mishap in [
            Mishap::LostBefore,
            Mishap::LostAfter,
            Mishap::Unreachable,
            Mishap::KilledBefore,
            Mishap::KilledAfter,
        ] {
            let stocked = Stocked::new(&[("1", 10)], way).await;
            stocked.pass().await.done();
            stocked.later(300);
            stocked.market_moves("1", -3);
            stocked.shelves.befall(mishap);
            let passed = stocked.pass_until(|_| {}, std::future::pending()).await;
            assert!(passed.is_none_or(|passed| passed.result.is_err()), "{way:?} {mishap:?}");
            // A pass right behind it does not know yet, and is no danger.
            stocked.pass().await.done();
            stocked.later(300);
            stocked.pass().await.done();
            stocked.later(300);
            assert!(stocked.pass().await.done().is_idle());
            let levels = (stocked.market("1"), stocked.shelves.level("1"), stocked.shelves.changed("1"));
            assert_eq!(levels, (7, Decimal::from(7), Decimal::from(-3)), "{way:?} {mishap:?}");
        }
    }
}

#[tokio::test]
async fn a_repeated_change_bears_the_same_key() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -3);
    stocked.shelves.befall(Mishap::LostBefore);
    stocked.pass().await;
    let first = stocked.row("1").await.shop_write.unwrap();
    stocked.later(300);
    stocked.market_moves("1", -1);
    stocked.shelves.befall(Mishap::LostBefore);
    stocked.pass().await;
    let second = stocked.row("1").await.shop_write.unwrap();
    assert_eq!((first.key, first.intended), (second.key, second.intended));
    assert!(second.at > first.at);
    for _ in 0..2 {
        stocked.later(300);
        stocked.pass().await.done();
    }
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (6, Decimal::from(6)));
}

#[tokio::test]
async fn a_level_that_moved_behind_an_unanswered_change_is_not_written_again() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    for mishap in [Mishap::LostBefore, Mishap::LostAfter] {
        stocked.later(300);
        let before = stocked.shelves.level("1");
        stocked.market_moves("1", -2);
        stocked.shelves.befall(mishap);
        stocked.pass().await;
        stocked.shelves.moves("1", -1);
        stocked.later(300);
        let changes = stocked.shelves.changes();
        let passed = stocked.pass().await.done();
        assert!(passed.noticed(NoticeKind::Uncertain, "1"), "{mishap:?} {passed:?}");
        assert_eq!(stocked.shelves.changes(), changes, "the shop is not written");
        // The lower of the two: as if the change was still to be taken off.
        let lower = stocked.shelves.level("1") - Decimal::TWO;
        assert_eq!(Decimal::from(stocked.market("1")), lower, "{mishap:?}, {before} before");
        // It stays so for as long as nobody puts it right.
        stocked.later(300);
        assert!(stocked.pass().await.done().is_idle());
        // Somebody counts, and puts the level right.
        stocked.shelves.set("1", 20);
        stocked.later(300);
        stocked.pass().await.done();
        assert_eq!(stocked.market("1"), 20);
    }
}

#[tokio::test]
async fn a_level_at_the_marketplace_that_was_not_answered_is_written_until_it_is_shown() {
    for fault in [Fault::ServerError, Fault::Drop, Fault::LostAnswer, Fault::DoneButError, Fault::Half] {
        let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.shelves.moves("1", -3);
        stocked.shelves.moves("2", -4);
        stocked.world.gateway.script(transport::Method::POST, "/dashboard/webshops", [fault; 12]);
        // As many as it takes until all of these have befallen a call.
        for _ in 0..12 {
            let _failed_or_not = stocked.pass().await;
            stocked.later(300);
        }
        stocked.pass().await.done();
        stocked.later(300);
        stocked.pass().await.done();
        assert_eq!((stocked.market("1"), stocked.market("2")), (7, 6), "{fault}");
        assert!(stocked.pass().await.done().is_idle());
        assert_eq!(stocked.shelves.changes(), 0, "{fault}: nothing of it is taken for a sale");
    }
}

#[tokio::test]
async fn a_level_that_the_index_does_not_show_yet_is_no_change() {
    let stocked = Stocked::with(&[("1", 10)], StockWriting::Set, true, lagging(50)).await;
    stocked.later(300);
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.moves("1", -3);
    // Nobody waits for the index here: the pass is killed right behind its write.
    let written = async {
        while stocked.market("1") != 7 {
            tokio::task::yield_now().await;
        }
    };
    assert!(stocked.pass_until(|_| {}, written).await.is_none());
    stocked.later(5);
    let passed = stocked.pass().await.done();
    assert!(passed.is_idle(), "{passed:?}");
    assert_eq!(passed.summary.levels.unwrap().waiting, 1);
    stocked.later(50);
    assert!(stocked.pass().await.done().is_idle());
    assert_eq!(stocked.row("1").await.market, Some(Decimal::from(7)));
    assert_eq!(stocked.shelves.changes(), 0);
}

#[tokio::test]
async fn a_sale_behind_an_answered_write_is_counted() {
    let stocked = Stocked::with(&[("1", 10)], StockWriting::Set, true, lagging(50)).await;
    stocked.later(300);
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.moves("1", -3);
    let passed = stocked.pass_with(|options| options.settle = Duration::from_secs(20)).await.done();
    assert_eq!(passed.summary.levels.unwrap().waiting, 1, "the index was slower than it was said to be");
    stocked.market_moves("1", -1);
    stocked.later(300);
    stocked.pass().await.done();
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (6, Decimal::from(6)));
}

#[tokio::test]
async fn an_older_level_that_is_shown_again_is_no_change() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.moves("1", -3);
    stocked.pass().await.done();
    // Another copy of the index answers, which is behind.
    stocked.set_market("1", 10);
    let passed = stocked.pass().await.done();
    assert!(passed.is_idle(), "{passed:?}");
    stocked.set_market("1", 7);
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
}

#[tokio::test]
async fn a_dead_shop_does_not_keep_the_marketplace_from_being_told() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -1);
    stocked.shelves.moves("2", -1);
    stocked.shelves.befall(Mishap::Unreachable);
    let passed = stocked.pass().await;
    assert!(passed.result.is_err());
    assert_eq!(passed.set, ["market 2 9"]);
    stocked.later(300);
    stocked.pass().await.done();
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (9, Decimal::from(9)));
}

#[tokio::test]
async fn a_pass_that_is_killed_anywhere_counts_nothing_twice() {
    for calls in 0..9 {
        let stocked =
            Stocked::with(&[("1", 10), ("2", 10), ("3", 10)], StockWriting::Set, true, lagging(20)).await;
        stocked.later(300);
        stocked.pass().await.done();
        stocked.later(300);
        stocked.market_moves("1", -2);
        stocked.shelves.moves("2", -3);
        stocked.market_moves("3", -1);
        stocked.shelves.moves("3", -1);
        stocked.later(30);
        let seen = stocked.world.gateway.calls().len();
        let killed = async {
            while stocked.world.gateway.calls().len() < seen + calls {
                tokio::task::yield_now().await;
            }
        };
        let _passed = stocked.pass_until(|_| {}, killed).await;
        for _ in 0..3 {
            stocked.pass().await.done();
            stocked.later(100);
        }
        let levels = ["1", "2", "3"].map(|product| (stocked.market(product), stocked.shelves.level(product)));
        assert_eq!(levels, [8, 7, 8].map(|level| (level, Decimal::from(level))), "{calls}");
    }
}

#[tokio::test]
async fn somebody_says_that_a_level_is_right() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    stocked.shelves.befall(Mishap::LostAfter);
    stocked.pass().await;
    stocked.shelves.moves("1", -1);
    stocked.later(300);
    stocked.pass().await.done();
    assert_eq!(stocked.market("1"), 5, "the lower one");
    stocked.later(300);
    let only = connector::Scope::Products(vec![super::shelves::key("1").0]);
    let right = |options: &mut connector::stock::Options| {
        options.scope = only;
        options.take_base = true;
    };
    assert_eq!(stocked.pass_with(right).await.done().set, ["market 1 7"]);
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
}

#[tokio::test]
async fn what_is_held_stays_held_while_the_marketplace_is_waited_for() {
    let stocked = Stocked::with(&[("1", 10)], StockWriting::Set, true, lagging(50)).await;
    stocked.later(300);
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    stocked.later(100);
    stocked.shelves.befall(Mishap::LostBefore);
    stocked.pass().await;
    stocked.shelves.moves("1", -1);
    // The marketplace is written, and killed before that is confirmed.
    stocked.later(61);
    let told = async {
        while stocked.market("1") != 7 {
            tokio::task::yield_now().await;
        }
    };
    assert!(stocked.pass_until(|_| {}, told).await.is_none());
    for _ in 0..3 {
        stocked.later(20);
        stocked.pass().await.done();
        assert_eq!((stocked.market("1"), stocked.row("1").await.held), (7, Decimal::TWO));
    }
}
