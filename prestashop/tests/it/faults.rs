//! Shops that fail.

use std::collections::BTreeSet;

use connector::{End, Item, PlatformError, Scope};
use gateway_core::model::RejectReason;
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::catalogue::products;
use crate::shop::{Fixtures, common, items, mugs, open};

/// Serves fixtures, unless `fault` has another answer.
pub(crate) async fn serve(
    fixtures: Fixtures,
    fault: impl Fn(&Request, &ResponseTemplate, &str) -> Option<ResponseTemplate> + Send + Sync + 'static,
) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(move |request: &Request| {
            let answer = fixtures.answer(request);
            let resource = request.url.path().rsplit('/').next().unwrap();
            fault(request, &answer, resource).unwrap_or(answer)
        })
        .mount(&server)
        .await;
    server
}

fn asks_for(request: &Request, resource: &str, product: u64) -> bool {
    let pairs: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
    if resource != "products" || pairs.iter().any(|(_, value)| value == "[id]") {
        return false;
    }
    let filter =
        pairs.iter().find(|(name, _)| name == "filter[id]").map(|(_, value)| value.as_str()).unwrap();
    match filter.strip_prefix(">[").and_then(|last| last.strip_suffix(']')) {
        Some(last) => {
            (last.parse::<u64>().unwrap()..last.parse::<u64>().unwrap() + 200).contains(&(product - 1))
        }
        None => filter.trim_matches(['[', ']']).split('|').any(|id| id == product.to_string()),
    }
}

#[tokio::test]
async fn one_product_that_the_shop_cannot_deliver_is_one_reject() {
    for poison in [
        ResponseTemplate::new(500),
        ResponseTemplate::new(500).set_body_string("<html>Fatal error"),
        ResponseTemplate::new(200).set_body_string(""),
        ResponseTemplate::new(200).set_body_string("{\"products\":[{\"id\":1,"),
    ] {
        let server = serve(mugs(250), move |request, _, resource| {
            asks_for(request, resource, 77).then(|| poison.clone())
        })
        .await;
        let items = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap();
        assert_eq!(products(&items).len(), 249);
        let rejects: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                Item::Reject(reject) => Some((reject.product.as_str(), &reject.reason)),
                _ => None,
            })
            .collect();
        assert!(matches!(rejects.as_slice(), [("77", RejectReason::Undeliverable(_))]), "{rejects:?}");
        assert_eq!(items.last(), Some(&Item::End(End::Partial)), "what did not come is not gone");
        let ids: BTreeSet<_> = products(&items).iter().map(|product| product.id().clone()).collect();
        assert_eq!(ids.len(), 249, "a product came twice");
    }
}

#[tokio::test]
async fn rows_beside_php_warnings_are_rows_and_not_asked_for_again() {
    let server = serve(mugs(3), |request, _, resource| {
        let is_first = request.url.query_pairs().any(|(_, value)| value == ">[0]");
        (resource == "products" && is_first).then(|| {
            let mut fixtures = mugs(3);
            let warning = json!({ "code": 3, "message": "[PHP Warning #2] Undefined array key" });
            let body = json!({ "products": fixtures.rows("products").clone(), "errors": [warning] });
            ResponseTemplate::new(500).set_body_json(body)
        })
    })
    .await;
    let items = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap();
    assert_eq!(products(&items).len(), 3);
    let asked = server.received_requests().await.unwrap();
    assert_eq!(asked.iter().filter(|request| request.url.path().ends_with("/products")).count(), 2);
}

#[tokio::test]
async fn a_list_that_repeats_is_an_error_and_not_read_for_ever() {
    let server = serve(mugs(3), |_, _, resource| {
        (resource == "products").then(|| {
            let mut fixtures = mugs(3);
            ResponseTemplate::new(200).set_body_json(json!({ "products": fixtures.rows("products").clone() }))
        })
    })
    .await;
    let error = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap_err();
    assert!(matches!(&error, PlatformError::Failed { what } if what.contains("repeats")), "{error:?}");
}

#[tokio::test]
async fn too_many_requests_are_waited_for_and_too_long_a_wait_is_for_another_time() {
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let server = serve(mugs(3), move |_, _, _| {
        let n = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        n.is_multiple_of(2).then(|| ResponseTemplate::new(429).insert_header("Retry-After", "7"))
    })
    .await;
    let read = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap();
    assert_eq!(products(&read).len(), 3);

    let server =
        serve(mugs(3), |_, _, _| Some(ResponseTemplate::new(429).insert_header("Retry-After", "900"))).await;
    let error = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap_err();
    assert!(matches!(error, PlatformError::TryLater { .. }), "{error:?}");
}

#[tokio::test]
async fn a_record_of_wrong_types_is_one_reject() {
    for (field, value) in [
        ("price", json!("dear")),
        ("price", json!([1])),
        ("price", json!("-5")),
        ("price", json!("99999999999999999999999999999999")),
        ("name", json!(null)),
        ("reference", json!({ "a": 1 })),
        ("associations", json!({ "images": [7] })),
        ("id_tax_rules_group", json!({})),
    ] {
        let mut fixtures = mugs(3);
        fixtures.row("products", 2)[field] = value.clone();
        let items = crate::shop::read(fixtures, &[]).await;
        assert_eq!(products(&items).len(), 2, "{field}: {value}");
        let rejected =
            items.iter().filter(|item| matches!(item, Item::Reject(r) if r.product.as_str() == "2"));
        assert_eq!(rejected.count(), 1, "{field}: {value}: {items:?}");
    }
}

