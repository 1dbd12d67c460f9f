//! What a pass stops at before it writes anything, because somebody has to say first that it is meant so.

use std::collections::HashMap;

use super::linked::Linked;
use super::options::FEW;
use super::read::{TellsOf, Told};
use super::{Case, Direction, Note, Pass};
use crate::import::is_of;
use crate::{AdjustmentKey, Known, RunError, Scope};

impl Pass<'_> {
    /// Without links nothing can be kept alike; where the marketplace has goods of this shop, they have to be linked first.
    pub(super) async fn nothing_linked(&self) -> Result<(), RunError> {
        if self.options.scope != Scope::All {
            self.teller.warn_of_run("none of the products that are asked for is linked".to_owned());
            return Ok(());
        }
        let newest = self.gateway.newest().await?;
        if newest.iter().filter_map(|listed| listed.data.source()).any(|mark| is_of(self.shop, &mark)) {
            return Err(RunError::settings(
                format!(
                    "nothing is remembered of {} here, and the marketplace has goods of it. Nothing was written",
                    self.shop.shop
                ),
                "tell where the state is (mount its volume, or set STATE_URL); where it is lost, run import, which finds the goods, and then \
                 stock with --take-base or --direction to-gateway",
            ));
        }
        self.teller.warn_of_run("nothing of this shop is linked yet: run import first".to_owned());
        Ok(())
    }

    /// Whether it is known what the levels were. Where they are not, what happened at the marketplace since is not known either, and
    /// somebody has to say that this is no matter.
    pub(super) fn remembers_a_pass(
        &self,
        note: &Note,
        linked: &[Linked],
        told: &Told,
    ) -> Result<(), RunError> {
        let is_told = self.options.take_base || self.rules.direction == Direction::ToGateway;
        if note.has_passed || is_told {
            return Ok(());
        }
        let is_number =
            |linked: &&Linked| matches!(told.of(linked), TellsOf::Level(level) if level.quantity().is_some());
        let unknown = linked.iter().filter(|linked| linked.is_unknown(&self.rules)).filter(is_number).count();
        if unknown == 0 {
            return Ok(());
        }
        Err(RunError::settings(
            format!(
                "there is no memory of the last pass over the stock levels of {}: of {unknown} linked variants it is not known what the \
                 marketplace has sold since. Nothing was written",
                self.shop.shop
            ),
            "if there was a state, tell where it is (mount its volume, or set STATE_URL). If not: --take-base takes the levels as they \
             are now and keeps both sides alike from now on; --direction to-gateway only tells the marketplace the shop's levels",
        ))
    }

    /// Whether anything is known of the files in which changes stand. Where nothing is, it is remembered somewhere else, and would be given up
    /// for good.
    pub(super) fn remembers_files(
        &self,
        linked: &[Linked],
        known: &HashMap<AdjustmentKey, Known>,
    ) -> Result<(), RunError> {
        let written = linked.iter().filter_map(Linked::answered_change);
        let of_files: Vec<Known> = written.filter_map(|key| known.get(&key).copied()).collect();
        let is_forgotten = |known: &Known| *known == Known::Forgotten;
        if self.options.take_base || of_files.is_empty() || !of_files.iter().all(is_forgotten) {
            return Ok(());
        }
        Err(RunError::settings(
            format!(
                "changes were written into files for the shop ({} of them), and none of these files is remembered here. Nothing was written",
                of_files.len()
            ),
            "tell where they are remembered (mount the volume, or set SPOOL); where that is lost, --take-base gives them up, once: then \
             look whether these levels are right",
        ))
    }

    /// Stops a pass that would take much off sale at once.
    pub(super) fn stays_below_max_change(&self, cases: &[Case]) -> Result<(), RunError> {
        let sells_out = |case: &&Case| {
            let was = case.offered.level.is_some_and(|level| !level.is_zero());
            was && case.merged.target.is_some_and(|target| target.is_zero())
        };
        let falling = cases.iter().filter(sells_out).count() as u64;
        let all = cases.len() as u64;
        let most = u64::from(self.options.max_change);
        if self.options.force || falling <= FEW || falling * 100 <= all * most {
            return Ok(());
        }
        Err(RunError::settings(
            format!(
                "{falling} of {all} variants would be set to 0 at the marketplace, which is more than {most} %. Nothing was written"
            ),
            "look whether the shop tells its stock rightly; if it does, run this once with --force, or allow more by --max-change",
        ))
    }
}
