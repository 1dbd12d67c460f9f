//! How much there is.

use std::collections::HashMap;

use connector::{Item, Scope, StockItem};
use futures::TryStreamExt as _;
use gateway_core::model::{ProductId, StockLevel};
use subiektgt::mapping::levels::of_kit;
use subiektgt::wire::rows::{Component, Level};
use subiektgt_sandbox::{Good, GoodKind, MAIN_WAREHOUSE, SECOND_WAREHOUSE};

use super::{Office, decimal, levels};

/// Levels as text.
fn told(items: &[StockItem]) -> Vec<String> {
    let told = |item: &StockItem| match item {
        StockItem::Level { product, level: StockLevel::Quantity(level), .. } => format!("{product}: {level}"),
        StockItem::Level { product, level, .. } => format!("{product}: {level:?}"),
        StockItem::Unclear { product, why, .. } => format!("{product}: unclear, {why}"),
        StockItem::End(end) => format!("{end:?}"),
    };
    items.iter().map(told).collect()
}

async fn bookshop() -> Office {
    let office = Office::new().await;
    for (id, kind) in [
        (1, GoodKind::Goods),
        (2, GoodKind::Goods),
        (3, GoodKind::Service),
        (4, GoodKind::Packaging),
        (10, GoodKind::Kit),
        (11, GoodKind::Kit),
        (12, GoodKind::Kit),
        (13, GoodKind::Kit),
        (14, GoodKind::Kit),
        (20, GoodKind::Goods),
    ] {
        office.put(Good { kind, ..Good::new(id, &format!("S{id}"), "Towar") });
        office.firm.remove_stock(id, MAIN_WAREHOUSE);
    }
    let set = |good, on_hand, reserved| {
        office.firm.set_stock(good, MAIN_WAREHOUSE, decimal(on_hand), decimal(reserved));
    };
    set(1, "10.0000", "3");
    set(2, "1.25", "2");
    set(4, "7", "0");
    office.firm.set_stock(1, SECOND_WAREHOUSE, decimal("100"), decimal("0"));
    for (kit, component, count) in
        [(10, 1, "2"), (10, 3, "1"), (11, 1, "0.5"), (11, 4, "1"), (12, 10, "1"), (13, 3, "1"), (14, 2, "1")]
    {
        office.firm.put_component(kit, component, decimal(count));
    }
    office
}

#[tokio::test]
async fn levels_are_what_is_there_less_what_is_reserved_and_those_of_kits_follow_from_their_components() {
    let office = bookshop().await;
    insta::assert_debug_snapshot!(told(&levels(&*office.open(&[])).await.unwrap()));
    // Goods come with the same levels; of what nobody can tell it is 0, with a warning.
    let of_goods: Vec<String> = office
        .items()
        .await
        .iter()
        .filter_map(|item| match item {
            Item::Product(product, warnings) => {
                let level = product.variants()[0].stock.quantity().unwrap();
                Some(format!(
                    "{}: {level} {}",
                    product.id(),
                    warnings.first().map_or("", |warning| &warning.what)
                ))
            }
            _ => None,
        })
        .collect();
    insta::assert_debug_snapshot!(of_goods);
}

#[tokio::test]
async fn a_component_that_was_deleted_is_not_there_to_be_put_into_a_kit() {
    let office = bookshop().await;
    office.put(Good { is_deleted: true, ..Good::new(1, "S1", "Towar") });
    let levels = told(&levels(&*office.open(&[])).await.unwrap());
    assert!(levels.contains(&"10: 0".to_owned()), "{levels:?}");
    assert!(!levels.iter().any(|level| level.starts_with("1:")), "what was deleted has no level: {levels:?}");
}

#[tokio::test]
async fn the_levels_that_are_asked_for_come_and_no_others() {
    let office = bookshop().await;
    let wanted = ["2", "10", "99", "none"].map(|id| ProductId::new(id).unwrap());
    let items: Vec<_> = office.open(&[]).stock(Scope::Products(wanted.to_vec())).try_collect().await.unwrap();
    assert_eq!(told(&items), ["2: -0.75", "10: 3", "Complete"]);
}

#[tokio::test]
async fn many_levels_take_two_statements_for_each_five_thousand() {
    let office = Office::new().await;
    office.put_many(1..=12_000);
    let platform = office.open(&[]);
    platform.check().await.unwrap();
    let before = platform.requests();
    assert_eq!(levels(&*platform).await.unwrap().len(), 12_001);
    // Three pages, each with its levels, and a statement that finds nothing more.
    assert_eq!(platform.requests() - before, 7);
}

#[test]
fn a_component_that_stands_in_two_rows_is_taken_by_both() {
    let row =
        |count: &str| Component { good: 1, count: Some(decimal(count)), kind: Some(1), is_deleted: false };
    let levels = HashMap::from([(1, Level { on_hand: decimal("10"), reserved: decimal("3") })]);
    assert_eq!(of_kit(&[row("2"), row("1.5")], &levels), Ok(decimal("2")));
    assert_eq!(of_kit(&[row("2")], &levels), Ok(decimal("3")));
}
