//! All goods are put in at once, under ids of their own.

use std::time::Duration;

use prestashop_sandbox::{
    Catalogue, Contradiction, Goods, HeldCategory, HeldCombination, HeldOption, HeldProduct, HeldValue,
    NewProduct, Options, Shop, Texts, special,
};
use rust_decimal::Decimal;

use crate::client::{get, json, options, start};

const ENGLISH: u32 = 1;
const POLISH: u32 = 2;

fn both(english: &str, polish: &str) -> Texts {
    vec![(POLISH, polish.to_owned()), (ENGLISH, english.to_owned())]
}

fn combination(id: u32, value: u32, stock: i64) -> HeldCombination {
    HeldCombination { id, values: vec![value], stock, ..HeldCombination::default() }
}

/// A family of two, and a simple product with a higher id that is told first.
fn goods() -> Goods {
    let simple = HeldProduct {
        reference: "SPOON".to_owned(),
        stock: -3,
        active: false,
        images: vec![90, 40],
        categories: vec![2, 30, 20],
        default_category: 20,
        ..HeldProduct::new(70, both("Spoon", "Łyżka"))
    };
    let family = HeldProduct {
        descriptions: both("<p>Warm.</p>", ""),
        price: Decimal::new(19_990_001, 6),
        tax_group: 2,
        images: vec![7, 5, 6],
        combinations: vec![
            HeldCombination {
                impact: Decimal::new(-1, 6),
                reference: "SHIRT-L".to_owned(),
                ean13: "5900000000015".to_owned(),
                images: vec![5, 6],
                ..combination(300, 12, 4)
            },
            combination(100, 11, -1),
        ],
        ..HeldProduct::new(7, both("Shirt", "Koszulka"))
    };
    Goods {
        categories: vec![
            HeldCategory { id: 30, parent: 2, names: both("Home", "Dom") },
            HeldCategory { id: 20, parent: 30, names: both("Kitchen", "Kuchnia") },
            HeldCategory { id: 31, parent: 2, names: both("Clothes", "Odzież") },
        ],
        options: vec![
            HeldOption { id: 9, names: both("Size", "Rozmiar"), values: Vec::new() },
            HeldOption {
                id: 4,
                names: both("Cut", "Krój"),
                values: vec![
                    HeldValue { id: 12, names: both("Long", "Długi") },
                    HeldValue { id: 11, names: both("Short", "Krótki") },
                ],
            },
        ],
        products: vec![simple, family],
    }
}

async fn holding(goods: &Goods) -> (Shop, Options) {
    let options = Options { catalogue: Catalogue::empty(), ..options() };
    let shop = Shop::start(options.clone()).await.unwrap();
    shop.hold(goods.clone()).unwrap();
    (shop, options)
}

#[tokio::test]
async fn goods_are_served_under_the_ids_that_they_were_told_with() {
    let (shop, _) = holding(&goods()).await;
    assert_eq!(json(&shop, "products").await.ids("products"), [7, 70], "in the order of their ids");
    assert_eq!(json(&shop, "combinations").await.ids("combinations"), [100, 300]);
    assert_eq!(json(&shop, "categories").await.ids("categories"), [1, 2, 20, 30, 31]);
    assert_eq!(json(&shop, "product_options").await.ids("product_options"), [4, 9]);
    assert_eq!(json(&shop, "product_option_values").await.ids("product_option_values"), [11, 12]);
    let row = |path: &'static str| {
        let shop = &shop;
        async move { json(shop, path).await.json() }
    };
    let option = row("product_options/4?display=full").await;
    assert_eq!(option["product_options"][0]["position"], "1", "the second one that was told");
    let category = row("categories/20?display=full").await;
    assert_eq!(
        (&category["categories"][0]["id_parent"], &category["categories"][0]["level_depth"]),
        (&"30".into(), &"3".into())
    );
    let product = &row("products?display=full&filter[id]=70").await["products"][0];
    assert_eq!(
        (&product["id_category_default"], &product["id_default_image"], &product["active"]),
        (&"20".into(), &"90".into(), &"0".into())
    );
    let listed = &product["associations"]["categories"];
    assert_eq!(*listed, serde_json::json!([{ "id": "2" }, { "id": "30" }, { "id": "20" }]));
    let second = &row("combinations?display=full&filter[id]=300").await["combinations"][0];
    assert_eq!(
        (&second["price"], &second["default_on"], &second["ean13"]),
        (&"-0.000001".into(), &"1".into(), &"5900000000015".into()),
        "the combination that was told first is the default one"
    );
}

