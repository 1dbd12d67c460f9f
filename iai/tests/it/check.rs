//! Logging in, and what concerns the whole shop.

use connector::{Common, PlatformError, Scope, ShopInfo};
use iai_sandbox::Product;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shop::{
    KEY, SEARCH, calls, front, items, mug, mugs, open, open_by, sentences, start, test_clock, transport,
};

const LANGUAGES: &str = "/api/admin/v7/shops/languages";
const SIZES: &str = "/api/admin/v7/sizes/sizes";

/// What a shop tells of itself that gives one answer to everything.
async fn told_by(answer: ResponseTemplate) -> Result<ShopInfo, PlatformError> {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    open(&server.uri(), &[]).check().await
}

/// What a shop tells of itself that answers so at one path.
async fn told_with(path: &'static str, answer: ResponseTemplate) -> Result<ShopInfo, PlatformError> {
    let shop = start(mugs(1..=3)).await;
    let server = front(&shop, move |request| (request.url.path() == path).then(|| answer.clone())).await;
    open(&server.uri(), &[]).check().await
}

fn fault(code: u16, words: &str) -> Value {
    json!({ "errors": { "faultCode": code, "faultString": words } })
}

#[tokio::test]
async fn a_shop_tells_what_it_is() {
    let shop = start(mugs(1..=130)).await;
    let info = open(&shop.url(), &[]).check().await.unwrap();
    assert_eq!((info.title.as_deref(), info.version), (Some("Sklep"), None));
    assert_eq!((info.currency.code(), info.products), ("PLN", Some(130)));
    let languages: Vec<_> = info.languages.iter().map(|own| (own.id.as_str(), own.name.as_str())).collect();
    assert_eq!(languages, [("pol", "polski"), ("eng", "angielski")]);
    assert_eq!((info.language.id.as_str(), info.language.active), ("pol", true));
    assert_eq!(info.warnings, Vec::<String>::new());
}

#[tokio::test]
async fn another_language_of_the_shop_can_be_chosen() {
    let shop = start(mugs([1])).await;
    let info = open(&shop.url(), &[("IAI_LANGUAGE", "eng")]).check().await.unwrap();
    assert_eq!((info.language.id.as_str(), info.language.name.as_str()), ("eng", "angielski"));
}

#[tokio::test]
async fn the_shops_own_default_language_is_read_unless_told() {
    let languages = json!({ "shops": [
        { "shopId": 1, "shopName": "Pusty", "languages": [] },
        { "shopId": 2, "shopName": "Laden", "languages": [
            { "id": "pol", "name": "polski", "enabled": "true", "isDefault": "false" },
            { "id": "ger", "name": "Deutsch", "enabled": true, "isDefault": true },
            { "id": "cze", "name": "čeština", "enabled": false, "isDefault": false },
        ] },
    ] });
    let info = told_with(LANGUAGES, ResponseTemplate::new(200).set_body_json(languages)).await.unwrap();
    assert_eq!((info.title.as_deref(), info.language.id.as_str()), (Some("Laden"), "ger"));
    let active: Vec<bool> = info.languages.iter().map(|language| language.active).collect();
    assert_eq!(active, [true, true, false]);
}

#[tokio::test]
async fn a_language_that_the_shop_does_not_have_lists_those_that_it_has() {
    let shop = start(mugs([1])).await;
    let error = open(&shop.url(), &[("IAI_LANGUAGE", "ger")]).check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("has no language ger"), "{what}");
    assert!(hint.contains("IAI_LANGUAGE") && hint.contains("pol = polski, eng = angielski"), "{hint}");
}

#[tokio::test]
async fn the_currency_is_that_of_most_of_the_newest_products() {
    let in_currencies = |count: u64, currency: &dyn Fn(u64) -> &'static str| -> Vec<Product> {
        (1..=count).map(|id| Product { currency: currency(id).to_owned(), ..mug(id) }).collect()
    };
    for (products, code, why) in [
        (in_currencies(3, &|id| if id == 2 { "PLN" } else { "EUR" }), "EUR", "most"),
        (in_currencies(2, &|id| if id == 1 { "EUR" } else { "PLN" }), "PLN", "of as many, the usual one"),
        (in_currencies(250, &|id| if id <= 150 { "PLN" } else { "CZK" }), "CZK", "the newest hundred"),
        (vec![], "PLN", "of none"),
    ] {
        let shop = start(products).await;
        let info = open(&shop.url(), &[]).check().await.unwrap();
        assert_eq!(info.currency.code(), code, "{why}");
        let looks = calls(&shop, SEARCH);
        assert_eq!(looks.len(), 1, "{looks:?}");
        assert_eq!(looks[0].body["params"]["returnElements"], json!(["currency"]));
    }
}

