//! A small HTTP client that asks one request per connection, and shops with a test clock to ask.

use base64::Engine as _;
use bytes::Bytes;
use chrono::DateTime;
use clock::Clock;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use prestashop_sandbox::{Catalogue, Options, Shop};
use serde_json::Value;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The codes of the errors in a JSON answer.
    pub(crate) fn codes(&self) -> Vec<u64> {
        let json = self.json();
        let errors = json["errors"].as_array().unwrap_or_else(|| panic!("no errors in {json}"));
        errors.iter().map(|error| error["code"].as_u64().unwrap()).collect()
    }

    /// The ids of the entities in a JSON list of this resource.
    pub(crate) fn ids(&self, resource: &str) -> Vec<u64> {
        assert_eq!(self.status, 200, "{}", self.text());
        let json = self.json();
        let Some(rows) = json[resource].as_array() else {
            assert_eq!(json, serde_json::json!([]), "neither a list of {resource} nor an empty one");
            return Vec::new();
        };
        rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
    }
}

/// Options with a test clock.
pub(crate) fn options() -> Options {
    let start = DateTime::parse_from_rfc3339("2026-07-01T10:00:00Z").unwrap().to_utc();
    Options { clock: Clock::test(start), ..Options::default() }
}

/// Options with a test clock and so many synthetic goods.
pub(crate) fn synthetic(products: u32) -> Options {
    Options { catalogue: Catalogue::synthetic(7, products), ..options() }
}

pub(crate) async fn start() -> Shop {
    Shop::start(options()).await.unwrap()
}

pub(crate) fn basic(key: &str) -> (String, String) {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{key}:"));
    ("authorization".to_owned(), format!("Basic {pair}"))
}

/// Sends a request; `None`: the connection ended without a whole answer.
pub(crate) async fn send(
    shop: &Shop,
    method: Method,
    path: &str,
    headers: &[(String, String)],
    body: &str,
) -> Option<Answer> {
    let url = shop.url();
    let authority = url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    let stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    // What may not stand in a URI as it is.
    let path = path.replace('>', "%3E").replace('<', "%3C").replace(' ', "%20");
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| name == "host") {
        request = request.header(header::HOST, &authority);
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
    let (head, body) = sender.send_request(request).await.ok()?.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    Some(Answer { status: head.status, headers: head.headers, body })
}

/// Asks with the first key.
pub(crate) async fn get(shop: &Shop, path: &str) -> Answer {
    let headers = [basic(shop.key())];
    send(shop, Method::GET, path, &headers, "").await.expect("an answer")
}

/// Asks for JSON with the first key; `path` follows `/api/`.
pub(crate) async fn json(shop: &Shop, path: &str) -> Answer {
    let mark = if path.contains('?') { '&' } else { '?' };
    get(shop, &format!("/api/{path}{mark}output_format=JSON")).await
}

/// Writes with the first key and takes JSON; `path` follows `/api/`.
pub(crate) async fn write(shop: &Shop, method: Method, path: &str, body: &str) -> Answer {
    let headers = [basic(shop.key()), ("output-format".to_owned(), "JSON".to_owned())];
    send(shop, method, &format!("/api/{path}"), &headers, body).await.expect("an answer")
}
