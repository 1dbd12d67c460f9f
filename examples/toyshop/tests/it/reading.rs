//! Reading the list of products, also from a shop that is not well.

use std::time::Duration;

use connector::import::MOST_UNDELIVERABLE;
use connector::{End, Item, PlatformError, Scope};
use gateway_core::model::{ProductId, RejectReason};
use serde_json::{Value, json};
use toyshop_sandbox::Goods;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::shop::{items, mugs, open, sentences, start, test_clock};

const KEY: &str = "FAKE-KEY";

/// A shop whose list of products is answered by `answer`, which is told the query.
async fn serve(
    answer: impl Fn(&dyn Fn(&str) -> Option<String>) -> ResponseTemplate + Send + Sync + 'static,
) -> MockServer {
    let server = MockServer::start().await;
    let languages = json!([{ "id": "pl", "name": "Polski", "default": true }]);
    let about = json!({ "name": "A shop", "currency": "PLN", "languages": languages });
    let about = ResponseTemplate::new(200).set_body_json(about);
    Mock::given(path("/api/shop")).respond_with(about).mount(&server).await;
    let answer = move |request: &Request| {
        answer(&|name| {
            let mut query = request.url.query_pairs();
            query.find_map(|(own, value)| (own == name).then(|| value.into_owned()))
        })
    };
    Mock::given(path("/api/products")).respond_with(answer).mount(&server).await;
    server
}

fn rows(ids: impl IntoIterator<Item = u64>, total: u64) -> ResponseTemplate {
    let row = |id| {
        json!({
            "id": id, "name": { "pl": "Kubek" }, "vat": 23, "visible": true,
            "variants": [{ "id": 0, "net": 10, "stock": 1 }],
        })
    };
    let rows: Vec<Value> = ids.into_iter().map(row).collect();
    ResponseTemplate::new(200).set_body_json(json!({ "products": rows, "total": total }))
}

/// A shop of so many products that answers as `failing` has it whenever one of `poisoned` would be in the answer.
async fn poisoned(count: u64, poisoned: Vec<u64>, failing: ResponseTemplate) -> MockServer {
    serve(move |query| {
        let ids: Vec<u64> = match query("ids") {
            Some(ids) => ids.split(',').map(|id| id.parse().unwrap()).collect(),
            None => {
                let after: u64 = query("after").unwrap().parse().unwrap();
                (after + 1..=count.min(after + 50)).collect()
            }
        };
        let is_poisoned = query("fields").is_none() && ids.iter().any(|id| poisoned.contains(id));
        if is_poisoned { failing.clone() } else { rows(ids, count) }
    })
    .await
}

async fn read(server: &MockServer) -> Result<Vec<Item>, PlatformError> {
    items(&*open(&server.uri(), KEY, &[]), Scope::All).await
}

/// How many products came, the ids of those that the shop cannot deliver, and the end.
fn summary(items: &[Item]) -> (usize, Vec<String>, &Item) {
    let undeliverable = |item: &Item| match item {
        Item::Reject(reject) if matches!(reject.reason, RejectReason::Undeliverable(_)) => {
            assert_eq!(reject.variant, None);
            Some(reject.product.to_string())
        }
        _ => None,
    };
    let came = items.iter().filter(|item| matches!(item, Item::Product(..))).count();
    (came, items.iter().filter_map(undeliverable).collect(), items.last().unwrap())
}

#[tokio::test]
async fn what_fails_for_good_is_asked_for_in_halves_down_to_the_single_product() {
    let no_id = json!({ "products": [{ "id": null }], "total": 120 });
    for failing in [
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_json(no_id),
    ] {
        let server = poisoned(120, vec![7, 101], failing).await;
        let items = read(&server).await.unwrap();
        let undeliverable = vec!["7".to_owned(), "101".to_owned()];
        assert_eq!(summary(&items), (118, undeliverable, &Item::End(End::Partial)));
    }
}

