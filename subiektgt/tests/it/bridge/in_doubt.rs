//! Changes at which the firm's program hangs: the bridge says that they are in doubt, and they are made later, or never.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use connector::{RunError, stock};
use rust_decimal::Decimal;
use serde_json::Value;
use subiektgt_sandbox::{Answers, Bridge, Document, Firm, Options, Reply, Server, Table};
use subiektgt_sandbox::{MAIN_WAREHOUSE, Value as Cell};
use wiremock::ResponseTemplate;

use super::market::Market;
use super::{Desk, Front, change, is_change, on_hand, words};

/// Longer than a change that hangs is left alone.
const LONG: Duration = Duration::from_secs(73 * 3600);

/// A marketplace and a firm whose levels are alike, five of each good.
struct Both {
    market: Market,
    desk: Desk,
}

impl Both {
    async fn new(goods: impl IntoIterator<Item = i32>) -> Self {
        let both = Self { market: Market::new().await, desk: Desk::new(goods).await };
        both.market.import(&*both.market.open(&both.desk.given(&both.desk.bridge.url(), &[]))).await;
        both.pass().await;
        both.desk.bridge.forget_calls();
        both
    }

    fn bridge(&self) -> &Bridge {
        &self.desk.bridge
    }

    /// A pass of a process of its own, by way of what is at this address.
    async fn pass_at(&self, url: &str) -> (Result<(), RunError>, Vec<String>) {
        self.market.pass(&*self.market.open(&self.desk.given(url, &[]))).await
    }

    /// A pass that must come to its end.
    async fn pass(&self) {
        let (end, told) = self.pass_at(&self.bridge().url()).await;
        assert!(end.is_ok(), "{end:?}: {told:#?}");
    }

    /// A pass in which the bridge says that it does not know.
    async fn doubtful_pass(&self) {
        let (end, told) = self.pass_at(&self.bridge().url()).await;
        let Err(RunError::Failed { what, .. }) = &end else { panic!("{end:?}: {told:#?}") };
        assert!(what.contains("window of Subiekt GT"), "it does not say what to look for: {what}");
    }

    /// The level of a good at the marketplace and in the firm.
    fn levels(&self, good: i32) -> (i64, Decimal) {
        (self.market.level(&format!("SYM-{good}")), on_hand(self.desk.firm(), good))
    }

    /// The changes of a good that the bridge was asked for.
    fn asked(&self, good: i32) -> Vec<Value> {
        let symbol = format!("SYM-{good}");
        let calls = self.bridge().calls().into_iter();
        calls.map(|call| call.body).filter(|body| body["towarSymbol"] == symbol.as_str()).collect()
    }

    /// Whether documents bear exactly the keys of these changes, each one once.
    fn are_made_once(&self, changes: &[&Value]) {
        let mut made = keys(&self.desk.documents());
        let mut asked: Vec<String> =
            changes.iter().map(|change| change["idempotencyKey"].as_str().unwrap().to_owned()).collect();
        made.sort();
        asked.sort();
        assert_eq!(made, asked);
    }
}

fn keys(documents: &[Document]) -> Vec<String> {
    documents.iter().map(|document| document.original_number.clone()).collect()
}

