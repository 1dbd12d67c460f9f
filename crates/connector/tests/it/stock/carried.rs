//! What happens on one side is carried to the other.

use connector::StockWriting;
use connector::stock::Direction;
use rust_decimal::Decimal;

use super::shelves::Mishap;
use super::world::Stocked;
use crate::support::guid;

const WAYS: [StockWriting; 2] = [StockWriting::Set, StockWriting::Delta];

#[tokio::test]
async fn what_one_side_sells_or_receives_the_other_is_told() {
    for way in WAYS {
        let stocked = Stocked::new(&[("1", 10), ("2", 10), ("3", 10), ("4", 10)], way).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.shelves.moves("1", -3);
        stocked.market_moves("2", -4);
        stocked.shelves.moves("3", -1);
        stocked.market_moves("3", -2);
        stocked.shelves.moves("4", 5);
        let passed = stocked.pass().await.done();
        for (product, level) in [("1", 7), ("2", 6), ("3", 7), ("4", 15)] {
            assert_eq!(stocked.market(product), level, "{way:?} {product}");
            assert_eq!(stocked.shelves.level(product), Decimal::from(level), "{way:?} {product}");
        }
        assert_eq!(passed.set.len(), 5, "{:?}", passed.set);
        let levels = passed.summary.levels.unwrap();
        assert_eq!((levels.shop, levels.gateway), (2, 3));
        stocked.later(300);
        assert!(stocked.pass().await.done().is_idle());
    }
}

#[tokio::test]
async fn a_correction_at_the_marketplace_is_carried_as_a_change() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.moves("1", -1);
    stocked.set_market("1", 13);
    stocked.pass().await.done();
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (12, Decimal::from(12)));
}

#[tokio::test]
async fn nothing_is_written_where_nothing_changed() {
    let stocked = Stocked::new(&[("1", 10), ("2", -3), ("3", 0)], StockWriting::Set).await;
    for _ in 0..3 {
        let passed = stocked.pass().await.done();
        assert!(passed.is_idle(), "{passed:?}");
        stocked.later(300);
    }
    assert_eq!(stocked.shelves.changes(), 0);
    assert_eq!(stocked.shelves.level("2"), Decimal::from(-3), "never put right to 0");
}

#[tokio::test]
async fn a_buffer_is_written_once() {
    let stocked = Stocked::new(&[("1", 10), ("2", 1)], StockWriting::Set).await;
    let passed = stocked.pass_with(|options| options.buffer = 2).await.done();
    assert_eq!(passed.set, ["market 1 8", "market 2 0"]);
    for _ in 0..5 {
        stocked.later(300);
        let passed = stocked.pass_with(|options| options.buffer = 2).await.done();
        assert!(passed.is_idle(), "{passed:?}");
    }
    assert_eq!(stocked.shelves.changes(), 0);
    stocked.later(300);
    stocked.market_moves("1", -3);
    stocked.pass_with(|options| options.buffer = 2).await.done();
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (5, Decimal::from(7)));
    // An import afterwards moves no stock.
    let before = stocked.world.gateway.products();
    stocked.import(&[("1", 7), ("2", 1)]).await;
    assert_eq!(stocked.world.gateway.products(), before);
    // Nor does it wonder about levels that somebody keeps.
    stocked.shelves.moves("1", -1);
    let told = stocked.import(&[("1", 6), ("2", 1)]).await.told;
    assert!(!told.iter().any(|line| line.contains("stock level")), "{told:?}");
    stocked.shelves.moves("1", 1);
    stocked.later(300);
    assert!(stocked.pass_with(|options| options.buffer = 2).await.done().is_idle());
}

#[tokio::test]
async fn flags_are_sent_as_they_were_read() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
    let product = stocked.world.one("1", "0");
    stocked.world.gateway.set_for_sale(guid(&product), false);
    stocked.shelves.set("1", 4);
    stocked.pass().await.done();
    let product = stocked.world.one("1", "0");
    assert_eq!(product["stock_level"], 4);
    assert_eq!(product["for_sale"], false);
}

#[tokio::test]
async fn only_the_marketplace_is_told() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    let to_gateway = |options: &mut connector::stock::Options| options.direction = Some(Direction::ToGateway);
    stocked.pass_with(to_gateway).await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    stocked.shelves.moves("2", -1);
    let passed = stocked.pass_with(to_gateway).await.done();
    // What was sold is not put on sale again before the shop's own level moves.
    assert_eq!(passed.set, ["market 2 9"]);
    assert_eq!(passed.summary.levels.unwrap().not_carried, 1);
    stocked.later(300);
    stocked.shelves.moves("1", -2);
    assert!(stocked.pass_with(to_gateway).await.done().is_idle());
    stocked.later(300);
    stocked.set_market("1", 20);
    assert_eq!(stocked.pass_with(to_gateway).await.done().set, ["market 1 8"]);
    assert_eq!(stocked.shelves.changes(), 0);
}

#[tokio::test]
async fn only_the_shop_is_told() {
    let stocked = Stocked::new(&[("1", 10), ("2", 10)], StockWriting::Set).await;
    let to_shop = |options: &mut connector::stock::Options| options.direction = Some(Direction::ToShop);
    stocked.pass_with(to_shop).await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    stocked.shelves.moves("2", -1);
    assert_eq!(stocked.pass_with(to_shop).await.done().set, ["shop 1 8"]);
    stocked.later(300);
    assert!(stocked.pass_with(to_shop).await.done().is_idle());
    assert_eq!(stocked.pass().await.done().set, ["market 2 9"]);
}

