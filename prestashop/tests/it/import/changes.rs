//! A user's day: what is changed in the shop, and what becomes of it at the marketplace.

use connector::{ChangeKind, RunError};
use gateway_core::model::RejectReason;
use prestashop_sandbox::{NewProduct, special};

use super::sides::{Ran, Sides};

async fn imported(sides: &Sides) -> Ran {
    sides.import().await.done()
}

#[tokio::test]
async fn what_is_switched_off_or_hidden_is_off_sale_and_back_on_sale_later() {
    let sides = Sides::brought().await;
    assert!(sides.shop.set_active(special::MUG, false));
    assert!(sides.shop.set_hidden(special::LONG_NAME, true));
    let changed = [(special::MUG, 0), (special::LONG_NAME, 0)];
    for is_for_sale in [false, true] {
        let ran = imported(&sides).await;
        assert_eq!(ran.changed(ChangeKind::Updated), changed, "on sale: {is_for_sale}");
        for (product, combination) in changed {
            let good = sides.good(product, combination);
            assert_eq!(good.is_for_sale(), is_for_sale, "product {product}");
        }
        sides.assert_all_arrived();
        imported(&sides).await.wrote_nothing();
        assert!(sides.shop.set_active(special::MUG, true));
        assert!(sides.shop.set_hidden(special::LONG_NAME, false));
    }
}

#[tokio::test]
async fn a_product_that_is_gone_is_told_and_archived_only_with_prune() {
    let sides = Sides::brought().await;
    assert!(sides.shop.remove_product(special::SHIRT));
    let ran = imported(&sides).await;
    ran.wrote_nothing();
    assert_eq!(ran.warned("--prune").len(), 1, "it was not told: {:?}", ran.warnings);
    assert_eq!(ran.warned("4 variants").len(), 1, "how many was not told: {:?}", ran.warnings);
    assert_eq!(sides.of_product(special::SHIRT).len(), 4, "without prune they stay");

    let ran = sides.import_with(|options| options.prune = true).await.done();
    assert_eq!(ran.counts(), (0, 0, 4), "{:?}", ran.changes);
    sides.assert_all_arrived();
    let again = sides.import_with(|options| options.prune = true).await.done();
    again.wrote_nothing();
    assert_eq!(again.warned("--prune").len(), 0, "what is archived is told of no more");
}

#[tokio::test]
async fn prune_archives_nothing_when_the_shop_could_not_deliver_all() {
    let sides = Sides::brought().await;
    sides.shop.poison(special::MUG);
    assert!(sides.shop.remove_product(special::SHIRT));
    let ran = sides.import_with(|options| options.prune = true).await;
    ran.wrote_nothing();
    assert!(
        matches!(&ran.result, Err(RunError::Failed { what, .. }) if what.contains("nothing was pruned")),
        "it was not told: {:?}",
        ran.result
    );
    sides.shop.heal(special::MUG);
    sides.import_with(|options| options.prune = true).await.done();
    sides.assert_all_arrived();
}

#[tokio::test]
async fn a_product_without_a_tax_is_a_reject_and_what_is_there_is_left_alone() {
    let sides = Sides::brought().await;
    let before = [special::MUG, special::SHIRT].map(|product| sides.of_product(product));
    for product in [special::MUG, special::SHIRT] {
        assert!(sides.shop.set_tax_group(product, 0));
    }
    let ran = sides.import_with(|options| options.prune = true).await.done();
    ran.wrote_nothing();
    let untold = |product: u32| {
        let is_untold = |reject: &&gateway_core::model::Reject| {
            reject.product.as_str() == product.to_string() && reject.reason == RejectReason::VatUntold
        };
        ran.rejects.iter().filter(is_untold).count()
    };
    assert_eq!((untold(special::MUG), untold(special::SHIRT)), (1, 4), "{:?}", ran.reasons());
    assert_eq!([special::MUG, special::SHIRT].map(|product| sides.of_product(product)), before);
    for product in [special::MUG, special::SHIRT] {
        assert!(sides.shop.set_tax_group(product, 2));
    }
    imported(&sides).await;
    sides.assert_all_arrived();
}

