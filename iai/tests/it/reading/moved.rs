//! Products that come and go while pages are read, so that others move to a page that was read already.

use std::sync::Arc;

use connector::{End, Item, Scope, StockItem};
use futures::{StreamExt as _, TryStreamExt as _};
use iai_sandbox::{Goods, Shop};

use crate::shop::{came, mugs, open, pages, start};

fn hold(shop: &Shop, ids: impl IntoIterator<Item = u64>) {
    shop.hold(Goods { products: mugs(ids), ..Goods::default() });
}

/// Reads all of 250 mugs, or so many, and lets the shop hold other ones once so many products have come.
async fn read_while(count: u64, changes: &[(usize, Vec<u64>)]) -> (Arc<Shop>, Vec<Item>) {
    let shop = start(mugs(1..=count)).await;
    let platform = open(&shop.url(), &[]);
    let mut stream = platform.products(Scope::All);
    let mut items = Vec::new();
    for (after, ids) in changes {
        while items.len() < *after {
            items.push(stream.next().await.expect("more products").unwrap());
        }
        hold(&shop, ids.iter().copied());
    }
    items.extend(stream.try_collect::<Vec<_>>().await.unwrap());
    (shop, items)
}

fn without(count: u64, gone: &[u64]) -> Vec<u64> {
    (1..=count).filter(|id| !gone.contains(id)).collect()
}

/// Sees that each of these came once, and nothing else but what had come before it went.
#[track_caller]
fn assert_came(items: &[Item], there: &[u64]) {
    let came = came(items);
    let mut once = came.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), came.len(), "a product came twice");
    let lost: Vec<_> = there.iter().filter(|id| !came.contains(id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert_eq!(items.last(), Some(&Item::End(End::Complete)));
}

#[tokio::test]
async fn nothing_is_looked_for_where_nothing_went() {
    let (shop, items) = read_while(250, &[]).await;
    assert_came(&items, &without(250, &[]));
    assert_eq!(pages(&shop).len(), 4);
}

#[tokio::test]
async fn a_product_that_is_deleted_loses_none_of_the_others() {
    for (after, gone) in [(1, 50), (100, 1), (150, 100), (150, 180), (200, 250), (249, 3)] {
        let (_, items) = read_while(250, &[(after, without(250, &[gone]))]).await;
        assert_came(&items, &without(250, &[gone]));
    }
}

#[tokio::test]
async fn many_products_that_are_deleted_lose_none_of_the_others() {
    let gone: Vec<u64> = (1..=100).collect();
    let (_, items) = read_while(350, &[(1, without(350, &gone))]).await;
    assert_came(&items, &without(350, &gone));
}

#[tokio::test]
async fn one_that_is_deleted_and_one_that_is_added_at_once_lose_none_of_the_others() {
    for after in [1, 100, 150] {
        let mut there = without(250, &[50]);
        there.push(251);
        let (_, items) = read_while(250, &[(after, there.clone())]).await;
        assert_came(&items, &there);
    }
}

#[tokio::test]
async fn products_that_are_deleted_one_after_the_other_lose_none_of_the_others() {
    let changes =
        [(50, without(450, &[10])), (150, without(450, &[10, 20])), (250, without(450, &[10, 20, 30]))];
    let (_, items) = read_while(450, &changes).await;
    assert_came(&items, &without(450, &[10, 20, 30]));
}

#[tokio::test]
async fn a_last_page_that_is_empty_since_a_product_went_is_the_end() {
    // 101 to 200 come on the second page, and 201 moves from the third to it once 50 is gone.
    for after in [101, 150, 200] {
        let (_, items) = read_while(201, &[(after, without(201, &[50]))]).await;
        assert_came(&items, &without(201, &[50]));
    }
    // The last one itself goes: nothing moves.
    let (_, items) = read_while(201, &[(150, without(201, &[201]))]).await;
    assert_came(&items, &without(201, &[201]));
}

#[tokio::test]
async fn products_that_are_added_come_too() {
    let (_, items) = read_while(250, &[(1, (1..=301).collect())]).await;
    assert_came(&items, &(1..=301).collect::<Vec<_>>());
}

#[tokio::test]
async fn levels_lose_none_of_the_others_either() {
    let shop = start(mugs(1..=250)).await;
    let platform = open(&shop.url(), &[]);
    let mut stream = platform.stock(Scope::All);
    let first = stream.next().await.unwrap().unwrap();
    hold(&shop, without(250, &[50]));
    let mut items = vec![first];
    items.extend(stream.try_collect::<Vec<_>>().await.unwrap());
    let levels = items.iter().filter(|item| matches!(item, StockItem::Level { .. })).count();
    assert_eq!(levels, 250, "all, and the one that came before it went");
    assert_eq!(items.last(), Some(&StockItem::End(End::Complete)));
}
