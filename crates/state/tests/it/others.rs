//! Families, pictures, rejects, runs, notes.

use futures::TryStreamExt as _;
use serde_json::{Value, json};
use state::{FamilyKey, RejectRow, Run, RunEnd, StateError, StoredReject};

use crate::support::{Place, at, guid, hostile, key, product};

on_both! {
    a_family_has_a_tag,
    pictures_have_addresses,
    rejects_keep_their_time_and_tell_what_is_new,
    rejects_come_page_by_page,
    a_run_that_never_ended_is_shown_so,
    old_runs_are_forgotten,
    notes_are_written_and_removed,
}

async fn a_family_has_a_tag(place: &Place) {
    let store = place.store().await;
    let (of_product, shared) = (FamilyKey::Product(product("1")), FamilyKey::Shared("1".to_owned()));
    assert_eq!(store.family_tag(&shared).await.unwrap(), None);
    store.set_family_tag(&of_product, guid(1)).await.unwrap();
    store.set_family_tag(&shared, guid(2)).await.unwrap();
    store.set_family_tag(&shared, guid(3)).await.unwrap();
    assert_eq!(store.family_tag(&of_product).await.unwrap(), Some(guid(1)));
    assert_eq!(store.family_tag(&shared).await.unwrap(), Some(guid(3)));
    for text in hostile() {
        let family = FamilyKey::Shared(text);
        store.set_family_tag(&family, guid(4)).await.unwrap();
        assert_eq!(store.family_tag(&family).await.unwrap(), Some(guid(4)));
    }
    for text in ["a".repeat(256), "a\0".to_owned()] {
        let error = store.set_family_tag(&FamilyKey::Shared(text), guid(1)).await.unwrap_err();
        assert!(matches!(error, StateError::Unstorable { .. }), "{error}");
    }
}

async fn pictures_have_addresses(place: &Place) {
    let store = place.store().await;
    let long = format!("https://shop.example/{}", "x".repeat(20_000));
    let mut images: Vec<(String, String)> =
        (0..1200).map(|number| (format!("picture {number}"), format!("address {number}"))).collect();
    images.extend(hostile().into_iter().map(|text| (text.clone(), text)));
    images.push((long.clone(), long.clone()));
    store.put_images(&images).await.unwrap();
    store.put_images(&[("picture 0".to_owned(), "elsewhere".to_owned())]).await.unwrap();
    images[0].1 = "elsewhere".to_owned();

    let mut wanted: Vec<String> = images.iter().map(|(identity, _)| identity.clone()).collect();
    wanted.extend(["unknown".to_owned(), long.clone()]);
    assert_eq!(store.images(&wanted).await.unwrap(), images.iter().cloned().collect());
    assert!(store.images(&[]).await.unwrap().is_empty());
    store.forget_images(&[long.clone(), "unknown".to_owned()]).await.unwrap();
    assert!(store.images(&[long]).await.unwrap().is_empty());

    let bad = [("good".to_owned(), "good".to_owned()), ("a\0".to_owned(), "b".to_owned())];
    let error = store.put_images(&bad).await.unwrap_err();
    assert!(matches!(error, StateError::Unstorable { .. }), "{error}");
    assert!(store.images(&["good".to_owned()]).await.unwrap().is_empty());
}

fn reject(variant: Option<&str>, reason: &str, since: &str) -> RejectRow {
    RejectRow {
        variant: variant.map(|variant| key("1", variant).1),
        name: Some(format!("name of {variant:?}")),
        reason: reason.to_owned(),
        since: at(since),
    }
}

const FIRST: &str = "2026-01-01T00:00:00.001Z";
const SECOND: &str = "2026-01-02T00:00:00.002Z";

async fn rejects_keep_their_time_and_tell_what_is_new(place: &Place) {
    let store = place.store().await;
    let first =
        [reject(Some("b"), "no price", FIRST), reject(Some("a"), "no VAT", FIRST), reject(None, "?", FIRST)];
    assert_eq!(store.set_rejects(&product("1"), &first).await.unwrap(), [true, true, true]);
    store.set_rejects(&product("2"), &[reject(None, "broken", FIRST)]).await.unwrap();
    assert_eq!(store.count_rejects().await.unwrap(), 4);

    // One as before, one for another reason, one gone, one come.
    let second = [
        reject(Some("b"), "no price", SECOND),
        reject(Some("a"), "price 0", SECOND),
        reject(Some("c"), "no VAT", SECOND),
    ];
    assert_eq!(store.set_rejects(&product("1"), &second).await.unwrap(), [false, true, true]);
    let stored: Vec<StoredReject> = store.rejects().try_collect().await.unwrap();
    let rows: Vec<_> = stored.iter().map(|stored| (stored.product.as_str(), stored.row.clone())).collect();
    let expected = [
        ("1", reject(Some("b"), "no price", FIRST)),
        ("1", reject(Some("a"), "price 0", SECOND)),
        ("1", reject(Some("c"), "no VAT", SECOND)),
        ("2", reject(None, "broken", FIRST)),
    ];
    assert_eq!(rows, expected);

    store.clear_rejects(&product("1")).await.unwrap();
    assert_eq!(store.count_rejects().await.unwrap(), 1);
    assert_eq!(store.set_rejects(&product("1"), &first[..1]).await.unwrap(), [true]);

    // What people read is stored whatever it holds.
    let mut odd: Vec<RejectRow> = hostile().iter().map(|text| reject(None, text, FIRST)).collect();
    odd.push(reject(None, "a\0b", FIRST));
    assert_eq!(store.set_rejects(&product("1"), &odd).await.unwrap(), vec![true; odd.len()]);
    assert_eq!(store.set_rejects(&product("1"), &odd).await.unwrap(), vec![false; odd.len()]);
    let stored: Vec<StoredReject> = store.rejects().try_collect().await.unwrap();
    assert_eq!(stored[odd.len() - 1].row.reason, "a\u{fffd}b");
    assert_eq!(stored[0].row, odd[0]);
}

