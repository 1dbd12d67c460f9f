//! What it means that the database did not answer, or not with rows.

use connector::PlatformError;
use tiberius::error::{Error, TokenError};

use crate::settings::{SQL, SQL_PASSWORD, SQL_USER};

/// The gravest class of errors that a statement itself is the reason for: it names what is not there, or what may not be read. Their
/// numbers differ between servers, their classes do not.
const GRAVEST_OF_STATEMENT: u8 = 16;

/// The class of deadlocks: another one's statement went first, and the same one goes well the next time.
const DEADLOCK: u8 = 13;

/// The class of what may not be read.
const NOT_PERMITTED: u8 = 14;

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// A setting is wrong; asking again does not help.
    Settings { what: String, hint: String },
    /// Nobody listens there, just now at least.
    Unreachable(String),
    /// The connection broke, or what came cannot be read. Another one may do better.
    Broken {
        what: String,
        /// What of the settings may be the reason, where it was the login that broke.
        settings: Option<String>,
    },
    /// The server did not do it, for a reason of its own: a deadlock, a full disk, a page that it cannot read any more.
    Server(String),
    /// The server does not do it, because it does not have or must not show what is asked for.
    Denied {
        what: String,
        /// It is there, and the login may not read it.
        is_forbidden: bool,
    },
}

impl Failure {
    /// What a statement failed by.
    pub(super) fn of_statement(error: &Error) -> Self {
        match error {
            Error::Server(token) => {
                let what = said(token);
                match token.class() {
                    DEADLOCK => Self::Server(what),
                    class if class <= GRAVEST_OF_STATEMENT => {
                        Self::Denied { what, is_forbidden: class == NOT_PERMITTED }
                    }
                    _ => Self::Server(what),
                }
            }
            other => Self::Broken { what: other.to_string(), settings: None },
        }
    }

    /// What a login is refused by. The server does not say which of the two is wrong.
    pub(super) fn refused_login(server: &str, database: &str, refusal: &TokenError) -> Self {
        let said = said(refusal);
        // The states behind a refused login are for the server's log alone.
        const NO_SUCH_DATABASE: [u32; 2] = [4060, 4064];
        let (what, hint) = if NO_SUCH_DATABASE.contains(&refusal.code()) {
            (
                format!("the database server {server} does not open the database {database:?}: {said}"),
                format!(
                    "check the database's name in {SQL}, and that the login of {SQL_USER} is a user of that database"
                ),
            )
        } else {
            (
                format!("the database server {server} refuses the login: {said}"),
                format!(
                    "check {SQL_USER} and {SQL_PASSWORD}, and that the server takes logins of its own (mixed mode)"
                ),
            )
        };
        Self::Settings { what, hint }
    }

    /// Whether the same may go well when it is asked again.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Broken { .. } | Self::Server(_))
    }

    /// Whether it may be one of the goods that are asked for which the server cannot tell, and not the server.
    pub(crate) fn may_be_of_one(&self) -> bool {
        matches!(self, Self::Broken { .. } | Self::Server(_) | Self::Denied { .. })
    }

    /// As the end of a run.
    pub(crate) fn of_run(self) -> PlatformError {
        match self {
            Self::Settings { what, hint } => PlatformError::Settings { what, hint },
            Self::Broken { what, settings: Some(hint) } => PlatformError::Settings { what, hint },
            Self::Unreachable(what) | Self::Server(what) | Self::Denied { what, .. } => {
                PlatformError::Failed { what }
            }
            Self::Broken { what, settings: None } => {
                PlatformError::Failed { what: format!("the database server broke off: {what}") }
            }
        }
    }
}

/// The server's own words, which name tables and logins and no secret.
fn said(token: &TokenError) -> String {
    let words: String = token.message().chars().filter(|letter| !letter.is_control()).take(300).collect();
    format!("{} (error {})", words.trim().trim_end_matches('.'), token.code())
}
