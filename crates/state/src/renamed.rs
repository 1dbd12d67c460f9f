//! Variants whose products are known by other ids from now on: what is remembered of them goes over to these.
//!
//! An import renames while a stock run may be at work that has read the old ids. So what that remembers of a variant is put where the
//! variant's link is by then ([`Store::where_linked_in`]).

use std::collections::{BTreeMap, BTreeSet};

use gateway_core::model::ProductId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

use crate::entity::{families, intents, levels, links, rejects};
use crate::store::guid_text;
use crate::values::{self, CHUNK, choose};
use crate::{LevelRow, StateError, Store, VariantKey};

/// A variant as it was known, and its product's new id.
type Renamed<'a> = (&'a VariantKey, &'a ProductId);

/// All rows of a table that belong to these variants, by product and variant.
macro_rules! rows_of {
    ($store:expr, $transaction:expr, $table:ident, $variants:expr) => {{
        let mut rows: BTreeMap<(String, String), $table::Model> = BTreeMap::new();
        for chosen in choose($variants, $table::Column::Product, $table::Column::Variant) {
            let found = $table::Entity::find()
                .filter($table::Column::Owner.eq($store.id))
                .filter(chosen)
                .all($transaction)
                .await
                .map_err(|source| $store.error(source))?;
            rows.extend(found.into_iter().map(|row| ((row.product.clone(), row.variant.clone()), row)));
        }
        rows
    }};
}

/// Gives a variant's row of a table to another product.
macro_rules! give {
    ($store:expr, $transaction:expr, $table:ident, $from:expr, $to:expr) => {
        $table::Entity::update_many()
            .col_expr($table::Column::Product, Expr::value($to.as_str()))
            .filter($table::Column::Owner.eq($store.id))
            .filter($table::Column::Product.eq($from.0.as_str()))
            .filter($table::Column::Variant.eq($from.1.as_str()))
            .exec($transaction)
            .await
            .map_err(|source| $store.error(source))?
    };
}

/// Removes a variant's row of a table.
macro_rules! remove {
    ($store:expr, $transaction:expr, $table:ident, $of:expr) => {
        $table::Entity::delete_many()
            .filter($table::Column::Owner.eq($store.id))
            .filter($table::Column::Product.eq($of.0.as_str()))
            .filter($table::Column::Variant.eq($of.1.as_str()))
            .exec($transaction)
            .await
            .map_err(|source| $store.error(source))?
    };
}

fn text_key(variant: &VariantKey) -> (String, String) {
    (variant.0.to_string(), variant.1.to_string())
}

