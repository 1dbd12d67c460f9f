//! The way of a request to its host and back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use clock::Clock;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderMap, StatusCode, header};
use url::Url;

use crate::Method;
use crate::answer::{Answer, Download};
use crate::body::Body;
use crate::error::{Error, ErrorKind, Outcome};
use crate::failure::{ContentFailed, cause, classify, error, may_repeat};
use crate::host::{Counts, Host, HostLimits, Place};
use crate::reader::Reader;
use crate::request::{Redirects, Request, Safety};
use crate::retry::{self, RetryPolicy, Verdict};

/// What a [`Transport`] is made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the program calls itself to the hosts.
    pub user_agent: String,
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The longest wait for the next bytes of an answer. The time to send a large body is added to it.
    pub read_timeout: Duration,
    /// How often and how long a call is tried.
    pub retry: RetryPolicy,
    /// Waits between tries and for rates run on this clock. Time-outs run on real time: what they watch is real.
    pub clock: Clock,
}

impl Settings {
    /// The usual settings: 10 s for a connection, 30 s for an answer.
    #[must_use]
    pub fn new(user_agent: impl Into<String>, clock: Clock) -> Self {
        Self {
            user_agent: user_agent.into(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            clock,
        }
    }
}

/// The one HTTP client. Cheap to clone; clones share connections, limits and counts.
#[derive(Clone)]
pub struct Transport {
    inner: Arc<Inner>,
}

struct Inner {
    #[expect(clippy::disallowed_types, reason = "this is the crate that owns it")]
    client: reqwest::Client,
    settings: Settings,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// The slowest line that a body may be sent over, in bytes a second: 20 MiB take at most eleven minutes.
const SLOWEST_UPLOAD: u64 = 32 * 1024;

/// How many redirects are followed on the same host.
const MOST_REDIRECTS: usize = 5;

/// Idle connections are closed before hosts do it (many at 60 s): a request on a connection that the host is just
/// closing is one with an unknown outcome.
const IDLE_CONNECTION: Duration = Duration::from_secs(15);

impl Transport {
    /// A transport with these settings.
    ///
    /// # Errors
    /// When the TLS library cannot start, or the user agent cannot stand in a header.
    #[expect(clippy::disallowed_types, reason = "this is the crate that owns it")]
    pub fn new(settings: Settings) -> Result<Self, std::io::Error> {
        let client = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(|error| {
                std::io::Error::other(format!("the HTTP client cannot start: {}", cause(&error)))
            })?;
        Ok(Self { inner: Arc::new(Inner { client, settings, hosts: Mutex::default() }) })
    }

    /// The clock on which this transport waits.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.settings.clock
    }

    /// Sets the limits of the host of `url`. Requests that are on their way keep the old ones, and the host's counts
    /// begin anew, so do it before the first request.
    pub fn limit(&self, url: &Url, limits: HostLimits) {
        self.hosts().insert(host_name(url), Host::new(limits, self.clock()));
    }

    /// The same for a host that nothing was said of and nothing was asked of yet. One that is known keeps its limits.
    pub fn limit_new(&self, url: &Url, limits: HostLimits) {
        self.hosts().entry(host_name(url)).or_insert_with(|| Host::new(limits, self.clock()));
    }

    /// What the host of `url` has been asked so far.
    #[must_use]
    pub fn counts(&self, url: &Url) -> Counts {
        self.hosts().get(&host_name(url)).map(|host| host.counts()).unwrap_or_default()
    }

    /// What every host has been asked so far, by `host:port`.
    #[must_use]
    pub fn all_counts(&self) -> BTreeMap<String, Counts> {
        self.hosts().iter().map(|(name, host)| (name.clone(), host.counts())).collect()
    }

    /// How many requests the host of `url` may be sent at once now.
    #[must_use]
    pub fn in_flight_limit(&self, url: &Url) -> usize {
        self.host(url).limit()
    }

    /// Sends a request and brings the whole answer, whatever its status; repeats it as its [`Safety`] allows.
    ///
    /// An answer with a status of 5xx means that every allowed try ended so.
    ///
    /// # Errors
    /// When no answer came; see [`ErrorKind`].
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        let arrived = self.tries(request, Reading::Whole).await?;
        Ok(Answer {
            status: arrived.status,
            headers: arrived.headers,
            body: arrived.body,
            url: request.shown(&arrived.url),
            secrets: request.secrets_at(&arrived.url),
        })
    }

