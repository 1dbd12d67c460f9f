//! The tag that a product's variants share, or those of several products that are one family.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gateway_core::assumptions::LONGEST_NAME;
use gateway_core::gateway::Guid;
use gateway_core::model::{Family, Name, Product, RejectReason};
use tokio::sync::OnceCell;
use xxhash_rust::xxh3::xxh3_64;

use super::holdings::{Key, key};
use crate::ShopName;

/// Under which name the mark's digests tell the family of several products that a variant was sent as one of. There is none for
/// products that are a family by themselves, or none.
pub(crate) const SHARED_FAMILY: &str = "family";

/// Which family of several products it is.
pub(crate) fn family_digest(family: &Family) -> String {
    format!("{:016x}", xxh3_64(family.id.as_str().as_bytes()))
}

/// A family's name: its product's, and behind it whose product it is, so that no other family bears it. The marketplace
/// makes of two families with one name a single one.
///
/// The products of a family of several have different names, and each of them must find the tag by itself: then the name is that of the
/// family alone.
pub(crate) fn family_name(shop: &ShopName, product: &Product) -> String {
    /// More of it would leave too little room for the product's own name.
    const LONGEST_OWNER: usize = 120;
    let shared = product.family().filter(|family| family.has_others);
    let id = shared.map_or(product.id(), |family| &family.id);
    let owner = format!("{} {} {id}", shop.platform, shop.shop);
    let owner = if owner.chars().count() > LONGEST_OWNER {
        format!("{} {:016x}", shop.platform, xxh3_64(owner.as_bytes()))
    } else {
        owner
    };
    if shared.is_some() {
        return format!("[{owner}]");
    }
    let room = LONGEST_NAME.saturating_sub(owner.chars().count() + " []".len());
    let (name, _) = Name::cut_at_word(product.name(), room);
    format!("{name} [{owner}]")
}

/// The tags of families of several products that this run knows: each is looked for, or made, once, and so is one that the
/// marketplace does not make.
#[derive(Default)]
pub(crate) struct SharedFamilies(Mutex<HashMap<Key, Arc<OnceCell<Tagged>>>>);

/// A family's tag, or why it has none.
pub(crate) type Tagged = Result<Guid, RejectReason>;

impl SharedFamilies {
    fn cell(&self, family: &Family) -> Arc<OnceCell<Tagged>> {
        let mut families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(families.entry(key(family.id.as_str())).or_default())
    }

    /// Whether a family's tag is known.
    pub(crate) fn knows(&self, family: &Family) -> bool {
        self.cell(family).initialized()
    }

    /// The tag of a family; the first that wants it makes it, the others wait for that.
    pub(crate) async fn tag<E, F>(&self, family: &Family, make: impl FnOnce() -> F) -> Result<Tagged, E>
    where
        F: Future<Output = Result<Tagged, E>>,
    {
        self.cell(family).get_or_try_init(make).await.cloned()
    }
}
