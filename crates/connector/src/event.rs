//! What an engine tells while it works, and what it has done in the end.

use gateway_core::model::{ProductId, Reject, VariantId};
use serde::Serialize;

use crate::{Rendered, ShopInfo, Skip};

/// Takes what an engine tells. It must not block: an engine waits for it.
pub type Listener<'a> = &'a (dyn Fn(Event<'_>) + Send + Sync);

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The shop has been logged in to.
    Shop(&'a ShopInfo),
    /// So much has been read so far.
    Progress(&'a Summary),
    /// A variant would be sent to the marketplace like this.
    Would(&'a Rendered),
    /// A variant, or a whole product, cannot be imported.
    Rejected(&'a Reject),
    /// A product is not to be imported.
    Skipped(&'a Skip),
    /// Something is imported, but not quite as the shop has it.
    Warning(&'a Warning),
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
    /// Pictures sent; with `--dry-run`, those that would be.
    pub images: u64,
    /// Warnings told.
    pub warnings: u64,
}
