//! Which pictures the marketplace has.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::entity::images::{ActiveModel, Column, Entity};
use crate::values::{CHUNK, exact, hashed};
use crate::{StateError, Store};

impl Store {
    /// The addresses at the marketplace of those of these pictures that are there, by their identities at the source.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn images(&self, identities: &[String]) -> Result<HashMap<String, String>, StateError> {
        let wanted: BTreeMap<String, &String> =
            identities.iter().map(|identity| (hashed(identity), identity)).collect();
        let keys: Vec<&String> = wanted.keys().collect();
        let mut found = HashMap::new();
        for part in keys.chunks(CHUNK) {
            let rows = Entity::find()
                .filter(Column::Owner.eq(self.id))
                .filter(Column::Key.is_in(part.iter().map(|key| key.as_str())))
                .all(&self.connection.database)
                .await
                .map_err(|source| self.error(source))?;
            let same = rows.into_iter().filter(|row| wanted.get(&row.key) == Some(&&row.identity));
            found.extend(same.map(|row| (row.identity, row.address)));
        }
        Ok(found)
    }

    /// Remembers where pictures are at the marketplace, all or none: identity at the source, and address. What was known of them
    /// is replaced.
    ///
    /// # Errors
    /// [`StateError::Unstorable`] when one of the texts holds a NUL, or when the database fails.
    pub async fn put_images(&self, images: &[(String, String)]) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.put_images_in(&write.transaction, images).await?;
        write.commit().await
    }

    pub(crate) async fn put_images_in(
        &self,
        transaction: &impl ConnectionTrait,
        images: &[(String, String)],
    ) -> Result<(), StateError> {
        let mut rows = BTreeMap::new();
        for (identity, address) in images {
            let row = ActiveModel {
                owner: Set(self.id),
                key: Set(hashed(identity)),
                identity: Set(exact("the identity of a picture", identity)?),
                address: Set(exact("the address of a picture", address)?),
            };
            rows.insert(hashed(identity), row);
        }
        let rows: Vec<ActiveModel> = rows.into_values().collect();
        for part in rows.chunks(CHUNK) {
            let mut there = OnConflict::columns([Column::Owner, Column::Key]);
            Entity::insert_many(part.to_vec())
                .on_conflict(there.update_columns([Column::Identity, Column::Address]).to_owned())
                .exec_without_returning(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(())
    }

    /// Forgets pictures, all or none: the marketplace does not have them any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_images(&self, identities: &[String]) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.forget_images_in(&write.transaction, identities).await?;
        write.commit().await
    }

    pub(crate) async fn forget_images_in(
        &self,
        transaction: &impl ConnectionTrait,
        identities: &[String],
    ) -> Result<(), StateError> {
        let keys: BTreeSet<String> = identities.iter().map(|identity| hashed(identity)).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        for part in keys.chunks(CHUNK) {
            Entity::delete_many()
                .filter(Column::Owner.eq(self.id))
                .filter(Column::Key.is_in(part.iter().map(String::as_str)))
                .exec(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(())
    }
}
