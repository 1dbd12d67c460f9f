//! Whatever a shop may answer, read by everything that reads answers. The tests and the fuzz target share it, so it needs
//! nothing but the connector and the crates that its public items are made of.

use std::collections::HashSet;

use gateway_core::model::{Product, ProductId, VariantId, VatRate};
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde_json::Value;
use toyshop::mapping::{self, Context, Mapped};
use toyshop::wire;

/// Reads bytes as any answer that there is, and what can be read of it on to canonical products.
///
/// # Panics
/// When the connector does, or loses a variant.
pub(crate) fn read(bytes: &[u8]) {
    let context = Context {
        language: "en".to_owned(),
        default_language: "pl".to_owned(),
        currency: Currency::PLN,
        // So that goods without a rate are read on.
        vat_default: VatRate::percent(Decimal::from(23)).ok(),
    };
    if let Ok(shop) = serde_json::from_slice::<wire::Shop>(bytes) {
        let _read = (shop.name.text(), shop.version.text(), shop.currency.text());
        for language in &shop.languages {
            let _read = (language.id.text(), language.name.text(), language.default.0);
        }
    }
    if let Ok(answer) = serde_json::from_slice::<wire::Categories>(bytes) {
        let tree = mapping::category_tree(&context, &answer.categories);
        for category in tree.iter() {
            let _path = tree.printed_path(&category.id);
        }
    }
    let rows = match serde_json::from_slice::<wire::Products>(bytes) {
        Ok(answer) => answer.products,
        // A product by itself, as the fixtures are.
        Err(_) => serde_json::from_slice(bytes).into_iter().collect(),
    };
    for row in &rows {
        // A row without an id is no product: the client refuses the whole answer.
        let id = wire::row_id(row).id().and_then(|id| ProductId::new(&id.to_string()).ok());
        if let Some(id) = id {
            assert_all_are_told(&id, row, &mapping::product(&context, &id, row));
        }
    }
}

/// What is listed comes out, as a variant or as a reject: a variant that is in neither would be archived.
fn assert_all_are_told(id: &ProductId, row: &Value, mapped: &Mapped) {
    let product = mapped.product.as_ref();
    let products = product.map(Product::id).into_iter();
    for told in products.chain(mapped.rejects.iter().map(|reject| &reject.product)) {
        assert_eq!(told, id, "another product is told");
    }
    if mapped.rejects.iter().any(|reject| reject.variant.is_none()) {
        // The product as a whole, and so whatever it has.
        return;
    }
    let variants = product.into_iter().flat_map(Product::variants).map(|variant| &variant.id);
    let rejected = mapped.rejects.iter().filter_map(|reject| reject.variant.as_ref());
    let told: HashSet<&str> = variants.chain(rejected).map(VariantId::as_str).collect();
    assert!(!told.is_empty(), "product {id} is lost: {mapped:?}");
    for variant in row.get("variants").and_then(Value::as_array).into_iter().flatten() {
        let variant = wire::row_id(variant);
        let is_told = variant.text().is_some_and(|variant| told.contains(variant));
        assert!(is_told, "variant {variant:?} is lost: {mapped:?}");
    }
}
