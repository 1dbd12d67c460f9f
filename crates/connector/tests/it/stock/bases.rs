//! First levels, lost states, and levels that are no numbers.

use connector::StockWriting;
use connector::stock::Direction;
use rust_decimal::Decimal;

use super::world::Stocked;

#[tokio::test]
async fn what_was_created_has_its_level_from_then_on() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.market_moves("1", -1);
    stocked.shelves.moves("1", -2);
    let passed = stocked.pass().await.done();
    assert_eq!(passed.set, ["shop 1 7", "market 1 7"]);
    assert_eq!(passed.summary.levels.unwrap().first, 0);
}

#[tokio::test]
async fn a_lost_state_stops_until_somebody_says_how_to_go_on() {
    for (take_base, direction) in [(true, None), (false, Some(Direction::ToGateway))] {
        let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.market_moves("1", -4);
        stocked.world.lose_state();
        // Nothing is linked at all.
        let told = stocked.pass().await.wrong_settings();
        assert!(told.contains("STATE_URL") && told.contains("import"), "{told}");
        stocked.import(&[("1", 10), ("2", 10)]).await;
        let told = stocked.pass().await.wrong_settings();
        for word in ["no memory", "volume", "STATE_URL", "--direction to-gateway", "--take-base"] {
            assert!(told.contains(word), "{told}");
        }
        assert_eq!(stocked.market("1"), 6, "nothing was written");
        let passed = stocked
            .pass_with(|options| {
                options.take_base = take_base;
                options.direction = direction;
            })
            .await
            .done();
        assert_eq!(passed.set, ["market 1 10"]);
        assert_eq!(stocked.shelves.changes(), 0);
        assert_eq!(passed.summary.levels.unwrap().first, 2);
        assert!(
            passed.warnings.iter().any(|warning| warning.contains("no level was known")),
            "{:?}",
            passed.warnings
        );
        stocked.later(300);
        stocked.market_moves("2", -1);
        assert_eq!(stocked.pass().await.done().set, ["shop 2 9"]);
    }
}

#[tokio::test]
async fn a_variant_that_is_linked_later_begins_without_a_word_to_the_shop() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.shelves.set("2", 5);
    stocked.import(&[("1", 10), ("2", 5)]).await;
    let forgotten = stocked.store().await;
    forgotten.set_stock_bases(&[(super::shelves::key("2"), None)]).await.unwrap();
    stocked.set_market("2", 3);
    stocked.later(300);
    let passed = stocked.pass().await.done();
    assert_eq!(passed.set, ["market 2 5"]);
    assert_eq!(passed.summary.levels.unwrap().first, 1);
    assert_eq!(stocked.shelves.changes(), 0);
}

#[tokio::test]
async fn nothing_linked_is_told() {
    let stocked = Stocked::new(&[], StockWriting::Set).await;
    let passed = stocked.pass().await.done();
    assert!(passed.warnings[0].contains("run import first"), "{passed:?}");
}

#[tokio::test]
async fn an_unknown_quantity_is_told_once_and_again_when_half_is_sold() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -3);
    stocked.shelves.set_unknown("1");
    // What was sold meanwhile belongs to no number any more.
    assert_eq!(stocked.pass().await.done().set, ["market 1 100001"]);
    for (level, is_written) in [(60_000, false), (50_001, false), (50_000, true)] {
        stocked.later(300);
        stocked.set_market("1", level);
        let passed = stocked.pass().await.done();
        assert_eq!(passed.set.len(), usize::from(is_written), "{level}: {passed:?}");
    }
    assert_eq!(stocked.shelves.changes(), 0);
    stocked.later(300);
    stocked.set_market("1", 99_000);
    stocked.shelves.set("1", 7);
    assert_eq!(stocked.pass_with(|options| options.force = true).await.done().set, ["market 1 7"]);
    assert_eq!(stocked.shelves.changes(), 0);
    stocked.later(300);
    stocked.market_moves("1", -1);
    stocked.pass().await.done();
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (6, Decimal::from(6)));
}

#[tokio::test]
async fn an_unknown_quantity_from_the_beginning_needs_no_base() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.shelves.set_unknown("1");
    let store = stocked.store().await;
    store.set_stock_bases(&[(super::shelves::key("1"), None)]).await.unwrap();
    stocked.set_market("1", 100_001);
    assert!(stocked.pass().await.done().is_idle());
}
