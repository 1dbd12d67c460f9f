//! A panic as the end of a run instead of a raw message.

use std::sync::{Arc, Mutex, PoisonError};

use connector::RunError;
use tokio::task::JoinError;

/// Where the program itself was found wrong.
pub(crate) type Fault = Arc<Mutex<Option<String>>>;

/// Keeps the place of a panic instead of printing it raw; the run tells it at its end.
pub(crate) fn catch_panics() -> Fault {
    let fault = Fault::default();
    let kept = Arc::clone(&fault);
    std::panic::set_hook(Box::new(move |panic| {
        // What a panic says may hold anything, a secret too. Where it happened is enough to find it.
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    fault
}

/// Why a task has no result.
pub(crate) fn broken(error: &JoinError, fault: &Fault) -> RunError {
    if !error.is_panic() {
        return RunError::Stopped;
    }
    let place = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    RunError::Failed {
        what: format!("the program came upon a fault of its own{place}"),
        hint: Some("report this line to who maintains the program".to_owned()),
    }
}
