//! Many changes in one transaction.

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt as _;
use serde_json::json;
use state::{Changes, FamilyKey, Intent, LeaseKind, Link, RejectRow, StateError, StoredReject};

use crate::support::{Place, at, guid, key, link, product};

on_both! {
    are_all_there_together,
    come_in_their_order,
    say_which_mapping_made_all_links,
    of_a_lost_lease_are_none,
    may_be_of_many_products,
}

fn start() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

fn intent(product_id: &str, variant: &str, minutes: i64) -> Intent {
    let (product, variant) = key(product_id, variant);
    Intent { product, variant, at: start() + TimeDelta::minutes(minutes), stock_base: None }
}

fn row(reason: &str) -> RejectRow {
    RejectRow { variant: None, name: Some("Cup".to_owned()), reason: reason.to_owned(), since: start() }
}

async fn are_all_there_together(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    store.put_links(&[link("8", "0", 8), link("9", "0", 9)]).await.unwrap();
    store.put_images(&[("old".to_owned(), "address".to_owned())]).await.unwrap();
    store.intend(&lease, &[key("1", "0"), key("2", "0")], start()).await.unwrap();

    let family = FamilyKey::Product(product("1"));
    let mut changes = Changes {
        unlinked: vec![key("9", "0")],
        not_created: vec![key("2", "0")],
        intents: vec![intent("3", "0", 3)],
        created: vec![link("1", "0", 1)],
        ..Changes::default()
    };
    let rewritten = Link { hash: "new".to_owned(), stock_base: None, ..link("8", "0", 8) };
    changes.add(Changes {
        written: vec![rewritten.clone()],
        lost_images: vec!["old".to_owned()],
        images: vec![("new".to_owned(), "address".to_owned())],
        families: vec![(family.clone(), guid(77))],
        rejects: vec![(product("4"), vec![row("no price")])],
        more_rejects: vec![(product("4"), vec![row("no name")])],
        notes: vec![("note".to_owned(), json!({ "a": 1 }))],
        ..Changes::default()
    });
    store.remember(&lease, &changes).await.unwrap();

    let again = place.store().await;
    let links: Vec<Link> = again.links().try_collect().await.unwrap();
    let base = link("8", "0", 8).stock_base;
    assert_eq!(links, [link("1", "0", 1), Link { stock_base: base, ..rewritten }]);
    let intents = again.intents().await.unwrap();
    assert_eq!(
        intents.iter().map(|intent| (intent.product.as_str(), intent.at)).collect::<Vec<_>>(),
        [("3", start() + TimeDelta::minutes(3))]
    );
    let images = again.images(&["old".to_owned(), "new".to_owned()]).await.unwrap();
    assert_eq!(images.into_keys().collect::<Vec<_>>(), ["new"]);
    assert_eq!(again.family_tag(&family).await.unwrap(), Some(guid(77)));
    let rejects: Vec<StoredReject> = again.rejects().try_collect().await.unwrap();
    assert_eq!(
        rejects.iter().map(|reject| reject.row.reason.as_str()).collect::<Vec<_>>(),
        ["no price", "no name"]
    );
    assert_eq!(again.note("note").await.unwrap(), Some(json!({ "a": 1 })));
    lease.release().await.unwrap();
}

async fn come_in_their_order(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    let intended = |minutes: i64| Changes { intents: vec![intent("1", "0", minutes)], ..Changes::default() };
    let mut changes = intended(1);
    changes.add(intended(2));
    changes.add(Changes { written: vec![link("5", "0", 1), link("5", "0", 2)], ..Changes::default() });
    store.remember(&lease, &changes).await.unwrap();
    assert_eq!(
        store.intents().await.unwrap()[0].at,
        start() + TimeDelta::minutes(2),
        "the later attempt holds"
    );
    assert_eq!(store.links_of(&[product("5")]).await.unwrap()[0].guid, guid(2), "the later link holds");
    assert!(Changes::default().is_none() && !changes.is_none());
    lease.release().await.unwrap();
}

async fn say_which_mapping_made_all_links(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    let of_mapping = |id: &str, mapping: u32| Link { mapping, ..link(id, "0", 1) };
    store.put_links(&[of_mapping("1", 1), of_mapping("2", 2), of_mapping("3", 0)]).await.unwrap();
    store.remember(&lease, &Changes { mapping: Some(2), ..Changes::default() }).await.unwrap();
    let links: Vec<Link> = store.links().try_collect().await.unwrap();
    assert_eq!(links.iter().map(|link| link.mapping).collect::<Vec<_>>(), [2, 2, 2]);
    lease.release().await.unwrap();
}

async fn of_a_lost_lease_are_none(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    place.execute("UPDATE leases SET token = token + 1").await;
    let changes = Changes { created: vec![link("1", "0", 1)], ..Changes::default() };
    let error = store.remember(&lease, &changes).await.unwrap_err();
    assert!(matches!(error, StateError::LeaseLost { .. }), "{error}");
    assert_eq!(store.count_links().await.unwrap(), 0);
    // Nothing to remember needs no lease.
    store.remember(&lease, &Changes::default()).await.unwrap();
}

async fn may_be_of_many_products(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "a test").await.unwrap();
    let ids: Vec<String> = (0..1200).map(|number| number.to_string()).collect();
    let intents = ids.iter().map(|id| intent(id, "0", 0)).chain([intent("1", "1", 0)]).collect();
    store.remember(&lease, &Changes { intents, ..Changes::default() }).await.unwrap();
    assert_eq!(store.intents().await.unwrap().len(), 1201);
    let created = ids.iter().map(|id| link(id, "0", 1)).collect();
    store.remember(&lease, &Changes { created, ..Changes::default() }).await.unwrap();
    let left = store.intents().await.unwrap();
    assert_eq!(left.iter().map(|intent| intent.variant.as_str()).collect::<Vec<_>>(), ["1"]);
    let unlinked = ids[1..].iter().map(|id| key(id, "0")).collect();
    store.remember(&lease, &Changes { unlinked, ..Changes::default() }).await.unwrap();
    assert_eq!(store.count_links().await.unwrap(), 1);
    lease.release().await.unwrap();
}
