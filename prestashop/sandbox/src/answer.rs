//! Answers, and the headers that each kind of them bears.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use crate::render::{Format, render_errors};

/// An answer, before it is sent.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Bytes,
}

/// What an error answer says: code and message.
#[derive(Clone, Debug)]
pub(crate) struct Fault(pub(crate) u32, pub(crate) String);

/// Beyond this size PHP's output buffer is full and the answer comes in chunks.
pub(crate) const LARGEST_WHOLE: usize = 8192;

/// The challenge of an answer to a call without a valid key.
const CHALLENGE: &str = "Basic realm=\"Welcome to PrestaShop Webservice, please enter the authentication key as the login. No password required.\"";

/// The session cookie that some answers bear; it means nothing.
const COOKIE: &str = "PrestaShop-00000000000000000000000000000000=def50200; expires=Sat, 12 Dec 2026 00:00:00 GMT; \
                      Max-Age=1728000; path=/; HttpOnly; SameSite=Lax";

const PHP: &str = "PHP/8.2.36";

const ACCESS_TIME: HeaderName = HeaderName::from_static("access-time");
const POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
const VERSION: HeaderName = HeaderName::from_static("psws-version");
const EXECUTION_TIME: HeaderName = HeaderName::from_static("execution-time");
const SHA1: HeaderName = HeaderName::from_static("content-sha1");

impl Answer {
    fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Of the webservice, to a caller that it knows; `seconds` is the time now.
    fn of_webservice(self, version: &str, seconds: i64) -> Self {
        let execution = if version == "0" { "0" } else { "0.004" };
        self.with(POWERED_BY, "PrestaShop Webservice")
            .with(ACCESS_TIME, seconds.to_string())
            .with(VERSION, version)
            .with(EXECUTION_TIME, execution)
    }

    /// What was asked for.
    pub(crate) fn ok(body: impl Into<Bytes>, content_type: &str, version: &str, seconds: i64) -> Self {
        let answer = Self::new(StatusCode::OK, body).of_webservice(version, seconds);
        let sha1 = sha1(&answer.body);
        let answer = answer.with(SHA1, sha1);
        if content_type.is_empty() { answer } else { answer.with(header::CONTENT_TYPE, content_type) }
    }

    /// A refusal with what is wrong.
    pub(crate) fn errors(
        status: StatusCode,
        errors: &[Fault],
        format: Format,
        version: &str,
        seconds: i64,
    ) -> Self {
        let answer = Self::new(status, render_errors(errors, format))
            .of_webservice(version, seconds)
            .with(header::CONTENT_TYPE, format.content_type());
        // Apache closes after these, of all refusals.
        let closes = matches!(status.as_u16(), 400 | 500 | 503);
        if closes { answer.with(header::CONNECTION, "close") } else { answer }
    }

    /// With the challenge that refusals of a wrong key bear.
    pub(crate) fn challenging(self) -> Self {
        self.with(header::WWW_AUTHENTICATE, CHALLENGE)
    }

    /// No key at all.
    pub(crate) fn no_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "401 Unauthorized")
            .with(POWERED_BY, PHP)
            .challenging()
            .with(header::SET_COOKIE, COOKIE)
            .with(header::CONTENT_TYPE, "text/html; charset=utf-8")
    }

    /// 404 with an empty body, as for an id that is of nothing.
    pub(crate) fn nothing(version: &str, seconds: i64) -> Self {
        Self::new(StatusCode::NOT_FOUND, Bytes::new())
            .of_webservice(version, seconds)
            .with(header::SET_COOKIE, COOKIE)
    }

    /// 500 with an empty body, as after a fatal error of PHP.
    pub(crate) fn fatal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Bytes::new())
            .with(POWERED_BY, PHP)
            .with(header::CONNECTION, "close")
            .with(header::CONTENT_TYPE, "text/html; charset=utf-8")
    }

    /// To the shop's home page.
    pub(crate) fn redirect(location: String) -> Self {
        Self::new(StatusCode::FOUND, Bytes::new())
            .with(POWERED_BY, PHP)
            .with(header::LOCATION, location)
            .with(header::CONNECTION, "close")
            .with(header::CONTENT_TYPE, "text/html; charset=utf-8")
    }

    /// A page of the web server in front, not of PrestaShop.
    pub(crate) fn page(status: StatusCode, html: impl Into<Bytes>) -> Self {
        Self::new(status, html).with(header::CONTENT_TYPE, "text/html; charset=utf-8")
    }

    /// 429 of the web server in front.
    pub(crate) fn too_many() -> Self {
        Self::page(StatusCode::TOO_MANY_REQUESTS, "<h1>429 Too Many Requests</h1>")
            .with(header::RETRY_AFTER, "1")
    }

    /// A file that the web server hands out by itself.
    pub(crate) fn file(body: Bytes, content_type: &str) -> Self {
        let tag = sha1(&body).chars().take(13).collect::<String>();
        Self::new(StatusCode::OK, body)
            .with(header::LAST_MODIFIED, "Thu, 01 Jan 2026 11:00:00 GMT")
            .with(header::ETAG, format!("\"{tag}\""))
            .with(header::ACCEPT_RANGES, "bytes")
            .with(header::CONTENT_TYPE, content_type)
    }

    /// With the digest of nothing, which 8.x tells of broken lists of pictures; 1.7 tells none.
    pub(crate) fn without_digest(mut self, version: &str) -> Self {
        self.headers.retain(|(name, _)| name != SHA1);
        if version.starts_with('8') { self.with(SHA1, sha1(&[])) } else { self }
    }

    /// With another status, for valid data that PHP's warnings spoilt.
    pub(crate) fn spoilt(self) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..self.with(header::CONNECTION, "close") }
    }

    /// The head that is sent.
    pub(crate) fn head<B>(&self, body: B) -> Response<B> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::SERVER, HeaderValue::from_static("Apache/2.4 (sandbox) PHP/8.2.36"));
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(name, value);
            }
        }
        response
    }
}

fn sha1(body: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, body);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
