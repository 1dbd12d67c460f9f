//! What it means that the database did not answer, or not with rows.

use connector::PlatformError;
use tiberius::error::{Error, IoErrorKind, TokenError};

use crate::settings::{SQL, SQL_PASSWORD, SQL_USER};

/// The gravest class of errors that a statement itself is the reason for: it names what is not there, or what may not be read. Their
/// numbers differ between servers, their classes do not.
const GRAVEST_OF_STATEMENT: u8 = 16;

/// The class of deadlocks: another one's statement went first, and the same one goes well the next time.
const DEADLOCK: u8 = 13;

/// The class of what may not be read.
const NOT_PERMITTED: u8 = 14;

/// Errors that pass by themselves although their class says otherwise: the statement waited for a lock, the snapshot moved on, the
/// database or the server is coming up.
const PASSING: [u32; 9] = [1222, 3960, 921, 922, 927, 983, 17142, 18401, 40613];

/// What is said where the server lets somebody in and does not open the database.
const NO_SUCH_DATABASE: [u32; 2] = [4060, 4064];

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// A setting is wrong; asking again does not help.
    Settings { what: String, hint: String },
    /// Nobody listens there, just now at least.
    Unreachable(String),
    /// It took longer than anybody waits: the server is busy, or somebody holds what was asked for.
    TooSlow(String),
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
                    _ if PASSING.contains(&token.code()) => Self::Server(what),
                    class if class <= GRAVEST_OF_STATEMENT => {
                        Self::Denied { what, is_forbidden: class == NOT_PERMITTED }
                    }
                    _ => Self::Server(what),
                }
            }
            Error::Io { kind: IoErrorKind::TimedOut, .. } => Self::too_slow(),
            other => Self::Broken { what: told(other), settings: None },
        }
    }

    /// That an answer took too long.
    pub(super) fn too_slow() -> Self {
        Self::TooSlow(
            "the database server does not answer: it is busy, or somebody works on what was asked for"
                .to_owned(),
        )
    }

    /// What a login is refused by. The server does not say which of the two is wrong.
    pub(super) fn refused_login(server: &str, database: &str, refusal: &TokenError) -> Self {
        let said = said(refusal);
        if PASSING.contains(&refusal.code()) {
            return Self::Server(format!("the database server {server} lets nobody in just now: {said}"));
        }
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

    /// What happened, for people.
    pub(crate) fn what(&self) -> &str {
        match self {
            Self::Settings { what, .. } | Self::Broken { what, .. } | Self::Denied { what, .. } => what,
            Self::Unreachable(what) | Self::TooSlow(what) | Self::Server(what) => what,
        }
    }

    /// Whether the same may go well when it is asked again.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TooSlow(_) | Self::Broken { .. } | Self::Server(_))
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
            Self::TooSlow(what) => PlatformError::TryLater { what },
            Self::Unreachable(what) | Self::Server(what) | Self::Denied { what, .. } => {
                PlatformError::Failed { what }
            }
            Self::Broken { what, settings: None } => {
                PlatformError::Failed { what: format!("the database server broke off: {what}") }
            }
        }
    }
}

/// What the library says, without its words around it and those for who writes programs.
pub(super) fn told(error: &Error) -> String {
    /// What its advice begins with.
    const ADVICE: [&str; 4] =
        ["To connect anyway", "Adjust the bound", "the connection is now out of", "Config::"];
    let words = match error {
        Error::Io { message, .. } | Error::Tls(message) => message.clone(),
        Error::Protocol(message) | Error::Encoding(message) | Error::Conversion(message) => {
            message.to_string()
        }
        other => other.to_string(),
    };
    let cut = ADVICE.into_iter().filter_map(|advice| words.find(advice)).min().unwrap_or(words.len());
    let words = words.get(..cut).unwrap_or(&words).split_whitespace().collect::<Vec<_>>().join(" ");
    words.trim_end_matches(['.', ',', ':', ';']).to_owned()
}

/// The server's own words, which name tables and logins and no secret.
fn said(token: &TokenError) -> String {
    let words: String = token.message().chars().filter(|letter| !letter.is_control()).take(300).collect();
    format!("{} (error {})", words.trim().trim_end_matches('.'), token.code())
}
