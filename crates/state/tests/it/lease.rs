use std::time::Duration;

use clock::Clock;
use state::{Heard, Holder, LeaseError, LeaseKind, StateError};

use crate::support::{Place, at, key, owner};

on_both! {
    excludes_another_of_its_kind,
    is_free_again_when_released,
    is_lost_to_who_takes_it_over,
    is_kept_beside_the_work,
    tells_when_who_may_have_been_killed_was_last_heard_of,
    tells_who_looks_who_has_it,
}

async fn excludes_another_of_its_kind(place: &Place) {
    let store = place.store().await;
    let before = chrono::DateTime::from_timestamp(place_seconds(place).await, 0).unwrap();
    let lease = store.lease(LeaseKind::Import, "host-1, process 7, it's 🦀\0").await.unwrap();
    assert_eq!(lease.kind(), LeaseKind::Import);
    // From another pool, as another program would.
    let other = place.store().await;
    let error = other.lease(LeaseKind::Import, "host-2").await.unwrap_err();
    let words = error.to_string();
    let LeaseError::Held { kind, holder: Holder { by, since, heard } } = error else { panic!("{error}") };
    assert_eq!((kind, by.as_str()), (LeaseKind::Import, "host-1, process 7, it's 🦀\u{fffd}"));
    assert!(since >= before && since < before + Duration::from_secs(60), "{since} {before}");
    assert_eq!(heard.is_none(), place.is_file(), "a lock tells that its holder lives: {heard:?}");
    assert!(words.starts_with("another import of this shop is at work (host-1, process 7"), "{words}");
    other.lease(LeaseKind::Stock, "host-2").await.unwrap();
    let elsewhere = place.open().await.owner(&owner("elsewhere")).await.unwrap();
    elsewhere.lease(LeaseKind::Import, "host-2").await.unwrap();
    assert!(lease.is_held().await.unwrap());
    lease.beat().await.unwrap();
    other.lease(LeaseKind::Import, "host-2").await.unwrap_err();
}

/// The clock that leases go by, in seconds.
async fn place_seconds(place: &Place) -> i64 {
    let sql =
        if place.is_file() { "SELECT unixepoch()" } else { "SELECT extract(epoch FROM now())::bigint - 1" };
    place.number(sql).await
}

async fn is_free_again_when_released(place: &Place) {
    let store = place.store().await;
    for holder in ["first", "second", "third"] {
        let lease = store.lease(LeaseKind::Stock, holder).await.unwrap();
        assert!(lease.is_held().await.unwrap());
        lease.release().await.unwrap();
    }
    assert_eq!(place.number("SELECT token FROM leases").await, 3);
}

async fn tells_who_looks_who_has_it(place: &Place) {
    let looking = place.store().await;
    assert_eq!(looking.holder(LeaseKind::Import).await.unwrap(), None, "nobody ever had it");
    let lease = place.store().await.lease(LeaseKind::Import, "host-1, process 7").await.unwrap();
    let Holder { by, since, .. } = looking.holder(LeaseKind::Import).await.unwrap().unwrap();
    let seconds = place_seconds(place).await;
    assert_eq!(by, "host-1, process 7");
    assert!((since.timestamp() - seconds).abs() < 60, "{since} {seconds}");
    assert_eq!(looking.holder(LeaseKind::Stock).await.unwrap(), None);
    assert!(lease.is_held().await.unwrap(), "who looked took it");
    lease.release().await.unwrap();
    assert_eq!(looking.holder(LeaseKind::Import).await.unwrap(), None);
    looking.lease(LeaseKind::Import, "host-2").await.unwrap();
}

