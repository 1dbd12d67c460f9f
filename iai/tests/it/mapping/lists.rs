//! The lists of the whole shop: categories and the names of sizes.

use iai::mapping::category_tree;
use iai::wire::{Categories, Sizes};
use serde_json::{Value, json};

use super::context;

/// The paths of a tree, in its order.
fn paths(language: &str, rows: &Value) -> Vec<String> {
    let told: Categories = serde_json::from_value(json!({ "categories": rows })).unwrap();
    let tree = category_tree(&context(language), &told.categories);
    let path = |category: &gateway_core::model::Category| {
        format!("{}: {}", category.id, tree.printed_path(&category.id).unwrap())
    };
    tree.iter().map(path).collect()
}

/// A category with its names in Polish.
fn category(id: Value, parent: Value, plural: &str, singular: &str) -> Value {
    let names = json!([{ "lang_id": "pol", "plural_name": plural, "singular_name": singular }]);
    let fields = [("id", id), ("parent_id", parent), ("lang_data", names)];
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[test]
fn categories_make_a_tree_under_their_plural_names() {
    let rows = json!([
        category(json!(61), json!(60), "Kalosze", "Kalosz"),
        category(json!("60"), json!(0), "Obuwie", ""),
        category(json!(52), json!("0"), "", "Lampion"),
        category(json!(53), json!(null), " ", "Świeczka"),
    ]);
    assert_eq!(paths("pol", &rows), ["61: Obuwie - Kalosze", "60: Obuwie", "52: Lampion", "53: Świeczka"]);
}

#[test]
fn a_category_is_called_in_the_chosen_language_else_in_the_default_one() {
    let rows = json!([{
        "id": 61, "parent_id": 0,
        "lang_data": [
            { "lang_id": "pol", "plural_name": "Kalosze", "singular_name": "Kalosz" },
            { "lang_id": "eng", "plural_name": "", "singular_name": "Welly" },
            { "lang_id": "ger", "plural_name": "", "singular_name": "" },
        ],
    }]);
    for (language, expected) in
        [("pol", "61: Kalosze"), ("eng", "61: Welly"), ("ger", "61: Kalosze"), ("fre", "61: Kalosze")]
    {
        assert_eq!(paths(language, &rows), [expected], "{language}");
    }
}

#[test]
fn a_category_without_a_name_or_an_id_is_left_out_and_those_under_it_stay() {
    let rows = json!([
        category(json!(1), json!(0), "", ""),
        { "id": 2, "parent_id": 0 },
        { "id": 3, "parent_id": 0, "lang_data": [{ "lang_id": "ger", "plural_name": "Lampen" }] },
        category(json!(0), json!(0), "Zero", ""),
        category(json!(null), json!(0), "Nic", ""),
        category(json!("x"), json!(0), "Iks", ""),
        category(json!(4), json!(1), "Świece", ""),
        category(json!(5), json!("x"), "Znicze", ""),
    ]);
    assert_eq!(paths("pol", &rows), ["4: Świece", "5: Znicze"]);
}

#[test]
fn categories_that_go_round_have_an_end() {
    let rows = json!([category(json!(1), json!(2), "A", ""), category(json!(2), json!(1), "B", "")]);
    assert_eq!(paths("pol", &rows), ["1: B - A", "2: A - B"]);
}

#[test]
fn sizes_are_called_in_the_chosen_language_then_the_default_one_then_as_in_the_panel() {
    let sizes: Sizes = serde_json::from_value(json!({ "size_groups": [
        { "group_id": 4, "sizes": [
            { "size_id": "7", "size_name": "38", "lang_data": [
                { "lang_id": "pol", "name": "38 (24 cm)" }, { "lang_id": "eng", "name": "UK 5" },
            ] },
            { "size_id": 8, "size_name": "39", "lang_data": [{ "lang_id": "pol", "name": "39 (25 cm)" }] },
            { "size_id": "9", "size_name": "40", "lang_data": [{ "lang_id": "ger", "name": "vierzig" }] },
            { "size_id": "10", "size_name": "", "lang_data": [] },
            { "size_id": null, "size_name": "42" },
        ] },
        { "sizes": { "0": { "size_id": "uniw", "size_name": "uniwersalny", "lang_data": [] } } },
        { "sizes": null },
    ] }))
    .unwrap();
    let names = |language: &str| {
        let names = context(language).size_names(&sizes);
        let mut names: Vec<_> = names.into_iter().map(|(id, name)| format!("{id}: {name}")).collect();
        names.sort();
        names
    };
    assert_eq!(names("pol"), ["7: 38 (24 cm)", "8: 39 (25 cm)", "9: 40", "uniw: uniwersalny"]);
    assert_eq!(names("eng"), ["7: UK 5", "8: 39 (25 cm)", "9: 40", "uniw: uniwersalny"]);
    assert_eq!(names("fre"), names("pol"));
}
