use futures::{StreamExt as _, TryStreamExt as _};
use gateway_core::gateway::SourceMark;
use gateway_core::model::{ExternalId, ShopKey};
use serde_json::json;
use state::{LeaseKind, Link, StateError};

use crate::support::{Place, guid, hostile, key, link, platform, product};

on_both! {
    come_back_as_they_were,
    hostile_texts_come_back,
    a_later_one_replaces_an_earlier,
    the_stock_base_belongs_to_who_writes_levels,
    are_found_by_product_and_by_guid,
    are_removed,
    come_page_by_page,
    of_a_failing_write_none_is_there,
    created_ones_take_their_intents_along,
    what_cannot_be_read_is_told,
}

async fn come_back_as_they_were(place: &Place) {
    let store = place.store().await;
    let full = link("12", "3", 100);
    let mut empty = link("12", "0", 200);
    (empty.tags, empty.images, empty.family, empty.stock_base) = (vec![], vec![], None, None);
    (empty.sent, empty.hash, empty.mapping, empty.is_gone) =
        (Default::default(), String::new(), u32::MAX, true);
    store.put_links(&[full.clone(), empty.clone()]).await.unwrap();

    let again = place.store().await;
    let links: Vec<Link> = again.links().try_collect().await.unwrap();
    assert_eq!(links, [empty, Link { stock_base: Some("12.5".parse().unwrap()), ..full }]);
}

async fn hostile_texts_come_back(place: &Place) {
    let store = place.store().await;
    let mut links = Vec::new();
    for (number, text) in (1_u128..).zip(hostile()) {
        let mut one = link(&text, &text, number);
        one.hash.clone_from(&text);
        one.sent.insert(text.clone(), text.clone());
        // What is kept as JSON may hold even this.
        one.images = vec![(format!("{text}\0"), text.clone())];
        links.push(one);
    }
    store.put_links(&links).await.unwrap();
    for one in &links {
        let found = store.links_of(std::slice::from_ref(&one.product)).await.unwrap();
        assert_eq!(found, std::slice::from_ref(one));
    }
    let nul = Link { hash: "a\0b".to_owned(), ..link("1", "1", 1) };
    let error = store.put_links(&[link("2", "2", 2), nul]).await.unwrap_err();
    assert!(matches!(error, StateError::Unstorable { .. }), "{error}");
    assert_eq!(store.count_links().await.unwrap(), links.len() as u64);
}

async fn a_later_one_replaces_an_earlier(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("1", "0", 1), link("1", "0", 2)]).await.unwrap();
    assert_eq!(store.links_of(&[product("1")]).await.unwrap(), [link("1", "0", 2)]);
    store.put_links(&[]).await.unwrap();
    let other = Link { hash: "other".to_owned(), family: None, ..link("1", "0", 3) };
    store.put_links(std::slice::from_ref(&other)).await.unwrap();
    // Another product of the marketplace has another level.
    let other = Link { stock_base: None, ..other };
    assert_eq!(store.links_of(&[product("1")]).await.unwrap(), [other]);
}

async fn the_stock_base_belongs_to_who_writes_levels(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("1", "0", 1)]).await.unwrap();
    let bases = [(key("1", "0"), Some("-7.50".parse().unwrap())), (key("none", "0"), None)];
    store.set_stock_bases(&bases).await.unwrap();
    // An import writes what it read before the level was written.
    store.put_links(&[link("1", "0", 1)]).await.unwrap();
    let base = store.links_of(&[product("1")]).await.unwrap()[0].stock_base;
    assert_eq!(base.unwrap().to_string(), "-7.5");
    assert_eq!(store.count_links().await.unwrap(), 1);

    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    store.link_created(&lease, &[link("1", "0", 1)], &[]).await.unwrap();
    let base = store.links_of(&[product("1")]).await.unwrap()[0].stock_base;
    assert_eq!(base.unwrap().to_string(), "12.5");
    store.set_stock_bases(&[(key("1", "0"), None)]).await.unwrap();
    assert_eq!(store.links_of(&[product("1")]).await.unwrap()[0].stock_base, None);
}

async fn are_found_by_product_and_by_guid(place: &Place) {
    let store = place.store().await;
    let links: Vec<Link> = (0..1200).map(|number| link(&format!("{number:04}"), "0", number)).collect();
    store.put_links(&links).await.unwrap();
    let products: Vec<_> = links.iter().rev().map(|link| link.product.clone()).collect();
    assert_eq!(store.links_of(&products).await.unwrap(), links);
    assert_eq!(store.links_of(&[]).await.unwrap(), []);
    let found = store.links_to(&[guid(5), guid(99_999), guid(5)]).await.unwrap();
    assert_eq!(found, [links[5].clone()]);
}

async fn are_removed(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("1", "a", 1), link("1", "b", 2), link("2", "a", 3)]).await.unwrap();
    store.remove_links(&[key("1", "a"), key("2", "b"), key("1", "a")]).await.unwrap();
    let left: Vec<Link> = store.links().try_collect().await.unwrap();
    assert_eq!(left, [link("1", "b", 2), link("2", "a", 3)]);
}

