//! Levels of a shop that is read by two ways, which know its goods by different ids.

use connector::{Item, StockWriting};
use gateway_core::model::{ProductId, StockLevel, VariantId};
use rust_decimal::Decimal;

use super::world::Stocked;
use crate::support::{product, variant};
use crate::toy::Toy;

/// Imports goods by the way that knows both ids.
async fn go_over(stocked: &Stocked, goods: &[(&str, &str, i64)]) {
    let item = |(own, also, level): &(&str, &str, i64)| {
        let mut variant = variant("0", 23);
        variant.id = VariantId::simple();
        variant.images.clear();
        variant.stock = StockLevel::Quantity((*level).into());
        let [own, also] = [own, also].map(|id| ProductId::new(id).unwrap());
        product(own.as_str(), "Thing", vec![variant]).known_as(own, Some(also))
    };
    let items = goods.iter().map(|goods| Item::Product(Box::new(item(goods)), Vec::new()));
    stocked.world.import(&Toy::whole(items.collect())).await.done();
}

#[tokio::test]
async fn levels_by_ids_that_are_not_linked_yet_change_nothing_until_an_import() {
    let stocked = Stocked::new(&[("symbol:A", 10), ("symbol:B", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.later(300);
    stocked.market_moves("symbol:A", -3);
    for (old, new) in [("symbol:A", "101"), ("symbol:B", "102")] {
        stocked.shelves.remove(old);
        stocked.shelves.set(new, 10);
    }
    let told = stocked.pass().await.wrong_settings();
    assert!(told.contains("none of the 2 linked variants") && told.contains("run import first"), "{told}");
    assert_eq!((stocked.market("symbol:A"), stocked.market("symbol:B")), (7, 10));
    go_over(&stocked, &[("101", "symbol:A", 10), ("102", "symbol:B", 10)]).await;
    stocked.pass().await.done();
    assert_eq!(stocked.shelves.level("101"), Decimal::from(7), "what was sold meanwhile is taken off");
    assert_eq!((stocked.market("101"), stocked.market("102")), (7, 10));
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
}

#[tokio::test]
async fn levels_by_the_other_id_are_those_of_what_is_linked() {
    let stocked = Stocked::new(&[("symbol:A", 10), ("symbol:B", 10)], StockWriting::Set).await;
    go_over(&stocked, &[("101", "symbol:A", 10), ("102", "symbol:B", 10)]).await;
    stocked.pass_with(|options| options.dry_run = true).await.done();
    stocked.shelves.moves("symbol:A", -2);
    stocked.market_moves("102", -4);
    stocked.pass().await.done();
    assert_eq!((stocked.market("101"), stocked.shelves.level("symbol:A")), (8, Decimal::from(8)));
    assert_eq!((stocked.market("102"), stocked.shelves.level("symbol:B")), (6, Decimal::from(6)));
    stocked.later(300);
    stocked.shelves.moves("symbol:B", -1);
    let one = vec![ProductId::new("102").unwrap()];
    stocked.pass_with(|options| options.scope = connector::Scope::Products(one)).await.done();
    assert_eq!(stocked.market("102"), 5);
    stocked.later(300);
    assert!(stocked.pass().await.done().is_idle());
}

#[tokio::test]
async fn what_has_not_gone_over_yet_is_not_taken_for_gone() {
    use connector::NoticeKind::Unclear;
    let stocked = Stocked::new(&[("symbol:A", 10), ("symbol:B", 10)], StockWriting::Set).await;
    stocked.pass().await.done();
    stocked.shelves.tells_other_ids.store(true, std::sync::atomic::Ordering::Relaxed);
    for (old, new) in [("symbol:A", "101"), ("symbol:B", "102")] {
        stocked.shelves.remove(old);
        stocked.shelves.set(new, 9);
    }
    // One has gone over, the other could not be imported.
    go_over(&stocked, &[("101", "symbol:A", 9)]).await;
    stocked.later(300);
    let passed = stocked.pass().await.done();
    assert!(passed.noticed(Unclear, "symbol:B"), "{passed:?}");
    assert_eq!((stocked.market("101"), stocked.market("symbol:B")), (9, 10));
}
