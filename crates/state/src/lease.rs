//! The right to work at an owner's goods, which one run has at a time.
//!
//! On SQLite it is an OS lock on a file beside the database, which the kernel frees however a process ends; the row beside it says who
//! and since when. On PostgreSQL it is the row: who holds it says so every [`BEAT`], and who has not done so for [`EXPIRY`], by the
//! database's clock, has lost it.
//!
//! Each lease has a number, one higher than that of the lease before it. A transaction that depends on the lease looks whether its number
//! still stands there, so that a run which lost its lease without noticing writes nothing.

use std::fmt;
use std::fs::File;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clock::Clock;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait as _, Statement};

use crate::connection::{Backend, Connection};
use crate::entity::leases;
use crate::values::{hashed, shown, time};
use crate::{StateError, Store, sqlite};

/// How often a lease is renewed on PostgreSQL.
pub const BEAT: Duration = Duration::from_secs(10);

/// How long a lease holds on PostgreSQL without being renewed.
pub const EXPIRY: Duration = Duration::from_secs(60);

/// How long who wants a lease on SQLite waits for those who only look whether somebody has it.
const LOOK: Duration = Duration::from_millis(50);

/// How people are shown a time.
const TIME: &str = "%Y-%m-%d %H:%M:%S UTC";

/// What a lease is for. Runs of different kinds may work at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeaseKind {
    /// Products.
    Import,
    /// Stock levels.
    Stock,
}

impl LeaseKind {
    fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Stock => "stock",
        }
    }
}

impl fmt::Display for LeaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why there is no lease.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another run has it: the program is to be started again when that has ended.
    #[error("another {kind} of this shop is at work ({holder})")]
    Held {
        /// What for.
        kind: LeaseKind,
        /// Who.
        holder: Holder,
    },
    /// The state fails.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Who has a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who, as told when the lease was taken.
    pub by: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When he was last heard of, where that is all that is known of him: he may have been killed. On SQLite a lock tells that he lives.
    pub heard: Option<Heard>,
}

/// When somebody was last heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// How long ago.
    pub ago: Duration,
    /// When his lease is free, unless he is heard of again.
    pub free: DateTime<Utc>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, since {}", self.by, self.since.format(TIME))?;
        match self.heard {
            Some(heard) => write!(f, "; {heard}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ago, free) = (self.ago.as_secs(), self.free.format(TIME));
        write!(f, "last heard of {ago} s ago; if it was killed, the shop is free at {free}")
    }
}

/// The right to work at an owner's goods. Dropping it frees it on SQLite at once, on PostgreSQL when it expires: end a run with
/// [`Lease::release`].
pub struct Lease {
    store: Store,
    kind: LeaseKind,
    token: i64,
    expiry: Duration,
    /// Held open, and locked, on SQLite.
    lock: Option<File>,
}

/// The time on which leases expire, as an expression of the database's language.
fn now(connection: &Connection) -> String {
    match connection.backend {
        Backend::Sqlite(_) => connection.clock.now().timestamp_millis().to_string(),
        // That of the statement, not of the transaction, which may have waited for another.
        Backend::Postgres => "(extract(epoch FROM clock_timestamp()) * 1000)::bigint".to_owned(),
    }
}

fn backend(connection: &Connection) -> DbBackend {
    match connection.backend {
        Backend::Sqlite(_) => DbBackend::Sqlite,
        Backend::Postgres => DbBackend::Postgres,
    }
}

/// A span as the database reckons with it.
fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4)
}

impl Store {
    /// Takes the lease, if nobody has it. `holder` says who, for people: a machine and a process, say.
    ///
    /// # Errors
    /// [`LeaseError::Held`] when somebody has it.
    pub async fn lease(&self, kind: LeaseKind, holder: &str) -> Result<Lease, LeaseError> {
        self.lease_for(kind, holder, EXPIRY).await
    }

