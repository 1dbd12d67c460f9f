//! Counting what a pass does, and telling it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use xxhash_rust::xxh3::xxh3_64;

use super::Case;
use crate::{Event, LevelChange, LevelNotice, LevelSummary, Listener, Side, Summary, Warning};

/// What a pass has done so far. Everything that is told goes through it, so that nothing is told and not counted.
pub(super) struct Teller<'a> {
    listener: Listener<'a>,
    counts: Mutex<(Summary, LevelSummary)>,
    notices: Mutex<Notices>,
}

/// What a person should look at, as digests: what the last pass told, and what this one does.
#[derive(Default)]
struct Notices {
    before: BTreeSet<String>,
    now: BTreeSet<String>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(listener: Listener<'a>) -> Self {
        Self { listener, counts: Mutex::default(), notices: Mutex::default() }
    }

    /// No code panics while it holds this lock.
    fn counts(&self) -> MutexGuard<'_, (Summary, LevelSummary)> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn summary(&self) -> Summary {
        let (summary, levels) = self.counts().clone();
        Summary { levels: Some(levels), ..summary }
    }

    pub(super) fn levels(&self) -> LevelSummary {
        self.counts().1.clone()
    }

    /// Whether a level may have been written.
    pub(super) fn has_written(&self) -> bool {
        let levels = self.levels();
        levels.shop + levels.gateway > 0
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut LevelSummary)) {
        count(&mut self.counts().1);
    }

    pub(super) fn unchanged(&self) {
        self.counts().0.unchanged += 1;
    }

    pub(super) fn tell(&self, event: Event<'_>) {
        (self.listener)(event);
    }

    pub(super) fn warn_of_run(&self, what: String) {
        self.counts().0.warnings += 1;
        self.tell(Event::Warning(&Warning { product: None, variant: None, what }));
    }

    fn notices(&self) -> MutexGuard<'_, Notices> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what the last pass told.
    pub(super) fn recall(&self, before: &BTreeSet<String>) {
        self.notices().before.clone_from(before);
    }

    /// What this pass has told, to be remembered.
    pub(super) fn told(&self) -> BTreeSet<String> {
        self.notices().now.clone()
    }

    pub(super) fn notice(&self, mut notice: LevelNotice) {
        let LevelNotice { kind, product, variant, what, .. } = &notice;
        // What happens is another thing each time, and what is so is one until it is mended.
        let what = if kind.happens() { what.as_str() } else { "" };
        let all = format!("{kind:?}\n{product}\n{variant}\n{what}");
        let digest = format!("{:016x}", xxh3_64(all.as_bytes()));
        {
            let mut notices = self.notices();
            notice.is_new = !notices.before.contains(&digest);
            notices.now.insert(digest);
        }
        self.count(|levels| levels.notice(notice.kind));
        self.tell(Event::LevelNotice(&notice));
    }

    /// A level was set, or would be.
    pub(super) fn set(&self, change: &LevelChange) {
        self.count(|levels| levels.count(change.side));
        self.tell(Event::Level(change));
    }
}

impl Case {
    /// A level of it that was set, or would be.
    pub(super) fn level_set(
        &self,
        side: Side,
        from: Option<Decimal>,
        to: Decimal,
        is_done: bool,
    ) -> LevelChange {
        let (product, variant): (ProductId, VariantId) =
            (self.linked.product.clone(), self.linked.variant.clone());
        LevelChange { side, product, variant, guid: self.linked.guid, from, to, is_done }
    }
}

impl super::Pass<'_> {
    /// Tells what a pass would write.
    pub(super) fn tell_planned(&self, cases: &[Case]) {
        for case in cases {
            if let Some(write) = case.merged.shop_write(self.clock.now()) {
                self.teller.set(&case.level_set(Side::Shop, write.old, write.intended, false));
            }
            if let Some(target) = case.merged.target {
                self.teller.set(&case.level_set(Side::Gateway, case.offered.level, target, false));
            }
        }
    }
}