#[tokio::test]
async fn a_combination_that_is_listed_and_not_delivered_is_a_reject_and_not_gone() {
    let mut fixtures = Fixtures::of("8.2.1");
    let of_first = |row: &Value| row["id_product"] == "1";
    let listed = fixtures.rows("combinations").iter().filter(|row| of_first(row)).count();
    fixtures.rows("combinations").retain(|row| row["id"] != 2);
    let items = crate::shop::read(fixtures, &[]).await;
    let shirt = products(&items).into_iter().find(|product| product.id().as_str() == "1").unwrap();
    assert_eq!(shirt.variants().len(), listed - 1);
    assert!(items.iter().any(|item| matches!(item, Item::Reject(reject)
        if reject.product.as_str() == "1" && reject.variant.as_ref().is_some_and(|id| id.as_str() == "2"))));
}

#[tokio::test]
async fn combinations_or_stock_that_the_shop_cannot_deliver_cost_their_product_only() {
    for broken in ["combinations", "stock_availables"] {
        let server = serve(mugs(250), move |request, _, resource| {
            let asks = request.url.query_pairs().find(|(name, _)| name == "filter[id_product]").is_some_and(
                |(_, asked)| {
                    let asked = asked.trim_matches(['[', ']']).to_owned();
                    match asked.split_once(',') {
                        Some((from, to)) => {
                            (from.parse::<u64>().unwrap()..=to.parse().unwrap()).contains(&77)
                        }
                        None => asked.split('|').any(|id| id == "77"),
                    }
                },
            );
            (resource == broken && asks).then(|| ResponseTemplate::new(500))
        })
        .await;
        let items = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap();
        assert_eq!(products(&items).len(), 249);
        let undeliverable: Vec<_> = items
            .iter()
            .filter_map(|item| match item {
                Item::Reject(reject) => Some(reject.product.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(undeliverable, ["77"], "{broken}");
        assert_eq!(items.last(), Some(&Item::End(End::Partial)));
    }
}

#[tokio::test]
async fn a_product_that_is_listed_and_not_delivered_is_no_success() {
    let server = serve(mugs(5), |request, _, resource| {
        let pairs: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
        let is_full = resource == "products" && !pairs.iter().any(|(_, value)| value == "[id]");
        let filter = pairs.iter().find(|(name, _)| name == "filter[id]").map(|(_, value)| value.clone());
        match filter.as_deref() {
            Some(">[0]") if is_full => Some(ResponseTemplate::new(500)),
            // The parts come, but for one of them.
            Some(ids) if is_full && !ids.starts_with('>') => {
                let mut fixtures = mugs(5);
                fixtures.rows("products").retain(|row| row["id"] != 3);
                Some(
                    ResponseTemplate::new(200)
                        .set_body_json(json!({ "products": fixtures.rows("products").clone() })),
                )
            }
            _ => None,
        }
    })
    .await;
    let items = items(&*open(&server.uri(), &[], &common()), Scope::All).await.unwrap();
    assert_eq!(products(&items).len(), 4);
    assert!(items.iter().any(|item| matches!(item, Item::Reject(reject) if reject.product.as_str() == "3")));
    assert_eq!(items.last(), Some(&Item::End(End::Partial)));
}

#[tokio::test]
async fn a_shop_that_ignores_which_products_are_asked_for_doubles_nothing() {
    let server = serve(mugs(5), |_, _, resource| {
        (resource == "products").then(|| {
            let mut fixtures = mugs(5);
            let mut rows = fixtures.rows("products").clone();
            rows.reverse();
            rows.push(rows[0].clone());
            ResponseTemplate::new(200).set_body_json(json!({ "products": rows }))
        })
    })
    .await;
    let ids = ["4", "2", "04"].map(|id| gateway_core::model::ProductId::new(id).unwrap());
    let items = items(&*open(&server.uri(), &[], &common()), Scope::Products(ids.to_vec())).await.unwrap();
    let read: Vec<_> = products(&items).iter().map(|product| product.id().as_str().to_owned()).collect();
    assert_eq!(read, ["2", "4"]);
}

#[tokio::test]
async fn a_host_that_answers_503_before_anything_is_read_says_what_to_do() {
    let server =
        serve(mugs(1), |_, _, _| Some(ResponseTemplate::new(503).set_body_string("<html>Maintenance"))).await;
    let error = open(&server.uri(), &[], &common()).check().await.unwrap_err();
    assert!(matches!(&error, PlatformError::TryLater { what } if what.contains("maintenance")), "{error:?}");
}

#[tokio::test]
async fn a_broken_combination_is_one_reject_and_its_product_is_not_taken_for_a_simple_one() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 1);
    fixtures.rows("combinations").retain(|row| row["id"] == 1);
    fixtures.row("products", 1)["associations"]["combinations"] = json!([{ "id": "1" }]);
    fixtures.row("combinations", 1)["reference"] = json!({ "a": 1 });
    let items = crate::shop::read(fixtures, &[]).await;
    assert!(products(&items).is_empty(), "{items:?}");
    let rejects = items.iter().filter(|item| matches!(item, Item::Reject(_))).count();
    assert_eq!(rejects, 1, "{items:?}");
}

#[tokio::test]
async fn stock_that_cannot_be_read_is_no_zero() {
    let mut fixtures = mugs(2);
    let mut row =
        fixtures.rows("stock_availables").iter().find(|row| row["id_product"] == "6").unwrap().clone();
    row["id_product"] = json!("2");
    row["quantity"] = json!([]);
    *fixtures.rows("stock_availables") = vec![row];
    let items = crate::shop::read(fixtures, &[]).await;
    let read: Vec<_> = products(&items).iter().map(|product| product.id().as_str().to_owned()).collect();
    assert_eq!(read, ["1"]);
}
