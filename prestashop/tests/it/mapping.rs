//! The mapping, on odd goods.

use connector::Item;
use gateway_core::model::{ImageRef, Product, RejectReason, StockLevel};
use prestashop::mapping::VatTable;
use prestashop::wire;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::catalogue::products;
use crate::shop::{Fixtures, common, items, open, read};

async fn mug(change: impl FnOnce(&mut Fixtures)) -> Vec<Item> {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 6);
    change(&mut fixtures);
    read(fixtures, &[]).await
}

fn only(items: &[Item]) -> &Product {
    match products(items).as_slice() {
        [product] => product,
        _ => panic!("not one product: {items:?}"),
    }
}

fn reason(items: &[Item]) -> &RejectReason {
    items
        .iter()
        .find_map(|item| match item {
            Item::Reject(reject) => Some(&reject.reason),
            _ => None,
        })
        .unwrap_or_else(|| panic!("no reject: {items:?}"))
}

#[tokio::test]
async fn what_is_switched_off_or_hidden_is_imported_but_not_for_sale() {
    for (field, value, for_sale) in [
        ("active", "1", true),
        ("active", "0", false),
        ("visibility", "both", true),
        ("visibility", "catalog", true),
        ("visibility", "search", true),
        ("visibility", "none", false),
        ("available_for_order", "0", false),
    ] {
        let items = mug(|shop| shop.row("products", 6)[field] = json!(value)).await;
        assert_eq!(only(&items).variants()[0].for_sale, for_sale, "{field}={value}");
    }
}

#[tokio::test]
async fn a_draft_is_skipped() {
    let items = mug(|shop| shop.row("products", 6)["state"] = json!("0")).await;
    assert!(matches!(&items[0], Item::Skipped(skip) if skip.why.contains("draft")), "{items:?}");
    assert!(products(&items).is_empty());
}

#[tokio::test]
async fn goods_that_cannot_be_sold_are_rejected_with_the_reason() {
    for (field, value, expected) in [
        ("price", json!("0.000000"), RejectReason::PriceZero),
        ("price", json!(""), RejectReason::NoPrice),
        ("price", json!(null), RejectReason::NoPrice),
        ("id_tax_rules_group", json!("0"), RejectReason::VatUntold),
        ("id_tax_rules_group", json!("77"), RejectReason::VatUntold),
        (
            "name",
            json!([{ "id": "1", "value": " " }, { "id": "2", "value": "tylko po polsku" }]),
            RejectReason::NoName,
        ),
    ] {
        let items = mug(|shop| shop.row("products", 6)[field] = value.clone()).await;
        assert_eq!(*reason(&items), expected, "{field}={value}");
        assert!(products(&items).is_empty());
    }
}

#[tokio::test]
async fn a_name_missing_in_the_chosen_language_is_taken_from_the_default_one() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 21 || row["id"] == 6);
    fixtures.row("products", 21)["price"] = json!("5.000000");
    fixtures.row("products", 21)["id_tax_rules_group"] = json!("1");
    let items = read(fixtures, &[("PRESTASHOP_LANGUAGE_ID", "2")]).await;
    let names: Vec<_> = products(&items).iter().map(|product| product.name().as_str().to_owned()).collect();
    assert_eq!(names, ["Kubek „na dwie kawy” – żółć & ćma 100% 🐟", "Sample without a price"]);
}

#[tokio::test]
async fn vat_that_the_shop_does_not_tell_can_be_given() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.row("products", 6)["id_tax_rules_group"] = json!("0");
    fixtures.rows("products").retain(|row| row["id"] == 6 || row["id"] == 1);
    let server = fixtures.serve().await;
    let vat_default = Some(gateway_core::model::VatRate::percent(Decimal::from(5)).unwrap());
    let shop = open(&server.uri(), &[], &connector::Common { vat_default, ..common() });
    let read = items(&*shop, connector::Scope::All).await.unwrap();
    let rates: Vec<_> =
        products(&read).iter().map(|product| product.variants()[0].vat.as_percent().to_string()).collect();
    assert_eq!(rates, ["23", "5"], "a rate that is told stays");
}

