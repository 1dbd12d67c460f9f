//! The limit of calls in flight.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts a call as long as it lives, even when its client goes away.
pub struct InFlight<'a>(&'a AtomicUsize);

impl<'a> InFlight<'a> {
    /// `None` when there are `most` calls in flight already; no limit is none.
    #[must_use]
    pub fn enter(count: &'a AtomicUsize, most: Option<usize>) -> Option<Self> {
        let before = count.fetch_add(1, Ordering::SeqCst);
        let entered = Self(count);
        most.is_none_or(|most| before < most).then_some(entered)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
