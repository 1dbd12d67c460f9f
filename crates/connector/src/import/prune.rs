//! What the shop does not have any more, and what the marketplace has twice.

use std::collections::HashSet;

use gateway_core::assumptions::LIST_PAGE;
use gateway_core::gateway::Guid;

use super::Import;
use super::fate::Fate;
use crate::{End, RunError, Scope};

impl Import<'_> {
    /// Archives, of goods that the marketplace has twice, all but one.
    ///
    /// # Errors
    /// When the run cannot go on.
    pub(crate) async fn heal_doubles(&self) -> Result<(), RunError> {
        self.archive_all(&self.known.doubles, Some(super::TWICE)).await
    }

    /// Archives what the shop did not tell of, if that is wanted, and says otherwise how much of it there is.
    ///
    /// # Errors
    /// When it is wanted and was refused, because not all of the shop was read; or when the shop told of nothing at all.
    pub(crate) async fn prune(&self, read: &HashSet<u64>, end: End) -> Result<(), RunError> {
        if end == End::Partial {
            return self.refuse_to_prune();
        }
        if self.options.scope != Scope::All {
            return Ok(());
        }
        let live = self.known.links.all().iter().filter(|link| !link.is_archived);
        let missing: Vec<Guid> =
            live.filter(|link| !read.contains(&link.short_product_key())).map(|link| link.guid).collect();
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
        self.archive_all(&missing, None).await
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

    pub(crate) async fn archive_all(
        &self,
        guids: &[Guid],
        double: Option<&'static str>,
    ) -> Result<(), RunError> {
        for guids in guids.chunks(LIST_PAGE) {
            let found = self.gateway.find(guids).await.map_err(|error| Fate::of(error).of_run())?;
            let archiving = found.iter().map(|listed| self.archive(listed, double));
            futures::future::join_all(archiving).await.into_iter().collect::<Result<(), _>>()?;
            let is_missing = |guid: &Guid| !found.iter().any(|listed| listed.guid == *guid);
            let missing: Vec<Guid> = guids.iter().copied().filter(is_missing).collect();
            self.note_all_missing(&missing).await?;
        }
        Ok(())
    }
}