#[tokio::test]
async fn stock_is_no_affair_of_a_later_import() {
    let sides = Sides::brought().await;
    let combination = sides.shop.truth_of(special::SHIRT)[0].combination;
    assert!(sides.shop.set_stock(special::MUG, 0, 1));
    assert!(sides.shop.set_stock(special::SHIRT, combination, 0));
    let ran = imported(&sides).await;
    ran.wrote_nothing();
    assert_eq!(sides.good(special::MUG, 0).stock(), "42", "the level of its creation");
    sides.assert_arrived_but(&["stock"]);
}

#[tokio::test]
async fn an_update_leaves_the_stock_as_the_marketplace_has_it() {
    let sides = Sides::brought().await;
    let good = sides.good(special::MUG, 0);
    assert!(sides.gateway.set_stock(&good.guid(), 7));
    assert!(sides.shop.rename(special::MUG, sides.language, "Kubek"));
    assert!(sides.shop.set_active(special::MUG, false));
    imported(&sides).await;
    assert_eq!(sides.good(special::MUG, 0).stock(), "7", "an import changed the stock");
    sides.assert_arrived_but(&["stock"]);
}

#[tokio::test]
async fn a_new_product_arrives_alone() {
    let sides = Sides::brought().await;
    let added =
        sides.shop.add_product(NewProduct { reference: "JUG-1".to_owned(), ..NewProduct::named("Dzbanek") });
    let ran = imported(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), [(added, 0)]);
    assert_eq!((ran.counts(), ran.uploads()), ((1, 0, 0), 1), "{:?}", ran.changes);
    sides.assert_all_arrived();
}

#[tokio::test]
async fn only_a_new_picture_is_uploaded_and_their_order_follows_the_shop() {
    let sides = Sides::brought().await;
    let product = special::MANY_PICTURES;
    let images = sides.shop.truth_of(product)[0].images.clone();
    let added = sides.shop.add_image(product).unwrap();
    let ran = imported(&sides).await;
    assert_eq!((ran.uploads(), ran.pictures_read(), ran.summary.images), (1, 1, 1), "one picture is new");
    assert_eq!(ran.changed(ChangeKind::Updated), [(product, 0)]);
    sides.assert_all_arrived();

    assert!(sides.shop.set_cover(product, added));
    let ran = imported(&sides).await;
    assert_eq!((ran.uploads(), ran.pictures_read()), (0, 0), "nothing is new");
    assert_eq!(ran.changed(ChangeKind::Updated), [(product, 0)]);
    sides.assert_all_arrived();

    assert!(sides.shop.remove_image(product, images[0]));
    let ran = imported(&sides).await;
    assert_eq!((ran.uploads(), ran.pictures_read()), (0, 0), "nothing is new");
    assert_eq!(ran.changed(ChangeKind::Updated), [(product, 0)]);
    sides.assert_all_arrived();
    imported(&sides).await.wrote_nothing();
}

#[tokio::test]
async fn the_last_picture_goes_too() {
    let sides = Sides::brought().await;
    let images = sides.shop.truth_of(special::MUG)[0].images.clone();
    for image in images {
        assert!(sides.shop.remove_image(special::MUG, image));
    }
    let ran = imported(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Updated), [(special::MUG, 0)]);
    assert_eq!(sides.good(special::MUG, 0).images(), Vec::<String>::new());
    imported(&sides).await.wrote_nothing();
}

#[tokio::test]
async fn a_picture_of_a_family_is_uploaded_once_for_all_of_it() {
    let sides = Sides::brought().await;
    sides.shop.add_image(special::WRONG_SUM).unwrap();
    let ran = imported(&sides).await;
    assert_eq!((ran.uploads(), ran.pictures_read()), (1, 1), "one picture is new");
    assert_eq!(ran.counts(), (0, 2, 0), "both variants show it");
    sides.assert_all_arrived();
}

