//! What is about to be created, written down before it is asked for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::intents::{ActiveModel, Column, Entity, Model};
use crate::error::Place;
use crate::values::{self, CHUNK, choose, decimal_text, millis};
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
    /// The level that it sends; `None` where that stands for one that nobody knows.
    pub stock_base: Option<Decimal>,
}

impl Intent {
    /// The variant.
    #[must_use]
    pub fn key(&self) -> VariantKey {
        (self.product.clone(), self.variant.clone())
    }

    fn read(place: &Place, row: Model) -> Result<Self, StateError> {
        Ok(Self {
            product: values::product(place, &row.product)?,
            variant: values::variant(place, &row.variant)?,
            at: values::time(place, row.at)?,
            stock_base: row.stock_base.map(|base| values::decimal(place, &base)).transpose()?,
        })
    }
}

impl Store {
    /// Writes down that these variants are about to be created, in one transaction that lasts when this returns, whatever happens
    /// then. An intent that is there gets the new time. Which levels are sent is not remembered; [`Store::remember`] does that.
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
        let intents = variants.iter().cloned();
        let intents = intents.map(|(product, variant)| Intent { product, variant, at, stock_base: None });
        let intents: Vec<Intent> = intents.collect();
        let write = self.connection.write().await?;
        self.hold(&write.transaction, lease).await?;
        self.intend_in(&write.transaction, &intents).await?;
        write.commit().await
    }

    pub(crate) async fn intend_in(
        &self,
        transaction: &impl ConnectionTrait,
        intents: &[Intent],
    ) -> Result<(), StateError> {
        // The last of a variant holds.
        let intents: BTreeMap<VariantKey, &Intent> =
            intents.iter().map(|intent| (intent.key(), intent)).collect();
        let rows: Vec<ActiveModel> = intents
            .into_values()
            .map(|intent| ActiveModel {
                owner: Set(self.id),
                product: Set(intent.product.to_string()),
                variant: Set(intent.variant.to_string()),
                at: Set(millis(intent.at)),
                stock_base: Set(intent.stock_base.map(decimal_text)),
            })
            .collect();
        for part in rows.chunks(CHUNK) {
            let mut there = OnConflict::columns([Column::Owner, Column::Product, Column::Variant]);
            Entity::insert_many(part.to_vec())
                .on_conflict(there.update_columns([Column::At, Column::StockBase]).to_owned())
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
        rows.into_iter().map(|row| Intent::read(place, row)).collect()
    }

    /// The levels that creates of these variants were to send, where they are remembered.
    pub(crate) async fn intended_levels_in(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
    ) -> Result<BTreeMap<VariantKey, Decimal>, StateError> {
        let mut levels = BTreeMap::new();
        for chosen in choose(variants, Column::Product, Column::Variant) {
            let rows = Entity::find()
                .filter(Column::Owner.eq(self.id))
                .filter(Column::StockBase.is_not_null())
                .filter(chosen)
                .all(transaction)
                .await
                .map_err(|source| self.error(source))?;
            for row in rows {
                let intent = Intent::read(&self.connection.place, row)?;
                levels.extend(intent.stock_base.map(|level| (intent.key(), level)));
            }
        }
        Ok(levels)
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
