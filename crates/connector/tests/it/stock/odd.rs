//! Odd goods, and passes that must not go on.

use connector::{NoticeKind, RunError, StockWriting};
use gateway_core::model::{ProductId, StockLevel};
use rust_decimal::Decimal;

use super::world::Stocked;
use crate::support::guid;

#[tokio::test]
async fn a_level_with_a_fraction_is_offered_in_whole_pieces() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.shelves.set("1", "2.75".parse::<Decimal>().unwrap());
    stocked.pass().await.done();
    assert_eq!(stocked.market("1"), 2);
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
    stocked.later(300);
    stocked.market_moves("1", -1);
    stocked.pass().await.done();
    assert_eq!(stocked.shelves.level("1"), "1.75".parse::<Decimal>().unwrap());
    assert_eq!(stocked.market("1"), 1);
}

#[tokio::test]
async fn what_the_shop_does_not_have_any_more_is_not_for_sale() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -1);
    stocked.shelves.remove("1");
    let passed = stocked.pass().await.done();
    assert_eq!(passed.set, ["market 1 0"]);
    assert_eq!(passed.summary.levels.as_ref().unwrap().gone, 1);
    assert!(passed.noticed(NoticeKind::Oversold, "1"), "one was sold that is not there: {passed:?}");
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
    stocked.later(300);
    // It is back, and the one that was sold is not taken off yet.
    stocked.shelves.set("1", 4);
    assert_eq!(stocked.pass().await.done().set, ["shop 1 3", "market 1 3"]);
    assert_eq!(stocked.shelves.changed("1"), Decimal::NEGATIVE_ONE);
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
}

#[tokio::test]
async fn what_was_sold_of_a_level_that_nobody_knew_is_not_owed_by_what_vanishes() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.shelves.set_unknown("1");
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -5);
    stocked.shelves.remove("1");
    let passed = stocked.pass().await.done();
    assert_eq!((passed.set.as_slice(), passed.notices.len()), (["market 1 0".to_owned()].as_slice(), 0));
    stocked.later(300);
    stocked.shelves.set("1", 10);
    assert_eq!(stocked.pass().await.done().set, ["market 1 10"]);
    assert_eq!(stocked.shelves.changes(), 0);
}

#[tokio::test]
async fn what_a_list_that_is_not_whole_does_not_tell_is_left_alone() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10), ("3", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.remove("1");
    stocked.shelves.be_unclear("2");
    stocked.shelves.moves("3", -1);
    stocked.shelves.be_partial(true);
    let passed = stocked.pass().await.done();
    assert_eq!(passed.set, ["market 3 9"]);
    assert!(passed.noticed(NoticeKind::Unclear, "1") && passed.noticed(NoticeKind::Unclear, "2"));
    assert!(passed.summary.levels.unwrap().has_trouble());
}

#[tokio::test]
async fn what_is_archived_or_gone_at_the_marketplace_is_left_alone() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10), ("3", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    let (first, second) = (stocked.world.one("1", "0"), stocked.world.one("2", "0"));
    stocked.world.gateway.set_archived(guid(&first), true);
    stocked.world.gateway.delete(guid(&second));
    for product in ["1", "2", "3"] {
        stocked.shelves.moves(product, -1);
    }
    let passed = stocked.pass().await.done();
    assert_eq!(passed.set, ["market 3 9"]);
    assert_eq!(passed.summary.levels.unwrap().not_offered, 2);
    // What a person takes out of the archive again has the shop's level from then on.
    stocked.later(300);
    stocked.world.gateway.set_archived(guid(&first), false);
    assert_eq!(stocked.pass().await.done().set, ["market 1 9"]);
}

#[tokio::test]
async fn a_refused_change_is_told_and_the_others_go_on() {
    for way in [StockWriting::Set, StockWriting::Delta] {
        let stocked = Stocked::new(&[("1", 10), ("2", 10)], way).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.shelves.refuse("1", true);
        stocked.market_moves("1", -1);
        stocked.market_moves("2", -1);
        let passed = stocked.pass().await.done();
        assert!(passed.noticed(NoticeKind::NotWritten, "1"), "{passed:?}");
        assert_eq!(stocked.shelves.level("1"), Decimal::from(10));
        assert_eq!(stocked.shelves.level("2"), Decimal::from(9));
        assert_eq!(stocked.market("1"), 9, "it is not put on sale again");
        assert_eq!(passed.news, 1);
        stocked.later(300);
        let again = stocked.pass().await.done();
        assert!(again.noticed(NoticeKind::NotWritten, "1") && again.news == 0, "{again:?}");
        stocked.later(300);
        stocked.shelves.refuse("1", false);
        stocked.pass().await.done();
        assert_eq!(stocked.shelves.level("1"), Decimal::from(9));
        assert_eq!(stocked.market("1"), 9);
    }
}

