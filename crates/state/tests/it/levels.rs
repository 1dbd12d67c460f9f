//! What is remembered of stock levels.

use std::time::Duration;

use chrono::{DateTime, Utc};
use clock::Clock;
use futures::TryStreamExt as _;
use gateway_core::model::StockLevel;
use rust_decimal::Decimal;
use serde_json::json;
use state::{Changes, Intent, Lease, LeaseKind, LevelChanges, LevelRow, LevelWrite, Link, StateError, Store};

use crate::support::{Place, at, guid, hostile, key, link, product};

on_both! {
    levels_come_back_as_they_were,
    hostile_ids_and_keys_come_back,
    levels_come_page_by_page,
    the_shop_s_level_becomes_the_base,
    levels_go_with_their_links,
    what_is_gone_or_new_begins_anew,
    what_is_owed_outlasts_its_link,
    whatever_is_not_settled_is_kept,
    what_is_found_has_the_base_of_its_intent,
    levels_need_a_lease,
    many_levels_take_no_time,
    levels_that_cannot_be_read_are_told,
}

pub(crate) fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn begun() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

fn write(intended: &str) -> LevelWrite {
    LevelWrite {
        old: Some(number("5")),
        intended: number(intended),
        key: "a key".to_owned(),
        at: at("2026-03-01T12:00:00.123Z"),
        is_answered: false,
    }
}

/// A row of a link made by [`link`], to which nothing is owed.
fn settled(product_id: &str) -> LevelRow {
    LevelRow { owed: Decimal::ZERO, held: Decimal::ZERO, ..row(product_id, "a", 1) }
}

/// A row of a link made by [`link`], which is about to be written.
pub(crate) fn row(product_id: &str, variant: &str, of: u128) -> LevelRow {
    let (product, variant) = key(product_id, variant);
    LevelRow {
        product,
        variant,
        guid: guid(of),
        shop: Some(StockLevel::Quantity(number("3"))),
        market: Some(number("5")),
        owed: number("-2"),
        held: number("1.5"),
        shop_write: None,
        market_write: Some(write("3")),
    }
}

pub(crate) fn rows(rows: &[LevelRow]) -> LevelChanges {
    LevelChanges { rows: rows.to_vec(), ..LevelChanges::default() }
}

pub(crate) async fn all(store: &Store) -> Vec<LevelRow> {
    store.levels().try_collect().await.unwrap()
}

pub(crate) async fn lease(store: &Store, kind: LeaseKind) -> Lease {
    store.lease(kind, "a test").await.unwrap()
}

pub(crate) async fn base(store: &Store, product_id: &str) -> Option<String> {
    let links = store.links_of(&[product(product_id)]).await.unwrap();
    links[0].stock_base.map(|base| base.to_string())
}

async fn levels_come_back_as_they_were(place: &Place) {
    let store = place.store().await;
    let stock = lease(&store, LeaseKind::Stock).await;
    let full = LevelRow {
        shop_write: Some(LevelWrite { old: None, is_answered: true, ..write("0.25") }),
        ..row("2", "b", 1)
    };
    let empty = LevelRow { shop: None, market: None, market_write: None, ..row("2", "a", 2) };
    let unknown = LevelRow { shop: Some(StockLevel::Unknown), ..row("1", "a", 3) };
    let old = LevelRow { market: None, ..full.clone() };
    let changes = LevelChanges {
        notes: vec![("stock".to_owned(), json!({ "a": 1 }))],
        ..rows(&[old, full.clone(), empty.clone(), unknown.clone()])
    };
    let touched = store.remember_levels(&stock, &changes, Some(begun())).await.unwrap();
    assert_eq!(touched, []);

    let again = place.store().await;
    assert_eq!(
        all(&again).await,
        [unknown.clone(), empty.clone(), full.clone()],
        "the last of a variant holds"
    );
    assert_eq!(again.levels_of(&[product("2"), product("9"), product("2")]).await.unwrap(), [empty, full]);
    assert_eq!(again.levels_of(&[]).await.unwrap(), []);
    assert_eq!(again.note("stock").await.unwrap(), Some(json!({ "a": 1 })));

    let forgotten = vec![key("2", "a"), key("2", "b"), key("none", "0")];
    let changes = LevelChanges { forgotten, ..LevelChanges::default() };
    store.remember_levels(&stock, &changes, Some(begun())).await.unwrap();
    assert_eq!(all(&store).await, [unknown]);
    // Whatever zeros a level comes with.
    let zeros = LevelRow { owed: number("-0.00"), market: Some(number("7.500")), ..row("1", "a", 3) };
    store.remember_levels(&stock, &rows(&[zeros]), Some(begun())).await.unwrap();
    let stored = place.number("SELECT count(*) FROM levels WHERE owed = '0' AND market = '7.5'").await;
    assert_eq!(stored, 1);
}

