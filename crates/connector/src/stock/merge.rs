//! What a pass makes of one variant, from what it remembers and what both sides show: pure functions.
//!
//! What happened at the marketplace is the difference between the level it shows and the one that was last seen there. It is taken down
//! as owed to the shop in the same step in which the level becomes the one last seen, so that it is counted once however the pass ends.
//! What can be sold is then the shop's level and what is owed to it, whether or not the shop has taken that already.

use std::time::Duration;

use chrono::{DateTime, Utc};
use gateway_core::assumptions::STOCK_LEVEL_OF_UNKNOWN;
use gateway_core::gateway::Terms;
use gateway_core::model::{ProductId, StockLevel, VariantId};
use rust_decimal::Decimal;
use state::{LevelRow, LevelWrite};
use xxhash_rust::xxh3::xxh3_128;

use super::Direction;
use super::linked::{Linked, Remembered};
use super::settle::asked;
use crate::{AdjustmentKey, Known, NoticeKind, Outcome, StockWriting};

/// What holds for every variant of a pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) terms: Terms,
    pub(crate) direction: Direction,
    pub(crate) buffer: Decimal,
    pub(crate) writing: StockWriting,
    /// Whether the shop takes a level below 0.
    pub(crate) below_zero: bool,
    /// How long after a write the marketplace may not show it.
    pub(crate) settle: Duration,
    /// The same of the shop.
    pub(crate) shown_within: Duration,
    /// Whether what is remembered does not count, because somebody has said that the levels are right.
    pub(crate) begins_anew: bool,
}

/// What both sides show of a variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Readings {
    /// The shop's level; `None`: it does not have the variant any more.
    pub(crate) shop: Option<StockLevel>,
    /// The marketplace's; `None`: it shows none.
    pub(crate) market: Option<Decimal>,
    /// What the shop knows of the change it was asked for last.
    pub(crate) known: Known,
}

/// A change that the shop is to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) key: AdjustmentKey,
    pub(crate) read: Decimal,
    pub(crate) delta: Decimal,
    /// The level that is there then.
    pub(crate) target: Decimal,
    /// It was asked for before, and may still be done for that.
    pub(crate) is_repeated: bool,
}

/// What becomes of a variant in this pass.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    /// What is to be remembered of it, but for the writes below.
    pub(crate) row: LevelRow,
    pub(crate) change: Option<Change>,
    /// The level that the marketplace is to show; `None` when it is left as it is.
    pub(crate) target: Option<Decimal>,
    pub(crate) notices: Vec<(NoticeKind, String)>,
    /// No level of it was known.
    pub(crate) is_first: bool,
    /// It is left for the next pass.
    pub(crate) is_waiting: bool,
    /// What happened at the marketplace is not carried to the shop.
    pub(crate) is_not_carried: bool,
}

/// Merges what is remembered with what is shown.
pub(crate) fn merge(linked: &Linked, readings: Readings, rules: &Rules, now: DateTime<Utc>) -> Merged {
    let Remembered { row, is_first, hidden } = linked.remembered(rules, readings.known);
    if readings.market.is_none() && row.market.is_some() {
        // What was sold there would be lost with the level that was seen last.
        return Merged::left(row, NoticeKind::Unclear, "the marketplace shows no level of it any more");
    }
    let unchanged = row.clone();
    let merged = Merged {
        row,
        change: None,
        target: None,
        notices: Vec::new(),
        is_first,
        is_waiting: false,
        is_not_carried: false,
    };
    let merging = Merging {
        merged,
        readings,
        rules,
        now,
        repeated: None,
        hidden,
        outstanding: Decimal::ZERO,
        has_moved: false,
    };
    merging.run().unwrap_or_else(|| {
        Merged::left(
            unchanged,
            NoticeKind::NotWritten,
            "its levels have more digits than can be reckoned with",
        )
    })
}

/// A variant that is being merged.
pub(super) struct Merging<'a> {
    pub(super) merged: Merged,
    pub(super) readings: Readings,
    pub(super) rules: &'a Rules,
    pub(super) now: DateTime<Utc>,
    /// A change that was not done and is asked for again as it was.
    pub(super) repeated: Option<LevelWrite>,
    /// What the marketplace is told less in this pass, because a change may or may not be in the level that the shop shows.
    pub(super) hidden: Decimal,
    /// The change that stands in a file which the shop has not read yet; 0 when there is none.
    pub(super) outstanding: Decimal,
    /// The shop's level moved before a write of it was confirmed.
    pub(super) has_moved: bool,
}

