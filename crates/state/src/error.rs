//! What can be wrong with a state, in words for who runs a program.

use std::error::Error;
use std::io;

use sea_orm::{DbErr, RuntimeErr, SqlxError};
use sqlx::postgres::PgDatabaseError;

use crate::{LeaseKind, StateUrlError};

/// Why the state could not be opened, read or written. Whatever was begun is undone: a transaction is done as a whole or not
/// at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The address cannot be used.
    #[error(transparent)]
    Url(#[from] StateUrlError),
    /// A platform whose name is too long for a schema of PostgreSQL.
    #[error(
        "the platform name {0} is too long for PostgreSQL, which allows 57 characters: keep the state in a file"
    )]
    PlatformName(String),
    /// A folder or a file that cannot be made, opened or written.
    #[error("the state {place} cannot be opened, because {what}: {source}. {advice}")]
    Open {
        /// The state.
        place: String,
        /// Which step failed, as a part of a sentence.
        what: String,
        /// What to do.
        advice: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// Another program has been opening the same state for a minute.
    #[error(
        "the state {place} is being opened by another program for more than a minute: end that one if it does not come to its end"
    )]
    Opening {
        /// The state.
        place: String,
    },
    /// The file is no database.
    #[error(
        "{place} is no SQLite database, and was left as it is: name another file for the state, or move this one away"
    )]
    NotADatabase {
        /// The file.
        place: String,
    },
    /// The database is one of another program.
    #[error("{place} is a database of something else, and was left as it is: name another one for the state")]
    Foreign {
        /// The state.
        place: String,
    },
    /// The database is damaged.
    #[error(
        "the state {place} is damaged: put back a copy of it, or move it away; without it the next run finds out from the \
         marketplace what is linked, and writes nothing anew"
    )]
    Damaged {
        /// The state.
        place: String,
    },
    /// The database cannot be written.
    #[error(
        "the state {place} cannot be written: make the file and its folder writable for this user, or name another place"
    )]
    ReadOnly {
        /// The state.
        place: String,
    },
    /// There is no room left.
    #[error(
        "the state {place} cannot be written, because there is no room left on its disk: make room and start again"
    )]
    Full {
        /// The state.
        place: String,
    },
    /// A newer version of this program wrote what this one cannot read.
    #[error(
        "the state {place} was written by a newer version of this program (schema {schema}, readable from schema \
         {oldest_reader} on; this program knows {known}), and was left as it is: use the newer version"
    )]
    Newer {
        /// The state.
        place: String,
        /// The schema's version there.
        schema: i64,
        /// The oldest version of a program's schema that can read it.
        oldest_reader: i64,
        /// The version that this program knows.
        known: i64,
    },
    /// Other programs kept the database busy for too long.
    #[error("the state {place} {why}")]
    Busy {
        /// The state.
        place: String,
        /// What is known of it, as the rest of a sentence.
        why: &'static str,
    },
    /// The database server cannot be reached, or drops the connection.
    #[error(
        "the state {place} cannot be reached: {}. See whether the server runs and the address is right, and start again",
        said(source)
    )]
    Unreachable {
        /// The state.
        place: String,
        /// What the connection said.
        source: DbErr,
    },
    /// The database server does not let us in, or does not allow what a state needs.
    #[error(
        "the state {place} was refused: {}. The user needs to log in, the database to exist, and the user may either \
         create a schema in it or owns the schema {schema}",
        said(source)
    )]
    Refused {
        /// The state.
        place: String,
        /// The schema in which it is kept.
        schema: String,
        /// What the server said.
        source: DbErr,
    },
    /// The database did not do what it was asked, for a reason that has no name here.
    #[error("the state {place} could not be used: {}. What was begun is undone; start again", said(source))]
    Database {
        /// The state.
        place: String,
        /// What the database said.
        source: DbErr,
    },
    /// A value in the database is none that this program writes.
    #[error(
        "the state {place} holds {what} that cannot be read: put back a copy of it, or move it away; without it the next run finds \
         out from the marketplace what is linked"
    )]
    Unreadable {
        /// The state.
        place: String,
        /// Which value, as a part of a sentence.
        what: String,
    },
    /// A key that cannot be stored: it holds a NUL, or is too long.
    #[error("{what} cannot be remembered, because it {why}")]
    Unstorable {
        /// What it is.
        what: &'static str,
        /// What is the matter with it, as a part of a sentence.
        why: &'static str,
    },
    /// The run does not hold the lease any more, and must stop: another run may be at work.
    #[error("this run has lost its hold on the shop's {kind} and stops: another run may have taken over")]
    LeaseLost {
        /// Which lease.
        kind: LeaseKind,
    },
}

