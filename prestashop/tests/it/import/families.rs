//! A user's day: variants come and go.

use std::time::Duration;

use connector::ChangeKind;
use prestashop_sandbox::{NewCombination, Options, special};
use rust_decimal::Decimal;
use sandbox::gateway::Options as GatewayOptions;

use super::sides::{Ran, Sides};

/// A combination of these option values.
fn combination(values: [u32; 2], reference: &str) -> NewCombination {
    NewCombination {
        values: values.to_vec(),
        reference: reference.to_owned(),
        stock: 6,
        ..NewCombination::default()
    }
}

fn combinations(sides: &Sides, product: u32) -> Vec<u32> {
    sides.shop.truth_of(product).iter().map(|item| item.combination).collect()
}

/// Runs once more, and sees that what is there is what the shop has, and stays so.
async fn settled(sides: &Sides) -> Ran {
    let ran = sides.import().await.done();
    sides.assert_all_arrived();
    let again = sides.import().await.done();
    again.wrote_nothing();
    ran
}

#[tokio::test]
async fn a_new_combination_of_a_family_bears_its_tag_and_the_others_are_left_alone() {
    let sides = Sides::brought().await;
    let family = sides.of_product(special::SHIRT)[0].family();
    let added = sides.shop.add_combination(special::SHIRT, combination([3, 5], "HERON-L-WHITE")).unwrap();
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), [(special::SHIRT, added)]);
    assert_eq!(ran.counts(), (1, 0, 0), "{:?}", ran.changes);
    assert_eq!(sides.good(special::SHIRT, added).family(), family, "it bears another tag");
    assert_eq!(ran.writes().len(), 1, "only the create: {:?}", ran.writes());
}

#[tokio::test]
async fn the_second_combination_makes_the_tag_and_the_earlier_one_bears_it_too() {
    let sides = Sides::brought().await;
    let earlier = combinations(&sides, special::ONE_COMBINATION)[0];
    let added =
        sides.shop.add_combination(special::ONE_COMBINATION, combination([1, 6], "POSTER-S")).unwrap();
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), [(special::ONE_COMBINATION, added)]);
    assert_eq!(ran.changed(ChangeKind::Updated), [(special::ONE_COMBINATION, earlier)]);
    assert_eq!(ran.counts(), (1, 1, 0), "{:?}", ran.changes);
    let goods = sides.of_product(special::ONE_COMBINATION);
    assert_eq!((goods.len(), goods[0].family().len()), (2, 1), "two that share a tag");
}

#[tokio::test]
async fn a_combination_that_is_gone_is_archived_at_once_and_the_tag_stays() {
    let sides = Sides::brought().await;
    let [gone, stays] = combinations(&sides, special::BARE_COMBINATIONS)[..] else { panic!("not two") };
    let family = sides.good(special::BARE_COMBINATIONS, stays).family();
    assert!(sides.shop.remove_combination(gone));
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Archived), [(special::BARE_COMBINATIONS, gone)]);
    assert_eq!(ran.counts(), (0, 0, 1), "{:?}", ran.changes);
    assert_eq!(sides.good(special::BARE_COMBINATIONS, stays).family(), family, "the tag went too");
    assert!(sides.archived().contains_key(&(special::BARE_COMBINATIONS, gone)));
}

#[tokio::test]
async fn one_of_a_large_family_that_is_gone_leaves_the_others_alone() {
    let sides = Sides::brought().await;
    let gone = combinations(&sides, special::SHIRT)[1];
    assert!(sides.shop.remove_combination(gone));
    let ran = settled(&sides).await;
    assert_eq!(ran.counts(), (0, 0, 1), "{:?}", ran.changes);
    assert_eq!(sides.of_product(special::SHIRT).len(), 3);
}

#[tokio::test]
async fn a_simple_product_that_gets_combinations_and_loses_them_again_is_never_doubled() {
    let sides = Sides::brought().await;
    let simple = sides.good(special::MUG, 0).guid();
    let added = [[1, 5], [2, 5]]
        .map(|values| sides.shop.add_combination(special::MUG, combination(values, "")).unwrap());
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), added.map(|combination| (special::MUG, combination)));
    assert_eq!(ran.changed(ChangeKind::Archived), [(special::MUG, 0)]);
    assert_eq!(sides.archived()[&(special::MUG, 0)].guid(), simple);

    for combination in added {
        assert!(sides.shop.remove_combination(combination));
    }
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), [], "it was created a second time");
    assert_eq!(ran.changed(ChangeKind::Restored), [(special::MUG, 0)]);
    assert_eq!(ran.changed(ChangeKind::Archived), added.map(|combination| (special::MUG, combination)));
    assert_eq!(sides.good(special::MUG, 0).guid(), simple, "another product took its place");
}

