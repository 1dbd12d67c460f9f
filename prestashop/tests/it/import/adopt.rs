//! Goods that were at the marketplace before, as the earlier connectors left them.

use std::collections::{BTreeMap, BTreeSet};

use connector::ChangeKind;
use connector::import::Adopt;
use gateway_core::model::RejectReason;
use prestashop_sandbox::{NewProduct, Options};
use serde_json::{Value, json};

use super::goods::{Fields, Good, wanted};
use super::sides::{Ran, Sides};

/// What is to become of the shop's variants.
struct Before {
    /// Variants whose SKU one product there and one variant here bears.
    clear: BTreeSet<(u32, u32)>,
    /// Variants whose SKU is there too, and not so.
    ambiguous: BTreeSet<(u32, u32)>,
    /// The other variants.
    fresh: BTreeSet<(u32, u32)>,
}

fn old_good(fields: &Fields, sku: &str, tags: &[String]) -> Value {
    let price = |amount: &str| json!({ "currency": "zł", "vat_percent": 0, "amount": amount.parse::<serde_json::Number>().unwrap() });
    json!({
        "name": fields["name"], "desc": "Old", "brief": "Old", "sku": sku, "images": [], "vat": fields["vat"],
        "base_price_type": "retail", "base_price": price("1.5"), "cost_price": price("0"), "tag_guids": tags,
        "data": { "variants": {} }, "stock_level": 3,
    })
}

/// A marketplace with every other product of the shop, as an earlier connector brought it: all variants under one name
/// and a tag of it, no mark; every seventh without an SKU, and every ninth there twice.
async fn before() -> (Sides, Before) {
    let sides = Sides::of(Options::sample(30)).await;
    let wanted = wanted(&sides.shop, sides.language);
    let mut skus: BTreeMap<String, usize> = BTreeMap::new();
    for (n, ((_, combination), fields)) in wanted.iter().enumerate().filter(|(_, ((of, _), _))| of % 2 == 1) {
        let sku = if n % 7 == 0 { "" } else { fields["sku"].as_str() };
        let tag = (*combination != 0).then(|| sides.gateway.make_tag(&fields["name"]));
        let tags: Vec<String> = tag.into_iter().collect();
        let times = if n % 9 == 0 { 2 } else { 1 };
        sides.gateway.seed(times, |_| old_good(fields, sku, &tags));
        *skus.entry(sku.to_owned()).or_default() += times;
    }
    skus.remove("");
    let mut here: BTreeMap<&str, u32> = BTreeMap::new();
    for fields in wanted.values() {
        *here.entry(&fields["sku"]).or_default() += 1;
    }
    let mut of = Before { clear: BTreeSet::new(), ambiguous: BTreeSet::new(), fresh: BTreeSet::new() };
    for (id, fields) in &wanted {
        let sku = fields["sku"].as_str();
        match (skus.get(sku), here[sku]) {
            (None, _) => of.fresh.insert(*id),
            (Some(1), 1) => of.clear.insert(*id),
            _ => of.ambiguous.insert(*id),
        };
    }
    assert!(!of.clear.is_empty() && !of.ambiguous.is_empty() && !of.fresh.is_empty(), "there is one of each");
    (sides, of)
}

fn as_list(ids: &BTreeSet<(u32, u32)>) -> Vec<(u32, u32)> {
    ids.iter().copied().collect()
}

fn rejected(ran: &Ran, is_it: impl Fn(&RejectReason) -> bool) -> Vec<(u32, u32)> {
    let of_reason = ran.rejects.iter().filter(|reject| is_it(&reject.reason));
    let mut ids: Vec<_> = of_reason
        .map(|reject| super::sides::id_of(reject.product.as_str(), reject.variant.as_ref().unwrap().as_str()))
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn the_first_run_asks_before_it_writes_and_tells_what_could_be_linked() {
    let (sides, of) = before().await;
    let there = sides.gateway.products();
    let ran = sides.import().await;
    let says = ran.refused();
    let counts = [format!("holds {} goods", there.len()), format!("{} can be linked", of.clear.len())];
    for part in counts.iter().map(String::as_str).chain(["--adopt sku", "--adopt none"]) {
        assert!(says.contains(part), "it does not say {part:?}: {says}");
    }
    let told: Vec<_> = ran
        .candidates
        .iter()
        .map(|told| {
            (super::sides::id_of(told.product.as_str(), told.variant.as_str()), told.guid.to_string())
        })
        .collect();
    let mut pairs: Vec<_> = of.clear.iter().map(|id| (*id, linked_to(&sides, *id))).collect();
    pairs.sort_unstable();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, pairs, "the pairs that can be linked");
    assert_eq!(sides.gateway.products(), there, "something was changed");
}

/// The product there whose SKU the variant bears.
fn linked_to(sides: &Sides, id: (u32, u32)) -> String {
    let sku = &wanted(&sides.shop, sides.language)[&id]["sku"];
    let goods = sides.all_goods();
    let bearers: Vec<&Good> = goods.iter().filter(|good| good.0["sku"] == **sku).collect();
    assert_eq!(bearers.len(), 1, "goods with the SKU {sku}");
    bearers[0].guid()
}

