//! Passes over the levels of a firm, whose process ends at the bridge's answer.

use std::time::Duration;

use connector::{Platform, RunError, stock};
use subiektgt_sandbox::{Bridge, BridgeOptions, Good};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use wiremock::ResponseTemplate;

use super::market::Market;
use super::{Desk, Front, forward, is_change, on_hand};
use crate::firm::{self, Epp, good};

/// What stands before a bridge at which the first change ends the process: before it is made or behind that.
async fn deadly(bridge: &Bridge, is_done: bool) -> (Front, CancellationToken) {
    let (end, url) = (CancellationToken::new(), bridge.url());
    let over = end.clone();
    let front = Front::of(bridge, move |request| {
        if !is_change(request) {
            return None;
        }
        if is_done {
            forward(&url, request);
        }
        over.cancel();
        Some(ResponseTemplate::new(200).set_delay(Duration::from_secs(3600)))
    })
    .await;
    (front, end)
}

async fn until(end: &CancellationToken, pass: impl Future<Output = (Result<(), RunError>, Vec<String>)>) {
    tokio::select! {
        biased;
        () = end.cancelled() => {}
        over = pass => panic!("the process was to end before: {over:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_ends_at_the_bridges_answer_counts_nothing_twice() {
    for is_done in [true, false] {
        let (market, desk) = (Market::new().await, Desk::new([1]).await);
        market.import(&*desk.open(&[])).await;
        market.done(&*desk.open(&[])).await;
        market.sells("SYM-1", 2);
        let (front, end) = deadly(&desk.bridge, is_done).await;
        let platform = desk.open_at(&front.url(), &[]);
        until(&end, market.pass(&*platform)).await;
        drop(platform);
        assert_eq!(
            (desk.documents().len(), on_hand(desk.firm(), 1)),
            (usize::from(is_done), if is_done { 3 } else { 5 }.into())
        );
        // Meanwhile one is sold in the shop too: no level tells any more whether the change was made.
        let sold = 1;
        desk.firm().set_stock(1, 1, on_hand(desk.firm(), 1) - rust_decimal::Decimal::from(sold), 0.into());
        market.done(&*desk.open(&[])).await;
        let left = 3 - sold;
        assert_eq!((market.level("SYM-1"), on_hand(desk.firm(), 1)), (left, left.into()), "{is_done}");
        market.done(&*desk.open(&[])).await;
        assert_eq!((market.level("SYM-1"), on_hand(desk.firm(), 1)), (left, left.into()), "{is_done}");
        let keys: Vec<String> =
            desk.documents().into_iter().map(|document| document.original_number).collect();
        let asked = front.changes()[0]["idempotencyKey"].as_str().unwrap().to_owned();
        assert_eq!(keys, [asked], "the same change by the same key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_change_is_asked_for_in_the_next_pass_word_for_word() {
    let (market, desk) = (Market::new().await, Desk::new([1]).await);
    market.import(&*desk.open(&[])).await;
    market.done(&*desk.open(&[])).await;
    market.sells("SYM-1", 2);
    let front =
        Front::of(&desk.bridge, |request| is_change(request).then(|| ResponseTemplate::new(502))).await;
    for _ in 0..2 {
        let (end, _) = market.pass(&*desk.open_at(&front.url(), &[])).await;
        assert!(matches!(end, Err(RunError::Failed { .. })), "{end:?}");
    }
    // What is not there has not done it, and does not let go of the change either.
    let (end, _) = market.pass(&*desk.open_at("http://127.0.0.1:1", &[])).await;
    assert!(end.is_err());
    let last = Front::of(&desk.bridge, |_| None).await;
    market.done(&*desk.open_at(&last.url(), &[])).await;
    let changes = [front.changes(), last.changes()].concat();
    assert_eq!(changes.len(), 9);
    assert!(changes.iter().all(|asked| *asked == changes[0]), "{changes:#?}");
    assert_eq!((market.level("SYM-1"), on_hand(desk.firm(), 1), desk.documents().len()), (3, 3.into(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_of_files_get_their_levels_and_give_what_was_sold() {
    let market = Market::new().await;
    let files = firm::Firm::new().with("a.epp", &Epp::of(vec![good("A", "Lampa"), good("B", "Knot")]));
    let program = subiektgt_sandbox::Firm::new();
    for (id, symbol) in [(1, "A"), (2, "B")] {
        program.put_good(Good::new(id, symbol, "Towar"));
        program.set_stock(id, 1, 5.into(), 0.into());
    }
    let bridge = Bridge::start(&program, BridgeOptions::default()).await.unwrap();
    let open = |url: &str| {
        files.open(&[("SUBIEKTGT_BRIDGE_URL", url), ("SUBIEKTGT_BRIDGE_TOKEN", "FAKE-BRIDGE-TOKEN")])
    };
    market.import(&*open(&bridge.url())).await;
    assert_eq!((market.level("A"), market.level("B")), (0, 0));
    market.done(&*open(&bridge.url())).await;
    assert_eq!((market.level("A"), market.level("B")), (5, 5));
    for is_done in [true, false] {
        market.sells("A", 1);
        let (front, end) = deadly(&bridge, is_done).await;
        let platform = open(&front.url());
        until(&end, market.pass(&*platform)).await;
        drop(platform);
        market.done(&*open(&bridge.url())).await;
        let left = if is_done { 4 } else { 3 };
        assert_eq!((market.level("A"), on_hand(&program, 1)), (left, left.into()), "{is_done}");
    }
    assert_eq!(program.documents().len(), 2);
}

/// Passes of a firm that has no bridge any more, or not yet: changes are written into files in a folder.
async fn by_files(market: &Market, desk: &Desk, folder: &TempDir) -> Box<dyn Platform> {
    let common = connector::Common { keep: Some(folder.path().to_owned()), ..connector::Common::default() };
    let platform = crate::sql::open(&desk.office.given(&[]), &common).unwrap();
    let both = stock::Options { direction: Some(stock::Direction::Both), ..stock::Options::default() };
    let (end, told) = market.pass_with(&*platform, &both).await;
    assert!(end.is_ok(), "{end:?}: {told:#?}");
    platform
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bridge_did_without_an_answer_is_not_written_into_a_file_when_there_is_no_bridge_any_more() {
    for is_done in [true, false] {
        let (market, desk, folder) = (Market::new().await, Desk::new([1]).await, TempDir::new().unwrap());
        market.import(&*desk.open(&[])).await;
        market.done(&*desk.open(&[])).await;
        market.sells("SYM-1", 2);
        let (front, end) = deadly(&desk.bridge, is_done).await;
        let platform = desk.open_at(&front.url(), &[]);
        until(&end, market.pass(&*platform)).await;
        drop(platform);
        let platform = by_files(&market, &desk, &folder).await;
        let waiting = platform.outstanding().await.unwrap();
        assert_eq!(waiting.len(), usize::from(!is_done), "{waiting:?}");
        assert_eq!(market.level("SYM-1"), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_in_a_file_is_not_asked_for_by_a_bridge_unless_the_file_is_discarded() {
    let (market, desk, folder) = (Market::new().await, Desk::new([1]).await, TempDir::new().unwrap());
    market.import(&*desk.open(&[])).await;
    market.done(&*desk.open(&[])).await;
    market.sells("SYM-1", 2);
    let platform = by_files(&market, &desk, &folder).await;
    let waiting = platform.outstanding().await.unwrap();
    assert_eq!(waiting.len(), 1);
    let common = connector::Common { keep: Some(folder.path().to_owned()), ..connector::Common::default() };
    let bridged = || crate::sql::open(&desk.given(&desk.bridge.url(), &[]), &common).unwrap();
    market.done(&*bridged()).await;
    assert_eq!((desk.documents().len(), market.level("SYM-1")), (0, 3));
    let name = waiting[0].numbers[0].clone();
    bridged().settle_outstanding(&name, connector::Settled::Discarded).await.unwrap();
    market.done(&*bridged()).await;
    assert_eq!((desk.documents().len(), on_hand(desk.firm(), 1), market.level("SYM-1")), (1, 3.into(), 3));
}
