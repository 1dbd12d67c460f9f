//! A shop that gets its changes in files which a person makes it read, some time.

use connector::stock::Direction;
use connector::{NoticeKind, StockWriting};
use rust_decimal::Decimal;

use super::shelves::Mishap;
use super::world::{Passed, Stocked};

/// A shop of one product, of which the marketplace has sold two, which stands in a file.
async fn sold_two() -> Stocked {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    let passed = stocked.pass().await.done();
    assert!(passed.set.is_empty() && passed.summary.levels.unwrap().waiting == 1);
    stocked
}

async fn later_pass(stocked: &Stocked, seconds: u64) -> Passed {
    stocked.later(seconds);
    stocked.pass().await.done()
}

fn levels(stocked: &Stocked) -> (i64, Decimal) {
    (stocked.market("1"), stocked.shelves.level("1"))
}

fn both(level: i64) -> (i64, Decimal) {
    (level, Decimal::from(level))
}

#[tokio::test]
async fn nothing_is_written_by_a_file_unless_somebody_says_so() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
    let unasked = |options: &mut connector::stock::Options| options.direction = None;
    stocked.pass_with(unasked).await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    let passed = stocked.pass_with(unasked).await.done();
    assert!(passed.set.is_empty(), "what was sold is not put on sale again: {passed:?}");
    assert_eq!(passed.summary.levels.unwrap().not_carried, 1);
    stocked.shelves.read_file();
    assert_eq!(levels(&stocked), (8, Decimal::TEN), "there was no file");
    assert!(stocked.row("1").await.shop_write.is_none());
}

#[tokio::test]
async fn a_file_is_waited_for_however_long_it_takes() {
    let stocked = sold_two().await;
    for days in [1, 30, 400] {
        let passed = later_pass(&stocked, days * 86_400).await;
        assert!(passed.is_idle() && passed.summary.levels.unwrap().waiting == 0, "{days}");
        assert_eq!(levels(&stocked), (8, Decimal::TEN));
    }
    stocked.shelves.read_file();
    assert!(later_pass(&stocked, 300).await.is_idle());
    assert_eq!(levels(&stocked), both(8));
    assert!(stocked.row("1").await.owed.is_zero());
}

#[tokio::test]
async fn the_marketplace_is_told_what_can_be_sold_while_a_file_waits() {
    let stocked = sold_two().await;
    // The shop sells exactly as much: that is no sign that the file was read.
    stocked.shelves.moves("1", -2);
    assert_eq!(later_pass(&stocked, 86_400).await.set, ["market 1 6"]);
    stocked.shelves.moves("1", 5);
    assert_eq!(later_pass(&stocked, 86_400).await.set, ["market 1 11"]);
    // What is sold now waits for the file to be read.
    stocked.market_moves("1", -3);
    assert!(later_pass(&stocked, 300).await.is_idle());
    stocked.shelves.read_file();
    let passed = later_pass(&stocked, 300).await;
    assert!(
        passed.set.is_empty() && passed.summary.levels.as_ref().unwrap().waiting == 1,
        "the second file: {passed:?}"
    );
    stocked.shelves.read_file();
    assert!(later_pass(&stocked, 300).await.is_idle());
    assert_eq!(levels(&stocked), both(8));
}

#[tokio::test]
async fn what_came_back_is_not_sold_twice_where_nobody_sees_that_the_file_was_read() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.set_market("1", 13);
    stocked.pass().await.done();
    assert!(later_pass(&stocked, 300).await.is_idle());
    stocked.shelves.read_file_unseen();
    assert!(later_pass(&stocked, 300).await.is_idle(), "13 are there, and 13 are told");
    stocked.shelves.say_booked();
    assert!(later_pass(&stocked, 300).await.is_idle());
    assert_eq!(levels(&stocked), both(13));
}

#[tokio::test]
async fn what_was_read_unseen_is_told_once_more_at_most_until_somebody_says_so() {
    let stocked = sold_two().await;
    stocked.shelves.read_file_unseen();
    // Less than there is may be told, and never more.
    assert_eq!(later_pass(&stocked, 300).await.set, ["market 1 6"]);
    assert!(later_pass(&stocked, 86_400).await.is_idle());
    stocked.shelves.say_booked();
    assert_eq!(later_pass(&stocked, 300).await.set, ["market 1 8"]);
    assert_eq!(levels(&stocked), both(8));
}

#[tokio::test]
async fn what_was_done_by_hand_is_not_done_again() {
    let stocked = sold_two().await;
    stocked.shelves.moves("1", -2);
    stocked.shelves.say_booked();
    assert!(later_pass(&stocked, 300).await.is_idle());
    stocked.shelves.read_file();
    assert_eq!(levels(&stocked), both(8));
}

