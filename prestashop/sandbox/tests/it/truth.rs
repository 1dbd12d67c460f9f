//! What is served is the truth that the handle tells.

use std::collections::HashMap;

use prestashop_sandbox::{Catalogue, Item, Options, Shop, Texts};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::client::{json, options};

async fn rows(shop: &Shop, path: &str, resource: &str) -> HashMap<String, Value> {
    let answer = json(shop, path).await.json();
    let rows = answer[resource].as_array().cloned().unwrap_or_default();
    rows.into_iter().map(|row| (row["id"].to_string(), row)).collect()
}

fn texts(value: &Value) -> Texts {
    let texts = value.as_array().unwrap_or_else(|| panic!("no list of languages: {value}"));
    let text = |text: &Value| {
        (text["id"].as_str().unwrap().parse().unwrap(), text["value"].as_str().unwrap().to_owned())
    };
    texts.iter().map(text).collect()
}

fn ids(value: &Value) -> Vec<u32> {
    let ids = value.as_array().map(Vec::as_slice).unwrap_or_default();
    ids.iter().map(|entry| entry["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// Compares every item with the rows of the wire.
async fn compare(shop: &Shop) {
    let products = rows(shop, "products?display=full", "products").await;
    let combinations = rows(shop, "combinations?display=full", "combinations").await;
    let stock = rows(shop, "stock_availables?display=full", "stock_availables").await;
    let values = rows(shop, "product_option_values?display=full", "product_option_values").await;
    let rules = rows(shop, "tax_rules?display=full&filter[id_country]=14", "tax_rules").await;
    let taxes = rows(shop, "taxes?display=full", "taxes").await;
    let truth = shop.truth();
    assert_eq!(truth.iter().filter(|item| item.combination != 0).count(), combinations.len(), "combinations");
    for item in &truth {
        let name = format!("product {} combination {}", item.product, item.combination);
        let product = &products[&item.product.to_string()];
        assert_eq!(texts(&product["name"]), item.names, "names of {name}");
        assert_eq!(texts(&product["description"]), item.descriptions, "descriptions of {name}");
        let links = &product["associations"];
        assert_eq!(ids(&links["categories"]), item.categories, "categories of {name}");
        let mut images = ids(&links["images"]);
        let mut truly = item.images.clone();
        assert_eq!(
            product["id_default_image"].as_str().unwrap(),
            truly.first().map(u32::to_string).unwrap_or_default()
        );
        images.sort_unstable();
        truly.sort_unstable();
        assert_eq!(images, truly, "pictures of {name}");
        let flags = [("active", item.active), ("state", !item.draft), ("is_virtual", item.is_virtual)];
        for (field, wanted) in flags.into_iter().chain([("available_for_order", item.available_for_order)]) {
            assert_eq!(product[field], u8::from(wanted).to_string(), "{field} of {name}");
        }
        let row = &stock[&item.stock_row.to_string()];
        assert_eq!(row["id_product_attribute"], item.combination.to_string(), "stock row of {name}");
        assert_eq!(row["quantity"], item.stock.to_string(), "stock of {name}");
        let wanted: Decimal = item.price.parse().unwrap();
        let own = if item.combination == 0 { product } else { &combinations[&item.combination.to_string()] };
        let impact = if item.combination == 0 { Decimal::ZERO } else { decimal(&own["price"]) };
        assert_eq!(decimal(&product["price"]) + impact, wanted, "price of {name}");
        assert_eq!(
            (&own["reference"], &own["ean13"]),
            (&item.sku.as_str().into(), &item.ean.as_str().into()),
            "{name}"
        );
        attributes(item, own, &values);
        let rule = rules.values().find(|rule| rule["id_tax_rules_group"] == product["id_tax_rules_group"]);
        let rate = rule
            .map(|rule| decimal(&taxes[rule["id_tax"].as_str().unwrap()]["rate"]).normalize().to_string());
        assert_eq!(rate, item.tax_rate, "tax of {name}");
    }
}

fn attributes(item: &Item, row: &Value, values: &HashMap<String, Value>) {
    if item.combination == 0 {
        assert!(item.attributes.is_empty(), "a simple product has no attributes");
        return;
    }
    let chosen = ids(&row["associations"]["product_option_values"]);
    assert_eq!(chosen, item.attributes.iter().map(|one| one.value).collect::<Vec<_>>());
    for attribute in &item.attributes {
        let value = &values[&attribute.value.to_string()];
        assert_eq!(texts(&value["name"]), attribute.values);
        assert_eq!(value["id_attribute_group"], attribute.option.to_string());
    }
}

#[tokio::test]
async fn the_special_goods_are_served_as_they_are() {
    compare(&Shop::start(options()).await.unwrap()).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn synthetic_goods_are_served_as_they_are(seed: u64, products in 1_u32..120) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let catalogue = Catalogue::special().and_synthetic(seed, products);
            let shop = Shop::start(Options { catalogue, ..options() }).await.unwrap();
            shop.set_stock(30, 0, 5);
            shop.remove_product(28);
            compare(&shop).await;
        });
    }
}
