//! Calls to the shop: logging in, pictures, and what failures mean. Files are had in `download`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use clock::Clock;
use connector::{ImageError, Notes, PlatformError};
use gateway_core::picture::Picture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use transport::{ErrorKind, HostLimits, Request, StatusCode, Transport};
use url::Url;

use crate::key;
use crate::settings::{API_PATH, Account, BASE_URL, LOGIN, PASSWORD};
use crate::wire::{self, LOGIN_FAILED, Login};

/// How a marketplace asks for its feed (version 5 of the gate, as recorded).
const GATE: &str = "gate=Products/getProductsFeed/5/json";

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

/// One shop, and whatever hosts its files lie on.
pub(crate) struct Client {
    pub(crate) transport: Transport,
    limits: HostLimits,
    pub(crate) notes: Notes,
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
    pub(crate) fn note_host(&self, url: &Url) {
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

/// Whether it is an address that can be asked.
pub(crate) fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
}

pub(crate) fn no_answer(who: &str, variable: &str, error: &transport::Error) -> Failure {
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