#[tokio::test]
async fn a_price_is_the_products_and_what_the_combination_adds_to_it() {
    for (price, impact, net) in [
        ("23.900000", "5.000000", "28.9"),
        ("23.900000", "-3.910000", "19.99"),
        ("10.000001", "", "10.000001"),
    ] {
        let mut fixtures = Fixtures::of("8.2.1");
        fixtures.rows("products").retain(|row| row["id"] == 1);
        fixtures.row("products", 1)["price"] = json!(price);
        fixtures.row("combinations", 1)["price"] = json!(impact);
        let items = read(fixtures, &[]).await;
        assert_eq!(only(&items).variants()[0].price.amount().to_string(), net);
    }
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 1);
    fixtures.row("combinations", 1)["price"] = json!("-23.900000");
    let items = read(fixtures, &[]).await;
    assert_eq!(*reason(&items), RejectReason::PriceZero);
    assert_eq!(only(&items).variants().len(), 7, "the others go");
}

#[tokio::test]
async fn stock_is_that_of_stock_availables_with_its_sign() {
    let with = |quantity: Value| async move {
        mug(|shop| {
            let row = shop.rows("stock_availables").iter_mut().find(|row| row["id_product"] == "6").unwrap();
            row["quantity"] = quantity;
        })
        .await
    };
    for (quantity, level) in [(json!("42"), 42), (json!(42), 42), (json!("-3"), -3), (json!("0"), 0)] {
        let items = with(quantity).await;
        assert_eq!(only(&items).variants()[0].stock, StockLevel::Quantity(Decimal::from(level)));
    }
    let items = with(json!("many")).await;
    assert!(matches!(reason(&items), RejectReason::Broken { .. }));
    let items = mug(|shop| shop.rows("stock_availables").clear()).await;
    assert_eq!(only(&items).variants()[0].stock, StockLevel::Quantity(Decimal::ZERO));
    let items = mug(|shop| shop.configure("PS_STOCK_MANAGEMENT", "0")).await;
    assert_eq!(only(&items).variants()[0].stock, StockLevel::Unknown);
}

#[tokio::test]
async fn sku_ean_and_pictures_fall_back_to_the_products() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 1);
    {
        let product = fixtures.row("products", 1);
        product["reference"] = json!("BASE");
        product["ean13"] = json!("5901234123457");
        product["id_default_image"] = json!("2");
    }
    for (id, reference, ean) in [(1, "", ""), (2, "OWN", "5901234123471")] {
        let combination = fixtures.row("combinations", id);
        combination["reference"] = json!(reference);
        combination["ean13"] = json!(ean);
    }
    fixtures.row("combinations", 1)["associations"]["images"] = json!([]);
    let items = read(fixtures, &[]).await;
    let [first, second, ..] = only(&items).variants() else { panic!("too few variants") };
    let ean =
        |variant: &gateway_core::model::Variant| variant.ean.as_ref().map(|ean| ean.as_str().to_owned());
    let sku =
        |variant: &gateway_core::model::Variant| variant.sku.as_ref().map(|sku| sku.as_str().to_owned());
    assert_eq!((sku(first).as_deref(), ean(first).as_deref()), (Some("BASE"), Some("5901234123457")));
    assert_eq!((sku(second).as_deref(), ean(second).as_deref()), (Some("OWN"), Some("5901234123471")));
    let pictures: Vec<_> = first.images.iter().map(ImageRef::identity).collect();
    assert_eq!(pictures, ["2", "1"], "the cover first, then the shop's order");
}

#[tokio::test]
async fn an_ean_that_is_none_is_left_out_with_a_warning() {
    let items = mug(|shop| shop.row("products", 6)["ean13"] = json!("5901234123450")).await;
    assert_eq!(only(&items).variants()[0].ean, None);
    let Item::Product(_, warnings) = &items[0] else { panic!("{items:?}") };
    assert!(warnings[0].what.contains("EAN"), "{warnings:?}");
}

#[tokio::test]
async fn an_option_value_that_nobody_knows_rejects_its_variant_only() {
    let mut fixtures = Fixtures::of("8.2.1");
    fixtures.rows("products").retain(|row| row["id"] == 1);
    fixtures.row("combinations", 1)["associations"]["product_option_values"] = json!([{ "id": "4711" }]);
    let items = read(fixtures, &[]).await;
    assert_eq!(only(&items).variants().len(), 7);
    assert!(matches!(reason(&items), RejectReason::Broken { found, .. } if found == "4711"));
}

