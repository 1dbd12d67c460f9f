//! What a host answers.

use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::redact::Secrets;
use crate::{Error, SafeUrl};

/// A whole answer, whatever its status.
#[derive(Clone)]
pub struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) url: SafeUrl,
    pub(crate) secrets: Secrets,
}

impl Answer {
    /// The most of a body that is quoted in a message.
    const QUOTED: usize = 300;

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body, decompressed.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Where it came from, as it may be shown.
    #[must_use]
    pub fn url(&self) -> &SafeUrl {
        &self.url
    }

    /// The body read as JSON.
    ///
    /// # Errors
    /// When the body is not JSON or not of this shape; the message says where, and quotes no content.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, NotTheJson> {
        serde_json::from_slice(&self.body).map_err(|error| NotTheJson {
            what: match error.classify() {
                serde_json::error::Category::Data => "not of the shape expected",
                serde_json::error::Category::Eof => "cut off",
                _ => "no JSON",
            },
            line: error.line(),
            column: error.column(),
        })
    }

    /// `text` from this answer without the secrets of its request, for a message: some services quote the request in
    /// their errors.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        self.secrets.scrub(text)
    }

    /// The start of the body as one line of text without the request's secrets, for a message about an answer that
    /// nobody expected.
    #[must_use]
    pub fn quote(&self) -> String {
        self.quote_text(&String::from_utf8_lossy(&self.body))
    }

    /// The start of a text from this answer, as [`Answer::quote`] gives it.
    #[must_use]
    pub fn quote_text(&self, text: &str) -> String {
        let text = self.scrub(text);
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let mut quote: String = words.collect::<Vec<_>>().join(" ").chars().take(Self::QUOTED + 1).collect();
        if quote.chars().count() > Self::QUOTED {
            quote.pop();
            quote.push('…');
        }
        quote
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({} from {}, {} bytes)", self.status, self.url, self.body.len())
    }
}

/// A body that is not the JSON expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is {what}, at line {line}, column {column}")]
pub struct NotTheJson {
    what: &'static str,
    line: usize,
    column: usize,
}

/// An answer whose body is still to come, for files that are not held in memory. Its place among the host's requests
/// in flight is taken until it is dropped.
pub struct Download {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed. A failure in the middle is not repeated: the caller has used a part of it already.
    pub stream: BoxStream<'static, Result<Bytes, Error>>,
}
