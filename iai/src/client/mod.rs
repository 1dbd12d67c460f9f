//! Calls to the shop: two roads to the same goods, and what failures mean.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clock::Clock;
use connector::{ImageError, PlatformError};
use gateway_core::picture::Picture;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use transport::{
    Answer, HostLimits, Method, Outcome, Redirects, Request, Safety, StatusCode, Transport, header,
};
use url::Url;

use crate::key;
use crate::settings::{Access, Settings};
use crate::wire::{self, Params};

mod failure;

pub(crate) use failure::{Failure, WriteFailure};

/// The version of the Admin API that is spoken. Panels answer older versions than their own too.
const API: [&str; 3] = ["api", "admin", "v7"];

/// Rows in a page, of which the shop gives no more.
pub(crate) const PAGE: usize = 100;

/// As many tries as the transport makes.
pub(crate) const USUAL_TRIES: usize = usize::MAX;

/// Tries of a request that is made because a larger one has failed for good.
pub(crate) const TRIES_OF_A_PART: usize = 2;

/// What can be asked. Each has a path of the Admin API, and most a name among the older gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Search,
    Categories,
    Sizes,
    Languages,
    Stocks,
}

impl Gate {
    fn rest(self) -> (Method, [&'static str; 2], Option<&'static str>) {
        match self {
            Self::Search => (Method::POST, ["products", "products"], Some("search")),
            Self::Categories => (Method::GET, ["products", "categories"], None),
            Self::Sizes => (Method::GET, ["sizes", "sizes"], None),
            Self::Languages => (Method::GET, ["shops", "languages"], None),
            Self::Stocks => (Method::PUT, ["products", "stocks"], None),
        }
    }

    /// Among the older gates; `None` where none is known.
    fn older(self) -> Option<&'static str> {
        match self {
            Self::Search => Some("products/get"),
            Self::Categories => Some("productscategories/get"),
            Self::Stocks => Some("productsstocks/set"),
            Self::Sizes | Self::Languages => None,
        }
    }
}

/// One shop, and the hosts on which its pictures lie.
pub(crate) struct Client {
    transport: Transport,
    base_url: Url,
    access: Access,
    limits: HostLimits,
    /// An address of each host that was asked, to count its requests.
    hosts: Mutex<BTreeMap<String, Url>>,
}

impl Client {
    pub(crate) fn new(transport: Transport, settings: &Settings, limits: HostLimits) -> Self {
        transport.limit(&settings.base_url, limits);
        let client = Self {
            transport,
            base_url: settings.base_url.clone(),
            access: settings.access.clone(),
            limits,
            hosts: Mutex::default(),
        };
        client.note_host(&settings.base_url);
        client
    }

