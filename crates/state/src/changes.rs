//! Many changes in one transaction: what a run does about several products at once costs one commit.

use gateway_core::gateway::Guid;
use gateway_core::model::ProductId;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use tracing::Instrument as _;

use crate::links::Base;
use crate::{FamilyKey, Intent, Lease, Link, RejectRow, StateError, Store, VariantKey};

/// What is to be remembered together. It is written in the order of the fields.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Variants whose products are known by another id from now on, which stands behind them: what is remembered of them goes over to it.
    pub renamed: Vec<(VariantKey, ProductId)>,
    /// Variants that are not at the marketplace.
    pub unlinked: Vec<VariantKey>,
    /// Variants of which it is certain that nothing was created: their intents are dropped.
    pub not_created: Vec<VariantKey>,
    /// Variants that are about to be created, and since when.
    pub intents: Vec<Intent>,
    /// Variants that have been created, or have come back with a level: links with their stock bases, whose intents are dropped. What was
    /// seen of their levels before is forgotten.
    pub created: Vec<Link>,
    /// Variants of which a look shows that a create was done that nobody had answered: links whose stock bases are those that their intents
    /// remember, and that stay as they are where none does. The intents are dropped.
    pub found: Vec<Link>,
    /// Variants that have been written: links without their stock bases.
    pub written: Vec<Link>,
    /// Pictures that the marketplace does not have any more, by their identities.
    pub lost_images: Vec<String>,
    /// Pictures that it has: identity and address.
    pub images: Vec<(String, String)>,
    /// Tags of families.
    pub families: Vec<(FamilyKey, Guid)>,
    /// What of a product could not be imported, in place of what was remembered of that.
    pub rejects: Vec<(ProductId, Vec<RejectRow>)>,
    /// What else of a product could not be imported, beside what is remembered of that.
    pub more_rejects: Vec<(ProductId, Vec<RejectRow>)>,
    /// The version of the mapping that made what was last sent, of all links.
    pub mapping: Option<u32>,
    /// Notes.
    pub notes: Vec<(String, Value)>,
}

impl Changes {
    /// Adds what is to be remembered after this.
    pub fn add(&mut self, later: Self) {
        let Self {
            renamed,
            unlinked,
            not_created,
            intents,
            created,
            found,
            written,
            lost_images,
            images,
            families,
            rejects,
            more_rejects,
            mapping,
            notes,
        } = later;
        self.renamed.extend(renamed);
        self.unlinked.extend(unlinked);
        self.not_created.extend(not_created);
        self.intents.extend(intents);
        self.created.extend(created);
        self.found.extend(found);
        self.written.extend(written);
        self.lost_images.extend(lost_images);
        self.images.extend(images);
        self.families.extend(families);
        self.rejects.extend(rejects);
        self.more_rejects.extend(more_rejects);
        self.mapping = mapping.or(self.mapping);
        self.notes.extend(notes);
    }

    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_none(&self) -> bool {
        let Self {
            renamed,
            unlinked,
            not_created,
            intents,
            created,
            found,
            written,
            lost_images,
            images,
            families,
            rejects,
            more_rejects,
            mapping,
            notes,
        } = self;
        renamed.is_empty()
            && unlinked.is_empty()
            && not_created.is_empty()
            && intents.is_empty()
            && created.is_empty()
            && found.is_empty()
            && written.is_empty()
            && lost_images.is_empty()
            && images.is_empty()
            && families.is_empty()
            && rejects.is_empty()
            && more_rejects.is_empty()
            && mapping.is_none()
            && notes.is_empty()
    }
}

impl Store {
    /// Remembers all of it, in one transaction that lasts when this returns.
    ///
    /// # Errors
    /// [`StateError::LeaseLost`] when the lease is not held any more, [`StateError::Unstorable`] when a key cannot be stored, or when
    /// the database fails. Then nothing is written.
    pub async fn remember(&self, lease: &Lease, changes: &Changes) -> Result<(), StateError> {
        if changes.is_none() {
            return Ok(());
        }
        // A span, by which the time that runs spend here can be measured.
        self.write(lease, changes).instrument(tracing::debug_span!("remember")).await
    }

    async fn write(&self, lease: &Lease, changes: &Changes) -> Result<(), StateError> {
        let write = self.connection.write().await?;
        let within = &write.transaction;
        self.alone(within).await?;
        self.hold(within, lease).await?;
        self.rename_in(within, &changes.renamed).await?;
        self.remove_links_in(within, &changes.unlinked).await?;
        self.drop_intents_in(within, &changes.not_created).await?;
        self.intend_in(within, &changes.intents).await?;
        if !changes.created.is_empty() {
            self.put_in(within, &changes.created, Base::Replaces).await?;
            let variants: Vec<VariantKey> = changes.created.iter().map(Link::key).collect();
            self.drop_intents_in(within, &variants).await?;
        }
        if !changes.found.is_empty() {
            self.put_found_in(within, &changes.found).await?;
        }
        if !changes.written.is_empty() {
            self.put_in(within, &changes.written, Base::Stays).await?;
        }
        if !changes.lost_images.is_empty() {
            self.forget_images_in(within, &changes.lost_images).await?;
        }
        self.put_images_in(within, &changes.images).await?;
        for (family, tag) in &changes.families {
            self.set_family_tag_in(within, family, *tag).await?;
        }
        for (product, rows) in &changes.rejects {
            self.set_rejects_in(within, product, rows).await?;
        }
        for (product, rows) in &changes.more_rejects {
            self.add_rejects_in(within, product, rows).await?;
        }
        if let Some(mapping) = changes.mapping {
            self.set_mapping_in(within, mapping).await?;
        }
        for (key, value) in &changes.notes {
            self.put_note_in(within, key, value).await?;
        }
        write.commit().await
    }
    async fn put_found_in(
        &self,
        transaction: &impl ConnectionTrait,
        found: &[Link],
    ) -> Result<(), StateError> {
        let variants: Vec<VariantKey> = found.iter().map(Link::key).collect();
        let levels = self.intended_levels_in(transaction, &variants).await?;
        let (mut with_level, mut others) = (Vec::new(), Vec::new());
        for (variant, link) in variants.iter().zip(found) {
            match levels.get(variant) {
                Some(level) => with_level.push(Link { stock_base: Some(*level), ..link.clone() }),
                None => others.push(link.clone()),
            }
        }
        self.put_in(transaction, &with_level, Base::Replaces).await?;
        self.put_in(transaction, &others, Base::Stays).await?;
        self.drop_intents_in(transaction, &variants).await
    }
}
