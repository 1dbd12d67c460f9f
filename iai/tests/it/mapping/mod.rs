//! From a row of the search to a canonical product.

use std::collections::HashMap;

use gateway_core::model::{Name, ProductId, Reject, Variant, VatRate};
use iai::mapping::{Context, Mapped, Stocks, product};
use iai::wire;
use iso_currency::Currency;
use serde_json::{Value, json};

mod fields;
mod groups;
mod lists;
mod prices;
mod sizes;
mod stock;

/// `tests/fixtures/boots.json` or another one.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The default language is Polish.
fn context(language: &str) -> Context {
    Context {
        language: language.to_owned(),
        default_language: "pol".to_owned(),
        currency: Currency::PLN,
        vat_default: None,
        stocks: Stocks::Own,
        sizes: HashMap::new(),
    }
}

/// A context in which goods without a rate have 8 %.
fn with_rate() -> Context {
    Context { vat_default: Some(VatRate::percent(8.into()).unwrap()), ..context("pol") }
}

fn map_in(context: &Context, row: &Value) -> Mapped {
    let id = wire::row_id(row).unwrap().to_string();
    product(context, &ProductId::new(&id).unwrap(), row)
}

fn map(row: &Value) -> Mapped {
    map_in(&context("pol"), row)
}

/// A fixture with something changed.
fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Mapped {
    let mut row = fixture(name);
    change(&mut row);
    map(&row)
}

fn remove(row: &mut Value, field: &str) {
    row.as_object_mut().unwrap().remove(field).unwrap_or_else(|| panic!("{field} is not there"));
}

/// As text, because insta would not show a number of JSON that keeps all its digits as one.
fn shown(mapped: &Mapped) -> String {
    let shown = json!({ "product": mapped.product, "rejects": mapped.rejects, "warnings": mapped.warnings });
    serde_json::to_string_pretty(&shown).unwrap()
}

/// All variants of a product of which nothing was rejected.
fn variants(mapped: &Mapped) -> &[Variant] {
    assert_eq!(mapped.rejects, []);
    mapped.product.as_ref().unwrap().variants()
}

/// The rejects as "size: reason"; "all" stands for the product as a whole.
fn reasons(mapped: &Mapped) -> Vec<String> {
    let told = |reject: &Reject| {
        let size = reject.variant.as_ref().map_or("all".to_owned(), ToString::to_string);
        format!("{size}: {}", reject.reason)
    };
    mapped.rejects.iter().map(told).collect()
}

/// The one reject of a product of which nothing can be imported.
fn reason(mapped: &Mapped) -> String {
    assert_eq!(mapped.product, None, "it was imported");
    let [reason] = reasons(mapped).try_into().unwrap_or_else(|all| panic!("not one reject: {all:?}"));
    reason
}

#[test]
fn goods_without_sizes_are_one_variant_without_an_attribute() {
    insta::assert_snapshot!(shown(&map(&fixture("lantern"))));
}

#[test]
fn a_text_that_the_chosen_language_lacks_comes_from_the_default_one() {
    insta::assert_snapshot!(shown(&map_in(&context("eng"), &fixture("lantern"))));
}

#[test]
fn goods_with_sizes_in_a_group_have_a_code_a_bar_code_a_price_and_a_level_each() {
    insta::assert_snapshot!(shown(&map(&fixture("boots"))));
}

#[test]
fn sizes_and_groups_are_named_in_the_chosen_language() {
    let sizes = [("7", "UK 5"), ("8", "UK 6")].map(|(id, name)| (id.to_owned(), Name::new(name).unwrap()));
    let context = Context { sizes: HashMap::from(sizes), ..context("eng") };
    insta::assert_snapshot!(shown(&map_in(&context, &fixture("boots"))));
}

#[test]
fn another_of_the_group_told_in_texts_and_objects_is_of_the_same_family() {
    insta::assert_snapshot!(shown(&map(&fixture("boots_yellow"))));
}

#[test]
fn hidden_goods_in_another_currency_are_told_with_it_and_not_for_sale() {
    insta::assert_snapshot!(shown(&map_in(&with_rate(), &fixture("tea"))));
}

#[test]
fn exempt_goods_are_rejected_where_no_rate_is_given() {
    insta::assert_snapshot!(shown(&map(&fixture("tea"))));
}

#[test]
fn of_several_stocks_the_chosen_ones_are_counted() {
    let context = Context { stocks: Stocks::These(vec![2]), ..context("pol") };
    insta::assert_snapshot!(shown(&map_in(&context, &fixture("boots"))));
}
