//! A state in PostgreSQL.

use std::io::ErrorKind;
use std::time::Duration;

use clock::Clock;
use gateway_core::model::Platform;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, SqlxError, SqlxPostgresConnector, Statement};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::StateError;
use crate::connection::{Backend, Connection};
use crate::error::Place;
use crate::migration;

/// How many connections are used at once.
const CONNECTIONS: u32 = 8;

/// How long a connection is waited for.
const ACQUIRE: Duration = Duration::from_secs(30);

/// The longest name of a schema, in bytes; PostgreSQL would cut a longer one, and two platforms could share one.
const MAX_SCHEMA: usize = 63;

pub(crate) async fn open(
    options: PgConnectOptions,
    shown: String,
    platform: &Platform,
    clock: &Clock,
) -> Result<Connection, StateError> {
    // No platform's name holds `_`, so no two share a schema.
    let schema = format!("state_{}", platform.as_str().replace('-', "_"));
    if schema.len() > MAX_SCHEMA {
        return Err(StateError::PlatformName(platform.to_string()));
    }
    let options = options
        // What is committed has to survive a power cut, whatever the server's default is.
        .options([("search_path", schema.as_str()), ("synchronous_commit", "on")])
        .application_name(platform.as_str())
        .disable_statement_logging();
    let place = Place { shown, schema };
    let tried = try_connecting(&options).await;
    tried.map_err(|error| place.error(DbErr::Conn(RuntimeErr::SqlxError(error.into()))))?;
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE).connect_lazy_with(options);
    let database = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    let connection = Connection::new(database, Backend::Postgres, place, platform.clone(), clock.clone());
    if let Err(error) = migrate(&connection).await {
        if let Err(error) = connection.database.close_by_ref().await {
            tracing::debug!(%error, "a state that could not be used could not be closed either");
        }
        return Err(error);
    }
    Ok(connection)
}

/// Connects once, because the pool would not tell what is the matter: it goes on trying.
async fn try_connecting(options: &PgConnectOptions) -> Result<(), SqlxError> {
    let connected = tokio::time::timeout(ACQUIRE, PgConnection::connect_with(options)).await;
    let connected = connected.map_err(|_| SqlxError::Io(ErrorKind::TimedOut.into()))?;
    connected?.close().await
}

async fn migrate(connection: &Connection) -> Result<(), StateError> {
    let error = |source| connection.error(source);
    let schema = &connection.place.schema;
    let write = connection.write().await?;
    // Freed at the transaction's end, however that comes.
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
    let lock = Statement::from_sql_and_values(DbBackend::Postgres, lock, [schema.clone().into()]);
    write.transaction.execute_raw(lock).await.map_err(error)?;
    make_schema(&write.transaction, schema).await.map_err(error)?;
    let names = tables(&write.transaction, schema).await.map_err(error)?;
    migration::migrate(&write.transaction, &connection.place, &names).await?;
    write.commit().await
}

/// Makes the schema unless it is there: a user who may not make one may have been given one.
async fn make_schema(connection: &impl ConnectionTrait, schema: &str) -> Result<(), DbErr> {
    let is_there = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    let is_there = Statement::from_sql_and_values(DbBackend::Postgres, is_there, [schema.into()]);
    if connection.query_one_raw(is_there).await?.is_none() {
        connection.execute_unprepared(&format!("CREATE SCHEMA \"{schema}\"")).await?;
    }
    Ok(())
}

async fn tables(connection: &impl ConnectionTrait, schema: &str) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = $1";
    let sql = Statement::from_sql_and_values(DbBackend::Postgres, sql, [schema.into()]);
    let rows = connection.query_all_raw(sql).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}
