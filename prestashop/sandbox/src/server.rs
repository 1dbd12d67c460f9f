//! The server: it reads requests, lets faults befall them and logs them.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use futures::stream;
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use sandbox_kit::{
    CallLog, Closed, Dice, InFlight, RateError, check_rates, lock, own_address, pause, read_body,
};

use crate::answer::{Answer, LARGEST_WHOLE};
use crate::catalogue::Store;
use crate::{Fault, Options, api};

/// Of larger bodies only the beginning is read.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// Why a sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}; choose another address or port, or end the program that uses it")]
    Listen(SocketAddr, std::io::Error),
    /// There is no language, or the default one is none of them.
    #[error("the default language {0} is none of the shop's languages")]
    Language(u32),
    /// There is no API key.
    #[error("a shop needs at least one API key")]
    NoKey,
    /// The base path is not empty and does not begin with a slash, or it ends with one.
    #[error("the base path `{0}` must be empty, or begin with a slash and not end with one")]
    BasePath(String),
    /// The fault rates make no sense.
    #[error(transparent)]
    Rates(#[from] RateError),
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, with the query when it had one.
    pub path: String,
    /// The API resource it asks for; `None` for pictures by their public address and for pages.
    pub resource: Option<String>,
    /// The status it was answered with; `None` when it was not answered (yet).
    pub status: Option<u16>,
    /// The fault it suffered; [`Fault::Pass`] for none.
    pub fault: Fault,
    /// Whether what it asks for was done: the shop's own answer, whether or not it was sent, was a success.
    pub done: bool,
    /// Its whole body.
    pub body: Bytes,
}

/// Everything that requests share.
pub(crate) struct Shared {
    pub(crate) address: SocketAddr,
    pub(crate) options: Options,
    pub(crate) log: CallLog<Call>,
    in_flight: AtomicUsize,
    dice: Mutex<Dice<Fault>>,
    store: RwLock<Store>,
    poisoned: Mutex<BTreeSet<u32>>,
    /// The ids of the last page of each resource.
    last_pages: Mutex<HashMap<&'static str, Vec<u32>>>,
}

impl Shared {
    pub(crate) fn new(options: Options, bound: SocketAddr) -> Result<Self, StartError> {
        check_rates(&options.fault_rates, &Fault::RANDOM)?;
        if !options.languages.iter().any(|language| language.id == options.default_language) {
            return Err(StartError::Language(options.default_language));
        }
        let path = &options.base_path;
        if options.keys.is_empty() {
            return Err(StartError::NoKey);
        }
        if !path.is_empty() && (!path.starts_with('/') || path.ends_with('/')) {
            return Err(StartError::BasePath(path.clone()));
        }
        let languages = options.languages.iter().map(|language| language.iso.clone()).collect();
        Ok(Self {
            address: own_address(bound),
            log: CallLog::new(options.keep_calls),
            in_flight: AtomicUsize::new(0),
            dice: Mutex::new(Dice::new(options.fault_rates.clone(), options.seed)),
            store: RwLock::new(Store::new(options.catalogue, languages)),
            poisoned: Mutex::new(options.poisoned.iter().copied().collect()),
            last_pages: Mutex::default(),
            options,
        })
    }

