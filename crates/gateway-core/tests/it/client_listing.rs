//! Listings as a service might answer them: with much missing, without an end, or not at all.

use futures::TryStreamExt as _;
use gateway_core::gateway::{Error, ErrorKind, Gateway, Listing};
use serde_json::{Value, json};
use transport::Outcome;
use wiremock::matchers::{body_partial_json, method};
use wiremock::{Mock, MockServer};

use crate::client_errors::{GUID, answer, service};
use crate::client_support::{SHOP, client_of, test_clock};

/// A product as it was recorded, in our own words; then with every field null, and with none.
#[tokio::test]
async fn a_listing_reads_products_however_much_of_them_is_missing() {
    let unit =
        json!({ "amount": 21.1382, "vat": 4.86, "vat0": 21.1382, "vat_percent": 23, "currency": "zł" });
    let full = json!({
        "guid": GUID, "name": "Świeca", "brief": "Sojowa", "desc": "**Sojowa** świeca", "sku": "SW-1",
        "images": ["https://pictures.example/s.jpg"], "data": { "variants": { "Zapach": "wanilia" } },
        "owner_guid": SHOP, "price": { "currency": "zł", "vat_class": "VAT23",
            "base": { "unit": unit }, "final": { "unit": unit }, "original": { "unit": unit } },
        "tag_guids": [GUID], "tags": [{ "guid": GUID, "name": "Świece" }],
        "timestamps": { "created": "2020-06-01T10:11:12.123456" }, "created": "2020-06-01", "activated": null,
        "type": "default", "vat": "VAT23", "size": null, "weight": null, "stock_level": 4, "for_sale": true,
        "archived": false, "something_new": [1, 2],
    });
    let nulls: Value = full
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), if name == "guid" { value.clone() } else { Value::Null }))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let odd = json!({
        "guid": GUID, "name": 12, "images": "none", "data": [], "price": "12.00", "tag_guids": {},
        "timestamps": 7, "stock_level": "4.000", "for_sale": 1, "archived": "yes", "sku": "  ",
    });
    let bare = json!({ "guid": GUID });
    let page = json!({ "products": [full, nulls, odd, bare] });
    let (_server, client) = service(answer(200, page)).await;
    let products = client.newest().await.unwrap();
    insta::assert_debug_snapshot!(products);
    let fields = products[0].to_fields().unwrap();
    assert_eq!(fields.net_price.to_string(), "21.1382");
    assert_eq!(products[1].to_fields().unwrap_err(), "name");
}

#[tokio::test]
async fn a_listing_that_is_none_is_an_error() {
    for body in
        [json!({}), json!({ "products": null }), json!([]), json!({ "products": [{ "name": "no guid" }] })]
    {
        let (_server, client) = service(answer(200, body.clone())).await;
        let error = client.newest().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{body}: {error}");
        assert_eq!(error.outcome(), Outcome::NotDone, "a read leaves nothing behind");
    }
}

fn page(from: usize, count: usize) -> Value {
    let product = |n: usize| json!({ "guid": format!("00000000-0000-4000-8000-{n:012}"), "timestamps": { "created": "2026-01-01T00:00:00Z" } });
    json!({ "products": (from..from + count).map(product).collect::<Vec<_>>() })
}

async fn guids(client: &Gateway) -> Result<usize, Error> {
    client.list(Listing::All).try_fold(0, |count, _| async move { Ok(count + 1) }).await
}

#[tokio::test]
async fn a_service_that_refuses_search_after_is_listed_by_position() {
    let server = MockServer::start().await;
    let query = |body: Value| Mock::given(method("POST")).and(body_partial_json(json!({ "dsl": body })));
    query(json!({ "search_after": ["2026-01-01T00:00:00Z"] }))
        .respond_with(answer(400, json!({ "message": "unknown field search_after" })))
        .mount(&server)
        .await;
    query(json!({ "from": 100 })).respond_with(answer(200, page(100, 60))).mount(&server).await;
    query(json!({ "from": 160 })).respond_with(answer(200, page(160, 0))).mount(&server).await;
    query(json!({ "from": 260 })).respond_with(answer(500, json!({}))).mount(&server).await;
    Mock::given(method("POST"))
        .respond_with(answer(200, page(0, 100)))
        .with_priority(200)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(|request: &wiremock::Request| request.body.windows(12).any(|part| part == b"search_after"))
        .respond_with(answer(400, json!({ "message": "unknown field search_after" })))
        .with_priority(100)
        .mount(&server)
        .await;
    assert_eq!(guids(&client_of(&server.uri(), &test_clock())).await.unwrap(), 160);
}

#[tokio::test]
async fn a_page_that_repeats_is_an_error_and_not_a_listing_without_end() {
    let (server, client) = service(answer(200, page(0, 100))).await;
    let error = guids(&client).await.unwrap_err();
    assert!(error.to_string().contains("repeats"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_listing_by_position_ends_with_an_error_where_such_paging_ends() {
    let server = MockServer::start().await;
    // Nothing tells its time of creation, so the listing goes by position; and there is always one page more.
    Mock::given(method("POST"))
        .respond_with(|request: &wiremock::Request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let from = body["dsl"]["from"].as_u64().unwrap_or(0);
            let guid = |n: u64| json!({ "guid": format!("00000000-0000-4000-8000-{n:012}") });
            answer(200, json!({ "products": (from..from + 100).map(guid).collect::<Vec<_>>() }))
        })
        .mount(&server)
        .await;
    let error = guids(&client_of(&server.uri(), &test_clock())).await.unwrap_err();
    assert!(error.to_string().contains("10000"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_listing_can_begin_at_the_time_of_a_product() {
    let (sandbox, client) = crate::client_support::start(crate::client_support::options()).await;
    sandbox.seed(
        250,
        |n| json!({ "name": "x", "created": format!("2026-01-01T00:{:02}:{:02}Z", n / 60, n % 60) }),
    );
    let all: Vec<_> = client.list(Listing::All).try_collect().await.unwrap();
    for from in [0, 119, 249] {
        let listed: Vec<_> = client.list_up_to(&all[from]).try_collect().await.unwrap();
        assert_eq!(listed, all[from..], "it and all that was created before it, in the same order");
    }
}
