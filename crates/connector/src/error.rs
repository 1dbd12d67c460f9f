//! How a run can fail as a whole. What fails for one product is a [`Reject`](gateway_core::model::Reject).

use gateway_core::gateway;
use gateway_core::model::ShopKey;
use state::{LeaseError, StateError};

/// A failure of the shop's side.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlatformError {
    /// A setting is wrong, or the shop is not set up as it must be: the user has to do something, and trying again does
    /// not help.
    #[error("{what}")]
    Settings {
        /// What is wrong, and where.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// The shop asks for more patience than a run has.
    #[error("{what}")]
    TryLater {
        /// What was asked, and what the shop answered.
        what: String,
    },
    /// The shop fails, or answers what nobody understands.
    #[error("{what}")]
    Failed {
        /// What was asked, and what the shop answered.
        what: String,
    },
}

/// Why a run ended before its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A setting is wrong, on either side. Nothing was written.
    #[error("{what}")]
    Settings {
        /// What is wrong, and where.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// Another time.
    #[error("{what}")]
    TryLater {
        /// What was asked, and what was answered.
        what: String,
    },
    /// Something failed.
    #[error("{what}")]
    Failed {
        /// What failed, and where.
        what: String,
        /// What to do about it, where that is known.
        hint: Option<String>,
    },
    /// The user asked to stop; what was begun is finished.
    #[error("stopped on request")]
    Stopped,
}

impl RunError {
    /// A wrong setting.
    #[must_use]
    pub fn settings(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Settings { what: what.into(), hint: hint.into() }
    }

    /// The same end of a run that has written something: then it is no longer a wrong setting alone, of which the user is
    /// told that nothing was written.
    pub(crate) fn after_writes(self) -> Self {
        match self {
            Self::Settings { what, hint } => Self::Failed { what, hint: Some(hint) },
            other => other,
        }
    }

    /// A list of products that ended before its end.
    pub(crate) fn broke_off(shop: &ShopKey) -> Self {
        Self::Failed { what: format!("the list of products of {shop} broke off"), hint: None }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Settings { hint, .. } => Some(hint),
            Self::Failed { hint, .. } => hint.as_deref(),
            Self::TryLater { .. } => Some("start again later; what is done stays done"),
            Self::Stopped => None,
        }
    }
}

impl From<PlatformError> for RunError {
    fn from(error: PlatformError) -> Self {
        match error {
            PlatformError::Settings { what, hint } => Self::Settings { what, hint },
            PlatformError::TryLater { what } => Self::TryLater { what },
            PlatformError::Failed { what } => Self::Failed { what, hint: None },
        }
    }
}

impl From<gateway::Error> for RunError {
    fn from(error: gateway::Error) -> Self {
        let (what, hint) = (error.to_string(), error.hint().map(str::to_owned));
        match error.kind() {
            gateway::ErrorKind::Unauthorized { .. } => {
                Self::Settings { what, hint: hint.unwrap_or_default() }
            }
            gateway::ErrorKind::Transport(cause) | gateway::ErrorKind::StorageTransport(cause)
                if matches!(cause.kind(), transport::ErrorKind::TryLater(_)) =>
            {
                Self::TryLater { what }
            }
            _ => Self::Failed { what, hint },
        }
    }
}

impl From<StateError> for RunError {
    fn from(error: StateError) -> Self {
        Self::from(&error)
    }
}

impl From<&StateError> for RunError {
    fn from(error: &StateError) -> Self {
        let what = error.to_string();
        match error {
            StateError::LeaseLost { .. } | StateError::Busy { .. } | StateError::Opening { .. } => {
                Self::TryLater { what }
            }
            StateError::Url(_) | StateError::PlatformName(_) => {
                Self::Settings { what, hint: "correct --state or STATE_URL".to_owned() }
            }
            // What can be done about these and those below is a part of what they say.
            StateError::NotADatabase { .. }
            | StateError::Foreign { .. }
            | StateError::Newer { .. }
            | StateError::Refused { .. } => Self::Settings { what, hint: String::new() },
            _ => Self::Failed { what, hint: None },
        }
    }
}

impl From<LeaseError> for RunError {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::State(error) => error.into(),
            held @ LeaseError::Held { .. } => Self::TryLater { what: held.to_string() },
        }
    }
}
