//! What is linked and was not found: somebody may have deleted it, or the marketplace does not show it yet.

use std::collections::HashSet;

use gateway_core::gateway::Guid;
use gateway_core::model::{ExternalId, RejectReason};
use state::Changes;

use super::Import;
use super::fate::Fate;
use crate::{RunError, Warning};

/// A variant that is linked to a product which the marketplace did not show.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    pub(crate) id: ExternalId,
    pub(crate) guid: Guid,
    /// Its name, when the shop has it.
    pub(crate) name: Option<String>,
}

impl Import<'_> {
    pub(crate) fn note_missing(&self, missing: Missing) {
        Self::lock(&self.missing).push(missing);
    }

    /// What is linked to these goods is gone from the shop, and is not found at the marketplace either.
    pub(crate) async fn note_all_missing(&self, guids: &[Guid]) -> Result<(), RunError> {
        if guids.is_empty() {
            return Ok(());
        }
        for link in self.memory.store().links_to(guids).await? {
            let id = self.shop.external_id(&link.product, &link.variant);
            self.note_missing(Missing { id, guid: link.guid, name: None });
        }
        Ok(())
    }

    /// Looks for them once more, when everything must be shown that was there as this run began. What is not there then was deleted:
    /// its link is forgotten, so that the next run creates anew what the shop has.
    ///
    /// # Errors
    /// When the run cannot go on.
    pub(crate) async fn settle_missing(&self) -> Result<(), RunError> {
        let missing = std::mem::take(&mut *Self::lock(&self.missing));
        if missing.is_empty() {
            return Ok(());
        }
        if !self.options.dry_run {
            let shown = self.begun + self.options.settle;
            self.patience.wait_until(shown, missing.len() as u64, self.tally).await?;
        }
        let guids: Vec<Guid> = missing.iter().map(|missing| missing.guid).collect();
        let found = self.gateway.find(&guids).await.map_err(|error| Fate::of(error).of_run())?;
        let found: HashSet<Guid> = found.iter().map(|listed| listed.guid).collect();
        let mut changes = Changes::default();
        for Missing { id, guid, name } in missing {
            if found.contains(&guid) {
                self.tally.warn_of_open(&Warning {
                    product: Some(id.product),
                    variant: Some(id.variant),
                    what: "the marketplace did not show it before; the next run writes what has changed"
                        .to_owned(),
                });
                continue;
            }
            if let Some(name) = name {
                let deleted = "somebody has deleted it at the marketplace";
                self.reject_variant(&id, &name, RejectReason::NotTaken(deleted.to_owned()));
            }
            changes.unlinked.push((id.product, id.variant));
        }
        self.journal.record(changes).await
    }
}
