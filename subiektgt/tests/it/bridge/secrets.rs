//! The token of a bridge, above all where the bridge quotes it.

use std::io;
use std::sync::{Arc, Mutex};

use connector::Scope;
use futures::TryStreamExt as _;
use tracing_subscriber::filter::LevelFilter;
use wiremock::{Request, ResponseTemplate};

use super::{Desk, Front, change, words};

/// What a bridge answers that quotes the question.
fn quoting(status: u16, request: &Request, is_envelope: bool) -> ResponseTemplate {
    let said = format!("you sent {:?} {}", request.headers, String::from_utf8_lossy(&request.body));
    if !is_envelope {
        return ResponseTemplate::new(status).set_body_string(said);
    }
    let error = serde_json::json!({ "code": "sfera_error", "reason": said, "failureMode": "rejected" });
    ResponseTemplate::new(status)
        .set_body_json(serde_json::json!({ "success": false, "data": null, "error": error }))
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn subscriber(log: &Log) -> impl tracing::Subscriber + Send + Sync + use<> {
    let log = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || log.clone())
        .finish()
}

#[tokio::test]
async fn the_token_is_in_no_error_and_in_no_log() {
    let desk = Desk::new([1]).await;
    let log = Log::default();
    // With two of them each line is asked for anew, also what was met first while nobody listened.
    let _second = tracing::Dispatch::new(subscriber(&Log::default()));
    let logging = tracing::subscriber::set_default(subscriber(&log));
    let mut said = String::new();
    for (status, is_envelope) in [
        (200, false),
        (400, true),
        (401, false),
        (401, true),
        (403, false),
        (404, false),
        (404, true),
        (422, true),
        (500, false),
        (500, true),
    ] {
        let front = Front::of(&desk.bridge, move |request| Some(quoting(status, request, is_envelope))).await;
        let platform = desk.open_at(&front.url(), &[]);
        said += &format!("{:?}", platform.check().await.unwrap().warnings);
        said += &format!("{:?}", words(&platform.adjust_stock(&[change("1", "5", "-1")]).await));
        let files = crate::firm::Firm::new()
            .with("a.epp", &crate::firm::Epp::of(vec![crate::firm::good("SYM-1", "Towar")]));
        let told = [("SUBIEKTGT_BRIDGE_URL", &*front.url()), ("SUBIEKTGT_BRIDGE_TOKEN", desk.bridge.token())];
        let platform = files.open(&told);
        let levels: Result<Vec<_>, _> = platform.stock(Scope::All).try_collect().await;
        said += &format!("{levels:?}");
    }
    drop(logging);
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(said.contains("you sent"), "the bridge's words are told: {said}");
    assert!(logged.contains("/api/inventory/adjust"), "calls are logged: {logged}");
    for text in [&said, &logged] {
        assert!(!text.contains("BRIDGE-TOKEN"), "{text}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays_at_home() {
    let desk = Desk::new([1]).await;
    let elsewhere = Front::of(&desk.bridge, |_| None).await;
    for status in [302, 307, 308] {
        let to = elsewhere.url();
        let front = Front::of(&desk.bridge, move |request| {
            let place = format!("{to}{}", request.url.path());
            Some(ResponseTemplate::new(status).insert_header("location", place))
        })
        .await;
        let platform = desk.open_at(&front.url(), &[]);
        let warnings = platform.check().await.unwrap().warnings;
        assert!(warnings[0].contains("sends us to"), "{warnings:?}");
        let outcomes = words(&platform.adjust_stock(&[change("1", "5", "-1")]).await);
        assert!(outcomes[0].contains("SUBIEKTGT_BRIDGE_URL"), "{outcomes:?}");
    }
    assert_eq!(elsewhere.server.received_requests().await.unwrap().len(), 0);
    assert!(desk.documents().is_empty());
}
