//! Counting what a run does, and telling it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gateway_core::model::{ProductId, Reject, RejectReason};
use state::RejectRow;

use super::rejects::Rejects;
use crate::{Change, Event, Listener, Summary, Warning};

/// What a run has done so far. Everything that is told goes through it, so that nothing is told and not counted.
pub(crate) struct Tally<'a> {
    listener: Listener<'a>,
    summary: Mutex<Summary>,
    rejects: Mutex<Rejects>,
    has_open: AtomicBool,
}

impl<'a> Tally<'a> {
    /// How many products are brought between two tellings of the progress.
    const PROGRESS_EVERY: u64 = 50;

    pub(crate) fn new(listener: Listener<'a>) -> Self {
        Self {
            listener,
            summary: Mutex::default(),
            rejects: Mutex::default(),
            has_open: AtomicBool::new(false),
        }
    }

    /// Tells what needs no counting.
    pub(crate) fn tell(&self, event: Event<'_>) {
        (self.listener)(event);
    }

    pub(crate) fn summary(&self) -> Summary {
        self.counts().clone()
    }

    /// No code panics while it holds this lock, so a poisoned one still holds sound numbers.
    fn counts(&self) -> MutexGuard<'_, Summary> {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, count: impl FnOnce(&mut Summary)) {
        count(&mut self.counts());
    }

    pub(crate) fn warn(&self, warning: &Warning) {
        self.count(|summary| summary.warnings += 1);
        self.tell(Event::Warning(warning));
    }

    pub(crate) fn warn_of_run(&self, what: String) {
        self.warn(&Warning { product: None, variant: None, what });
    }

    /// A warning about something that the next run can do better, without anybody having changed anything in the shop.
    pub(crate) fn warn_of_open(&self, warning: &Warning) {
        self.has_open.store(true, Ordering::Relaxed);
        self.warn(warning);
    }

    /// Whether another run over the same goods would find nothing to try again.
    pub(crate) fn left_nothing_open(&self) -> bool {
        self.counts().rejected == 0 && !self.has_open.load(Ordering::Relaxed)
    }

    fn rejects(&self) -> MutexGuard<'_, Rejects> {
        self.rejects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what runs before this one could not import, to tell what is new.
    pub(crate) fn recall_rejects(&self, rejects: Rejects) {
        *self.rejects() = rejects;
    }

    /// What is to be remembered of a product that has come to its end; `None` when it is remembered already.
    pub(crate) fn rejects_of(&self, product: &ProductId) -> Option<(ProductId, Vec<RejectRow>)> {
        self.rejects().of(product)
    }

    /// A product has another id from now on.
    pub(crate) fn rename_rejects(&self, from: &ProductId, to: &ProductId) {
        self.rejects().rename(from, to);
    }

    /// What was rejected of products that had come to their end before.
    pub(crate) fn late_rejects(&self) -> Vec<(ProductId, Vec<RejectRow>)> {
        self.rejects().late()
    }

    pub(crate) fn reject(&self, reject: &Reject) {
        let is_new = self.rejects().add(reject);
        self.count(|summary| {
            summary.rejected += 1;
            if matches!(reject.reason, RejectReason::Undeliverable(_)) {
                summary.undeliverable += 1;
            }
        });
        self.tell(Event::Rejected { reject, is_new });
    }

    pub(crate) fn changed(&self, change: &Change<'_>) {
        self.count(|summary| summary.count(change.kind));
        self.tell(Event::Changed(change));
    }

    /// A product has been read.
    pub(crate) fn read_one(&self) {
        self.count(|summary| summary.products += 1);
    }

    /// A product has come to its end.
    pub(crate) fn brought_one(&self) {
        let summary = {
            let mut summary = self.counts();
            summary.brought += 1;
            summary.brought.is_multiple_of(Self::PROGRESS_EVERY).then(|| summary.clone())
        };
        if let Some(summary) = summary {
            self.tell(Event::Progress(&summary));
        }
    }
}
