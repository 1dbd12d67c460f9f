//! Which product of the marketplace a variant is, and what was last sent of it.

use std::collections::{BTreeMap, BTreeSet};

use futures::Stream;
use gateway_core::gateway::{Guid, SourceMark};
use gateway_core::model::{ExternalId, ProductId, VariantId};
use rust_decimal::Decimal;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::Value;

use crate::entity::links::{ActiveModel, Column, Entity, Model};
use crate::error::Place;
use crate::store::guid_text;
use crate::values::{self, CHUNK, choose, decimal_text, exact, json, json_text};
use crate::{Lease, StateError, Store};

/// A variant within its owner's shop.
pub type VariantKey = (ProductId, VariantId);

/// What is known of a variant at the marketplace. It is what the mark on the product there holds
/// ([`SourceMark`]), and what only we have to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The product at the source.
    pub product: ProductId,
    /// Its variant.
    pub variant: VariantId,
    /// The product at the marketplace.
    pub guid: Guid,
    /// A hash of what was last sent.
    pub hash: String,
    /// The version of the mapping that made what was last sent.
    pub mapping: u32,
    /// A digest of each field as it was last sent, by the field's name.
    pub sent: BTreeMap<String, String>,
    /// The categories' tags that were put on it, in the order of the caller.
    pub tags: Vec<Guid>,
    /// The pictures sent, in order: identity at the source, address at the marketplace.
    pub images: Vec<(String, String)>,
    /// The tag that it shares with others of its product or family.
    pub family: Option<Guid>,
    /// It is archived because the shop does not have it any more.
    pub is_gone: bool,
    /// The level that was last known of the shop; `None` while none is known, and once it is gone.
    pub stock_base: Option<Decimal>,
}

impl Link {
    /// What the mark of a product at the marketplace says; it tells no stock level.
    #[must_use]
    pub fn of_mark(guid: Guid, mark: SourceMark) -> Self {
        let SourceMark {
            id: ExternalId { product, variant, .. },
            hash,
            mapping,
            images,
            tags,
            family,
            sent,
            is_gone,
        } = mark;
        Self { product, variant, guid, hash, mapping, sent, tags, images, family, is_gone, stock_base: None }
    }

    /// What the mark on its product says, or would say.
    #[must_use]
    pub fn mark(&self, id: ExternalId) -> SourceMark {
        SourceMark {
            id,
            hash: self.hash.clone(),
            mapping: self.mapping,
            images: self.images.clone(),
            tags: self.tags.clone(),
            family: self.family,
            sent: self.sent.clone(),
            is_gone: self.is_gone,
        }
    }

    /// The variant.
    #[must_use]
    pub fn key(&self) -> VariantKey {
        (self.product.clone(), self.variant.clone())
    }

    fn row(&self, owner: i64) -> Result<ActiveModel, StateError> {
        let texts = |pairs: Value| json_text(&pairs);
        let tags: Vec<String> = self.tags.iter().copied().map(guid_text).collect();
        Ok(ActiveModel {
            owner: Set(owner),
            product: Set(self.product.to_string()),
            variant: Set(self.variant.to_string()),
            guid: Set(guid_text(self.guid)),
            hash: Set(exact("a link's hash", &self.hash)?),
            mapping: Set(self.mapping.into()),
            sent: Set(texts(serde_json::json!(self.sent))),
            tags: Set(texts(serde_json::json!(tags))),
            images: Set(texts(serde_json::json!(self.images))),
            family: Set(self.family.map(guid_text)),
            gone: Set(self.is_gone),
            // What comes back begins anew.
            stock_base: Set(self.stock_base.filter(|_| !self.is_gone).map(decimal_text)),
        })
    }

