//! What the shop does not have any more, and what the marketplace has twice.

use gateway_core::assumptions::LIST_PAGE;
use gateway_core::gateway::Guid;

use super::Import;
use super::fate::Fate;
use super::holdings::Link;
use super::reading::Read;
use super::write::Parting;
use crate::{End, RunError, Scope};

impl Import<'_> {
    /// Archives, of goods that the marketplace has twice, all but one.
    ///
    /// # Errors
    /// When the run cannot go on.
    pub(crate) async fn heal_doubles(&self) -> Result<(), RunError> {
        self.archive_all(&self.known.doubles, Parting::Double).await
    }

    /// Archives what the shop did not tell of, if that is wanted, and says otherwise how much of it there is.
    ///
    /// # Errors
    /// When it is wanted and was refused, because not all of the shop was read; or when the shop told of nothing at all.
    pub(crate) async fn prune(&self, read: &Read, end: End) -> Result<(), RunError> {
        if end == End::Partial {
            return self.refuse_to_prune();
        }
        if self.options.scope != Scope::All {
            return Ok(());
        }
        let live = self.known.links.all().iter().filter(|link| !link.is_archived);
        let (kept, missing): (Vec<&Link>, Vec<&Link>) =
            live.filter(|link| !read.has(link)).partition(|link| read.may_be_told_of(link));
        if !kept.is_empty() {
            self.tally.warn_of_run(format!(
                "{} variants are linked under ids that the shop does not tell any more, and {} products of it that could not be imported \
                 are linked under none: they may be the same, and are left as they are",
                kept.len(),
                read.strangers
            ));
        }
        let missing: Vec<Guid> = missing.into_iter().map(|link| link.guid).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let variants = missing.len();
        if read.is_empty() {
            return Err(RunError::Failed {
                what: format!(
                    "the shop delivered nothing that could be imported, though {variants} variants of it are at the marketplace; \
                     they were left as they are"
                ),
                hint: Some(
                    "look into the shop whether its products are there and this key may read them".to_owned(),
                ),
            });
        }
        if !self.options.prune {
            self.tally.warn_of_run(format!(
                "{variants} variants at the marketplace are of products that the shop does not offer any more; --prune archives \
                 them"
            ));
            return Ok(());
        }
        self.archive_all(&missing, Parting::Gone).await
    }

    /// What did not come is not gone.
    fn refuse_to_prune(&self) -> Result<(), RunError> {
        let what = "the shop could not deliver all of its products";
        if !self.options.prune {
            self.tally.warn_of_run(format!("{what}: what did not come is left as it is"));
            return Ok(());
        }
        Err(RunError::Failed {
            what: format!("{what}, so nothing was pruned: what did not come is not gone"),
            hint: Some("mend what was rejected as undeliverable, or leave --prune out".to_owned()),
        })
    }

    pub(crate) async fn archive_all(&self, guids: &[Guid], why: Parting) -> Result<(), RunError> {
        for guids in guids.chunks(LIST_PAGE) {
            let found = self.gateway.find(guids).await.map_err(|error| Fate::of(error).of_run())?;
            let archiving = found.iter().map(|listed| self.archive(listed, why));
            futures::future::join_all(archiving).await.into_iter().collect::<Result<(), _>>()?;
            let is_missing = |guid: &Guid| !found.iter().any(|listed| listed.guid == *guid);
            let missing: Vec<Guid> = guids.iter().copied().filter(is_missing).collect();
            self.note_all_missing(&missing).await?;
        }
        Ok(())
    }
}
