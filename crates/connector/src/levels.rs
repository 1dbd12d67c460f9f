//! Stock levels between a platform and the engine that keeps them: what is read of them, what is asked of a platform, and what becomes
//! of that.

use std::fmt;

use gateway_core::model::{ProductId, StockLevel, Variant, VariantId};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::{End, Item, PlatformError};

/// What a stream of stock levels brings.
#[derive(Clone, Debug, PartialEq)]
pub enum StockItem {
    /// How much of a variant can be sold.
    Level {
        /// The product.
        product: ProductId,
        /// The variant.
        variant: VariantId,
        /// Its salable level: what is reserved is taken off already, where the platform tells that apart.
        level: StockLevel,
    },
    /// The shop has it, and does not tell how much of it; without a variant that is so of all of the product's. It is neither gone nor
    /// sold out.
    Unclear {
        /// The product.
        product: ProductId,
        /// The variant.
        variant: Option<VariantId>,
        /// Why, as a part of a sentence.
        why: String,
    },
    /// The end of the stream.
    End(End),
}

/// A name for one change of one level. It stays the same when the change is asked for again, so that a platform which remembers it
/// does not do it twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AdjustmentKey(String);

impl AdjustmentKey {
    /// A key that is known already.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// As it is written into a document, say: letters and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AdjustmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A change of a variant's level that a shop is to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockAdjustment {
    /// The product.
    pub product: ProductId,
    /// The variant.
    pub variant: VariantId,
    /// Which change it is.
    pub key: AdjustmentKey,
    /// By how much; never 0.
    pub delta: Decimal,
    /// The level that was read in the shop, to which the change belongs.
    pub read: Decimal,
    /// The level that is to be there then: `read` and `delta`.
    pub target: Decimal,
}

/// What became of an adjustment.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was done, and the shop shows this level since.
    Done(Decimal),
    /// The shop has taken it in and does it later: a file that it reads, say.
    Accepted,
    /// Nothing was written, because the level is not the one that was read any more, but this one.
    Moved(Decimal),
    /// Nothing was written: the shop does not take it. A part of a sentence.
    Refused(String),
    /// Nothing was written, for a reason that has nothing to do with this variant.
    NotDone(PlatformError),
    /// Nobody knows whether it was done.
    Unknown(PlatformError),
}

/// What a platform knows of an adjustment that was asked for earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It was done.
    Done,
    /// It was not done, and will not be unless it is asked for again.
    NotDone,
    /// The shop will do it when it reads the file in which it stands, however long that takes. Until then it counts as done: it is never
    /// asked for again.
    Outstanding,
    /// Nothing is remembered of it where everything that was taken in is: so it was not, unless it has been answered.
    Forgotten,
    /// Nobody can tell, and the shop does no change twice that is asked for by one key: it may be asked for again, whatever the level is.
    Repeatable,
    /// Only the level can tell.
    Unknown,
}

/// The levels that come with a product. What is rejected or skipped is there, but nobody knows how much of it.
pub(crate) fn levels_of(item: Item) -> Vec<StockItem> {
    match item {
        Item::Product(product, _) => {
            let level = |variant: &Variant| StockItem::Level {
                product: product.id().clone(),
                variant: variant.id.clone(),
                level: variant.stock,
            };
            product.variants().iter().map(level).collect()
        }
        Item::Reject(reject) => {
            let why = reject.reason.to_string();
            vec![StockItem::Unclear { product: reject.product, variant: reject.variant, why }]
        }
        Item::Skipped(skip) => {
            vec![StockItem::Unclear { product: skip.product, variant: None, why: skip.why }]
        }
        Item::End(end) => vec![StockItem::End(end)],
    }
}