async fn is_lost_to_who_takes_it_over(place: &Place) {
    let store = place.store().await;
    // On PostgreSQL it expires at once; on SQLite the lock's file is taken away, as a careless person would.
    let old = store.lease_for(LeaseKind::Import, "old", Duration::ZERO).await.unwrap();
    if place.is_file() {
        for entry in std::fs::read_dir(place.path().parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with(".import.lock") {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
    let new = place.store().await.lease(LeaseKind::Import, "new").await.unwrap();
    assert!(!old.is_held().await.unwrap());
    assert!(matches!(old.beat().await, Err(StateError::LeaseLost { .. })));
    let time = at("2026-01-02T03:04:05Z");
    let error = store.intend(&old, &[key("1", "a")], time).await.unwrap_err();
    assert!(error.to_string().contains("has lost its hold on the shop's import"), "{error}");
    // It takes nothing from the new one when it gives back what it does not have.
    old.release().await.unwrap();
    assert!(new.is_held().await.unwrap());
    store.intend(&new, &[key("1", "a")], time).await.unwrap();
}

async fn tells_when_who_may_have_been_killed_was_last_heard_of(place: &Place) {
    let store = place.store().await;
    let _lease = store.lease(LeaseKind::Import, "host-1, process 7").await.unwrap();
    let words = || async { store.lease(LeaseKind::Import, "host-2").await.unwrap_err().to_string() };
    if place.is_file() {
        assert!(!words().await.contains("last heard of"), "{}", words().await);
        return;
    }
    place.execute("UPDATE leases SET beat = beat - 25000, expires = expires - 25000").await;
    let Heard { ago, free } = store.holder(LeaseKind::Import).await.unwrap().unwrap().heard.unwrap();
    assert!((25..40).contains(&ago.as_secs()), "{ago:?}");
    let left = free.timestamp() - place_seconds(place).await;
    assert!((20..=37).contains(&left), "{left} s");
    let told =
        format!(" s ago; if it was killed, the shop is free at {})", free.format("%Y-%m-%d %H:%M:%S UTC"));
    let words = words().await;
    assert!(words.contains("; last heard of 2") && words.ends_with(&told), "{words}");
}

async fn is_kept_beside_the_work(place: &Place) {
    let store = place.store().await;
    let lease = store.lease(LeaseKind::Import, "holder").await.unwrap();
    // Waits on this clock end at once, so it beats all the time.
    let clock = Clock::test(at("2026-01-02T03:04:05Z"));
    if place.is_file() {
        let mut keeping = std::pin::pin!(lease.keep(&clock));
        assert!(futures::poll!(&mut keeping).is_pending());
        assert_eq!(clock.moment(), clock::Moment::START);
        return;
    }
    place.execute("UPDATE leases SET beat = 1, expires = 2").await;
    assert!(!lease.is_held().await.unwrap());
    let error = store.intend(&lease, &[key("1", "a")], at("2026-01-02T03:04:05Z")).await.unwrap_err();
    assert!(matches!(error, StateError::LeaseLost { .. }), "{error}");
    let beaten = async {
        while place.number("SELECT CASE WHEN beat = 1 THEN 0 ELSE expires - beat END FROM leases").await
            != 60_000
        {}
    };
    tokio::select! {
        lost = lease.keep(&clock) => panic!("{lost}"),
        () = beaten => {}
    }
    // Nobody else took it, so it holds again.
    assert!(lease.is_held().await.unwrap());
    assert!(matches!(
        place.store().await.lease(LeaseKind::Import, "other").await,
        Err(LeaseError::Held { .. })
    ));

    place.execute("UPDATE leases SET token = token + 1").await;
    let lost = lease.keep(&clock).await;
    assert!(matches!(lost, StateError::LeaseLost { kind: LeaseKind::Import }), "{lost}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_lost_when_the_server_cannot_be_reached_for_so_long() {
    let Some(place) = Place::postgres().await else { return };
    let state = place.open().await;
    let store = state.owner(&owner("shop.example")).await.unwrap();
    let lease = store.lease(LeaseKind::Import, "holder").await.unwrap();
    state.close().await.unwrap();
    let clock = Clock::test(at("2026-01-02T03:04:05Z"));
    let lost = lease.keep(&clock).await;
    assert!(matches!(lost, StateError::LeaseLost { .. }), "{lost}");
    assert!(clock.moment().since(clock::Moment::START) >= state::EXPIRY);
    place.end().await;
}