async fn hostile_ids_and_keys_come_back(place: &Place) {
    let store = place.store().await;
    let stock = lease(&store, LeaseKind::Stock).await;
    let of = |text: &String| {
        let write = LevelWrite { key: format!("{text}\0"), ..write("1") };
        LevelRow { market_write: Some(write), ..row(text, text, 1) }
    };
    let mut hostile: Vec<LevelRow> = hostile().iter().map(of).collect();
    store.remember_levels(&stock, &rows(&hostile), Some(begun())).await.unwrap();
    hostile.sort_by_key(LevelRow::key);
    assert_eq!(all(&store).await, hostile);
}

async fn levels_come_page_by_page(place: &Place) {
    let store = place.store().await;
    let stock = lease(&store, LeaseKind::Stock).await;
    let many: Vec<LevelRow> = (0..1700).map(|id| row(&format!("{}", id / 7), &format!("{id}"), id)).collect();
    store.remember_levels(&stock, &rows(&many), Some(begun())).await.unwrap();
    let mut sorted: Vec<_> = many.iter().map(LevelRow::key).collect();
    sorted.sort();
    assert_eq!(all(&store).await.iter().map(LevelRow::key).collect::<Vec<_>>(), sorted);
}

async fn the_shop_s_level_becomes_the_base(place: &Place) {
    let store = place.store().await;
    let stock = lease(&store, LeaseKind::Stock).await;
    store
        .put_links(&[link("1", "a", 1), link("2", "a", 2), link("3", "a", 3), link("4", "a", 4)])
        .await
        .unwrap();
    let seen = |id: &str, of, shop| LevelRow { shop, ..row(id, "a", of) };
    let one = Some(StockLevel::Quantity(number("1")));
    let seen = [
        seen("1", 1, Some(StockLevel::Quantity(number("-7.50")))),
        seen("2", 2, Some(StockLevel::Unknown)),
        seen("3", 3, None),
        // What was seen is another product's, which is not linked any more.
        seen("4", 9, one),
        seen("no link", 1, one),
    ];
    store.remember_levels(&stock, &rows(&seen), Some(begun())).await.unwrap();
    let mut bases = Vec::new();
    for id in ["1", "2", "3", "4"] {
        bases.push(base(&store, id).await);
    }
    assert_eq!(bases, [Some("-7.5".to_owned()), None, None, Some("12.5".to_owned())]);
    assert_eq!(store.count_links().await.unwrap(), 4);
    // Nothing of another owner's.
    let other = place.open().await.owner(&crate::support::owner("other.example")).await.unwrap();
    other.put_links(&[link("1", "a", 1)]).await.unwrap();
    store.remember_levels(&stock, &rows(&seen), Some(begun())).await.unwrap();
    assert_eq!(base(&other, "1").await.as_deref(), Some("12.5"));
    assert!(all(&other).await.is_empty());
}

async fn levels_go_with_their_links(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    let ids = ["1", "2", "3"];
    store.put_links(&ids.map(|id| link(id, "a", 1))).await.unwrap();
    store.remember_levels(&stock, &rows(&ids.map(settled)), Some(begun())).await.unwrap();
    store.remove_links(&[key("1", "a")]).await.unwrap();
    assert_eq!(all(&store).await, [settled("2"), settled("3")]);
    let unlinked = vec![key("2", "a"), key("2", "b")];
    store.remember(&import, &Changes { unlinked, ..Changes::default() }).await.unwrap();
    assert_eq!(all(&store).await, [settled("3")]);
}

