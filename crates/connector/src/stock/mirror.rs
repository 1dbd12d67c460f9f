//! The direction to the marketplace alone.

use gateway_core::model::StockLevel;
use rust_decimal::Decimal;

use super::merge::Merging;

impl Merging<'_> {
    /// The shop's level is the marketplace's, whatever happened there. But what was sold there is not put on sale again before the shop's
    /// level moves: the shop may not have been told yet. What stands in a file that it has not read goes on to count as done.
    pub(super) fn mirror(&mut self, now: Decimal, happened: Decimal) -> Option<()> {
        let row = &mut self.merged.row;
        let stands_still = row.shop == Some(StockLevel::Quantity(now));
        let owed = std::mem::replace(&mut row.owed, self.outstanding);
        let happened = happened.checked_add(owed.checked_sub(self.outstanding)?)?;
        self.repeated = None;
        if self.outstanding.is_zero() {
            row.shop_write = None;
            self.hidden = Decimal::ZERO;
        }
        row.held = match stands_still {
            true => row.held.checked_add((-happened).max(Decimal::ZERO))?,
            false => Decimal::ZERO,
        };
        self.merged.is_not_carried = !happened.is_zero();
        self.see();
        self.aim_at(now)
    }
}
