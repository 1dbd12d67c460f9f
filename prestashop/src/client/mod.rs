//! Calls to the webservice: authentication, paging, errors.

use connector::PlatformError;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use transport::{Answer, ErrorKind, Redirects, Request, StatusCode, Transport};
use url::Url;

use crate::settings::Settings;
use crate::wire::{self, NoRows, Rights};

mod write;

pub(crate) use write::WriteFailure;

/// The webservice of one shop.
#[derive(Clone)]
pub(crate) struct Client {
    transport: Transport,
    base_url: Url,
    key: SecretString,
    shop: Option<u32>,
}

/// Where keys are made and rights are given.
const WHERE: &str = "in the shop's back office under Advanced Parameters > Webservice";

/// As many tries as the transport makes.
pub(crate) const USUAL_TRIES: usize = usize::MAX;

/// Why a list could not be read.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The shop fails at what was asked, and perhaps not at a part of it.
    Here(String),
    /// There is no connection to the shop.
    Unreachable(String),
    /// The shop has too much to do, or is in maintenance.
    Busy(String),
    /// The whole shop is concerned.
    Shop(PlatformError),
}

impl From<PlatformError> for Failure {
    fn from(error: PlatformError) -> Self {
        Self::Shop(error)
    }
}

impl Failure {
    /// As a failure of the run, where there is no part to ask for.
    pub(crate) fn of_run(self) -> PlatformError {
        match self {
            Self::Here(what) | Self::Unreachable(what) => PlatformError::Failed { what },
            Self::Busy(what) => PlatformError::TryLater { what },
            Self::Shop(error) => error,
        }
    }
}

impl Client {
    pub(crate) fn new(transport: Transport, settings: &Settings) -> Self {
        Self {
            transport,
            base_url: settings.base_url.clone(),
            key: settings.api_key.clone(),
            shop: settings.shop,
        }
    }

    pub(crate) fn requests(&self) -> u64 {
        self.transport.counts(&self.base_url).requests
    }

    /// What the key may read, and the version where the shop tells it: `/api/` lists it, in XML only (in JSON 8.x answers
    /// 500 without a word).
    pub(crate) async fn rights(&self) -> Result<(Rights, Option<String>), PlatformError> {
        let answer =
            self.send(&self.request(self.url(&[""]))).await.map_err(|failure| self.at_first(failure))?;
        let rights = wire::rights(answer.body()).ok_or_else(|| self.not_a_webservice(&answer))?;
        let version = answer.headers().get("psws-version").and_then(|version| version.to_str().ok());
        Ok((rights, version.filter(|version| *version != "0").map(str::to_owned)))
    }

