//! Stock levels.

use rust_decimal::Decimal;
use serde::ser::{Serialize, Serializer};

use super::money::Number;

/// How much of a variant is there.
///
/// What is sent for [`StockLevel::Unknown`], and that a level below zero is sent as 0, belongs to the marketplace's
/// client alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockLevel {
    /// A number with its sign: a shop that sells on order may stand below zero.
    Quantity(Decimal),
    /// Available, quantity unknown. It never enters arithmetic.
    Unknown,
}

/// Why two levels cannot be reckoned with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// One of the levels is "available, quantity unknown".
    #[error("the quantity of a stock level is unknown")]
    Unknown,
    /// The result has more digits than a decimal holds.
    #[error("a stock level has too many digits")]
    Overflow,
}

impl StockLevel {
    /// The quantity, where it is known.
    #[must_use]
    pub fn quantity(self) -> Option<Decimal> {
        match self {
            Self::Quantity(quantity) => Some(quantity),
            Self::Unknown => None,
        }
    }

    /// This level after `change`, which may be negative.
    ///
    /// # Errors
    /// When this level is unknown, or the result has too many digits.
    pub fn changed_by(self, change: Decimal) -> Result<Self, StockError> {
        let quantity = self.quantity().ok_or(StockError::Unknown)?;
        quantity.checked_add(change).map(Self::Quantity).ok_or(StockError::Overflow)
    }

    /// The change that leads from `base` to this level.
    ///
    /// # Errors
    /// When either level is unknown, or the result has too many digits.
    pub fn change_since(self, base: Self) -> Result<Decimal, StockError> {
        let (Some(now), Some(then)) = (self.quantity(), base.quantity()) else {
            return Err(StockError::Unknown);
        };
        now.checked_sub(then).ok_or(StockError::Overflow)
    }

    /// The sum of the levels in several places; no place at all is a quantity of 0.
    ///
    /// # Errors
    /// When one of them is unknown, or the sum has too many digits.
    pub fn total(levels: impl IntoIterator<Item = Self>) -> Result<Self, StockError> {
        levels.into_iter().try_fold(Self::Quantity(Decimal::ZERO), |sum, level| {
            sum.changed_by(level.quantity().ok_or(StockError::Unknown)?)
        })
    }
}

/// A JSON number, or the word `unknown`.
impl Serialize for StockLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Quantity(quantity) => Number(*quantity).serialize(serializer),
            Self::Unknown => serializer.serialize_str("unknown"),
        }
    }
}
