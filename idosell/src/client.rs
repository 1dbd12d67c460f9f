//! Calls to the shop: logging in, and having files.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use clock::{Clock, Moment};
use connector::{ImageError, Notes, PlatformError};
use futures::StreamExt as _;
use gateway_core::picture::Picture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use transport::{Download, ErrorKind, HostLimits, Request, SafeUrl, StatusCode, Transport, header};
use url::Url;

use crate::key;
use crate::settings::{API_PATH, Account, BASE_URL, FEED, LOGIN, PASSWORD, Source};
use crate::wire::{self, LOGIN_FAILED, Login};

/// How a marketplace asks for its feed (version 5 of the gate, as recorded).
const GATE: &str = "gate=Products/getProductsFeed/5/json";

/// The longest that a file may take to come, all tries together. A host that sends a byte now and then is not listened to without end.
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// The largest file that is taken, in bytes: far more than any shop's, and less than a host that never ends.
const LARGEST: u64 = 64 << 30;

/// How often it is said how much of a file has come.
const SAY_EVERY: Duration = Duration::from_secs(15);

/// Why a file was not had.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is none to give now.
    NotYet(String),
    /// The user has to do something.
    Settings { what: String, hint: String },
    /// What is asked for is not there, or not for us: the user has to do something, unless there is a file that is kept.
    Missing { what: String, hint: String },
    /// What may go well another time.
    Passing(PlatformError),
}

impl Failure {
    pub(crate) fn failed(what: String) -> Self {
        Self::Passing(PlatformError::Failed { what })
    }

    /// As the end of the run.
    pub(crate) fn of_run(self) -> PlatformError {
        match self {
            Self::NotYet(what) => PlatformError::TryLater { what },
            Self::Settings { what, hint } | Self::Missing { what, hint } => {
                PlatformError::Settings { what, hint }
            }
            Self::Passing(error) => error,
        }
    }
}

/// A file of the shop, by what it is to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// What the user, or the login, names: a gateway file or the offer itself.
    Feed,
    /// What a gateway file points to.
    Offer,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Feed => "the feed",
            Self::Offer => "the shop's file",
        }
    }

    /// That a page was given in its place. When it was given before and broke off, that was the only time.
    pub(crate) fn not_given(self, lost: Option<String>) -> Failure {
        let name = self.name();
        match (lost, self) {
            (Some(why), _) => Failure::Passing(PlatformError::TryLater {
                what: format!(
                    "{name} broke off ({why}), and the shop gives it once: another one comes when the shop makes the next"
                ),
            }),
            (None, Self::Offer) => Failure::NotYet(format!(
                "{name} is given once, and the shop has not made the next one yet: a web page came in its place"
            )),
            (None, Self::Feed) => Failure::NotYet(format!(
                "{name} is given once, and the shop has not made the next one yet: a web page came in its place (or its address is \
                 not that of a feed)"
            )),
        }
    }
}

/// A file that came.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Why it broke off before, where it did.
    pub(crate) broke_off: Option<String>,
    /// Whether the host says that it is a web page.
    pub(crate) is_page: bool,
}

/// What takes a file as it comes.
pub(crate) trait Sink {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &Bytes) -> Result<(), Failure>;

    /// Forgets what it took: the file comes from its beginning again.
    fn restart(&mut self) -> Result<(), Failure>;
}

/// One shop, and whatever hosts its files lie on.
pub(crate) struct Client {
    transport: Transport,
    limits: HostLimits,
    notes: Notes,
    /// An address of each host that was asked, to count its requests.
    hosts: Mutex<BTreeMap<String, Url>>,
}

impl Client {
    pub(crate) fn new(transport: Transport, limits: HostLimits, notes: Notes) -> Self {
        Self { transport, limits, notes, hosts: Mutex::default() }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.hosts().values().map(|url| self.transport.counts(url).requests).sum()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.transport.clock()
    }

