//! Variants whose products are known by other ids from now on.

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use gateway_core::model::{ProductId, StockLevel};
use rust_decimal::Decimal;
use state::{
    Changes, FamilyKey, Intent, LeaseKind, LevelChanges, LevelRow, LevelWrite, Link, RejectRow, Store,
    StoredReject, VariantKey,
};

use crate::support::{Place, at, guid, key, link, product};

on_both! {
    what_is_remembered_goes_over_with_the_link,
    two_links_to_one_product_become_one,
    two_links_to_two_products_stay_two,
    a_stock_run_that_read_the_old_id_writes_to_the_new_one,
    many_at_once,
}

fn start() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

fn renamed(pairs: &[(&str, &str, &str)]) -> Vec<(VariantKey, ProductId)> {
    pairs.iter().map(|(from, variant, to)| (key(from, variant), product(to))).collect()
}

fn level(product_id: &str, variant: &str, number: u128) -> LevelRow {
    let (product, variant) = key(product_id, variant);
    let write = LevelWrite {
        old: Some(Decimal::TEN),
        intended: Decimal::ONE,
        key: "k".to_owned(),
        at: start(),
        is_answered: false,
    };
    LevelRow {
        product,
        variant,
        guid: guid(number),
        shop: Some(StockLevel::Quantity(7.into())),
        market: Some(6.into()),
        owed: (-2).into(),
        held: Decimal::ONE,
        shop_write: Some(write.clone()),
        market_write: Some(write),
    }
}

async fn remember_level(store: &Store, row: LevelRow) {
    let lease = store.lease(LeaseKind::Stock, "a test").await.unwrap();
    let changes = LevelChanges { rows: vec![row], ..LevelChanges::default() };
    store.remember_levels(&lease, &changes, None).await.unwrap();
    lease.release().await.unwrap();
}

async fn rename(store: &Store, changes: Changes) {
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    store.remember(&lease, &changes).await.unwrap();
    lease.release().await.unwrap();
}

async fn links(store: &Store) -> Vec<Link> {
    store.links().try_collect().await.unwrap()
}

async fn levels(store: &Store) -> Vec<LevelRow> {
    store.levels().try_collect().await.unwrap()
}

async fn what_is_remembered_goes_over_with_the_link(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("b", "0", 1), link("b", "1", 2), link("c", "0", 3)]).await.unwrap();
    store.set_stock_bases(&[(key("b", "0"), Some(7.into()))]).await.unwrap();
    remember_level(&store, level("b", "0", 1)).await;
    store.set_family_tag(&FamilyKey::Product(product("b")), guid(77)).await.unwrap();
    let row = RejectRow { variant: None, name: None, reason: "no price".to_owned(), since: start() };
    store.set_rejects(&product("b"), &[row]).await.unwrap();
    let (product_id, variant) = key("b", "2");
    let intent = Intent { product: product_id, variant, at: start(), stock_base: Some(5.into()) };
    rename(&store, Changes { intents: vec![intent], ..Changes::default() }).await;

    let rewritten = Link { hash: "new".to_owned(), stock_base: None, ..link("a", "0", 1) };
    let changes = Changes {
        renamed: renamed(&[("b", "0", "a"), ("b", "2", "a"), ("never", "0", "a"), ("c", "0", "c")]),
        written: vec![rewritten.clone()],
        ..Changes::default()
    };
    assert!(!changes.is_none());
    rename(&store, changes).await;
    let again = place.store().await;
    let base = link("b", "1", 2).stock_base;
    assert_eq!(
        links(&again).await,
        [
            Link { stock_base: Some(7.into()), ..rewritten },
            Link { stock_base: base, ..link("b", "1", 2) },
            link("c", "0", 3)
        ]
    );
    assert_eq!(levels(&again).await, [level("a", "0", 1)], "with all that is owed, held and on its way");
    let tag = async |id: &str| again.family_tag(&FamilyKey::Product(product(id))).await.unwrap();
    assert_eq!((tag("a").await, tag("b").await), (Some(guid(77)), None));
    let rejects: Vec<StoredReject> = again.rejects().try_collect().await.unwrap();
    assert_eq!(rejects.iter().map(|reject| reject.product.as_str()).collect::<Vec<_>>(), ["a"]);
    let intents = again.intents().await.unwrap();
    assert_eq!((intents[0].key(), intents[0].stock_base), (key("a", "2"), Some(5.into())));
    // What was done is done.
    rename(&again, Changes { renamed: renamed(&[("b", "0", "a")]), ..Changes::default() }).await;
    assert_eq!((links(&again).await.len(), levels(&again).await.len()), (3, 1));
    rename(&again, Changes { renamed: renamed(&[("a", "0", "b")]), ..Changes::default() }).await;
    assert_eq!(levels(&again).await, [level("b", "0", 1)], "and the other way round");
}

