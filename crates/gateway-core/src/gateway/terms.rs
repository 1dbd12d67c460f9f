//! What the marketplace takes: currency, VAT classes, names, stock levels.
//!
//! A platform's mapping never decides this; it is asked of the marketplace's client.

use std::fmt;

use iso_currency::Currency;
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

use crate::assumptions;
use crate::model::{Name, StockLevel, VatRate};

/// The Gateway's terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terms;

/// A VAT class at the Gateway, such as `VAT23`: VAT and the whole percent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct VatClass(String);

impl VatClass {
    /// A class as the Gateway shows it, which may be one that we would not send.
    pub(crate) fn as_read(class: &str) -> Self {
        Self(class.to_owned())
    }

    /// The class's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VatClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Terms {
    /// The one currency whose prices are taken.
    #[must_use]
    pub fn currency(self) -> Currency {
        Currency::PLN
    }

    /// How the Gateway writes its currency: "should be zl", says its documentation; earlier connectors sent this.
    pub(crate) const CURRENCY_SIGN: &'static str = "zł";

    /// The VAT rates that are taken, in percent.
    #[must_use]
    pub fn vat_percents(self) -> [u32; 4] {
        assumptions::VAT_PERCENTS
    }

    /// The class of a VAT rate; `None` when the marketplace has none for it.
    #[must_use]
    pub fn vat_class(self, rate: VatRate) -> Option<VatClass> {
        let percent =
            self.vat_percents().into_iter().find(|percent| Decimal::from(*percent) == rate.as_percent())?;
        Some(VatClass(format!("VAT{percent}")))
    }

    /// A name as the marketplace takes it, and whether it had to be cut.
    #[must_use]
    pub fn name(self, name: &Name) -> (Name, bool) {
        name.cut_at_word(assumptions::LONGEST_NAME)
    }

    /// The stock level that is sent: whole pieces, none for less than none, and one fixed number where the quantity is
    /// unknown. The only place where a level below zero becomes 0.
    #[must_use]
    pub fn stock_level(self, level: StockLevel) -> u32 {
        match level {
            StockLevel::Unknown => assumptions::STOCK_LEVEL_OF_UNKNOWN,
            StockLevel::Quantity(quantity) if quantity <= Decimal::ZERO => 0,
            StockLevel::Quantity(quantity) => quantity
                .round_dp_with_strategy(assumptions::STOCK_LEVEL_PLACES, RoundingStrategy::ToZero)
                .to_u32()
                .unwrap_or(u32::MAX),
        }
    }
}
