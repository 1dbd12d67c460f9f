//! A bridge to a firm's program: an HTTP server that tells what there is of a good, and has documents made by which that changes.

mod answer;
mod calls;
mod hang;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use http::request::Parts;
use http::{Method, Request, StatusCode, header};
use hyper::body::Incoming;
use sandbox_kit::{CallLog, Closed, lock, own_address, read_body};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Firm;
use answer::{Answer, Reply};
use hang::Hangs;

/// It takes no more bytes than these at once.
const LARGEST_BODY: usize = 1024 * 1024;

/// What a bridge is started with.
#[derive(Clone, Debug)]
pub struct BridgeOptions {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// The token that it accepts.
    pub token: String,
    /// Keep every call for [`Bridge::calls`]. The memory for it grows with every call.
    pub keep_calls: bool,
}

impl Default for BridgeOptions {
    /// On this machine only, at a free port; calls are kept.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: "FAKE-BRIDGE-TOKEN".to_owned(),
            keep_calls: true,
        }
    }
}

/// A call, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct BridgeCall {
    /// Its method.
    pub method: Method,
    /// Its path as it was sent.
    pub path: String,
    /// Its body; null when that was no JSON.
    pub body: Value,
    /// The status that it was answered with.
    pub status: u16,
}

struct Shared {
    firm: Firm,
    options: BridgeOptions,
    address: SocketAddr,
    log: CallLog<BridgeCall>,
    hangs: Mutex<Hangs>,
}

/// A running bridge. It stops when this is dropped.
pub struct Bridge {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Bridge {
    /// Binds the address and serves a firm's levels in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(firm: &Firm, options: BridgeOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = own_address(listener.local_addr()?);
        let log = CallLog::new(options.keep_calls);
        let hangs = Mutex::default();
        let shared = Arc::new(Shared { firm: firm.clone(), options, address, log, hangs });
        let handler = {
            let shared = Arc::clone(&shared);
            move |request| handle(Arc::clone(&shared), request)
        };
        let server = tokio::spawn(sandbox_kit::serve(listener, handler));
        Ok(Self { shared, server })
    }

    /// Its address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// The token that it accepts.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.shared.options.token
    }

    /// Every call that was answered so far; see [`BridgeOptions::keep_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<BridgeCall> {
        self.shared.log.all().clone()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.shared.log.all().clear();
    }
}

async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Closed> {
    let (parts, body) = request.into_parts();
    let (body, is_too_large) = read_body(body, LARGEST_BODY).await?;
    let body: Option<Value> = if is_too_large { None } else { serde_json::from_slice(&body).ok() };
    let reply = answer(&shared, &parts, body.as_ref());
    shared.log.push(BridgeCall {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        body: body.unwrap_or_default(),
        status: reply.status.as_u16(),
    });
    tracing::info!("{} {} {}", parts.method, parts.uri.path(), reply.status.as_u16());
    Ok(reply.into_answer())
}

fn answer(shared: &Shared, parts: &Parts, body: Option<&Value>) -> Reply {
    if !is_known(shared, parts) {
        return Reply::failed(StatusCode::UNAUTHORIZED, "unauthorized", "bad or missing bridge token", None);
    }
    let path: Vec<&str> = parts.uri.path().split('/').collect();
    match (path.as_slice(), &parts.method) {
        (["", "api", "inventory", symbol, "stock"], &Method::GET) => calls::stock(&shared.firm, symbol),
        (["", "api", "inventory", "adjust"], &Method::POST) => {
            // One change after the other, as the program makes them.
            calls::adjust(&shared.firm, &mut lock(&shared.hangs), body)
        }
        (["", "api", "inventory", _, "stock"] | ["", "api", "inventory", "adjust"], _) => {
            Reply::bare(StatusCode::METHOD_NOT_ALLOWED)
        }
        _ => Reply::bare(StatusCode::NOT_FOUND),
    }
}

/// Whether the token is told, in one of the two headers that take it.
fn is_known(shared: &Shared, parts: &Parts) -> bool {
    let token = &shared.options.token;
    let bearer = format!("Bearer {token}");
    let has = |name: &str, wanted: &str| {
        parts.headers.get(name).is_some_and(|told| told.as_bytes() == wanted.as_bytes())
    };
    has(header::AUTHORIZATION.as_str(), &bearer) || has("x-bridge-token", token)
}