impl Store {
    /// Gives what is remembered of variants to their products' new ids. Where a link is there already, to the same product of the marketplace,
    /// the two become one; where it is to another one, both stay: then the marketplace has the variant twice.
    pub(crate) async fn rename_in(
        &self,
        transaction: &impl ConnectionTrait,
        renamed: &[(VariantKey, ProductId)],
    ) -> Result<(), StateError> {
        let renamed: BTreeMap<&VariantKey, &ProductId> =
            renamed.iter().map(|(from, to)| (from, to)).filter(|(from, to)| from.0 != **to).collect();
        let renamed: Vec<Renamed<'_>> = renamed.into_iter().collect();
        for part in renamed.chunks(CHUNK) {
            self.rename_variants_in(transaction, part).await?;
            let products: BTreeSet<(&ProductId, &ProductId)> =
                part.iter().map(|(from, to)| (&from.0, *to)).collect();
            self.rename_products_in(transaction, &products.into_iter().collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    async fn rename_variants_in(
        &self,
        transaction: &impl ConnectionTrait,
        renamed: &[Renamed<'_>],
    ) -> Result<(), StateError> {
        let to = |(from, to): &Renamed<'_>| ((*to).clone(), from.1.clone());
        let both: Vec<VariantKey> =
            renamed.iter().flat_map(|renamed| [renamed.0.clone(), to(renamed)]).collect();
        let links_of = rows_of!(self, transaction, links, &both);
        let levels_of = rows_of!(self, transaction, levels, &both);
        let intents_of = rows_of!(self, transaction, intents, &both);
        for renamed in renamed {
            let (from, to) = (renamed.0, to(renamed));
            let (old, new) = (text_key(from), text_key(&to));
            if intents_of.contains_key(&old) {
                match intents_of.contains_key(&new) {
                    true => remove!(self, transaction, intents, from).rows_affected,
                    false => give!(self, transaction, intents, from, to.0).rows_affected,
                };
            }
            let Some(link) = links_of.get(&old) else { continue };
            match links_of.get(&new) {
                None => {
                    give!(self, transaction, links, from, to.0);
                }
                Some(there) if there.guid == link.guid => {
                    if there.stock_base.is_none() && !there.gone {
                        self.set_base_in(transaction, &to, link.stock_base.as_deref()).await?;
                    }
                    remove!(self, transaction, links, from);
                }
                Some(_) => continue,
            }
            let Some(level) = levels_of.get(&old) else { continue };
            let is_seen = |row: &levels::Model| row.shop.is_some() || row.market.is_some();
            let there = levels_of.get(&new);
            if there.is_some_and(|there| there.guid == link.guid && is_seen(there)) || level.guid != link.guid
            {
                remove!(self, transaction, levels, from);
                continue;
            }
            if there.is_some() {
                remove!(self, transaction, levels, to);
            }
            give!(self, transaction, levels, from, to.0);
        }
        Ok(())
    }

    async fn set_base_in(
        &self,
        transaction: &impl ConnectionTrait,
        variant: &VariantKey,
        base: Option<&str>,
    ) -> Result<(), StateError> {
        links::Entity::update_many()
            .col_expr(links::Column::StockBase, Expr::value(base))
            .filter(links::Column::Owner.eq(self.id))
            .filter(links::Column::Product.eq(variant.0.as_str()))
            .filter(links::Column::Variant.eq(variant.1.as_str()))
            .exec(transaction)
            .await
            .map(drop)
            .map_err(|source| self.error(source))
    }

    /// What is remembered of products as a whole. What is remembered of the new id already is newer, and holds.
    async fn rename_products_in(
        &self,
        transaction: &impl ConnectionTrait,
        renamed: &[(&ProductId, &ProductId)],
    ) -> Result<(), StateError> {
        let ids: BTreeSet<&str> =
            renamed.iter().flat_map(|(from, to)| [from.as_str(), to.as_str()]).collect();
        let rejected: Vec<String> = rejects::Entity::find()
            .select_only()
            .column(rejects::Column::Product)
            .distinct()
            .filter(rejects::Column::Owner.eq(self.id))
            .filter(rejects::Column::Product.is_in(ids.iter().copied()))
            .into_tuple()
            .all(transaction)
            .await
            .map_err(|source| self.error(source))?;
        let of_product = Condition::all()
            .add(families::Column::Owner.eq(self.id))
            .add(families::Column::Kind.eq(values::OF_PRODUCT));
        let tagged: Vec<String> = families::Entity::find()
            .select_only()
            .column(families::Column::Id)
            .filter(of_product.clone())
            .filter(families::Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(transaction)
            .await
            .map_err(|source| self.error(source))?;
        let has = |list: &[String], id: &ProductId| list.iter().any(|own| own == id.as_str());
        for (from, to) in renamed {
            if has(&rejected, from) {
                let old = Condition::all()
                    .add(rejects::Column::Owner.eq(self.id))
                    .add(rejects::Column::Product.eq(from.as_str()));
                let done = if has(&rejected, to) {
                    rejects::Entity::delete_many().filter(old).exec(transaction).await.map(drop)
                } else {
                    let given = rejects::Entity::update_many()
                        .col_expr(rejects::Column::Product, Expr::value(to.as_str()));
                    given.filter(old).exec(transaction).await.map(drop)
                };
                done.map_err(|source| self.error(source))?;
            }
            if has(&tagged, from) {
                let old = of_product.clone().add(families::Column::Id.eq(from.as_str()));
                let done = if has(&tagged, to) {
                    families::Entity::delete_many().filter(old).exec(transaction).await.map(drop)
                } else {
                    let given = families::Entity::update_many()
                        .col_expr(families::Column::Id, Expr::value(to.as_str()));
                    given.filter(old).exec(transaction).await.map(drop)
                };
                done.map_err(|source| self.error(source))?;
            }
        }
        Ok(())
    }

    /// Where these levels belong that were read under ids which no link has any more: to the links of the same products of the
    /// marketplace. By the ids under which they were read.
    pub(crate) async fn where_linked_in(
        &self,
        transaction: &impl ConnectionTrait,
        rows: &[&LevelRow],
    ) -> Result<BTreeMap<VariantKey, VariantKey>, StateError> {
        let variants: Vec<VariantKey> = rows.iter().map(|row| row.key()).collect();
        let read: BTreeSet<&VariantKey> = variants.iter().collect();
        let mut linked: BTreeSet<(String, String)> = BTreeSet::new();
        for chosen in choose(&variants, links::Column::Product, links::Column::Variant) {
            let found: Vec<(String, String)> = links::Entity::find()
                .select_only()
                .columns([links::Column::Product, links::Column::Variant])
                .filter(links::Column::Owner.eq(self.id))
                .filter(chosen)
                .into_tuple()
                .all(transaction)
                .await
                .map_err(|source| self.error(source))?;
            linked.extend(found);
        }
        let stray: BTreeMap<String, &LevelRow> = rows
            .iter()
            .filter(|row| !linked.contains(&text_key(&row.key())))
            .map(|row| (guid_text(row.guid), *row))
            .collect();
        let guids: Vec<&str> = stray.keys().map(String::as_str).collect();
        let mut moved = BTreeMap::new();
        let place = &self.connection.place;
        for part in guids.chunks(CHUNK) {
            let found: Vec<(String, String, String)> = links::Entity::find()
                .select_only()
                .columns([links::Column::Guid, links::Column::Product, links::Column::Variant])
                .filter(links::Column::Owner.eq(self.id))
                .filter(links::Column::Guid.is_in(part.iter().copied()))
                .into_tuple()
                .all(transaction)
                .await
                .map_err(|source| self.error(source))?;
            for (guid, product, variant) in found {
                let Some(row) = stray.get(&guid).filter(|row| row.variant.as_str() == variant) else {
                    continue;
                };
                let there = (values::product(place, &product)?, row.variant.clone());
                // What was read under the id of the link itself is its own.
                if !read.contains(&there) {
                    moved.insert(row.key(), there);
                }
            }
        }
        Ok(moved)
    }
}
