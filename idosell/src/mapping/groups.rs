//! The groups that products are tied to: which of them hold several.

use std::collections::HashMap;

use gateway_core::model::ProductId;
use xxhash_rust::xxh3::xxh3_64;

use crate::wire;

/// Which groups several products are in. Their members may stand anywhere in an offer, so that is known only when all of it has been
/// read; of each group a few bytes are kept, and none of its products.
#[derive(Clone, Debug, Default)]
pub struct Groups(HashMap<u64, bool>);

impl Groups {
    /// Takes the group of a product. One that the shop has removed is in none.
    pub fn add(&mut self, product: &wire::Product) {
        if let Some(first) = first_product_id(product).filter(|_| product.removed.as_deref() != Some("yes")) {
            let is_shared = |known: &mut bool| *known = true;
            self.0.entry(xxh3_64(first.as_bytes())).and_modify(is_shared).or_insert(false);
        }
    }

    /// The family that a product shares with others.
    #[must_use]
    pub fn family(&self, product: &wire::Product) -> Option<ProductId> {
        let first = first_product_id(product)?;
        let is_shared = self.0.get(&xxh3_64(first.as_bytes())).copied().unwrap_or(false);
        is_shared.then(|| ProductId::new(first).ok()).flatten()
    }
}

fn first_product_id(product: &wire::Product) -> Option<&str> {
    product.group.as_ref()?.first_product_id.as_deref()
}
