//! Goods that are taken off the marketplace and come back, while what was sold of them stands in a file.

use connector::stock::Direction;
use connector::{Scope, StockWriting};
use rust_decimal::Decimal;
use state::{Changes, LeaseKind, Link};

use super::shelves::key;
use super::world::{Passed, Stocked};
use crate::support::guid;

/// What became of the file while the good was away.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Nothing,
    Read,
    Discarded,
}

/// A shop of two products, of the first of which the marketplace has sold two, which stands in a file.
async fn sold_two() -> Stocked {
    let stocked = Stocked::new(&[("1", 10), ("2", 5)], StockWriting::File).await;
    later_pass(&stocked).await;
    stocked.market_moves("1", -2);
    later_pass(&stocked).await;
    assert!(stocked.row("1").await.shop_write.is_some());
    stocked
}

async fn later_pass(stocked: &Stocked) -> Passed {
    stocked.later(300);
    stocked.pass().await.done()
}

/// The shop has the first product again, and some more passes go by.
async fn comes_back(stocked: &Stocked, meanwhile: Meanwhile) -> i64 {
    // A level that is not on the shelves cannot be changed by a file.
    stocked.shelves.set("1", 10);
    match meanwhile {
        Meanwhile::Nothing => {}
        Meanwhile::Read => stocked.shelves.read_file(),
        Meanwhile::Discarded => stocked.shelves.discard_file(),
    }
    let level = if let Meanwhile::Read = meanwhile { 8 } else { 10 };
    stocked.import(&[("1", level), ("2", 5)]).await;
    assert_ne!(stocked.world.one("1", "0")["archived"], true);
    let shown = stocked.market("1");
    for _ in 0..3 {
        later_pass(stocked).await;
    }
    shown
}

async fn all_is_right_in_the_end(stocked: &Stocked) {
    assert_eq!(stocked.market("1"), 8);
    stocked.shelves.read_file();
    assert!(later_pass(stocked).await.is_idle());
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (8, Decimal::from(8)));
    assert!(stocked.row("1").await.owed.is_zero());
}

#[tokio::test]
async fn what_was_archived_comes_back_without_what_is_sold_already() {
    for meanwhile in [Meanwhile::Nothing, Meanwhile::Read, Meanwhile::Discarded] {
        for seen_by_a_pass in [false, true] {
            let stocked = sold_two().await;
            stocked.shelves.remove("1");
            if seen_by_a_pass {
                later_pass(&stocked).await;
            }
            stocked.import_pruning(&[("2", 5)]).await;
            assert_eq!(stocked.world.all_of("1", "0")[0]["archived"], true);
            later_pass(&stocked).await;
            let shown = comes_back(&stocked, meanwhile).await;
            assert_eq!(shown, if seen_by_a_pass { 0 } else { 8 }, "{meanwhile:?}");
            all_is_right_in_the_end(&stocked).await;
        }
    }
}

#[tokio::test]
async fn what_was_away_for_a_while_comes_back_without_what_is_sold_already() {
    for meanwhile in [Meanwhile::Nothing, Meanwhile::Read, Meanwhile::Discarded] {
        let stocked = sold_two().await;
        stocked.shelves.remove("1");
        assert_eq!(later_pass(&stocked).await.set, ["market 1 0"], "{meanwhile:?}");
        match meanwhile {
            Meanwhile::Nothing => {}
            // By hand: what is not there cannot be changed.
            Meanwhile::Read => stocked.shelves.say_booked(),
            Meanwhile::Discarded => stocked.shelves.discard_file(),
        }
        let passed = later_pass(&stocked).await;
        assert!(passed.is_idle(), "{meanwhile:?}: {passed:?}");
        stocked.shelves.set("1", if let Meanwhile::Read = meanwhile { 8 } else { 10 });
        assert_eq!(later_pass(&stocked).await.set, ["market 1 8"], "{meanwhile:?}");
        all_is_right_in_the_end(&stocked).await;
    }
}

#[tokio::test]
async fn what_came_in_unseen_while_the_level_was_away_is_not_sold_twice() {
    let stocked = Stocked::new(&[("1", 10), ("2", 5)], StockWriting::File).await;
    later_pass(&stocked).await;
    stocked.set_market("1", 13);
    later_pass(&stocked).await;
    stocked.shelves.remove("1");
    later_pass(&stocked).await;
    stocked.shelves.set("1", 10);
    stocked.shelves.read_file_unseen();
    assert_eq!(later_pass(&stocked).await.set, ["market 1 13"], "13 are there");
    stocked.shelves.say_booked();
    assert!(later_pass(&stocked).await.is_idle());
}

#[tokio::test]
async fn what_the_shop_refused_is_still_owed_when_it_comes_back() {
    for writing in [StockWriting::Set, StockWriting::Delta] {
        let stocked = Stocked::new(&[("1", 10), ("2", 5)], writing).await;
        later_pass(&stocked).await;
        stocked.shelves.refuse("1", true);
        stocked.market_moves("1", -2);
        later_pass(&stocked).await;
        stocked.shelves.remove("1");
        stocked.import_pruning(&[("2", 5)]).await;
        stocked.shelves.set("1", 10);
        stocked.shelves.refuse("1", false);
        stocked.import(&[("1", 10), ("2", 5)]).await;
        assert_eq!(stocked.market("1"), 8, "{writing:?}");
        assert_eq!(later_pass(&stocked).await.set, ["shop 1 8"], "{writing:?}");
        assert!(later_pass(&stocked).await.is_idle());
        assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (8, Decimal::from(8)));
    }
}

