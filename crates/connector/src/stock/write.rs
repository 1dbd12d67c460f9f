//! Writing levels: to the shop first, then to the marketplace. What is about to be written is remembered before.

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _, stream};
use gateway_core::assumptions::MOST_ITEMS_IN_A_CALL;
use gateway_core::gateway::{self, Guid, ShopItem};
use state::{LevelChanges, LevelRow, LevelWrite, VariantKey};

use super::{Case, NOTE, Note, Pass, notice};
use crate::import::{Fate, INTENT_BEAT};
use crate::{NoticeKind, Outcome, PlatformError, RunError, Side, StockAdjustment, StockWriting};

/// So many changes the shop is asked for at a time, unless it gets them in a file: then there is one file for a pass.
const CHANGES_AT_A_TIME: usize = 100;

impl Pass<'_> {
    /// Asks the shop for all changes. What it does not do for a reason of its own ends the asking, and is the answer.
    pub(super) async fn change_shop(&self, cases: &mut [Case]) -> Result<(), RunError> {
        let mut to_change: Vec<&mut Case> =
            cases.iter_mut().filter(|case| case.merged.change.is_some()).collect();
        // One at which the shop hangs time and again keeps nobody waiting.
        to_change.sort_by_key(|case| case.merged.change.as_ref().is_some_and(|change| change.is_repeated));
        let at_a_time = match self.rules.writing {
            StockWriting::File => to_change.len().max(1),
            _ => CHANGES_AT_A_TIME,
        };
        for batch in to_change.chunks_mut(at_a_time) {
            if self.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            self.change_some(batch).await?;
        }
        Ok(())
    }

    async fn change_some(&self, batch: &mut [&mut Case]) -> Result<(), RunError> {
        let now = self.clock.now();
        for case in batch.iter_mut() {
            case.merged.row.shop_write = case.merged.shop_write(now);
        }
        let adjustments: Vec<StockAdjustment> = batch.iter().filter_map(|case| adjustment(case)).collect();
        let rows: Vec<LevelRow> = batch.iter().map(|case| case.merged.row.clone()).collect();
        self.remember_rows(rows.clone()).await?;
        let sending = self.platform.adjust_stock(&adjustments);
        let outcomes = self.renewing(sending, rows, |row, now| renew(&mut row.shop_write, now)).await?;
        let mut failure = None;
        for (case, outcome) in batch.iter_mut().zip(&outcomes) {
            let told = case.merged.notices.len();
            if let (Outcome::Done(_), Some(write)) = (outcome, &case.merged.row.shop_write) {
                self.teller.set(&case.level_set(Side::Shop, write.old, write.intended, true));
            }
            case.merged.take(outcome, &self.rules, case.offered.level);
            case.leave_archived();
            for (kind, what) in case.merged.notices.iter().skip(told) {
                self.teller.notice(notice(&case.linked, *kind, what.clone()));
            }
            if let Outcome::Accepted | Outcome::Unknown(_) = outcome {
                self.teller.count(|levels| levels.waiting += 1);
            }
            if let Outcome::NotDone(error) | Outcome::Unknown(error) = outcome {
                failure.get_or_insert_with(|| error.clone());
            }
        }
        self.remember_rows(batch.iter().map(|case| case.merged.row.clone()).collect()).await?;
        match failure {
            Some(error) => Err(error.into()),
            None if outcomes.len() < batch.len() => {
                let what = "the platform did not tell what became of all changes".to_owned();
                Err(PlatformError::Failed { what }.into())
            }
            None => Ok(()),
        }
    }

    /// Tells the marketplace all levels that are to be others, and remembers all that was seen.
    pub(super) async fn write_market(&self, cases: &mut [Case], note: &Note) -> Result<(), RunError> {
        let seen = cases.iter().filter(|case| case.merged.target.is_none() && case.is_news());
        let rows: Vec<LevelRow> = seen.map(|case| case.merged.row.clone()).collect();
        self.remember_rows(rows).await?;
        let to_write: Vec<&mut Case> = cases.iter_mut().filter(|case| case.merged.target.is_some()).collect();
        let mut batches: Vec<Vec<&mut Case>> = Vec::new();
        for case in to_write {
            match batches.last_mut() {
                Some(batch) if batch.len() < MOST_ITEMS_IN_A_CALL => batch.push(case),
                _ => batches.push(vec![case]),
            }
        }
        let is_over = AtomicBool::new(false);
        let writes: Vec<BoxFuture<'_, _>> =
            batches.into_iter().map(|batch| self.write_unless(&is_over, batch).boxed()).collect();
        let written: Vec<Result<(), RunError>> =
            stream::iter(writes).buffer_unordered(self.options.concurrency.max(1)).collect().await;
        written.into_iter().collect::<Result<Vec<()>, RunError>>()?;
        let now = Note { has_passed: true, told: self.teller.told() };
        if *note != now && self.options.scope == crate::Scope::All {
            let value = serde_json::to_value(now).unwrap_or_default();
            let changes = LevelChanges { notes: vec![(NOTE.to_owned(), value)], ..LevelChanges::default() };
            self.remember(&changes, false).await?;
        }
        Ok(())
    }

    /// Writes a batch, unless one before it has shown that nothing can be written any more.
    async fn write_unless(&self, is_over: &AtomicBool, batch: Vec<&mut Case>) -> Result<(), RunError> {
        if is_over.load(Ordering::Relaxed) {
            return Ok(());
        }
        let written = self.write_some(batch).await;
        if written.is_err() {
            is_over.store(true, Ordering::Relaxed);
        }
        written
    }

    async fn write_some(&self, mut batch: Vec<&mut Case>) -> Result<(), RunError> {
        if self.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let now = self.clock.now();
        for case in &mut batch {
            case.merged.row.market_write = case.market_write(now);
        }
        let rows: Vec<LevelRow> = batch.iter().map(|case| case.merged.row.clone()).collect();
        let changes = LevelChanges { rows, ..LevelChanges::default() };
        let touched: HashSet<VariantKey> = self.remember(&changes, true).await?.into_iter().collect();
        if !touched.is_empty() {
            for case in batch.iter_mut().filter(|case| touched.contains(&case.key())) {
                // An import has just written it, and what is shown of it may be older than that.
                case.merged.row.market_write = None;
                case.merged.target = None;
                self.teller.count(|levels| levels.waiting += 1);
            }
            batch.retain(|case| case.merged.target.is_some());
        }
        let items: Vec<ShopItem> = batch.iter().filter_map(|case| case.market_item()).collect();
        let rows: Vec<LevelRow> = batch.iter().map(|case| case.merged.row.clone()).collect();
        let sending = self.gateway.set_items(&items);
        let results = self.renewing(sending, rows, |row, now| renew(&mut row.market_write, now)).await?;
        let mut ended = Ok(());
        for (case, result) in batch.iter_mut().zip(results) {
            ended = ended.and(self.written(case, result));
        }
        self.remember_rows(batch.iter().map(|case| case.merged.row.clone()).collect()).await?;
        ended
    }

    /// What became of a write to the marketplace.
    fn written(&self, case: &mut Case, result: Result<Guid, gateway::Error>) -> Result<(), RunError> {
        let Some(target) = case.merged.target else { return Ok(()) };
        let Err(error) = result else {
            let now = self.clock.now();
            if let Some(write) = &mut case.merged.row.market_write {
                (write.is_answered, write.at) = (true, now);
            }
            self.teller.set(&case.level_set(Side::Gateway, case.offered.level, target, true));
            return Ok(());
        };
        // Whether it was done or not: an import may have sent the same level meanwhile, and only a reading tells.
        match Fate::of(error) {
            Fate::Reject(reason) | Fate::Failed(reason) => {
                let what =
                    format!("the marketplace does not take the level {}: {reason}", target.normalize());
                self.teller.notice(notice(&case.linked, NoticeKind::NotWritten, what));
                Ok(())
            }
            Fate::Unknown => Ok(()),
            Fate::Run(error) => Err(error),
        }
    }

    /// Waits for what is sent. While that takes its time (who is asked too often makes everybody wait), the time of the attempt is
    /// written down again and again: it may be tried late, and must not be taken for settled too soon.
    async fn renewing<T>(
        &self,
        sending: impl Future<Output = T>,
        mut rows: Vec<LevelRow>,
        renew: impl Fn(&mut LevelRow, chrono::DateTime<chrono::Utc>),
    ) -> Result<T, RunError> {
        let mut sending = std::pin::pin!(sending);
        let mut remembered = Ok(());
        loop {
            // A socket lives in real time, whatever clock the run is on.
            match tokio::time::timeout(INTENT_BEAT, &mut sending).await {
                Ok(done) => return remembered.map(|()| done),
                Err(_) => {
                    let now = self.clock.now();
                    rows.iter_mut().for_each(|row| renew(row, now));
                    remembered = remembered.and(self.remember_rows(rows.clone()).await);
                }
            }
        }
    }

    /// Remembers what is seen, and what became of what was sent.
    pub(super) async fn remember_rows(&self, rows: Vec<LevelRow>) -> Result<(), RunError> {
        if !rows.is_empty() {
            self.remember(&LevelChanges { rows, ..LevelChanges::default() }, false).await?;
        }
        Ok(())
    }
}

