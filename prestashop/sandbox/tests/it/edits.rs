//! What a shop owner changes is served at once.

use prestashop_sandbox::{NewCombination, NewProduct, Options, Shop, special};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::client::{get, json, options, start, synthetic};

async fn product(shop: &Shop, id: u32) -> Value {
    json(shop, &format!("products/{id}?display=full")).await.json()["products"][0].clone()
}

#[tokio::test]
async fn a_product_comes_changes_and_goes() {
    let shop = Shop::start(synthetic(5)).await.unwrap();
    let id = shop.add_product(NewProduct { stock: 3, ..NewProduct::named("New") });
    assert_eq!(id, 6, "ids go on behind the synthetic ones");
    assert_eq!(product(&shop, id).await["date_add"], "2026-07-01 12:00:00", "in the shop's zone");
    assert!(shop.rename(id, 2, "Nowy") && shop.set_price(id, Decimal::new(1_234_567, 5)));
    assert!(shop.set_active(id, false) && shop.move_to_category(id, 4) && shop.set_hidden(id, true));
    assert!(shop.set_reference(id, "N-1") && shop.set_tax_group(id, 2) && shop.describe(id, 1, "<b>x</b>"));
    let read = product(&shop, id).await;
    let names = &read["name"];
    assert_eq!(
        (&names[0]["value"], &names[1]["value"]),
        (&"New".into(), &"Nowy".into()),
        "one language alone"
    );
    assert_eq!(
        (&read["price"], &read["active"], &read["visibility"]),
        (&"12.345670".into(), &"0".into(), &"none".into())
    );
    assert_eq!((&read["reference"], &read["id_tax_rules_group"]), (&"N-1".into(), &"2".into()));
    assert_eq!(read["description"][0]["value"], "<b>x</b>");
    assert_eq!(read["id_category_default"], "4");
    assert!(shop.remove_product(id) && !shop.remove_product(id), "removed once");
    assert_eq!(json(&shop, &format!("products/{id}")).await.status, 404);
    assert!(shop.remove_product(3), "a synthetic one too");
    assert_eq!(json(&shop, "products").await.ids("products"), [1, 2, 4, 5]);
    let next = shop.add_product(NewProduct::default());
    assert_eq!(next, 7, "an id is never used twice");
}

#[tokio::test]
async fn pictures_come_and_go() {
    let shop = start().await;
    let image = shop.add_image(special::PICTURELESS).expect("a picture");
    let read = product(&shop, special::PICTURELESS).await;
    assert_eq!(read["id_default_image"], image.to_string());
    let second = shop.add_image(special::PICTURELESS).expect("a picture");
    assert!(shop.set_cover(special::PICTURELESS, second));
    assert_eq!(shop.truth_of(special::PICTURELESS)[0].images, [second, image], "the cover first");
    assert!(shop.remove_image(special::PICTURELESS, second));
    assert_eq!(product(&shop, special::PICTURELESS).await["id_default_image"], image.to_string());
    assert_eq!(get(&shop, &format!("/{second}/x.jpg")).await.status, 404, "taken away");
}

#[tokio::test]
async fn combinations_come_and_go() {
    let shop = start().await;
    let new = NewCombination { values: vec![4, 5], impact: Decimal::from(9), stock: 3, ..Default::default() };
    let added = shop.add_combination(special::SHIRT, new).expect("a combination");
    let rows = json(&shop, &format!("combinations?display=full&filter[id_product]={}", special::SHIRT)).await;
    assert_eq!(rows.ids("combinations").last(), Some(&u64::from(added)));
    let items = shop.truth_of(special::SHIRT);
    assert_eq!(items.last().map(|item| (item.price.as_str(), item.stock)), Some(("32.900000", 3)));
    assert!(shop.set_impact(added, Decimal::from(-1)));
    assert_eq!(shop.truth_of(special::SHIRT)[4].price, "22.900000");
    let default = items.iter().find(|item| item.is_default).expect("a default").combination;
    assert!(shop.remove_combination(default) && !shop.remove_combination(default));
    assert_eq!(json(&shop, &format!("combinations/{default}")).await.status, 404);
    let read = product(&shop, special::SHIRT).await;
    assert_eq!(read["cache_default_attribute"], "2", "the next one is the default");
    let listed = json(&shop, "combinations").await.ids("combinations");
    assert!(listed.contains(&u64::from(added)) && !listed.contains(&u64::from(default)), "{listed:?}");
}

#[tokio::test]
async fn an_option_value_is_renamed_without_a_trace() {
    let shop = start().await;
    let before = shop.truth_of(special::SHIRT)[0].updated;
    assert!(shop.rename_option_value(1, 2, "Mały"));
    let item = &shop.truth_of(special::SHIRT)[0];
    assert_eq!(item.attributes[0].values, [(1, "S".to_owned()), (2, "Mały".to_owned())]);
    assert_eq!(item.updated, before, "the product's date of change");
    let read = json(&shop, "product_option_values/1?language=2").await.json();
    assert_eq!(read["product_option_value"]["name"], "Mały");
}

#[tokio::test]
async fn stock_is_sold_without_a_trace() {
    let shop = start().await;
    let before = shop.truth_of(special::SHIRT);
    assert!(shop.set_stock(special::SHIRT, before[1].combination, 1));
    assert!(!shop.set_stock(special::SHIRT, 99_999, 1), "no such combination");
    let after = shop.truth_of(special::SHIRT);
    assert_eq!((after[1].stock, after[1].updated), (1, before[1].updated));
}

#[tokio::test]
async fn settings_tell_what_the_options_say() {
    let options = Options { stock_management: false, ..options() };
    let shop = Shop::start(options).await.unwrap();
    let rows = json(&shop, "configurations?display=[name,value]").await.json();
    let value = |name: &str| {
        let rows = rows["configurations"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap()["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value("PS_STOCK_MANAGEMENT"), "0");
    assert_eq!((value("PS_LANG_DEFAULT"), value("PS_COUNTRY_DEFAULT")), ("2".to_owned(), "14".to_owned()));
    assert_eq!(value("PS_TIMEZONE"), "Europe/Warsaw");
    let home = get(&shop, "/").await;
    assert!(home.status == 200 && home.text().contains("PrestaShop 8.2.1"), "{}", home.text());
}
