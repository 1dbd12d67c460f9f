//! What an import writes where a stock run may write too.
//!
//! The place of a product in the web shop is sent whole, flags and level, and the marketplace shows late what it has. So an import that
//! takes something off sale would put an old level back, and a stock run that was read before would put it on sale again. Both say in the
//! state what they are about to write: a stock run leaves alone what an import has just written, and an import sends the level that a stock
//! run is writing, and sends it once more when that has come to its end.
//!
//! What the shop was asked for and may not have done yet is not put on sale again either: what comes back meanwhile keeps the
//! marketplace's level, and what is created has that much less.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use gateway_core::assumptions::STOCK_LEVEL_OF_UNKNOWN;
use gateway_core::gateway::{Guid, ListedProduct, ShopItem};
use gateway_core::model::{ExternalId, ProductId, VariantId};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use state::{LevelRow, LevelWrite, VariantKey};

use super::Import;
use super::fate::Fate;
use crate::{Memory, RunError};

/// How often it is looked whether a stock run's write has come to its end, and how long at most: it may have been killed.
const LOOK_AGAIN: (Duration, u32) = (Duration::from_millis(250), 40);

/// What of a shop's level can be sold, where something was sold that may not be taken off it yet. What came back is left to the next stock run.
pub(super) fn less_what_is_open(level: u32, row: &LevelRow) -> u32 {
    if level == STOCK_LEVEL_OF_UNKNOWN {
        return level;
    }
    let less = row.owed.min(Decimal::ZERO).saturating_sub(row.held);
    Decimal::from(level).saturating_add(less).max(Decimal::ZERO).floor().to_u32().unwrap_or(level)
}

impl Import<'_> {
    /// What is remembered of the levels of a product's variants that are not settled: something was sold that the shop has not taken, or stands
    /// in a file that nobody has read.
    pub(super) async fn open_levels(
        &self,
        product: &ProductId,
    ) -> Result<HashMap<VariantId, LevelRow>, RunError> {
        let rows = self.memory.store().levels_of(std::slice::from_ref(product)).await?;
        let open = rows.into_iter().filter(|row| !row.is_settled());
        Ok(open.map(|row| (row.variant.clone(), row)).collect())
    }

    /// Sets the flags of a product, and with `with_level` its level; else it keeps the one that it has.
    pub(super) async fn set_item(
        &self,
        id: &ExternalId,
        item: &ShopItem,
        with_level: bool,
    ) -> Result<(), Fate> {
        let other = self.touch(id, item.guid).await?;
        self.send_item(item, with_level, other.as_ref()).await?;
        if self.may_come_behind(id, other.as_ref()).await? {
            self.send_item(item, with_level, other.as_ref()).await?;
        }
        Ok(())
    }

    /// Archives a product.
    pub(super) async fn archive_item(&self, id: &ExternalId, listed: &ListedProduct) -> Result<(), Fate> {
        let other = self.touch(id, listed.guid).await?;
        self.gateway.archive(listed).await.map_err(Fate::of_repeatable)?;
        if self.may_come_behind(id, other.as_ref()).await? {
            self.gateway.archive(listed).await.map_err(Fate::of_repeatable)?;
        }
        Ok(())
    }

    async fn send_item(
        &self,
        item: &ShopItem,
        with_level: bool,
        other: Option<&LevelWrite>,
    ) -> Result<(), Fate> {
        let mut item = item.clone();
        if !with_level && matches!(self.memory, Memory::Held(_)) {
            // It was read before its pictures were brought, which takes its time.
            let shown = self.gateway.search_for(&[item.guid]).await.map_err(Fate::of_repeatable)?;
            let shown = shown.iter().find(|listed| listed.guid == item.guid);
            item.stock_level = shown.and_then(|listed| listed.stock_level).unwrap_or(item.stock_level);
            // What is shown is not what was there before the stock run's write: then it is newer than that.
            if let Some(other) = other.filter(|other| other.old == Some(item.stock_level)) {
                item.stock_level = other.intended;
            }
        }
        let results = self.gateway.set_items(std::slice::from_ref(&item)).await;
        results.into_iter().try_for_each(|result| result.map(drop)).map_err(Fate::of_repeatable)
    }

    /// Says that an import is about to write this; answers with what a stock run has just written, or is about to.
    async fn touch(&self, id: &ExternalId, guid: Guid) -> Result<Option<LevelWrite>, Fate> {
        let Memory::Held(lease) = self.memory else { return Ok(None) };
        let now = self.clock.now();
        let since =
            TimeDelta::from_std(self.options.settle).ok().and_then(|settle| now.checked_sub_signed(settle));
        let touched = lease.store().touch_level(lease, &key(id), guid, now, since.unwrap_or(now)).await;
        touched.map_err(|error| Fate::Run(error.into()))
    }

    /// Whether a stock run's write was on its way and may have arrived behind ours. Waits until it has come to its end.
    async fn may_come_behind(&self, id: &ExternalId, other: Option<&LevelWrite>) -> Result<bool, Fate> {
        if other.is_none_or(|other| other.is_answered) {
            return Ok(false);
        }
        let (product, variant) = key(id);
        for _ in 0..LOOK_AGAIN.1 {
            let rows = self.memory.store().levels_of(std::slice::from_ref(&product)).await;
            let rows = rows.map_err(|error| Fate::Run(error.into()))?;
            let row = rows.into_iter().find(|row| row.variant == variant);
            let write = row.and_then(|row| row.market_write);
            if write.is_none_or(|write| write.is_answered) {
                break;
            }
            self.clock.sleep(LOOK_AGAIN.0).await;
        }
        Ok(true)
    }
}

fn key(id: &ExternalId) -> VariantKey {
    (id.product.clone(), id.variant.clone())
}
