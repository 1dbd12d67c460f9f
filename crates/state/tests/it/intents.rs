use state::{LeaseKind, StateError};

use crate::support::{Place, at, hostile, key};

on_both! {
    remain_when_a_run_ends_without_a_word,
    get_the_time_of_the_last_attempt,
    are_dropped,
    keep_hostile_ids,
    need_a_lease,
}

async fn remain_when_a_run_ends_without_a_word(place: &Place) {
    {
        let store = place.store().await;
        let lease = store.lease(LeaseKind::Import, "crashing").await.unwrap();
        store.intend(&lease, &[key("1", "b"), key("1", "a")], at("2026-01-02T03:04:05.678Z")).await.unwrap();
        // Neither released nor closed.
    }
    let store = place.store().await;
    let intents = store.intents().await.unwrap();
    let keys: Vec<_> = intents.iter().map(|i| (i.product.clone(), i.variant.clone())).collect();
    assert_eq!(keys, [key("1", "a"), key("1", "b")]);
    assert_eq!(intents[0].at, at("2026-01-02T03:04:05.678Z"));
}

async fn get_the_time_of_the_last_attempt(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    store.intend(&lease, &[key("1", "a"), key("1", "a")], at("2026-01-02T03:04:05Z")).await.unwrap();
    store.intend(&lease, &[key("1", "a")], at("2026-01-02T03:05:00Z")).await.unwrap();
    let intents = store.intents().await.unwrap();
    assert_eq!(intents.iter().map(|i| i.at).collect::<Vec<_>>(), [at("2026-01-02T03:05:00Z")]);
}

async fn are_dropped(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    let many: Vec<_> = (0..1200).map(|number| key("1", &number.to_string())).collect();
    store.intend(&lease, &many, at("2026-01-02T03:04:05Z")).await.unwrap();
    assert_eq!(store.intents().await.unwrap().len(), 1200);
    store.drop_intents(&lease, &many[1..]).await.unwrap();
    store.drop_intents(&lease, &[]).await.unwrap();
    assert_eq!(store.intents().await.unwrap().len(), 1);
}

async fn keep_hostile_ids(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    let keys: Vec<_> = hostile().iter().map(|text| key(text, text)).collect();
    store.intend(&lease, &keys, at("2026-01-02T03:04:05Z")).await.unwrap();
    let mut sorted = keys.clone();
    sorted.sort();
    let found: Vec<_> = store.intents().await.unwrap().into_iter().map(|i| (i.product, i.variant)).collect();
    assert_eq!(found, sorted);
    store.drop_intents(&lease, &keys).await.unwrap();
    assert_eq!(store.intents().await.unwrap(), []);
}

async fn need_a_lease(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "test").await.unwrap();
    place.execute("UPDATE leases SET token = token + 1").await;
    let error = store.intend(&lease, &[key("1", "a")], at("2026-01-02T03:04:05Z")).await.unwrap_err();
    assert!(matches!(error, StateError::LeaseLost { kind: LeaseKind::Import }), "{error}");
    assert_eq!(store.intents().await.unwrap(), []);
    let error = store.link_created(&lease, &[crate::support::link("1", "a", 1)], &[]).await.unwrap_err();
    assert!(matches!(error, StateError::LeaseLost { .. }), "{error}");
    assert_eq!(store.count_links().await.unwrap(), 0);
}
