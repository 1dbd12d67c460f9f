//! Calls to the shop's service: authentication and errors.

use connector::PlatformError;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use transport::{Answer, ErrorKind, Outcome, Request, StatusCode, Transport};
use url::Url;

use crate::settings::{API_KEY, BASE_URL, Settings};
use crate::wire;

/// The service of one shop.
pub(crate) struct Client {
    transport: Transport,
    base_url: Url,
    key: SecretString,
}

/// As many tries as the transport makes.
pub(crate) const USUAL_TRIES: usize = usize::MAX;

/// Why a question was not answered.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The shop fails at what was asked, and perhaps not at a part of it.
    Here(String),
    /// There is no such service at the shop's address, or nothing at all.
    Nowhere(String),
    /// The whole shop is concerned.
    Shop(PlatformError),
}

impl Failure {
    /// As a failure of the run, where there is no part to ask for.
    pub(crate) fn of_run(self) -> PlatformError {
        match self {
            Self::Here(what) | Self::Nowhere(what) => PlatformError::Failed { what },
            Self::Shop(error) => error,
        }
    }
}

/// Why changes were not made.
pub(crate) enum Unchanged {
    /// None of them was.
    NotDone(PlatformError),
    /// Nobody knows.
    Unknown(PlatformError),
}

/// Products, with their ids, and how many the shop says there are.
pub(crate) struct Rows {
    pub(crate) rows: Vec<(u64, Value)>,
    pub(crate) total: Option<u64>,
}

impl Client {
    pub(crate) fn new(transport: Transport, settings: &Settings) -> Self {
        Self { transport, base_url: settings.base_url.clone(), key: settings.api_key.clone() }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.transport.counts(&self.base_url).requests
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// What concerns the whole shop. It is asked first: what is nowhere now has never been there with these settings.
    pub(crate) async fn shop(&self) -> Result<wire::Shop, PlatformError> {
        self.get(&["api", "shop"], &[], USUAL_TRIES).await.map_err(|failure| match failure {
            Failure::Nowhere(what) => PlatformError::Settings {
                what,
                hint: format!("check {BASE_URL} and the connection to the network"),
            },
            other => other.of_run(),
        })
    }

    pub(crate) async fn categories(&self) -> Result<Vec<wire::Category>, PlatformError> {
        let answer = self.get::<wire::Categories>(&["api", "categories"], &[], USUAL_TRIES).await;
        Ok(answer.map_err(Failure::of_run)?.categories)
    }

    /// Some products. A row whose id cannot be read spoils them all: nobody could say which product was not read.
    pub(crate) async fn products(&self, query: &[(&str, &str)], tries: usize) -> Result<Rows, Failure> {
        let answer: wire::Products = self.get(&["api", "products"], query, tries).await?;
        let with_id = |row| match wire::row_id(&row).id() {
            Some(id) => Ok((id, row)),
            None => Err(Failure::Here("a product of the shop has no id".to_owned())),
        };
        Ok(Rows {
            rows: answer.products.into_iter().map(with_id).collect::<Result<_, _>>()?,
            total: answer.total.text().and_then(|total| total.parse().ok()),
        })
    }

    /// Asks for changes of stock. It is sent once: who waits must look again at what the levels are.
    ///
    /// # Errors
    /// What it is that nobody knows, or that was not done.
    pub(crate) async fn change(&self, changes: &wire::Changes) -> Result<wire::Changed, Unchanged> {
        let request =
            Request::post(self.url(&["api", "stock"], &[])).bearer(&self.key).json(changes).tries(1);
        let answer = match self.transport.send(&request).await {
            Ok(answer) => answer,
            Err(error) => {
                let why = self.no_answer(&error).of_run();
                return Err(match error.outcome() {
                    Outcome::NotDone => Unchanged::NotDone(why),
                    Outcome::Unknown => Unchanged::Unknown(why),
                });
            }
        };
        match answer.status() {
            status if status.is_success() => answer.json().map_err(|error| {
                let what = format!("{} answers what nobody understands: {error}", answer.url());
                Unchanged::Unknown(PlatformError::Failed { what })
            }),
            status if status.is_client_error() => Err(Unchanged::NotDone(self.refused(&answer).of_run())),
            _ => Err(Unchanged::Unknown(self.refused(&answer).of_run())),
        }
    }

    /// Which of these changes of stock were done.
    pub(crate) async fn done(&self, keys: &str) -> Result<Vec<String>, PlatformError> {
        let answer = self.get::<wire::Done>(&["api", "stock"], &[("keys", keys)], USUAL_TRIES).await;
        Ok(answer.map_err(Failure::of_run)?.done)
    }

    /// A request for a picture.
    pub(crate) fn picture(&self, id: &str) -> Request {
        self.request(&["pictures", id], &[])
    }

    fn request(&self, path: &[&str], query: &[(&str, &str)]) -> Request {
        Request::get(self.url(path, query)).bearer(&self.key)
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        tries: usize,
    ) -> Result<T, Failure> {
        let request = self.request(path, query).tries(tries);
        let answer = self.transport.send(&request).await.map_err(|error| self.no_answer(&error))?;
        if !answer.status().is_success() {
            return Err(self.refused(&answer));
        }
        answer.json().map_err(|error| {
            Failure::Here(format!(
                "{} answers what nobody understands: {error}: {}",
                answer.url(),
                answer.quote()
            ))
        })
    }

    fn no_answer(&self, error: &transport::Error) -> Failure {
        let shop = &self.base_url;
        match error.kind() {
            ErrorKind::Unreachable(why) => {
                Failure::Nowhere(format!("the shop {shop} cannot be reached: {why}"))
            }
            ErrorKind::TryLater(_) => {
                Failure::Shop(PlatformError::TryLater { what: format!("the shop {shop}: {error}") })
            }
            ErrorKind::Redirected { to, .. } => Failure::Shop(PlatformError::Settings {
                what: format!("the shop {shop} sends us to {to} instead of answering"),
                hint: format!("set {BASE_URL} to the address at which the shop itself answers"),
            }),
            _ => Failure::Here(format!("the shop {shop} gives no answer: {error}")),
        }
    }

    fn refused(&self, answer: &Answer) -> Failure {
        let (shop, status) = (&self.base_url, answer.status());
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Shop(PlatformError::Settings {
                what: format!("the shop {shop} does not accept the API key ({status})"),
                hint: format!("check {API_KEY}: is it whole, of this shop, and may it read?"),
            }),
            StatusCode::NOT_FOUND => {
                Failure::Nowhere(format!("there is nothing at {} ({status})", answer.url()))
            }
            _ => Failure::Here(format!("{} answers {status}: {}", answer.url(), answer.quote())),
        }
    }
}
