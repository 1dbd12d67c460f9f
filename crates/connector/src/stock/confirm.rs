//! The end of a pass: what was written to the marketplace is looked at until it is shown.

use std::time::Duration;

use gateway_core::gateway::Guid;
use state::LevelRow;

use super::{Case, Pass};
use crate::{Event, RunError};

/// How long after a write the marketplace is asked again whether it shows it: at first, and at most.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(10));

impl Pass<'_> {
    /// Waits until the marketplace shows the levels that were written, for SETTLE at most. What is sold after that is seen by the next
    /// pass for what it is; what is not shown yet is left to it.
    pub(super) async fn confirm(&self, cases: &mut [Case]) -> Result<(), RunError> {
        let mut open: Vec<&mut Case> = cases.iter_mut().filter(|case| case.is_unconfirmed()).collect();
        let end = self.clock.moment() + self.options.settle;
        let (mut wait, mut is_told) = (ASK_AGAIN.0, false);
        while !open.is_empty() {
            self.look(&mut open).await?;
            let now = self.clock.moment();
            if open.is_empty() || now >= end {
                break;
            }
            if !std::mem::replace(&mut is_told, true) {
                self.teller.tell(Event::Waiting { variants: open.len() as u64, at_most: end.since(now) });
            }
            let until = if now + wait < end { now + wait } else { end };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(RunError::Stopped),
                () = self.clock.sleep_until(until) => {}
            }
            wait = (wait * 2).min(ASK_AGAIN.1);
        }
        let left = open.len() as u64;
        self.teller.count(|levels| levels.waiting += left);
        Ok(())
    }

    /// Looks once, and takes out what is shown.
    async fn look(&self, open: &mut Vec<&mut Case>) -> Result<(), RunError> {
        let guids: Vec<Guid> = open.iter().map(|case| case.linked.guid).collect();
        let shown = match self.gateway.search_for(&guids).await {
            Ok(shown) => shown,
            Err(error) => {
                tracing::warn!(%error, "it cannot be asked whether the marketplace shows what was written");
                return Ok(());
            }
        };
        let mut rows: Vec<LevelRow> = Vec::new();
        for case in open.iter_mut() {
            let listed = shown.iter().find(|listed| listed.guid == case.linked.guid);
            let level = listed.and_then(|listed| listed.stock_level);
            if level.is_some() && level == case.merged.target {
                case.merged.row.market = level;
                rows.push(case.merged.row.clone());
            }
        }
        self.remember_rows(rows).await?;
        open.retain(|case| case.is_unconfirmed());
        Ok(())
    }
}

impl Case {
    /// Whether a level was written to the marketplace that it has not shown yet.
    fn is_unconfirmed(&self) -> bool {
        let row = &self.merged.row;
        self.merged.target.is_some()
            && row.market_write.as_ref().is_some_and(|write| row.market != Some(write.intended))
    }
}
