//! Shops at a new address, and several shops of one vendor.

use gateway_core::model::ShopKey;
use prestashop_sandbox::{Options, Shop, special};

use super::sides::Sides;

/// The same shop at another address.
async fn moved() -> (Sides, String) {
    let mut sides = Sides::brought().await;
    let old = sides.shop_key();
    let clock = sides.clock.clone();
    sides.shop = Shop::start(Options { clock, ..Options::default() }).await.unwrap();
    assert_ne!(sides.shop_key(), old, "it did not move");
    (sides, old)
}

#[tokio::test]
async fn a_shop_at_a_new_address_is_asked_about_before_anything_is_written() {
    let (sides, old) = moved().await;
    let says = sides.import().await.refused();
    for part in [format!("--shop-key {old}"), format!("--shop-key {}", sides.shop_key())] {
        assert!(says.contains(&part), "it does not say {part:?}: {says}");
    }
}

#[tokio::test]
async fn a_shop_that_keeps_its_key_at_a_new_address_is_as_it_was() {
    let (mut sides, old) = moved().await;
    sides.common.shop_key = Some(ShopKey::named(&old).unwrap());
    let ran = sides.import_with(|options| options.shop_key_is_told = true).await.done();
    ran.wrote_nothing();
    assert_eq!(ran.unchanged(), sides.live().len(), "everything is as it was");
    sides.assert_all_arrived();
}

#[tokio::test]
async fn a_second_shop_stands_beside_the_first_and_neither_prunes_the_other() {
    let (mut sides, first) = moved().await;
    let second = sides.shop_key();
    let before = sides.gateway.products();
    sides.common.shop_key = Some(ShopKey::named(&second).unwrap());
    let ran = sides.import_with(|options| options.shop_key_is_told = true).await.done();
    assert_eq!(ran.counts(), (before.len(), 0, 0), "{:?}", ran.rejects);
    sides.assert_all_arrived();
    assert!(sides.shop.remove_product(special::SHIRT));
    let ran = sides.import_with(|options| options.prune = true).await.done();
    assert_eq!(ran.counts(), (0, 0, 4), "{:?}", ran.changes);
    sides.assert_all_arrived();
    assert_eq!(sides.gateway.products()[..before.len()], before, "goods of {first} were touched");
}
