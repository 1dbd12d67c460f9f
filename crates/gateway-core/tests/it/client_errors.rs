//! What the client makes of answers that are not as they should be, in the shapes of recorded ones.

use gateway_core::gateway::{
    CategoryLookup, Error, ErrorKind, Gateway, GatewaySettings, Guid, ListedProduct, ShopItem,
};
use gateway_core::token::{ShopGuid, SigningKey};
use sandbox::gateway::Gateway as Sandbox;
use serde_json::{Value, json};
use transport::{Outcome, Settings, Transport};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::client_support::{SHOP, client_of, item, items, options, test_clock};

pub(crate) const GUID: &str = "5b1f4f0a-7a55-4b0e-8a4e-0c8a3a8f1d01";

pub(crate) async fn service(answer: ResponseTemplate) -> (MockServer, Gateway) {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    let client = client_of(&server.uri(), &test_clock());
    (server, client)
}

pub(crate) fn answer(status: u16, body: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

async fn error_of(answer: ResponseTemplate) -> Error {
    let (_server, client) = service(answer).await;
    client.create(&[item("12", "3")]).await.remove(0).unwrap_err()
}

#[tokio::test]
async fn an_error_keeps_the_services_message_and_says_what_is_known() {
    for (status, kind, outcome) in [
        (400, "Refused", Outcome::NotDone),
        (401, "Unauthorized", Outcome::NotDone),
        (403, "Unauthorized", Outcome::NotDone),
        (404, "Missing", Outcome::NotDone),
        (408, "Failed", Outcome::Unknown),
        (409, "Refused", Outcome::NotDone),
        (413, "Refused", Outcome::NotDone),
        (422, "Refused", Outcome::NotDone),
        (500, "Failed", Outcome::Unknown),
        (502, "Failed", Outcome::Unknown),
        (504, "Failed", Outcome::Unknown),
    ] {
        let body = json!({ "code": status, "error": "An error", "message": "vat is not a class" });
        let error = error_of(answer(status, body)).await;
        assert!(error.to_string().contains("vat is not a class"), "{error}");
        assert!(format!("{:?}", error.kind()).starts_with(kind), "{status}: {:?}", error.kind());
        assert_eq!(error.outcome(), outcome, "{status}");
    }
}

#[tokio::test]
async fn an_error_page_of_something_in_between_is_quoted() {
    let page = ResponseTemplate::new(502).set_body_string("<html>\n<h1>Bad  Gateway</h1></html>");
    let error = error_of(page).await;
    assert!(error.to_string().contains("<html> <h1>Bad Gateway</h1></html>"), "{error}");
    let error = error_of(ResponseTemplate::new(500)).await;
    assert!(error.to_string().contains("no message"), "{error}");
}

#[tokio::test]
async fn a_token_that_is_not_accepted_says_what_to_check_and_is_not_tried_for_each_variant() {
    let (server, client) =
        service(answer(401, json!({ "code": 401, "error": "401 Unauthorized", "message": "no" }))).await;
    let results = client.create(&items("12", 5)).await;
    assert!(
        results.iter().all(|result| result.as_ref().unwrap_err().hint().unwrap().contains("signing key"))
    );
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_of_another_shop_is_refused_by_the_service() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let client = |shop: &str, key: &str| {
        let transport = Transport::new(Settings::new("tests", test_clock())).unwrap();
        let settings = GatewaySettings {
            base_url: GatewaySettings::base_url(&sandbox.url()).unwrap(),
            shop: ShopGuid::parse(shop).unwrap(),
            key: SigningKey::from_base64(&key.into()).unwrap(),
            concurrency: 1,
        };
        Gateway::new(transport, &settings).unwrap()
    };
    for (shop, key) in [(SHOP, "ZmFrZSBrZXk="), (GUID, crate::client_support::KEY)] {
        let error = client(shop, key).newest().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unauthorized { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_dead_service_says_what_to_check() {
    let client = client_of("http://127.0.0.1:1/", &test_clock());
    let error = client.newest().await.unwrap_err();
    assert!(error.to_string().contains("Connection refused"), "{error}");
    assert!(error.hint().unwrap().contains("base URL"));
}

#[tokio::test]
async fn a_yes_that_does_not_name_the_product_leaves_the_outcome_unknown() {
    for body in [
        json!({}),
        json!({ "products": [] }),
        json!(null),
        json!({ "products": [{ "name": "x" }] }),
        json!("ok"),
    ] {
        let (_server, client) = service(answer(200, body.clone())).await;
        let error = client.create(&[item("12", "3")]).await.remove(0).unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{body}: {error}");
    }
    let (_server, client) = service(ResponseTemplate::new(201)).await;
    assert_eq!(client.create(&[item("12", "3")]).await.remove(0).unwrap_err().outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn a_list_that_a_guard_forbids_is_sent_singly_so_that_one_text_is_one_refusal() {
    let server = MockServer::start().await;
    let list = format!("/dashboard/webshops/{SHOP}/products");
    Mock::given(method("POST"))
        .and(path(&list))
        .respond_with(move |request: &wiremock::Request| {
            let body: Value = request.body_json().unwrap();
            let items = body["products"].as_array().unwrap();
            if items.iter().any(|item| item["product"]["data"]["source"]["variant"] == "1") {
                return answer(403, json!({ "message": "Forbidden" }));
            }
            let guids: Vec<_> = items.iter().map(|_| json!({ "guid": GUID })).collect();
            answer(200, json!({ "products": guids }))
        })
        .mount(&server)
        .await;
    let results = client_of(&server.uri(), &test_clock()).create(&items("12", 3)).await;
    let made: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(made, [true, false, true], "{results:?}");
    assert_eq!(results[1].as_ref().unwrap_err().outcome(), Outcome::NotDone);
}

#[tokio::test]
async fn products_that_are_not_found_by_their_guids_are_looked_for_in_the_listing_but_not_for_ever() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(move |request: &wiremock::Request| {
            let body: Value = request.body_json().unwrap();
            let by_guid = body.to_string().contains("terms");
            let is_first = body["dsl"].get("search_after").is_none();
            let listed =
                json!([{ "guid": GUID, "name": "x", "timestamps": { "created": "2026-01-01T00:00:00Z" } }]);
            let products = if is_first && !by_guid { listed } else { json!([]) };
            answer(200, json!({ "products": products }))
        })
        .mount(&server)
        .await;
    let client = client_of(&server.uri(), &test_clock());
    let guid = Guid::parse(GUID).unwrap();
    for _ in 0..gateway_core::assumptions::MOST_SEARCHES_OF_ALL {
        let found = client.find(&[guid]).await.unwrap();
        assert_eq!(found.len(), 1, "it is in the listing");
    }
    let error = client.find(&[guid]).await.unwrap_err();
    assert!(error.to_string().contains("not found by their guids"), "{error}");
    assert!(client.search_for(&[guid]).await.unwrap().is_empty());
}

#[tokio::test]
async fn guids_are_found_by_place_by_either_name_and_by_what_the_answer_says_of_itself() {
    let other = "5b1f4f0a-7a55-4b0e-8a4e-0c8a3a8f1d02";
    let source = |variant: &str| json!({ "source": { "v": 1, "platform": "prestashop", "shop": "shop.example", "product": 12, "variant": variant } });
    for products in [
        json!([{ "guid": GUID }, { "guid": other }]),
        json!([{ "product_guid": GUID }, { "product": { "guid": other } }]),
        json!([{ "guid": other, "data": source("1") }, { "guid": GUID, "data": source("0") }]),
        json!([{ "guid": other, "data": source("1") }, { "guid": GUID, "data": source("0") }, { "guid": SHOP }]),
    ] {
        let (_server, client) = service(answer(200, json!({ "products": products }))).await;
        let guids: Vec<_> =
            client.create(&items("12", 2)).await.into_iter().map(|guid| guid.unwrap().to_string()).collect();
        assert_eq!(guids, [GUID, other], "{products}");
    }
    // One of two, and nobody says which.
    let (_server, client) = service(answer(200, json!({ "products": [{ "guid": GUID }] }))).await;
    let results = client.create(&items("12", 2)).await;
    assert!(results.iter().all(|result| result.as_ref().unwrap_err().outcome() == Outcome::Unknown));
}

#[tokio::test]
async fn a_taken_name_is_answered_by_the_guid_in_the_message_or_looked_up() {
    let taken =
        json!({ "code": 409, "error": "409 Conflict", "message": format!("Tag ({GUID}) already exists") });
    let (_server, client) = service(answer(409, taken)).await;
    assert_eq!(client.create_family_tag("T").await.unwrap().to_string(), GUID);

    let server = MockServer::start().await;
    let tags = format!("/webshops/{SHOP}/tags/");
    Mock::given(method("POST"))
        .and(path(&tags))
        .respond_with(answer(409, json!({ "message": "taken" })))
        .mount(&server)
        .await;
    let list = json!([{ "guid": SHOP, "name": "S" }, { "guid": GUID, "name": "T", "type": "variant" }]);
    Mock::given(method("GET")).and(path(&tags)).respond_with(answer(200, list)).mount(&server).await;
    let client = client_of(&server.uri(), &test_clock());
    assert_eq!(client.create_family_tag("T").await.unwrap().to_string(), GUID);
    let error = client.create_family_tag("U").await.unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}

#[tokio::test]
async fn a_storage_that_refuses_a_picture_is_told_apart_from_the_service() {
    let server = MockServer::start().await;
    let fields = json!({ "key": "a/b c.png", "policy": "p" });
    let form = json!({ "url": format!("{}/bucket", server.uri()), "fields": fields });
    Mock::given(path("/uploads/")).respond_with(answer(200, form)).mount(&server).await;
    let storage = |status| {
        Mock::given(path("/bucket")).respond_with(
            ResponseTemplate::new(status).set_body_string("<Error><Code>AccessDenied</Code></Error>"),
        )
    };
    let client = client_of(&server.uri(), &test_clock());
    let picture = crate::client_calls::picture(100).await;
    {
        let _refuses = storage(403).mount_as_scoped(&server).await;
        let error = client.upload(&picture, "b").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Storage { .. }), "{error}");
        assert!(error.to_string().contains("AccessDenied"), "{error}");
    }
    storage(204).mount(&server).await;
    let address = client.upload(&picture, "b").await.unwrap();
    assert_eq!(address, format!("{}/bucket/a/b%20c.png", server.uri()));
}

#[tokio::test]
async fn a_presigned_form_without_a_key_and_a_copy_without_an_address_are_errors() {
    for body in [
        json!({}),
        json!({ "url": "nowhere", "fields": { "key": "k" } }),
        json!({ "url": "http://a.example", "fields": { "policy": "p" } }),
    ] {
        let (_server, client) = service(answer(200, body)).await;
        let picture = crate::client_calls::picture(100).await;
        let error = client.upload(&picture, "b").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{error}");
    }
    for body in [json!({}), json!({ "url": "nowhere" }), json!({ "url": "" }), json!({ "url": 7 })] {
        let (_server, client) = service(answer(200, body)).await;
        let error = client.copy_picture(&"http://a.example/".parse().unwrap()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_neither_yes_nor_no_and_nothing_is_sent_again() {
    let (server, client) = service(ResponseTemplate::new(302)).await;
    let results = client.create(&items("12", 3)).await;
    assert!(results.iter().all(|result| result.as_ref().unwrap_err().outcome() == Outcome::Unknown));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_product_that_is_gone_does_not_keep_the_others_from_their_stock() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let client = client_of(&sandbox.url(), &test_clock());
    let guids = sandbox.seed(3, |n| json!({ "name": format!("p{n}"), "stock_level": 0 }));
    sandbox.delete(&guids[1]);
    let set = guids.iter().map(|guid| ShopItem {
        guid: Guid::parse(guid).unwrap(),
        archived: false,
        for_sale: true,
        stock_level: 5.into(),
    });
    let results = client.set_items(&set.collect::<Vec<_>>()).await;
    assert!(results[0].is_ok() && results[2].is_ok(), "{results:?}");
    assert!(matches!(results[1].as_ref().unwrap_err().kind(), ErrorKind::Missing { .. }));
    assert!(sandbox.products().iter().all(|product| product["stock_level"] == 5));
}

#[tokio::test]
async fn a_plain_yes_to_items_that_name_their_product_is_enough() {
    let guid = Guid::parse(GUID).unwrap();
    let item = ShopItem { guid, archived: false, for_sale: true, stock_level: 5.into() };
    for yes in [
        ResponseTemplate::new(204),
        answer(200, json!({})),
        answer(200, json!({ "products": [{ "guid": GUID }] })),
    ] {
        let (_server, client) = service(yes).await;
        client.set_items(std::slice::from_ref(&item)).await.remove(0).unwrap();
    }
    let (_server, client) = service(answer(200, json!({ "products": [] }))).await;
    let error = client.set_items(&[item]).await.remove(0).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
}

#[tokio::test]
async fn archiving_sends_the_level_back_as_it_was_read() {
    for (shown, sent) in [("-3.5", "-3.5"), ("2.50", "2.5"), ("5000000000", "5000000000"), ("null", "0")] {
        let (server, client) = service(ResponseTemplate::new(204)).await;
        let product = format!(r#"{{"guid":"{GUID}","stock_level":{shown},"for_sale":false}}"#);
        let listed = ListedProduct::read(&serde_json::from_str(&product).unwrap()).unwrap();
        client.archive(&listed).await.unwrap();
        let body = String::from_utf8(server.received_requests().await.unwrap()[0].body.clone()).unwrap();
        let item =
            format!(r#"{{"product_guid":"{GUID}","archived":true,"for_sale":false,"stock_level":{sent}}}"#);
        assert_eq!(body, format!(r#"{{"products":[{item}]}}"#));
    }
}

#[tokio::test]
async fn a_long_message_with_escapes_is_told_short_and_plain() {
    let message = format!("{}[31mred\n{}", '\x1b', "ż".repeat(100_000));
    let error = error_of(answer(400, json!({ "message": message }))).await.to_string();
    assert!(error.chars().count() < 400 && !error.contains(char::is_control), "{error}");
}

#[test]
fn what_was_not_understood_is_not_wiped_by_an_update() {
    for (field, value) in [
        ("images", json!([{ "url": "https://pictures.example/k.jpg" }])),
        ("images", json!("https://pictures.example/k.jpg")),
        ("data", json!("text")),
        ("tag_guids", json!(["not a guid"])),
    ] {
        let price = json!({ "base": { "unit": { "amount": 1 } } });
        let mut product = json!({ "guid": GUID, "name": "n", "vat": "VAT23", "price": price });
        assert!(ListedProduct::read(&product).unwrap().to_fields().is_ok());
        product[field] = value;
        assert_eq!(ListedProduct::read(&product).unwrap().to_fields().unwrap_err(), field);
    }
}

#[tokio::test]
async fn a_tree_that_is_none_is_an_error_and_odd_branches_are_left_off() {
    let (_server, client) = service(answer(200, json!({ "user": 1 }))).await;
    assert!(matches!(client.category_tree().await.unwrap_err().kind(), ErrorKind::Malformed(_)));
    let mut deep = json!({ "name": "bottom", "guid": GUID });
    for _ in 0..40 {
        deep = json!({ "name": "n", "guid": GUID, "children": [deep] });
    }
    let hierarchy = json!([{ "name": "no guid" }, { "guid": GUID, "name": "A", "children": null }, deep, 7]);
    let (_server, client) = service(answer(200, json!({ "tag_hierarchy": hierarchy }))).await;
    let tree = client.category_tree().await.unwrap();
    assert_eq!(tree.iter().count(), 1 + 32);

    // Two of one name under one parent: no path can tell them apart.
    let twins = [json!({ "guid": GUID, "name": "b" }), json!({ "guid": SHOP, "name": "B" })];
    let hierarchy = json!([{ "guid": GUID, "name": "A", "children": twins }]);
    let (_server, client) = service(answer(200, json!({ "tag_hierarchy": hierarchy }))).await;
    let tree = client.category_tree().await.unwrap();
    assert!(matches!(tree.find("A > B"), CategoryLookup::Ambiguous(found) if found.len() == 2));
}

#[test]
fn a_base_url_is_an_address_and_nothing_more() {
    for (text, says) in [
        ("", "scheme"),
        ("gateway.example", "scheme"),
        ("ftp://gateway.example", "web"),
        ("https://", "address"),
        ("https://user:fake-password@gateway.example", "password"),
        ("https://gateway.example/?x=1", "?"),
        ("https://gateway.example/#x", "#"),
    ] {
        let error = GatewaySettings::base_url(text).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("fake"), "{text}: {error}");
    }
    assert_eq!(
        GatewaySettings::base_url(" https://g.example/v1/ ").unwrap().as_str(),
        "https://g.example/v1/"
    );
}

#[tokio::test]
async fn a_path_in_the_base_url_stays_with_and_without_a_slash() {
    for base in ["/v1", "/v1/"] {
        let server = MockServer::start().await;
        Mock::given(path("/v1/bootstrap"))
            .respond_with(answer(200, json!({ "tag_hierarchy": [] })))
            .mount(&server)
            .await;
        let client = client_of(&format!("{}{base}", server.uri()), &test_clock());
        assert_eq!(client.category_tree().await.unwrap().iter().count(), 0);
    }
}