    fn hosts(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Url>> {
        // Nothing panics while it holds this lock.
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said of one host holds for each: an account's shop, the host of its files, that of its pictures may be three.
    fn note_host(&self, url: &Url) {
        let host =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        self.hosts().entry(host).or_insert_with(|| {
            self.transport.limit_new(url, self.limits);
            url.clone()
        });
    }

    /// Logs in, and learns where the feed is.
    pub(crate) async fn log_in(&self, account: &Account) -> Result<Url, Failure> {
        let days = key::days(self.transport.clock().now());
        let mut refused = None;
        for day in days {
            match self.log_in_with(account, &key::of_day(day, &account.password)).await? {
                Ok(url) => return Ok(url),
                Err(words) => refused = refused.or(Some(words)),
            }
        }
        let shop = &account.base_url;
        Err(Failure::Settings {
            what: format!("the shop {shop} does not accept the login: {}", refused.unwrap_or_default()),
            hint: format!(
                "check {LOGIN} and {PASSWORD}: they are those of the account for this marketplace in the shop's panel; and the clock \
                 of this machine, since the key is another one each day"
            ),
        })
    }

    /// Either the feed's address, or the shop's words when the login or the key is not accepted.
    async fn log_in_with(
        &self,
        account: &Account,
        key: &SecretString,
    ) -> Result<Result<Url, String>, Failure> {
        let mut url = account.base_url.clone();
        url.set_path(&format!("{}{API_PATH}/", url.path().trim_end_matches('/')));
        url.set_query(Some(GATE));
        self.note_host(&url);
        let body =
            json!({ "authenticate": { "userLogin": account.login, "authenticateKey": key.expose_secret() } });
        let request = Request::get(url).json(&body).hides(key).hides(&account.password);
        let shop = &account.base_url;
        let answer = self
            .transport
            .send(&request)
            .await
            .map_err(|error| no_answer(&format!("the shop {shop}"), BASE_URL, &error))?;
        let nothing_there = |what: String| Failure::Missing {
            what,
            hint: format!(
                "check {BASE_URL}: it is the address at which shoppers find the shop; and in the shop's panel that the feed for \
                 this marketplace is switched on"
            ),
        };
        // No answer is quoted but for a fault's words: it may hold the feed's address.
        match answer.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Ok(Err(format!("it answers {}", answer.status())));
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                let (url, status) = (answer.url(), answer.status());
                return Err(nothing_there(format!("there is no feed for marketplaces at {url} ({status})")));
            }
            status if !status.is_success() => {
                return Err(Failure::failed(format!(
                    "the shop {shop} answers {status} when it is asked for its feed"
                )));
            }
            _ => {}
        }
        match wire::login(answer.body()) {
            Some(Login::Feed(told)) => {
                let url = account.base_url.join(&told).ok().filter(is_of_the_web);
                Ok(Ok(url.ok_or_else(|| {
                    Failure::failed(format!(
                        "the shop {shop} tells an address of its feed that is none: make the account anew"
                    ))
                })?))
            }
            Some(Login::NoFeed) => Err(Failure::NotYet(format!(
                "the shop {shop} has not made a file for this marketplace yet: look in its panel when the next one is made"
            ))),
            Some(Login::Fault { code, words }) if code == LOGIN_FAILED => {
                Ok(Err(format!("fault {code}, {}", answer.quote_text(&words))))
            }
            Some(Login::Fault { code, words }) => Err(Failure::failed(format!(
                "the shop {shop} does not tell where its feed is: fault {code}, {}",
                answer.quote_text(&words)
            ))),
            None => {
                let url = answer.url();
                Err(nothing_there(format!(
                    "{url} answers something else than where a feed for marketplaces is"
                )))
            }
        }
    }

