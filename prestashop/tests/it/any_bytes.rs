//! Whatever a shop may answer, read by everything that reads answers. The tests and the fuzz target share it, so it needs
//! nothing but the connector and the crates that its public items are made of.

use std::collections::HashSet;

use gateway_core::model::{Product, VariantId, VatRate};
use iso_currency::Currency;
use prestashop::mapping::{
    self, Combinations, Context, Mapped, OptionTable, Place, ShopIds, StockTable, VatTable,
};
use prestashop::wire;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// Reads bytes as any answer that there is, and what can be read of it on to canonical products.
///
/// # Panics
/// When the connector does, or loses a variant.
pub(crate) fn read(bytes: &[u8]) {
    let _own = wire::is_own_word(bytes);
    for error in wire::errors(bytes).unwrap_or_default() {
        let _read = (error.code.text(), error.message.text());
    }
    let _levels = wire::written_levels(bytes);
    if let Some(rights) = wire::rights(bytes) {
        let _may = rights.may_read("products");
    }
    let _rows = wire::rows(bytes, "products").is_ok();
    if let Ok(body) = serde_json::from_slice(bytes) {
        read_shop(&body);
    }
}

/// The rows of a resource in a body that may hold those of several; where it does not name the resource, all rows in it
/// are taken for such ones.
fn rows<'a>(body: &'a Value, resource: &str) -> Vec<&'a Value> {
    let lists = || body.as_object().into_iter().flat_map(|fields| fields.values()).chain([body]);
    match body.get(resource) {
        Some(named) => named.as_array().into_iter().flatten().collect(),
        None => lists().filter_map(Value::as_array).flatten().collect(),
    }
}

fn read_as<T: DeserializeOwned>(body: &Value, resource: &str) -> Vec<T> {
    rows(body, resource).into_iter().filter_map(|row| serde_json::from_value(row.clone()).ok()).collect()
}

/// The rows that tell their ids, as the lists of goods have to.
fn with_ids(body: &Value, resource: &str) -> Vec<(u64, Value)> {
    let rows = rows(body, resource).into_iter();
    rows.filter_map(|row| Some((wire::row_id(row)?, row.clone()))).collect()
}

fn read_shop(body: &Value) {
    for row in read_as::<wire::Configuration>(body, "configurations") {
        let shop = ShopIds { shop: Some("1".to_owned()), group: Some("1".to_owned()) };
        let _read = (row.name.text(), row.value.text(), shop.nearness(&row.id_shop, &row.id_shop_group));
    }
    for resource in ["languages", "currencies", "shops"] {
        for row in read_as::<wire::Named>(body, resource) {
            let _read = (row.id.id(), row.iso_code.text(), row.active.is_on(true), row.name.get("1"));
        }
    }
    let groups: Vec<wire::Named> = read_as(body, "tax_rule_groups");
    let by_names = VatTable::from_group_names(&groups);
    for group in &groups {
        let _rate = by_names.get(&group.id);
    }
    let rules = read_as(body, "tax_rules");
    let taxes = read_as(body, "taxes");
    let options = read_as(body, "product_options");
    let values = read_as(body, "product_option_values");
    let context = Context {
        base_url: Url::parse("http://127.0.0.1/sklep").expect("an address"),
        language: "2".to_owned(),
        default_language: "1".to_owned(),
        currency: Currency::PLN,
        vat: VatTable::from_rules(&rules, &taxes, "14"),
        // So that goods without a rate are read on.
        vat_default: VatRate::percent(Decimal::from(23)).ok(),
        options: OptionTable::new(&options, &values, "2", "1"),
        shop: ShopIds { shop: Some("1".to_owned()), group: Some("1".to_owned()) },
        stock_is_managed: true,
        root_categories: vec!["1".to_owned(), "2".to_owned()],
    };
    let tree = mapping::category_tree(&read_as::<wire::Category>(body, "categories"), &context);
    for category in tree.iter() {
        let _path = tree.printed_path(&category.id);
    }
    read_goods(body, &context);
}

fn read_goods(body: &Value, context: &Context) {
    let combinations = mapping::combinations(&with_ids(body, "combinations"));
    let stock = StockTable::from_rows(rows(body, "stock_availables"), &context.shop);
    let _levels = stock.items(context).count();
    for row in read_as::<wire::StockAvailable>(body, "stock_availables") {
        let id = |id: &wire::Scalar| id.text().unwrap_or_default().to_owned();
        let place = stock.place(&id(&row.id_product), &id(&row.id_product_attribute));
        let is_own =
            !matches!(place, Place::Sum) || id(&row.id_product_attribute).trim_matches('0').is_empty();
        assert!(is_own, "a combination is taken for a sum");
        let _document = wire::stock_document(&[row.put(7)]);
    }
    let none = Combinations::default();
    for (id, row) in with_ids(body, "products") {
        let own = combinations.get(&id.to_string()).unwrap_or(&none);
        let mapped = mapping::product_row(context, id, &row, own, &stock);
        assert_all_are_told(id, &row, own, &mapped);
    }
}

/// What is listed or delivered comes out, as a variant or as a reject: a variant that is in neither would be archived.
fn assert_all_are_told(id: u64, row: &Value, combinations: &Combinations, mapped: &Mapped) {
    let id = id.to_string();
    if let Some(skip) = &mapped.skip {
        assert_eq!(skip.product.as_str(), id, "another product is skipped");
        return;
    }
    let product = mapped.product.as_ref();
    let products = product.map(Product::id).into_iter();
    for told in products.chain(mapped.rejects.iter().map(|reject| &reject.product)) {
        assert_eq!(told.as_str(), id, "another product is told");
    }
    let variants = product.into_iter().flat_map(Product::variants).map(|variant| &variant.id);
    let rejected = mapped.rejects.iter().filter_map(|reject| reject.variant.as_ref());
    let told: HashSet<&str> = variants.chain(rejected).map(VariantId::as_str).collect();
    let is_rejected_whole = mapped.rejects.iter().any(|reject| reject.variant.is_none());
    let listed = row.pointer("/associations/combinations");
    let listed: wire::Ids =
        listed.and_then(|ids| serde_json::from_value(ids.clone()).ok()).unwrap_or_default();
    let delivered = combinations.delivered.iter().filter_map(|combination| combination.id.id());
    let broken = combinations.broken.iter().map(|(id, _)| id.as_str());
    let mut wanted: Vec<&str> = listed.iter().chain(delivered).chain(broken).collect();
    if wanted.is_empty() {
        wanted.push("0");
    }
    for variant in wanted {
        assert!(is_rejected_whole || told.contains(variant), "variant {variant:?} is lost: {mapped:?}");
    }
}