    /// As [`Store::lease`], with another time after which it is lost on PostgreSQL unless it was renewed.
    ///
    /// # Errors
    /// As [`Store::lease`].
    pub async fn lease_for(
        &self,
        kind: LeaseKind,
        holder: &str,
        expiry: Duration,
    ) -> Result<Lease, LeaseError> {
        let connection = &self.connection;
        let (lock, only_expired) = match &connection.backend {
            Backend::Sqlite(path) => {
                let name = self.lock_name(kind);
                let mut lock = sqlite::try_lock(path, &name, &connection.place)?;
                if lock.is_none() {
                    // Who only looks has it for a moment.
                    connection.clock.sleep(LOOK).await;
                    lock = sqlite::try_lock(path, &name, &connection.place)?;
                }
                match lock {
                    Some(lock) => (Some(lock), String::new()),
                    None => return Err(self.held(kind).await?),
                }
            }
            Backend::Postgres => (None, format!("WHERE leases.expires <= {}", now(connection))),
        };
        let now = now(connection);
        let sql = format!(
            "INSERT INTO leases (owner, kind, token, holder, since, beat, expires) \
             VALUES ($1, $2, 1, $3, {now}, {now}, {now} + $4) \
             ON CONFLICT (owner, kind) DO UPDATE SET token = leases.token + 1, holder = excluded.holder, \
             since = excluded.since, beat = excluded.beat, expires = excluded.expires {only_expired} \
             RETURNING token"
        );
        let values = [self.id.into(), kind.name().into(), shown(holder).into(), span(expiry).into()];
        let sql = Statement::from_sql_and_values(backend(connection), sql, values);
        let write = connection.write().await?;
        let row = write.transaction.query_one_raw(sql).await.map_err(|source| self.error(source))?;
        let Some(row) = row else {
            write.commit().await?;
            return Err(self.held(kind).await?);
        };
        let token = row.try_get("", "token").map_err(|source| self.error(source))?;
        write.commit().await?;
        Ok(Lease { store: self.clone(), kind, token, expiry, lock })
    }

    /// Who has a lease; `None` when nobody has it. Takes nothing and writes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holder(&self, kind: LeaseKind) -> Result<Option<Holder>, StateError> {
        let connection = &self.connection;
        let is_held = match &connection.backend {
            Backend::Sqlite(path) => sqlite::is_locked(path, &self.lock_name(kind), &connection.place)?,
            Backend::Postgres => {
                let sql = format!(
                    "SELECT 1 AS held FROM leases WHERE owner = $1 AND kind = $2 AND expires > {}",
                    now(connection)
                );
                let values = [self.id.into(), kind.name().into()];
                let sql = Statement::from_sql_and_values(backend(connection), sql, values);
                let row = connection.database.query_one_raw(sql).await;
                row.map_err(|source| self.error(source))?.is_some()
            }
        };
        match is_held {
            true => self.told_holder(kind).await.map(Some),
            false => Ok(None),
        }
    }

    /// What the file is called whose lock is a lease on SQLite.
    fn lock_name(&self, kind: LeaseKind) -> String {
        format!("{}.{kind}", hashed(&format!("{}\n{}", self.connection.platform, self.owner.text())))
    }

    /// That somebody has a lease, as an error.
    async fn held(&self, kind: LeaseKind) -> Result<LeaseError, StateError> {
        Ok(LeaseError::Held { kind, holder: self.told_holder(kind).await? })
    }

    /// What the holder of a lease told of himself.
    async fn told_holder(&self, kind: LeaseKind) -> Result<Holder, StateError> {
        let connection = &self.connection;
        let row = leases::Entity::find_by_id((self.id, kind.name().to_owned()));
        let row = row.one(&connection.database).await.map_err(|source| self.error(source))?;
        let Some(row) = row else {
            // Who has just locked the file has not written his row yet.
            return Ok(Holder { by: "just begun".to_owned(), since: connection.clock.now(), heard: None });
        };
        let heard = match connection.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgres => {
                let ago = self.database_time().await?.saturating_sub(row.beat);
                let ago = Duration::from_millis(u64::try_from(ago).unwrap_or_default());
                Some(Heard { ago, free: time(&connection.place, row.expires)? })
            }
        };
        Ok(Holder { by: row.holder, since: time(&connection.place, row.since)?, heard })
    }

    /// The time on which leases expire.
    async fn database_time(&self) -> Result<i64, StateError> {
        let connection = &self.connection;
        let sql = Statement::from_string(backend(connection), format!("SELECT {} AS now", now(connection)));
        let row = connection.database.query_one_raw(sql).await.map_err(|source| self.error(source))?;
        let time = row.map(|row| row.try_get("", "now")).transpose().map_err(|source| self.error(source))?;
        time.ok_or_else(|| connection.place.unreadable("a time"))
    }

    /// Makes sure that a lease of this owner is held, until the transaction ends.
    pub(crate) async fn hold(
        &self,
        transaction: &impl ConnectionTrait,
        lease: &Lease,
    ) -> Result<(), StateError> {
        let is_ours = lease.store.id == self.id && lease.store.connection.place == self.connection.place;
        let is_held = is_ours && lease.is_in(transaction, true).await.map_err(|source| self.error(source))?;
        if is_held { Ok(()) } else { Err(lease.lost()) }
    }
}

