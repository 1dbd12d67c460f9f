//! The tag that a product's variants share, or those of several products that are one family.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gateway_core::assumptions::LONGEST_NAME;
use gateway_core::gateway::{Error, Guid};
use gateway_core::model::{Name, Product, ProductId};
use tokio::sync::OnceCell;
use xxhash_rust::xxh3::xxh3_64;

use super::holdings::{Key, key};
use crate::ShopName;

/// Under which name the mark's digests tell the family of several products that a variant was sent as one of. There is none for
/// products that are a family by themselves, or none.
pub(crate) const SHARED_FAMILY: &str = "family";

/// Which family of several products it is.
pub(crate) fn family_digest(family: &ProductId) -> String {
    format!("{:016x}", xxh3_64(family.as_str().as_bytes()))
}

/// A family's name: its product's, and behind it whose product it is, so that no other family bears it. The marketplace
/// makes of two families with one name a single one.
///
/// The products of a family of several have different names, and each of them must find the tag by itself: then the name is that of the
/// family alone.
pub(crate) fn family_name(shop: &ShopName, product: &Product) -> String {
    /// More of it would leave too little room for the product's own name.
    const LONGEST_OWNER: usize = 120;
    let id = product.family().unwrap_or(product.id());
    let owner = format!("{} {} {id}", shop.platform, shop.shop);
    let owner = if owner.chars().count() > LONGEST_OWNER {
        format!("{} {:016x}", shop.platform, xxh3_64(owner.as_bytes()))
    } else {
        owner
    };
    if product.family().is_some() {
        return format!("[{owner}]");
    }
    let room = LONGEST_NAME.saturating_sub(owner.chars().count() + " []".len());
    let (name, _) = Name::cut_at_word(product.name(), room);
    format!("{name} [{owner}]")
}

/// The tags of families of several products that this run has asked for: each is made, or found, once.
#[derive(Default)]
pub(crate) struct SharedFamilies(Mutex<HashMap<Key, Arc<OnceCell<Guid>>>>);

impl SharedFamilies {
    /// The tag of a family; the first that wants it makes it, the others wait for that.
    pub(crate) async fn tag<F>(&self, family: &ProductId, make: impl FnOnce() -> F) -> Result<Guid, Error>
    where
        F: Future<Output = Result<Guid, Error>>,
    {
        let cell = {
            let mut families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(families.entry(key(family.as_str())).or_default())
        };
        cell.get_or_try_init(make).await.copied()
    }
}
