//! The server: it accepts connections, reads requests, lets faults befall them and logs them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use clock::Clock;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::auth::KnownShop;
use super::catalogue::Catalogue;
use super::error::Refusal;
use super::fault::Dice;
use super::pictures::Pictures;
use super::{Call, Fault, Options, routes};

/// Of larger bodies only the beginning is kept. A picture of the largest size and its form fit in.
const LARGEST_READ: usize = 21 * 1024 * 1024;

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}; choose another address or port, or end the program that uses it")]
    Listen(SocketAddr, std::io::Error),
    /// A shop's guid is not a lower-case hyphenated UUID.
    #[error("the shop guid `{0}` is not a lower-case hyphenated UUID")]
    Shop(String),
    /// The secret of this shop is not base64.
    #[error("the secret of shop {0} is not base64")]
    Secret(String),
    /// There is no shop at all.
    #[error("a sandbox needs at least one shop")]
    NoShop,
    /// The fault rates are not percents of all calls.
    #[error("the fault rates make {0} % together; they can be 100 at most")]
    Rates(u32),
    /// A fault that nobody could stop.
    #[error("`hang` and `pass` cannot be given a rate")]
    NotRandom,
}

/// Everything that requests share.
pub(super) struct Shared {
    pub(super) address: SocketAddr,
    pub(super) clock: Clock,
    pub(super) shops: Vec<KnownShop>,
    latency: Duration,
    max_in_flight: Option<usize>,
    in_flight: AtomicUsize,
    keep_calls: bool,
    dice: Mutex<Dice>,
    calls: Mutex<Vec<Call>>,
    catalogue: Mutex<Catalogue>,
    pictures: Mutex<Pictures>,
}

/// Bears no poison: a test that failed while it held the lock says so itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// `bound` is the address that is listened on; where that is "all of this machine", it is named by loopback.
    pub(super) fn new(options: &Options, bound: SocketAddr) -> Result<Self, StartError> {
        let mut address = bound;
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        let rates = options.fault_rates.clone();
        if rates.iter().any(|(fault, _)| !Fault::RANDOM.contains(fault)) {
            return Err(StartError::NotRandom);
        }
        let together = rates.iter().map(|(_, percent)| u32::from(*percent)).sum();
        if together > 100 {
            return Err(StartError::Rates(together));
        }
        let clock = options.clock.clone();
        Ok(Self {
            address,
            shops: options.shops.iter().map(KnownShop::new).collect::<Result<_, _>>()?,
            latency: options.latency,
            max_in_flight: options.max_in_flight,
            in_flight: AtomicUsize::new(0),
            keep_calls: options.keep_calls,
            dice: Mutex::new(Dice::new(rates, options.seed)),
            calls: Mutex::new(Vec::new()),
            catalogue: Mutex::new(Catalogue::new(clock.clone(), options.index_lag, &options.categories)),
            pictures: Mutex::new(Pictures::default()),
            clock,
        })
    }

    pub(super) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        lock(&self.catalogue)
    }

    pub(super) fn pictures(&self) -> MutexGuard<'_, Pictures> {
        lock(&self.pictures)
    }

    pub(super) fn dice(&self) -> MutexGuard<'_, Dice> {
        lock(&self.dice)
    }

    pub(super) fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        lock(&self.calls)
    }

    /// The address by which the caller reaches this server, without a trailing slash: in a container it is not the one
    /// that is listened on.
    pub(super) fn base(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| format!("http://{}", self.address), |host| format!("http://{host}"))
    }

    fn log(&self, call: Call) -> usize {
        let mut calls = self.calls();
        if self.keep_calls {
            calls.push(call);
        }
        calls.len()
    }

    /// Completes the entry that [`Shared::log`] answered `number` for.
    fn note(&self, number: usize, note: impl FnOnce(&mut Call)) {
        if let Some(call) = self.calls().get_mut(number.wrapping_sub(1)) {
            note(call);
        }
    }
}

/// Mark on a request: of its list only the first half is to be done.
#[derive(Clone)]
pub(super) struct Half;

/// Mark on a request: its body was too large to be kept whole.
#[derive(Clone)]
pub(super) struct TooLarge;

/// The reason why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed by a fault, or by a client that went away")]
struct Closed;