    pub(crate) fn store(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn store_mut(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn script(&self, method: Method, path_prefix: &str, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.dice).script(method, path_prefix, faults);
    }

    pub(crate) fn set_poisoned(&self, product: u32, poisoned: bool) {
        let mut all = lock(&self.poisoned);
        if poisoned {
            all.insert(product)
        } else {
            all.remove(&product)
        };
    }

    pub(crate) fn is_poisoned(&self, product: u32) -> bool {
        lock(&self.poisoned).contains(&product)
    }

    /// Takes down which page of a resource was asked for last; or, to `repeat` it, answers which it was.
    pub(crate) fn last_page(&self, resource: &'static str, ids: Vec<u32>, repeat: bool) -> Vec<u32> {
        let mut pages = lock(&self.last_pages);
        match pages.get(resource) {
            Some(last) if repeat => last.clone(),
            _ => {
                pages.insert(resource, ids.clone());
                ids
            }
        }
    }

    /// Address of the shop by which the caller reaches it, without a trailing slash.
    pub(crate) fn base(&self, headers: &HeaderMap) -> String {
        let host = host(headers).map_or_else(|| self.address.to_string(), str::to_owned);
        format!("http://{host}{}", self.options.base_path)
    }

    /// Address of the shop, without a trailing slash.
    pub(crate) fn own_base(&self) -> String {
        format!("http://{}{}", self.address, self.options.base_path)
    }

    pub(crate) fn is_own_host(&self, headers: &HeaderMap) -> bool {
        host(headers).is_none_or(|host| host == self.address.to_string())
    }

    /// The part of a path behind the API's own, cut down to the resource.
    fn resource(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(self.options.base_path.as_str())?.strip_prefix("/api/")?;
        rest.split('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
    }

    /// The home page is spared faults and latency.
    fn is_page(&self, path: &str) -> bool {
        path.strip_prefix(self.options.base_path.as_str()).is_some_and(|rest| rest.is_empty() || rest == "/")
    }
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST).and_then(|host| host.to_str().ok())
}

type Sent = Response<BoxBody<Bytes, Closed>>;

/// Answers one request.
pub(crate) async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Sent, Closed> {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let target = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let page = shared.is_page(&path);
    let most = shared.options.max_in_flight;
    let counted = if page { None } else { InFlight::enter(&shared.in_flight, most) };
    let (body, _) = read_body(body, LARGEST_BODY).await?;
    let fault = if page {
        Fault::Pass
    } else if counted.is_none() {
        Fault::TooMany
    } else {
        lock(&shared.dice).next(&method, &target).unwrap_or(Fault::Pass)
    };
    let number = shared.log.push(Call {
        method: method.clone(),
        path: target,
        resource: shared.resource(&path),
        status: None,
        fault,
        done: false,
        body: body.clone(),
    });
    let answer = match fault {
        Fault::Hang => std::future::pending().await,
        _ => finish(Arc::clone(&shared), parts, body, (fault, number, page)).await,
    };
    let status = answer.as_ref().map(|answer| answer.status.as_u16());
    shared.log.note(number, |call| call.status = status);
    let status = status.map_or_else(|| "closed".to_owned(), |status| status.to_string());
    match fault {
        Fault::Pass => tracing::info!("{method} {path} {status}"),
        fault => tracing::info!("{method} {path} {status} {fault}"),
    }
    answer.map(|answer| send(&answer, method == Method::HEAD, fault == Fault::Cut)).ok_or(Closed)
}

/// Answers after the latency. A client that goes away in the middle does not undo what it asked for: as at a real shop,
/// the work goes on.
async fn finish(
    shared: Arc<Shared>,
    parts: Parts,
    body: Bytes,
    (fault, number, page): (Fault, usize, bool),
) -> Option<Answer> {
    let work = tokio::spawn(async move {
        if !page {
            pause(&shared.options.clock, shared.options.latency).await;
        }
        befall(fault, &shared, &parts, &body, number)
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the sandbox failed");
        None
    })
}

/// Lets a call suffer its fault. `None` is no answer.
fn befall(fault: Fault, shared: &Shared, parts: &Parts, body: &[u8], number: usize) -> Option<Answer> {
    let work = |repeat| {
        let answer = api::answer(shared, parts, body, repeat);
        shared.log.note(number, |call| call.done = answer.status.is_success());
        answer
    };
    match fault {
        Fault::Pass | Fault::Cut => Some(work(false)),
        Fault::Repeat => Some(work(true)),
        Fault::LostAnswer => {
            work(false);
            None
        }
        Fault::DoneButError => {
            work(false);
            let late = || Answer::page(StatusCode::GATEWAY_TIMEOUT, "<h1>504 Gateway Time-out</h1>");
            Some(if lock(&shared.dice).coin() { Answer::fatal() } else { late() })
        }
        Fault::TooMany => Some(Answer::too_many()),
        Fault::ServerError => Some(Answer::fatal()),
        Fault::Drop | Fault::Hang => None,
    }
}

/// Large answers come in chunks; a `cut` one ends in the middle.
fn send(answer: &Answer, head_only: bool, cut: bool) -> Sent {
    let body = answer.body.clone();
    let whole = |body| Full::new(body).map_err(Closed::from).boxed();
    if head_only {
        return answer.head(whole(Bytes::new()));
    }
    if cut {
        let half = body.slice(..body.len() / 2);
        let frames = [Ok(Frame::data(half)), Err(Closed)];
        return answer.head(BodyExt::boxed(StreamBody::new(stream::iter(frames))));
    }
    let file = answer.headers.iter().any(|(name, _)| name == header::ETAG);
    if body.len() <= LARGEST_WHOLE || file {
        return answer.head(whole(body));
    }
    let starts = (0..body.len()).step_by(LARGEST_WHOLE);
    let chunks: Vec<_> =
        starts.map(|start| body.slice(start..body.len().min(start + LARGEST_WHOLE))).collect();
    let frames = chunks.into_iter().map(|chunk| Ok(Frame::data(chunk)));
    answer.head(BodyExt::boxed(StreamBody::new(stream::iter(frames))))
}
