//! The groups that products are tied to: which of them hold several.

use std::collections::HashMap;

use gateway_core::model::{Family, ProductId};
use xxhash_rust::xxh3::xxh3_64;

use super::product_id;
use crate::wire;

/// Which groups several products are in. Their members may stand anywhere in an offer, so that is known only when all of it has been
/// read; of each group a few bytes are kept, and none of its products.
#[derive(Clone, Debug, Default)]
pub struct Groups(HashMap<u64, Members>);

/// The members of a group, as far as they matter.
#[derive(Clone, Copy, Debug)]
enum Members {
    /// This one, by half a key.
    One(u64),
    Several,
}

impl Groups {
    /// Takes the group of a product. One that the shop has removed is in none, and one that stands there twice is one.
    pub fn add(&mut self, product: &wire::Product) {
        let is_removed = product.removed.as_deref() == Some("yes");
        let Some(first) = first_product_id(product).filter(|_| !is_removed) else { return };
        if product_id(&product.id).is_none() {
            return;
        }
        let own = xxh3_64(product.id.as_bytes());
        let members = self.0.entry(xxh3_64(first.as_bytes())).or_insert(Members::One(own));
        if matches!(members, Members::One(known) if *known != own) {
            *members = Members::Several;
        }
    }

    /// The family that a product is one of.
    #[must_use]
    pub fn family(&self, product: &wire::Product) -> Option<Family> {
        let first = first_product_id(product)?;
        let members = self.0.get(&xxh3_64(first.as_bytes()));
        let has_others = matches!(members, Some(Members::Several));
        Some(Family { id: ProductId::new(first).ok()?, has_others })
    }
}

fn first_product_id(product: &wire::Product) -> Option<&str> {
    product.group.as_ref()?.first_product_id.as_deref()
}