/// Serves until dropped.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = routes::router(Arc::clone(&shared));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // An error here is that of one connection (it was reset while it waited), or of too many open files.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let (shared, router) = (Arc::clone(&shared), router.clone());
        connections.spawn(async move {
            let service = service_fn(move |request| handle(Arc::clone(&shared), router.clone(), request));
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
}

async fn handle(shared: Arc<Shared>, router: Router, request: Request<Incoming>) -> Result<Response, Closed> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let method = parts.method.clone();
    let is_api = is_api(&method, &path);
    let counted = if is_api { InFlight::enter(&shared) } else { None };
    let (body, too_large) = read(body).await?;
    let fault = if !is_api {
        Fault::Pass
    } else if counted.is_none() {
        Fault::TooMany
    } else {
        shared.dice().next(&method, parts.uri.path_and_query().map_or("/", |path| path.as_str()))
    };
    let number = shared.log(Call::new(&parts, body.clone(), fault));
    if too_large {
        parts.extensions.insert(TooLarge);
    }
    if fault == Fault::Half {
        parts.extensions.insert(Half);
    }
    let latency = if is_api { shared.latency } else { Duration::ZERO };
    let work =
        carry_out(Arc::clone(&shared), latency, router, Request::from_parts(parts, body.into()), number);
    let response = befall(fault, &shared, latency, work).await;
    let status = response.as_ref().map(|response| response.status().as_u16());
    shared.note(number, |call| call.status = status);
    let status = status.map_or_else(|| "closed".to_owned(), |status| status.to_string());
    match fault {
        Fault::Pass => tracing::info!("{method} {path} {status}"),
        fault => tracing::info!("{method} {path} {status} {fault}"),
    }
    response.ok_or(Closed)
}

/// Lets a call suffer its fault, before, after or instead of its `work`. `None` is no answer.
async fn befall(
    fault: Fault,
    shared: &Shared,
    latency: Duration,
    work: impl Future<Output = Response>,
) -> Option<Response> {
    match fault {
        Fault::Pass | Fault::Half => Some(work.await),
        Fault::LostAnswer => {
            work.await;
            None
        }
        Fault::DoneButError => {
            work.await;
            let status = [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::GATEWAY_TIMEOUT];
            let [error, late] = status.map(server_error);
            Some(if shared.dice().coin() { error } else { late })
        }
        Fault::TooMany => {
            pause(&shared.clock, latency).await;
            Some(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many requests").into_response())
        }
        Fault::ServerError => {
            pause(&shared.clock, latency).await;
            Some(server_error(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Fault::Drop => {
            pause(&shared.clock, latency).await;
            None
        }
        Fault::Hang => std::future::pending().await,
    }
}

async fn pause(clock: &Clock, wait: Duration) {
    if !wait.is_zero() {
        clock.sleep(wait).await;
    }
}

/// Lets the router answer, after the latency. A client that goes away in the middle does not undo what it asked for: as
/// at a real service, the work goes on.
async fn carry_out(
    shared: Arc<Shared>,
    latency: Duration,
    router: Router,
    request: Request<Body>,
    number: usize,
) -> Response {
    let work = tokio::spawn(async move {
        pause(&shared.clock, latency).await;
        let Ok(response) = TowerToHyperService::new(router).call(request).await;
        let done = response.status().is_success();
        shared.note(number, |call| call.done = done);
        response
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the sandbox failed");
        server_error(StatusCode::INTERNAL_SERVER_ERROR)
    })
}

fn server_error(status: StatusCode) -> Response {
    Refusal::new(status, "the service failed").into_response()
}

/// API calls and uploads: what faults, latency and the limit of calls in flight are for.
fn is_api(method: &Method, path: &str) -> bool {
    let stored = path.starts_with("/s3/") && *method != Method::POST;
    !(stored || path == "/" || path == "/favicon.ico" || path.starts_with("/view/"))
}

/// Reads the body to its end, so that the client gets to hear the answer. Of one that is too large, which the second
/// value tells, only the beginning is kept.
async fn read(mut body: Incoming) -> Result<(Bytes, bool), Closed> {
    let mut kept = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Closed)?.into_data() else { continue };
        too_large |= kept.len() + data.len() > LARGEST_READ;
        if !too_large {
            kept.extend_from_slice(&data);
        }
    }
    Ok((kept.freeze(), too_large))
}

/// Counts a call as long as it lives, even when its client goes away.
struct InFlight<'a>(&'a Shared);

impl<'a> InFlight<'a> {
    /// `None` when there are as many calls in flight as may be.
    fn enter(shared: &'a Shared) -> Option<Self> {
        let before = shared.in_flight.fetch_add(1, Ordering::SeqCst);
        let entered = Self(shared);
        shared.max_in_flight.is_none_or(|most| before < most).then_some(entered)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}
