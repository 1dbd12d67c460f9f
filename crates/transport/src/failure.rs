//! What a request that brought no answer means.

use std::error::Error as _;
use std::time::Duration;

use url::Url;

use crate::error::{Error, ErrorKind, Outcome};
use crate::host::Place;
use crate::request::{Request, Safety};

pub(crate) fn timed_out(request: &Request, url: &Url, place: &Place, after: Duration) -> Error {
    place.overloaded();
    error(request, url, Outcome::Unknown, ErrorKind::TimedOut(after))
}

pub(crate) fn may_repeat(request: &Request, error: &Error) -> bool {
    match error.kind {
        ErrorKind::Unreachable(_) => true,
        ErrorKind::Dropped(_) | ErrorKind::TimedOut(_) => request.safety != Safety::Once,
        _ => false,
    }
}

pub(crate) fn error(request: &Request, url: &Url, outcome: Outcome, kind: ErrorKind) -> Error {
    // A call that only reads leaves nothing behind, however it ends.
    let outcome = if request.safety == Safety::Safe { Outcome::NotDone } else { outcome };
    Error { method: request.method.clone(), url: request.shown(url), outcome, kind }
}

pub(crate) fn classify(request: &Request, url: &Url, failure: &reqwest::Error) -> Error {
    let why = request.secrets.scrub(&cause(failure));
    let (outcome, kind) = if let Some(content) = content_failure(failure) {
        // Whether a host acts on a body that breaks off is the host's affair.
        (Outcome::Unknown, ErrorKind::Content(content))
    } else if failure.is_builder() {
        (Outcome::NotDone, ErrorKind::Invalid(why))
    } else if failure.is_connect() {
        (Outcome::NotDone, ErrorKind::Unreachable(why))
    } else {
        (Outcome::Unknown, ErrorKind::Dropped(why))
    };
    error(request, url, outcome, kind)
}

/// Marks the failure of what was to be sent, to find it again under what the HTTP library makes of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ContentFailed(pub(crate) std::io::Error);

fn content_failure(failure: &reqwest::Error) -> Option<String> {
    causes(failure).find_map(|cause| cause.downcast_ref::<ContentFailed>()).map(ToString::to_string)
}

/// The deepest cause of a failure, which is what a person can act on ("Connection refused"). Never the failure's own
/// text, which quotes the address with all that is in it.
pub(crate) fn cause(failure: &reqwest::Error) -> String {
    causes(failure).last().map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

/// What caused a failure, from the surface down, without the failure itself.
fn causes(failure: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    let mut next = failure.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}
