//! What became of the writes of the pass before, as far as both sides show it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use gateway_core::model::StockLevel;
use rust_decimal::Decimal;
use state::LevelWrite;

use super::merge::{Merging, signed};
use crate::{Known, NoticeKind, StockWriting};

/// What is known of a write by what is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// It was done.
    Done,
    /// It may still come to light.
    TooEarly,
    /// It was not done.
    NotDone,
    /// Something else is shown.
    Other,
}

fn shown(write: &LevelWrite, level: Option<Decimal>, within: Duration, now: DateTime<Utc>) -> Shown {
    let patience = TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX);
    // A clock that was put back must not make everybody wait for ever.
    let is_early = now.signed_duration_since(write.at).abs() < patience;
    match () {
        () if level == Some(write.intended) => Shown::Done,
        () if is_early => Shown::TooEarly,
        () if level == write.old => Shown::NotDone,
        () => Shown::Other,
    }
}

/// By how much a write was to change the level; `None` when nobody can reckon with that.
pub(super) fn asked(write: &LevelWrite) -> Option<Decimal> {
    write.intended.checked_sub(write.old.unwrap_or_default())
}

impl Merging<'_> {
    /// Finds out what became of the change that the shop was asked for last, where the shop does not have the variant, so that no level shows
    /// it. What is not known for certain waits until the variant is back.
    pub(super) fn settle_unseen(&mut self) -> Option<()> {
        let row = &mut self.merged.row;
        let Some(write) = &row.shop_write else { return Some(()) };
        match self.readings.known {
            Known::Done => {
                row.owed = row.owed.checked_sub(asked(write)?)?;
                row.shop_write = None;
            }
            Known::NotDone => row.shop_write = None,
            Known::Forgotten if !write.is_answered => row.shop_write = None,
            Known::Forgotten | Known::Outstanding | Known::Repeatable | Known::Unknown => {}
        }
        Some(())
    }

    /// What is owed to a level that is no number any more cannot be settled.
    pub(super) fn drop_owed(&mut self) {
        if self.readings.known == Known::Outstanding {
            // It stands in a file, and comes into the level whenever there is one again; what comes in may be in it already.
            let asked = self.merged.row.shop_write.as_ref().and_then(asked);
            self.hidden = asked.unwrap_or_default().max(Decimal::ZERO);
            return;
        }
        let row = &mut self.merged.row;
        let owed = std::mem::take(&mut row.owed);
        (row.held, row.shop_write) = (Decimal::ZERO, None);
        if !owed.is_zero() {
            let what = format!(
                "the marketplace's change by {} was not taken by the shop, whose level was no number before or is none now",
                signed(owed)
            );
            self.merged.notices.push((NoticeKind::NotWritten, what));
        }
    }

    /// Finds out what became of the change that the shop was asked for last. True when the variant is left for the next pass.
    pub(super) fn settle_change(&mut self, now: Decimal) -> Option<bool> {
        let Some(write) = self.merged.row.shop_write.clone() else {
            self.release(now)?;
            return Some(false);
        };
        let delta = asked(&write)?;
        let is_done = |merging: &mut Self| {
            let row = &mut merging.merged.row;
            row.owed = row.owed.checked_sub(delta)?;
            row.shop_write = None;
            row.shop = Some(StockLevel::Quantity(write.intended));
            Some(())
        };
        match (self.readings.known, shown(&write, Some(now), self.rules.shown_within, self.now)) {
            (Known::Done, _) | (Known::Unknown, Shown::Done) => {
                is_done(self)?;
                self.release(now)?;
            }
            (Known::NotDone, _) => {
                self.merged.row.shop_write = None;
                self.release(now)?;
            }
            (Known::Forgotten, _) if !write.is_answered => {
                self.merged.row.shop_write = None;
                self.release(now)?;
            }
            // Somebody does it some time, and may have done it without a word: then goods that came in are in the level already.
            (Known::Outstanding, _) => {
                self.outstanding = delta;
                if write.old != Some(now) {
                    self.hidden = delta.max(Decimal::ZERO);
                }
                self.release(now)?;
            }
            (Known::Unknown, Shown::NotDone) => self.repeated = Some(write),
            (Known::Repeatable, Shown::TooEarly) => return Some(true),
            (Known::Repeatable, _) => {
                self.repeated = Some(write);
                self.release(now)?;
            }
            // Until the shop has read its file the level moves, and what can be sold is known all the same.
            (Known::Unknown, Shown::TooEarly) if self.rules.writing == StockWriting::File => {
                if write.old != Some(now) {
                    self.hidden = delta.max(Decimal::ZERO);
                }
                self.release(now)?;
            }
            (Known::Unknown, Shown::TooEarly) => return Some(true),
            (Known::Forgotten, _) => {
                is_done(self)?;
                let what = format!(
                    "the shop was to change it by {}, and the file in which that stands is not remembered any more",
                    signed(delta)
                );
                self.give_up(delta, &what)?;
            }
            (Known::Unknown, Shown::Other) => {
                is_done(self)?;
                let what = format!(
                    "the shop was to change it by {}, did not answer, and shows {} now instead of {} or {}",
                    signed(delta),
                    now.normalize(),
                    write.old.unwrap_or_default().normalize(),
                    write.intended.normalize(),
                );
                self.give_up(delta, &what)?;
            }
        }
        Some(false)
    }

    /// Leaves a change of which nobody can find out what became.
    fn give_up(&mut self, delta: Decimal, why: &str) -> Option<()> {
        self.has_moved = true;
        let row = &mut self.merged.row;
        row.held = row.held.checked_add((-delta).max(Decimal::ZERO))?;
        let what = format!(
            "{why}: the change is not asked for again. Look whether the level in the shop is right; until it moves there, or `stock \
             --product {} --take-base` says that it is right, the marketplace is told the lower of what it may be",
            row.product,
        );
        self.merged.notices.push((NoticeKind::Uncertain, what));
        Some(())
    }

    /// What is held back because of an uncertainty is let go as the shop's level changes: a lower one may be the correction itself.
    fn release(&mut self, now: Decimal) -> Option<()> {
        let Some(StockLevel::Quantity(was)) = self.merged.row.shop else { return Some(()) };
        let row = &mut self.merged.row;
        if now > was {
            row.held = Decimal::ZERO;
        } else {
            row.held = row.held.checked_sub(was.checked_sub(now)?)?.max(Decimal::ZERO);
        }
        Some(())
    }

    /// Finds out what became of the last write to the marketplace. True when the variant is left for the next pass.
    pub(super) fn settle_market_write(&mut self, is_waiting: bool) -> Option<bool> {
        let Some(write) = self.merged.row.market_write.clone() else { return Some(is_waiting) };
        let level = self.readings.market;
        let row = &mut self.merged.row;
        let was_seen = row.market == Some(write.intended);
        let early = |level| shown(&write, level, self.rules.settle, self.now) == Shown::TooEarly;
        match shown(&write, level, self.rules.settle, self.now) {
            Shown::Done => {
                row.market = Some(write.intended);
                // For as long as an older level may be shown again it is kept.
                if !early(None) {
                    row.market_write = None;
                }
            }
            Shown::TooEarly => return Some(true),
            _ if is_waiting => return Some(true),
            _ if was_seen => row.market_write = None,
            Shown::NotDone => row.market_write = None,
            Shown::Other if write.is_answered => {
                row.market = Some(write.intended);
                row.market_write = None;
            }
            Shown::Other => {
                let (was, now) = (write.old.unwrap_or_default(), level.unwrap_or_default());
                let lower = now.checked_sub(write.intended)?.min(now.checked_sub(was)?);
                row.held = row.held.checked_add((-lower).max(Decimal::ZERO))?;
                (row.market, row.market_write) = (level, None);
                self.has_moved = true;
                let what = format!(
                    "the marketplace was to show {}, did not answer, and shows {} now instead of {} or that: what happened there is not \
                     counted. Look whether the level in the shop is right; until it moves there, or `stock --product {} --take-base` says that \
                     it is right, the marketplace is told the lower of what it may be",
                    write.intended.normalize(),
                    now.normalize(),
                    was.normalize(),
                    row.product,
                );
                self.merged.notices.push((NoticeKind::Uncertain, what));
            }
        }
        Some(is_waiting)
    }
}