fn renew(write: &mut Option<LevelWrite>, now: chrono::DateTime<chrono::Utc>) {
    if let Some(write) = write {
        write.at = now;
    }
}

fn adjustment(case: &Case) -> Option<StockAdjustment> {
    let change = case.merged.change.clone()?;
    Some(StockAdjustment {
        product: case.id_at_shop.clone(),
        variant: case.linked.variant.clone(),
        key: change.key,
        delta: change.delta,
        read: change.read,
        target: change.target,
    })
}

impl Case {
    /// What is archived is told nothing.
    pub(super) fn leave_archived(&mut self) {
        if self.offered.item.archived {
            self.merged.target = None;
        }
    }

    fn key(&self) -> VariantKey {
        (self.linked.product.clone(), self.linked.variant.clone())
    }

    /// Whether there is something to remember that is not remembered yet.
    fn is_news(&self) -> bool {
        self.linked.row.as_ref() != Some(&self.merged.row)
    }

    /// Its place in the web shop with the new level, its flags as they were read.
    fn market_item(&self) -> Option<ShopItem> {
        Some(ShopItem { stock_level: self.merged.target?, ..self.offered.item.clone() })
    }

    fn market_write(&self, at: chrono::DateTime<chrono::Utc>) -> Option<LevelWrite> {
        let intended = self.merged.target?;
        Some(LevelWrite { old: self.offered.level, intended, key: String::new(), at, is_answered: false })
    }
}
