//! How a call to the Gateway can fail.

use serde_json::Value;
use transport::{Answer, Outcome, StatusCode};

/// A call that failed: which one, what the service said, and whether it may have been done all the same.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the Gateway did not {call}: {kind}")]
pub struct Error {
    call: &'static str,
    kind: ErrorKind,
    outcome: Outcome,
}

/// Why a call failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The token is not accepted (401, 403).
    #[error("it does not accept our token ({status}): {message}")]
    Unauthorized {
        /// The status.
        status: StatusCode,
        /// The service's message.
        message: String,
    },
    /// It is not there (404).
    #[error("it is not there (404): {message}")]
    Missing {
        /// The service's message.
        message: String,
    },
    /// The service refuses what was sent (another 4xx).
    #[error("it refuses ({status}): {message}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// The service's message.
        message: String,
    },
    /// The service failed (5xx), as often as it was asked.
    #[error("it failed ({status}): {message}")]
    Failed {
        /// The status.
        status: StatusCode,
        /// The service's message.
        message: String,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] transport::Error),
    /// An answer came that does not say what it should.
    #[error("its answer is not understood: {0}")]
    Malformed(String),
    /// A list was answered with fewer items than were sent, and this one may be among the missing.
    #[error("it answered {answered} of {sent} items and does not say which")]
    Unanswered {
        /// Items in the answer.
        answered: usize,
        /// Items sent.
        sent: usize,
    },
    /// A listing cannot be read to its end.
    #[error("the listing cannot be read to its end: {0}")]
    Listing(String),
    /// The storage that takes uploads gives no answer.
    #[error("the storage for pictures: {0}")]
    StorageTransport(transport::Error),
    /// The storage that takes uploads refuses the picture.
    #[error("the storage for pictures refuses it ({status}): {message}")]
    Storage {
        /// The status.
        status: StatusCode,
        /// The storage's message.
        message: String,
    },
}

impl Error {
    pub(crate) fn new(call: &'static str, kind: ErrorKind, outcome: Outcome) -> Self {
        Self { call, kind, outcome }
    }

    pub(crate) fn malformed(call: &'static str, what: impl Into<String>) -> Self {
        // The service said yes, so something was done; what, it did not say.
        Self::new(call, ErrorKind::Malformed(what.into()), Outcome::Unknown)
    }

    pub(crate) fn transport(call: &'static str, error: transport::Error) -> Self {
        let outcome = error.outcome();
        Self::new(call, ErrorKind::Transport(error), outcome)
    }

    /// The same failure of a call that only reads, and so leaves nothing behind however it ends.
    pub(crate) fn of_a_read(self) -> Self {
        Self { outcome: Outcome::NotDone, ..self }
    }

    /// What an answer that is no success means.
    pub(crate) fn of(call: &'static str, answer: &Answer) -> Self {
        let status = answer.status();
        let message = service_message(answer);
        let (kind, outcome) = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                (ErrorKind::Unauthorized { status, message }, Outcome::NotDone)
            }
            StatusCode::NOT_FOUND => (ErrorKind::Missing { message }, Outcome::NotDone),
            // The service gave up while it waited for us; how far it had come, it does not say.
            StatusCode::REQUEST_TIMEOUT => (ErrorKind::Failed { status, message }, Outcome::Unknown),
            status if status.is_server_error() => (ErrorKind::Failed { status, message }, Outcome::Unknown),
            status if status.is_client_error() => (ErrorKind::Refused { status, message }, Outcome::NotDone),
            // Neither yes nor no: a redirect to nowhere is also said after the deed.
            status => (ErrorKind::Malformed(format!("{status}: {message}")), Outcome::Unknown),
        };
        Self::new(call, kind, outcome)
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Whether the call may have taken effect all the same. One that may have is not repeated blindly, unless done
    /// twice is the same as done once.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether the service judged what was sent and refuses it: trying again is of no use, and other goods are not
    /// concerned.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, ErrorKind::Refused { .. })
    }

    /// What the user can do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            ErrorKind::Unauthorized { .. } => Some(
                "check the token signing key and the shop guid: both must be of the same shop at the marketplace",
            ),
            ErrorKind::Transport(error) => match error.kind() {
                transport::ErrorKind::Unreachable(_) => {
                    Some("check the Gateway's base URL and the connection to the network")
                }
                transport::ErrorKind::Redirected { .. } => Some("use the address it points to as base URL"),
                transport::ErrorKind::TryLater(_) => Some("start again later; what is done stays done"),
                _ => None,
            },
            ErrorKind::Failed { .. } => Some("start again later; what is done stays done"),
            _ => None,
        }
    }
}

/// The `message` of the service's JSON error, else the start of whatever it sent; one line, and not a long one.
fn service_message(answer: &Answer) -> String {
    let message = answer.json::<Value>().ok().and_then(|body| match body.get("message") {
        Some(Value::String(message)) => Some(answer.quote_text(message)),
        _ => None,
    });
    match message.unwrap_or_else(|| answer.quote()) {
        message if message.trim().is_empty() => "no message".to_owned(),
        message => message,
    }
}
