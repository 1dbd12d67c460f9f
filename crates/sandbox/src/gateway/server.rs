//! The server: it reads requests, lets faults befall them and logs them.

use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use clock::Clock;
use http::{HeaderMap, Method, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use sandbox_kit::{
    CallLog, Closed, Dice, InFlight, RateError, check_rates, lock, own_address, pause, read_body,
};

use super::auth::KnownShop;
use super::catalogue::Catalogue;
use super::error::Refusal;
use super::pictures::Pictures;
use super::{Call, Fault, Options};

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
    /// The fault rates make no sense.
    #[error(transparent)]
    Rates(#[from] RateError),
}

/// Everything that requests share.
pub(super) struct Shared {
    pub(super) address: SocketAddr,
    pub(super) clock: Clock,
    pub(super) shops: Vec<KnownShop>,
    latency: Duration,
    max_in_flight: Option<usize>,
    in_flight: AtomicUsize,
    pub(super) log: CallLog<Call>,
    dice: Mutex<Dice<Fault>>,
    catalogue: Mutex<Catalogue>,
    pictures: Mutex<Pictures>,
}

impl Shared {
    /// `bound` is the address that is listened on; where that is "all of this machine", it is named by loopback.
    pub(super) fn new(options: &Options, bound: SocketAddr) -> Result<Self, StartError> {
        check_rates(&options.fault_rates, &Fault::RANDOM)?;
        let clock = options.clock.clone();
        Ok(Self {
            address: own_address(bound),
            shops: options.shops.iter().map(KnownShop::new).collect::<Result<_, _>>()?,
            latency: options.latency,
            max_in_flight: options.max_in_flight,
            in_flight: AtomicUsize::new(0),
            log: CallLog::new(options.keep_calls),
            dice: Mutex::new(Dice::new(options.fault_rates.clone(), options.seed)),
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

    pub(super) fn dice(&self) -> MutexGuard<'_, Dice<Fault>> {
        lock(&self.dice)
    }

    /// The address by which the caller reaches this server, without a trailing slash: in a container it is not the one
    /// that is listened on.
    pub(super) fn base(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| format!("http://{}", self.address), |host| format!("http://{host}"))
    }
}

/// Mark on a request: of its list only the first half is to be done.
#[derive(Clone)]
pub(super) struct Half;

/// Mark on a request: its body was too large to be kept whole.
#[derive(Clone)]
pub(super) struct TooLarge;

/// Answers one request.
pub(super) async fn handle(
    shared: Arc<Shared>,
    router: Router,
    request: Request<Incoming>,
) -> Result<Response, Closed> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let method = parts.method.clone();
    let is_api = is_api(&method, &path);
    let counted = if is_api { InFlight::enter(&shared.in_flight, shared.max_in_flight) } else { None };
    let (body, too_large) = read_body(body, LARGEST_READ).await?;
    let fault = if !is_api {
        Fault::Pass
    } else if counted.is_none() {
        Fault::TooMany
    } else {
        shared
            .dice()
            .next(&method, parts.uri.path_and_query().map_or("/", |path| path.as_str()))
            .unwrap_or(Fault::Pass)
    };
    let number = shared.log.push(Call::new(&parts, body.clone(), fault));
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
    shared.log.note(number, |call| call.status = status);
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
        shared.log.note(number, |call| call.done = done);
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