    /// Sends a request and brings its answer as soon as the headers are there, for bodies that are not held in memory.
    ///
    /// # Errors
    /// When no answer came; see [`ErrorKind`].
    pub async fn download(&self, request: &Request) -> Result<Download, Error> {
        let Arrived { url, status, headers, rest, place, .. } =
            self.tries(request, Reading::HeadOnly).await?;
        let request = request.clone();
        let stream = stream::unfold(rest.map(|rest| (rest, place)), move |state| {
            let (request, url) = (request.clone(), url.clone());
            async move {
                let (mut rest, place) = state?;
                match rest.next(&request, &url, &place).await {
                    Ok(Some(chunk)) => Some((Ok(chunk), Some((rest, place)))),
                    Ok(None) => None,
                    Err(error) => Some((Err(error), None)),
                }
            }
        });
        Ok(Download { status, headers, stream: stream.boxed() })
    }

    /// Tries a request until it has an answer to return or may not be tried again.
    async fn tries(&self, request: &Request, reading: Reading) -> Result<Arrived, Error> {
        let policy = &self.inner.settings.retry;
        let clock = self.clock();
        let tries = policy.tries.min(request.most_tries);
        let mut waits = policy.waits();
        let mut failures = 0;
        let mut is_repetition = false;
        loop {
            let result = self.attempt(request, reading, std::mem::replace(&mut is_repetition, true)).await;
            let (why, asked) = match result {
                Ok(arrived) => {
                    let asked = retry::retry_after(&arrived.headers, clock.now());
                    match Verdict::of(arrived.status) {
                        Verdict::Failed if (request.is_final)(&arrived.body) => return Ok(arrived),
                        Verdict::Final => {
                            arrived.place.good();
                            return Ok(arrived);
                        }
                        Verdict::NotNow => {
                            // Never at once, also when the time that the host names is past.
                            let backoff = waits.next().unwrap_or(policy.longest_wait);
                            self.pause(request, asked.map_or(backoff, |asked| asked.max(backoff)))?;
                            continue;
                        }
                        Verdict::Failed => {
                            failures += 1;
                            if request.safety == Safety::Once || failures >= tries {
                                return Ok(arrived);
                            }
                            (arrived.status.to_string(), asked)
                        }
                    }
                }
                Err(error) => {
                    failures += 1;
                    if !may_repeat(request, &error) || failures >= tries {
                        return Err(error);
                    }
                    (error.kind.to_string(), None)
                }
            };
            let backoff = waits.next().unwrap_or(policy.longest_wait);
            let wait = asked.map_or(backoff, |asked| asked.max(backoff));
            if wait > policy.longest_asked {
                return Err(error(request, &request.url, Outcome::Unknown, ErrorKind::TryLater(wait)));
            }
            if asked.is_some() {
                self.host(&request.url).pause(clock.moment(), wait, policy.longest_asked_in_all);
            }
            let (url, seconds) = (request.shown(&request.url), wait.as_secs_f32());
            tracing::warn!(%url, why, seconds, "no good answer; trying again");
            clock.sleep(wait).await;
        }
    }

    /// Keeps every request from a host that asks for patience, unless it asks for more than a run has.
    fn pause(&self, request: &Request, wait: Duration) -> Result<(), Error> {
        let policy = &self.inner.settings.retry;
        let host = self.host(&request.url);
        host.count_refusal();
        let now = self.clock().moment();
        if wait > policy.longest_asked || !host.pause(now, wait, policy.longest_asked_in_all) {
            return Err(error(request, &request.url, Outcome::NotDone, ErrorKind::TryLater(wait)));
        }
        let (url, seconds) = (request.shown(&request.url), wait.as_secs_f32());
        tracing::warn!(%url, seconds, "the host asks for patience; waiting");
        Ok(())
    }

    /// Sends a request once, redirects on the same host followed, and reads as much of its answer as is wanted.
    async fn attempt(
        &self,
        request: &Request,
        reading: Reading,
        is_repetition: bool,
    ) -> Result<Arrived, Error> {
        if let Some(why) = &request.broken {
            return Err(error(request, &request.url, Outcome::NotDone, ErrorKind::Invalid(why.clone())));
        }
        let mut url = request.url.clone();
        // Redirects stay on the host, at most with TLS added, so its limits and counts are those of the first address.
        let host = self.host(&url);
        for _ in 0..=MOST_REDIRECTS {
            let place = host.enter(self.clock()).await;
            host.count_request(is_repetition);
            tracing::debug!(method = %request.method, url = %request.shown(&url), "request");
            let response = match self.head(request, &url).await {
                Ok(response) => response,
                Err(error) => {
                    if matches!(error.kind, ErrorKind::TimedOut(_)) {
                        place.overloaded();
                    }
                    return Err(error);
                }
            };
            let status = response.status();
            tracing::debug!(method = %request.method, url = %request.shown(&url), %status, "answer");
            if retry::is_overload(status) {
                place.overloaded();
            }
            let headers = response.headers().clone();
            match redirect_target(status, &headers, &url) {
                None => {
                    let rest = Reader { response, timeout: self.inner.settings.read_timeout };
                    let (body, rest) = match reading {
                        Reading::Whole => (rest.whole(request, &url, &place).await?, None),
                        Reading::HeadOnly => (Bytes::new(), Some(rest)),
                    };
                    return Ok(Arrived { url, status, headers, body, rest, place });
                }
                Some(target) if may_follow(request, status, &url, &target) => url = target,
                Some(target) => {
                    let to = request.shown(&target);
                    let kind = ErrorKind::Redirected { status, to };
                    // 307 and 308 say "send it there"; 303 is what a host says after it has done something.
                    let outcome = if matches!(status.as_u16(), 307 | 308) {
                        Outcome::NotDone
                    } else {
                        Outcome::Unknown
                    };
                    return Err(error(request, &url, outcome, kind));
                }
            }
        }
        let why = format!("more than {MOST_REDIRECTS} redirects");
        Err(error(request, &url, Outcome::NotDone, ErrorKind::Invalid(why)))
    }

