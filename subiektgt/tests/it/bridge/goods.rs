//! Which changes are asked for, and how.

use serde_json::json;
use subiektgt_sandbox::{Bridge, BridgeOptions, Good, GoodKind, MAIN_WAREHOUSE, SECOND_WAREHOUSE};

use super::{Desk, Front, change, on_hand, words};
use crate::sql::decimal;

#[tokio::test]
async fn a_change_is_asked_for_by_symbol_with_the_beginning_of_its_key() {
    let desk = Desk::new([1]).await;
    let front = Front::of(&desk.bridge, |_| None).await;
    let platform = desk.open_at(&front.url(), &[]);
    assert_eq!(words(&platform.adjust_stock(&[change("1", "5", "-2.1250")]).await), ["done 2.875"]);
    let asked = json!({
        "towarSymbol": "SYM-1",
        "magazynId": 1,
        "delta": serde_json::from_str::<serde_json::Value>("-2.125").unwrap(),
        "uwagi": "Change of stock at the marketplace",
        "idempotencyKey": "000000000000000000000000000001",
    });
    assert_eq!(front.changes(), [asked]);
    let documents = desk.documents();
    assert_eq!((documents.len(), documents[0].kind), (1, 13));
    assert_eq!(documents[0].original_number, "000000000000000000000000000001");
    // More of it, with another key.
    let received = connector::StockAdjustment { key: super::key(2), ..change("1", "2.875", "7") };
    assert_eq!(words(&platform.adjust_stock(&[received]).await), ["done 9.875"]);
    assert_eq!(desk.documents()[1].kind, 12);
}

#[tokio::test]
async fn the_first_warehouse_is_changed_and_the_level_is_that_of_all() {
    let desk = Desk::new([1]).await;
    desk.firm().set_stock(1, SECOND_WAREHOUSE, decimal("10"), decimal("4"));
    let platform = desk.open(&[("SUBIEKTGT_WAREHOUSES", "skl,MAG")]);
    assert_eq!(words(&platform.adjust_stock(&[change("1", "11", "-3")]).await), ["done 8"]);
    assert_eq!(desk.firm().stock(1, SECOND_WAREHOUSE), Some((decimal("7"), decimal("4"))));
    assert_eq!(on_hand(desk.firm(), 1), 5.into());
    // Somebody buys one at the same time, and a good that lies nowhere gets its first.
    desk.office.put(Good::new(2, "NOWY", "Nowy"));
    desk.firm().remove_stock(2, MAIN_WAREHOUSE);
    assert_eq!(words(&platform.adjust_stock(&[change("2", "0", "6")]).await), ["done 6"]);
}

#[tokio::test]
async fn what_has_no_level_of_its_own_is_refused_and_never_asked_for() {
    let desk = Desk::new([]).await;
    for (id, kind) in
        [(1, GoodKind::Kit), (2, GoodKind::Service), (3, GoodKind::Packaging), (4, GoodKind::Other(3))]
    {
        desk.office.put(Good { kind, ..Good::new(id, &format!("S{id}"), "Towar") });
    }
    desk.office.put(Good::new(5, "TEN SAM", "Towar"));
    desk.office.put(Good::new(6, "ten sam", "Towar"));
    desk.office.put(Good { is_deleted: true, ..Good::new(7, "S7", "Towar") });
    desk.office.put(Good::new(8, "S8", "Towar"));
    let mut changes: Vec<_> =
        ["1", "2", "3", "4", "5", "6", "7", "9", "+8", "symbol:S8"].map(|id| change(id, "5", "-1")).into();
    changes.push(change("8", "5", "-0.00001"));
    let outcomes = words(&desk.open(&[]).adjust_stock(&changes).await);
    insta::assert_debug_snapshot!(outcomes);
    assert!(desk.bridge.calls().is_empty() && desk.documents().is_empty());
}

#[tokio::test]
async fn where_the_level_cannot_be_read_then_it_is_the_one_that_was_to_be() {
    let desk = Desk::new([1]).await;
    let platform = desk.open(&[]);
    platform.check().await.unwrap();
    desk.firm().deny("tw_Stan");
    assert_eq!(words(&platform.adjust_stock(&[change("1", "5", "-2")]).await), ["done 3"]);
    desk.firm().grant("tw_Stan");
    assert_eq!(on_hand(desk.firm(), 1), 3.into());
}

#[tokio::test]
async fn a_check_says_what_is_wrong_with_the_bridge_and_goods_come_all_the_same() {
    let desk = Desk::new([1]).await;
    let info = desk.open(&[]).check().await.unwrap();
    assert_eq!(info.warnings, [""; 0]);
    let idle = desk.open(&[("SUBIEKTGT_EPP_OUT", "/anywhere")]).check().await.unwrap().warnings;
    assert!(idle.len() == 1 && idle[0].contains("SUBIEKTGT_EPP_OUT is left aside"), "{idle:?}");
    desk.bridge.forget_calls();
    desk.open(&[]).check().await.unwrap();
    let calls = desk.bridge.calls();
    assert_eq!((calls.len(), calls[0].status), (1, 404), "it is asked for what no good is called: {calls:?}");
    let other = Bridge::start(
        desk.firm(),
        BridgeOptions { token: "FAKE-OTHER".to_owned(), ..BridgeOptions::default() },
    )
    .await
    .unwrap();
    let nowhere = "http://127.0.0.1:1".to_owned();
    for (url, what) in [
        (other.url(), "SUBIEKTGT_BRIDGE_TOKEN"),
        (nowhere, "cannot be reached"),
        (format!("{}/elsewhere", other.url()), "SUBIEKTGT_BRIDGE_"),
    ] {
        let platform = desk.open_at(&url, &[]);
        let warnings = platform.check().await.unwrap().warnings;
        assert!(warnings.len() == 1 && warnings[0].contains(what), "{warnings:?}");
        assert_eq!(crate::sql::items(&*platform).await.unwrap().len(), 2);
    }
}