impl Merging<'_> {
    /// `None` when numbers are too large.
    fn run(mut self) -> Option<Merged> {
        let was = self.merged.row.shop;
        let level = self.readings.shop;
        // What is owed outlasts a time in which the shop does not have the variant. Where its level is no number, all begins anew.
        let number = match (self.merged.is_first, was, level) {
            (false, None | Some(StockLevel::Quantity(_)), Some(StockLevel::Quantity(now))) => Some(now),
            _ => None,
        };
        let is_waiting = match (number, level) {
            (Some(now), _) => self.settle_change(now)?,
            (None, None) if was != Some(StockLevel::Unknown) => {
                self.settle_unseen()?;
                false
            }
            (None, _) => {
                self.drop_owed();
                false
            }
        };
        if self.settle_market_write(is_waiting)? {
            if !is_waiting && number.is_some() {
                // What was said of the shop's level is not said again.
                self.merged.row.shop = level;
            }
            self.merged.is_waiting = true;
            return Some(self.merged);
        }
        match (number, level) {
            (Some(now), _) => self.carry(now)?,
            (None, Some(StockLevel::Quantity(now))) => {
                self.see();
                self.aim_at(now)?;
            }
            (None, Some(StockLevel::Unknown)) => {
                self.see();
                self.aim_at_unknown(was);
            }
            (None, None) => self.lose(was)?,
        }
        Some(self.merged)
    }

    /// What happened at the marketplace since the level was seen last.
    fn happened(&self) -> Option<Decimal> {
        match (self.merged.row.market, self.readings.market) {
            (Some(then), Some(now)) => now.checked_sub(then),
            _ => Some(Decimal::ZERO),
        }
    }

    /// The shop does not have the variant: nothing of it can be sold, and what was sold is owed to the shop should it come back.
    fn lose(&mut self, was: Option<StockLevel>) -> Option<()> {
        let happened = self.happened()?;
        self.see();
        // What is sold of a level that is no number is never carried.
        if self.rules.direction != Direction::ToGateway && was != Some(StockLevel::Unknown) {
            let row = &mut self.merged.row;
            row.owed = row.owed.checked_add(happened)?;
            if happened < Decimal::ZERO {
                let sold = (-happened).normalize();
                let what = format!("the marketplace sold {sold}, and the shop does not have it any more");
                self.merged.notices.push((NoticeKind::Oversold, what));
            }
        }
        self.aim(Decimal::ZERO);
        Some(())
    }

    /// Both levels are from now on the last ones seen.
    pub(super) fn see(&mut self) {
        self.merged.row.shop = self.readings.shop;
        self.merged.row.market = self.readings.market;
    }

    /// Carries what happened at the marketplace to the shop, and the shop's level to the marketplace.
    fn carry(&mut self, now: Decimal) -> Option<()> {
        let happened = self.happened()?;
        if self.rules.direction == Direction::ToGateway {
            return self.mirror(now, happened);
        }
        self.see();
        let row = &mut self.merged.row;
        row.owed = row.owed.checked_add(happened)?;
        let left = now.checked_add(row.owed)?;
        if happened < Decimal::ZERO && left < Decimal::ZERO {
            let missing = (-left).min(-happened).normalize();
            let what = format!("the marketplace sold {missing} more than there is");
            self.merged.notices.push((NoticeKind::Oversold, what));
        }
        self.ask_shop(now)?;
        self.aim_at(now)
    }

    /// Asks the shop for what is owed to it, as far as it can take it.
    fn ask_shop(&mut self, now: Decimal) -> Option<()> {
        if let Some(write) = self.repeated.take() {
            let delta = asked(&write)?;
            let target = now.checked_add(delta)?;
            self.merged.change = Some(Change {
                key: AdjustmentKey::new(write.key),
                read: now,
                delta,
                target,
                is_repeated: true,
            });
            return Some(());
        }
        let row = &self.merged.row;
        if row.shop_write.is_some() || self.has_moved {
            return Some(());
        }
        let delta = match self.rules.below_zero {
            true => row.owed,
            false => row.owed.max(-now.max(Decimal::ZERO)),
        };
        if !delta.is_zero() {
            let key = key_of(&row.product, &row.variant, (now, delta), self.now);
            let target = now.checked_add(delta)?;
            self.merged.change = Some(Change { key, read: now, delta, target, is_repeated: false });
        }
        Some(())
    }

    /// What the marketplace is told when this is the shop's level.
    fn level(&self, now: Decimal) -> Option<Decimal> {
        level(&self.merged.row, now, self.rules, self.hidden)
    }

    pub(super) fn aim_at(&mut self, now: Decimal) -> Option<()> {
        let target = self.level(now)?;
        self.aim(target);
        Some(())
    }

    /// "Available" is told once, and again when much of it was sold.
    fn aim_at_unknown(&mut self, was: Option<StockLevel>) {
        let told = Decimal::from(STOCK_LEVEL_OF_UNKNOWN);
        let is_told = was == Some(StockLevel::Unknown);
        let is_low = self.readings.market.is_none_or(|market| market < told / Decimal::TWO);
        if !is_told || is_low {
            self.aim(told);
        }
    }

    fn aim(&mut self, target: Decimal) {
        let is_right = self.readings.market == Some(target);
        self.merged.target = (!is_right && self.rules.direction != Direction::ToShop).then_some(target);
    }
}

