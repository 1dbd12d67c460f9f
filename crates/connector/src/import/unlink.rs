//! What is linked and was not listed when all of the marketplace was.

use std::collections::{HashMap, HashSet};

use clock::Moment;
use futures::StreamExt as _;
use gateway_core::gateway::Guid;
use state::Changes;

use super::holdings::{Link, key, link_key};
use super::recall::{Known, Recall};
use crate::RunError;

impl Recall<'_> {
    /// Parts links to what is not listed from those that the marketplace only does not show yet.
    pub(super) async fn unlink(
        &self,
        begun: Moment,
        known: &mut Known,
        changes: &mut Changes,
    ) -> Result<(), RunError> {
        let mut unseen: Vec<state::Link> = Vec::new();
        let mut remembered = std::pin::pin!(self.store().links());
        while let Some(link) = remembered.next().await.transpose()? {
            if known.links.get(link_key(&link.product, &link.variant)).is_none() {
                unseen.push(link);
            }
        }
        if unseen.is_empty() {
            return Ok(());
        }
        let unseen = self.known_by_new_ids(unseen, known, changes).await?;
        if unseen.is_empty() {
            return Ok(());
        }
        self.patience.wait_until(begun + self.options.settle, unseen.len() as u64, self.tally).await?;
        let guids: Vec<Guid> = unseen.iter().map(|link| link.guid).collect();
        let found: HashSet<Guid> =
            self.gateway.search_for(&guids).await?.iter().map(|listed| listed.guid).collect();
        for link in unseen {
            if found.contains(&link.guid) {
                known.links.add(&link, !link.is_gone);
                continue;
            }
            let lost = link.images.iter().map(|(identity, _)| identity);
            changes
                .lost_images
                .extend(lost.filter(|identity| !known.pictures.contains(&key(identity))).cloned());
            changes.unlinked.push(link.key());
        }
        known.links.sort();
        let lost = changes.unlinked.len();
        if lost > 0 {
            self.tally.warn_of_run(format!(
                "{lost} variants that were linked are not at the marketplace any more; those that the shop has are created anew"
            ));
        }
        Ok(())
    }

    /// Takes out what is listed under another id of its product: a run was killed while it went over to that. What is remembered goes over to
    /// the id that the marketplace shows.
    async fn known_by_new_ids(
        &self,
        unseen: Vec<state::Link>,
        known: &Known,
        changes: &mut Changes,
    ) -> Result<Vec<state::Link>, RunError> {
        let listed: HashMap<Guid, &Link> = known.links.all().iter().map(|link| (link.guid, link)).collect();
        // What bears the mark of another variant is another matter.
        let (renamed, unseen): (Vec<_>, Vec<_>) = unseen
            .into_iter()
            .partition(|old| listed.get(&old.guid).is_some_and(|new| new.is_of(&old.variant)));
        let guids: Vec<Guid> = renamed.iter().map(|link| link.guid).collect();
        let remembered = self.store().links_to(&guids).await?;
        for old in renamed {
            let is_new = |new: &&state::Link| {
                let is_it = |listed: &&Link| listed.key() == link_key(&new.product, &new.variant);
                new.guid == old.guid && listed.get(&new.guid).is_some_and(is_it)
            };
            // A dry run has not remembered what it listed.
            let new = remembered.iter().find(is_new);
            changes.renamed.extend(new.map(|new| (old.key(), new.product.clone())));
        }
        Ok(unseen)
    }
}
