//! The client itself: where it sends, how it authorises, and how an answer becomes a result.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use transport::{Answer, HostLimits, Method, Request, Safety, Transport};
use url::Url;

use super::{Error, Terms};
use crate::token::{self, ShopGuid, SigningFailed, SigningKey};

/// The service's address, unless the user names another.
pub const DEFAULT_BASE_URL: &str = "https://sma.dev.gwapi.eu";

/// What the client must be told.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// The service's address; see [`GatewaySettings::base_url`].
    pub base_url: Url,
    /// The shop.
    pub shop: ShopGuid,
    /// The key that signs its token.
    pub key: SigningKey,
    /// The most calls in flight; fewer while the service is overloaded.
    pub concurrency: usize,
}

/// Why a text is no base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Gateway's base URL {0}")]
pub struct InvalidBaseUrl(&'static str);

impl GatewaySettings {
    /// The usual number of calls in flight.
    pub const CONCURRENCY: usize = 16;

    /// Reads the service's address: absolute, with http or https, a path if need be, and nothing else.
    ///
    /// # Errors
    /// When it is not so; the error does not repeat the text, which may hold a password.
    pub fn base_url(text: &str) -> Result<Url, InvalidBaseUrl> {
        let text = text.trim();
        if !text.contains("://") {
            return Err(InvalidBaseUrl("has no scheme: it begins with https://"));
        }
        let url = Url::parse(text).map_err(|_| InvalidBaseUrl("is not an address: https://host is one"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidBaseUrl("is not an address of the web: https://host is one"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl("holds a user or a password; the token is all that is needed"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl("goes on after a ? or a #; it ends before"));
        }
        Ok(url)
    }
}

/// The client of one shop at the Gateway. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    transport: Transport,
    base_url: Url,
    shop: ShopGuid,
    token: SecretString,
    searches_of_all: Arc<AtomicUsize>,
    searches_find: Arc<AtomicBool>,
}

impl Gateway {
    /// A client that sends by `transport`, whose limits for the service's host it sets.
    ///
    /// # Errors
    /// When the token cannot be signed.
    pub fn new(transport: Transport, settings: &GatewaySettings) -> Result<Self, SigningFailed> {
        let token = token::sign(settings.shop, &settings.key)?;
        let limits = HostLimits { in_flight: settings.concurrency, adaptive: true, rate: None };
        transport.limit(&settings.base_url, limits);
        Ok(Self {
            transport,
            base_url: settings.base_url.clone(),
            shop: settings.shop,
            token,
            searches_of_all: Arc::default(),
            searches_find: Arc::default(),
        })
    }

    /// What the marketplace takes.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms
    }

    /// The shop.
    #[must_use]
    pub fn shop(&self) -> ShopGuid {
        self.shop
    }

    /// The service's address.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// How many requests the service was sent so far, repetitions counted.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.transport.counts(&self.base_url).requests
    }

    /// An address of the service: the base URL and these parts of a path. A last part that is empty makes the slash at
    /// the end on which some of the service's paths insist.
    pub(super) fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        // Only a URL that cannot be a base has no path, and such a one is refused by `GatewaySettings::base_url`.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// Takes down that a search for single products has found one.
    pub(super) fn search_has_found(&self) {
        self.searches_find.store(true, Ordering::Relaxed);
    }

    /// Whether a search for single products has found any: then it finds all that are there.
    pub(super) fn searches_find(&self) -> bool {
        self.searches_find.load(Ordering::Relaxed)
    }

    /// Counts one more reading of the whole listing for the sake of single products, and tells how many that makes.
    pub(super) fn count_search_of_all(&self) -> usize {
        self.searches_of_all.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.transport
    }

    /// Asks for something, and reads the answer as JSON.
    pub(super) async fn read(&self, name: &'static str, url: Url) -> Result<Value, Error> {
        let answer = self.call(name, Method::GET, url).await.map_err(Error::of_a_read)?;
        json(name, &answer).map_err(Error::of_a_read)
    }

    /// Sends a call without a body.
    pub(super) async fn call(&self, name: &'static str, method: Method, url: Url) -> Result<Answer, Error> {
        self.send(name, &Request::new(method, url)).await
    }

    /// Sends a call with a JSON body.
    pub(super) async fn call_with<T: Serialize + ?Sized>(
        &self,
        name: &'static str,
        method: Method,
        url: Url,
        safety: Safety,
        body: &T,
    ) -> Result<Answer, Error> {
        self.send(name, &Request::new(method, url).safety(safety).json(body)).await
    }

    async fn send(&self, name: &'static str, request: &Request) -> Result<Answer, Error> {
        let request = request.clone().bearer(&self.token);
        let answer = self.transport.send(&request).await.map_err(|error| Error::transport(name, error))?;
        if answer.status().is_success() { Ok(answer) } else { Err(Error::of(name, &answer)) }
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gateway({}, shop {})", self.base_url, self.shop)
    }
}

/// An answer's body as JSON.
pub(super) fn json(call: &'static str, answer: &Answer) -> Result<Value, Error> {
    answer.json().map_err(|error| Error::malformed(call, format!("it is not JSON ({error})")))
}