async fn what_is_gone_or_new_begins_anew(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    let ids = ["1", "2", "3", "4"];
    store.put_links(&ids.map(|id| link(id, "a", 1))).await.unwrap();
    store.remember_levels(&stock, &rows(&ids.map(settled)), Some(begun())).await.unwrap();
    let changes = Changes {
        written: vec![link("1", "a", 1), Link { is_gone: true, ..link("2", "a", 1) }],
        created: vec![link("3", "a", 1)],
        ..Changes::default()
    };
    store.remember(&import, &changes).await.unwrap();
    assert_eq!(all(&store).await, [settled("1"), settled("4")]);
    let mut bases = Vec::new();
    for id in ids {
        bases.push(base(&store, id).await);
    }
    let text = |base: &str| Some(base.to_owned());
    assert_eq!(bases, [text("3"), None, text("12.5"), text("3")]);
    store.put_links(&[Link { is_gone: true, ..link("5", "a", 1) }]).await.unwrap();
    assert_eq!(base(&store, "5").await, None, "one that was never there before");
}

async fn what_is_owed_outlasts_its_link(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    let ids = ["1", "2", "3", "4"];
    store.put_links(&ids.map(|id| link(id, "a", 1))).await.unwrap();
    let asked = |id| LevelRow { shop_write: Some(write("1")), ..row(id, "a", 1) };
    store.remember_levels(&stock, &rows(&ids.map(asked)), Some(begun())).await.unwrap();
    let changes = Changes {
        unlinked: vec![key("1", "a")],
        written: vec![Link { is_gone: true, ..link("2", "a", 1) }],
        created: vec![link("3", "a", 7)],
        ..Changes::default()
    };
    store.remember(&import, &changes).await.unwrap();
    let created = LevelRow { guid: guid(7), market: Some(number("12.5")), market_write: None, ..asked("3") };
    assert_eq!(all(&store).await, [asked("1"), asked("2"), created.clone(), asked("4")]);
    // What was deleted is created under another guid, without a level of which anybody knew.
    let unknown = Link { stock_base: None, ..link("1", "a", 8) };
    store.remember(&import, &Changes { created: vec![unknown], ..Changes::default() }).await.unwrap();
    let first = LevelRow { guid: guid(8), market: None, market_write: None, ..asked("1") };
    assert_eq!(all(&store).await, [first, asked("2"), created.clone(), asked("4")]);
    // What is linked to a product that somebody made by hand.
    let changes = Changes { written: vec![link("1", "a", 9), link("4", "a", 1)], ..Changes::default() };
    store.remember(&import, &changes).await.unwrap();
    let by_hand = LevelRow { guid: guid(9), market: None, market_write: None, ..asked("1") };
    assert_eq!(all(&store).await, [by_hand, asked("2"), created, asked("4")]);
}

async fn whatever_is_not_settled_is_kept(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    let kept = [
        LevelRow { owed: number("-0.5"), ..settled("1") },
        LevelRow { held: number("1"), ..settled("2") },
        LevelRow { shop_write: Some(write("3")), ..settled("3") },
    ];
    assert!(kept.iter().all(|row| !row.is_settled()) && settled("4").is_settled());
    store.put_links(&["1", "2", "3", "4"].map(|id| link(id, "a", 1))).await.unwrap();
    let all_rows: Vec<LevelRow> = kept.iter().cloned().chain([settled("4")]).collect();
    store.remember_levels(&stock, &rows(&all_rows), Some(begun())).await.unwrap();
    let gone = ["1", "2", "3", "4"].map(|id| Link { is_gone: true, ..link(id, "a", 1) });
    store.remember(&import, &Changes { written: gone.into(), ..Changes::default() }).await.unwrap();
    assert_eq!(all(&store).await, kept);
}

async fn what_is_found_has_the_base_of_its_intent(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    let intent = |id: &str, base: Option<&str>| {
        let (product, variant) = key(id, "a");
        Intent { product, variant, at: begun(), stock_base: base.map(number) }
    };
    let mut changes = Changes {
        intents: vec![
            intent("1", Some("1")),
            intent("1", Some("4.50")),
            intent("2", None),
            intent("9", Some("9")),
        ],
        written: vec![link("3", "a", 3)],
        ..Changes::default()
    };
    store.remember(&import, &changes).await.unwrap();
    assert_eq!(store.intents().await.unwrap()[0], intent("1", Some("4.5")), "the later attempt holds");
    store.remember_levels(&stock, &rows(&[settled("1"), row("3", "a", 3)]), Some(begun())).await.unwrap();

    let of_mark = |id: &str, of| Link { stock_base: None, ..link(id, "a", of) };
    changes = Changes::default();
    changes.add(Changes {
        found: vec![of_mark("1", 1), of_mark("2", 2), of_mark("3", 3)],
        ..Changes::default()
    });
    assert!(!changes.is_none());
    store.remember(&import, &changes).await.unwrap();
    let links: Vec<Link> = store.links().try_collect().await.unwrap();
    let bases: Vec<_> = links.iter().map(|link| link.stock_base.map(|base| base.to_string())).collect();
    assert_eq!(
        bases,
        [Some("4.5".to_owned()), None, Some("3".to_owned())],
        "without an intent that which is there"
    );
    assert_eq!(store.intents().await.unwrap(), [intent("9", Some("9"))]);
    assert_eq!(all(&store).await, [row("3", "a", 3)]);
}