#[tokio::test]
async fn a_product_that_cannot_be_read_rejects_each_of_its_variants_and_as_a_whole_where_it_does_not_tell_them()
 {
    let rejected = |change: fn(&mut Value), delivered: &'static [u64]| async move {
        let mut fixtures = Fixtures::of("8.2.1");
        fixtures.rows("products").retain(|row| row["id"] == 1);
        fixtures.rows("combinations").retain(|row| delivered.contains(&row["id"].as_u64().unwrap()));
        let product = fixtures.row("products", 1);
        product["price"] = json!(["23.9"]);
        change(product);
        let items = read(fixtures, &[]).await;
        assert!(products(&items).is_empty(), "{items:?}");
        let variant = |item: &Item| match item {
            Item::Reject(reject) => Some(reject.variant.as_ref().map(ToString::to_string)),
            _ => None,
        };
        items
            .iter()
            .filter_map(variant)
            .map(|id| id.unwrap_or("all".to_owned()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let listed: fn(&mut Value) =
        |row| row["associations"]["combinations"] = json!([{ "id": 1 }, { "id": 2 }]);
    assert_eq!(rejected(listed, &[2]).await, "2 1", "one that is only listed is not gone");
    assert_eq!(rejected(listed, &[]).await, "1 2");
    assert_eq!(rejected(|row| row["associations"]["combinations"] = json!([]), &[]).await, "0");
    let unknown: fn(&mut Value) = |row| row["associations"]["combinations"] = json!([{ "id": [1] }]);
    assert_eq!(rejected(unknown, &[2]).await, "2 all");
    assert_eq!(rejected(unknown, &[]).await, "all");
}

fn rules(rows: Value) -> Vec<wire::TaxRule> {
    serde_json::from_value(rows).unwrap()
}

#[test]
fn vat_is_that_of_the_shops_country_without_exceptions() {
    let taxes: Vec<wire::Tax> = serde_json::from_value(json!([
        { "id": 1, "rate": "23.000", "active": "1", "deleted": "0" },
        { "id": 2, "rate": "8.000", "active": "1", "deleted": "0" },
        { "id": 3, "rate": "5.000", "active": "0", "deleted": "0" },
        { "id": 4, "rate": "abc", "active": "1", "deleted": "0" },
    ]))
    .unwrap();
    let rate_of = |rows: Value| {
        let table = VatTable::from_rules(&rules(rows), &taxes, "14");
        let group: wire::Scalar = serde_json::from_value(json!("9")).unwrap();
        table.get(&group).map(|rate| rate.as_percent().to_string())
    };
    let rule = |country: &str, tax: &str| json!({ "id_tax_rules_group": "9", "id_country": country, "id_state": "0", "zipcode_from": "0", "id_tax": tax, "behavior": "0" });
    let with = |mut rule: Value, field: &str, value: &str| {
        rule[field] = json!(value);
        rule
    };
    assert_eq!(rate_of(json!([rule("3", "2"), rule("14", "1")])).as_deref(), Some("23"));
    assert_eq!(rate_of(json!([rule("3", "2")])), None, "another country's");
    assert_eq!(rate_of(json!([rule("14", "3")])), None, "switched off");
    assert_eq!(rate_of(json!([rule("14", "4")])), None, "no number");
    let states = json!([
        with(rule("14", "2"), "id_state", "7"),
        with(rule("14", "2"), "zipcode_from", "10"),
        rule("14", "1")
    ]);
    assert_eq!(rate_of(states).as_deref(), Some("23"), "exceptions do not count");
    let combined = json!([with(rule("14", "1"), "behavior", "1"), rule("14", "2")]);
    assert_eq!(rate_of(combined), None, "combined taxes are no one rate");
}

#[test]
fn a_rate_in_a_name_is_the_number_before_the_percent_sign() {
    for (name, rate) in [
        ("PL Standard Rate (23%)", Some("23")),
        ("VAT 8 %", Some("8")),
        ("Stawka 5,5%", Some("5.5")),
        ("100% cotton at 8%", Some("8")),
        ("Exempt", None),
        ("%", None),
        ("rate of .%", None),
        ("230%", None),
    ] {
        let groups: Vec<wire::Named> = serde_json::from_value(json!([{ "id": 1, "name": name }])).unwrap();
        let group: wire::Scalar = serde_json::from_value(json!("1")).unwrap();
        let found = VatTable::from_group_names(&groups).get(&group).map(|rate| rate.as_percent().to_string());
        assert_eq!(found.as_deref(), rate, "{name}");
    }
}