async fn rejects_come_page_by_page(place: &Place) {
    let store = place.store().await;
    let many: Vec<RejectRow> =
        (0..1201).map(|number| reject(None, &format!("reason {number}"), FIRST)).collect();
    store.set_rejects(&product("1"), &many).await.unwrap();
    store.set_rejects(&product("2"), &many[..1]).await.unwrap();
    let stored: Vec<StoredReject> = store.rejects().try_collect().await.unwrap();
    assert_eq!(stored.len(), 1202);
    assert!(stored.iter().zip(&many).all(|(stored, row)| stored.row == *row));
}

async fn a_run_that_never_ended_is_shown_so(place: &Place) {
    let store = place.store().await;
    let broke_off = store.begin_run("import", at(FIRST)).await.unwrap();
    let run = store.begin_run("stock", at(SECOND)).await.unwrap();
    assert!(run > broke_off);
    let end = RunEnd {
        at: at("2026-01-02T00:05:00Z"),
        exit: 3,
        counts: json!({"created": 12, "requests": {"shop": 7, "gateway": 5}, "price": 5.25}),
        error: Some("it's \0 \"odd\"".to_owned()),
    };
    store.end_run(run, &end).await.unwrap();
    let shown = RunEnd { error: Some("it's \u{fffd} \"odd\"".to_owned()), ..end };
    let stock = Run { id: run, command: "stock".to_owned(), begun: at(SECOND), end: Some(shown) };
    let import = Run { id: broke_off, command: "import".to_owned(), begun: at(FIRST), end: None };
    assert_eq!(store.last_runs("stock", 5).await.unwrap(), [stock]);
    assert_eq!(store.last_runs("import", 5).await.unwrap(), [import]);
    let newer = store.begin_run("import", at(SECOND)).await.unwrap();
    let ids = |runs: Vec<Run>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(ids(store.last_runs("import", 5).await.unwrap()), [newer, broke_off]);
    assert_eq!(ids(store.last_runs("import", 1).await.unwrap()), [newer]);
    assert_eq!(place.number("SELECT count(*) FROM runs WHERE counts LIKE '{\"created\":12,\"price\":5.25,\"requests\":{\"gateway\"%'").await, 1);
}

async fn old_runs_are_forgotten(place: &Place) {
    let store = place.store().await;
    store.begin_run("import", at(FIRST)).await.unwrap();
    place
        .execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) \
             INSERT INTO runs (owner, command, begun) SELECT 1, 'import', i FROM n",
        )
        .await;
    let last = store.begin_run("import", at(SECOND)).await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM runs").await, 1000);
    // What runs every few minutes does not push out what runs once a day.
    store.begin_run("stock", at(SECOND)).await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM runs").await, 1001);
    assert_eq!(store.last_runs("import", 1).await.unwrap()[0].id, last);
}

async fn notes_are_written_and_removed(place: &Place) {
    let store = place.store().await;
    let value = json!({"z": [1.10, "a\0b", null], "a": {"y": 1, "x": "🦀"}});
    for text in hostile() {
        store.put_note(&text, &value).await.unwrap();
        assert_eq!(store.note(&text).await.unwrap(), Some(value.clone()));
    }
    store.put_note("a", &Value::Null).await.unwrap();
    store.put_note("a", &json!("later")).await.unwrap();
    assert_eq!(store.note("a").await.unwrap(), Some(json!("later")));
    store.remove_note("a").await.unwrap();
    store.remove_note("a").await.unwrap();
    assert_eq!(store.note("a").await.unwrap(), None);
    let error = store.put_note(&"a".repeat(256), &value).await.unwrap_err();
    assert!(error.to_string().contains("longer than 255"), "{error}");
}
