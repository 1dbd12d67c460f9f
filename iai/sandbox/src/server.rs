//! The server: a request in, an answer out.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::{Method, Request, StatusCode, header};
use hyper::body::Incoming;
use sandbox_kit::{CallLog, Closed, lock, own_address, read_body};
use serde_json::{Map, Value};

use crate::Options;
use crate::answer::{self, Answer, Reply};
use crate::gates::{Gate, params};
use crate::row::PICTURES;
use crate::search::search;
use crate::store::Store;
use crate::{lists, stocks};

/// The shop takes no more bytes than these at once.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Where the Admin API is.
const ADMIN: &str = "/api/admin/";

/// The one address of all older gates.
const GATES: &str = "/api/";

/// A call of the Admin API or of a gate, with what became of it. Pictures are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, without the query.
    pub path: String,
    /// Its query as it was sent, or empty.
    pub query: String,
    /// Its body; null when that was no JSON.
    pub body: Value,
    /// The status that it was answered with.
    pub status: u16,
}

/// Everything that requests share.
pub(crate) struct Shared {
    address: SocketAddr,
    pub(crate) options: Options,
    pub(crate) log: CallLog<Call>,
    pub(crate) store: Mutex<Store>,
}

impl Shared {
    pub(crate) fn new(options: Options, bound: SocketAddr) -> Self {
        Self {
            address: own_address(bound),
            log: CallLog::new(options.keep_calls),
            store: Mutex::new(Store::new(options.clock.now())),
            options,
        }
    }

    /// The shop's address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Answers one request.
pub(crate) async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Closed> {
    let (parts, body) = request.into_parts();
    let (body, is_too_large) = read_body(body, LARGEST_BODY).await?;
    let answer = if parts.uri.path().starts_with(GATES) {
        let body = if is_too_large { None } else { Some(serde_json::from_slice(&body).unwrap_or_default()) };
        call(&shared, &parts, body).into_answer()
    } else {
        picture(&shared, &parts).unwrap_or_else(Reply::into_answer)
    };
    tracing::info!("{} {} {}", parts.method, parts.uri.path(), answer.status().as_u16());
    Ok(answer)
}

fn nothing() -> Reply {
    Reply::refused(StatusCode::NOT_FOUND, "Not found")
}

fn not_so() -> Reply {
    Reply::refused(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
}

/// The picture that is asked for, when a product that is held shows it.
fn picture(shared: &Shared, parts: &Parts) -> Result<Answer, Reply> {
    let id = parts.uri.path().strip_prefix(PICTURES).and_then(|name| name.strip_suffix(".png"));
    let id = id.and_then(|id| id.parse().ok()).filter(|id| lock(&shared.store).pictures.contains(id));
    let id = id.ok_or_else(nothing)?;
    if parts.method == Method::GET { Ok(answer::picture(id)) } else { Err(not_so()) }
}

/// Answers a call and takes it down.
fn call(shared: &Shared, parts: &Parts, body: Option<Value>) -> Reply {
    let reply = match &body {
        None => Err(Reply::refused(StatusCode::PAYLOAD_TOO_LARGE, "Too large")),
        Some(body) if parts.uri.path().starts_with(ADMIN) => admin(shared, parts, body),
        Some(body) => gate(shared, parts, body),
    };
    let reply = reply.unwrap_or_else(|refusal| refusal);
    shared.log.push(Call {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: body.unwrap_or_default(),
        status: reply.status.as_u16(),
    });
    reply
}

/// The host that pictures are had from: the one that the caller asked.
fn host(shared: &Shared, parts: &Parts) -> String {
    let told = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    told.map_or_else(|| shared.address.to_string(), str::to_owned)
}

fn admin(shared: &Shared, parts: &Parts, body: &Value) -> Result<Reply, Reply> {
    let key = parts.headers.get("x-api-key").map(http::HeaderValue::as_bytes);
    if key != Some(shared.options.key.as_bytes()) {
        return Err(Reply::login_failed(StatusCode::UNAUTHORIZED));
    }
    let method = |wanted: Method| if parts.method == wanted { Ok(()) } else { Err(not_so()) };
    let mut store = lock(&shared.store);
    match parts.uri.path().strip_prefix(ADMIN).unwrap_or_default() {
        "v7/shops/languages" => method(Method::GET).map(|()| Reply::ok(lists::languages())),
        "v7/sizes/sizes" => method(Method::GET).map(|()| Reply::ok(lists::sizes(&store))),
        "v7/products/categories" => {
            method(Method::GET)?;
            lists::categories(&store, &queried(parts.uri.query().unwrap_or_default()))
        }
        "v7/products/products/search" => {
            method(Method::POST)?;
            search(&store, params(body)?, &host(shared, parts))
        }
        "v7/products/stocks" => {
            method(Method::PUT)?;
            stocks::change(&mut store, params(body)?, shared.options.clock.now())
        }
        _ => Err(nothing()),
    }
}

/// The fields of a query as those of a body.
fn queried(query: &str) -> Value {
    let fields = url::form_urlencoded::parse(query.as_bytes());
    let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn gate(shared: &Shared, parts: &Parts, body: &Value) -> Result<Reply, Reply> {
    if parts.uri.path() != GATES {
        return Err(nothing());
    }
    if parts.method != Method::POST {
        return Err(not_so());
    }
    let gate = Gate::named(parts.uri.query().unwrap_or_default()).ok_or_else(nothing)?;
    let now = shared.options.clock.now();
    gate.pass(&mut lock(&shared.store), body, &host(shared, parts), &shared.options, now)
}
