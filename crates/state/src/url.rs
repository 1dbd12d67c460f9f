//! Where the state is kept, as users write it.

use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;
use url::Url;

/// Where the state is kept. What is shown of it holds neither user nor password.
#[derive(Clone)]
pub struct StateUrl(Kind);

#[derive(Clone)]
enum Kind {
    Sqlite(PathBuf),
    Postgres { whole: SecretString, shown: String },
}

/// What a state is opened by.
pub(crate) enum Target<'a> {
    File(&'a Path),
    Server(Box<PgConnectOptions>),
}

/// Why a text does not say where the state is kept. None repeats what may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateUrlError {
    /// Nothing was written.
    #[error(
        "the state's address is empty: write sqlite:///srv/state.db (a file) or postgres://host/database"
    )]
    Empty,
    /// A path, or something else without a scheme; how it would be written as a file.
    #[error(
        "the state's address lacks its beginning: for a file write {0}, for PostgreSQL postgres://host/database"
    )]
    NoScheme(String),
    /// A path that begins with `~`.
    #[error(
        "the state's address begins with ~, which only a shell makes a folder of: write the whole path, such as sqlite:///srv/state.db"
    )]
    Home,
    /// A scheme that is neither of the two.
    #[error(
        "the state cannot be kept in {0}: write sqlite:///srv/state.db (a file) or postgres://host/database"
    )]
    Scheme(String),
    /// `sqlite://` without a path.
    #[error("the state's address names no file: write sqlite:///srv/state.db")]
    NoFile,
    /// A path at which something else than a file is.
    #[error("the state cannot be kept in {0}, which is no file: name another place")]
    NotAFile(String),
    /// A database in memory, which would be forgotten at the end of a run.
    #[error(
        "a state in memory is forgotten at the end of each run: name a file, such as sqlite:///srv/state.db"
    )]
    InMemory,
    /// A parameter behind `?` that is not `mode=rwc`.
    #[error("the state's address ends with ?{0}, which is not taken: leave it out")]
    Parameter(String),
    /// A `postgres://` address that cannot be read.
    #[error(
        "the PostgreSQL address of the state cannot be read: write postgres://user:password@host:5432/database, with %40 for @, \
         %2F for / and %3A for : inside of user and password"
    )]
    Postgres,
}

impl StateUrl {
    /// Reads an address: `sqlite:///absolute/path.db` or `sqlite://relative.db`, each also with `?mode=rwc`, which changes
    /// nothing, or `postgres://user:password@host:port/database?sslmode=…`. In a path `%` is followed by two digits, as in any
    /// address.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(text: &str) -> Result<Self, StateUrlError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(StateUrlError::Empty);
        }
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return sqlite(rest.strip_prefix("//").unwrap_or(rest));
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => postgres(text),
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Err(StateUrlError::Scheme(format!("{scheme}://")))
            }
            _ if text.contains('@') => Err(StateUrlError::NoScheme("sqlite:///srv/state.db".to_owned())),
            _ if text.starts_with('~') => Err(StateUrlError::Home),
            _ => Err(StateUrlError::NoScheme(as_file(text))),
        }
    }

    /// A file of SQLite.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        Self(Kind::Sqlite(path.to_owned()))
    }

    /// The file, when the state is one. Beside it is a good place for what belongs to it.
    #[must_use]
    pub fn as_file(&self) -> Option<&Path> {
        match &self.0 {
            Kind::Sqlite(path) => Some(path),
            Kind::Postgres { .. } => None,
        }
    }

    pub(crate) fn target(&self) -> Result<Target<'_>, StateUrlError> {
        match &self.0 {
            Kind::Sqlite(path) => Ok(Target::File(path)),
            Kind::Postgres { whole, .. } => {
                let options = whole.expose_secret().parse().map_err(|_| StateUrlError::Postgres)?;
                Ok(Target::Server(Box::new(options)))
            }
        }
    }
}

/// How a path is written as an address that means the same file wherever it is read.
fn as_file(path: &str) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let path = path.display().to_string().replace('%', "%25").replace('?', "%3F");
    format!("sqlite://{path}")
}

fn sqlite(rest: &str) -> Result<StateUrl, StateUrlError> {
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    if path.contains(":memory:") || parameters.contains("mode=memory") {
        return Err(StateUrlError::InMemory);
    }
    if !matches!(parameters, "" | "mode=rwc" | "mode=rw") {
        return Err(StateUrlError::Parameter(parameters.to_owned()));
    }
    let path = percent_decode_str(path).decode_utf8().map_err(|_| StateUrlError::NoFile)?;
    if path.starts_with('~') {
        return Err(StateUrlError::Home);
    }
    if path.is_empty() || path.ends_with('/') || path.contains('\0') {
        return Err(StateUrlError::NoFile);
    }
    Ok(StateUrl(Kind::Sqlite(PathBuf::from(path.as_ref()))))
}

fn postgres(text: &str) -> Result<StateUrl, StateUrlError> {
    let parsed = Url::parse(text).map_err(|_| StateUrlError::Postgres)?;
    let options: PgConnectOptions = text.parse().map_err(|_| StateUrlError::Postgres)?;
    let place = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let database = options.get_database().unwrap_or(options.get_username());
    let shown = format!("{}://{place}/{database}", parsed.scheme());
    Ok(StateUrl(Kind::Postgres { whole: SecretString::from(text), shown }))
}

impl fmt::Display for StateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Sqlite(path) => write!(f, "{}", path.display()),
            Kind::Postgres { shown, .. } => f.write_str(shown),
        }
    }
}

impl fmt::Debug for StateUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateUrl({self})")
    }
}
