//! What a platform notes for itself.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde_json::Value;

use crate::entity::notes::{ActiveModel, Column, Entity};
use crate::values::{json, json_text, key as checked};
use crate::{StateError, Store};

/// What an error calls a note's key.
const KEY: &str = "a note's key";

impl Store {
    /// A note, when there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, key: &str) -> Result<Option<Value>, StateError> {
        let found = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Key.eq(checked(KEY, key)?))
            .one(&self.connection.database)
            .await
            .map_err(|source| self.error(source))?;
        found.map(|row| json(&self.connection.place, "a note", &row.value)).transpose()
    }

    /// Writes a note, in place of the one under this key. The key has at most 255 characters.
    ///
    /// # Errors
    /// [`StateError::Unstorable`] when the key is too long or holds a NUL, or when the database fails.
    pub async fn put_note(&self, key: &str, value: &Value) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.put_note_in(&write.transaction, key, value).await?;
        write.commit().await
    }

    /// Removes a note; that there is none is no error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_note(&self, key: &str) -> Result<(), StateError> {
        let key = checked(KEY, key)?;
        let write = self.connection.write().await?;
        Entity::delete_many()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Key.eq(key))
            .exec(&write.transaction)
            .await
            .map_err(|source| self.error(source))?;
        write.commit().await
    }

    pub(crate) async fn put_note_in(
        &self,
        transaction: &impl ConnectionTrait,
        key: &str,
        value: &Value,
    ) -> Result<(), StateError> {
        let row =
            ActiveModel { owner: Set(self.id), key: Set(checked(KEY, key)?), value: Set(json_text(value)) };
        let mut there = OnConflict::columns([Column::Owner, Column::Key]);
        Entity::insert(row)
            .on_conflict(there.update_column(Column::Value).to_owned())
            .exec_without_returning(transaction)
            .await
            .map(drop)
            .map_err(|source| self.error(source))
    }
}
