//! The older gates: the same goods by another address, another login, and a key of the day.

use std::time::Duration;

use clock::Clock;
use connector::{AdjustmentKey, Common, Item, Outcome, Platform, Scope, StockAdjustment};
use gateway_core::model::VariantId;
use iai_sandbox::{Call, Goods, Shop};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::shop::{
    asked, came, decimal, front, items, mugs, of_sizes, open_by, polish, product_id, sentences, size, start,
    start_on, test_clock, transport,
};

const PASSWORD: &str = "FAKE-PASSWORD";

fn open(clock: &Clock, url: &str, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
    let mut told = vec![("IAI_LOGIN", "sandbox"), ("IAI_PASSWORD", PASSWORD)];
    told.extend(more);
    open_by(&transport(clock), url, &told, &Common::default())
}

fn at(moment: &str) -> Clock {
    Clock::test(moment.parse().unwrap())
}

fn key(call: &Call) -> &str {
    call.body["authenticate"]["authenticateKey"].as_str().unwrap()
}

/// The gates that were asked, in their order.
fn gates(shop: &Shop) -> Vec<String> {
    shop.calls().into_iter().map(|call| call.query).collect()
}

#[tokio::test]
async fn every_gate_has_one_address_and_is_named_in_its_query() {
    let shop = start(mugs(1..=3)).await;
    let platform = open(&test_clock(), &shop.url(), &[]);
    assert_eq!(came(&items(&*platform, Scope::All).await.unwrap()), [1, 2, 3]);
    platform.categories().await.unwrap();
    for call in shop.calls() {
        assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/api/"));
        assert_eq!(call.body["authenticate"]["userLogin"], "sandbox");
        assert!(call.body["params"].is_object(), "{}", call.body);
        let key = key(&call);
        assert!(key.len() == 40 && key.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
        assert!(!call.body.to_string().contains(PASSWORD));
    }
    let gates = gates(&shop);
    assert_eq!(gates[0], "gate=products/get/170/json", "as it is, and not as %2F");
    assert_eq!(gates.last().unwrap(), "gate=productscategories/get/170/json");
}

#[tokio::test]
async fn the_question_is_the_same_as_by_the_other_way() {
    let shop = start(mugs(1..=3)).await;
    items(&*open(&test_clock(), &shop.url(), &[]), Scope::All).await.unwrap();
    let by_gate: Vec<Value> = shop.calls().into_iter().map(|call| call.body["params"].clone()).collect();
    shop.forget_calls();
    items(&*crate::shop::open(&shop.url(), &[]), Scope::All).await.unwrap();
    let by_key = crate::shop::calls(&shop, crate::shop::SEARCH);
    let by_key: Vec<Value> = by_key.into_iter().map(|call| call.body["params"].clone()).collect();
    assert_eq!(by_gate, by_key);
}

#[tokio::test]
async fn another_version_of_the_gates_can_be_told() {
    let shop = start(mugs([1])).await;
    open(&test_clock(), &shop.url(), &[("IAI_GATE_VERSION", "142")]).check().await.unwrap();
    assert_eq!(gates(&shop), ["gate=products/get/142/json"]);
    let too_old = open(&test_clock(), &shop.url(), &[("IAI_GATE_VERSION", "7")]).check().await.unwrap_err();
    let (what, hint) = sentences(&too_old);
    assert!(what.contains("there is nothing at"), "{what}");
    assert!(hint.contains("IAI_GATE_VERSION"), "{hint}");
}

#[tokio::test]
async fn the_key_is_another_one_from_midnight_in_warsaw_on() {
    // Noon in Greenwich; then a quarter to midnight in Warsaw, and a quarter past it.
    let clock = at("2026-02-12T12:00:00Z");
    let shop = start_on(&clock, mugs([1])).await;
    let platform = open(&clock, &shop.url(), &[]);
    let read = async || assert_eq!(came(&items(&*platform, Scope::All).await.unwrap()), [1]);
    read().await;
    let keys = |shop: &Shop| {
        let mut keys: Vec<String> = shop.calls().iter().map(|call| key(call).to_owned()).collect();
        keys.dedup();
        shop.forget_calls();
        keys
    };
    let noon = keys(&shop);
    clock.advance(Duration::from_secs((10 * 60 + 44) * 60));
    read().await;
    let evening = keys(&shop);
    assert_eq!((noon.len(), &evening), (1, &noon), "one key for a day");
    clock.advance(Duration::from_secs(31 * 60));
    read().await;
    let next = keys(&shop);
    assert_eq!(next.len(), 1);
    assert_ne!(next, evening, "the next day in Warsaw has the key of the day before");
}

#[tokio::test]
async fn near_midnight_a_shop_whose_clock_goes_otherwise_is_asked_by_the_other_days_key_too() {
    // Ten minutes before midnight in Warsaw, and ten minutes past it.
    for (ours, theirs) in [
        ("2026-02-12T22:50:00Z", "2026-02-12T23:01:00Z"),
        ("2026-02-12T23:10:00Z", "2026-02-12T22:59:00Z"),
        // In summer midnight is two hours before that of Greenwich.
        ("2026-07-12T21:50:00Z", "2026-07-12T22:01:00Z"),
    ] {
        let shop = start_on(&at(theirs), mugs([1])).await;
        open(&at(ours), &shop.url(), &[]).check().await.unwrap();
        let calls = shop.calls();
        assert_eq!(calls.len(), 2, "the key of today, then the other one");
        assert_ne!(key(&calls[0]), key(&calls[1]));
    }
}

#[tokio::test]
async fn at_noon_one_key_is_tried_and_no_other() {
    let shop = start_on(&at("2026-02-13T12:00:00Z"), mugs([1])).await;
    let error = open(&at("2026-02-12T12:00:00Z"), &shop.url(), &[]).check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("does not accept the login"), "{what}");
    assert!(hint.contains("clock"), "{hint}");
    assert_eq!(shop.calls().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_told_in_the_shops_words_and_not_shown() {
    let shop = start(mugs([1])).await;
    let wrong = [("IAI_LOGIN", "sandbox"), ("IAI_PASSWORD", "FAKE-WRONG-PASSWORD")];
    let platform = open_by(&transport(&test_clock()), &shop.url(), &wrong, &Common::default());
    let error = platform.check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("does not accept the login (Login failed)"), "{what}");
    assert!(hint.contains("IAI_LOGIN") && hint.contains("IAI_PASSWORD"), "{hint}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("FAKE-WRONG-PASSWORD") && !shown.contains(key(&shop.calls()[0])), "{shown}");
}

#[tokio::test]
async fn no_word_of_a_shop_that_repeats_what_it_was_sent_gives_it_away() {
    for status in [200, 400, 401, 403, 404, 500] {
        let shop = start(mugs([1])).await;
        let server = front(&shop, move |request| {
            let said = format!("{PASSWORD} {}", asked(request));
            Some(ResponseTemplate::new(status).set_body_string(said))
        })
        .await;
        let error = open(&test_clock(), &server.uri(), &[]).check().await.unwrap_err();
        let sent = server.received_requests().await.unwrap();
        let key = asked(&sent[0])["authenticate"]["authenticateKey"].as_str().unwrap().to_owned();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(&key) && !shown.contains(PASSWORD), "{status}: {shown}");
    }
}

#[tokio::test]
async fn sizes_are_called_as_in_the_panel_because_no_gate_lists_them() {
    let large = iai_sandbox::Size {
        panel_name: "L (panel)".to_owned(),
        name: polish("Duży"),
        ..size("L", &[(1, "1", "0")])
    };
    let shop = start(vec![of_sizes(1, vec![size("M", &[(1, "1", "0")]), large])]).await;
    let names = async |platform: Box<dyn Platform>| {
        let items = items(&*platform, Scope::All).await.unwrap();
        let Item::Product(product, warnings) = &items[0] else { panic!("{items:?}") };
        assert!(warnings.is_empty(), "{warnings:?}");
        let told = product.variants().iter().map(|variant| format!("{:?}", variant.attributes));
        told.collect::<Vec<_>>()
    };
    let by_gates = names(open(&test_clock(), &shop.url(), &[])).await;
    assert!(by_gates[1].contains("L (panel)") && !by_gates[1].contains("Duży"), "{by_gates:?}");
    let by_key = names(crate::shop::open(&shop.url(), &[])).await;
    assert!(by_key[1].contains("Duży"), "{by_key:?}");
}

#[tokio::test]
async fn a_shop_tells_no_languages_and_any_can_be_chosen() {
    let shop = start(mugs([1])).await;
    let info = open(&test_clock(), &shop.url(), &[]).check().await.unwrap();
    assert_eq!((info.title, info.language.id.as_str(), info.products), (None, "pol", Some(1)));
    assert_eq!(info.warnings, Vec::<String>::new());
    let info = open(&test_clock(), &shop.url(), &[("IAI_LANGUAGE", "eng")]).check().await.unwrap();
    assert_eq!(info.language.id, "eng");
}

fn sale(product: u64) -> StockAdjustment {
    StockAdjustment {
        product: product_id(&product.to_string()),
        variant: VariantId::new("uniw").unwrap(),
        key: AdjustmentKey::new(format!("k{product}")),
        delta: decimal("-2"),
        read: decimal("5"),
        target: decimal("3"),
    }
}

#[tokio::test]
async fn levels_are_written_by_their_own_gate() {
    let shop = start(mugs(1..=2)).await;
    let outcomes = open(&test_clock(), &shop.url(), &[]).adjust_stock(&[sale(1), sale(2)]).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(level) if *level == decimal("3"))));
    let gate = |name: &str| format!("gate={name}/170/json");
    assert_eq!(gates(&shop), [gate("products/get"), gate("productsstocks/set"), gate("products/get")]);
    let change = &shop.calls()[1];
    assert_eq!(change.method.as_str(), "POST");
    let stocks =
        json!([{ "stock_id": 1, "quantity_operation": { "operation": "substract", "quantity": 2 } }]);
    let product = json!({
        "ident": { "identType": "id", "identValue": "2" },
        "sizes": [{ "ident": { "identType": "index", "identValue": "2-uniw" }, "quantity": { "stocks": stocks } }],
    });
    assert_eq!(change.body["params"]["products"][1], product);
    assert_eq!(shop.quantity(2, "uniw", 1), Some(decimal("3")));
}

