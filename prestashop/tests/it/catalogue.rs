//! Whole catalogues, as canonical products.

use connector::{Item, Scope};
use gateway_core::model::{Product, RejectReason};
use serde_json::json;

use crate::shop::{Fixtures, common, items, open, read};

/// What a snapshot shows: everything but the addresses of pictures, which hold the port of the day.
fn shown(items: Vec<Item>) -> String {
    let mut shown = Vec::new();
    for item in items {
        shown.push(match item {
            Item::Product(product, warnings) => {
                let mut product = json!(product);
                for variant in product["variants"].as_array_mut().unwrap() {
                    for image in variant["images"].as_array_mut().unwrap() {
                        let url = url::Url::parse(image["public_url"].as_str().unwrap()).unwrap();
                        image["public_url"] = json!(url.path());
                    }
                }
                json!({ "product": product, "warnings": warnings })
            }
            Item::Reject(reject) => json!({ "reject": reject }),
            Item::Skipped(skip) => json!({ "skipped": skip }),
            Item::End(end) => json!({ "end": format!("{end:?}") }),
        });
    }
    serde_json::to_string_pretty(&shown).unwrap()
}

pub(crate) fn products(items: &[Item]) -> Vec<&Product> {
    let product = |item: &'_ Item| matches!(item, Item::Product(..));
    items
        .iter()
        .filter(|item| product(item))
        .map(|item| match item {
            Item::Product(product, _) => &**product,
            _ => unreachable!(),
        })
        .collect()
}

#[tokio::test]
async fn a_shop_of_8_2_1_in_its_default_language() {
    insta::assert_snapshot!(shown(read(Fixtures::of("8.2.1"), &[]).await));
}

#[tokio::test]
async fn a_shop_of_8_2_1_in_polish() {
    insta::assert_snapshot!(shown(read(Fixtures::of("8.2.1"), &[("PRESTASHOP_LANGUAGE_ID", "2")]).await));
}

#[tokio::test]
async fn a_shop_of_1_7_8_whose_taxes_are_told_by_the_names_of_their_groups() {
    let mut fixtures = Fixtures::of("1.7.8");
    // The recorded shop is in America and has no rules for its country.
    fixtures.forbid("tax_rules");
    insta::assert_snapshot!(shown(read(fixtures, &[]).await));
}

#[tokio::test]
async fn without_any_rule_for_its_country_a_shop_tells_no_vat() {
    let items = read(Fixtures::of("1.7.8"), &[]).await;
    let mut rejects = items.iter().filter_map(|item| match item {
        Item::Reject(reject) => Some(&reject.reason),
        _ => None,
    });
    assert!(rejects.all(|reason| *reason == RejectReason::VatUntold));
    assert!(products(&items).is_empty());
}

#[tokio::test]
async fn only_the_products_asked_for_are_read() {
    let server = Fixtures::of("8.2.1").serve().await;
    let shop = open(&server.uri(), &[], &common());
    let ids = ["9", "1", "4711", "x"].map(|id| gateway_core::model::ProductId::new(id).unwrap());
    let items = items(&*shop, Scope::Products(ids.to_vec())).await.unwrap();
    let read: Vec<_> = products(&items).iter().map(|product| product.id().as_str().to_owned()).collect();
    assert_eq!(read, ["1", "9"]);
    let skipped = items.iter().filter_map(|item| match item {
        Item::Skipped(skip) => Some((skip.product.as_str(), skip.why.as_str())),
        _ => None,
    });
    assert_eq!(
        skipped.collect::<Vec<_>>(),
        [("x", "the shop does not have it"), ("4711", "the shop does not have it")]
    );
}

#[tokio::test]
async fn what_changed_since_is_found_in_whatever_zone_the_shop_writes_its_times() {
    let mut fixtures = Fixtures::of("8.2.1");
    for (id, changed) in [(1, "2026-02-28 23:59:59"), (6, "2026-03-01 00:00:01"), (9, "2026-03-02 12:00:00")]
    {
        fixtures.row("products", id)["date_upd"] = json!(changed);
    }
    for id in [7, 8, 12, 15, 20, 21] {
        fixtures.row("products", id)["date_upd"] = json!("0000-00-00 00:00:00");
    }
    let server = fixtures.serve().await;
    let shop = open(&server.uri(), &[], &common());
    // Noon in Greenwich is midnight in the westernmost zone.
    let since = "2026-03-01T12:00:00Z".parse().unwrap();
    let items = items(&*shop, Scope::Since(since)).await.unwrap();
    let read: Vec<_> = products(&items).iter().map(|product| product.id().as_str().to_owned()).collect();
    assert_eq!(read, ["6", "9"]);
    let asked = server.received_requests().await.unwrap();
    let asked = asked.iter().find(|request| request.url.path().ends_with("/products")).unwrap();
    assert!(
        asked.url.query_pairs().any(|(name, value)| name == "date" && value == "1"),
        "8.x refuses it without"
    );
}

#[tokio::test]
async fn categories_are_read_without_the_roots_that_every_product_is_in() {
    let server = Fixtures::of("8.2.1").serve().await;
    let shop = open(&server.uri(), &[("PRESTASHOP_LANGUAGE_ID", "2")], &common());
    let tree = shop.categories().await.unwrap();
    let paths: Vec<_> = tree.iter().map(|category| tree.printed_path(&category.id).unwrap()).collect();
    assert_eq!(
        paths,
        [
            "Ubrania",
            "Rzeczy",
            "Sztuka",
            "Ubrania - Mężczyźni",
            "Ubrania - Kobiety",
            "Rzeczy - Papier",
            "Rzeczy - W domu",
        ]
    );
}