    /// Has a file, from its beginning again when it breaks off, and says if it did. A file is given once: therefore nothing is asked of
    /// it before, and a host that has begun to give it is not asked again in silence.
    pub(crate) async fn fetch(
        &self,
        url: &Url,
        role: Role,
        source: &Source,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Fetched, Failure> {
        /// How long is waited before each further try.
        const AGAIN: [Duration; 3] =
            [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(10)];
        let deadline = self.transport.clock().moment() + LONGEST;
        let (what, mut waits, mut broke_off) = (role.name(), AGAIN.into_iter(), None);
        loop {
            let why = match self.fetch_once(url, role, source, sink, deadline).await {
                Ok(is_page) => return Ok(Fetched { broke_off, is_page }),
                Err(Broken::For(Failure::NotYet(_))) if broke_off.is_some() => {
                    return Err(role.not_given(broke_off));
                }
                Err(Broken::For(failure)) => return Err(failure),
                Err(Broken::Off(why)) => {
                    broke_off = Some(why.clone());
                    why
                }
                Err(Broken::Before(why)) => why,
            };
            let Some(wait) = waits.next() else {
                return Err(Failure::failed(format!("{what} cannot be had: {why}")));
            };
            self.notes.say(&format!("{what}: {why}; having it again"));
            self.transport.clock().sleep(wait).await;
            sink.restart()?;
        }
    }

    /// Whether the host says that it gave a web page.
    async fn fetch_once(
        &self,
        url: &Url,
        role: Role,
        source: &Source,
        sink: &mut (dyn Sink + Send),
        deadline: Moment,
    ) -> Result<bool, Broken> {
        let what = role.name();
        self.note_host(url);
        let shown = SafeUrl::host_of(url);
        let missing = |what: String| Broken::For(Failure::Missing { what, hint: hint(source) });
        let request = Request::get(url.clone()).hide_address().tries(1);
        let download = match self.transport.download(&request).await {
            Ok(download) => download,
            Err(error) => {
                return Err(match error.kind() {
                    ErrorKind::Dropped(_) | ErrorKind::TimedOut(_) => Broken::Off(error.kind().to_string()),
                    _ => Broken::For(no_answer(&format!("{what} at {shown}"), &variable(source), &error)),
                });
            }
        };
        let status = download.status;
        match (status, role, source) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, ..) => {
                return Err(missing(format!(
                    "the host of {what} does not let us have it ({status} from {shown})"
                )));
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, Role::Feed, Source::Address(_) | Source::File(_)) => {
                return Err(missing(format!(
                    "there is nothing at the address of {what} ({status} from {shown})"
                )));
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, ..) => {
                return Err(Broken::For(Failure::NotYet(format!(
                    "there is nothing at the address of {what} ({status} from {shown}): the shop gives a file once, and has not made \
                     the next one yet"
                ))));
            }
            _ if !status.is_success() => {
                return Err(Broken::Before(format!("its host answers {status} ({shown})")));
            }
            _ => {}
        }
        let media_type = download.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_page = media_type.is_some_and(|media_type| media_type.trim_start().starts_with("text/html"));
        self.pour(download, what, sink, deadline).await?;
        Ok(is_page)
    }

    /// Gives a file to who takes it, and says now and then how far it has come.
    async fn pour(
        &self,
        download: Download,
        what: &str,
        sink: &mut (dyn Sink + Send),
        deadline: Moment,
    ) -> Result<(), Broken> {
        let clock = self.transport.clock();
        let (mut had, mut said) = (0_u64, clock.moment());
        let mut stream = download.stream;
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| Broken::Off(error.kind().to_string()))?;
            sink.take(&bytes).map_err(Broken::For)?;
            had += bytes.len() as u64;
            let now = clock.moment();
            if now > deadline || had > LARGEST {
                let (hours, most) = (LONGEST.as_secs() / 3600, LARGEST >> 30);
                return Err(Broken::For(Failure::failed(format!(
                    "{what} does not end: it may take {hours} h and {most} GiB at most"
                ))));
            }
            if now.since(said) >= SAY_EVERY {
                said = now;
                self.notes.say(&format!("{what}: {} MiB so far", had >> 20));
            }
        }
        Ok(())
    }

    /// A picture by its address.
    pub(crate) async fn picture(
        &self,
        url: Url,
        spool: Option<&std::path::Path>,
    ) -> Result<Picture, ImageError> {
        self.note_host(&url);
        let download = self.transport.download(&Request::get(url)).await.map_err(ImageError::Transport)?;
        match download.status.as_u16() {
            200..300 => Ok(Picture::collect(download.stream, spool).await?),
            404 | 410 => Err(ImageError::Missing(format!("it answers {}", download.status))),
            _ => Err(ImageError::Refused(format!("it answers {}", download.status))),
        }
    }
}

/// Why a file did not come whole.
enum Broken {
    /// It broke off, and may have been given thereby.
    Off(String),
    /// The host fails, and has not given it.
    Before(String),
    /// It cannot be had at all.
    For(Failure),
}

/// The settings by which a file is had.
fn variable(source: &Source) -> String {
    match source {
        Source::Account(_) => format!("{BASE_URL}, {LOGIN} and {PASSWORD}"),
        Source::Address(_) | Source::File(_) => FEED.to_owned(),
    }
}

fn hint(source: &Source) -> String {
    match source {
        Source::Account(_) => {
            format!(
                "check {LOGIN} and {PASSWORD}, and in the shop's panel whether the account still has a feed"
            )
        }
        Source::Address(_) | Source::File(_) => {
            format!("check {FEED}: is the address whole, and was its token made anew?")
        }
    }
}

/// Whether it is an address that can be asked.
pub(crate) fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

fn no_answer(who: &str, variable: &str, error: &transport::Error) -> Failure {
    match error.kind() {
        ErrorKind::TryLater(_) => {
            Failure::Passing(PlatformError::TryLater { what: format!("{who}: {error}") })
        }
        ErrorKind::Redirected { to, .. } => Failure::Missing {
            what: format!("{who} sends us to {to} instead of answering"),
            hint: format!("set {variable} to the address at which it answers by itself"),
        },
        ErrorKind::Unreachable(why) => Failure::Missing {
            what: format!("{who} cannot be reached: {why}"),
            hint: format!("check {variable} and the connection to the network"),
        },
        _ => Failure::failed(format!("{who} gives no answer: {error}")),
    }
}
