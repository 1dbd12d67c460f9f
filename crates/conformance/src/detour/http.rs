//! The detour by HTTP: a proxy that takes every call down, and that can let answers be lost, late or wrong.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clock::{Clock, Moment};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use memchr::memmem;
use sandbox_kit::{Closed, InFlight, lock, read_body, serve};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{ENDLESS, marks};

/// Of larger requests only the beginning goes on to the shop: a connector that reads sends next to nothing.
const LARGEST_REQUEST: usize = 1024 * 1024;

/// A call, as it came by.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its place among all calls, from 0.
    pub(crate) number: usize,
    /// When it came.
    pub(crate) at: Moment,
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The products whose marks stood in the shop's own answer.
    pub(crate) marks: BTreeSet<u32>,
    /// Whether the shop's own answer was a picture.
    pub(crate) is_picture: bool,
}

impl Call {
    /// Everything that it asks: two calls with the same question are tries of one.
    pub(crate) fn question(&self) -> String {
        format!("{} {} {}", self.method, self.path, String::from_utf8_lossy(&self.body))
    }

    /// The path without its query.
    pub(crate) fn bare_path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

/// An answer on its way back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// How many bytes of it are sent before the connection ends; `None` for all, and no end.
    breaks_off: Option<usize>,
}

impl Answer {
    /// An answer that is nothing but a status.
    pub(crate) fn bare(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), breaks_off: None }
    }

    /// The same with a body of this type.
    pub(crate) fn with(mut self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
        self.body = body.into();
        self
    }

    /// A demand for patience, for so many seconds where it tells.
    pub(crate) fn too_many(seconds: Option<u32>) -> Self {
        let mut answer = Self::bare(StatusCode::TOO_MANY_REQUESTS);
        if let Some(seconds) = seconds {
            answer.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        answer
    }

    /// That what was asked for is elsewhere.
    pub(crate) fn moved(status: StatusCode, to: &str) -> Self {
        let mut answer = Self::bare(status);
        if let Ok(to) = header::HeaderValue::from_str(to) {
            answer.headers.insert(header::LOCATION, to);
        }
        answer
    }

    /// The same with nothing behind so many bytes, as if that were all of it.
    pub(crate) fn cut_at(mut self, bytes: usize) -> Self {
        self.body.truncate(bytes);
        self
    }

    /// The same, whose connection ends after so many bytes.
    pub(crate) fn broken_off_at(self, bytes: usize) -> Self {
        Self { breaks_off: Some(bytes), ..self }
    }

    /// That the server failed, without a word.
    pub(crate) fn failed() -> Self {
        Self::bare(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What becomes of a call: an answer, or with `None` the end of the connection.
pub(crate) type Outcome = Option<Answer>;

/// What becomes of the shop's own answer.
pub(crate) type Fault = fn(Answer) -> Outcome;

/// Decides by a call and the shop's own answer to it what the connector gets.
pub(crate) type Rule = Arc<dyn Fn(&Call, Answer) -> Outcome + Send + Sync>;

/// Decides by a call, before the shop hears of it, what the connector gets without the shop being asked; `None`: the shop is asked.
pub(crate) type Gate = Arc<dyn Fn(&Method, &str) -> Option<Outcome> + Send + Sync>;

/// A running detour. It ends when it is dropped.
pub(crate) struct Detour {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    /// The shop's host and port.
    authority: String,
    own_authority: String,
    /// Where a connector finds the shop.
    own: String,
    clock: Clock,
    client: Client<HttpConnector, Full<Bytes>>,
    in_flight: AtomicUsize,
    watched: Mutex<Watched>,
}

struct Watched {
    gate: Option<Gate>,
    rule: Rule,
    calls: Vec<Call>,
    most: usize,
    was_exhausted: bool,
    /// How many were in flight at once at most.
    at_once: usize,
}

impl Drop for Detour {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The body of an answer.
type Body = BoxBody<Bytes, Closed>;

/// The rule that changes nothing.
fn pass() -> Rule {
    Arc::new(|_, answer| Some(answer))
}

impl Detour {
    /// A detour to the shop at an address, on any free port of this machine.
    pub(crate) async fn start(shop: &str, clock: &Clock) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let own_authority = listener.local_addr()?.to_string();
        let uri: Uri = shop.parse().map_err(std::io::Error::other)?;
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        let shared = Arc::new(Shared {
            own: shop.trim_end_matches('/').replace(&authority, &own_authority),
            authority,
            own_authority,
            clock: clock.clone(),
            client: Client::builder(TokioExecutor::new()).build_http(),
            watched: Mutex::new(Watched {
                gate: None,
                rule: pass(),
                calls: Vec::new(),
                most: usize::MAX,
                was_exhausted: false,
                at_once: 0,
            }),
            in_flight: AtomicUsize::new(0),
        });
        let handler = {
            let shared = Arc::clone(&shared);
            move |request| Arc::clone(&shared).carry(request)
        };
        let server = tokio::spawn(serve(listener, handler));
        Ok(Self { shared, server })
    }

    /// Where a connector finds the shop.
    pub(crate) fn url(&self) -> &str {
        &self.shared.own
    }

    /// From now on this rule holds, the calls before are forgotten, and more than `most` are refused.
    pub(crate) fn begin(&self, most: usize, rule: impl Fn(&Call, Answer) -> Outcome + Send + Sync + 'static) {
        let rule: Rule = Arc::new(rule);
        *lock(&self.shared.watched) =
            Watched { gate: None, rule, calls: Vec::new(), most, was_exhausted: false, at_once: 0 };
    }

    /// From now on, until the next beginning, this is asked of each call before the shop is.
    pub(crate) fn guard(&self, gate: impl Fn(&Method, &str) -> Option<Outcome> + Send + Sync + 'static) {
        lock(&self.shared.watched).gate = Some(Arc::new(gate));
    }

    /// From now on every answer passes as it is, and the calls before are forgotten.
    pub(crate) fn begin_plain(&self) {
        self.begin(ENDLESS, |_, answer| Some(answer));
    }

    /// How many calls were in flight at once since the beginning, at most.
    pub(crate) fn at_once(&self) -> usize {
        lock(&self.shared.watched).at_once
    }

    /// The calls since the beginning.
    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.shared.watched).calls.clone()
    }

    /// Whether more calls came than were allowed.
    pub(crate) fn was_exhausted(&self) -> bool {
        lock(&self.shared.watched).was_exhausted
    }
}

impl Shared {
    /// Carries a request to the shop and its answer back.
    async fn carry(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
        let at = self.clock.moment();
        let _in_flight = InFlight::enter(&self.in_flight, None);
        let now = self.in_flight.load(Ordering::SeqCst);
        let (parts, body) = request.into_parts();
        let (body, _) = read_body(body, LARGEST_REQUEST).await?;
        let path = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
        let gate = lock(&self.watched).gate.clone();
        let instead = gate.and_then(|gate| gate(&parts.method, &path));
        let own = match &instead {
            None => self.ask(&parts.method, &path, &parts.headers, body.clone()).await.ok_or(Closed)?,
            Some(_) => Answer::bare(StatusCode::OK),
        };
        let outcome = {
            let mut watched = lock(&self.watched);
            let call = Call {
                number: watched.calls.len(),
                at,
                method: parts.method,
                path,
                headers: parts.headers,
                body,
                marks: marks(&own.body),
                is_picture: is_picture(&own),
            };
            watched.at_once = watched.at_once.max(now);
            watched.calls.push(call.clone());
            if call.number >= watched.most {
                watched.was_exhausted = true;
                Some(Answer::failed())
            } else if let Some(instead) = instead {
                instead
            } else {
                let rule = Arc::clone(&watched.rule);
                drop(watched);
                rule(&call, own)
            }
        };
        let answer = outcome.ok_or(Closed)?;
        let mut response = Response::new(Body::default());
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        *response.body_mut() = match answer.breaks_off {
            None => Full::new(answer.body).map_err(Closed::from).boxed(),
            Some(bytes) => {
                response.headers_mut().insert(header::CONTENT_LENGTH, answer.body.len().into());
                let first = answer.body.slice(..bytes.min(answer.body.len()));
                let parts = [Ok(Frame::data(first)), Err(Closed)];
                StreamBody::new(futures::stream::iter(parts)).boxed()
            }
        };
        Ok(response)
    }

    /// The shop's own answer, in which the shop's address is replaced by the detour's.
    async fn ask(&self, method: &Method, path: &str, headers: &HeaderMap, body: Bytes) -> Option<Answer> {
        let uri: Uri = format!("http://{}{path}", self.authority).parse().ok()?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method.clone();
        *request.uri_mut() = uri;
        let of_connection =
            [header::HOST, header::CONNECTION, header::ACCEPT_ENCODING, header::CONTENT_LENGTH];
        for (name, value) in headers.iter().filter(|(name, _)| !of_connection.contains(name)) {
            request.headers_mut().append(name, value.clone());
        }
        let response = self.client.request(request).await.ok()?;
        let (mut parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION] {
            parts.headers.remove(name);
        }
        let answer = Answer { status: parts.status, headers: parts.headers, body, breaks_off: None };
        Some(if is_picture(&answer) { answer } else { self.at_own_address(answer) })
    }

    /// The answer, in which every word of the shop's address is the detour's: a connector that follows a link does not leave.
    fn at_own_address(&self, mut answer: Answer) -> Answer {
        for value in answer.headers.values_mut() {
            let moved = value.to_str().ok().filter(|text| text.contains(&self.authority));
            if let Some(Ok(moved)) =
                moved.map(|text| text.replace(&self.authority, &self.own_authority).parse())
            {
                *value = moved;
            }
        }
        if memmem::find(&answer.body, self.authority.as_bytes()).is_some()
            && let Ok(text) = std::str::from_utf8(&answer.body)
        {
            answer.body = text.replace(&self.authority, &self.own_authority).into();
        }
        answer
    }
}

fn is_picture(answer: &Answer) -> bool {
    let media_type = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    answer.status.is_success() && media_type.is_some_and(|media_type| media_type.starts_with("image/"))
}
