//! A small HTTP client, and a sandbox with a test clock to ask.

use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use clock::Clock;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use sandbox::gateway::{DEFAULT_SHOP, Gateway, Options};
use serde_json::{Value, json};

/// The token of the known facts' test vector, for the default shop.
pub(crate) const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzaG9wOjBiOWY2YzFlLTNhNTItNGMxZC05ZTU3LTVkMmY4ZjBhN2MxMSIsIm9yZ2FuaXphdGlvbl9ndWlkIjoiMGI5ZjZjMWUtM2E1Mi00YzFkLTllNTctNWQyZjhmMGE3YzExIiwiZ3JvdXBzIjpbInNob3BrZWVwZXIiXX0.5AjajLUgT9gKz2sv4cJdzLDZ5qOmKLAjnmEFmXfQkpk";

/// The path of the list call.
pub(crate) const LIST: &str = "/dashboard/webshops/0b9f6c1e-3a52-4c1d-9e57-5d2f8f0a7c11/products";

/// The path of the query call.
pub(crate) const QUERY: &str = "/dashboard/webshop_products/_query";

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The message of a refusal with this status.
    pub(crate) fn refusal(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        let body = self.json();
        assert_eq!(body["code"], json!(status), "a refusal repeats its status: {body}");
        assert_eq!(body["error"], json!(self.status.to_string()), "a refusal names its status: {body}");
        body["message"].as_str().expect("a refusal has a message").to_owned()
    }

    /// The JSON of a success.
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        self.json()
    }
}

/// Sends one request on a connection of its own; `Err` when it ends without an answer.
pub(crate) async fn send(gateway: &Gateway, request: Request<Full<Bytes>>) -> Result<Answer, hyper::Error> {
    let address = gateway.url().replace("http://", "");
    let stream = tokio::net::TcpStream::connect(&address).await.expect("the sandbox listens");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let (mut parts, body) = request.into_parts();
    parts.headers.entry("host").or_insert(address.parse().unwrap());
    let (parts, body) = sender.send_request(Request::from_parts(parts, body)).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    driver.abort();
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

/// A call with the default shop's token.
pub(crate) fn call(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {TOKEN}"))
        .body(Full::new(body.into()))
        .unwrap()
}

pub(crate) async fn get(gateway: &Gateway, path: &str) -> Answer {
    send(gateway, call(Method::GET, path, "")).await.expect("an answer")
}

pub(crate) async fn delete(gateway: &Gateway, path: &str) -> Answer {
    send(gateway, call(Method::DELETE, path, "")).await.expect("an answer")
}

pub(crate) async fn post(gateway: &Gateway, path: &str, body: &Value) -> Answer {
    send(gateway, call(Method::POST, path, body.to_string())).await.expect("an answer")
}

pub(crate) async fn put(gateway: &Gateway, path: &str, body: &Value) -> Answer {
    send(gateway, call(Method::PUT, path, body.to_string())).await.expect("an answer")
}

/// Options with a clock that stands still.
pub(crate) fn options() -> Options {
    let start = DateTime::parse_from_rfc3339("2026-03-01T12:00:00.123456Z").unwrap().to_utc();
    Options { clock: Clock::test(start), ..Options::default() }
}

pub(crate) async fn gateway() -> Gateway {
    Gateway::start(options()).await.expect("the sandbox starts")
}

/// A sandbox whose index lags, and its clock.
pub(crate) async fn lagging(lag: Duration) -> (Gateway, Clock) {
    let options = Options { index_lag: lag, ..options() };
    let clock = options.clock.clone();
    (Gateway::start(options).await.expect("the sandbox starts"), clock)
}

/// A PRODUCT that is all right.
pub(crate) fn product(name: &str) -> Value {
    json!({
        "name": name,
        "vat": "VAT23",
        "base_price_type": "retail",
        "base_price": {"currency": "zł", "vat_percent": 0, "amount": 10},
        "cost_price": {"currency": "zł", "vat_percent": 0, "amount": 0},
        "data": {"variants": {}},
    })
}

/// The ITEM of a new product.
pub(crate) fn item(product: Value) -> Value {
    json!({"product": product, "archived": false, "for_sale": true, "stock_level": 5})
}

/// Creates one product and answers its guid.
pub(crate) async fn create(gateway: &Gateway, product: Value) -> String {
    let answer = post(gateway, LIST, &json!({"products": [item(product)]})).await.ok();
    answer["products"][0]["guid"].as_str().expect("a guid").to_owned()
}

/// The newest goods that are not archived, as connectors ask for them.
pub(crate) fn newest(size: u64) -> Value {
    json!({"dsl": {
        "size": size,
        "sort": [{"timestamps.created": "desc"}, {"guid": "asc"}],
        "query": {"bool": {
            "must": [{"match": {"owner_guid": DEFAULT_SHOP}}],
            "must_not": [{"exists": {"field": "archived"}}],
        }},
    }})
}

/// The names that a query answers.
pub(crate) async fn names(gateway: &Gateway, query: &Value) -> Vec<String> {
    let answer = post(gateway, QUERY, query).await.ok();
    let products = answer["products"].as_array().expect("a list").clone();
    products.iter().map(|product| product["name"].as_str().expect("a name").to_owned()).collect()
}