#[tokio::test]
async fn goods_are_linked_by_an_sku_that_is_clear_and_nothing_is_doubled() {
    let (sides, of) = before().await;
    let there = sides.gateway.products();
    let pairs: Vec<_> = of.clear.iter().map(|id| (*id, linked_to(&sides, *id))).collect();
    let ran = sides.import_with(|options| options.adopt = Some(Adopt::Sku)).await.done();
    assert_eq!(ran.changed(ChangeKind::Linked), as_list(&of.clear));
    assert_eq!(ran.changed(ChangeKind::Created), as_list(&of.fresh));
    let is_ambiguous = |reason: &RejectReason| matches!(reason, RejectReason::SkuAmbiguous { .. });
    assert_eq!(rejected(&ran, is_ambiguous), as_list(&of.ambiguous));
    assert_eq!(ran.counts(), (of.fresh.len(), 0, 0), "{:?}", ran.changes);
    let all = sides.gateway.products().len();
    assert_eq!(all, there.len() + of.fresh.len(), "goods in all");

    let live = sides.live();
    let content = sides.content();
    let wanted = wanted(&sides.shop, sides.language);
    for (id, guid) in pairs {
        let good = &live[&id];
        assert_eq!(good.guid(), guid, "{id:?} is another product now");
        assert_eq!(good.stock(), "3", "{id:?}: its stock is not an import's affair");
        for field in ["name", "price", "vat", "sku", "pictures", "attributes", "desc", "brief", "for_sale"] {
            assert_eq!(content[&id][field], wanted[&id][field], "{id:?}: {field}");
        }
    }
    assert_eq!(live.len(), of.clear.len() + of.fresh.len(), "what bears our mark");
    for old in there {
        let guid = old["guid"].as_str().unwrap();
        if live.values().all(|good| good.guid() != guid) {
            assert_eq!(sides.gateway.product(guid), Some(old.clone()), "what is not linked is left alone");
        }
    }
}

#[tokio::test]
async fn variants_that_are_linked_bear_one_tag_and_not_the_earlier_ones_too() {
    let (sides, _) = before().await;
    sides.import_with(|options| options.adopt = Some(Adopt::Sku)).await.done();
    let mut families: BTreeMap<u32, Vec<BTreeSet<String>>> = BTreeMap::new();
    for ((product, _), good) in sides.live() {
        families.entry(product).or_default().push(good.family());
    }
    for (product, families) in families.iter().filter(|(_, families)| families.len() > 1) {
        assert_eq!(families[0].len(), 1, "product {product}: {families:?}");
        assert!(families.iter().all(|family| family == &families[0]), "product {product}: {families:?}");
    }
}

#[tokio::test]
async fn after_adoption_a_second_run_writes_nothing_whatever_it_is_told() {
    let (sides, of) = before().await;
    sides.import_with(|options| options.adopt = Some(Adopt::Sku)).await.done();
    let ran = sides.import_with(|options| options.adopt = Some(Adopt::Sku)).await.done();
    ran.wrote_nothing();
    assert_eq!(ran.unchanged(), of.clear.len() + of.fresh.len(), "what is as it was");
    let ran = sides.import().await.done();
    ran.wrote_nothing();
    let is_ambiguous = |reason: &RejectReason| matches!(reason, RejectReason::SkuAmbiguous { .. });
    assert_eq!(
        rejected(&ran, is_ambiguous),
        as_list(&of.ambiguous),
        "what may be there already is not created"
    );
}

#[tokio::test]
async fn without_adoption_everything_is_created_beside_and_the_old_is_untouched() {
    let (sides, of) = before().await;
    let there = sides.gateway.products();
    let ran = sides.import_with(|options| options.adopt = Some(Adopt::None)).await.done();
    let all = of.clear.len() + of.ambiguous.len() + of.fresh.len();
    assert_eq!(ran.counts(), (all, 0, 0), "{:?}", ran.rejects);
    sides.assert_all_arrived();
    assert_eq!(sides.gateway.products()[..there.len()], there, "the old was touched");
    sides.import_with(|options| options.adopt = Some(Adopt::None)).await.done().wrote_nothing();
}

#[tokio::test]
async fn goods_made_by_hand_after_the_first_run_are_told_and_not_doubled() {
    let sides = Sides::brought().await;
    let product = sides
        .shop
        .add_product(NewProduct { reference: "BY-HAND".to_owned(), ..NewProduct::named("Dzbanek") });
    let fields = wanted(&sides.shop, sides.language)[&(product, 0)].clone();
    sides.gateway.seed_products([old_good(&fields, "BY-HAND", &[])]);
    let ran = sides.import().await.done();
    ran.wrote_nothing();
    assert_eq!(rejected(&ran, |reason| matches!(reason, RejectReason::SkuTaken(_))), [(product, 0)]);
    let ran = sides.import_with(|options| options.adopt = Some(Adopt::Sku)).await.done();
    assert_eq!(ran.changed(ChangeKind::Linked), [(product, 0)]);
    sides.assert_arrived_but(&["stock"]);
}
