//! The tag that a product's variants share.

use gateway_core::assumptions::LONGEST_NAME;
use gateway_core::model::{Name, Product};
use xxhash_rust::xxh3::xxh3_64;

use crate::ShopName;

/// A family's name: its product's, and behind it whose product it is, so that no other family bears it. The marketplace
/// makes of two families with one name a single one.
pub(crate) fn family_name(shop: &ShopName, product: &Product) -> String {
    /// More of it would leave too little room for the product's own name.
    const LONGEST_OWNER: usize = 120;
    let owner = format!("{} {} {}", shop.platform, shop.shop, product.id());
    let owner = if owner.chars().count() > LONGEST_OWNER {
        format!("{} {:016x}", shop.platform, xxh3_64(owner.as_bytes()))
    } else {
        owner
    };
    let room = LONGEST_NAME.saturating_sub(owner.chars().count() + " []".len());
    let (name, _) = Name::cut_at_word(product.name(), room);
    format!("{name} [{owner}]")
}
