//! Another version of the mapping: what it would change is told, and may be refused, before anything is changed.

use futures::StreamExt as _;
use gateway_core::model::VariantId;

use super::Import;
use super::identity::{Identity, LinksOf};
use crate::{Item, Platform, RunError};

/// The version of what the engine itself makes of a product. It grows with every change after which the same product is sent otherwise.
const RENDERING: u32 = 1;

/// Which mapping a platform's goods are made by: the engine's version, and the platform's own.
pub(crate) fn version(platform: &dyn Platform) -> u32 {
    /// More versions than this no platform has.
    const MOST: u32 = 10_000;
    RENDERING * MOST + platform.mapping_version().min(MOST - 1)
}

impl Import<'_> {
    /// Tells how many goods this version of the program would change that are linked by another one. The shop is read once for that.
    ///
    /// # Errors
    /// When they are more than is allowed, or the shop cannot be read.
    pub(crate) async fn announce_remapping(&self) -> Result<(), RunError> {
        let links = self.known.links.all();
        // Where it is not known which one it was, nobody can say that it was another.
        let mapped = links.iter().filter(|link| link.mapping != 0);
        let others = mapped.filter(|link| link.mapping != self.mapping).count();
        if others == 0 {
            return Ok(());
        }
        let changed = self.count_changed().await?;
        if changed == 0 {
            return Ok(());
        }
        let linked = links.iter().filter(|link| !link.is_archived).count().max(1);
        let percent = (changed * 100).div_ceil(linked);
        let what = format!(
            "this version of the program makes something else of the same goods than the one before: {changed} of {linked} linked \
             variants ({percent} %) are not as they were sent, counting those that were changed in the shop"
        );
        match self.options.max_change {
            Some(most) if !self.options.dry_run && percent > most as usize => Err(RunError::settings(
                format!("{what}; --max-change allows {most} %. Nothing was written"),
                "look at what would be changed by --dry-run -v, then import once with --max-change 100",
            )),
            _ => {
                self.tally.warn_of_run(format!("{what}; they are updated"));
                Ok(())
            }
        }
    }

    /// How many linked variants are not as they were last sent. What is told of them is told when they are imported.
    async fn count_changed(&self) -> Result<usize, RunError> {
        let mut products = self.platform.products(self.readable_scope());
        let mut changed = 0;
        loop {
            let item = tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(RunError::Stopped),
                item = products.next() => item.transpose()?,
            };
            match item {
                Some(Item::Product(product, _)) => {
                    let identity = self.identity(product.id(), product.also());
                    if !self.is_wanted(product.id(), &identity) {
                        continue;
                    }
                    let Identity { id, also, was, .. } = identity;
                    let LinksOf { links, moved, .. } = self.known.links.of(&id, was.as_ref());
                    // That it goes over to another id is no other mapping of it.
                    let product = product.known_as(id, also.filter(|_| moved.is_empty()));
                    let link_of =
                        |id: &VariantId| links.iter().find(|link| link.is_of(id) && !link.is_archived);
                    for variant in product.variants() {
                        let Some(link) = link_of(&variant.id) else { continue };
                        let Some(now) = self.render_quietly(&product, variant) else { continue };
                        changed += usize::from(!self.is_as_sent(link, &now).await?);
                    }
                }
                Some(Item::End(_)) => return Ok(changed),
                Some(_) => {}
                None => return Err(RunError::broke_off(&self.shop.shop)),
            }
        }
    }
}
