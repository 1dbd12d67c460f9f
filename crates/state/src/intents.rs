//! What is about to be created, written down before it is asked for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use gateway_core::model::{ProductId, VariantId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::intents::{ActiveModel, Column, Entity};
use crate::links::choose;
use crate::values::{self, CHUNK, millis};
use crate::{Lease, StateError, Store, VariantKey};

/// A create of which it is not known yet what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// When its last attempt began.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Writes down that these variants are about to be created, in one transaction that lasts when this returns, whatever happens
    /// then. An intent that is there gets the new time.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when the lease is not held any more, or when the database fails. Then nothing is written, and
    /// nothing may be created.
    pub async fn intend(
        &self,
        lease: &Lease,
        variants: &[VariantKey],
        at: DateTime<Utc>,
    ) -> Result<(), StateError> {
        let intents: Vec<_> = variants.iter().map(|variant| (variant.clone(), at)).collect();
        let write = self.connection.write().await?;
        self.hold(&write.transaction, lease).await?;
        self.intend_in(&write.transaction, &intents).await?;
        write.commit().await
    }

    pub(crate) async fn intend_in(
        &self,
        transaction: &impl ConnectionTrait,
        intents: &[(VariantKey, DateTime<Utc>)],
    ) -> Result<(), StateError> {
        // The last of a variant holds.
        let intents: BTreeMap<&VariantKey, DateTime<Utc>> =
            intents.iter().map(|(variant, at)| (variant, *at)).collect();
        let rows: Vec<ActiveModel> = intents
            .into_iter()
            .map(|((product, variant), at)| ActiveModel {
                owner: Set(self.id),
                product: Set(product.to_string()),
                variant: Set(variant.to_string()),
                at: Set(millis(at)),
            })
            .collect();
        for part in rows.chunks(CHUNK) {
            let mut there = OnConflict::columns([Column::Owner, Column::Product, Column::Variant]);
            Entity::insert_many(part.to_vec())
                .on_conflict(there.update_column(Column::At).to_owned())
                .exec_without_returning(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(())
    }

    /// All intents, by product and variant. They are at most what was in flight when runs broke off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn intents(&self) -> Result<Vec<Intent>, StateError> {
        let rows = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .order_by_asc(Column::Product)
            .order_by_asc(Column::Variant)
            .all(&self.connection.database)
            .await
            .map_err(|source| self.error(source))?;
        let place = &self.connection.place;
        let intent = |row: crate::entity::intents::Model| {
            Ok(Intent {
                product: values::product(place, &row.product)?,
                variant: values::variant(place, &row.variant)?,
                at: values::time(place, row.at)?,
            })
        };
        rows.into_iter().map(intent).collect()
    }

    /// Forgets intents of which it is certain that nothing was created, all or none.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when the lease is not held any more, since then another run may have its own intents of these
    /// variants, or when the database fails.
    pub async fn drop_intents(&self, lease: &Lease, variants: &[VariantKey]) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.hold(&write.transaction, lease).await?;
        self.drop_intents_in(&write.transaction, variants).await?;
        write.commit().await
    }

    pub(crate) async fn drop_intents_in(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
    ) -> Result<(), StateError> {
        for chosen in choose(variants, Column::Product, Column::Variant) {
            Entity::delete_many()
                .filter(Column::Owner.eq(self.id))
                .filter(chosen)
                .exec(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(())
    }
}
