//! What is remembered of a variant that is linked, before both sides are looked at.

use gateway_core::gateway::Guid;
use gateway_core::model::{ProductId, StockLevel, VariantId};
use rust_decimal::Decimal;
use state::{LevelRow, LevelWrite};

use super::merge::Rules;
use super::settle::asked;
use crate::{AdjustmentKey, Known};

/// A variant that is linked.
#[derive(Clone, Debug)]
pub(crate) struct Linked {
    pub(crate) product: ProductId,
    pub(crate) variant: VariantId,
    pub(crate) guid: Guid,
    /// The level with which it was created.
    pub(crate) base: Option<Decimal>,
    /// What passes before this one remember of it.
    pub(crate) row: Option<LevelRow>,
}

/// What a pass goes by.
pub(super) struct Remembered {
    pub(super) row: LevelRow,
    /// Whether no level of it is known.
    pub(super) is_first: bool,
    /// What the marketplace is told less, because it may be in the level that the shop shows already.
    pub(super) hidden: Decimal,
}

impl Linked {
    /// What is remembered of it. Who has said that the levels are right takes back what is remembered of them, but not a file that
    /// somebody may have the shop read yet.
    pub(super) fn remembered(&self, rules: &Rules, known: Known) -> Remembered {
        let is_seen = |row: &&LevelRow| {
            let has_levels = row.shop.is_some() || row.market.is_some();
            row.guid == self.guid && (has_levels || row.shop_write.is_some() || row.market_write.is_some())
        };
        if let Some(row) = self.row.as_ref().filter(is_seen).filter(|_| !rules.begins_anew) {
            // It may be remembered by another id of the product.
            let row = LevelRow { product: self.product.clone(), ..row.clone() };
            return Remembered { row, is_first: false, hidden: Decimal::ZERO };
        }
        let base = self.base.filter(|_| !rules.begins_anew).map(StockLevel::Quantity);
        let outstanding = self.shop_write().filter(|_| known == Known::Outstanding);
        let owed = outstanding.and_then(asked).unwrap_or_default();
        let row = LevelRow {
            product: self.product.clone(),
            variant: self.variant.clone(),
            guid: self.guid,
            shop: base,
            market: base.map(|base| rules.terms.stock_level(base).into()),
            owed,
            held: Decimal::ZERO,
            shop_write: outstanding.cloned(),
            market_write: None,
        };
        Remembered { row, is_first: base.is_none(), hidden: owed.max(Decimal::ZERO) }
    }

    /// Whether nothing is remembered of its level, not even from its creation.
    pub(crate) fn is_unknown(&self, rules: &Rules) -> bool {
        self.remembered(rules, Known::Unknown).is_first
    }

    /// The change that the shop was asked for last, when it is not known yet what became of it.
    pub(crate) fn open_change(&self) -> Option<AdjustmentKey> {
        self.shop_write().map(|write| AdjustmentKey::new(write.key.clone()))
    }

    /// The same, when the shop has said that it took it in its way.
    pub(super) fn answered_change(&self) -> Option<AdjustmentKey> {
        let write = self.shop_write().filter(|write| write.is_answered)?;
        Some(AdjustmentKey::new(write.key.clone()))
    }

    fn shop_write(&self) -> Option<&LevelWrite> {
        self.row.as_ref().filter(|row| row.guid == self.guid)?.shop_write.as_ref()
    }
}
