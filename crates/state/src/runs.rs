//! Which runs there were, and how they ended.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::Value;

use crate::entity::runs::{ActiveModel, Column, Entity, Model};
use crate::error::Place;
use crate::values::{self, json, json_text, millis, shown};
use crate::{StateError, Store};

/// How many runs of each command are remembered; older ones are forgotten when one begins. A pass over the stock levels begins every few
/// minutes, and must not push imports out.
const KEPT: u64 = 1000;

/// Which run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(i64);

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Which; a later run has a higher one.
    pub id: RunId,
    /// What was to be done, such as `import`.
    pub command: String,
    /// When it began.
    pub begun: DateTime<Utc>,
    /// How it ended. `None`: it is still at work, or it broke off without a word (who holds its lease tells which).
    pub end: Option<RunEnd>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEnd {
    /// When.
    pub at: DateTime<Utc>,
    /// The program's exit code.
    pub exit: i32,
    /// What it did, as counted by the caller.
    pub counts: Value,
    /// What people were told of its failure.
    pub error: Option<String>,
}

impl Run {
    fn read(place: &Place, row: Model) -> Result<Self, StateError> {
        let end = match (row.ended, row.exit) {
            (Some(at), Some(exit)) => Some(RunEnd {
                at: values::time(place, at)?,
                exit: i32::try_from(exit).map_err(|_| place.unreadable("an exit code"))?,
                counts: json(place, "a run's counts", row.counts.as_deref().unwrap_or("null"))?,
                error: row.error,
            }),
            _ => None,
        };
        Ok(Self { id: RunId(row.id), command: row.command, begun: values::time(place, row.begun)?, end })
    }
}

impl Store {
    /// Remembers that a run begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_run(&self, command: &str, at: DateTime<Utc>) -> Result<RunId, StateError> {
        let write = self.connection.write().await?;
        let row = ActiveModel {
            owner: Set(self.id),
            command: Set(shown(command)),
            begun: Set(millis(at)),
            ..Default::default()
        };
        let inserted = Entity::insert(row).exec(&write.transaction).await;
        let id = inserted.map_err(|source| self.error(source))?.last_insert_id;
        let oldest_kept = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Command.eq(shown(command)))
            .order_by_desc(Column::Id)
            .offset(KEPT)
            .limit(1)
            .one(&write.transaction)
            .await
            .map_err(|source| self.error(source))?;
        if let Some(row) = oldest_kept {
            Entity::delete_many()
                .filter(Column::Owner.eq(self.id))
                .filter(Column::Command.eq(shown(command)))
                .filter(Column::Id.lte(row.id))
                .exec(&write.transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        write.commit().await?;
        Ok(RunId(id))
    }

    /// Remembers how a run ended. `error` is what people are told, without secrets.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_run(&self, id: RunId, end: &RunEnd) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        Entity::update_many()
            .col_expr(Column::Ended, Expr::value(millis(end.at)))
            .col_expr(Column::Exit, Expr::value(i64::from(end.exit)))
            .col_expr(Column::Counts, Expr::value(json_text(&end.counts)))
            .col_expr(Column::Error, Expr::value(end.error.as_deref().map(shown)))
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Id.eq(id.0))
            .exec(&write.transaction)
            .await
            .map_err(|source| self.error(source))?;
        write.commit().await
    }

    /// The last runs of a command, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_runs(&self, command: &str, most: u64) -> Result<Vec<Run>, StateError> {
        let rows = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Command.eq(shown(command)))
            .order_by_desc(Column::Id)
            .limit(most)
            .all(&self.connection.database)
            .await
            .map_err(|source| self.error(source))?;
        rows.into_iter().map(|row| Run::read(&self.connection.place, row)).collect()
    }
}