async fn two_links_to_one_product_become_one(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("b", "0", 1)]).await.unwrap();
    remember_level(&store, level("b", "0", 1)).await;
    // A listing has shown the new id, and a write to its place has left word.
    let listed = Link { stock_base: None, hash: "listed".to_owned(), ..link("a", "0", 1) };
    store.put_links(std::slice::from_ref(&listed)).await.unwrap();
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    store.touch_level(&lease, &key("a", "0"), guid(1), start(), start()).await.unwrap();
    lease.release().await.unwrap();
    rename(&store, Changes { renamed: renamed(&[("b", "0", "a")]), ..Changes::default() }).await;
    assert_eq!(links(&store).await, [Link { stock_base: Some(7.into()), ..listed }]);
    assert_eq!(levels(&store).await, [level("a", "0", 1)]);
}

async fn two_links_to_two_products_stay_two(place: &Place) {
    let store = place.store().await;
    let both = [link("a", "0", 1), link("b", "0", 2)];
    store.put_links(&both).await.unwrap();
    remember_level(&store, level("b", "0", 2)).await;
    rename(&store, Changes { renamed: renamed(&[("b", "0", "a")]), ..Changes::default() }).await;
    assert_eq!(links(&store).await.iter().map(|link| link.guid).collect::<Vec<_>>(), [guid(1), guid(2)]);
    assert_eq!(levels(&store).await, [level("b", "0", 2)]);
}

async fn a_stock_run_that_read_the_old_id_writes_to_the_new_one(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("b", "0", 1), link("c", "0", 2)]).await.unwrap();
    let stock = store.lease(LeaseKind::Stock, "a pass").await.unwrap();
    let import = store.lease(LeaseKind::Import, "an import").await.unwrap();
    let changes = Changes { renamed: renamed(&[("b", "0", "a")]), ..Changes::default() };
    store.remember(&import, &changes).await.unwrap();
    let touched = store.touch_level(&import, &key("a", "0"), guid(1), start(), start()).await.unwrap();
    assert_eq!(touched, None);
    let rows = vec![level("b", "0", 1), level("c", "0", 2)];
    let changes = LevelChanges { rows, ..LevelChanges::default() };
    let not_ours = store.remember_levels(&stock, &changes, Some(start())).await.unwrap();
    assert_eq!(not_ours, [key("b", "0")], "by the id that the pass knows");
    let without_write = LevelRow { market_write: None, ..level("a", "0", 1) };
    assert_eq!(levels(&store).await, [without_write, level("c", "0", 2)]);
    assert_eq!(links(&store).await[0].stock_base, Some(7.into()));
    stock.release().await.unwrap();
    import.release().await.unwrap();
}

async fn many_at_once(place: &Place) {
    let store = place.store().await;
    let ids: Vec<String> = (0..1200).map(|number| format!("b{number:04}")).collect();
    let all: Vec<Link> = (1..).zip(&ids).map(|(number, id)| link(id, "0", number)).collect();
    store.put_links(&all).await.unwrap();
    let renamed = ids.iter().map(|id| (key(id, "0"), product(&id.replace('b', "a")))).collect();
    rename(&store, Changes { renamed, ..Changes::default() }).await;
    let links = links(&store).await;
    assert_eq!(links.len(), 1200);
    assert!(links.iter().all(|link| link.product.as_str().starts_with('a')));
}
