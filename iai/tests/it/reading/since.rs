//! Products that were changed since a moment.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clock::Clock;
use connector::{End, Item, Scope};
use futures::{StreamExt as _, TryStreamExt as _};
use iai_sandbox::{Goods, Product, Shop};
use serde_json::{Value, json};

use crate::shop::{came, decimal, items, mug, mugs, open_on, pages, polish, start_on};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A shop into which five mugs were put ten days ago.
async fn ten_days_later() -> (Clock, Arc<Shop>) {
    let clock = Clock::test(moment("2026-02-19T12:00:00Z"));
    let shop = start_on(&clock, mugs(1..=5)).await;
    clock.advance(10 * DAY);
    (clock, shop)
}

fn changed(change: impl Fn(u64, &mut Product)) -> Goods {
    let products = (1..=5).map(|id| {
        let mut product = mug(id);
        change(id, &mut product);
        product
    });
    Goods { products: products.collect(), ..Goods::default() }
}

/// The dates by which the shop was asked, page by page.
fn dates(shop: &Shop) -> Vec<Value> {
    pages(shop).into_iter().map(|page| page["productDate"].clone()).collect()
}

async fn since(clock: &Clock, shop: &Shop, since: &str) -> Vec<u64> {
    let items = items(&*open_on(clock, &shop.url(), &[]), Scope::Since(moment(since))).await.unwrap();
    assert_eq!(items.last(), Some(&Item::End(End::Complete)));
    came(&items)
}

#[tokio::test]
async fn both_kinds_of_changes_are_asked_for_with_a_day_more_at_both_ends() {
    let (clock, shop) = ten_days_later().await;
    assert_eq!(since(&clock, &shop, "2026-02-27T12:00:00Z").await, Vec::<u64>::new());
    let asked = |mode: &str| {
        json!({
            "productDateMode": mode,
            "productDateBegin": "2026-02-26",
            "productDateEnd": "2026-03-02",
        })
    };
    assert_eq!(dates(&shop), [asked("modified_and_quantity_changed"), asked("price_changed")]);
}

#[tokio::test]
async fn days_are_those_of_the_shops_clock() {
    let (clock, shop) = ten_days_later().await;
    // Half past eleven in the evening is half past twelve in Warsaw: the next day.
    clock.advance(Duration::from_secs(11 * 60 * 60 + 30 * 60));
    since(&clock, &shop, "2026-02-26T23:30:00Z").await;
    let asked = &dates(&shop)[0];
    assert_eq!(
        (&asked["productDateBegin"], &asked["productDateEnd"]),
        (&json!("2026-02-26"), &json!("2026-03-03"))
    );
    // In summer an hour earlier.
    shop.forget_calls();
    since(&clock, &shop, "2025-07-10T22:15:00Z").await;
    assert_eq!(dates(&shop)[0]["productDateBegin"], "2025-07-10");
}

#[tokio::test]
async fn whatever_was_changed_comes_once() {
    let (clock, shop) = ten_days_later().await;
    shop.hold(changed(|id, mug| match id {
        1 => mug.gross = decimal("15"),
        2 => mug.name = polish("Kubek w kropki"),
        3 => mug.sizes[0].stocks[0].quantity = decimal("4"),
        4 => (mug.gross, mug.name) = (decimal("16"), polish("Kubek w paski")),
        _ => {}
    }));
    let mut came = since(&clock, &shop, "2026-03-01T00:00:00Z").await;
    // What is only cheaper or dearer now is found by another question than what is called differently.
    assert_eq!(came.len(), 4, "one came twice or never: {came:?}");
    came.sort_unstable();
    assert_eq!(came, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_price_alone_is_a_change() {
    let (clock, shop) = ten_days_later().await;
    shop.hold(changed(|id, mug| {
        if id == 5 {
            mug.sizes[0].gross = Some(decimal("9.90"));
        }
    }));
    assert_eq!(since(&clock, &shop, "2026-03-01T11:59:00Z").await, [5]);
}

#[tokio::test]
async fn what_was_changed_just_before_midnight_is_found_on_the_next_day() {
    let (clock, shop) = ten_days_later().await;
    // A minute before midnight in Warsaw.
    clock.advance(Duration::from_secs(10 * 60 * 60 + 59 * 60));
    shop.hold(changed(|id, mug| {
        if id == 2 {
            mug.name = polish("Kubek nocny");
        }
    }));
    let when = clock.now().to_rfc3339();
    clock.advance(Duration::from_secs(120));
    assert_eq!(since(&clock, &shop, &when).await, [2]);
    clock.advance(3 * DAY);
    assert_eq!(since(&clock, &shop, "2026-03-03T12:00:00Z").await, Vec::<u64>::new(), "not for ever");
}

#[tokio::test]
async fn changes_of_more_than_a_page_come_page_by_page() {
    let clock = Clock::test(moment("2026-03-01T12:00:00Z"));
    let shop = start_on(&clock, mugs(1..=230)).await;
    assert_eq!(since(&clock, &shop, "2026-03-01T11:00:00Z").await, (1..=230).collect::<Vec<_>>());
    let numbers: Vec<Value> = pages(&shop).iter().map(|page| page["resultsPage"].clone()).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 0], "three pages and the end of one list, the end of the other");
}

#[tokio::test]
async fn what_is_changed_while_changes_are_read_comes_too_and_is_no_error() {
    let clock = Clock::test(moment("2026-03-01T12:00:00Z"));
    let shop = start_on(&clock, mugs(1..=300)).await;
    clock.advance(10 * DAY);
    // So many that the list ends with a full page, or not.
    for (changed_at_first, later) in [(101..=250, 7), (101..=300, 7), (101..=250, 280)] {
        let rename = |product: &mut Product, name: &str| product.code = format!("{name}-{}", product.id);
        let goods = |also: Option<u64>| {
            let mut products = mugs(1..=300);
            for product in &mut products {
                if changed_at_first.contains(&product.id) || also == Some(product.id) {
                    rename(product, &format!("{changed_at_first:?}"));
                }
            }
            Goods { products, ..Goods::default() }
        };
        shop.hold(goods(None));
        let platform = open_on(&clock, &shop.url(), &[]);
        let mut stream = platform.products(Scope::Since(clock.now()));
        let mut items = vec![stream.next().await.unwrap().unwrap()];
        shop.hold(goods(Some(later)));
        items.extend(stream.try_collect::<Vec<_>>().await.unwrap());
        let came = came(&items);
        let lost: Vec<u64> =
            changed_at_first.clone().chain([later]).filter(|id| !came.contains(id)).collect();
        assert!(lost.is_empty(), "lost of {changed_at_first:?}: {lost:?}");
        assert_eq!(items.last(), Some(&Item::End(End::Complete)));
        // Back to what they were, days before the next round.
        shop.hold(Goods { products: mugs(1..=300), ..Goods::default() });
        clock.advance(10 * DAY);
    }
}
