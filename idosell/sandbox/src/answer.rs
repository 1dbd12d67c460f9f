//! Answers.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;

use crate::download::Download;

/// An answer on its way.
pub(crate) type Answer = Response<BoxBody<Bytes, Infallible>>;

const XML: &str = "application/xml";

/// What stands instead of a file that is not to be had, whatever the reason.
const NOT_YET: &str = "<!DOCTYPE html>\n<html lang=\"pl\"><head><meta charset=\"utf-8\"><title>Jeszcze nie</title></head>\
    <body><h1>Jeszcze nie</h1><p>Ten plik nie jest teraz gotowy. Zajrzyj po niego później.</p></body></html>\n";

fn answer(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    boxed(status, media_type, Full::new(body.into()).boxed())
}

fn boxed(status: StatusCode, media_type: &'static str, body: BoxBody<Bytes, Infallible>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

fn page(status: StatusCode, html: &'static str) -> Answer {
    answer(status, "text/html; charset=utf-8", html)
}

/// That a file is not to be had, which the shop does not tell by a status.
pub(crate) fn not_yet() -> Answer {
    page(StatusCode::OK, NOT_YET)
}

/// That there is nothing at this address.
pub(crate) fn nothing() -> Answer {
    page(StatusCode::NOT_FOUND, "<h1>404</h1><p>Tu nic nie ma.</p>")
}

/// That nothing here is asked in this way.
pub(crate) fn not_so() -> Answer {
    let mut answer = page(StatusCode::METHOD_NOT_ALLOWED, "<h1>405</h1><p>Tu działa tylko GET.</p>");
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    answer
}

pub(crate) fn json(value: &Value) -> Answer {
    answer(StatusCode::OK, "application/json", value.to_string())
}

pub(crate) fn xml(text: String) -> Answer {
    answer(StatusCode::OK, XML, text)
}

pub(crate) fn picture(png: Vec<u8>) -> Answer {
    answer(StatusCode::OK, "image/png", png)
}

/// A file to be stored under a name of its own.
pub(crate) fn file(download: Download) -> Answer {
    let name = format!("attachment; filename=\"{}.xml\"", download.kind.name());
    let mut answer = boxed(StatusCode::OK, XML, download.boxed());
    if let Ok(name) = HeaderValue::from_str(&name) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    answer
}
