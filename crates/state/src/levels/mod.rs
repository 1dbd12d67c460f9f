//! What is remembered of stock levels on both sides.
//!
//! A stock run writes this, and an import that writes a product's place in the web shop leaves word of it here. The two are
//! different programs and may be at work at the same moment. Each takes the owner for itself ([`Store::alone`]), looks what the other
//! has left, and writes, in one transaction: so whoever comes second sees what the first has committed. Either the import finds the
//! level that the stock run is about to write and sends that, or the stock run finds that an import was there and leaves that variant alone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::Stream;
use gateway_core::gateway::Guid;
use gateway_core::model::{ProductId, StockLevel};
use rust_decimal::Decimal;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
};
use serde_json::Value;

use crate::connection::Backend;
use crate::entity::levels::{ActiveModel, Column, Entity, Model};
use crate::entity::links;
use crate::store::guid_text;
use crate::values::{self, CHUNK, choose, decimal_text, millis};
use crate::{Lease, Link, StateError, Store, VariantKey};

mod row;

pub use row::{LevelRow, LevelWrite};

/// What a stock run has to remember together.
#[derive(Clone, Debug, Default)]
pub struct LevelChanges {
    /// What is known of variants now. The last of a variant holds.
    pub rows: Vec<LevelRow>,
    /// Variants of which nothing is remembered any more.
    pub forgotten: Vec<VariantKey>,
    /// Notes.
    pub notes: Vec<(String, Value)>,
}

/// What was touched later than so many milliseconds behind the time that is asked for was so by a clock that was ahead.
const LONGEST_TOUCH: i64 = 24 * 60 * 60 * 1000;

/// As [`LevelRow::is_settled`] has it.
fn is_settled() -> Condition {
    let nothing = decimal_text(Decimal::ZERO);
    Condition::all()
        .add(Column::ShopWrite.is_null())
        .add(Column::Owed.eq(nothing.as_str()))
        .add(Column::Held.eq(nothing))
}