#[tokio::test]
async fn the_truth_is_what_was_told() {
    let (shop, _) = holding(&goods()).await;
    let [long, short, spoon] = <[_; 3]>::try_from(shop.truth()).unwrap();
    assert_eq!((long.product, long.combination), (7, 300));
    assert_eq!((long.price.as_str(), short.price.as_str()), ("19.990000", "19.990001"));
    assert_eq!((long.stock, short.stock, spoon.stock), (4, -1, -3));
    assert_eq!((long.own_images, short.own_images), (vec![5, 6], vec![]));
    assert_eq!((long.images, spoon.images), (vec![7, 5, 6], vec![90, 40]), "the cover first");
    assert_eq!(long.tax_rate.as_deref(), Some("8"));
    assert_eq!((long.attributes[0].option, long.attributes[0].value), (4, 12));
    assert_eq!(long.attributes[0].values, [(ENGLISH, "Long".to_owned()), (POLISH, "Długi".to_owned())]);
    assert_eq!(long.descriptions, [(ENGLISH, "<p>Warm.</p>".to_owned()), (POLISH, String::new())]);
    assert_eq!(spoon.names, [(ENGLISH, "Spoon".to_owned()), (POLISH, "Łyżka".to_owned())]);
    assert_eq!((spoon.active, spoon.default_category), (false, 20));
    assert_eq!(shop.category_path(20).len(), 2);
    let rows = json(&shop, "stock_availables?display=full&filter[id_product]=7").await.json();
    let sum = rows["stock_availables"].as_array().unwrap();
    let sum = sum.iter().find(|row| row["id_product_attribute"] == "0").unwrap();
    assert_eq!(sum["quantity"], "3", "the product's own row is the sum");
}

#[tokio::test]
async fn what_is_held_no_more_is_gone() {
    let (shop, _) = holding(&goods()).await;
    let rows_before = (shop.truth_of(7)[1].stock_row, shop.truth_of(70)[0].stock_row);
    let mut fewer = goods();
    fewer.products.remove(0);
    fewer.products[0].combinations.remove(0);
    fewer.products[0].images = vec![6];
    fewer.categories.truncate(1);
    fewer.options.remove(0);
    fewer.options[0].values.remove(0);
    shop.hold(fewer).unwrap();
    assert_eq!(json(&shop, "products").await.ids("products"), [7]);
    assert_eq!(json(&shop, "combinations").await.ids("combinations"), [100]);
    assert_eq!(json(&shop, "categories").await.ids("categories"), [1, 2, 30]);
    assert_eq!(json(&shop, "product_options").await.ids("product_options"), [4]);
    assert_eq!(json(&shop, "product_option_values").await.ids("product_option_values"), [11]);
    for gone in ["products/70", "combinations/300"] {
        assert_eq!(json(&shop, gone).await.status, 404, "{gone}");
    }
    assert_eq!(get(&shop, "/90/x.jpg").await.status, 404, "a picture of the product that is gone");
    assert_eq!(get(&shop, "/5/x.jpg").await.status, 404, "a picture that is gone from its product");
    assert_eq!(get(&shop, "/6/x.jpg").await.status, 200);
    let item = shop.truth_of(7).remove(0);
    assert_eq!((item.stock_row, item.is_default), (rows_before.0, true), "a stock row stays what it was");
    let listed = json(&shop, "stock_availables").await.ids("stock_availables");
    assert!(!listed.contains(&u64::from(rows_before.1)), "{listed:?}");
    shop.hold(goods()).unwrap();
    assert_eq!(shop.truth_of(7)[1].stock_row, rows_before.0);
    assert_eq!(shop.truth_of(70)[0].names[0].1, "Spoon", "what returns has its id again");
    let new = shop.add_product(NewProduct::named("New"));
    assert_eq!((new, shop.truth_of(new)[0].images[0]), (71, 91), "no id is given twice");
}