#[tokio::test]
async fn a_currency_that_is_none_is_an_error_before_any_product_is_read() {
    let shop = start(vec![Product { currency: "DUKATY".to_owned(), ..mug(1) }]).await;
    let (what, _) = sentences(&open(&shop.url(), &[]).check().await.unwrap_err());
    assert!(what.contains("DUKATY"), "{what}");
}

#[tokio::test]
async fn a_shop_without_goods_is_a_shop() {
    let shop = start(vec![]).await;
    let platform = open(&shop.url(), &[]);
    let info = platform.check().await.unwrap();
    assert_eq!((info.title.as_deref(), info.products.unwrap_or(0)), (Some("Sklep"), 0));
    assert_eq!(info.warnings, Vec::<String>::new());
    assert_eq!(platform.categories().await.unwrap().iter().count(), 0);
}

#[tokio::test]
async fn a_shop_is_asked_once_what_it_is() {
    let shop = start(mugs([1])).await;
    let platform = open(&shop.url(), &[]);
    platform.check().await.unwrap();
    platform.check().await.unwrap();
    for path in [LANGUAGES, SEARCH] {
        assert_eq!(calls(&shop, path).len(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_with_the_setting_that_holds_it() {
    let shop = start(mugs([1])).await;
    let wrong = [("IAI_API_KEY", "FAKE-WRONG-API-KEY")];
    let platform = open_by(&transport(&test_clock()), &shop.url(), &wrong, &Common::default());
    let error = platform.check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("does not accept the API key") && what.contains("401"), "{what}");
    assert!(what.contains("Unauthorized"), "the shop's own word: {what}");
    assert!(hint.contains("IAI_API_KEY"), "{hint}");
    assert!(!format!("{error} {error:?}").contains("FAKE-WRONG-API-KEY"));
    assert_eq!(shop.calls().len(), 1, "it was tried again");
}

#[tokio::test]
async fn a_right_that_is_missing_is_told_in_the_shops_words() {
    let denied = || {
        ResponseTemplate::new(403)
            .insert_header("x-error", "Access denied: PIM (read)")
            .set_body_string("<html>403")
    };
    let shop = start(mugs(1..=3)).await;
    let server = front(&shop, move |request| (request.url.path() == SIZES).then(denied)).await;
    // The names of sizes are needed for goods alone.
    let without_sizes = items(&*open(&server.uri(), &[]), Scope::All).await.unwrap_err();
    for (path, error) in [(SEARCH, told_with(SEARCH, denied()).await.unwrap_err()), (SIZES, without_sizes)] {
        let (what, hint) = sentences(&error);
        assert!(what.contains("Access denied: PIM (read)") && what.contains(path), "{what}");
        assert!(hint.contains("IAI_API_KEY"), "{hint}");
    }
}

#[tokio::test]
async fn without_the_right_to_languages_alone_polish_is_read_with_a_warning() {
    let denied = || ResponseTemplate::new(403).insert_header("x-error", "Access denied: SYSTEM (read)");
    let info = told_with(LANGUAGES, denied()).await.unwrap();
    assert_eq!((info.title, info.language.id.as_str(), info.products), (None, "pol", Some(3)));
    let warning = info.warnings.first().expect("a warning");
    assert!(warning.contains("Access denied: SYSTEM (read)"), "{warning}");
    assert!(warning.contains("read in pol") && warning.contains("IAI_LANGUAGE"), "{warning}");

    // Nobody can say that another one is none of the shop's.
    let shop = start(mugs(1..=3)).await;
    let server = front(&shop, move |request| (request.url.path() == LANGUAGES).then(denied)).await;
    let info = open(&server.uri(), &[("IAI_LANGUAGE", "eng")]).check().await.unwrap();
    assert_eq!(info.language.id, "eng");
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    for (answer, what, hint) in [
        (
            ResponseTemplate::new(301).insert_header("Location", "https://www.sklep.example/api"),
            "sends us to https://www.sklep.example/",
            "IAI_BASE_URL",
        ),
        (ResponseTemplate::new(404).set_body_string("<html>Nie ma"), "there is nothing at", "IAI_BASE_URL"),
        (ResponseTemplate::new(404).set_body_string("<html>Nie ma"), "there is nothing at", "IAI_LOGIN"),
        (ResponseTemplate::new(405), "there is nothing at", "IAI_BASE_URL"),
        (ResponseTemplate::new(200).set_body_json(fault(1, "Login failed")), "Login failed", "IAI_API_KEY"),
        (ResponseTemplate::new(200).set_body_json(fault(4, "Unpaid")), "is blocked: Unpaid", "pay the bills"),
        (ResponseTemplate::new(207).set_body_json(fault(4, "Unpaid")), "is blocked: Unpaid", "pay the bills"),
    ] {
        let error = told_by(answer).await.unwrap_err();
        let (said, to_do) = sentences(&error);
        assert!(said.contains(what), "{said}");
        assert!(to_do.contains(hint), "{to_do}");
    }
}

#[tokio::test]
async fn a_shop_that_answers_what_nobody_understands_is_an_error_that_quotes_it() {
    for (answer, quoted) in [
        (ResponseTemplate::new(200).set_body_string("<html><h1>Witamy w sklepie"), "Witamy w sklepie"),
        (ResponseTemplate::new(200).set_body_json(json!({ "shops": "trzy" })), "a text where rows should be"),
        (ResponseTemplate::new(200).set_body_json(fault(99, "Zepsute")), "fault 99: Zepsute"),
        (ResponseTemplate::new(500).set_body_string("Fatal error"), "Fatal error"),
    ] {
        let error = told_by(answer).await.unwrap_err();
        assert!(matches!(error, PlatformError::Failed { .. }), "{error:?}");
        assert!(error.to_string().contains(quoted), "{error}");
        assert!(error.to_string().contains(LANGUAGES), "where: {error}");
    }
}

#[tokio::test]
async fn a_shop_that_cannot_be_reached_says_what_to_check() {
    let error = open("http://127.0.0.1:1", &[]).check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("http://127.0.0.1:1") && what.contains("cannot be reached"), "{what}");
    assert!(hint.contains("IAI_BASE_URL"), "{hint}");
}

#[tokio::test]
async fn the_key_goes_in_its_header_and_nowhere_else() {
    let shop = start(mugs([1])).await;
    let server = front(&shop, |_| None).await;
    let platform = open(&server.uri(), &[]);
    let info = platform.check().await.unwrap();
    platform.categories().await.unwrap();
    for request in server.received_requests().await.unwrap() {
        assert_eq!(request.headers["x-api-key"], KEY);
        assert!(!request.url.as_str().contains(KEY), "{}", request.url);
        assert!(!String::from_utf8_lossy(&request.body).contains(KEY));
    }
    assert!(!format!("{info:?}").contains(KEY));
}

#[tokio::test]
async fn no_word_of_a_shop_that_repeats_the_key_gives_it_away() {
    for status in [200, 301, 400, 401, 403, 404, 422, 429, 500, 503] {
        let said = format!("the key {KEY} is not good");
        let answer = || {
            ResponseTemplate::new(status)
                .insert_header("x-error", said.as_str())
                .insert_header("Location", format!("https://sklep.example/?key={KEY}").as_str())
                .insert_header("Retry-After", "7200")
                .set_body_string(&said)
        };
        for told in
            [told_by(answer()).await, told_with(LANGUAGES, answer()).await, told_with(SEARCH, answer()).await]
        {
            let shown = match &told {
                Ok(info) => format!("{info:?}"),
                Err(error @ PlatformError::Settings { hint, .. }) => format!("{error} {error:?} {hint}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains(KEY), "{status}: {shown}");
        }
        told_by(answer()).await.unwrap_err();
    }
}

#[tokio::test]
async fn folders_slashes_and_the_panels_address_are_the_same_shop() {
    let shop = start(mugs([1])).await;
    for tail in ["", "/", "/api", "/api/", "/panel", "/panel/", "/api/admin/v7", "/api/admin/v7/"] {
        let info = open(&format!("{}{tail}", shop.url()), &[]).check().await;
        assert!(info.is_ok(), "{tail}: {info:?}");
    }
}
