//! Whatever a shop may answer, read by everything that reads answers. The tests and the fuzz target share it, so it needs
//! nothing but the connector and the crates that its public items are made of.

use std::collections::{HashMap, HashSet};

use gateway_core::model::{Product, ProductId, VariantId, VatRate};
use iai::mapping::{self, Context, Mapped, Stocks};
use iai::wire;
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;

/// Reads bytes as any answer that there is, and what can be read of it on to canonical products.
///
/// # Panics
/// When the connector does, loses a variant, or tells two things of one.
pub(crate) fn read(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return };
    if let Some(fault) = wire::fault(&body) {
        assert!(fault.code.text().is_some(), "a fault without a code is none: {fault:?}");
    }
    let mut context = Context {
        language: "eng".to_owned(),
        default_language: "pol".to_owned(),
        currency: Currency::PLN,
        // So that goods without a rate are read on.
        vat_default: VatRate::percent(Decimal::from(23)).ok(),
        stocks: Stocks::Own,
        sizes: HashMap::new(),
    };
    if let Ok(languages) = wire::Languages::deserialize(&body) {
        for language in languages.shops.iter().flat_map(|shop| &shop.languages) {
            let _read = (language.id.text(), language.name.text());
            let _is = (language.enabled.is_on(), language.is_default.is_on());
        }
    }
    if let Ok(sizes) = wire::Sizes::deserialize(&body) {
        context.sizes = context.size_names(&sizes);
    }
    if let Ok(answer) = wire::Categories::deserialize(&body) {
        let tree = mapping::category_tree(&context, &answer.categories);
        for category in tree.iter() {
            let _path = tree.printed_path(&category.id);
        }
    }
    if let Ok(changed) = wire::Changed::deserialize(&body) {
        for product in &changed.results {
            let _read = (&product.ident, &product.error, product.sizes.len());
        }
    }
    let found = wire::Found::deserialize(&body).map(|found| found.results).unwrap_or_default();
    // A product by itself, as the fixtures are.
    for row in found.iter().chain([&body]) {
        // A row without an id is no product: the reading as a whole is incomplete then.
        let id = wire::row_id(row).and_then(|id| ProductId::new(&id.to_string()).ok());
        for stocks in [Stocks::Own, Stocks::These(vec![2, 0])] {
            if let Some(id) = &id {
                context.stocks = stocks;
                read_product(&context, id, row);
            }
        }
    }
}

fn read_product(context: &Context, id: &ProductId, row: &Value) {
    let mapped = mapping::product(context, id, row);
    assert_all_are_told_once(id, row, &mapped);
    let Ok((sizes, stocked)) = mapping::sizes_of(row) else { return };
    for variant in mapped.product.iter().flat_map(Product::variants) {
        assert!(
            sizes.contains(&variant.id),
            "the size {} is none of the product's stock: {mapped:?}",
            variant.id
        );
        let level = stocked.level(variant.id.as_str(), &context.stocks);
        assert_eq!(level, Ok(variant.stock), "one row tells two levels of {}", variant.id);
        let shelves = stocked.shelves(variant.id.as_str(), &context.stocks).unwrap_or_default();
        let places: Vec<_> = shelves.iter().map(|shelf| context.stocks.place(shelf.stock)).collect();
        assert!(places.is_sorted() && !places.contains(&None), "not as the stocks were chosen: {shelves:?}");
    }
}

/// What is listed comes out, as a variant or as a reject: a variant that is in neither would be archived.
fn assert_all_are_told_once(id: &ProductId, row: &Value, mapped: &Mapped) {
    let product = mapped.product.as_ref();
    let products = product.map(Product::id).into_iter();
    for told in products.chain(mapped.rejects.iter().map(|reject| &reject.product)) {
        assert_eq!(told, id, "another product is told");
    }
    let variants = || product.into_iter().flat_map(Product::variants).map(|variant| &variant.id);
    let rejected = || mapped.rejects.iter().filter_map(|reject| reject.variant.as_ref());
    let both = variants().find(|variant| rejected().any(|rejected| rejected == *variant));
    assert_eq!(both, None, "a size is imported and rejected: {mapped:?}");
    if mapped.rejects.iter().any(|reject| reject.variant.is_none()) {
        // The product as a whole, and so whatever it has.
        return;
    }
    let told: HashSet<&str> = variants().chain(rejected()).map(VariantId::as_str).collect();
    assert!(!told.is_empty(), "product {id} is lost: {mapped:?}");
    for size in listed(row, "productSizes") {
        let size = size.get("sizeId").and_then(|id| wire::Scalar::deserialize(id).ok()).unwrap_or_default();
        let is_told = size.text().is_some_and(|size| told.contains(size));
        assert!(is_told, "the size {size} is lost: {mapped:?}");
    }
}

/// The rows of a list, or of an object in its place.
fn listed<'a>(row: &'a Value, field: &str) -> Vec<&'a Value> {
    match row.get(field) {
        Some(Value::Array(rows)) => rows.iter().collect(),
        Some(Value::Object(rows)) => rows.values().collect(),
        _ => Vec::new(),
    }
}