    fn read(place: &Place, row: Model) -> Result<Self, StateError> {
        let tags: Vec<String> = json(place, "a link's tags", &row.tags)?;
        Ok(Self {
            product: values::product(place, &row.product)?,
            variant: values::variant(place, &row.variant)?,
            guid: values::guid(place, &row.guid)?,
            hash: row.hash,
            mapping: u32::try_from(row.mapping).map_err(|_| place.unreadable("a mapping's version"))?,
            sent: json(place, "what was sent of a link", &row.sent)?,
            tags: tags.iter().map(|tag| values::guid(place, tag)).collect::<Result<_, _>>()?,
            images: json(place, "a link's pictures", &row.images)?,
            family: row.family.map(|family| values::guid(place, &family)).transpose()?,
            is_gone: row.gone,
            stock_base: row.stock_base.map(|base| values::decimal(place, &base)).transpose()?,
        })
    }
}

/// Whose stock base holds when a link is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// That which is there, unless the link is gone.
    Stays,
    /// That of the link which is written: what was seen of its levels before is forgotten, unless it is not settled.
    Replaces,
}

impl Store {
    /// All links, by product and variant. What is held in memory is a page of them, however many there are. Links that are
    /// written meanwhile may come or not.
    pub fn links(&self) -> impl Stream<Item = Result<Link, StateError>> + Send + '_ {
        async_stream::try_stream! {
            let mut last: Option<(String, String)> = None;
            loop {
                let rows = self.page(last.as_ref()).await?;
                let is_last = rows.len() < CHUNK;
                last = rows.last().map(|row| (row.product.clone(), row.variant.clone()));
                for row in rows {
                    yield Link::read(&self.connection.place, row)?;
                }
                if is_last {
                    break;
                }
            }
        }
    }

    async fn page(&self, last: Option<&(String, String)>) -> Result<Vec<Model>, StateError> {
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

    /// The links of some products, by product and variant. Products without any are not an error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links_of(&self, products: &[ProductId]) -> Result<Vec<Link>, StateError> {
        let products: Vec<&str> = products.iter().map(ProductId::as_str).collect();
        self.some(Column::Product, &products).await
    }

    /// The links to some products of the marketplace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links_to(&self, guids: &[Guid]) -> Result<Vec<Link>, StateError> {
        let guids: Vec<String> = guids.iter().copied().map(guid_text).collect();
        let guids: Vec<&str> = guids.iter().map(String::as_str).collect();
        self.some(Column::Guid, &guids).await
    }

    async fn some(&self, column: Column, keys: &[&str]) -> Result<Vec<Link>, StateError> {
        // Each once, and in an order that makes the parts together as sorted as each of them.
        let keys: Vec<&str> = keys.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let mut links = Vec::new();
        for part in keys.chunks(CHUNK) {
            let rows = Entity::find()
                .filter(Column::Owner.eq(self.id))
                .filter(column.is_in(part.iter().copied()))
                .order_by_asc(Column::Product)
                .order_by_asc(Column::Variant)
                .all(&self.connection.database)
                .await
                .map_err(|source| self.error(source))?;
            for row in rows {
                links.push(Link::read(&self.connection.place, row)?);
            }
        }
        Ok(links)
    }

    /// How many links there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_links(&self) -> Result<u64, StateError> {
        let links = Entity::find().filter(Column::Owner.eq(self.id));
        links.count(&self.connection.database).await.map_err(|source| self.error(source))
    }

    /// Writes links, all or none. Where one is there, it is replaced, but its stock base stays: that belongs to those who
    /// write levels, who may do so at the same time ([`Store::set_stock_bases`]). What is gone has none, and no level either unless that is not settled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_links(&self, links: &[Link]) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.alone(&write.transaction).await?;
        self.put_in(&write.transaction, links, Base::Stays).await?;
        write.commit().await
    }

    /// Remembers the levels that both sides agree on, all or none. Variants without a link are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_stock_bases(&self, bases: &[(VariantKey, Option<Decimal>)]) -> Result<(), StateError> {
        let bases: BTreeMap<_, _> = bases.iter().map(|(key, base)| (key, base)).collect();
        let write = self.connection.write().await?;
        self.alone(&write.transaction).await?;
        for ((product, variant), base) in bases {
            Entity::update_many()
                .col_expr(Column::StockBase, Expr::value(base.map(decimal_text)))
                .filter(Column::Owner.eq(self.id))
                .filter(Column::Product.eq(product.as_str()))
                .filter(Column::Variant.eq(variant.as_str()))
                .exec(&write.transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        write.commit().await
    }

    /// Removes links with their levels, all or none, but for levels that are not settled ([`LevelRow::is_settled`](crate::LevelRow::is_settled)).
    /// Variants without a link are not an error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_links(&self, variants: &[VariantKey]) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.alone(&write.transaction).await?;
        self.remove_links_in(&write.transaction, variants).await?;
        write.commit().await
    }

    pub(crate) async fn remove_links_in(
        &self,
        transaction: &impl ConnectionTrait,
        variants: &[VariantKey],
    ) -> Result<(), StateError> {
        self.forget_settled_levels_in(transaction, variants).await?;
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

    /// Says of all links that this version of the mapping made what was last sent.
    pub(crate) async fn set_mapping_in(
        &self,
        transaction: &impl ConnectionTrait,
        mapping: u32,
    ) -> Result<(), StateError> {
        Entity::update_many()
            .col_expr(Column::Mapping, Expr::value(i64::from(mapping)))
            .filter(Column::Owner.eq(self.id))
            .filter(Column::Mapping.ne(i64::from(mapping)))
            .exec(transaction)
            .await
            .map(drop)
            .map_err(|source| self.error(source))
    }

    /// Remembers what has been created, in one transaction: writes the links with their stock bases, removes their intents,
    /// and stores the platform's notes.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when the lease is not held any more, or when the database fails. Then nothing is written, and the
    /// intents remain.
    pub async fn link_created(
        &self,
        lease: &Lease,
        links: &[Link],
        notes: &[(String, Value)],
    ) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        self.alone(&write.transaction).await?;
        self.hold(&write.transaction, lease).await?;
        self.put_in(&write.transaction, links, Base::Replaces).await?;
        let variants: Vec<VariantKey> = links.iter().map(Link::key).collect();
        self.drop_intents_in(&write.transaction, &variants).await?;
        for (key, value) in notes {
            self.put_note_in(&write.transaction, key, value).await?;
        }
        write.commit().await
    }

    pub(crate) async fn put_in(
        &self,
        transaction: &impl ConnectionTrait,
        links: &[Link],
        base: Base,
    ) -> Result<(), StateError> {
        // The last of a variant holds. All writers go in one order, so that none waits for another that waits for it.
        let links: BTreeMap<VariantKey, &Link> = links.iter().map(|link| (link.key(), link)).collect();
        let anew = links.iter().filter(|(_, link)| link.is_gone || base == Base::Replaces);
        let anew: Vec<VariantKey> = anew.map(|(variant, _)| variant.clone()).collect();
        self.forget_settled_levels_in(transaction, &anew).await?;
        self.move_levels_in(transaction, &links, base == Base::Replaces).await?;
        let rows = links.values().map(|link| link.row(self.id)).collect::<Result<Vec<_>, _>>()?;
        let mut columns = vec![
            Column::Guid,
            Column::Hash,
            Column::Mapping,
            Column::Sent,
            Column::Tags,
            Column::Images,
            Column::Family,
            Column::Gone,
        ];
        if base == Base::Replaces {
            columns.push(Column::StockBase);
        }
        for part in rows.chunks(CHUNK) {
            let mut there = OnConflict::columns([Column::Owner, Column::Product, Column::Variant]);
            there.update_columns(columns.clone());
            if base == Base::Stays {
                let unless_gone = "CASE WHEN excluded.gone OR excluded.guid <> links.guid THEN NULL ELSE links.stock_base END";
                there.value(Column::StockBase, Expr::cust(unless_gone));
            }
            Entity::insert_many(part.to_vec())
                .on_conflict(there)
                .exec_without_returning(transaction)
                .await
                .map_err(|source| self.error(source))?;
        }
        Ok(())
    }
}
