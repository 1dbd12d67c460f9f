//! A database that moves while it is read, and one that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connector::{Common, End, Item, PlatformError};
use gateway_core::model::RejectReason;
use subiektgt_sandbox::{Answers, Firm, Good, Options, Prices, Reply, Server, Value};

use super::{Office, ids, items, open};

/// Answers a statement, or does not.
type Trouble = dyn Fn(&str, &[Value], usize) -> Option<Reply> + Send + Sync;

/// A firm whose server fails as it is told.
struct Troubled {
    firm: Firm,
    asked: AtomicUsize,
    trouble: Box<Trouble>,
}

impl Answers for Troubled {
    fn answer(&self, sql: &str, parameters: &[Value]) -> Reply {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        (self.trouble)(sql, parameters, asked).unwrap_or_else(|| self.firm.answer(sql, parameters))
    }
}

async fn troubled(
    goods: i32,
    trouble: impl Fn(&str, &[Value], usize) -> Option<Reply> + Send + Sync + 'static,
) -> Office {
    let plain = Office::new().await;
    plain.put_many(1..=goods);
    let firm = plain.firm.clone();
    let answers = Troubled { firm: firm.clone(), asked: AtomicUsize::new(0), trouble: Box::new(trouble) };
    let server = Server::start(Options::default(), Arc::new(answers)).await.unwrap();
    Office { firm, server }
}

/// What a server says that cannot read one of its pages any more.
fn broken_page() -> Reply {
    Reply::Error {
        number: 824,
        class: 24,
        message: "SQL Server detected a logical consistency-based I/O error.".to_owned(),
    }
}

fn is_of_goods(sql: &str) -> bool {
    sql.contains("t.tw_Nazwa")
}

#[tokio::test]
async fn a_deadlock_is_asked_again() {
    let office = troubled(3, |sql, _, asked| {
        let deadlock = || Reply::Error {
            number: 1205,
            class: 13,
            message: "You have been chosen as the victim.".to_owned(),
        };
        (is_of_goods(sql) && asked.is_multiple_of(2)).then(deadlock)
    })
    .await;
    assert_eq!(ids(&office.items().await), ["1", "2", "3", "end"]);
}

#[tokio::test]
async fn one_good_that_the_database_cannot_tell_is_one_reject() {
    for victim in [1, 250, 501, 700] {
        let office = troubled(700, move |sql, parameters, _| {
            if !is_of_goods(sql) || !sql.contains("IS NULL") {
                return None;
            }
            let [most, behind] = [0, 1].map(|at| parameters[at].as_i64().unwrap());
            let behind = behind.max(0);
            (behind < victim && victim <= behind + most).then(broken_page)
        })
        .await;
        let items = office.items().await;
        let rejects: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                Item::Reject(reject) => Some((reject.product.to_string(), reject.reason.clone())),
                _ => None,
            })
            .collect();
        assert!(
            matches!(rejects.as_slice(), [(id, RejectReason::Undeliverable(_))] if *id == victim.to_string()),
            "{rejects:?}"
        );
        assert_eq!(items.len(), 701);
        assert_eq!(items.last(), Some(&Item::End(End::Partial)));
    }
}

#[tokio::test]
async fn a_database_that_fails_at_everything_ends_the_run() {
    let office = troubled(700, |sql, _, _| is_of_goods(sql).then(broken_page)).await;
    let came = items(&*office.open(&[])).await.unwrap();
    let undeliverable = came.iter().filter(|item| matches!(item, Item::Reject(_))).count();
    assert!(
        (21..30).contains(&undeliverable),
        "{undeliverable} are more than a run bears, and no more are asked for"
    );
    let office = troubled(700, |sql, _, asked| (asked > 30 || is_of_goods(sql)).then(broken_page)).await;
    let error = items(&*office.open(&[])).await.unwrap_err();
    assert!(matches!(&error, PlatformError::Failed { what } if what.contains("I/O error")), "{error:?}");
}