impl Store {
    /// What is remembered of all levels, by product and variant. What is held in memory is a page of it, however much there is. Rows
    /// that are written meanwhile may come or not. A variant of which no stock run has seen anything yet may come as well, with
    /// neither level, because an import has left word of it.
    pub fn levels(&self) -> impl Stream<Item = Result<LevelRow, StateError>> + Send + '_ {
        async_stream::try_stream! {
            let mut last: Option<(String, String)> = None;
            loop {
                let rows = self.page_of_levels(last.as_ref()).await?;
                let is_last = rows.len() < CHUNK;
                last = rows.last().map(|row| (row.product.clone(), row.variant.clone()));
                for row in rows {
                    yield LevelRow::read(&self.connection.place, row)?;
                }
                if is_last {
                    break;
                }
            }
        }
    }

    async fn page_of_levels(&self, last: Option<&(String, String)>) -> Result<Vec<Model>, StateError> {
        let behind = match last {
            None => Condition::all(),
            Some((product, variant)) => {
                let here = Expr::tuple([Expr::col(Column::Product), Expr::col(Column::Variant)]);
                let there = Expr::tuple([Expr::val(product.as_str()), Expr::val(variant.as_str())]);
                Condition::all().add(here.gt(there))
            }
        };
        let rows = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(behind)
            .order_by_asc(Column::Product)
            .order_by_asc(Column::Variant)
            .limit(CHUNK as u64);
        rows.all(&self.connection.database).await.map_err(|source| self.error(source))
    }

    /// What is remembered of the levels of some products, by product and variant. Products without any are not an error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn levels_of(&self, products: &[ProductId]) -> Result<Vec<LevelRow>, StateError> {
        // Each once, and in an order that makes the parts together as sorted as each of them.
        let products: BTreeSet<&str> = products.iter().map(ProductId::as_str).collect();
        let products: Vec<&str> = products.into_iter().collect();
        let mut levels = Vec::new();
        for part in products.chunks(CHUNK) {
            let rows = Entity::find()
                .filter(Column::Owner.eq(self.id))
                .filter(Column::Product.is_in(part.iter().copied()))
                .order_by_asc(Column::Product)
                .order_by_asc(Column::Variant)
                .all(&self.connection.database)
                .await
                .map_err(|source| self.error(source))?;
            for row in rows {
                levels.push(LevelRow::read(&self.connection.place, row)?);
            }
        }
        Ok(levels)
    }

    /// Remembers what a stock run has seen and is about to write, in one transaction that lasts when this returns; the shop's levels
    /// become the stock bases of the variants' links, and what is forgotten keeps its base.
    ///
    /// With `untouched_since` the rows tell of writes to the marketplace that are about to begin. Answers the variants that must not be
    /// written there now, by product and variant: an import has written them then or later (in milliseconds), or has archived them for
    /// good. Of these no `market_write` is remembered. Without it all is remembered as it is, because it tells of what has been sent.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when the lease is not held any more, [`StateError::Unstorable`] when a note's key cannot be stored, or
    /// when the database fails. Then nothing is written, and nothing may be sent.
    pub async fn remember_levels(
        &self,
        lease: &Lease,
        changes: &LevelChanges,
        untouched_since: Option<DateTime<Utc>>,
    ) -> Result<Vec<VariantKey>, StateError> {
        let LevelChanges { rows, forgotten, notes } = changes;
        let rows: BTreeMap<VariantKey, &LevelRow> = rows.iter().map(|row| (row.key(), row)).collect();
        let read: Vec<&LevelRow> = rows.into_values().collect();
        let write = self.connection.write().await?;
        let within = &write.transaction;
        self.alone(within).await?;
        self.hold(within, lease).await?;
        // An import may have given them other ids since they were read.
        let moved = self.where_linked_in(within, &read).await?;
        let place = |row: &LevelRow| match moved.get(&row.key()) {
            Some((product, _)) => LevelRow { product: product.clone(), ..row.clone() },
            None => row.clone(),
        };
        let rows: BTreeMap<VariantKey, LevelRow> =
            read.into_iter().map(|row| (place(row).key(), place(row))).collect();
        let variants: Vec<VariantKey> = rows.keys().cloned().collect();
        // Before the rows are forgotten that may say so.
        let not_ours = match untouched_since {
            Some(since) => self.not_ours_in(within, &variants, since).await?,
            None => BTreeSet::new(),
        };
        self.forget_levels_in(within, forgotten).await?;
        let stored = rows.iter().map(|(variant, row)| {
            let mut stored = row.row(self.id);
            if not_ours.contains(variant) {
                stored.market_write = Set(None);
            }
            stored
        });
        let stored: Vec<ActiveModel> = stored.collect();
        for part in stored.chunks(CHUNK) {
            self.put_levels_in(within, part).await?;
        }
        let rows: Vec<&LevelRow> = rows.values().collect();
        for part in rows.chunks(CHUNK) {
            self.set_bases_in(within, part).await?;
        }
        for (key, value) in notes {
            self.put_note_in(within, key, value).await?;
        }
        write.commit().await?;
        let as_read: BTreeMap<VariantKey, VariantKey> =
            moved.into_iter().map(|(read, moved)| (moved, read)).collect();
        Ok(not_ours.into_iter().map(|variant| as_read.get(&variant).cloned().unwrap_or(variant)).collect())
    }

    /// Which of these variants an import has written at that time or later, or has archived for good.
    async fn not_ours_in(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
        since: DateTime<Utc>,
    ) -> Result<BTreeSet<VariantKey>, StateError> {
        let mut found: Vec<(String, String)> = Vec::new();
        for chosen in choose(variants, Column::Product, Column::Variant) {
            let touched = Entity::find()
                .select_only()
                .columns([Column::Product, Column::Variant])
                .filter(Column::Owner.eq(self.id))
                .filter(Column::Touched.between(millis(since), millis(since) + LONGEST_TOUCH))
                .filter(chosen);
            let touched = touched.into_tuple().all(transaction).await;
            found.extend::<Vec<_>>(touched.map_err(|source| self.error(source))?);
        }
        for chosen in choose(variants, links::Column::Product, links::Column::Variant) {
            let gone = links::Entity::find()
                .select_only()
                .columns([links::Column::Product, links::Column::Variant])
                .filter(links::Column::Owner.eq(self.id))
                .filter(links::Column::Gone.eq(true))
                .filter(chosen);
            let gone = gone.into_tuple().all(transaction).await;
            found.extend::<Vec<_>>(gone.map_err(|source| self.error(source))?);
        }
        let place = &self.connection.place;
        let key = |(product, variant): (String, String)| {
            Ok((values::product(place, &product)?, values::variant(place, &variant)?))
        };
        found.into_iter().map(key).collect()
    }

    async fn put_levels_in(
        &self,
        transaction: &impl ConnectionTrait,
        rows: &[ActiveModel],
    ) -> Result<(), StateError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut there = OnConflict::columns([Column::Owner, Column::Product, Column::Variant]);
        there.update_columns([
            Column::Guid,
            Column::Shop,
            Column::Market,
            Column::Owed,
            Column::Held,
            Column::ShopWrite,
            Column::MarketWrite,
        ]);
        Entity::insert_many(rows.to_vec())
            .on_conflict(there)
            .exec_without_returning(transaction)
            .await
            .map(drop)
            .map_err(|source| self.error(source))
    }

    /// The shop's levels as the stock bases of links, where they are others. What is gone has none.
    async fn set_bases_in(
        &self,
        transaction: &impl ConnectionTrait,
        rows: &[&LevelRow],
    ) -> Result<(), StateError> {
        let mut values: Vec<sea_orm::Value> = Vec::new();
        let mut places = Vec::new();
        for row in rows {
            let base = row.shop.and_then(StockLevel::quantity).map(decimal_text);
            let first = values.len() + 1;
            places.push(format!("(${first}, ${}, ${}, ${})", first + 1, first + 2, first + 3));
            let guid = guid_text(row.guid).into();
            values.extend([row.product.as_str().into(), row.variant.as_str().into(), guid, base.into()]);
        }
        values.push(self.id.into());
        // One statement for all of them: one for each would take a large shop as long as the rest of the run.
        let sql = format!(
            "WITH seen (product, variant, guid, base) AS (VALUES {}) UPDATE links SET stock_base = seen.base FROM seen \
             WHERE links.owner = ${} AND links.product = seen.product AND links.variant = seen.variant AND links.guid = seen.guid \
             AND NOT links.gone AND links.stock_base IS DISTINCT FROM seen.base",
            places.join(", "),
            values.len()
        );
        let backend = match self.connection.backend {
            Backend::Sqlite(_) => DbBackend::Sqlite,
            Backend::Postgres => DbBackend::Postgres,
        };
        let sql = Statement::from_sql_and_values(backend, sql, values);
        transaction.execute_raw(sql).await.map(drop).map_err(|source| self.error(source))
    }

    /// Leaves word that an import is about to write a product's place in the web shop, in one transaction that lasts when this returns.
    /// Answers what a stock run is about to write to this product, or has written `since` then; `None` when there is none, or it belongs to
    /// another product.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when the lease is not held any more, or when the database fails. Then nothing may be written.
    pub async fn touch_level(
        &self,
        lease: &Lease,
        variant: &VariantKey,
        guid: Guid,
        at: DateTime<Utc>,
        since: DateTime<Utc>,
    ) -> Result<Option<LevelWrite>, StateError> {
        let (product, variant) = variant;
        let row = ActiveModel {
            owner: Set(self.id),
            product: Set(product.to_string()),
            variant: Set(variant.to_string()),
            guid: Set(guid_text(guid)),
            shop: Set(None),
            market: Set(None),
            owed: Set(decimal_text(Decimal::ZERO)),
            held: Set(decimal_text(Decimal::ZERO)),
            shop_write: Set(None),
            market_write: Set(None),
            touched: Set(Some(millis(at))),
        };
        let write = self.connection.write().await?;
        let within = &write.transaction;
        self.alone(within).await?;
        self.hold(within, lease).await?;
        let mut there = OnConflict::columns([Column::Owner, Column::Product, Column::Variant]);
        Entity::insert(row)
            .on_conflict(there.update_column(Column::Touched).to_owned())
            .exec_without_returning(within)
            .await
            .map_err(|source| self.error(source))?;
        let found = Entity::find()
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Product.eq(product.as_str()))
            .filter(Column::Variant.eq(variant.as_str()))
            .filter(Column::Guid.eq(guid_text(guid)))
            .one(within)
            .await
            .map_err(|source| self.error(source))?;
        let open = found.and_then(|row| row.market_write);
        let open = open.map(|text| LevelWrite::read(&self.connection.place, &text)).transpose()?;
        write.commit().await?;
        Ok(open.filter(|open| millis(open.at) >= millis(since)))
    }

    /// Forgets what is remembered of the levels of some variants.
    async fn forget_levels_in(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
    ) -> Result<(), StateError> {
        self.forget_levels_where(transaction, variants, Condition::all()).await
    }

    /// Forgets what is remembered of the levels of some variants, but for those that are not settled ([`LevelRow::is_settled`]): whatever
    /// becomes of the variant meanwhile, what was sold of it was sold.
    pub(crate) async fn forget_settled_levels_in(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
    ) -> Result<(), StateError> {
        self.forget_levels_where(transaction, variants, is_settled()).await
    }

    /// Says of levels that are not settled that their variants are the goods of the marketplace that the links name. Of what is
    /// `created` the level is the one that its link tells; of another product of the marketplace it is not known.
    pub(crate) async fn move_levels_in(
        &self,
        transaction: &impl ConnectionTrait,
        links: &BTreeMap<VariantKey, &Link>,
        created: bool,
    ) -> Result<(), StateError> {
        let variants: Vec<VariantKey> = links.keys().cloned().collect();
        for chosen in choose(&variants, Column::Product, Column::Variant) {
            let open = Entity::find().filter(Column::Owner.eq(self.id)).filter(is_settled().not());
            let rows = open.filter(chosen).all(transaction).await;
            let mut moved = Vec::new();
            for row in rows.map_err(|source| self.error(source))? {
                let row = LevelRow::read(&self.connection.place, row)?;
                let Some(link) = links.get(&row.key()).filter(|link| created || link.guid != row.guid) else {
                    continue;
                };
                let market = link.stock_base.filter(|_| created);
                moved.push(LevelRow { guid: link.guid, market, market_write: None, ..row }.row(self.id));
            }
            self.put_levels_in(transaction, &moved).await?;
        }
        Ok(())
    }

    async fn forget_levels_where(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
        which: Condition,
    ) -> Result<(), StateError> {
        for chosen in choose(variants, Column::Product, Column::Variant) {
            Entity::delete_many()
                .filter(Column::Owner.eq(self.id))
                .filter(which.clone())
                .filter(chosen)
                .exec(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(())
    }
}
