//! The login, and its key.

use std::time::Duration;

use http::Method;
use idosell_sandbox::{Options, Shop};
use serde_json::{Value, json};

use crate::client::{clock_at, get, options, send, start};

const CALL: &str = "/marketplace-api/?gate=Products/getProductsFeed/5/json";

/// The keys of the password `FAKE-PASSWORD`, reckoned elsewhere.
const ON_JAN_14: &str = "cb7c59fb9c576d719b58262cab8117ff2093de6f";
const ON_JAN_15: &str = "eb624acd211bdfd1eba345a520c34bcb6487b633";
const ON_JUL_14: &str = "1f5c8c1bffa2792d2f8ae48f1ee8179e5ea63f70";
const ON_JUL_15: &str = "437d17d9f265d4c00bcad5fe94c67cd83dbce5f7";

async fn log_in(shop: &Shop, login: &str, key: &str) -> Value {
    let body = json!({ "authenticate": { "userLogin": login, "authenticateKey": key } });
    let answer = send(&format!("{}{CALL}", shop.url()), Method::GET, &body.to_string()).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

async fn shop_at(time: &str) -> Shop {
    start(Options { clock: clock_at(time), ..Options::default() }).await
}

fn is_refused(answer: &Value) -> bool {
    let told = answer["errors"]["faultString"].as_str().unwrap();
    answer.as_object().unwrap().len() == 1 && answer["errors"]["faultCode"] == 1 && told.contains("Logowanie")
}

#[tokio::test]
async fn who_knows_the_password_is_told_where_the_feed_is() {
    let shop = shop_at("2026-01-15T11:00:00Z").await;
    assert_eq!((shop.login(), shop.password()), ("sandbox", "FAKE-PASSWORD"));
    let told = log_in(&shop, shop.login(), ON_JAN_15).await;
    let expected = json!({
        "results": { "url": shop.feed_url() },
        "errors": { "faultCode": 0, "faultString": "" },
    });
    assert_eq!(told, expected);
    assert!(shop.feed_url().starts_with(&format!("{}/marketplace-feed/", shop.url())));
}

#[tokio::test]
async fn who_does_not_is_told_that_alone() {
    let shop = shop_at("2026-01-15T11:00:00Z").await;
    for (login, key) in [("someone", ON_JAN_15), ("sandbox", ON_JAN_14), ("sandbox", ""), ("", "")] {
        assert!(is_refused(&log_in(&shop, login, key).await), "{login} {key}");
    }
    let upper = ON_JAN_15.to_uppercase();
    assert!(is_refused(&log_in(&shop, "sandbox", &upper).await));
    for body in ["", "{", "[]", "{\"authenticate\":{\"userLogin\":1}}"] {
        let answer = send(&format!("{}{CALL}", shop.url()), Method::GET, body).await;
        assert!(is_refused(&answer.json()), "{body}");
    }
}

#[tokio::test]
async fn the_key_turns_at_midnight_in_warsaw() {
    let turns =
        [("2026-01-14T22:59:59Z", ON_JAN_14, ON_JAN_15), ("2026-07-14T21:59:59Z", ON_JUL_14, ON_JUL_15)];
    for (last_second, key, next) in turns {
        let clock = clock_at(last_second);
        let shop = start(Options { clock: clock.clone(), ..Options::default() }).await;
        assert!(!is_refused(&log_in(&shop, "sandbox", key).await), "{last_second}");
        assert!(is_refused(&log_in(&shop, "sandbox", next).await), "{last_second}");
        clock.advance(Duration::from_secs(1));
        assert!(is_refused(&log_in(&shop, "sandbox", key).await), "after {last_second}");
        assert!(!is_refused(&log_in(&shop, "sandbox", next).await), "after {last_second}");
    }
    let winter = shop_at("2026-01-14T22:00:00Z").await;
    assert!(!is_refused(&log_in(&winter, "sandbox", ON_JAN_14).await), "summer time is not all year");
}

#[tokio::test]
async fn a_login_makes_new_files_where_it_is_said_to() {
    let clock = clock_at("2026-01-15T11:00:00Z");
    for (generate_at_each_login, is_new) in [(false, false), (true, true)] {
        let options = Options { clock: clock.clone(), generate_at_each_login, ..Options::default() };
        let shop = start(options).await;
        let before = shop.full_url();
        assert!(is_refused(&log_in(&shop, "sandbox", "wrong").await));
        assert_eq!(shop.full_url(), before, "a refused login makes none");
        log_in(&shop, "sandbox", ON_JAN_15).await;
        assert_eq!(shop.full_url() != before, is_new);
    }
}

#[tokio::test]
async fn another_gate_is_nothing() {
    let shop = start(options()).await;
    let escaped = CALL.replace("gate=Products/", "lang=pol&gate=Products%2F");
    assert_eq!(get(&format!("{}{escaped}", shop.url())).await.status, 200);
    for path in ["/marketplace-api/", "/marketplace-api/?gate=Products/getProductsFeed/4/json", "/", "/api/"]
    {
        let answer = get(&format!("{}{path}", shop.url())).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn only_get_is_answered_and_every_request_is_taken_down() {
    let shop = start(options()).await;
    let full = shop.full_url();
    let urls = [format!("{}{CALL}", shop.url()), shop.feed_url(), full, format!("{}/nothing", shop.url())];
    for url in &urls {
        for method in [Method::HEAD, Method::POST, Method::PUT, Method::OPTIONS] {
            let answer = send(url, method.clone(), "").await;
            assert_eq!(
                (answer.status.as_u16(), &answer.headers["allow"]),
                (405, &"GET".parse().unwrap()),
                "{method} {url}"
            );
        }
    }
    let calls = shop.calls();
    assert_eq!(calls.len(), 16);
    let first = (calls[0].method.as_str(), calls[0].path.as_str());
    assert_eq!(first, ("HEAD", CALL));
    assert_eq!(shop.downloads(), 0);
    let forgetful = start(Options { keep_calls: false, ..options() }).await;
    get(&forgetful.url()).await;
    assert!(forgetful.calls().is_empty());
}
