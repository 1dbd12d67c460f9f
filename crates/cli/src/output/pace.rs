//! How often a plain line of progress is written.

use std::time::Duration;

use clock::{Clock, Moment};

/// The least time between two lines, and before the first.
pub(super) const EVERY: Duration = Duration::from_secs(5);

/// Says when the next line is due.
pub(super) struct Pace(Moment);

impl Pace {
    pub(super) fn new(clock: &Clock) -> Self {
        Self(clock.moment())
    }

    /// Whether a line is due now; if so, the next one is not before [`EVERY`] has passed again.
    pub(super) fn is_due(&mut self, clock: &Clock) -> bool {
        let now = clock.moment();
        let is_due = now.since(self.0) >= EVERY;
        if is_due {
            self.0 = now;
        }
        is_due
    }
}
