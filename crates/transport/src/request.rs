//! A call, as its caller describes it.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use crate::body::{Body, Form};
use crate::redact::{SafeUrl, Secrets};

/// Whether a call may be repeated when nobody knows if it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// It only reads.
    Safe,
    /// Done twice is the same as done once.
    Idempotent,
    /// Done twice is wrong. Repeated only when it is certain that the host has not done it.
    Once,
}

/// What to do when the host sends the request elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Follow on the same host, up to five times, when the method stays the same. The default.
    SameHost,
    /// Never: every redirect is an error. For hosts where a redirect means a wrong address.
    Never,
}

/// A request that is ready to be sent any number of times.
///
/// Its [`Safety`] comes from the method (GET and HEAD are safe, PUT and DELETE idempotent, POST and PATCH are done
/// once) and can be set where the service means something else.
#[derive(Clone)]
#[must_use = "a request does nothing until a `Transport` sends it"]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Body,
    pub(crate) safety: Safety,
    pub(crate) redirects: Redirects,
    pub(crate) largest_answer: u64,
    pub(crate) secrets: Secrets,
    pub(crate) is_address_hidden: bool,
    pub(crate) is_final: fn(&[u8]) -> bool,
    pub(crate) most_tries: usize,
    pub(crate) patience: u32,
    /// Why the request cannot be sent, told when it is tried.
    pub(crate) broken: Option<String>,
}

impl Request {
    /// Enough for any page of a list; downloads of files are not held in memory.
    const LARGEST_ANSWER: u64 = 64 * 1024 * 1024;

    /// A request of `method` for `url`. A user and a password in the address are taken out of it, and authorise.
    pub fn new(method: Method, mut url: Url) -> Self {
        let safety = match method {
            Method::GET | Method::HEAD | Method::OPTIONS => Safety::Safe,
            Method::PUT | Method::DELETE => Safety::Idempotent,
            _ => Safety::Once,
        };
        let user_info = take_user_info(&mut url);
        let request = Self {
            method,
            secrets: Secrets::of(&url),
            url,
            headers: http::HeaderMap::new(),
            body: Body::Empty,
            safety,
            redirects: Redirects::SameHost,
            largest_answer: Self::LARGEST_ANSWER,
            is_address_hidden: false,
            is_final: |_| false,
            most_tries: usize::MAX,
            patience: 1,
            broken: None,
        };
        match user_info {
            Some((user, password)) => request.basic(&user, &password),
            None => request,
        }
    }

    /// GET `url`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// POST to `url`.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// PUT to `url`.
    pub fn put(url: Url) -> Self {
        Self::new(Method::PUT, url)
    }

    /// DELETE `url`.
    pub fn delete(url: Url) -> Self {
        Self::new(Method::DELETE, url)
    }

    /// Says whether the call may be repeated, where its method does not tell.
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }

    /// Says what to do with redirects.
    pub fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = redirects;
        self
    }

    /// The most bytes of an answer that are held in memory (64 MiB unless told).
    pub fn largest_answer(mut self, bytes: u64) -> Self {
        self.largest_answer = bytes;
        self
    }

    /// Says by its body when an answer of 5xx is the service's own word, which asking again does not change: some services
    /// answer so to what they refuse, or even to what they have done.
    pub fn final_if(mut self, is_final: fn(&[u8]) -> bool) -> Self {
        self.is_final = is_final;
        self
    }

    /// Waits so many times as long as usual for an answer to begin, where the service itself waits for something slow.
    pub fn patience(mut self, times: u32) -> Self {
        self.patience = times;
        self
    }

    /// Fewer tries than usual, for a call that is expected to fail.
    pub fn tries(mut self, most: usize) -> Self {
        self.most_tries = most;
        self
    }

    /// Authorises with `Authorization: Bearer`.
    pub fn bearer(mut self, token: &SecretString) -> Self {
        self.secrets.add(token.expose_secret());
        let value = format!("Bearer {}", token.expose_secret());
        self.sensitive(http::header::AUTHORIZATION, &value)
    }

    /// Authorises with a user and a password, either of which may be a secret (some platforms take their key as the
    /// user's name).
    pub fn basic(mut self, user: &SecretString, password: &SecretString) -> Self {
        self.secrets.add(user.expose_secret());
        self.secrets.add(password.expose_secret());
        let pair = format!("{}:{}", user.expose_secret(), password.expose_secret());
        let encoded = base64(pair.as_bytes());
        self.secrets.add(&encoded);
        self.sensitive(http::header::AUTHORIZATION, &format!("Basic {encoded}"))
    }

    /// Authorises with a header of the host's own, such as `X-API-KEY`. Like every header it never goes to another host.
    pub fn secret_header(mut self, name: HeaderName, secret: &SecretString) -> Self {
        self.secrets.add(secret.expose_secret());
        self.sensitive(name, secret.expose_secret())
    }

    /// A secret that travels in the body: it is taken out of whatever of the host's words is shown.
    pub fn hides(mut self, secret: &SecretString) -> Self {
        self.secrets.add(secret.expose_secret());
        self
    }

    /// Of the address only the host is shown: who knows an address of this kind gets what is there.
    pub fn hide_address(mut self) -> Self {
        self.is_address_hidden = true;
        self.secrets.add_address(&self.url);
        self
    }

    /// What is taken out of the words of the host at this address, to which the request may have been sent on.
    pub(crate) fn secrets_at(&self, url: &Url) -> Secrets {
        let mut secrets = self.secrets.clone();
        if self.is_address_hidden {
            secrets.add_address(url);
        }
        secrets
    }

    /// What may be shown of an address to which the request goes.
    pub(crate) fn shown(&self, url: &Url) -> SafeUrl {
        if self.is_address_hidden { SafeUrl::host_of(url) } else { SafeUrl::new(url) }
    }

    /// A header that carries no secret.
    pub fn header(self, name: HeaderName, value: &str) -> Self {
        self.set(name, value, false)
    }

    fn sensitive(self, name: HeaderName, value: &str) -> Self {
        self.set(name, value, true)
    }

    fn set(mut self, name: HeaderName, value: &str, is_sensitive: bool) -> Self {
        match HeaderValue::from_str(value) {
            Ok(mut value) => {
                value.set_sensitive(is_sensitive);
                self.headers.insert(name, value);
            }
            Err(_) => {
                self.broken = Some(format!("the header {name} would hold characters that none may hold"));
            }
        }
        self
    }

    /// Sends `value` as JSON.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body = Body::Bytes { media_type: "application/json", bytes: bytes.into() },
            Err(error) => self.broken = Some(format!("it cannot be written as JSON: {error}")),
        }
        self
    }

    /// Sends `bytes` as they are.
    pub fn bytes(mut self, media_type: &'static str, bytes: Bytes) -> Self {
        self.body = Body::Bytes { media_type, bytes };
        self
    }

    /// Sends a multipart form.
    pub fn form(mut self, form: Form) -> Self {
        self.body = Body::Form(form);
        self
    }
}

fn take_user_info(url: &mut Url) -> Option<(SecretString, SecretString)> {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (user, password) = (decoded(url.username()), decoded(url.password().unwrap_or_default()));
    if user.is_empty() && password.is_empty() {
        return None;
    }
    // Only an address without a host refuses this, and such a one has no user.
    url.set_password(None).and_then(|()| url.set_username("")).ok()?;
    Some((user.into(), password.into()))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