const BUSY: &str = "is kept busy by another program";
const SILENT: &str = "did not answer in time; another program may keep it busy, or its disk may be full";

/// What a database said, without who asked it, and where in its own code it said so.
fn said(source: &DbErr) -> String {
    let whole = match sqlx_error(source) {
        Some(SqlxError::Database(error)) => match error.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => error.message().to_owned(),
            None => error.to_string(),
        },
        Some(error) => error.to_string(),
        None => source.to_string(),
    };
    ["role \"", "user \""].into_iter().fold(whole, without_user)
}

/// Whom a server names by `who` and a name in quotes is the user who is told so.
fn without_user(mut text: String, who: &str) -> String {
    while let Some((before, rest)) = text.split_once(who)
        && let Some((_, after)) = rest.split_once('"')
    {
        text = format!("{before}this user{after}");
    }
    text
}

/// Where a fault happened, to say it in its error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The state, as it may be shown.
    pub(crate) shown: String,
    /// The schema in PostgreSQL; empty on SQLite.
    pub(crate) schema: String,
}

impl Place {
    /// What a database's error means for who runs the program.
    pub(crate) fn error(&self, source: DbErr) -> StateError {
        let place = self.shown.clone();
        let Some(cause) = sqlx_error(&source) else {
            return match source {
                DbErr::ConnectionAcquire(_) if self.schema.is_empty() => {
                    StateError::Busy { place, why: SILENT }
                }
                DbErr::ConnectionAcquire(_) => StateError::Unreachable { place, source },
                source => StateError::Database { place, source },
            };
        };
        let sqlite = |code: &str| code.parse::<u32>().map(|code| code & 0xff).ok();
        match cause {
            SqlxError::Database(error) => {
                let code = error.code().unwrap_or_default();
                if self.schema.is_empty() {
                    return match sqlite(&code) {
                        Some(5 | 6) => StateError::Busy { place, why: BUSY },
                        Some(8 | 14) => StateError::ReadOnly { place },
                        Some(11) => StateError::Damaged { place },
                        Some(13) => StateError::Full { place },
                        Some(26) => StateError::NotADatabase { place },
                        _ => StateError::Database { place, source },
                    };
                }
                match code.as_ref() {
                    "53100" => StateError::Full { place },
                    "25006" => StateError::ReadOnly { place },
                    "XX001" | "XX002" => StateError::Damaged { place },
                    "53300" | "55P03" | "57014" | "40001" | "40P01" => StateError::Busy { place, why: BUSY },
                    code if code.starts_with("08") || code.starts_with("57P") => {
                        StateError::Unreachable { place, source }
                    }
                    code if code.starts_with("28") || matches!(code, "3D000" | "3F000" | "42501") => {
                        StateError::Refused { place, schema: self.schema.clone(), source }
                    }
                    _ => StateError::Database { place, source },
                }
            }
            SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::Protocol(_) | SqlxError::PoolClosed => {
                StateError::Unreachable { place, source }
            }
            SqlxError::PoolTimedOut if self.schema.is_empty() => StateError::Busy { place, why: SILENT },
            // The pool goes on trying to connect for as long as it is let.
            SqlxError::PoolTimedOut => StateError::Unreachable { place, source },
            _ => StateError::Database { place, source },
        }
    }

    /// A value of the database that cannot be read.
    pub(crate) fn unreadable(&self, what: impl Into<String>) -> StateError {
        StateError::Unreadable { place: self.shown.clone(), what: what.into() }
    }
}

/// The driver's error inside of one of `sea_orm`, which may stand several levels down.
fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error.as_ref()),
        other => {
            let mut cause = other.source();
            while let Some(error) = cause {
                if let Some(found) = error.downcast_ref::<SqlxError>() {
                    return Some(found);
                }
                cause = error.source();
            }
            None
        }
    }
}
