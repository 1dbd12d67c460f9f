//! What could not be imported, and why.

use chrono::{DateTime, Utc};
use futures::Stream;
use gateway_core::model::{ProductId, VariantId};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use crate::entity::rejects::{ActiveModel, Column, Entity, Model};
use crate::error::Place;
use crate::values::{self, CHUNK, millis, shown};
use crate::{StateError, Store};

/// A variant of a product, or all of it, that could not be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectRow {
    /// The variant; `None` when the whole product is meant.
    pub variant: Option<VariantId>,
    /// Its name, when one is known.
    pub name: Option<String>,
    /// Why, for people.
    pub reason: String,
    /// When it was found out.
    pub since: DateTime<Utc>,
}

/// A reject that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReject {
    /// The product.
    pub product: ProductId,
    /// What of it, why, and since when for this reason. A NUL in the name or the reason has become U+FFFD.
    pub row: RejectRow,
}

impl StoredReject {
    fn read(place: &Place, row: Model) -> Result<Self, StateError> {
        Ok(Self {
            product: values::product(place, &row.product)?,
            row: RejectRow {
                variant: row.variant.map(|variant| values::variant(place, &variant)).transpose()?,
                name: row.name,
                reason: row.reason,
                since: values::time(place, row.since)?,
            },
        })
    }
}

impl Store {
    /// Puts these rejects of a product in the place of those that were there, in one transaction. Who is rejected for the same
    /// reason as before keeps the earlier time. Answers for each whether it is new: that it was not there before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_rejects(
        &self,
        product: &ProductId,
        rows: &[RejectRow],
    ) -> Result<Vec<bool>, StateError> {
        let write = self.connection.write().await?;
        let is_new = self.set_rejects_in(&write.transaction, product, rows).await?;
        write.commit().await?;
        Ok(is_new)
    }

    pub(crate) async fn set_rejects_in(
        &self,
        transaction: &impl ConnectionTrait,
        product: &ProductId,
        rows: &[RejectRow],
    ) -> Result<Vec<bool>, StateError> {
        let before = self.rejects_of(transaction, product).await?;
        self.clear_in(transaction, product).await?;
        let (mut is_new, mut new_rows) = (Vec::new(), Vec::new());
        for (place, row) in (0_i64..).zip(rows) {
            let (variant, reason) = (row.variant.as_ref().map(ToString::to_string), shown(&row.reason));
            let same = before.iter().filter(|old| old.variant == variant && old.reason == reason);
            let since = same.map(|old| old.since).min();
            is_new.push(since.is_none());
            new_rows.push(ActiveModel {
                owner: Set(self.id),
                product: Set(product.to_string()),
                place: Set(place),
                variant: Set(variant),
                name: Set(row.name.as_deref().map(shown)),
                reason: Set(reason),
                since: Set(since.unwrap_or(millis(row.since))),
            });
        }
        for part in new_rows.chunks(CHUNK) {
            Entity::insert_many(part.to_vec())
                .exec_without_returning(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(is_new)
    }

    /// Puts these rejects of a product behind those that are there.
    pub(crate) async fn add_rejects_in(
        &self,
        transaction: &impl ConnectionTrait,
        product: &ProductId,
        rows: &[RejectRow],
    ) -> Result<(), StateError> {
        let before = self.rejects_of(transaction, product).await?.into_iter();
        let before = before.map(|row| StoredReject::read(&self.connection.place, row).map(|read| read.row));
        let mut all = before.collect::<Result<Vec<_>, _>>()?;
        all.extend_from_slice(rows);
        self.set_rejects_in(transaction, product, &all).await.map(drop)
    }

    async fn rejects_of(
        &self,
        transaction: &impl ConnectionTrait,
        product: &ProductId,
    ) -> Result<Vec<Model>, StateError> {
        Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Product.eq(product.as_str()))
            .order_by_asc(Column::Place)
            .all(transaction)
            .await
            .map_err(|source| self.error(source))
    }

    /// Forgets the rejects of a product: all of it is imported, or it is not there any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_rejects(&self, product: &ProductId) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.clear_in(&write.transaction, product).await?;
        write.commit().await
    }

    async fn clear_in(
        &self,
        transaction: &impl ConnectionTrait,
        product: &ProductId,
    ) -> Result<(), StateError> {
        Entity::delete_many()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Product.eq(product.as_str()))
            .exec(transaction)
            .await
            .map(drop)
            .map_err(|source| self.error(source))
    }

    /// All rejects, by product and in the order in which they were told. What is held in memory is a page of them.
    pub fn rejects(&self) -> impl Stream<Item = Result<StoredReject, StateError>> + Send + '_ {
        async_stream::try_stream! {
            let mut last: Option<(String, i64)> = None;
            loop {
                let rows = self.page_of_rejects(last.as_ref()).await?;
                let is_last = rows.len() < CHUNK;
                last = rows.last().map(|row| (row.product.clone(), row.place));
                for row in rows {
                    yield StoredReject::read(&self.connection.place, row)?;
                }
                if is_last {
                    break;
                }
            }
        }
    }

    async fn page_of_rejects(&self, last: Option<&(String, i64)>) -> Result<Vec<Model>, StateError> {
        let behind = match last {
            None => Condition::all(),
            Some((product, place)) => {
                let here = Expr::tuple([Expr::col(Column::Product), Expr::col(Column::Place)]);
                let there = Expr::tuple([Expr::val(product.as_str()), Expr::val(*place)]);
                Condition::all().add(here.gt(there))
            }
        };
        let rows = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(behind)
            .order_by_asc(Column::Product)
            .order_by_asc(Column::Place)
            .limit(CHUNK as u64);
        rows.all(&self.connection.database).await.map_err(|source| self.error(source))
    }

    /// How many rejects there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rejects(&self) -> Result<u64, StateError> {
        let rejects = Entity::find().filter(Column::Owner.eq(self.id));
        rejects.count(&self.connection.database).await.map_err(|source| self.error(source))
    }
}