#[tokio::test]
async fn what_comes_back_is_as_the_shop_has_it_now() {
    let sides = Sides::brought().await;
    let added = sides.shop.add_combination(special::MUG, combination([1, 5], "")).unwrap();
    settled(&sides).await;
    assert!(sides.shop.remove_combination(added));
    assert!(sides.shop.set_stock(special::MUG, 0, 17));
    assert!(sides.shop.set_price(special::MUG, Decimal::new(1_999, 2)));
    assert!(sides.shop.set_active(special::MUG, false));
    settled(&sides).await;
    let good = sides.good(special::MUG, 0);
    assert_eq!((good.stock().as_str(), good.is_for_sale()), ("17", false), "stock and for sale");
}

#[tokio::test]
async fn sixty_combinations_are_one_family() {
    let sides = Sides::brought().await;
    for n in 0..60 {
        let values = [1 + n % 4, 5 + n / 4 % 6];
        assert!(
            sides
                .shop
                .add_combination(special::PICTURELESS, combination(values, &format!("SCARF-{n}")))
                .is_some()
        );
    }
    let ran = settled(&sides).await;
    assert_eq!(ran.counts(), (60, 0, 1), "{:?}", ran.rejects);
    assert_eq!(sides.of_product(special::PICTURELESS).len(), 60);
}

#[tokio::test]
async fn what_is_gone_is_archived_once_also_when_the_index_lags() {
    let gateway = GatewayOptions { index_lag: Duration::from_secs(45), ..GatewayOptions::default() };
    let sides = Sides::with(gateway, Options::default()).await;
    sides.import().await.done();
    assert!(sides.shop.remove_combination(combinations(&sides, special::SHIRT)[2]));
    assert!(sides.shop.add_combination(special::MUG, combination([1, 5], "")).is_some());
    assert!(sides.shop.add_combination(special::ONE_COMBINATION, combination([1, 6], "")).is_some());
    let ran = settled(&sides).await;
    assert_eq!(ran.counts(), (2, 1, 2), "{:?}", ran.changes);
}

#[tokio::test]
async fn a_family_that_is_renamed_keeps_its_tag() {
    let sides = Sides::brought().await;
    let before = sides.of_product(special::SHIRT)[0].family();
    assert!(sides.shop.rename(special::SHIRT, sides.language, "Koszulka z żurawiem"));
    let ran = settled(&sides).await;
    assert_eq!(ran.counts(), (0, 4, 0), "{:?}", ran.changes);
    assert!(ran.changes.iter().all(|change| change.fields == ["name"]), "{:?}", ran.changes);
    assert_eq!(sides.of_product(special::SHIRT)[0].family(), before, "it bears another tag");
}

#[tokio::test]
async fn two_products_of_one_name_are_two_families() {
    let sides = Sides::brought().await;
    for product in [special::WRONG_SUM, special::BARE_COMBINATIONS] {
        assert!(sides.shop.rename(product, sides.language, "Koszulka z czaplą"));
    }
    assert!(sides.shop.add_combination(special::ONE_COMBINATION, combination([1, 6], "")).is_some());
    assert!(sides.shop.rename(special::ONE_COMBINATION, sides.language, "Koszulka z czaplą"));
    settled(&sides).await;
    let families = [special::SHIRT, special::WRONG_SUM, special::BARE_COMBINATIONS, special::ONE_COMBINATION]
        .map(|product| sides.of_product(product)[0].family());
    let different: std::collections::BTreeSet<_> = families.iter().collect();
    assert_eq!(different.len(), families.len(), "they share a tag: {families:?}");
}

#[tokio::test]
async fn a_combination_whose_price_is_mended_joins_its_family() {
    let sides = Sides::brought().await;
    let [fine, broken] = combinations(&sides, special::BELOW_ZERO)[..] else { panic!("not two") };
    assert!(sides.shop.set_impact(broken, Decimal::from(2)));
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), [(special::BELOW_ZERO, broken)]);
    assert_eq!(ran.changed(ChangeKind::Updated), [(special::BELOW_ZERO, fine)], "it bears the tag now");
}

#[tokio::test]
async fn an_option_value_that_is_renamed_is_renamed_where_it_is_shown() {
    const WHITE: u32 = 5;
    let sides = Sides::brought().await;
    let shown =
        |item: &prestashop_sandbox::Item| item.attributes.iter().any(|attribute| attribute.value == WHITE);
    let truth = sides.shop.truth();
    let live = sides.live();
    let wanted: Vec<_> = truth
        .iter()
        .filter(|item| shown(item))
        .map(|item| (item.product, item.combination))
        .filter(|id| live.contains_key(id))
        .collect();
    assert!(sides.shop.rename_option_value(WHITE, sides.language, "Śnieżnobiały"));
    let ran = settled(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Updated), wanted);
    assert_eq!(ran.counts(), (0, wanted.len(), 0), "{:?}", ran.changes);
}