async fn levels_need_a_lease(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    place.execute("UPDATE leases SET token = token + 1").await;
    let error = store.remember_levels(&stock, &rows(&[row("1", "a", 1)]), Some(begun())).await.unwrap_err();
    assert!(matches!(error, StateError::LeaseLost { kind: LeaseKind::Stock }), "{error}");
    let error =
        store.touch_level(&import, &key("1", "a"), guid(1), begun(), DateTime::UNIX_EPOCH).await.unwrap_err();
    assert!(matches!(error, StateError::LeaseLost { kind: LeaseKind::Import }), "{error}");
    assert_eq!(all(&store).await, []);
}

async fn many_levels_take_no_time(place: &Place) {
    let store = place.store().await;
    let stock = lease(&store, LeaseKind::Stock).await;
    let ids: Vec<String> = (0..10_000).map(|id| id.to_string()).collect();
    let links: Vec<Link> = ids.iter().map(|id| link(id, "a", 1)).collect();
    store.put_links(&links).await.unwrap();
    let seen: Vec<LevelRow> = ids.iter().map(|id| row(id, "a", 1)).collect();
    let (clock, writing) = (Clock::system(), rows(&seen));
    let begin = clock.moment();
    store.remember_levels(&stock, &writing, Some(begun())).await.unwrap();
    let took = clock.moment().since(begin);
    assert_eq!(base(&store, "9999").await.as_deref(), Some("3"));
    // A machine that tests much at once is slow; one statement for each would still take longer.
    assert!(took < Duration::from_secs(30), "{took:?}");
}

async fn levels_that_cannot_be_read_are_told(place: &Place) {
    let store = place.store().await;
    let (import, stock) = (lease(&store, LeaseKind::Import).await, lease(&store, LeaseKind::Stock).await);
    store.remember_levels(&stock, &rows(&[row("1", "a", 1)]), Some(begun())).await.unwrap();
    let put = async |text: &str| place.execute(&format!("UPDATE levels SET market_write = '{text}'")).await;
    put(r#"{"answered":true,"at":1700000000000,"intended":"3","key":"k","later":[1],"old":null}"#).await;
    let read = all(&store).await[0].market_write.clone().unwrap();
    assert_eq!((read.old, read.is_answered, read.at.timestamp()), (None, true, 1_700_000_000));
    for wrong in ["no json", r#"{"at":1,"intended":"many","key":"k","answered":true}"#] {
        put(wrong).await;
        let error = store.levels_of(&[product("1")]).await.unwrap_err();
        assert!(matches!(error, StateError::Unreadable { .. }), "{error}");
        let error = store
            .touch_level(&import, &key("1", "a"), guid(1), begun(), DateTime::UNIX_EPOCH)
            .await
            .unwrap_err();
        assert!(matches!(error, StateError::Unreadable { .. }), "{error}");
    }
    place.execute("UPDATE levels SET market_write = NULL, shop = 'several'").await;
    let error = store.levels_of(&[product("1")]).await.unwrap_err().to_string();
    assert!(error.contains("a stock level"), "{error}");
}

/// As a file has it, the keys of its JSON sorted.
#[tokio::test]
async fn a_write_is_stored_as_it_was_promised() {
    let place = Place::file();
    let store = place.store().await;
    let stock = lease(&store, LeaseKind::Stock).await;
    let seen = LevelRow { shop: Some(StockLevel::Unknown), ..row("1", "a", 1) };
    store.remember_levels(&stock, &rows(&[seen]), Some(begun())).await.unwrap();
    let texts = place.texts("SELECT market_write || ' ' || shop || ' ' || owed FROM levels").await;
    assert_eq!(
        texts,
        [r#"{"answered":false,"at":1772366400123,"intended":"3","key":"a key","old":"5"} unknown -2"#]
    );
}