    /// All rows of a resource that is not large, in one answer: without a limit there is no page to lose.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        resource: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, PlatformError> {
        // Without an order the host's database chooses one, a different one each time.
        let query: Vec<(&str, &str)> = query.iter().copied().chain([("sort", "[id_ASC]")]).collect();
        let rows = self.list(resource, &query, USUAL_TRIES).await.map_err(Failure::of_run)?;
        let read = |row: Value| {
            let id = wire::row_id(&row).unwrap_or_default();
            serde_json::from_value(row).map_err(|error| PlatformError::Failed {
                what: format!("row {id} of the shop's {resource} cannot be read: {error}"),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// The next rows of a resource behind the id `last`, with their ids. An empty page is the end.
    pub(crate) async fn page(
        &self,
        resource: &str,
        last: u64,
        rows: usize,
        query: &[(&str, &str)],
        tries: usize,
    ) -> Result<Vec<(u64, Value)>, Failure> {
        let (behind, limit) = (format!(">[{last}]"), rows.to_string());
        let mut all = vec![("filter[id]", behind.as_str()), ("sort", "[id_ASC]"), ("limit", &limit)];
        all.extend_from_slice(query);
        let rows = self.list(resource, &all, tries).await?;
        let mut page: Vec<(u64, Value)> = Vec::with_capacity(rows.len());
        for row in rows {
            let previous = page.last().map_or(last, |(id, _)| *id);
            let id = wire::row_id(&row)
                .ok_or_else(|| Failure::Here(format!("a row of the shop's {resource} has no id")))?;
            if id <= previous {
                // A shop that ignores the filter would be read for ever.
                let what = format!("the shop's list of {resource} repeats: after id {previous} comes {id}");
                return Err(PlatformError::Failed { what }.into());
            }
            page.push((id, row));
        }
        Ok(page)
    }

    /// The rows of one answer.
    pub(crate) async fn list(
        &self,
        resource: &str,
        query: &[(&str, &str)],
        tries: usize,
    ) -> Result<Vec<Value>, Failure> {
        let mut url = self.url(&[resource]);
        {
            let mut pairs = url.query_pairs_mut();
            pairs.append_pair("output_format", "JSON");
            pairs.extend_pairs(query);
            if !query.iter().any(|(name, _)| *name == "display") {
                // Without it 8.x leaves out every field that is "0" or empty.
                pairs.append_pair("display", "full");
            }
        }
        let answer = self.send(&self.request(url).tries(tries)).await?;
        wire::rows(answer.body(), resource).map_err(|error| {
            Failure::Here(match error {
                NoRows::NoJson(_) => {
                    format!("{} is answered with {error}: {}", answer.url(), answer.quote())
                }
                NoRows::NotThere => format!("{} is answered without {resource}", answer.url()),
            })
        })
    }

    /// A request for a picture with the key: `location` is the product's id and the picture's.
    pub(crate) fn picture(&self, location: &str) -> Request {
        let mut parts = vec!["images", "products"];
        parts.extend(location.split('/'));
        self.request(self.url(&parts))
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    fn request(&self, url: Url) -> Request {
        self.authorised(Request::get(url))
    }

    fn authorised(&self, request: Request) -> Request {
        // A redirect is PrestaShop's answer to a host name that is not the shop's own, and leads to its home page.
        request
            .basic(&self.key, &SecretString::default())
            .redirects(Redirects::Never)
            .final_if(wire::is_own_word)
    }

    fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("api").extend(parts);
        }
        if let Some(shop) = self.shop {
            url.query_pairs_mut().append_pair("id_shop", &shop.to_string());
        }
        url
    }

    /// Sends a request; an answer is one that holds what was asked for.
    async fn send(&self, request: &Request) -> Result<Answer, Failure> {
        let answer = match self.transport.send(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.no_answer(&error)),
        };
        let errors = wire::errors(answer.body());
        let first = errors.as_ref().and_then(|errors| errors.first());
        match (answer.status(), first.and_then(|error| error.code.text())) {
            (status, _) if status.is_success() => Ok(answer),
            // Rows and errors at once: PHP had something to say, and the rows are right.
            (StatusCode::INTERNAL_SERVER_ERROR, _)
                if errors.is_none() && wire::is_own_word(answer.body()) =>
            {
                Ok(answer)
            }
            (status, code) => {
                let words = first.and_then(|error| error.message.text()).map(|words| answer.scrub(words));
                Err(self.refused(&answer, status, code, words))
            }
        }
    }

    /// A failure of the first call: who cannot be reached now has never been reached with these settings.
    fn at_first(&self, failure: Failure) -> PlatformError {
        match failure {
            Failure::Unreachable(what) => PlatformError::Settings {
                what,
                hint: "check PRESTASHOP_BASE_URL and the connection to the network".to_owned(),
            },
            other => other.of_run(),
        }
    }

    fn no_answer(&self, error: &transport::Error) -> Failure {
        let shop = &self.base_url;
        match error.kind() {
            ErrorKind::Unreachable(why) => Failure::Unreachable(format!("the shop {shop} cannot be reached: {why}")),
            ErrorKind::Redirected { to, .. } => Failure::Shop(PlatformError::Settings {
                what: format!("the shop at {shop} sends us to {to} instead of answering"),
                hint: "PrestaShop answers only under its own address: set PRESTASHOP_BASE_URL to the address that it \
                       sends us to, with the same scheme, host and folder, and check PRESTASHOP_SHOP_ID"
                    .to_owned(),
            }),
            ErrorKind::TryLater(_) => {
                Failure::Shop(PlatformError::TryLater { what: format!("the shop {shop}: {error}") })
            }
            _ => Failure::Here(format!("the shop {shop} gives no answer: {error}")),
        }
    }

    /// Not by the status alone: hosts differ in it, codes do not.
    fn refused(
        &self,
        answer: &Answer,
        status: StatusCode,
        code: Option<&str>,
        words: Option<String>,
    ) -> Failure {
        let shop = &self.base_url;
        let settings = |what: String, hint: String| Failure::Shop(PlatformError::Settings { what, hint });
        match (code, status) {
            (Some("18" | "20" | "21"), _) => settings(
                format!("the shop {shop} does not accept the API key"),
                format!("check PRESTASHOP_API_KEY, and {WHERE} that the key is enabled"),
            ),
            (Some("22"), _) => settings(
                format!("the webservice of the shop {shop} is switched off"),
                format!("switch it on {WHERE}"),
            ),
            (Some("26"), _) => settings(
                format!("the API key lacks a right at the shop {shop}: {}", words.unwrap_or_default()),
                format!("give the key the right to view (GET) it, {WHERE}"),
            ),
            (Some("25"), _) => settings(
                format!("the API key lacks a right at the shop {shop}: {}", words.unwrap_or_default()),
                format!("tick the method for the key, {WHERE}"),
            ),
            (None, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => settings(
                format!("the shop {shop} answers {status} and does not look at the API key: {}", answer.quote()),
                "the web server in front of the shop asks for a password of its own, or drops the Authorization \
                 header: ask the shop's host to pass it on to PHP"
                    .to_owned(),
            ),
            (None, StatusCode::NOT_FOUND) => Failure::Shop(self.not_a_webservice(answer)),
            (None, StatusCode::SERVICE_UNAVAILABLE) => Failure::Busy(format!(
                "the shop {shop} answers 503: it is in maintenance, or has too much to do; switch maintenance off, or let this \
                 machine's address in (Shop Parameters > General > Maintenance)"
            )),
            (code, status) => {
                let words = words.unwrap_or_else(|| answer.quote());
                let code = code.map(|code| format!(", error {code}")).unwrap_or_default();
                Failure::Here(format!("{} is answered with {status}{code}: {words}", answer.url()))
            }
        }
    }

    fn not_a_webservice(&self, answer: &Answer) -> PlatformError {
        PlatformError::Settings {
            what: format!("there is no PrestaShop webservice at {} ({})", answer.url(), answer.status()),
            hint: format!(
                "check PRESTASHOP_BASE_URL ({}): it is the address of the shop's home page, and friendly URLs must be \
                 on in the shop",
                self.base_url
            ),
        }
    }
}
