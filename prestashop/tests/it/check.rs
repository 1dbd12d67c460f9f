//! Logging in, and what concerns the whole shop.

use connector::{Common, PlatformError};
use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shop::{Fixtures, KEY, common, open, sentences};

async fn check(
    fixtures: Fixtures,
    more: &[(&'static str, &str)],
) -> Result<connector::ShopInfo, PlatformError> {
    let server = fixtures.serve().await;
    open(&server.uri(), more, &common()).check().await
}

async fn refused_by(answer: ResponseTemplate) -> PlatformError {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    open(&server.uri(), &[], &common()).check().await.unwrap_err()
}

pub(crate) fn errors(status: u16, code: u32, message: &str) -> ResponseTemplate {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n<errors>\n<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{message}]]></message>\n</error>\n</errors>\n</prestashop>"
    );
    ResponseTemplate::new(status).set_body_raw(body, "text/xml;charset=utf-8")
}

#[tokio::test]
async fn a_shop_tells_what_it_is() {
    let info = check(Fixtures::of("8.2.1"), &[]).await.unwrap();
    assert_eq!((info.title.as_deref(), info.version.as_deref()), (Some("Tkalnia"), Some("8.2.1")));
    assert_eq!((info.currency.code(), info.language.id.as_str()), ("PLN", "1"));
    assert_eq!(info.languages.len(), 2);
    assert_eq!(info.warnings, Vec::<String>::new());
    let info = check(Fixtures::of("1.7.8"), &[]).await.unwrap();
    assert_eq!((info.currency.code(), info.languages.len()), ("USD", 1));
}

#[tokio::test]
async fn an_address_with_api_a_folder_or_a_slash_is_the_same_shop() {
    let server = Fixtures::of("8.2.1").serve().await;
    for tail in ["", "/", "/api", "/api/", "/shop", "/shop/", "/shop/api/"] {
        let shop = open(&format!("{}{tail}", server.uri()), &[], &Common::default());
        shop.check().await.unwrap_or_else(|error| panic!("{tail}: {error}"));
    }
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    for (answer, what, hint) in [
        (errors(401, 20, "key"), "does not accept the API key", "PRESTASHOP_API_KEY"),
        (errors(401, 21, "key"), "does not accept the API key", "PRESTASHOP_API_KEY"),
        (errors(401, 18, "key"), "does not accept the API key", "PRESTASHOP_API_KEY"),
        (errors(503, 22, "off"), "is switched off", "switch it on"),
        (errors(401, 26, "Resource of type"), "lacks a right", "view (GET)"),
        (
            ResponseTemplate::new(401).set_body_string("401 Unauthorized"),
            "does not look at the API key",
            "Authorization",
        ),
        (ResponseTemplate::new(404).set_body_string("<html>"), "no PrestaShop webservice", "friendly URLs"),
        (
            ResponseTemplate::new(200).set_body_string("<html><p>Hello"),
            "no PrestaShop webservice",
            "home page",
        ),
        (
            ResponseTemplate::new(302).insert_header("Location", "http://www.shop.example/?url="),
            "sends us to http://www.shop.example/",
            "PRESTASHOP_BASE_URL",
        ),
    ] {
        let (said, to_do) = sentences(&refused_by(answer).await);
        assert!(said.contains(what), "{said}");
        assert!(to_do.contains(hint), "{to_do}");
        assert!(!said.contains(KEY) && !to_do.contains(KEY));
    }
}

#[tokio::test]
async fn a_dead_shop_says_what_to_check() {
    let error = open("http://127.0.0.1:1", &[], &common()).check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("Connection refused") && hint.contains("PRESTASHOP_BASE_URL"), "{what} {hint}");
}

#[tokio::test]
async fn a_webservice_that_is_switched_off_is_asked_once() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(errors(503, 22, "off")).mount(&server).await;
    open(&server.uri(), &[], &common()).check().await.unwrap_err();
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn rights_that_are_missing_are_all_named_at_once() {
    let mut fixtures = Fixtures::of("8.2.1");
    for resource in ["combinations", "stock_availables", "taxes", "tax_rule_groups"] {
        fixtures.forbid(resource);
    }
    let (what, hint) = sentences(&check(fixtures, &[]).await.unwrap_err());
    assert!(what.ends_with(": combinations, stock_availables, tax_rules, taxes"), "{what}");
    assert!(hint.contains("View (GET)"), "{hint}");
}

#[tokio::test]
async fn without_the_right_to_tax_rules_the_names_of_the_groups_do() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.forbid("tax_rules");
    let items = crate::shop::read(fixtures, &[]).await;
    let mug =
        crate::catalogue::products(&items).into_iter().find(|product| product.id().as_str() == "6").unwrap();
    assert_eq!(mug.variants()[0].vat.as_percent().to_string(), "8");
}

