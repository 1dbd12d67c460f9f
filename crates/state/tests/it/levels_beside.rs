//! What an import and a stock run remember of the same levels, side by side.

use std::time::Duration;

use chrono::DateTime;
use rust_decimal::Decimal;
use state::{Changes, LeaseKind, LevelRow, Link};

use crate::levels::{all, base, begun, lease, number, row, rows};
use crate::support::{Place, guid, key, link};

on_both! {
    what_an_import_has_touched_is_not_written,
    an_import_learns_what_is_being_written,
    an_import_and_a_stock_run_at_the_same_moment,
    many_links_and_levels_are_written_from_both_sides,
}

async fn what_an_import_has_touched_is_not_written(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    let touch = async |id: &str, at| {
        store.touch_level(&import, &key(id, "a"), guid(1), at, DateTime::UNIX_EPOCH).await.unwrap()
    };
    let later = begun() + Duration::from_secs(1);
    let since = begun();
    assert_eq!(touch("1", later).await, None);
    assert_eq!(touch("2", begun()).await, None);
    assert_eq!(touch("3", begun() - Duration::from_millis(1)).await, None);
    let untouched = LevelRow {
        shop: None,
        market: None,
        owed: Decimal::ZERO,
        held: Decimal::ZERO,
        market_write: None,
        ..row("1", "a", 1)
    };
    assert_eq!(all(&store).await[0], untouched, "nothing else is known of it");

    let seen = [row("1", "a", 1), row("2", "a", 1), row("3", "a", 1), row("4", "a", 1)];
    for _ in 0..2 {
        let touched = store.remember_levels(&stock, &rows(&seen), Some(since)).await.unwrap();
        assert_eq!(touched, [key("1", "a"), key("2", "a")], "what a row says of that stays");
    }
    let writes: Vec<bool> = all(&store).await.iter().map(|row| row.market_write.is_some()).collect();
    assert_eq!(writes, [false, false, true, true]);
    // What has been sent is remembered however that may be.
    assert_eq!(store.remember_levels(&stock, &rows(&seen), None).await.unwrap(), []);
    assert!(all(&store).await.iter().all(|row| row.market_write.is_some()));
    // The next run begins later.
    let next = later + Duration::from_millis(1);
    assert_eq!(store.remember_levels(&stock, &rows(&seen), Some(next)).await.unwrap(), []);
    // What is archived for good is not written either, whatever a stock run has read of it.
    store.put_links(&[Link { is_gone: true, ..link("4", "a", 4) }]).await.unwrap();
    let answer = store.remember_levels(&stock, &rows(&seen), Some(next)).await.unwrap();
    assert_eq!((answer, base(&store, "4").await), (vec![key("4", "a")], None));
}

async fn an_import_learns_what_is_being_written(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    store.remember_levels(&stock, &rows(&[row("1", "a", 1)]), Some(begun())).await.unwrap();
    let touch = async |of| {
        store.touch_level(&import, &key("1", "a"), guid(of), begun(), DateTime::UNIX_EPOCH).await.unwrap()
    };
    assert_eq!(touch(1).await.map(|write| write.intended), Some(number("3")));
    let write = row("1", "a", 1).market_write.unwrap();
    let later = write.at + Duration::from_secs(1);
    let of_long_ago = store.touch_level(&import, &key("1", "a"), guid(1), later, later).await.unwrap();
    assert_eq!(of_long_ago, None, "the marketplace shows what became of it");
    assert_eq!(touch(2).await, None, "that is another product");
    assert_eq!(all(&store).await, [row("1", "a", 1)], "all else stays");
    let done = LevelRow { market_write: None, ..row("1", "a", 1) };
    store.remember_levels(&stock, &rows(&[done]), Some(begun() + Duration::from_secs(1))).await.unwrap();
    assert_eq!(touch(1).await, None);
}

async fn an_import_and_a_stock_run_at_the_same_moment(place: &Place) {
    // Two programs.
    let (one, other) = (place.store().await, place.store().await);
    let (import, stock) = (lease(&one, LeaseKind::Import).await, lease(&other, LeaseKind::Stock).await);
    for id in 0..40 {
        let id = id.to_string();
        let variant = key(&id, "a");
        let seen = rows(&[row(&id, "a", 1)]);
        let (sent, left_alone) = futures::join!(
            one.touch_level(&import, &variant, guid(1), begun(), DateTime::UNIX_EPOCH),
            other.remember_levels(&stock, &seen, Some(begun())),
        );
        let (sent, left_alone) = (sent.unwrap(), left_alone.unwrap());
        assert_ne!(sent.is_some(), !left_alone.is_empty(), "exactly one gives way: {sent:?} {left_alone:?}");
    }
}

async fn many_links_and_levels_are_written_from_both_sides(place: &Place) {
    let (one, other) = (place.store().await, place.store().await);
    let (import, stock) = (lease(&one, LeaseKind::Import).await, lease(&other, LeaseKind::Stock).await);
    let ids: Vec<String> = (0..60).map(|id| format!("{id:02}")).collect();
    let importing = async {
        for round in 0..12 {
            let links = ids.iter().rev().map(|id| Link { is_gone: round % 3 == 0, ..link(id, "a", 1) });
            let (written, created) = links.partition(|link| link.product.as_str() > "30");
            one.remember(&import, &Changes { written, created, ..Changes::default() }).await.unwrap();
            one.touch_level(&import, &key("59", "a"), guid(1), begun(), DateTime::UNIX_EPOCH).await.unwrap();
            let unlinked = ids.iter().step_by(2).map(|id| key(id, "a")).collect();
            one.remember(&import, &Changes { unlinked, ..Changes::default() }).await.unwrap();
        }
    };
    let stocking = async {
        for _ in 0..24 {
            let seen: Vec<LevelRow> = ids.iter().map(|id| row(id, "a", 1)).collect();
            other.remember_levels(&stock, &rows(&seen), Some(begun())).await.unwrap();
        }
    };
    futures::join!(importing, stocking);
}
