//! The tags by which variants are one family at the marketplace.

use gateway_core::gateway::Guid;
use gateway_core::model::ProductId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::entity::families::{ActiveModel, Column, Entity};
use crate::store::guid_text;
use crate::values::{self, OF_PRODUCT, key};
use crate::{StateError, Store};

/// What a family is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FamilyKey {
    /// The variants of one product.
    Product(ProductId),
    /// Those of several products, by what tells the family from others, at most 255 characters.
    Shared(String),
}

impl FamilyKey {
    fn columns(&self) -> Result<(&'static str, String), StateError> {
        match self {
            Self::Product(product) => Ok((OF_PRODUCT, product.to_string())),
            Self::Shared(id) => Ok(("shared", key("the id of a family", id)?)),
        }
    }
}

impl Store {
    /// The tag of a family, when it is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn family_tag(&self, family: &FamilyKey) -> Result<Option<Guid>, StateError> {
        let (kind, id) = family.columns()?;
        let found = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Kind.eq(kind))
            .filter(Column::Id.eq(id))
            .one(&self.connection.database)
            .await
            .map_err(|source| self.error(source))?;
        found.map(|row| values::guid(&self.connection.place, &row.guid)).transpose()
    }

    /// Remembers the tag of a family, in place of one that is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_family_tag(&self, family: &FamilyKey, tag: Guid) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.set_family_tag_in(&write.transaction, family, tag).await?;
        write.commit().await
    }

    pub(crate) async fn set_family_tag_in(
        &self,
        transaction: &impl ConnectionTrait,
        family: &FamilyKey,
        tag: Guid,
    ) -> Result<(), StateError> {
        let (kind, id) = family.columns()?;
        let row = ActiveModel {
            owner: Set(self.id),
            kind: Set(kind.to_owned()),
            id: Set(id),
            guid: Set(guid_text(tag)),
        };
        let mut there = OnConflict::columns([Column::Owner, Column::Kind, Column::Id]);
        Entity::insert(row)
            .on_conflict(there.update_column(Column::Guid).to_owned())
            .exec_without_returning(transaction)
            .await
            .map(drop)
            .map_err(|source| self.error(source))
    }
}