#[tokio::test]
async fn several_shops_in_one_prestashop_are_listed_and_one_is_chosen() {
    let several = || {
        let mut fixtures = Fixtures::of("8.2.1");
        fixtures.rows("shops").push(json!({ "id": 2, "active": "1", "deleted": "0", "name": "Druga" }));
        fixtures.rows("shops").push(json!({ "id": 3, "active": "1", "deleted": "1", "name": "Dawna" }));
        fixtures
    };
    let (what, hint) = sentences(&check(several(), &[]).await.unwrap_err());
    assert!(what.contains("holds 2 shops"), "{what}");
    assert!(hint.ends_with("1 = Tkalnia, 2 = Druga"), "{hint}");
    let (what, _) = sentences(&check(several(), &[("PRESTASHOP_SHOP_ID", "3")]).await.unwrap_err());
    assert!(what.contains("no open shop 3"), "{what}");

    let server = several().serve().await;
    let shop = open(&server.uri(), &[("PRESTASHOP_SHOP_ID", "2")], &Common::default());
    shop.check().await.unwrap();
    for request in server.received_requests().await.unwrap() {
        assert!(request.url.query().unwrap().contains("id_shop=2"), "{}", request.url);
    }
    assert!(
        shop.name().expect("a name").shop.as_str().ends_with("#2"),
        "two shops at one address share no key"
    );
    let first = open(&server.uri(), &[("PRESTASHOP_SHOP_ID", "1")], &Common::default());
    let only = open(&server.uri(), &[], &Common::default());
    assert_eq!(first.name(), only.name(), "a shop keeps its key when a second one comes");
}

#[tokio::test]
async fn a_language_that_is_not_there_lists_those_that_are() {
    let (what, hint) =
        sentences(&check(Fixtures::of("8.2.1"), &[("PRESTASHOP_LANGUAGE_ID", "7")]).await.unwrap_err());
    assert!(what.contains("no language 7"), "{what}");
    assert!(hint.contains("1 = English (English), 2 = Polski (Polish)"), "{hint}");
}

#[tokio::test]
async fn a_shop_without_taxes_says_so() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.configure("PS_TAX", "0");
    let info = check(fixtures, &[]).await.unwrap();
    assert!(info.warnings[0].contains("taxes are switched off"), "{:?}", info.warnings);
}

#[tokio::test]
async fn a_key_that_would_travel_in_clear_is_warned_of_but_not_on_this_machine() {
    let server = Fixtures::of("8.2.1").serve().await;
    let warnings = open(&server.uri(), &[], &common()).check().await.unwrap().warnings;
    assert_eq!(warnings, Vec::<String>::new());
    // The name means this machine too, but a name can mean anything elsewhere; `localhost` cannot.
    let local = server.uri().replace("127.0.0.1", "localhost");
    assert_eq!(open(&local, &[], &common()).check().await.unwrap().warnings, Vec::<String>::new());
}

#[tokio::test]
async fn the_key_goes_as_user_with_an_empty_password() {
    let server = Fixtures::of("8.2.1").serve().await;
    open(&server.uri(), &[], &common()).check().await.unwrap();
    Mock::given(path("/never")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    for request in server.received_requests().await.unwrap() {
        let sent = request.headers["authorization"].to_str().unwrap();
        assert_eq!(sent, "Basic RkFLRUZBS0VGQUtFRkFLRUZBS0VGQUtFRkFLRUZBS0U6");
    }
}

#[tokio::test]
async fn a_closed_shops_settings_and_stock_do_not_count() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 6);
    fixtures
        .rows("shops")
        .push(json!({ "id": 2, "id_shop_group": "2", "active": "0", "deleted": "0", "name": "Dawna" }));
    let tax = |shop: &str, group: &str, id: u64, value: &str| json!({ "id": id, "name": "PS_TAX", "value": value, "id_shop": shop, "id_shop_group": group });
    // Switched off for the closed shop and its group, on for ours.
    fixtures.rows("configurations").extend([
        tax("2", "2", 801, "0"),
        tax("", "2", 802, "0"),
        tax("1", "1", 803, "1"),
    ]);
    let own = fixtures.rows("stock_availables").iter().find(|row| row["id_product"] == "6").unwrap().clone();
    let foreign = |shop: &str, group: &str, id: u64| {
        let mut row = own.clone();
        (row["id"], row["id_shop"], row["id_shop_group"]) = (json!(id), json!(shop), json!(group));
        row["quantity"] = json!("9999");
        row
    };
    fixtures.rows("stock_availables").splice(0..0, [foreign("2", "0", 1), foreign("0", "2", 2)]);
    let items = crate::shop::read(fixtures, &[]).await;
    let mug = crate::catalogue::products(&items)[0];
    assert_eq!(mug.variants()[0].stock, gateway_core::model::StockLevel::Quantity(42.into()));
}