#[tokio::test]
async fn a_shop_that_can_deliver_next_to_nothing_is_not_asked_for_all_of_it() {
    let server = poisoned(1000, (1..=1000).collect(), ResponseTemplate::new(500)).await;
    let platform = open(&server.uri(), KEY, &[]);
    let items = items(&*platform, Scope::All).await.unwrap();
    let (_, undeliverable, end) = summary(&items);
    assert_eq!((undeliverable.len(), end), (MOST_UNDELIVERABLE + 1, &Item::End(End::Partial)));
    assert!(platform.requests() < 150, "{} requests", platform.requests());
}

#[tokio::test]
async fn a_list_that_repeats_or_ends_too_soon_is_an_error() {
    let repeats = serve(|_| rows([1, 2], 4)).await;
    let error = read(&repeats).await.unwrap_err().to_string();
    assert!(error.contains("repeats: after id 2 comes 1"), "{error}");
    let ends = serve(|query| rows((query("after").unwrap() == "0").then_some(1), 2)).await;
    let error = read(&ends).await.unwrap_err().to_string();
    assert!(error.contains("ended after 1 of 2 products"), "{error}");
    // Goods may go while they are read.
    let shrinks =
        serve(|query| if query("after").unwrap() == "0" { rows([1, 2], 2) } else { rows([], 1) }).await;
    assert_eq!(summary(&read(&shrinks).await.unwrap()).0, 2);
}

#[tokio::test]
async fn the_products_that_are_asked_for_are_read_and_those_that_are_not_there_are_told() {
    let shop = start(&test_clock()).await;
    shop.hold(Goods { products: mugs(120), ..Goods::default() });
    let asked: Vec<String> =
        (1..=60).map(|id| (id * 2).to_string()).chain(["121", "007", "x"].map(str::to_owned)).collect();
    let ids = asked.iter().map(|id| ProductId::new(id).unwrap()).collect();
    let items = items(&*open(&shop.url(), shop.key(), &[]), Scope::Products(ids)).await.unwrap();
    assert_eq!(summary(&items), (60, Vec::new(), &Item::End(End::Complete)));
    let absent = items.iter().filter_map(|item| match item {
        Item::Skipped(skip) => Some(skip.product.as_str()),
        _ => None,
    });
    let mut absent: Vec<_> = absent.collect();
    absent.sort_unstable();
    assert_eq!(absent, ["007", "121", "x"]);
}

#[tokio::test]
async fn what_was_changed_since_a_moment_is_read_and_nothing_else() {
    let clock = test_clock();
    let shop = start(&clock).await;
    let mut products = mugs(60);
    shop.hold(Goods { products: products.clone(), ..Goods::default() });
    clock.advance(Duration::from_secs(60));
    let moment = clock.now();
    products[50].variants[0].stock = None;
    shop.hold(Goods { products, ..Goods::default() });
    let platform = open(&shop.url(), shop.key(), &[]);
    let items = items(&*platform, Scope::Since(moment)).await.unwrap();
    let [Item::Product(product, _), Item::End(End::Complete)] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!(product.id().as_str(), "51");
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_told_with_their_names() {
    let shop = start(&test_clock()).await;
    let nowhere = MockServer::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, key, language, happened, to_do) in [
        (shop.url(), "FAKE-WRONG-KEY", "", "does not accept the API key", "TOYSHOP_API_KEY"),
        (shop.url(), shop.key(), "de", "has no language de", "one of: pl = Polski, en = English"),
        (nowhere.uri(), shop.key(), "", "there is nothing at", "TOYSHOP_BASE_URL"),
        (format!("http://{closed}"), shop.key(), "", "cannot be reached", "TOYSHOP_BASE_URL"),
    ] {
        let error = open(&url, key, &[("TOYSHOP_LANGUAGE", language)]).check().await.unwrap_err();
        let (what, hint) = sentences(&error);
        assert!(what.contains(happened) && hint.contains(to_do), "{what}: {hint}");
        assert!(!format!("{what}{hint}").contains(key), "{what}: {hint}");
    }
}

#[tokio::test]
async fn a_shop_that_asks_for_more_patience_than_a_run_has_is_left_for_later() {
    let server = serve(|_| ResponseTemplate::new(429).insert_header("retry-after", "3600")).await;
    assert!(matches!(read(&server).await.unwrap_err(), PlatformError::TryLater { .. }));
}
