//! How a request can fail, and what is known of its effect then.

use std::time::Duration;

use crate::SafeUrl;

/// Whether a failed call may have taken effect at the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The host has not done it: it was never sent, or it was refused.
    NotDone,
    /// Nobody knows: it was sent, and no answer that can be trusted came back. A call that creates something is not
    /// repeated then, but looked up.
    Unknown,
}

/// A request that brought no answer. An answer with an error status is no `Error` but an [`Answer`](crate::Answer):
/// its meaning is the service's to tell.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{method} {url}: {kind}")]
pub struct Error {
    pub(crate) method: http::Method,
    pub(crate) url: SafeUrl,
    pub(crate) outcome: Outcome,
    pub(crate) kind: ErrorKind,
}

/// What went wrong.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No connection: the name does not resolve, nothing listens, TLS failed. Nothing was sent.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The connection broke after the request may have reached the host.
    #[error("the connection broke before the answer was complete: {0}")]
    Dropped(String),
    /// Nothing came within the time-out.
    #[error("no answer within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    /// The host asks for more patience than a run has.
    #[error("the host asks to wait {} s; try again later", .0.as_secs())]
    TryLater(Duration),
    /// The host sends the request elsewhere, and following is not allowed there.
    #[error("the host answers {status} and points to {to}, which is not followed")]
    Redirected {
        /// The redirect's status.
        status: http::StatusCode,
        /// Where it points.
        to: SafeUrl,
    },
    /// The answer is larger than the caller is ready to hold.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The content to send could not be read.
    #[error("what was to be sent could not be read: {0}")]
    Content(String),
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent: {0}")]
    Invalid(String),
}

impl Error {
    /// Whether the call may have taken effect.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The address, as it may be shown.
    #[must_use]
    pub fn url(&self) -> &SafeUrl {
        &self.url
    }
}