impl Lease {
    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> LeaseKind {
        self.kind
    }

    /// What belongs to its owner.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn lost(&self) -> StateError {
        StateError::LeaseLost { kind: self.kind }
    }

    /// Whether this lease stands in its row; with `locked` nobody can change that until the transaction ends.
    async fn is_in(&self, database: &impl ConnectionTrait, locked: bool) -> Result<bool, sea_orm::DbErr> {
        let connection = &self.store.connection;
        let condition = match connection.backend {
            Backend::Sqlite(_) => String::new(),
            Backend::Postgres => {
                let lock = if locked { " FOR SHARE" } else { "" };
                format!(" AND expires > {}{lock}", now(connection))
            }
        };
        let sql =
            format!("SELECT 1 AS held FROM leases WHERE owner = $1 AND kind = $2 AND token = $3{condition}");
        let values = [self.store.id.into(), self.kind.name().into(), self.token.into()];
        let sql = Statement::from_sql_and_values(backend(connection), sql, values);
        Ok(database.query_one_raw(sql).await?.is_some())
    }

    /// Whether it is held still.
    ///
    /// # Errors
    /// When the database fails; nothing is known then.
    pub async fn is_held(&self) -> Result<bool, StateError> {
        let connection = &self.store.connection;
        self.is_in(&connection.database, false).await.map_err(|source| connection.error(source))
    }

    /// Renews it. One that has expired and that nobody else took is held again.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when somebody else took it, or when the database fails.
    pub async fn beat(&self) -> Result<(), StateError> {
        let changed = self.set_expiry(span(self.expiry)).await?;
        if changed { Ok(()) } else { Err(self.lost()) }
    }

    async fn set_expiry(&self, from_now: i64) -> Result<bool, StateError> {
        let connection = &self.store.connection;
        let now = now(connection);
        let sql = format!(
            "UPDATE leases SET beat = {now}, expires = {now} + $4 WHERE owner = $1 AND kind = $2 AND token = $3"
        );
        let values = [self.store.id.into(), self.kind.name().into(), self.token.into(), from_now.into()];
        let sql = Statement::from_sql_and_values(backend(connection), sql, values);
        let write = connection.write().await?;
        let done = write.transaction.execute_raw(sql).await.map_err(|source| connection.error(source))?;
        write.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Renews it again and again; to be run beside the work. Ends only when the lease is lost, with the error that the work is to
    /// be stopped for: somebody else took it, or the database could not be reached for so long that somebody may have. On SQLite
    /// there is nothing to renew, and it never ends. On a test clock, whose waits end at once, it renews all the time and moves the clock along.
    pub async fn keep(&self, clock: &Clock) -> StateError {
        if self.lock.is_some() {
            return std::future::pending().await;
        }
        let mut last = clock.moment();
        loop {
            clock.sleep(BEAT.min(self.expiry / 6)).await;
            // Reckoned from before the beat: the database counts from a later moment.
            let begun = clock.moment();
            let left = self.expiry.saturating_sub(begun.since(last));
            match tokio::time::timeout(left, self.beat()).await {
                Ok(Ok(())) => last = begun,
                Ok(Err(error @ StateError::LeaseLost { .. })) => return error,
                Ok(Err(error)) => tracing::warn!(%error, "the lease could not be renewed"),
                Err(_) => return self.lost(),
            }
            if clock.moment().since(last) >= self.expiry {
                return self.lost();
            }
        }
    }

    /// Whether one that is not given back holds others off until it expires, as on PostgreSQL. A lock of a file is free with the process.
    #[must_use]
    pub fn expires(&self) -> bool {
        self.lock.is_none()
    }

    /// Gives it back. One that was lost is no error.
    ///
    /// # Errors
    /// When the database fails; the lease is then free when it has expired.
    pub async fn release(self) -> Result<(), StateError> {
        self.set_expiry(0).await.map(drop)
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({} {} of {:?})", self.kind, self.token, self.store)
    }
}