#[tokio::test]
async fn whatever_was_in_the_shop_is_gone() {
    let shop = Shop::start(Options { catalogue: Catalogue::synthetic(7, 40), ..options() }).await.unwrap();
    shop.hold(goods()).unwrap();
    assert_eq!(json(&shop, "products").await.ids("products"), [7, 70]);
    assert_eq!(shop.product_ids(), [7, 70]);
    let special = start().await;
    special.hold(Goods::default()).unwrap();
    assert_eq!(special.truth(), []);
    assert_eq!(json(&special, "categories").await.ids("categories"), [1, 2]);
    assert_eq!(json(&special, "stock_availables").await.ids("stock_availables"), [] as [u64; 0]);
    assert_eq!(json(&special, &format!("products/{}", special::SHIRT)).await.status, 404);
}

#[tokio::test]
async fn the_date_of_change_is_that_of_the_last_difference() {
    let (shop, options) = holding(&goods()).await;
    let updated = |product: u32| shop.truth_of(product)[0].updated.unwrap();
    let first = updated(7);
    options.clock.advance(Duration::from_secs(3600));
    shop.hold(goods()).unwrap();
    assert_eq!((updated(7), updated(70)), (first, first), "nothing has changed");
    let later = options.clock.now();
    let mut other = goods();
    other.products[1].combinations[1].reference = "SHIRT-S".to_owned();
    shop.hold(other.clone()).unwrap();
    assert_eq!((updated(7), updated(70)), (later, first), "one has changed");
    options.clock.advance(Duration::from_secs(60));
    // A sale leaves no trace in the date, but restoring the level from before it does.
    assert!(shop.set_stock(7, 100, -2));
    assert_eq!(updated(7), later);
    shop.hold(other).unwrap();
    assert_eq!((updated(7), shop.truth_of(7)[1].stock), (options.clock.now(), -1));
    let read = json(&shop, "products/7?display=full").await.json();
    assert_eq!(read["products"][0]["date_add"], "2026-07-01 12:00:00", "it was made when it first came");
    assert_eq!(read["products"][0]["date_upd"], "2026-07-01 13:01:00");
}

#[tokio::test]
async fn a_product_of_two_thousand_combinations_is_served_whole() {
    let mut many = goods();
    many.products[1].combinations = (1..=2000).map(|id| combination(id, 12, i64::from(id))).collect();
    let (shop, _) = holding(&many).await;
    assert_eq!(shop.truth_of(7).len(), 2000);
    let path = "combinations?display=full&filter[id_product]=7&filter[id]=>[1500]&limit=1000";
    assert_eq!(json(&shop, path).await.ids("combinations").len(), 500);
}

#[tokio::test]
async fn goods_that_contradict_themselves_are_refused_and_change_nothing() {
    type Change = fn(&mut Goods);
    let changes: [(Change, &str); 9] = [
        (|goods| goods.products[1].id = 70, "the id 70 of a product is no id, or taken"),
        (|goods| goods.products[0].id = 0, "the id 0 of a product is no id, or taken"),
        (|goods| goods.categories[0].id = 2, "the id 2 of a category is no id, or taken"),
        (|goods| goods.products[0].images[1] = 5, "the id 5 of a picture is no id, or taken"),
        (|goods| goods.categories.swap(0, 1), "category 20 names the category 30, which is not there"),
        (
            |goods| goods.products[0].categories.push(99),
            "product 70 names the category 99, which is not there",
        ),
        (
            |goods| goods.products[0].default_category = 9,
            "product 70 names the category 9, which is not there",
        ),
        (|goods| goods.options.truncate(1), "combination 300 names the option value 12, which is not there"),
        (
            |goods| goods.products[1].combinations[1].images.push(90),
            "combination 100 names the picture 90, which is not there",
        ),
    ];
    let (shop, _) = holding(&goods()).await;
    let before = shop.truth();
    for (change, sentence) in changes {
        let mut wrong = goods();
        change(&mut wrong);
        let error: Contradiction = shop.hold(wrong).unwrap_err();
        assert_eq!(error.to_string(), sentence);
        assert_eq!(shop.truth(), before);
    }
}