#[tokio::test]
async fn a_size_that_is_refused_by_a_gate_is_refused() {
    let shop = start(mugs(1..=2)).await;
    let (url, held) = (shop.url(), std::sync::Arc::clone(&shop));
    let server = front(&shop, move |request| {
        request.url.query().unwrap().contains("productsstocks").then(|| {
            held.hold(Goods { products: mugs([2]), ..Goods::default() });
            crate::shop::template(&crate::shop::forward(&url, request))
        })
    })
    .await;
    let outcomes = open(&test_clock(), &server.uri(), &[]).adjust_stock(&[sale(1), sale(2)]).await;
    assert!(
        matches!(&outcomes[0], Outcome::Refused(why) if why.contains("Incorrect product")),
        "{outcomes:?}"
    );
    assert!(matches!(&outcomes[1], Outcome::Done(_)), "{outcomes:?}");
}

#[tokio::test]
async fn near_midnight_levels_are_written_once_by_the_key_that_is_accepted() {
    let shop = start_on(&at("2026-02-12T23:01:00Z"), mugs([1])).await;
    let outcomes = open(&at("2026-02-12T22:50:00Z"), &shop.url(), &[]).adjust_stock(&[sale(1)]).await;
    assert!(matches!(&outcomes[0], Outcome::Done(_)), "{outcomes:?}");
    assert_eq!(shop.quantity(1, "uniw", 1), Some(decimal("3")));
}
