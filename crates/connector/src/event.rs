//! What an engine tells while it works, and what it has done in the end.

use std::time::Duration;

use gateway_core::gateway::Guid;
use gateway_core::model::{ExternalId, ProductId, Reject, VariantId};
use serde::Serialize;

use crate::mapping_file::Fault;
use crate::{Rendered, ShopInfo, Skip};

/// Takes what an engine tells. It must not block: an engine waits for it.
pub type Listener<'a> = &'a (dyn Fn(Event<'_>) + Send + Sync);

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The shop has been logged in to.
    Shop(&'a ShopInfo),
    /// All that the shop has to give has been imported before, so the run ends.
    NothingNew {
        /// What that is, as a part of a sentence.
        what: String,
    },
    /// So much of what the marketplace has is listed by now.
    Listed {
        /// How many of its products.
        products: u64,
    },
    /// So much has been done so far.
    Progress(&'a Summary),
    /// A variant would be created at the marketplace like this.
    Would(&'a Rendered),
    /// Something was done about a variant at the marketplace, or with a dry run would be.
    Changed(&'a Change<'a>),
    /// A product of the marketplace that bears no mark could be linked to this variant.
    Candidate(&'a Candidate),
    /// A target of the category mapping is not there, or ambiguous.
    Fault(&'a Fault),
    /// The run waits for the marketplace to show what was written, and goes on at once when it does.
    Waiting {
        /// How many variants it waits for.
        variants: u64,
        /// How long at most.
        at_most: Duration,
    },
    /// A variant, or a whole product, cannot be imported.
    Rejected {
        /// Which, and why.
        reject: &'a Reject,
        /// Whether the runs before this one did not find it so.
        is_new: bool,
    },
    /// A product is not to be imported.
    Skipped(&'a Skip),
    /// Something is imported, but not quite as the shop has it.
    Warning(&'a Warning),
}

/// What is done about a variant at the marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there.
    Created,
    /// It was there, and something of it is not as in the shop.
    Updated,
    /// It was there without a mark, and is known from now on.
    Linked,
    /// It came back to the shop, and so to the marketplace.
    Restored,
    /// The shop does not have it any more, or it was there twice.
    Archived,
}

/// Something that was done about a variant at the marketplace, or with a dry run would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// What.
    pub kind: ChangeKind,
    /// Whether it was done; a dry run does nothing.
    pub is_done: bool,
    /// The variant.
    pub id: &'a ExternalId,
    /// Its guid at the marketplace.
    pub guid: Guid,
    /// Its name there.
    pub name: &'a str,
    /// The fields that were not as in the shop.
    pub fields: Vec<&'static str>,
    /// Why, as a part of a sentence, where that is not plain: "it was there twice".
    pub why: Option<&'static str>,
}

/// A product of the marketplace without a mark, and the variant of the shop that bears its SKU; both alone do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// The variant's product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Its name in the shop.
    pub name: String,
    /// The SKU.
    pub sku: String,
    /// The product at the marketplace.
    pub guid: Guid,
}

/// What a reader should know about goods that are imported all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The product, unless it concerns the whole run.
    pub product: Option<ProductId>,
    /// The variant, unless it concerns the whole product.
    pub variant: Option<VariantId>,
    /// What it is, as a sentence without a full stop.
    pub what: String,
}

/// What a run has done, counted in variants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Products read from the shop.
    #[serde(skip)]
    pub products: u64,
    /// Products that have come to their end, one way or another.
    #[serde(skip)]
    pub brought: u64,
    /// Products and variants that the shop could not deliver; they are among the rejected.
    #[serde(skip)]
    pub undeliverable: u64,
    /// Variants whose stock level at the marketplace is not that in the shop.
    #[serde(skip)]
    pub other_levels: u64,
    /// Nothing was read, because all that the shop has to give was imported before.
    #[serde(skip)]
    pub nothing_new: bool,
    /// Variants created; with `--dry-run`, those that would be.
    pub created: u64,
    /// Variants updated.
    pub updated: u64,
    /// Variants that were right already.
    pub unchanged: u64,
    /// Variants of products that are not to be imported.
    pub skipped: u64,
    /// Variants that could not be imported.
    pub rejected: u64,
    /// Variants archived.
    pub archived: u64,
    /// Pictures sent; with `--dry-run`, those that would be, counted for each product that shows them.
    pub images: u64,
    /// Warnings told.
    pub warnings: u64,
}

impl Summary {
    /// Counts a change of this kind.
    pub fn count(&mut self, kind: ChangeKind) {
        match kind {
            ChangeKind::Created => self.created += 1,
            ChangeKind::Updated | ChangeKind::Linked | ChangeKind::Restored => self.updated += 1,
            ChangeKind::Archived => self.archived += 1,
        }
    }
}
