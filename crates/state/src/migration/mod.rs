//! The schema and how it grows. Migrations only add: a program that is older can go on reading unless
//! [`OLDEST_READER`] says otherwise.
//!
//! A migration that has been released is never edited. A new one is a file beside [`first`], its number the next
//! [`VERSION`].

use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait};
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait::async_trait};

use crate::StateError;
use crate::entity::meta;
use crate::error::Place;

mod columns;
mod first;
mod second;

/// The version of the schema that this program makes and knows: how many migrations there are.
pub(crate) const VERSION: i64 = 2;

/// The oldest version whose programs can read and write what this one leaves.
///
/// Those of version 1 can: they never name the table `levels` and the column `intents.stock_base`, and write no levels. But when such a
/// program removes a link, or archives a variant, its row in `levels` stays behind, and when it tries a create again, the intent keeps the
/// level of the attempt before. The row's `guid` tells when it is another product's by then. Where it is not (a variant that came back),
/// levels are compared with old ones, once.
pub(crate) const OLDEST_READER: i64 = 1;

struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(first::First), Box::new(second::Second)]
    }
}

/// What is there, by the table `meta`.
pub(crate) async fn found(
    connection: &impl ConnectionTrait,
    tables: &[String],
) -> Result<Option<meta::Model>, DbErr> {
    if !tables.iter().any(|table| table == "meta") {
        return Ok(None);
    }
    meta::Entity::find_by_id(1).one(connection).await
}

/// Brings the schema to [`VERSION`], inside of a transaction that nobody else can be in. `tables` are those that are there.
pub(crate) async fn migrate(
    transaction: &DatabaseTransaction,
    place: &Place,
    tables: &[String],
) -> Result<(), StateError> {
    let error = |source| place.error(source);
    let found = match found(transaction, tables).await {
        Ok(found) => found,
        // A table of that name with other columns.
        Err(source) => match error(source) {
            StateError::Database { place, .. } => return Err(StateError::Foreign { place }),
            other => return Err(other),
        },
    };
    match found {
        Some(found) => {
            if found.oldest_reader > VERSION {
                return Err(StateError::Newer {
                    place: place.shown.clone(),
                    schema: found.schema_version,
                    oldest_reader: found.oldest_reader,
                    known: VERSION,
                });
            }
            // A newer one that can be read is used as it is.
            if found.schema_version >= VERSION {
                return Ok(());
            }
        }
        None if tables.is_empty() => {}
        None => return Err(StateError::Foreign { place: place.shown.clone() }),
    }
    Migrator::up(transaction, None).await.map_err(error)?;
    meta::Entity::delete_by_id(1).exec(transaction).await.map_err(error)?;
    let versions =
        meta::ActiveModel { id: Set(1), schema_version: Set(VERSION), oldest_reader: Set(OLDEST_READER) };
    meta::Entity::insert(versions).exec_without_returning(transaction).await.map_err(error)?;
    Ok(())
}