#[tokio::test]
async fn what_is_discarded_is_written_anew() {
    let stocked = sold_two().await;
    let key = stocked.row("1").await.shop_write.unwrap().key;
    stocked.shelves.discard_file();
    stocked.market_moves("1", -1);
    let passed = later_pass(&stocked, 300).await;
    assert_eq!(passed.summary.levels.unwrap().waiting, 1);
    let write = stocked.row("1").await.shop_write.unwrap();
    assert_ne!(write.key, key);
    assert_eq!(write.intended, Decimal::from(7), "with what was sold since");
    stocked.shelves.read_file();
    assert!(later_pass(&stocked, 300).await.is_idle());
    assert_eq!(levels(&stocked), both(7));
}

#[tokio::test]
async fn what_was_killed_before_there_was_a_file_is_written_and_behind_it_not_again() {
    for (mishap, asked) in [(Mishap::KilledBefore, 1), (Mishap::KilledAfter, 0)] {
        let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.market_moves("1", -2);
        stocked.shelves.befall(mishap);
        assert!(stocked.pass_until(|_| {}, std::future::pending()).await.is_none());
        let passed = stocked.pass().await.done();
        assert_eq!(passed.summary.levels.unwrap().waiting, asked, "{mishap:?}");
        stocked.shelves.read_file();
        assert!(later_pass(&stocked, 300).await.is_idle());
        assert_eq!(levels(&stocked), both(8), "{mishap:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_remembered_any_more_is_not_written_again() {
    let stocked = sold_two().await;
    stocked.shelves.forget_file();
    stocked.later(300);
    // It may be remembered somewhere else, in which way ever levels go.
    for direction in [Direction::Both, Direction::ToGateway, Direction::ToShop] {
        let before = stocked.row("1").await;
        let passed = stocked.pass_with(|options| options.direction = Some(direction)).await;
        let told = passed.wrong_settings();
        assert!(told.contains("1 of them") && told.contains("SPOOL"), "{told}");
        assert_eq!(stocked.row("1").await, before);
    }
    let passed = stocked.pass_with(|options| options.take_base = true).await.done();
    assert!(passed.set.is_empty() && passed.noticed(NoticeKind::Uncertain, "1"), "{passed:?}");
    assert_eq!(levels(&stocked), (8, Decimal::TEN));
    assert!(later_pass(&stocked, 300).await.is_idle(), "it is told once");
    stocked.shelves.moves("1", -2);
    assert!(later_pass(&stocked, 300).await.is_idle());
    assert_eq!(levels(&stocked), both(8));
}

#[tokio::test]
async fn a_pass_to_the_marketplace_alone_goes_on_counting_what_stands_in_a_file() {
    let stocked = sold_two().await;
    let to_gateway = |options: &mut connector::stock::Options| options.direction = Some(Direction::ToGateway);
    stocked.later(300);
    stocked.shelves.moves("1", -1);
    assert_eq!(stocked.pass_with(to_gateway).await.done().set, ["market 1 7"]);
    stocked.later(300);
    stocked.market_moves("1", -3);
    let passed = stocked.pass_with(to_gateway).await.done();
    assert!(passed.set.is_empty() && passed.summary.levels.as_ref().unwrap().not_carried == 1, "{passed:?}");
    stocked.later(300);
    stocked.shelves.read_file();
    stocked.shelves.moves("1", -3);
    assert!(stocked.pass_with(to_gateway).await.done().is_idle());
    assert_eq!(levels(&stocked), both(4));
    assert!(later_pass(&stocked, 300).await.is_idle());
}

#[tokio::test]
async fn all_changes_of_a_pass_stand_in_one_file() {
    let names: Vec<String> = (1..=150).map(|id| id.to_string()).collect();
    let goods: Vec<(&str, i64)> = names.iter().map(|id| (id.as_str(), 10)).collect();
    let stocked = Stocked::new(&goods, StockWriting::File).await;
    stocked.pass().await.done();
    stocked.later(300);
    for id in &names {
        stocked.market_moves(id, -1);
    }
    let asked = stocked.shelves.asked();
    stocked.pass().await.done();
    assert_eq!(stocked.shelves.asked() - asked, 3, "log in, read, write");
}

#[tokio::test]
async fn an_import_sends_no_level_over_a_file_that_waits() {
    let stocked = sold_two().await;
    let before = stocked.world.gateway.products();
    stocked.import(&[("1", 10)]).await;
    assert_eq!(stocked.world.gateway.products(), before, "the shop still shows 10");
    assert!(later_pass(&stocked, 300).await.is_idle());
}

#[tokio::test]
async fn a_pass_by_a_file_puts_nothing_on_sale() {
    let stocked = sold_two().await;
    let product = stocked.world.one("1", "0");
    stocked.world.gateway.set_for_sale(crate::support::guid(&product), false);
    stocked.shelves.moves("1", -1);
    assert_eq!(later_pass(&stocked, 300).await.set, ["market 1 7"]);
    assert_eq!(stocked.world.one("1", "0")["for_sale"], false);
}

#[tokio::test]
async fn a_dry_run_writes_no_file() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    let passed = stocked.pass_with(|options| options.dry_run = true).await.done();
    assert_eq!(passed.set, ["would shop 1 8"]);
    stocked.shelves.read_file();
    assert_eq!(levels(&stocked), (8, Decimal::TEN));
}