#[tokio::test]
async fn what_was_deleted_at_the_marketplace_is_created_without_what_is_sold_already() {
    for (meanwhile, least) in [(Meanwhile::Nothing, 8), (Meanwhile::Read, 6), (Meanwhile::Discarded, 8)] {
        let stocked = sold_two().await;
        stocked.world.gateway.delete(guid(&stocked.world.one("1", "0")));
        stocked.later(300);
        // It is to be archived and not found, so its link is forgotten.
        stocked.shelves.remove("1");
        stocked.import_pruning(&[("2", 5)]).await;
        assert!(stocked.store().await.links_of(&[key("1").0]).await.unwrap().is_empty());
        stocked.later(300);
        let shown = comes_back(&stocked, meanwhile).await;
        assert_eq!(shown, least, "{meanwhile:?}");
        all_is_right_in_the_end(&stocked).await;
    }
}

#[tokio::test]
async fn what_comes_back_without_a_file_has_the_shop_s_level() {
    let stocked = sold_two().await;
    stocked.shelves.read_file();
    later_pass(&stocked).await;
    stocked.shelves.remove("1");
    stocked.import_pruning(&[("2", 5)]).await;
    stocked.shelves.set("1", 12);
    stocked.import(&[("1", 12), ("2", 5)]).await;
    assert_eq!(stocked.market("1"), 12);
}

#[tokio::test]
async fn what_was_linked_twice_keeps_what_stands_in_a_file_when_it_is_made_one() {
    let stocked = sold_two().await;
    let store = stocked.store().await;
    let link = store.links_of(&[key("1").0]).await.unwrap().remove(0);
    let lease = store.lease(LeaseKind::Import, "this test").await.unwrap();
    let own = Link { product: key("own").0, ..link };
    let changes = Changes { unlinked: vec![key("1")], written: vec![own], ..Changes::default() };
    store.remember(&lease, &changes).await.unwrap();
    lease.release().await.unwrap();
    // The shop tells it by that id from now on.
    stocked.shelves.remove("1");
    stocked.shelves.set("own", 10);
    assert!(later_pass(&stocked).await.set.is_empty(), "8 are told, and two stand in the file");
    assert!(stocked.row("own").await.shop_write.is_some());
    assert_eq!(stocked.market("1"), 8);
}

#[tokio::test]
async fn a_lost_state_puts_nothing_on_sale_that_stands_in_a_file() {
    let ways = [(true, Direction::Both), (false, Direction::ToGateway)];
    for (moved, (take_base, direction)) in [-2, 3].into_iter().flat_map(|moved| ways.map(|way| (moved, way)))
    {
        let stocked = Stocked::new(&[("1", 10), ("2", 5)], StockWriting::File).await;
        later_pass(&stocked).await;
        stocked.set_market("1", 10 + moved);
        later_pass(&stocked).await;
        stocked.world.lose_state();
        stocked.later(300);
        stocked.import(&[("1", 10), ("2", 5)]).await;
        let go_on = |options: &mut connector::stock::Options| {
            options.take_base = take_base;
            options.direction = Some(direction);
        };
        stocked.pass_with(go_on).await.done();
        // What came in may be in the level already.
        assert_eq!(stocked.market("1"), 10 + moved.min(0), "{moved} {direction:?}");
        let write = stocked.row("1").await.shop_write.unwrap();
        assert_eq!(write.intended, Decimal::from(moved), "it is known which file to wait for");
        stocked.shelves.read_file();
        assert!(later_pass(&stocked).await.notices.is_empty());
        let levels = (stocked.market("1"), stocked.shelves.level("1"));
        assert_eq!(levels, (10 + moved, Decimal::from(10 + moved)), "{moved} {direction:?}");
        assert!(stocked.row("1").await.owed.is_zero());
    }
}

#[tokio::test]
async fn who_says_that_a_level_is_right_takes_back_no_file() {
    for moved in [-2, 3] {
        let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
        later_pass(&stocked).await;
        stocked.set_market("1", 10 + moved);
        later_pass(&stocked).await;
        // Somebody counts the shelves.
        stocked.shelves.set("1", 20);
        stocked.later(300);
        let take_base = |options: &mut connector::stock::Options| {
            options.scope = Scope::Products(vec![key("1").0]);
            options.take_base = true;
        };
        stocked.pass_with(take_base).await.done();
        // What comes in may have been counted already; what went out is counted as if it was not.
        assert_eq!(stocked.market("1"), 20 + moved.min(0));
        stocked.shelves.read_file();
        later_pass(&stocked).await;
        let in_the_end = 20 + moved;
        let levels = (stocked.market("1"), stocked.shelves.level("1"));
        assert_eq!(levels, (in_the_end, Decimal::from(in_the_end)));
        assert!(stocked.row("1").await.owed.is_zero());
    }
}