    pub(crate) fn requests(&self) -> u64 {
        self.hosts().values().map(|url| self.transport.counts(url).requests).sum()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.transport.clock()
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Whether the sizes and languages of the whole shop can be asked for.
    pub(crate) fn tells_lists(&self) -> bool {
        matches!(self.access, Access::Key(_))
    }

    /// Products that a search finds; none is no failure.
    pub(crate) async fn search(&self, params: &Value, tries: usize) -> Result<wire::Found, Failure> {
        Ok(self.read(Gate::Search, params, &[], tries).await?.unwrap_or_default())
    }

    /// A page of the categories; none behind the last.
    pub(crate) async fn categories(&self, page: usize) -> Result<Option<wire::Categories>, PlatformError> {
        let (page, limit) = (page.to_string(), PAGE.to_string());
        let params = json!({ "results_page": page, "results_limit": limit });
        let query = [("results_page", page.as_str()), ("results_limit", &limit)];
        self.read(Gate::Categories, &params, &query, USUAL_TRIES).await.map_err(Failure::of_run)
    }

    /// All sizes of the panel.
    pub(crate) async fn sizes(&self) -> Result<Option<wire::Sizes>, Failure> {
        self.read(Gate::Sizes, &Value::Null, &[], USUAL_TRIES).await
    }

    /// The languages of its shops.
    pub(crate) async fn languages(&self) -> Result<Option<wire::Languages>, Failure> {
        self.read(Gate::Languages, &Value::Null, &[], USUAL_TRIES).await
    }

    /// Asks for changes of stock. It is sent once, because the shop would do them again: who gets no answer must look at what the levels
    /// are. Only what the shop has certainly not done (no connection, 429, a login that it refuses) is sent again.
    pub(crate) async fn change(&self, changes: &wire::Changes) -> Result<wire::Changed, WriteFailure> {
        let mut refused = None;
        for key in self.keys() {
            let request = self
                .request(Gate::Stocks, changes, &[], key.as_ref())
                .map_err(|failure| WriteFailure::NotDone(failure.of_run()))?;
            let answer = match self.transport.send(&request.safety(Safety::Once).tries(1)).await {
                Ok(answer) => answer,
                Err(error) => {
                    let why = self.no_answer(&error).of_run();
                    return Err(match error.outcome() {
                        Outcome::NotDone => WriteFailure::NotDone(why),
                        Outcome::Unknown => WriteFailure::Unknown(why),
                    });
                }
            };
            match self.changed(&answer) {
                Err(WriteFailure::Login(why)) => refused = Some(why),
                changed => return changed,
            }
        }
        Err(WriteFailure::NotDone(refused.unwrap_or_else(|| self.without_key())))
    }

    /// A picture by its address, which anybody can have without a key.
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

    /// What a gate answers; `None` when it finds nothing.
    async fn read<T: DeserializeOwned>(
        &self,
        gate: Gate,
        params: &Value,
        query: &[(&str, &str)],
        tries: usize,
    ) -> Result<Option<T>, Failure> {
        let mut refused = None;
        for key in self.keys() {
            let request = self.request(gate, params, query, key.as_ref())?;
            let request = request.safety(Safety::Safe).tries(tries);
            let answer = self.transport.send(&request).await.map_err(|error| self.no_answer(&error))?;
            match self.content(&answer) {
                Err(Failure::Login(why)) => refused = Some(why),
                content => return content,
            }
        }
        Err(Failure::Login(refused.unwrap_or_else(|| self.without_key())))
    }

    /// What an answer holds.
    fn content<T: DeserializeOwned>(&self, answer: &Answer) -> Result<Option<T>, Failure> {
        if !answer.status().is_success() {
            return Err(self.refused(answer));
        }
        let not_understood = |error: &dyn std::fmt::Display| {
            Failure::Here(format!(
                "{} answers what nobody understands: {error}: {}",
                answer.url(),
                answer.quote()
            ))
        };
        let content: Value = answer.json().map_err(|error| not_understood(&error))?;
        match wire::fault(&content) {
            None => T::deserialize(content).map(Some).map_err(|error| not_understood(&error)),
            Some(fault) if fault.code.text() == Some(wire::EMPTY) => Ok(None),
            Some(fault) => Err(self.fault(answer, &fault)),
        }
    }

    /// By which keys the shop is asked, one after the other until one is accepted: that of the day, and near midnight the other one too.
    fn keys(&self) -> Vec<Option<SecretString>> {
        match &self.access {
            Access::Key(_) => vec![None],
            Access::Gates { password, .. } => {
                let days = key::days(self.clock().now());
                days.into_iter().map(|day| Some(key::of_day(day, password))).collect()
            }
        }
    }

    fn request<T: Serialize>(
        &self,
        gate: Gate,
        params: &T,
        query: &[(&str, &str)],
        day_key: Option<&SecretString>,
    ) -> Result<Request, Failure> {
        let mut url = self.base_url.clone();
        let request = match (&self.access, day_key) {
            (Access::Gates { login, password, version }, Some(day_key)) => {
                let name = gate.older().ok_or_else(|| {
                    Failure::Here(format!("the older gates of {} do not tell it", self.base_url))
                })?;
                if let Ok(mut path) = url.path_segments_mut() {
                    path.pop_if_empty().extend(["api", ""]);
                }
                url.set_query(Some(&format!("gate={name}/{version}/json")));
                let body = json!({
                    "authenticate": { "userLogin": login, "authenticateKey": day_key.expose_secret() },
                    "params": params,
                });
                Request::post(url).json(&body).hides(day_key).hides(password)
            }
            (Access::Key(secret), _) => {
                let (method, path, more) = gate.rest();
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.pop_if_empty().extend(API).extend(path).extend(more);
                }
                if !query.is_empty() {
                    url.query_pairs_mut().extend_pairs(query);
                }
                let is_asked_by_address = method == Method::GET;
                let request = Request::new(method, url)
                    .secret_header(header::HeaderName::from_static("x-api-key"), secret)
                    .header(header::ACCEPT, "application/json");
                if is_asked_by_address { request } else { request.json(&Params { params }) }
            }
            (Access::Gates { .. }, None) => return Err(Failure::Login(self.without_key())),
        };
        // A redirect leads to another host's front page, or to https: to where the user's address is to lead.
        Ok(request.redirects(Redirects::Never))
    }

    fn hosts(&self) -> MutexGuard<'_, BTreeMap<String, Url>> {
        // Nothing panics while it holds this lock.
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said of one host holds for each.
    fn note_host(&self, url: &Url) {
        let host =
            format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0));
        self.hosts().entry(host).or_insert_with(|| {
            self.transport.limit_new(url, self.limits);
            url.clone()
        });
    }
}

/// Whether a status says that a question was not of the form that the shop takes.
fn is_of_form(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE
    )
}