#[tokio::test]
async fn what_people_changed_at_the_marketplace_stays_unless_the_shop_changes_it_too() {
    let sides = Sides::brought().await;
    let guid = sides.good(special::MUG, 0).guid();
    let tag = sides.gateway.category("Kubki i filiżanki").unwrap();
    assert!(sides.gateway.edit(&guid, serde_json::json!({ "brief": "By hand" })));
    assert!(sides.gateway.add_tag(&guid, &tag));
    imported(&sides).await.wrote_nothing();
    assert!(sides.shop.rename(special::MUG, sides.language, "Kubek"));
    let ran = imported(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Updated), [(special::MUG, 0)]);
    let good = sides.good(special::MUG, 0);
    assert_eq!((good.name().as_str(), good.0["brief"].as_str()), ("Kubek", Some("By hand")));
    assert!(good.categories().contains("Kubki i filiżanki"), "the tag is gone: {:?}", good.categories());
}

#[tokio::test]
async fn what_a_person_archived_stays_so_and_is_not_created_again() {
    let sides = Sides::brought().await;
    let guid = sides.good(special::MUG, 0).guid();
    assert!(sides.gateway.set_archived(&guid, true));
    assert!(sides.shop.rename(special::MUG, sides.language, "Kubek"));
    imported(&sides).await.wrote_nothing();
    assert!(sides.archived().contains_key(&(special::MUG, 0)), "it came back");
}

#[tokio::test]
async fn what_the_marketplace_has_twice_is_healed() {
    let sides = Sides::brought().await;
    let mut copy = sides.good(special::MUG, 0).0;
    let first = copy["guid"].take();
    let tags = copy["tag_guids"].clone();
    let double = serde_json::json!({
        "name": copy["name"], "desc": copy["desc"], "brief": copy["brief"], "sku": copy["sku"], "images": copy["images"],
        "vat": copy["vat"], "base_price_type": "retail", "tag_guids": tags, "data": copy["data"], "stock_level": 42,
        "base_price": { "currency": "zł", "vat_percent": 0, "amount": copy["price"]["base"]["unit"]["amount"] },
        "cost_price": { "currency": "zł", "vat_percent": 0, "amount": 0 }, "created": "2026-03-02T12:00:00Z",
    });
    let seeded = sides.gateway.seed_products([double]);
    let ran = imported(&sides).await;
    assert_eq!(ran.counts(), (0, 0, 1), "{:?}", ran.changes);
    assert_eq!(ran.changes[0].guid, seeded[0], "the older one stays");
    assert_eq!(sides.good(special::MUG, 0).guid(), first.as_str().unwrap());
    sides.assert_all_arrived();
    imported(&sides).await.wrote_nothing();
}

#[tokio::test]
async fn what_a_person_deleted_is_created_once_more_when_all_goods_are_listed_again() {
    let sides = Sides::brought().await;
    sides.gateway.delete(&sides.good(special::MUG, 0).guid());
    imported(&sides).await.wrote_nothing();
    let ran = sides.import_with(|options| options.again = true).await.done();
    assert_eq!(ran.changed(ChangeKind::Created), [(special::MUG, 0)]);
    assert_eq!(ran.counts(), (1, 0, 0), "{:?}", ran.changes);
    sides.assert_all_arrived();
    imported(&sides).await.wrote_nothing();
}

#[tokio::test]
async fn one_product_alone_is_brought_and_the_others_are_left_alone() {
    let sides = Sides::brought().await;
    for product in [special::MUG, special::LONG_NAME] {
        assert!(sides.shop.rename(product, sides.language, "Nowa nazwa"));
    }
    assert!(sides.shop.remove_product(special::SHIRT));
    let ids = vec![gateway_core::model::ProductId::new(&special::MUG.to_string()).unwrap()];
    let ran = sides.import_with(|options| options.scope = connector::Scope::Products(ids)).await.done();
    assert_eq!(ran.changed(ChangeKind::Updated), [(special::MUG, 0)]);
    assert_eq!((ran.writes().len(), ran.warned("--prune").len()), (1, 0), "{:?}", ran.warnings);
}

