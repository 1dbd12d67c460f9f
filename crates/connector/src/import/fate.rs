//! What the failure of a call means for the variant it was made for, and for the run.

use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};

use gateway_core::gateway::{Error, ErrorKind, Gateway};
use gateway_core::model::RejectReason;
use tokio::sync::Mutex;
use transport::{Outcome, StatusCode};

use crate::RunError;

/// After so many failures in a row it is asked whether the marketplace is there at all; that is asked with patience.
const ASK_AFTER: usize = 20;

/// So many failures in a row are no longer those of single goods, even if the marketplace answers otherwise.
const MOST_IN_A_ROW: usize = 200;

/// What a failed call of the marketplace means.
#[derive(Debug)]
pub(crate) enum Fate {
    /// What was sent is refused: others are not concerned.
    Reject(RejectReason),
    /// It was not done, as often as it was tried; others may fare better.
    Failed(RejectReason),
    /// It may have been done.
    Unknown,
    /// Nothing can be done any more.
    Run(RunError),
}

impl Fate {
    /// Of a call that was made once the marketplace had let us in.
    pub(crate) fn of(error: Error) -> Self {
        match error.kind() {
            // The listing was let in with the same token, so it is about what was sent: a guard in front of the service
            // may not like a text.
            ErrorKind::Unauthorized { status, .. } if *status == StatusCode::FORBIDDEN => {
                Self::Failed(RejectReason::Refused(error.to_string()))
            }
            ErrorKind::Unauthorized { .. } => Self::Run(error.into()),
            ErrorKind::Transport(cause) | ErrorKind::StorageTransport(cause) => match cause.kind() {
                transport::ErrorKind::Unreachable(_)
                | transport::ErrorKind::TryLater(_)
                | transport::ErrorKind::Redirected { .. } => Self::Run(error.into()),
                _ => Self::by_outcome(&error),
            },
            ErrorKind::Refused { message, .. } => Self::Reject(RejectReason::Refused(message.clone())),
            ErrorKind::Storage { status, .. } if status.is_client_error() => {
                Self::Reject(RejectReason::Refused(error.to_string()))
            }
            _ => Self::by_outcome(&error),
        }
    }

    fn by_outcome(error: &Error) -> Self {
        match error.outcome() {
            Outcome::Unknown => Self::Unknown,
            Outcome::NotDone => Self::Failed(RejectReason::NotTaken(error.to_string())),
        }
    }

    /// The same of a call that may be done twice: that nobody knows whether it was done is then nothing special.
    pub(crate) fn of_repeatable(error: Error) -> Self {
        let what = error.to_string();
        match Self::of(error) {
            Self::Unknown => Self::Failed(RejectReason::NotTaken(what)),
            other => other,
        }
    }

    /// The run's error, of a failure that does not concern one variant alone.
    pub(crate) fn of_run(self) -> RunError {
        match self {
            Self::Run(error) => error,
            Self::Reject(reason) | Self::Failed(reason) => {
                RunError::Failed { what: reason.to_string(), hint: None }
            }
            Self::Unknown => RunError::Failed { what: RejectReason::OutcomeUnknown.to_string(), hint: None },
        }
    }
}

/// Tells the failure of single goods from that of the marketplace as a whole.
pub(crate) struct Health<'a> {
    gateway: &'a Gateway,
    in_a_row: AtomicUsize,
    asking: Mutex<()>,
}

impl<'a> Health<'a> {
    pub(crate) fn new(gateway: &'a Gateway) -> Self {
        Self { gateway, in_a_row: AtomicUsize::new(0), asking: Mutex::default() }
    }

    pub(crate) fn good(&self) {
        self.in_a_row.store(0, Ordering::Relaxed);
    }

    /// Something failed. When much does, everybody waits until the marketplace has answered a question that changes
    /// nothing and that is repeated with growing waits: a short breakdown passes meanwhile.
    ///
    /// # Errors
    /// When the marketplace does not answer that either, or goes on failing all the same.
    pub(crate) async fn failed(&self, why: &(dyn Display + Sync)) -> Result<(), RunError> {
        let in_a_row = self.in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        if in_a_row <= ASK_AFTER {
            return Ok(());
        }
        if in_a_row > MOST_IN_A_ROW {
            return Err(RunError::Failed {
                what: format!("more than {MOST_IN_A_ROW} goods in a row failed, the last one so: {why}"),
                hint: Some("start again later; what is done stays done".to_owned()),
            });
        }
        let _turn = self.asking.lock().await;
        if self.in_a_row.load(Ordering::Relaxed) <= ASK_AFTER {
            return Ok(());
        }
        self.gateway.newest().await.map(drop).map_err(|error| Fate::of(error).of_run())
    }
}