/// What the marketplace is told of a variant when this is the shop's level.
fn level(row: &LevelRow, shop: Decimal, rules: &Rules, hidden: Decimal) -> Option<Decimal> {
    let left = shop.checked_add(row.owed)?.checked_sub(rules.buffer)?.checked_sub(row.held)?;
    Some(rules.terms.stock_level(StockLevel::Quantity(left.checked_sub(hidden)?)).into())
}

/// A name that no other change of this level has.
fn key_of(
    product: &ProductId,
    variant: &VariantId,
    (read, delta): (Decimal, Decimal),
    now: DateTime<Utc>,
) -> AdjustmentKey {
    let (read, delta) = (read.normalize(), delta.normalize());
    let all = format!("{product}\n{variant}\n{read}\n{delta}\n{}", now.timestamp_micros());
    AdjustmentKey::new(format!("{:032x}", xxh3_128(all.as_bytes())))
}

pub(super) fn signed(change: Decimal) -> String {
    format!("{:+}", change.normalize())
}

impl Merged {
    /// A variant that is left as it is, and why.
    fn left(row: LevelRow, kind: NoticeKind, what: &str) -> Self {
        Self {
            row,
            change: None,
            target: None,
            notices: vec![(kind, what.to_owned())],
            is_first: false,
            is_waiting: false,
            is_not_carried: false,
        }
    }

    /// The write to the shop that is about to be sent, as it is remembered.
    pub(crate) fn shop_write(&self, at: DateTime<Utc>) -> Option<LevelWrite> {
        let Change { key, read, target, .. } = self.change.clone()?;
        Some(LevelWrite { old: Some(read), intended: target, key: key.to_string(), at, is_answered: false })
    }

    /// Takes in what the shop answered.
    pub(crate) fn take(&mut self, outcome: &Outcome, rules: &Rules, market: Option<Decimal>) {
        let Some(Change { read, delta, target, is_repeated, .. }) = self.change.clone() else { return };
        let mut seen = read;
        match outcome {
            Outcome::Done(now) => {
                self.row.shop_write = None;
                self.row.owed = self.row.owed.saturating_sub(delta);
                // What is there beyond that is a change for the next reading.
                self.row.shop = Some(StockLevel::Quantity(target));
                seen = *now;
            }
            Outcome::Moved(now) => {
                if !is_repeated {
                    self.row.shop_write = None;
                }
                seen = read.min(*now);
                let what = format!(
                    "its level in the shop went from {} to {} while it was looked at; the next pass changes it by {}",
                    read.normalize(),
                    now.normalize(),
                    signed(self.row.owed)
                );
                self.notices.push((NoticeKind::Moved, what));
            }
            Outcome::Refused(why) => {
                self.row.shop_write = None;
                let what =
                    format!("the shop does not take a change of its level by {}: {why}", signed(delta));
                self.notices.push((NoticeKind::NotWritten, what));
            }
            Outcome::NotDone(_) => self.row.shop_write = None,
            Outcome::Accepted => {
                if let Some(write) = &mut self.row.shop_write {
                    write.is_answered = true;
                }
            }
            Outcome::Unknown(_) => {}
        }
        if rules.direction != Direction::ToShop
            && let Some(target) = level(&self.row, seen, rules, Decimal::ZERO)
        {
            self.target = (market != Some(target)).then_some(target);
        }
    }
}
