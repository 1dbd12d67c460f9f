//! Levels by a bridge to the firm's program.

mod answers;
mod found;
mod goods;
mod in_doubt;
mod market;
mod of_files;
mod passes;
mod secrets;
mod settings;
mod wire;

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector::{AdjustmentKey, Common, Connector as _, Given, Outcome, Platform, StockAdjustment};
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use serde_json::Value;
use subiektgt::SubiektGt;
use subiektgt_sandbox::{Bridge, BridgeOptions, Document, Firm};
use transport::{Settings, Transport};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::sql::{Office, decimal};

/// A firm whose database is read and whose levels a bridge changes.
pub(crate) struct Desk {
    pub(crate) office: Office,
    pub(crate) bridge: Bridge,
}

impl Desk {
    /// With goods of these ids, five of each.
    pub(crate) async fn new(goods: impl IntoIterator<Item = i32>) -> Self {
        let office = Office::new().await;
        office.put_many(goods);
        let bridge = Bridge::start(&office.firm, BridgeOptions::default()).await.unwrap();
        Self { office, bridge }
    }

    pub(crate) fn firm(&self) -> &Firm {
        &self.office.firm
    }

    /// The firm as a platform, with the bridge at an address.
    pub(crate) fn open_at(&self, url: &str, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
        open(&self.given(url, more), Duration::from_secs(30))
    }

    pub(crate) fn open(&self, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
        self.open_at(&self.bridge.url(), more)
    }

    pub(crate) fn given(&self, url: &str, more: &[(&'static str, &str)]) -> Given {
        let mut given = self.office.given(more);
        given.insert("SUBIEKTGT_BRIDGE_URL", url);
        given.insert("SUBIEKTGT_BRIDGE_TOKEN", self.bridge.token());
        given
    }

    /// The documents that were made.
    pub(crate) fn documents(&self) -> Vec<Document> {
        self.firm().documents()
    }
}

pub(crate) fn open(given: &Given, time_out: Duration) -> Box<dyn Platform> {
    let clock = clock::Clock::test("2026-03-01T12:00:00Z".parse().unwrap());
    let settings =
        Settings { connect_timeout: time_out, read_timeout: time_out, ..Settings::new("tests", clock) };
    SubiektGt.open(given, &Common::default(), &Transport::new(settings).unwrap()).unwrap()
}

/// What stands between us and the bridge, with the bodies of the changes that came by.
pub(crate) struct Front {
    pub(crate) server: MockServer,
    pub(crate) changes: Arc<Mutex<Vec<Value>>>,
}

impl Front {
    /// What `rule` does not answer, the bridge does.
    pub(crate) async fn of(
        bridge: &Bridge,
        rule: impl Fn(&Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let (server, url) = (MockServer::start().await, bridge.url());
        let changes: Arc<Mutex<Vec<Value>>> = Arc::default();
        let came = Arc::clone(&changes);
        Mock::given(any())
            .respond_with(move |request: &Request| {
                if is_change(request) {
                    came.lock().unwrap().push(serde_json::from_slice(&request.body).unwrap());
                }
                rule(request).unwrap_or_else(|| forward(&url, request))
            })
            .mount(&server)
            .await;
        Self { server, changes }
    }

    pub(crate) fn url(&self) -> String {
        self.server.uri()
    }

    pub(crate) fn changes(&self) -> Vec<Value> {
        self.changes.lock().unwrap().clone()
    }
}

pub(crate) fn is_change(request: &Request) -> bool {
    request.method.as_str() == "POST"
}

/// Gives a request to the bridge. It blocks: who stands in front has a thread of its own.
pub(crate) fn forward(url: &str, request: &Request) -> ResponseTemplate {
    let authority = url.strip_prefix("http://").unwrap();
    let (path, length) = (request.url.path(), request.body.len());
    let token = request.headers["authorization"].to_str().unwrap();
    let mut stream = std::net::TcpStream::connect(authority).unwrap();
    let head = format!(
        "{} {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\nauthorization: {token}\r\ncontent-length: {length}\r\n\r\n",
        request.method
    );
    stream.write_all(&[head.as_bytes(), request.body.as_slice()].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status: u16 = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    ResponseTemplate::new(status).set_body_raw(answer.split_off(end + 4), "application/json")
}

/// A key as the engine makes them: 32 digits, of which two may differ behind what the bridge takes.
pub(crate) fn key(number: u32) -> AdjustmentKey {
    AdjustmentKey::new(format!("{number:030x}ff"))
}

/// A change of a good from a level that was read.
pub(crate) fn change(product: &str, read: &str, delta: &str) -> StockAdjustment {
    let (read, delta) = (decimal(read), decimal(delta));
    let product = ProductId::new(product).unwrap();
    let key = key(product.as_str().parse().unwrap_or(77));
    StockAdjustment { product, variant: VariantId::simple(), key, delta, read, target: read + delta }
}

/// Outcomes in a word each, with their level or what they say.
pub(crate) fn words(outcomes: &[Outcome]) -> Vec<String> {
    let settings = |error: &connector::PlatformError| match error {
        connector::PlatformError::Settings { what, hint } => format!("{what}; {hint}"),
        other => other.to_string(),
    };
    let word = |outcome: &Outcome| match outcome {
        Outcome::Done(level) => format!("done {level}"),
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Moved(level) => format!("moved {level}"),
        Outcome::Refused(why) => format!("refused: {why}"),
        Outcome::NotDone(error) => format!("not done: {}", settings(error)),
        Outcome::Unknown(error) => format!("unknown: {}", settings(error)),
    };
    outcomes.iter().map(word).collect()
}

/// What lies of a good in the main warehouse.
pub(crate) fn on_hand(firm: &Firm, good: i32) -> Decimal {
    firm.stock(good, subiektgt_sandbox::MAIN_WAREHOUSE).unwrap().0
}