async fn come_page_by_page(place: &Place) {
    let store = place.store().await;
    let links: Vec<Link> =
        (0..5500).map(|number| link(&format!("{}", number / 7), &format!("{number}"), number)).collect();
    store.put_links(&links).await.unwrap();
    let mut sorted: Vec<_> = links.iter().map(|link| (link.product.clone(), link.variant.clone())).collect();
    sorted.sort();
    let keys: Vec<_> = store.links().map_ok(|link| (link.product, link.variant)).try_collect().await.unwrap();
    assert_eq!(keys, sorted);

    // No query stays open between two pages: what is written behind the reader is read.
    let mut reading = std::pin::pin!(store.links());
    reading.next().await.unwrap().unwrap();
    store.put_links(&[link("zzz", "0", 1)]).await.unwrap();
    let mut last = None;
    while let Some(link) = reading.try_next().await.unwrap() {
        last = Some(link);
    }
    assert_eq!(last, Some(link("zzz", "0", 1)));
}

async fn of_a_failing_write_none_is_there(place: &Place) {
    let store = place.store().await;
    // More than one statement's worth, the last of which cannot be stored.
    let links: Vec<Link> = (0..1100).map(|number| link(&format!("{number:04}"), "0", number)).collect();
    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    store.intend(&lease, &[key("0001", "0")], crate::support::at("2026-01-02T03:04:05Z")).await.unwrap();
    let notes = [("good".to_owned(), json!(1)), ("bad\0".to_owned(), json!(2))];
    let error = store.link_created(&lease, &links, &notes).await.unwrap_err();
    assert!(matches!(error, StateError::Unstorable { .. }), "{error}");
    assert_eq!(store.count_links().await.unwrap(), 0);
    assert_eq!(store.intents().await.unwrap().len(), 1);
    assert_eq!(store.note("good").await.unwrap(), None);
    // And it goes on.
    store.link_created(&lease, &links, &notes[..1]).await.unwrap();
    assert_eq!(store.count_links().await.unwrap(), 1100);
}

async fn created_ones_take_their_intents_along(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    let at = crate::support::at("2026-01-02T03:04:05Z");
    store.intend(&lease, &[key("1", "a"), key("1", "b"), key("2", "a")], at).await.unwrap();
    let links = [link("1", "a", 1), link("2", "a", 2)];
    store.link_created(&lease, &links, &[("last".to_owned(), json!({"b": 1, "a": [null]}))]).await.unwrap();
    let left: Vec<_> = store.intents().await.unwrap().into_iter().map(|i| (i.product, i.variant)).collect();
    assert_eq!(left, [key("1", "b")]);
    assert_eq!(store.note("last").await.unwrap(), Some(json!({"a": [null], "b": 1})));
    assert_eq!(store.count_links().await.unwrap(), 2);
}

async fn what_cannot_be_read_is_told(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("1", "a", 1)]).await.unwrap();
    place.execute("UPDATE links SET tags = 'no json'").await;
    let error = store.links_of(&[product("1")]).await.unwrap_err().to_string();
    assert!(error.contains("a link's tags") && error.contains("put back a copy"), "{error}");
}

/// What is held while all links are gone through, on SQLite, whose rows come from a thread of their own and are counted when they are
/// kept here.
fn most_held_of(links: u128) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let place = Place::file();
    let store = runtime.block_on(async {
        let store = place.store().await;
        let links: Vec<Link> = (0..links).map(|number| link(&format!("{number:05}"), "0", number)).collect();
        store.put_links(&links).await.unwrap();
        store
    });
    let mut seen = 0;
    let counted = allocation_counter::measure(|| {
        runtime.block_on(async {
            let mut reading = std::pin::pin!(store.links());
            while reading.try_next().await.unwrap().is_some() {
                seen += 1;
            }
        });
    });
    assert_eq!(seen, links);
    counted.bytes_max
}

#[test]
fn what_is_held_does_not_grow_with_their_number() {
    let (few, many) = (most_held_of(1000), most_held_of(8000));
    assert!(many < few + few / 4, "{few} bytes for 1000 links, {many} for 8000");
}

#[test]
fn a_mark_of_the_marketplace_is_a_link() {
    let (product, variant) = key("1", "a");
    let shop = ShopKey::named("shop").unwrap();
    let mut mark = SourceMark::new(ExternalId { platform: platform(), shop, product, variant });
    let expected = Link { mapping: 0, stock_base: None, ..link("1", "a", 1) };
    (mark.hash, mark.sent, mark.tags) = (expected.hash.clone(), expected.sent.clone(), expected.tags.clone());
    (mark.images, mark.family) = (expected.images.clone(), expected.family);
    assert_eq!(Link::of_mark(guid(1), mark), expected);
}
