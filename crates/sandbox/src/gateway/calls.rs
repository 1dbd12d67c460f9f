//! The log of requests.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, header};

use super::Fault;

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, with the query when it had one.
    pub path: String,
    /// The status it was answered with; `None` when it was not answered (yet).
    pub status: Option<u16>,
    /// The fault it suffered; [`Fault::Pass`] for none.
    pub fault: Fault,
    /// Whether what it asks for was done: the service's own answer, whether or not it was sent, was a success.
    pub done: bool,
    /// Its whole body.
    pub body: Bytes,
    /// Its `Content-Length` header.
    pub content_length: Option<u64>,
    /// Whether it bore an `Authorization` header, of whatever kind.
    pub authorization: bool,
}

impl Call {
    pub(super) fn new(parts: &Parts, body: Bytes, fault: Fault) -> Self {
        let length = parts.headers.get(header::CONTENT_LENGTH);
        Self {
            method: parts.method.clone(),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            status: None,
            fault,
            done: false,
            body,
            content_length: length.and_then(|value| value.to_str().ok()?.parse().ok()),
            authorization: parts.headers.contains_key(header::AUTHORIZATION),
        }
    }
}