#[tokio::test]
async fn what_moves_between_pages_comes_all_the_same_and_once() {
    let shared: Firm = Firm::new();
    let moving = shared.clone();
    let office = troubled(1200, move |sql, parameters, _| {
        // Behind the first page of goods, one that has come joins a model, and one of a model leaves it.
        if is_of_goods(sql) && sql.contains("IS NULL") && parameters[1].as_i64() == Some(501) {
            moving.put_model(9, "Model");
        }
        None
    })
    .await;
    office.firm.put_model(1, "Model");
    office.firm.put_in_model(1000, 1);
    office.firm.put_in_model(20, 1);
    let platform = office.open(&[]);
    let mut products = platform.products(connector::Scope::All);
    let mut came = Vec::new();
    while let Some(item) = futures::StreamExt::next(&mut products).await {
        let item = item.unwrap();
        let id = super::id_of(&item).to_owned();
        if id == "501" {
            // The page of the first five hundred has come: 20 stands before it and 1000 behind.
            office.firm.take_from_models(20);
            office.firm.put_in_model(7, 1);
            office.firm.put_good(Good { is_deleted: true, ..Good::new(900, "SYM-900", "Towar 900") });
            office.put(Good::new(-5, "NOWY", "Towar nowy"));
        }
        came.push(id);
    }
    let end = came.pop();
    assert_eq!(end.as_deref(), Some("end"));
    let count = came.len();
    let mut each: Vec<i32> = came.iter().map(|id| id.parse().unwrap()).collect();
    each.sort_unstable();
    each.dedup();
    assert_eq!(each.len(), count, "none comes twice");
    let wanted: Vec<i32> = std::iter::once(-5).chain((1..=1200).filter(|id| *id != 900)).collect();
    assert_eq!(each, wanted);
}

#[tokio::test]
async fn a_server_that_repeats_a_page_is_found_out() {
    let firm = Office::new().await;
    firm.put_many(1..=1200);
    let inner = firm.firm.clone();
    let office = troubled(1200, move |sql, parameters, _| {
        let is_page = is_of_goods(sql) && sql.contains("IS NULL") && parameters[0].as_i64() == Some(500);
        is_page.then(|| inner.answer(sql, &[Value::Int(500), Value::Int(0)]))
    })
    .await;
    let error = items(&*office.open(&[])).await.unwrap_err();
    assert!(matches!(&error, PlatformError::Failed { what } if what.contains("again")), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_was_cut_is_made_anew() {
    let office = Office::new().await;
    office.put_many(1..=3);
    let platform = open(&office.given(&[]), &Common::default()).unwrap();
    platform.check().await.unwrap();
    let address = office.server.address();
    let Office { firm, server } = office;
    drop(server);
    // As after a restart of the server: what was open is gone.
    let again = loop {
        match firm.serve(Options { listen: address, ..Options::default() }).await {
            Ok(server) => break server,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    firm.set_prices(1, Prices::default().with(1, super::decimal("7"), super::decimal("8.61")));
    assert_eq!(ids(&items(&*platform).await.unwrap()), ["1", "2", "3", "end"]);
    drop(again);
}

#[tokio::test]
async fn the_keys_of_a_page_are_asked_for_by_a_select_too() {
    let office = troubled(3, |sql, _, _| is_of_goods(sql).then(broken_page)).await;
    items(&*office.open(&[])).await.unwrap();
    let keys: Vec<_> = office.server.statements().into_iter().map(|statement| statement.sql).collect();
    let is_of_keys = |sql: &&String| {
        sql.starts_with("SELECT TOP (@P1) t.tw_Id, mt.mtw_IdModel FROM")
            || sql.starts_with("SELECT TOP (@P1) t.tw_Id FROM")
    };
    assert!(keys.iter().any(|sql| is_of_keys(&sql)), "{keys:#?}");
}

#[tokio::test]
async fn what_passes_by_itself_is_waited_for_whatever_its_class() {
    let office = troubled(3, |sql, _, asked| {
        let waited = || Reply::Error {
            number: 1222,
            class: 16,
            message: "Lock request time out period exceeded.".to_owned(),
        };
        (is_of_goods(sql) && asked.is_multiple_of(2)).then(waited)
    })
    .await;
    assert_eq!(ids(&office.items().await), ["1", "2", "3", "end"]);
}
