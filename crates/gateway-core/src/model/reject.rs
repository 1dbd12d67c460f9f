//! What is not sent, and why.

use rust_decimal::Decimal;
use serde::ser::{Serialize, Serializer};

use super::id::{ProductId, VariantId};
use super::money::VatRate;
use super::sku::Sku;

/// A product or a variant that is not sent. It never stops the others, and is never sent half-right.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Reject {
    /// The product.
    pub product: ProductId,
    /// The variant; none when the fault is the product's, and so all its variants are rejected.
    pub variant: Option<VariantId>,
    /// The product's name, where it is known: an operator finds it faster than an id.
    pub name: Option<String>,
    /// Its SKU, where it is known: it bears it although it cannot be imported.
    #[serde(skip)]
    pub sku: Option<Sku>,
    /// Why.
    pub reason: RejectReason,
}

/// Why a product or a variant is rejected; the text says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RejectReason {
    /// It has a name neither in the chosen language nor in the shop's default.
    #[error("no name in the chosen language, nor in the shop's default: name it in the shop")]
    NoName,
    /// The shop tells no price.
    #[error("no price: set one in the shop")]
    NoPrice,
    /// The price is 0.
    #[error("the price is 0: set one in the shop")]
    PriceZero,
    /// The price is below zero.
    #[error("the price is below zero ({0}): set a right one in the shop")]
    PriceNegative(Decimal),
    /// The marketplace has no class for the VAT rate.
    #[error("the marketplace has no class for a VAT rate of {0}: set another in the shop")]
    VatWithoutClass(VatRate),
    /// The shop tells no VAT rate.
    #[error("the shop tells no VAT rate: set one in the shop, or give a default with --vat-default")]
    VatUntold,
    /// The product is exempt from VAT, for which the marketplace has no class.
    #[error("exempt from VAT, for which the marketplace has no class: give a rate with --vat-default")]
    VatExempt,
    /// A field of the record cannot be what it is.
    #[error("broken record: {field} is {found:?}: mend it in the shop")]
    Broken {
        /// The field, as the platform names it.
        field: String,
        /// What was found there, cut short when it is long.
        found: String,
    },
    /// The shop answers for others, but not for this one.
    #[error("the shop cannot deliver product {0}: open it in the shop, its log may say why")]
    Undeliverable(ProductId),
    /// The marketplace refused it; its own words follow.
    #[error("the marketplace refused it: {0}")]
    Refused(String),
    /// The marketplace fails at it, and not for a reason of its own.
    #[error("{0}: the next run tries again")]
    NotTaken(String),
    /// Nobody knows whether it was created, and it may not be created twice.
    #[error("the marketplace does not say whether it created it: the next run looks again")]
    OutcomeUnknown,
    /// What the marketplace shows of it cannot be written back, so nothing of it can be changed without loss.
    #[error("the marketplace shows its {0} in a way that could not be written back: correct it there")]
    NotWritable(String),
    /// Goods without a mark bear its SKU, and nobody said what is to be done about such.
    #[error(
        "the marketplace holds goods without a mark with its SKU {0:?}: link them with --adopt sku, or create it beside \
         them with --adopt none"
    )]
    SkuTaken(String),
    /// It is known by an id that several products at the marketplace have as their other one.
    #[error(
        "it may be any of several goods at the marketplace that are known by {0} too: archive all but one of them there, or import once \
         with --prune by the way that tells both ids"
    )]
    OneOfSeveral(ProductId),
    /// Whether its SKU is unique cannot be told, because the shop did not deliver all of its products.
    #[error(
        "goods without a mark bear its SKU {0:?}, but the shop could not deliver all products: the next run looks again"
    )]
    SkuUncertain(String),
    /// Its SKU is to tell which goods without a mark it is, and does not.
    #[error(
        "its SKU {sku:?} is borne by {there} goods without a mark at the marketplace and by {here} variants of the shop, so \
         which is which cannot be told: make it unique on both sides, or archive those at the marketplace"
    )]
    SkuAmbiguous {
        /// The SKU.
        sku: String,
        /// How many products without a mark bear it.
        there: u64,
        /// How many variants of the shop bear it.
        here: u64,
    },
}

impl RejectReason {
    /// The longest value that is repeated in a message, in characters.
    const FOUND_CHARS: usize = 80;

    /// A broken record, by the field and what was found in it.
    #[must_use]
    pub fn broken(field: &str, found: &str) -> Self {
        let mut short: String = found.chars().take(Self::FOUND_CHARS).collect();
        if short.len() < found.len() {
            short.push('…');
        }
        Self::Broken { field: field.to_owned(), found: short }
    }
}

/// The price's error as a reason: too many digits are a broken record.
impl From<super::InvalidPrice> for RejectReason {
    fn from(error: super::InvalidPrice) -> Self {
        match error {
            super::InvalidPrice::Zero => Self::PriceZero,
            super::InvalidPrice::Negative(amount) => Self::PriceNegative(amount),
            super::InvalidPrice::Overflow(amount) => Self::broken("price", &amount.to_string()),
        }
    }
}

/// The sentence, as it stands in `--output json`.
impl Serialize for RejectReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
