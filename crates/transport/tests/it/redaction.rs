//! No secret in anything that is shown.

use std::io::Write;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use tracing_subscriber::fmt::MakeWriter;
use transport::{Request, SafeUrl};
use url::Url;

use crate::support::{Act, RawHost, ok, status, test_clock, transport};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn an_address_is_shown_without_what_may_be_secret() {
    for (url, shown) in [
        (
            "http://shop.example/api/products?limit=5&display=full",
            "http://shop.example/api/products?limit=5&display=full",
        ),
        ("http://key:pw@shop.example/api", "http://***@shop.example/api"),
        ("http://:pw@shop.example/", "http://***@shop.example/"),
        (
            "http://shop.example/?ws_key=FAKEKEY&filter[id]=>[7]",
            "http://shop.example/?ws_key=***&filter[id]=>[7]",
        ),
        (
            "http://s3.example/a?X-Amz-Signature=FAKE&x=y#frag",
            "http://s3.example/a?X-Amz-Signature=***&x=***",
        ),
        ("http://shop.example/?token", "http://shop.example/?token=***"),
    ] {
        assert_eq!(SafeUrl::new(&url.parse().unwrap()).to_string(), shown);
    }
}

proptest! {
    #[test]
    fn no_unknown_parameter_password_or_user_is_ever_shown(
        user in "[a-z]{8,12}", password in "[a-z]{8,12}", value in "[A-Z]{8,12}", name in "x[a-z_]{0,8}",
    ) {
        let mut url: Url = format!("https://{user}:{password}@shop.example/p#{value}").parse().unwrap();
        url.query_pairs_mut().append_pair(&name, &value);
        let shown = format!("{0} {0:?}", SafeUrl::new(&url));
        for secret in [&user, &password, &value] {
            prop_assert!(!shown.contains(secret.as_str()), "{} shows {}", shown, secret);
        }
    }
}

/// Every kind of failure, at the most talkative level of every library, and nothing of the secrets anywhere.
#[tokio::test]
async fn no_output_at_any_level_holds_a_secret() {
    const TOKEN: &str = "FAKE-TOKEN-0123456789";
    const KEY: &str = "FAKE-KEY-9876543210";
    const PASSWORD: &str = "FAKE-PASSWORD/777";
    const SIGNATURE: &str = "FAKE-SIGNATURE-5555";
    const PATH: &str = "FAKE-PATH-8888";
    const BODY: &str = "FAKE-BODY-9999";
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .with_ansi(false)
        .finish();
    // With one dispatcher only, other tests' threads could switch off for all what is traced here for the first time.
    let _second = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
    let guard = tracing::subscriber::set_default(subscriber);
    for act in [
        ok("fine"),
        Act::Quote,
        status("500 Oops", ""),
        status("429 Slow", "Retry-After: 999\r\n"),
        status("302 Away", &format!("Location: http://other.example/?sig={SIGNATURE}\r\n")),
        Act::Close,
        Act::Say("HTTP/1.1 nonsense\r\n\r\n".to_owned()),
    ] {
        let host = RawHost::start(vec![act]).await;
        let mut url = host.url.clone();
        url.set_query(Some(&format!("sig={SIGNATURE}")));
        let mut hidden = host.url.clone();
        hidden.set_path(&format!("/feeds/{PATH}.xml"));
        let transport = transport(&test_clock());
        for request in [
            Request::get(hidden).hide_address().json(&BODY).hides(&BODY.into()),
            Request::get(url.clone()).bearer(&TOKEN.into()),
            Request::get(url.clone()).basic(&KEY.into(), &"".into()),
            Request::get(with_user(&url, "user", PASSWORD)),
        ] {
            match transport.send(&request).await {
                Ok(answer) => tracing::info!("{answer:?} {}", answer.quote()),
                Err(error) => tracing::info!("{error} {error:?}"),
            }
        }
    }
    drop(guard);
    let output = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(
        output.contains("authorization: Bearer ***") && output.contains("hyper"),
        "nothing was captured:\n{output}"
    );
    // What a Basic header makes of the key.
    let encoded = "RkFLRS1LRVktOTg3NjU0MzIxMDo=";
    let encoded_pair = "dXNlcjpGQUtFLVBBU1NXT1JELzc3Nw==";
    for secret in [TOKEN, KEY, SIGNATURE, PASSWORD, PATH, BODY, "FAKE-PASSWORD", encoded, encoded_pair] {
        let line = output.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} was shown");
    }
}

fn with_user(url: &Url, user: &str, password: &str) -> Url {
    let mut url = url.clone();
    url.set_username(user).unwrap();
    url.set_password(Some(password)).unwrap();
    url
}

#[tokio::test]
async fn of_an_address_that_is_a_secret_only_the_host_is_shown() {
    for path in ["/feeds/FAKE-TOKEN-IN-PATH.xml", "/export/export-TOKEN.xml", "/a%20TOKEN%C5%BC%20b"] {
        for act in [
            Act::Quote,
            status("302 Away", "Location: http://other.example/FAKE-TOKEN\r\n"),
            status("302 Near", "Location: /FAKE-TOKEN\r\n"),
            Act::Close,
        ] {
            let host = RawHost::start(vec![act, Act::Quote]).await;
            let mut url = host.url.clone();
            url.set_path(path);
            url.set_query(Some("FAKE-TOKEN"));
            let request = Request::get(url).hide_address().tries(1);
            let said = match transport(&test_clock()).send(&request).await {
                Ok(answer) => format!("{} {answer:?} {}", answer.url(), answer.quote()),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(said.contains(&format!("{}***", host.url)), "{path}: {said}");
            assert!(!said.contains("TOKEN"), "{path}: {said}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_json_expected_is_not_quoted() {
    let host = RawHost::start(vec![ok(r#"{"n":"FAKE-SECRET"}"#)]).await;
    let answer = transport(&test_clock()).send(&Request::get(host.url.clone())).await.unwrap();
    let error = answer.json::<std::collections::HashMap<String, u8>>().unwrap_err().to_string();
    assert!(error.contains("line 1") && !error.contains("FAKE"), "{error}");
}

#[tokio::test]
async fn a_quote_is_short_and_on_one_line() {
    let body = format!("a\n\n  b\t{}", "ż".repeat(1000));
    let host = RawHost::start(vec![ok(&body)]).await;
    let quote = transport(&test_clock()).send(&Request::get(host.url.clone())).await.unwrap().quote();
    assert!(quote.starts_with("a b żżż") && quote.ends_with('…'), "{quote}");
    assert_eq!(quote.chars().count(), 301);
}
