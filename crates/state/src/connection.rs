//! A database that is open, and its transactions.

use std::path::PathBuf;

use clock::Clock;
use gateway_core::model::Platform;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use tokio::sync::{Mutex, MutexGuard};

use crate::StateError;
use crate::error::Place;

/// What the two databases do differently.
#[derive(Clone, Debug)]
pub(crate) enum Backend {
    /// A file, by its path.
    Sqlite(PathBuf),
    Postgres,
}

pub(crate) struct Connection {
    pub(crate) database: DatabaseConnection,
    pub(crate) backend: Backend,
    pub(crate) place: Place,
    pub(crate) platform: Platform,
    pub(crate) clock: Clock,
    /// SQLite lets one write at a time. Who waits here gets his turn in order, and holds no connection while waiting.
    writing: Mutex<()>,
}

impl Connection {
    pub(crate) fn new(
        database: DatabaseConnection,
        backend: Backend,
        place: Place,
        platform: Platform,
        clock: Clock,
    ) -> Self {
        Self { database, backend, place, platform, clock, writing: Mutex::new(()) }
    }

    pub(crate) fn error(&self, source: DbErr) -> StateError {
        self.place.error(source)
    }

    /// Begins a transaction that writes; on SQLite it has the right to write from its beginning, so that it cannot fail
    /// for that halfway.
    pub(crate) async fn write(&self) -> Result<Write<'_>, StateError> {
        let turn = match self.backend {
            Backend::Sqlite(_) => Some(self.writing.lock().await),
            Backend::Postgres => None,
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.database.begin_with_options(options).await;
        let transaction = transaction.map_err(|source| self.error(source))?;
        Ok(Write { transaction, connection: self, _turn: turn })
    }
}

/// A transaction; undone unless committed.
pub(crate) struct Write<'a> {
    pub(crate) transaction: DatabaseTransaction,
    connection: &'a Connection,
    _turn: Option<MutexGuard<'a, ()>>,
}

impl Write<'_> {
    /// Makes it last. What is committed survives a power cut.
    pub(crate) async fn commit(self) -> Result<(), StateError> {
        self.transaction.commit().await.map_err(|source| self.connection.error(source))
    }
}