    /// Sends a request to `url` and waits for the head of the answer.
    async fn head(&self, request: &Request, url: &Url) -> Result<reqwest::Response, Error> {
        let mut builder =
            self.inner.client.request(request.method.clone(), url.clone()).headers(request.headers.clone());
        match &request.body {
            Body::Empty => {}
            Body::Bytes { media_type, bytes } => {
                builder = builder.header(header::CONTENT_TYPE, *media_type).body(bytes.clone());
            }
            Body::Form(form) => {
                let mut multipart = reqwest::multipart::Form::new();
                for (name, value) in &form.fields {
                    multipart = multipart.text(name.clone(), value.clone());
                }
                let content = &form.file.content;
                let part = reqwest::multipart::Part::stream_with_length(
                    reqwest::Body::wrap_stream(content.stream().map_err(ContentFailed)),
                    content.length(),
                )
                .file_name(form.file.file_name.clone())
                .mime_str(&form.file.media_type)
                .map_err(|_| {
                    let why = format!("{:?} is no media type", form.file.media_type);
                    error(request, url, Outcome::NotDone, ErrorKind::Invalid(why))
                })?;
                builder = builder.multipart(multipart.part(form.file.field.clone(), part));
            }
        }
        let upload = Duration::from_secs(request.body.length() / SLOWEST_UPLOAD);
        let settings = &self.inner.settings;
        let reading = settings.read_timeout.saturating_mul(request.patience);
        let timeout = settings.connect_timeout + reading + upload;
        match tokio::time::timeout(timeout, builder.send()).await {
            Err(_elapsed) => Err(error(request, url, Outcome::Unknown, ErrorKind::TimedOut(timeout))),
            Ok(Ok(response)) => Ok(response),
            Ok(Err(failure)) => Err(classify(request, url, &failure)),
        }
    }

    fn host(&self, url: &Url) -> Arc<Host> {
        let mut hosts = self.hosts();
        let host =
            hosts.entry(host_name(url)).or_insert_with(|| Host::new(HostLimits::default(), self.clock()));
        Arc::clone(host)
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Arc<Host>>> {
        self.inner.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much of an answer is read before it is handed on.
#[derive(Clone, Copy)]
enum Reading {
    Whole,
    HeadOnly,
}

/// An answer as far as it has been read.
struct Arrived {
    /// Where it came from, after redirects.
    url: Url,
    status: StatusCode,
    headers: HeaderMap,
    /// The body, if it was to be read whole.
    body: Bytes,
    /// What is still to come, if only the head was to be read.
    rest: Option<Reader>,
    place: Place,
}

/// `host:port`, the name under which limits and counts are kept.
fn host_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Where an answer sends the request, if it does.
fn redirect_target(status: StatusCode, headers: &HeaderMap, url: &Url) -> Option<Url> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    url.join(headers.get(header::LOCATION)?.to_str().ok()?).ok()
}

/// Following must neither take secrets to another host or off TLS, nor turn a write into a read, as 301 to 303 do.
fn may_follow(request: &Request, status: StatusCode, from: &Url, to: &Url) -> bool {
    let same_port = from.port_or_known_default() == to.port_or_known_default();
    let to_tls =
        from.scheme() == "http" && to.scheme() == "https" && from.port().is_none() && to.port().is_none();
    let keeps_method =
        matches!(request.method, Method::GET | Method::HEAD) || matches!(status.as_u16(), 307 | 308);
    request.redirects == Redirects::SameHost
        && from.host() == to.host()
        && ((from.scheme() == to.scheme() && same_port) || to_tls)
        && keeps_method
}
