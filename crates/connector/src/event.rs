//! What an engine tells while it works, and what it has done in the end.

use std::time::Duration;

use gateway_core::gateway::Guid;
use gateway_core::model::{ExternalId, ProductId, Reject, VariantId};
use rust_decimal::Decimal;
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
    /// A stock level was set, or with a dry run would be.
    Level(&'a LevelChange),
    /// Something about a stock level that a person should look at.
    LevelNotice(&'a LevelNotice),
}

/// A side whose stock levels are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The vendor's shop.
    Shop,
    /// The marketplace.
    Gateway,
}

/// A stock level that was set, or with a dry run would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelChange {
    /// Where.
    pub side: Side,
    /// The product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Its guid at the marketplace.
    pub guid: Guid,
    /// The level that was there, where one was told.
    pub from: Option<Decimal>,
    /// The level that is there then.
    pub to: Decimal,
    /// Whether it was done; a dry run does nothing.
    pub is_done: bool,
}

/// What a person should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The marketplace sold more than there was.
    Oversold,
    /// A side did not take a level.
    NotWritten,
    /// The level in the shop moved while it was looked at: the shop was not written, and the next pass goes on with it.
    Moved,
    /// A level moved before a write of it was confirmed, and nobody knows which came first: nothing is counted twice, the shop is not
    /// written, and the marketplace is told the lower of what it may be.
    Uncertain,
    /// The shop does not tell the level.
    Unclear,
}

impl NoticeKind {
    /// Whether it is something that happened, and not one that stays so until somebody mends it.
    #[must_use]
    pub fn happens(self) -> bool {
        matches!(self, Self::Oversold | Self::Moved | Self::Uncertain)
    }

    /// Whether a person has to do something; else the next pass does.
    #[must_use]
    pub fn needs_a_look(self) -> bool {
        self != Self::Moved
    }
}

/// Something about a stock level that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelNotice {
    /// What it is.
    pub kind: NoticeKind,
    /// The product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Its guid at the marketplace.
    pub guid: Guid,
    /// What it is, as a sentence without a full stop.
    pub what: String,
    /// Whether the last pass did not tell the same of the variant.
    pub is_new: bool,
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
    /// What a pass over the stock levels has done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<LevelSummary>,
}

/// What a pass over the stock levels has done, counted in variants. Those that were right already are [`Summary::unchanged`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LevelSummary {
    /// Levels set in the shop; with a dry run, those that would be.
    pub shop: u64,
    /// Levels set at the marketplace; with a dry run, those that would be.
    pub gateway: u64,
    /// Variants of which no level was known: nothing was written to the shop.
    pub first: u64,
    /// Variants left for the next pass, because it is not seen yet what became of a write.
    pub waiting: u64,
    /// Variants that the shop does not have any more.
    pub gone: u64,
    /// Variants that are not at the marketplace, or archived there.
    pub not_offered: u64,
    /// Changes at the marketplace that were not carried to the shop, because they were not to be.
    pub not_carried: u64,
    /// Variants of which the marketplace sold more than there was.
    pub oversold: u64,
    /// Levels that a side did not take.
    pub not_written: u64,
    /// Variants whose level in the shop moved while it was looked at.
    pub moved: u64,
    /// Variants of which nobody knows whether a write came before or behind another change.
    pub uncertain: u64,
    /// Variants whose level the shop does not tell.
    pub unclear: u64,
}

impl LevelSummary {
    /// Whether there is something for a person to look at.
    #[must_use]
    pub fn has_trouble(&self) -> bool {
        self.oversold + self.not_written + self.uncertain + self.unclear > 0
    }

    /// Counts a level that was set.
    pub fn count(&mut self, side: Side) {
        match side {
            Side::Shop => self.shop += 1,
            Side::Gateway => self.gateway += 1,
        }
    }

    /// Counts a notice.
    pub fn notice(&mut self, kind: NoticeKind) {
        match kind {
            NoticeKind::Oversold => self.oversold += 1,
            NoticeKind::NotWritten => self.not_written += 1,
            NoticeKind::Moved => self.moved += 1,
            NoticeKind::Uncertain => self.uncertain += 1,
            NoticeKind::Unclear => self.unclear += 1,
        }
    }
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
