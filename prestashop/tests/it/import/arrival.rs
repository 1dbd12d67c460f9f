//! A first run brings everything, and further ones only what has changed.

use std::collections::BTreeSet;
use std::time::Duration;

use connector::ChangeKind;
use prestashop_sandbox::{Item as Truth, Options, Shop, special};
use rust_decimal::Decimal;
use sandbox::gateway::Options as GatewayOptions;

use super::goods::wanted;
use super::sides::{Ran, Sides};

/// Pictures of the goods that are to be at the marketplace, each once.
fn pictures(sides: &Sides) -> BTreeSet<u32> {
    let come = wanted(&sides.shop, sides.language);
    let items = sides.shop.truth();
    let coming = items.iter().filter(|item| come.contains_key(&(item.product, item.combination)));
    let shown =
        |item: &Truth| if item.own_images.is_empty() { item.images.clone() } else { item.own_images.clone() };
    coming.flat_map(shown).collect()
}

#[tokio::test]
async fn everything_of_the_shop_arrives_once_and_nothing_more() {
    let sides = Sides::of(Options::sample(100)).await;
    let ran = sides.import().await.done();
    sides.assert_all_arrived();
    let wanted = wanted(&sides.shop, sides.language);
    let there = sides.gateway.products().len();
    assert_eq!(there, wanted.len(), "the marketplace has what is not the shop's");
    assert_eq!(ran.counts(), (wanted.len(), 0, 0), "what was told");
    assert_eq!(ran.summary.created, wanted.len() as u64);
    let drafts = sides.shop.truth().iter().filter(|item| item.draft).count();
    assert_eq!(ran.summary.skipped, drafts as u64, "drafts are skipped");
    let rejected = sides.shop.truth().len() - wanted.len() - drafts;
    assert_eq!(ran.summary.rejected, rejected as u64, "what did not come and is no draft is a reject");
    assert_eq!(ran.rejects.len(), rejected, "each reject is told");
}

#[tokio::test]
async fn each_picture_is_read_and_uploaded_once_however_many_variants_show_it() {
    let sides = Sides::of(Options::sample(60)).await;
    let ran = sides.import().await.done();
    let pictures = pictures(&sides).len();
    assert_eq!(sides.gateway.pictures(), pictures, "pictures that are stored");
    assert_eq!(ran.uploads(), pictures, "uploads that were asked for");
    assert_eq!(ran.pictures_read(), pictures, "pictures that were read from the shop");
    assert_eq!(ran.summary.images, pictures as u64, "pictures that were told");
}

#[tokio::test]
async fn a_lone_variant_bears_no_tag() {
    let sides = Sides::brought().await;
    // Of the two stickers one costs less than nothing.
    for product in [special::MUG, special::ONE_COMBINATION, special::BELOW_ZERO] {
        let goods = sides.of_product(product);
        assert_eq!(goods.len(), 1, "variants of product {product}");
        assert!(goods[0].family().is_empty(), "product {product} bears a tag: {:?}", goods[0].family());
    }
    let families = [special::SHIRT, special::WRONG_SUM, special::BARE_COMBINATIONS];
    let tags = sides.gateway.tags().iter().filter(|tag| tag["type"] == "variant").count();
    assert_eq!(tags, families.len(), "one tag for each product of several variants");
}

#[tokio::test]
async fn an_import_costs_no_more_calls_than_it_must() {
    let sides = Sides::of(Options::sample(60)).await;
    let ran = sides.import().await.done();
    let live = sides.live();
    let products = live.keys().map(|(product, _)| product).collect::<BTreeSet<_>>().len();
    let families = sides.gateway.tags().iter().filter(|tag| tag["type"] == "variant").count();
    let floor = families + products + 2 * sides.gateway.pictures();
    let writes = ran.writes().len();
    assert_eq!(
        writes,
        floor,
        "{families} families, {products} products, {} pictures",
        sides.gateway.pictures()
    );
    let all = ran.asked.len();
    assert!(all <= floor + floor / 20, "{all} calls, of which {floor} write: more than one in twenty reads");
}

