//! A state in a file.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::Clock;
use gateway_core::model::Platform;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, SqlxSqliteConnector, Statement};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::connection::{Backend, Connection};
use crate::error::Place;
use crate::migration;
use crate::{StateError, StateUrlError};

/// How many connections read at once, beside the one that writes.
const CONNECTIONS: u32 = 4;

/// How long a write waits for another program's.
const BUSY: Duration = Duration::from_secs(30);

/// How long an opening waits for another program's, and how often it looks.
const OPENING: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(50);

pub(crate) async fn open(path: &Path, platform: &Platform, clock: &Clock) -> Result<Connection, StateError> {
    let place = Place { shown: path.display().to_string(), schema: String::new() };
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return Err(StateUrlError::NotAFile(place.shown).into());
    }
    make(path, &place)?;
    let opening = lock_opening(path, &place, clock).await?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_lazy_with(options);
    let database = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    let connection =
        Connection::new(database, Backend::Sqlite(path.to_owned()), place, platform.clone(), clock.clone());
    let migrated = migrate(&connection).await;
    drop(opening);
    if let Err(error) = migrated {
        if let Err(error) = connection.database.close_by_ref().await {
            tracing::debug!(%error, "a state that could not be used could not be closed either");
        }
        return Err(error);
    }
    Ok(connection)
}

async fn migrate(connection: &Connection) -> Result<(), StateError> {
    let write = connection.write().await?;
    let names = tables(&write.transaction).await.map_err(|source| connection.error(source))?;
    migration::migrate(&write.transaction, &connection.place, &names).await?;
    write.commit().await
}

async fn tables(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// Makes folders and file, for their owner alone, and sees whether the file can be written.
fn make(path: &Path, place: &Place) -> Result<(), StateError> {
    let failed = |what: &str, source: io::Error| StateError::Open {
        place: place.shown.clone(),
        what: what.to_owned(),
        advice: advice(&source),
        source,
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let made = builder.create(folder);
        made.map_err(|source| failed("its folder cannot be made", source))?;
    }
    let file = own(path).map_err(|source| failed("its file cannot be written", source))?;
    match is_cut_off(path, file) {
        Ok(true) => Err(StateError::Damaged { place: place.shown.clone() }),
        Ok(false) => Ok(()),
        Err(source) => Err(failed("its file cannot be read", source)),
    }
}

/// Whether the last page is not all there. SQLite sees when whole pages are missing, and takes zeros for a part of one. What a
/// log stands beside is not judged: it may hold the page.
fn is_cut_off(path: &Path, mut file: File) -> io::Result<bool> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        return Ok(false);
    }
    let mut beginning = [0; 18];
    match file.read_exact(&mut beginning) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
        other => other?,
    }
    let [magic @ .., high, low] = beginning;
    let page = match u64::from(u16::from_be_bytes([high, low])) {
        1 => 65_536,
        size => size,
    };
    let length = file.metadata()?.len();
    Ok(&magic == b"SQLite format 3\0" && length.checked_rem(page).is_none_or(|rest| rest != 0))
}

/// Opens a file for reading and writing, and makes it for its owner alone when it is not there.
fn own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "Make it writable for this user, or name another place"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Make room on its disk and start again",
        ErrorKind::IsADirectory => "Name a file in that folder",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "A part of its path is a file: name another place"
        }
        _ => "Name another place, or see what is the matter with this one",
    }
}

/// The file beside the state whose lock means `what`. It is never removed: who removes a lock's file lets two hold it.
pub(crate) fn lock_path(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{what}.lock"));
    PathBuf::from(name)
}

/// Takes the lock that means `what` if nobody has it. The kernel frees it when the file is dropped, or the process ends however
/// it ends.
pub(crate) fn try_lock(path: &Path, what: &str, place: &Place) -> Result<Option<File>, StateError> {
    lock_by(path, what, place, File::try_lock)
}

/// Whether somebody has the lock that means `what`. Several who look do not see each other.
pub(crate) fn is_locked(path: &Path, what: &str, place: &Place) -> Result<bool, StateError> {
    if !lock_path(path, what).exists() {
        return Ok(false);
    }
    Ok(lock_by(path, what, place, File::try_lock_shared)?.is_none())
}

fn lock_by(
    path: &Path,
    what: &str,
    place: &Place,
    lock: fn(&File) -> Result<(), TryLockError>,
) -> Result<Option<File>, StateError> {
    let failed = |source: io::Error| StateError::Open {
        place: place.shown.clone(),
        what: format!("its lock {} cannot be taken", lock_path(path, what).display()),
        advice: advice(&source),
        source,
    };
    let file = own(&lock_path(path, what)).map_err(failed)?;
    match lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// One program at a time opens a state: it may have to make the schema.
async fn lock_opening(path: &Path, place: &Place, clock: &Clock) -> Result<File, StateError> {
    let end = clock.moment() + OPENING;
    loop {
        if let Some(file) = try_lock(path, "opening", place)? {
            return Ok(file);
        }
        if clock.moment() >= end {
            return Err(StateError::Opening { place: place.shown.clone() });
        }
        clock.sleep(LOOK).await;
    }
}
