//! What stands in files, where nothing is remembered of the levels: the platform remembers that in a place of its own, which need not be lost
//! with the state.

use std::collections::HashMap;

use gateway_core::model::ProductId;
use rust_decimal::Decimal;
use state::{LevelRow, LevelWrite};

use super::Pass;
use super::linked::Linked;
use crate::{OutstandingLine, StockWriting};

impl Pass<'_> {
    /// Takes up the changes of variants of which nothing is remembered, so that what was sold by them is not put on sale again.
    pub(super) async fn recall_files(&self, linked: &mut [Linked]) {
        let is_unknown = |linked: &Linked| linked.open_change().is_none() && linked.is_unknown(&self.rules);
        if self.rules.writing != StockWriting::File || !linked.iter().any(is_unknown) {
            return;
        }
        let files = match self.platform.outstanding().await {
            Ok(files) => files,
            // Where nothing can be remembered, nothing was written.
            Err(error) => return tracing::info!(%error, "it cannot be asked which files are outstanding"),
        };
        // Of a product the newest holds: it is not written into a second file while the first waits.
        let open = files.iter().filter(|file| file.settled.is_none());
        let mut lines: HashMap<&ProductId, (&OutstandingLine, _)> = HashMap::new();
        for file in open {
            lines.extend(file.lines.iter().map(|line| (&line.product, (line, file.at))));
        }
        for linked in linked.iter_mut().filter(|linked| is_unknown(linked)) {
            let Some((line, at)) = lines.get(&linked.product) else { continue };
            linked.row = Some(LevelRow {
                product: linked.product.clone(),
                variant: linked.variant.clone(),
                guid: linked.guid,
                shop: None,
                market: None,
                owed: line.delta,
                held: Decimal::ZERO,
                shop_write: Some(LevelWrite {
                    old: None,
                    intended: line.delta,
                    key: line.key.to_string(),
                    at: *at,
                    is_answered: true,
                }),
                market_write: None,
            });
        }
    }
}