#[tokio::test]
async fn a_dry_run_tells_what_a_run_then_does_and_writes_nothing() {
    let sides = Sides::brought().await;
    sides.shop.add_product(NewProduct::named("Dzbanek"));
    sides.shop.add_image(special::WRONG_SUM).unwrap();
    assert!(sides.shop.rename(special::MUG, sides.language, "Kubek"));
    assert!(sides.shop.remove_combination(sides.shop.truth_of(special::SHIRT)[0].combination));
    assert!(sides.shop.remove_product(special::LONG_NAME));
    let dry = sides
        .import_with(|options| {
            options.prune = true;
            options.dry_run = true;
        })
        .await
        .done();
    dry.wrote_nothing();
    let ran = sides.import_with(|options| options.prune = true).await.done();
    assert_eq!(dry.summary, ran.summary, "what was told, and what was done");
    assert_eq!(ran.counts(), (1, 3, 2), "{:?}", ran.changes);
    sides.assert_all_arrived();
}

#[tokio::test]
async fn a_default_rate_brings_goods_for_which_the_shop_tells_none() {
    let mut sides = Sides::brought().await;
    let rate = |percent: &str| gateway_core::model::VatRate::percent(percent.parse().unwrap()).unwrap();
    sides.common.vat_default = Some(rate("8"));
    let ran = imported(&sides).await;
    assert_eq!(ran.changed(ChangeKind::Created), [(special::HIDDEN, 0), (special::UNKNOWN_TAX, 0)]);
    assert_eq!(ran.counts(), (2, 0, 0), "{:?}", ran.changes);
    let hidden = sides.good(special::HIDDEN, 0);
    assert_eq!((hidden.stock().as_str(), hidden.is_for_sale()), ("0", false), "less than nothing is nothing");
    assert_eq!(hidden.0["vat"], "VAT8");
    sides.common.vat_default = Some(rate("5"));
    assert_eq!(imported(&sides).await.counts(), (0, 2, 0), "another default");
}

#[tokio::test]
async fn a_description_that_is_too_long_for_a_call_is_one_reject_and_long_ones_are_sent_apart() {
    let sides = Sides::of(prestashop_sandbox::Options::default()).await;
    let text = |letters: usize| format!("<p>{}</p>", "długi opis ".repeat(letters / 11));
    assert!(sides.shop.describe(special::SHIRT, sides.language, &text(400_000)));
    assert!(sides.shop.describe(special::MUG, sides.language, &text(1_200_000)));
    let ran = imported(&sides).await;
    let of_mug: Vec<_> = ran.rejects.iter().filter(|reject| reject.product.as_str() == "2").collect();
    assert!(matches!(of_mug[..], [one] if matches!(one.reason, RejectReason::Refused(_))), "{of_mug:?}");
    assert_eq!(sides.of_product(special::SHIRT).len(), 4, "variants with long descriptions");
    assert!(sides.shop.describe(special::MUG, sides.language, "<p>Krótki opis</p>"));
    assert_eq!(imported(&sides).await.changed(ChangeKind::Created), [(special::MUG, 0)]);
    sides.assert_all_arrived();
}

#[tokio::test]
async fn goods_of_another_platform_are_nobodys_business() {
    let sides = Sides::of(prestashop_sandbox::Options::default()).await;
    let source = serde_json::json!({
        "v": 1, "platform": "magento", "shop": sides.shop_key(), "product": "2", "variant": "0", "hash": "", "images": [],
    });
    sides.gateway.seed(3, |_| {
        serde_json::json!({ "name": "Kubek", "sku": "MUG-01", "vat": "VAT8", "data": { "variants": {}, "source": source } })
    });
    let there = sides.gateway.products();
    sides.import_with(|options| options.prune = true).await.done();
    sides.assert_all_arrived();
    assert_eq!(sides.gateway.products()[..there.len()], there, "they were touched");
}
