//! Calls to the shop: logging in, and having files.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use connector::{ImageError, Notes, PlatformError};
use futures::StreamExt as _;
use gateway_core::picture::Picture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use transport::{ErrorKind, HostLimits, Request, SafeUrl, StatusCode, Transport};
use url::Url;

use crate::key;
use crate::settings::{API_PATH, Account, BASE_URL, FEED, LOGIN, PASSWORD};
use crate::wire::{self, LOGIN_FAILED, Login};

/// How a marketplace asks for its feed (version 5 of the gate, as recorded).
const GATE: &str = "gate=Products/getProductsFeed/5/json";

/// The longest that a file may take to come. A host that sends a byte now and then is not listened to without end.
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// How often it is said how much of a file has come, in bytes.
const SAY_EVERY: u64 = 64 << 20;

/// Why a file was not had.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is none to give now.
    NotYet(String),
    /// The user has to do something.
    Settings { what: String, hint: String },
    /// Nothing is there that could answer: the user has to do something, unless there is a file that is kept.
    Unreachable { what: String, hint: String },
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
            Self::Settings { what, hint } | Self::Unreachable { what, hint } => {
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

    fn hosts(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Url>> {
        // Nothing panics while it holds this lock.
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said of one host holds for each: an account's shop, the host of its files, that of its pictures may be three.
    fn note_host(&self, url: &Url) {
        let host =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        self.hosts().entry(host).or_insert_with(|| {
            self.transport.limit(url, self.limits);
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
        let nothing_there = |what: String| Failure::Settings {
            what,
            hint: format!(
                "check {BASE_URL}: it is the address at which shoppers find the shop; and in the shop's panel that the feed for \
                 this marketplace is switched on"
            ),
        };
        match answer.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Ok(Err(format!("it answers {}", answer.status())));
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                return Err(nothing_there(format!(
                    "there is no feed for marketplaces at {} ({})",
                    answer.url(),
                    answer.status()
                )));
            }
            status if !status.is_success() => {
                return Err(Failure::failed(format!("the shop {shop} answers {status}: {}", answer.quote())));
            }
            _ => {}
        }
        match wire::login(answer.body()) {
            Some(Login::Feed(told)) => {
                let url = account.base_url.join(&told).ok().filter(is_of_the_web);
                let url = url.ok_or_else(|| {
                    Failure::failed(format!("the shop {shop} tells an address of its feed that is none"))
                })?;
                Ok(Ok(url))
            }
            Some(Login::NoFeed) => Err(Failure::NotYet(format!(
                "the shop {shop} has not made a file for this marketplace yet: look in its panel when the next one is made"
            ))),
            Some(Login::Fault { code, words }) if code == LOGIN_FAILED => {
                Ok(Err(format!("fault {code}, {}", answer.quote_text(&words))))
            }
            Some(Login::Fault { code, words }) => Err(Failure::failed(format!(
                "the shop {shop} refuses to tell where its feed is: fault {code}, {}",
                answer.quote_text(&words)
            ))),
            None => Err(nothing_there(format!(
                "{} answers something else than a feed for marketplaces: {}",
                answer.url(),
                answer.quote()
            ))),
        }
    }

    /// Has a file, from its beginning again when it breaks off. A file is given once: therefore nothing is asked of it before.
    pub(crate) async fn fetch(
        &self,
        url: &Url,
        role: Role,
        sink: &mut (dyn Sink + Send),
    ) -> Result<(), Failure> {
        /// How long is waited before each further try.
        const AGAIN: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(10)];
        let (what, mut waits) = (role.name(), AGAIN.into_iter());
        loop {
            match self.fetch_once(url, role, sink).await {
                Err(Broken::Off(why)) => match waits.next() {
                    Some(wait) => {
                        self.notes.say(&format!("{what} broke off ({why}); having it again"));
                        self.transport.clock().sleep(wait).await;
                        sink.restart()?;
                    }
                    None => {
                        return Err(Failure::failed(format!("{what} breaks off each time it is had: {why}")));
                    }
                },
                Err(Broken::For(failure)) => return Err(failure),
                Ok(()) => return Ok(()),
            }
        }
    }

    async fn fetch_once(&self, url: &Url, role: Role, sink: &mut (dyn Sink + Send)) -> Result<(), Broken> {
        let what = role.name();
        self.note_host(url);
        let request = Request::get(url.clone()).hide_address();
        let shown = SafeUrl::host_of(url);
        let download = self.transport.download(&request).await;
        let download =
            download.map_err(|error| Broken::For(no_answer(&format!("{what} at {shown}"), FEED, &error)))?;
        let status = download.status;
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                return Err(Broken::For(Failure::Settings {
                    what: format!("the host of {what} does not let us have it ({status} from {shown})"),
                    hint: format!(
                        "check {FEED}, or {LOGIN} and {PASSWORD}: was the feed's address, or its token, made anew?"
                    ),
                }));
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                let what = format!("there is nothing at the address of {what} ({status} from {shown})");
                return Err(Broken::For(match role {
                    Role::Feed => {
                        Failure::Settings { what, hint: format!("copy the address for {FEED} again, whole") }
                    }
                    Role::Offer => Failure::NotYet(format!(
                        "{what}: the shop gives a file once, and has not made the next one yet"
                    )),
                }));
            }
            status if !status.is_success() => {
                return Err(Broken::For(Failure::failed(format!(
                    "the host of {what} answers {status} ({shown})"
                ))));
            }
            _ => {}
        }
        let clock = self.transport.clock();
        let began = clock.moment();
        let mut stream = download.stream;
        let (mut had, mut said) = (0_u64, 0_u64);
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| Broken::Off(error.kind().to_string()))?;
            sink.take(&bytes).map_err(Broken::For)?;
            had += bytes.len() as u64;
            if had - said >= SAY_EVERY {
                said = had;
                self.notes.say(&format!("{what}: {} MiB so far", had >> 20));
            }
            if clock.moment().since(began) > LONGEST {
                return Err(Broken::Off(format!(
                    "it has not come whole within {} h",
                    LONGEST.as_secs() / 3600
                )));
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
    /// It broke off in the middle.
    Off(String),
    /// It cannot be had at all.
    For(Failure),
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
        ErrorKind::Redirected { to, .. } => Failure::Settings {
            what: format!("{who} sends us to {to} instead of answering"),
            hint: format!("set {variable} to the address at which it answers by itself"),
        },
        ErrorKind::Unreachable(why) => Failure::Unreachable {
            what: format!("{who} cannot be reached: {why}"),
            hint: format!("check {variable} and the connection to the network"),
        },
        _ => Failure::failed(format!("{who} gives no answer: {error}")),
    }
}
