//! The feed: the generations of its files, and who has had them.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::goods::Goods;
use crate::key;
use crate::offer::{Kind, Source};

/// The files as they are now. Of each generation of them only the newest can be had.
pub(crate) struct Feed {
    source: Source,
    /// The number of the files, from 1.
    generation: u64,
    /// When they were made, in whole seconds.
    changed: DateTime<Utc>,
    /// Which of them were downloaded.
    taken: Vec<Kind>,
    /// How often a whole offer was downloaded to its end.
    downloads: usize,
    is_giving: bool,
}

impl Feed {
    pub(crate) fn new(products: u32, now: DateTime<Utc>) -> Self {
        Self {
            source: Source::Synthetic(products),
            generation: 1,
            changed: now.trunc_subsecs(0),
            taken: Vec::new(),
            downloads: 0,
            is_giving: true,
        }
    }

    pub(crate) fn hold(&mut self, goods: Goods, now: DateTime<Utc>) {
        self.source = Source::Held(Arc::new(goods));
        self.generate(now);
    }

    /// Makes new files. What they tell as their time is another than that of those before, even when the clock stands.
    pub(crate) fn generate(&mut self, now: DateTime<Utc>) {
        let second = TimeDelta::seconds(1);
        let before = key::told(self.changed);
        self.changed = now.trunc_subsecs(0).max(self.changed + second);
        // When summer time ends, the shop's wall tells an hour twice.
        while key::told(self.changed) == before {
            self.changed += second;
        }
        self.generation += 1;
        self.taken.clear();
    }

    pub(crate) fn set_giving(&mut self, is_giving: bool) {
        self.is_giving = is_giving;
    }

    pub(crate) fn is_giving(&self) -> bool {
        self.is_giving
    }

    pub(crate) fn source(&self) -> Source {
        self.source.clone()
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn changed(&self) -> DateTime<Utc> {
        self.changed
    }

    pub(crate) fn downloads(&self) -> usize {
        self.downloads
    }

    pub(crate) fn was_taken(&self, kind: Kind) -> bool {
        self.taken.contains(&kind)
    }

    /// Notes that a file of a generation was sent to its end.
    pub(crate) fn sent(&mut self, kind: Kind, generation: u64) {
        if kind == Kind::Full {
            self.downloads += 1;
        }
        if generation == self.generation && !self.was_taken(kind) {
            self.taken.push(kind);
        }
    }
}