fn repeats(ran: &Ran, first: &Ran) {
    ran.wrote_nothing();
    let is_read = |path: &str| path == "/dashboard/webshop_products/_query";
    assert!(ran.asked.iter().all(|call| is_read(&call.path)), "asked more than a listing: {:?}", ran.asked);
    assert_eq!(ran.summary.unchanged, first.summary.created, "everything is as it was");
    assert_eq!(ran.counts(), (0, 0, 0), "changes were told: {:?}", ran.changes);
    assert_eq!(ran.reasons(), first.reasons(), "what cannot be imported is told again");
}

#[tokio::test]
async fn a_second_run_writes_nothing() {
    let sides = Sides::of(Options::sample(100)).await;
    let first = sides.import().await.done();
    repeats(&sides.import().await.done(), &first);
    sides.assert_all_arrived();
}

#[tokio::test]
async fn a_second_run_writes_nothing_either_when_the_index_lags() {
    let gateway = GatewayOptions { index_lag: Duration::from_secs(45), ..GatewayOptions::default() };
    let sides = Sides::with(gateway, Options::default()).await;
    let first = sides.import().await.done();
    assert!(first.waits > 0, "the first run did not wait for the index");
    repeats(&sides.import().await.done(), &first);
    sides.assert_all_arrived();
}

/// Importable items of the shop that are, or are not, products by themselves.
fn items(shop: &Shop, are_simple: bool, language: u32) -> Vec<Truth> {
    let come = wanted(shop, language);
    let items = shop.truth();
    let wanted = |item: &Truth| {
        come.contains_key(&(item.product, item.combination)) && (item.combination == 0) == are_simple
    };
    items.into_iter().filter(wanted).collect()
}

#[tokio::test]
async fn k_changed_variants_cost_k_updates_and_nothing_else() {
    let sides = Sides::of(Options::sample(60)).await;
    sides.import().await.done();
    let (simple, combined) =
        (items(&sides.shop, true, sides.language), items(&sides.shop, false, sides.language));
    let mut changed = BTreeSet::new();
    for (n, item) in simple.iter().take(12).enumerate() {
        let is_done = match n % 4 {
            0 => sides.shop.set_price(item.product, Decimal::new(12_345, 2)),
            1 => sides.shop.rename(item.product, sides.language, "Nowa nazwa"),
            2 => sides.shop.describe(item.product, sides.language, "<p>Nowy opis</p>"),
            _ => sides.shop.set_reference(item.product, "NEW-SKU"),
        };
        assert!(is_done, "product {} was not changed", item.product);
        changed.insert((item.product, item.combination));
    }
    for item in combined.iter().step_by(5).take(7) {
        assert!(sides.shop.set_impact(item.combination, Decimal::new(7_777, 2)));
        changed.insert((item.product, item.combination));
    }
    let ran = sides.import().await.done();
    let (updates, others) = ran.updates();
    assert_eq!(others, Vec::<String>::new(), "more was written than updates");
    assert_eq!(updates.len(), changed.len(), "updates of {changed:?}");
    assert_eq!(ran.changed(ChangeKind::Updated), changed.into_iter().collect::<Vec<_>>());
    assert!(ran.changes.iter().all(|change| change.fields.len() == 1), "one field each: {:?}", ran.changes);
    sides.assert_all_arrived();
    sides.import().await.done().wrote_nothing();
}

#[tokio::test]
async fn two_runs_in_two_languages_name_everything_anew() {
    let mut sides = Sides::brought().await;
    sides.language = 1;
    let ran = sides.import().await.done();
    let (updates, others) = ran.updates();
    assert!(!updates.is_empty(), "nothing was renamed");
    assert!(others.is_empty() || others.iter().all(|call| call.starts_with("POST /dashboard")), "{others:?}");
    sides.assert_all_arrived();
    sides.import().await.done().wrote_nothing();
}