#[tokio::test]
async fn a_level_that_the_marketplace_refuses_is_told_and_the_others_go_on() {
    // Somebody deletes it between the reading and the writing; the index shows it still.
    let stocked = Stocked::with(&[("1", 10), ("2", 10)], StockWriting::Set, true, |options| {
        options.index_lag = std::time::Duration::from_secs(30);
    })
    .await;
    stocked.later(300);
    stocked.pass().await.done();
    stocked.later(300);
    stocked.world.gateway.delete(guid(&stocked.world.one("1", "0")));
    stocked.shelves.moves("1", -1);
    stocked.shelves.moves("2", -1);
    let passed = stocked.pass().await.done();
    assert!(passed.noticed(NoticeKind::NotWritten, "1"), "{passed:?}");
    assert_eq!(stocked.market("2"), 9);
}

#[tokio::test]
async fn a_pass_that_would_sell_out_the_shop_stops() {
    let goods: Vec<(String, i64)> = (1..=30).map(|id| (id.to_string(), 5)).collect();
    let goods: Vec<(&str, i64)> = goods.iter().map(|(id, level)| (id.as_str(), *level)).collect();
    let stocked = Stocked::new(&goods, StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    for (id, _) in &goods[..16] {
        stocked.shelves.set(id, 0);
    }
    let told = stocked.pass().await.wrong_settings();
    assert!(told.contains("16 of 30") && told.contains("--force"), "{told}");
    assert_eq!(stocked.market("1"), 5);
    assert_eq!(stocked.pass_with(|options| options.max_change = 60).await.done().set.len(), 16);
    for (id, _) in &goods {
        stocked.shelves.set(id, 0);
    }
    stocked.later(300);
    assert!(stocked.pass_with(|options| options.max_change = 40).await.result.is_err());
    assert_eq!(stocked.pass_with(|options| options.force = true).await.done().set.len(), 14);
}

#[tokio::test]
async fn a_shop_that_tells_nothing_at_all_sells_out_nothing() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.shelves.remove("1");
    let passed = stocked.pass().await;
    assert!(matches!(passed.result, Err(RunError::Failed { .. })), "{passed:?}");
    assert_eq!(stocked.market("1"), 10);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -1);
    stocked.shelves.moves("2", -1);
    let rows = stocked.rows().await;
    let passed = stocked.pass_with(|options| options.dry_run = true).await.done();
    assert_eq!(passed.set, ["would shop 1 9", "would market 2 9"]);
    assert_eq!(stocked.rows().await, rows);
    assert_eq!((stocked.market("2"), stocked.shelves.changes()), (10, 0));
}

#[tokio::test]
async fn single_products_can_be_asked_for() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.moves("1", -1);
    stocked.shelves.moves("2", -1);
    let only = vec![ProductId::new("2").unwrap()];
    let scope = connector::Scope::Products(only);
    assert_eq!(stocked.pass_with(|options| options.scope = scope).await.done().set, ["market 2 9"]);
}

#[tokio::test]
async fn levels_too_large_to_reckon_with_are_told() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.set("1", Decimal::MAX);
    stocked.set_market("1", 11);
    stocked.market_moves("2", -1);
    let passed = stocked.pass().await.done();
    assert!(passed.noticed(NoticeKind::NotWritten, "1"), "{passed:?}");
    assert_eq!(stocked.shelves.level("2"), Decimal::from(9));
    assert_eq!(stocked.row("1").await.shop, Some(StockLevel::Quantity(Decimal::from(10))));
}

#[tokio::test]
async fn what_was_sold_before_it_was_archived_is_taken_off() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -3);
    stocked.world.gateway.set_archived(guid(&stocked.world.one("1", "0")), true);
    assert_eq!(stocked.pass().await.done().set, ["shop 1 7"]);
    stocked.later(300);
    stocked.shelves.moves("1", -1);
    assert!(stocked.pass().await.done().is_idle(), "what is archived is told nothing");
}

#[tokio::test]
async fn a_level_that_the_marketplace_does_not_show_any_more_is_told() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    let product = stocked.world.one("1", "0");
    stocked.world.gateway.set_stock(guid(&product), serde_json::Value::Null);
    let passed = stocked.pass().await.done();
    assert!(passed.noticed(NoticeKind::Unclear, "1") && passed.set.is_empty(), "{passed:?}");
    stocked.later(300);
    stocked.set_market("1", 8);
    assert_eq!(stocked.pass().await.done().set, ["shop 1 8"]);
}

#[tokio::test]
async fn products_that_are_not_linked_or_gone_can_be_asked_for() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    let only = |id: &str| connector::Scope::Products(vec![ProductId::new(id).unwrap()]);
    let passed = stocked.pass_with(|options| options.scope = only("9")).await.done();
    assert!(passed.warnings[0].contains("none of the products"), "{passed:?}");
    stocked.shelves.remove("2");
    assert_eq!(stocked.pass_with(|options| options.scope = only("2")).await.done().set, ["market 2 0"]);
}