fn level(pieces: i64) -> (i64, Decimal) {
    (pieces, pieces.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_before_the_next_pass_is_counted_once() {
    for sold in [2, -2] {
        let both = Both::new([1]).await;
        both.bridge().hang("SYM-1", 9);
        both.market.sells("SYM-1", sold);
        both.doubtful_pass().await;
        assert_eq!(both.levels(1), (5 - sold, 5.into()), "nothing is made, and it counts all the same");
        both.bridge().go_on();
        for _ in 0..2 {
            both.pass().await;
            assert_eq!(both.levels(1), level(5 - sold));
        }
        let asked = both.asked(1);
        assert_eq!(asked.len(), 1, "a document told what became of it: {asked:?}");
        both.are_made_once(&[&asked[0]]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_made_is_asked_for_again_word_for_word_and_made_once() {
    let both = Both::new([1]).await;
    both.bridge().hang("SYM-1", 9);
    both.market.sells("SYM-1", 2);
    both.doubtful_pass().await;
    both.bridge().give_up();
    both.pass().await;
    assert_eq!((both.levels(1), both.asked(1).len()), ((3, 5.into()), 1), "it may be made any moment");
    both.market.clock.advance(LONG);
    for _ in 0..2 {
        both.pass().await;
        assert_eq!(both.levels(1), level(3));
    }
    let asked = both.asked(1);
    assert!(asked.len() == 2 && asked[0] == asked[1], "{asked:#?}");
    both.are_made_once(&[&asked[0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn passes_while_it_hangs_do_not_ask_again_and_carry_everything_else() {
    let both = Both::new(1..=3).await;
    both.bridge().hang("SYM-2", 99);
    for good in [1, 2, 3] {
        both.market.sells(&format!("SYM-{good}"), 2);
    }
    both.doubtful_pass().await;
    assert_eq!([both.levels(1), both.levels(2), both.levels(3)], [level(3), (3, 5.into()), level(3)]);
    for passes in 1..=2 {
        both.market.sells("SYM-1", 1);
        // One is sold in the firm too.
        both.desk.firm().set_stock(2, MAIN_WAREHOUSE, (5 - passes).into(), 0.into());
        both.pass().await;
        assert_eq!(both.levels(1), level(3 - passes));
        assert_eq!(both.levels(2), (3 - passes, (5 - passes).into()), "no more than can be sold");
    }
    assert_eq!(both.bridge().hanging().len(), 1, "each that hangs is made when it goes on");
    both.bridge().go_on();
    for _ in 0..2 {
        both.pass().await;
        assert_eq!([both.levels(1), both.levels(2), both.levels(3)], [level(1), level(1), level(3)]);
    }
    let documents = both.desk.documents().len();
    assert_eq!((both.asked(2).len(), documents), (1, 5), "three of the first good, one of each other");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_while_it_hangs_is_taken_off_once() {
    for is_made in [true, false] {
        let both = Both::new([1]).await;
        both.bridge().hang("SYM-1", 1);
        both.market.sells("SYM-1", 2);
        both.doubtful_pass().await;
        both.market.sells("SYM-1", 1);
        both.pass().await;
        assert_eq!((both.levels(1), both.asked(1).len()), ((2, 5.into()), 1), "the rest waits for the first");
        if is_made {
            both.bridge().go_on();
        } else {
            both.bridge().give_up();
            both.market.clock.advance(LONG);
        }
        for _ in 0..3 {
            both.pass().await;
            assert_eq!(both.levels(1).0, 2);
        }
        assert_eq!(both.levels(1), level(2), "{is_made}");
        let asked = both.asked(1);
        let (first, last) = (asked.first().unwrap(), asked.last().unwrap());
        assert_eq!((&first["delta"], &last["delta"]), (&(-2).into(), &(-1).into()));
        both.are_made_once(&[first, last]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_right_before_it_is_asked_for_again_is_counted_once() {
    for sold in [2, -2] {
        let both = Both::new([1]).await;
        both.bridge().hang("SYM-1", 1);
        both.market.sells("SYM-1", sold);
        both.doubtful_pass().await;
        both.market.clock.advance(LONG);
        // The pass has read documents and levels when it asks.
        let both = Arc::new(both);
        let watched = Arc::clone(&both);
        let front = Front::of(both.bridge(), move |request| -> Option<ResponseTemplate> {
            if is_change(request) {
                watched.bridge().go_on();
            }
            None
        })
        .await;
        let (end, told) = both.pass_at(&front.url()).await;
        assert!(end.is_ok(), "{end:?}: {told:#?}");
        assert_eq!((both.levels(1), front.changes().len()), (level(5 - sold), 1));
        both.pass().await;
        assert_eq!(both.levels(1), level(5 - sold));
        both.are_made_once(&[&both.asked(1)[0]]);
    }
}

/// A firm in which everything that hangs is made as soon as somebody has asked for documents.
struct Midst {
    firm: Firm,
    bridge: OnceLock<Arc<Bridge>>,
}

impl Answers for Midst {
    fn answer(&self, sql: &str, parameters: &[Cell]) -> Reply {
        let reply = self.firm.answer(sql, parameters);
        match (reply, self.bridge.get()) {
            (Reply::Rows(Table { columns, rows }), Some(bridge)) if sql.contains("dok_NrPelnyOryg") => {
                let rows: Vec<_> = rows.collect();
                bridge.go_on();
                Reply::Rows(Table { columns, rows: Box::new(rows.into_iter()) })
            }
            (reply, _) => reply,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_between_the_documents_and_the_levels_is_counted_once() {
    for (sold, waited) in [(2, 0), (-2, 0), (2, 1), (-2, 1)] {
        let both = Both::new([1]).await;
        both.bridge().hang("SYM-1", 1);
        both.market.sells("SYM-1", sold);
        both.doubtful_pass().await;
        both.market.clock.advance(LONG * waited);
        let Both { market, desk: Desk { office, bridge } } = both;
        let (firm, bridge) = (office.firm.clone(), Arc::new(bridge));
        let midst = Midst { firm: firm.clone(), bridge: OnceLock::from(Arc::clone(&bridge)) };
        let server = Server::start(Options::default(), Arc::new(midst)).await.unwrap();
        let desk = |server| {
            let office = crate::sql::Office { firm: firm.clone(), server };
            let mut given = office.given(&[]);
            given.insert("SUBIEKTGT_BRIDGE_URL", &bridge.url());
            given.insert("SUBIEKTGT_BRIDGE_TOKEN", bridge.token());
            (office, given)
        };
        let (_midst, given) = desk(server);
        market.done(&*market.open(&given)).await;
        assert_eq!((keys(&firm.documents()).len(), on_hand(&firm, 1)), (1, (5 - sold).into()));
        let can_be_sold = 5 - sold;
        assert!(market.level("SYM-1") <= can_be_sold, "{} of {can_be_sold}", market.level("SYM-1"));
        let (_office, given) = desk(office.server);
        for _ in 0..2 {
            market.done(&*market.open(&given)).await;
            assert_eq!((market.level("SYM-1"), on_hand(&firm, 1)), level(can_be_sold), "{waited}");
        }
        assert_eq!(firm.documents().len(), 1);
    }
}

#[tokio::test]
async fn behind_one_change_that_hangs_others_are_asked_for_and_behind_two_none() {
    let desk = Desk::new(1..=4).await;
    desk.bridge.hang("SYM-1", 9);
    let changes = |ids: &[&str]| ids.iter().map(|id| change(id, "5", "-2")).collect::<Vec<_>>();
    let outcomes = words(&desk.open(&[]).adjust_stock(&changes(&["1", "2"])).await);
    assert!(outcomes[0].starts_with("unknown: ") && outcomes[1] == "done 3", "{outcomes:?}");
    desk.bridge.hang("SYM-3", 9);
    let outcomes = words(&desk.open(&[]).adjust_stock(&changes(&["1", "3", "4"])).await);
    assert!(outcomes[0].starts_with("unknown: ") && outcomes[1].starts_with("unknown: "), "{outcomes:?}");
    assert!(outcomes[2].starts_with("not done: ") && outcomes[2].contains("window"), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hangs_is_not_written_into_a_file_when_there_is_no_bridge_any_more() {
    let both = Both::new([1]).await;
    both.bridge().hang("SYM-1", 1);
    both.market.sells("SYM-1", 2);
    both.doubtful_pass().await;
    let platform = both.market.open(&both.desk.office.given(&[]));
    let options = stock::Options { direction: Some(stock::Direction::Both), ..stock::Options::default() };
    let (end, told) = both.market.pass_with(&*platform, &options).await;
    assert!(end.is_ok(), "{end:?}: {told:#?}");
    assert_eq!(platform.outstanding().await.unwrap(), []);
    both.bridge().go_on();
    let (end, told) = both.market.pass_with(&*platform, &options).await;
    assert!(end.is_ok() && both.levels(1) == level(3), "{end:?}: {told:#?}");
    assert_eq!(platform.outstanding().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubt_that_cannot_be_read_is_one_and_what_is_settled_is_forgotten() {
    let both = Both::new([1]).await;
    both.bridge().hang("SYM-1", 9);
    both.market.sells("SYM-1", 2);
    both.doubtful_pass().await;
    let files = || -> Vec<_> {
        let files = std::fs::read_dir(both.market.folder().join("in-doubt")).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    };
    let kept = files();
    assert_eq!(kept.len(), 1, "{kept:?}");
    std::fs::write(&kept[0], "{\"v\":1,\"a").unwrap();
    both.market.clock.advance(LONG);
    both.pass().await;
    assert_eq!(both.asked(1).len(), 1);
    both.bridge().go_on();
    both.pass().await;
    assert_eq!((both.levels(1), files().len()), (level(3), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_documents_may_not_be_read_only_who_asks_again_finds_out() {
    let both = Both::new([1]).await;
    both.desk.firm().deny("dok__Dokument");
    both.bridge().hang("SYM-1", 1);
    both.market.sells("SYM-1", 2);
    both.doubtful_pass().await;
    both.bridge().go_on();
    for _ in 0..2 {
        both.pass().await;
        assert_eq!(both.levels(1), level(3));
    }
    let asked = both.asked(1);
    assert!(asked.len() == 2 && asked[0] == asked[1], "{asked:#?}");
    both.are_made_once(&[&asked[0]]);
}