#[tokio::test]
async fn a_shop_that_cannot_be_written_is_only_read() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::No).await;
    stocked.shelves.moves("1", -1);
    assert_eq!(stocked.pass().await.done().set, ["market 1 9"]);
    let refused = stocked.pass_with(|options| options.direction = Some(Direction::Both)).await;
    assert!(refused.wrong_settings().contains("cannot be written"), "{refused:?}");
}

#[tokio::test]
async fn a_shop_that_reads_a_file_is_waited_for() {
    let stocked = Stocked::new(&[("1", 10)], StockWriting::File).await;
    stocked.shelves.be_blind();
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    let passed = stocked.pass().await.done();
    assert!(passed.set.is_empty(), "{passed:?}");
    // The marketplace is told what can be sold all the same, and no second change is asked for.
    stocked.later(300);
    stocked.shelves.moves("1", -1);
    stocked.market_moves("1", -3);
    assert_eq!(stocked.pass().await.done().set, ["market 1 4"]);
    stocked.later(300);
    stocked.shelves.read_file();
    stocked.shelves.moves("1", -1);
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.read_file();
    stocked.pass().await.done();
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (3, Decimal::from(3)));
}

#[tokio::test]
async fn below_zero_is_owed_where_the_shop_does_not_take_it() {
    use connector::NoticeKind::Oversold;
    for way in WAYS {
        let stocked = Stocked::with(&[("1", 3)], way, false, |_| {}).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.shelves.moves("1", -2);
        stocked.market_moves("1", -3);
        let passed = stocked.pass().await.done();
        assert!(passed.noticed(Oversold, "1"), "{passed:?}");
        assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (0, Decimal::ZERO));
        assert_eq!(stocked.row("1").await.owed, Decimal::from(-2));
        stocked.later(300);
        assert!(stocked.pass().await.done().is_idle(), "it is told once");
        stocked.later(300);
        stocked.shelves.moves("1", 10);
        stocked.pass().await.done();
        assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (8, Decimal::from(8)));
    }
}

#[tokio::test]
async fn below_zero_is_taken_where_the_shop_takes_it() {
    use connector::NoticeKind::Oversold;
    let stocked = Stocked::new(&[("1", 3)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.shelves.moves("1", -2);
    stocked.market_moves("1", -3);
    assert!(stocked.pass().await.done().noticed(Oversold, "1"));
    assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (0, Decimal::from(-2)));
}

#[tokio::test]
async fn a_level_that_moves_while_it_is_looked_at_is_left_and_the_lower_is_told() {
    use connector::NoticeKind::Moved;
    for by in [-3, 3] {
        let stocked = Stocked::new(&[("1", 10)], StockWriting::Set).await;
        stocked.pass().await.done();
        stocked.later(300);
        stocked.market_moves("1", -2);
        stocked.shelves.befall(Mishap::Moves(by));
        let passed = stocked.pass().await.done();
        assert!(passed.noticed(Moved, "1") && stocked.shelves.changes() == 0, "{passed:?}");
        assert_eq!(stocked.market("1"), if by < 0 { 5 } else { 8 });
        assert!(!passed.summary.levels.unwrap().has_trouble(), "the next pass does it");
        stocked.later(300);
        stocked.pass().await.done();
        assert_eq!((stocked.market("1"), stocked.shelves.level("1")), (8 + by, Decimal::from(8 + by)));
    }
}

#[tokio::test]
async fn ten_of_ten_thousand_cost_ten_writes() {
    let stocked = Stocked::large(10_000, 5).await;
    stocked.pass().await.done();
    stocked.later(300);
    for id in 1..=5 {
        stocked.shelves.moves(&(id * 1000).to_string(), -1);
        let sold = stocked.guid_of(&(id * 1000 + 1).to_string()).await;
        assert!(stocked.world.gateway.set_stock(&sold, 4));
    }
    let (asked, written) = (stocked.shelves.asked(), stocked.world.writes().len());
    let calls = stocked.world.client.requests();
    let passed = stocked.pass().await.done();
    let levels = passed.summary.levels.unwrap();
    assert_eq!((levels.shop, levels.gateway, passed.summary.unchanged), (5, 5, 9_990));
    assert_eq!(stocked.shelves.asked() - asked, 3, "log in, read, write");
    assert_eq!(stocked.world.writes().len() - written, 1, "five levels in one call");
    // 100 pages of 100, one write, one look whether it is shown.
    assert_eq!(stocked.world.client.requests() - calls, 102);
}

#[tokio::test]
async fn what_is_owed_is_not_put_on_sale_by_another_direction() {
    let stocked = Stocked::new(&[("1", 5)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("1", -2);
    stocked.shelves.befall(Mishap::Unreachable);
    assert!(stocked.pass().await.result.is_err());
    stocked.later(300);
    let passed = stocked.pass_with(|options| options.direction = Some(Direction::ToGateway)).await.done();
    assert!(passed.set.is_empty(), "{passed:?}");
    assert_eq!(passed.summary.levels.unwrap().not_carried, 1);
    stocked.later(300);
    stocked.shelves.moves("1", -2);
    let passed = stocked.pass_with(|options| options.direction = Some(Direction::ToGateway)).await.done();
    assert!(passed.set.is_empty() && stocked.row("1").await.held.is_zero(), "{passed:?}");
}
