//! The wire types, on whatever may come.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use toyshop::wire::{Categories, Products, Scalar, Shop, Switch, Texts};

use crate::any_bytes::read;
use crate::mapping::fixture;

#[test]
fn a_scalar_is_a_text_a_number_or_nothing() {
    for (value, text, id) in [
        (json!("1"), Some("1"), Some(1)),
        (json!(1), Some("1"), Some(1)),
        (json!(" x "), Some("x"), None),
        (json!("0"), Some("0"), None),
        (json!(-1), Some("-1"), None),
        (json!(""), None, None),
        (json!("  "), None, None),
        (json!(null), None, None),
    ] {
        let scalar: Scalar = serde_json::from_value(value.clone()).unwrap();
        assert_eq!((scalar.text(), scalar.id()), (text, id), "{value}");
    }
    let exact: Scalar = serde_json::from_str("23.900000000000000000001").unwrap();
    assert_eq!(exact.text(), Some("23.900000000000000000001"), "no digit is lost");
    for other in [json!(true), json!([1]), json!({ "a": 1 })] {
        assert!(serde_json::from_value::<Scalar>(other).is_err());
    }
}

#[test]
fn a_switch_that_nobody_understands_is_not_told() {
    for (value, told) in [
        (json!(true), Some(true)),
        (json!("1"), Some(true)),
        (json!("false"), Some(false)),
        (json!(0), Some(false)),
        (json!("yes"), None),
        (json!(2), None),
        (json!(null), None),
        (json!([]), None),
    ] {
        assert_eq!(serde_json::from_value::<Switch>(value.clone()).unwrap().0, told, "{value}");
    }
}

#[test]
fn a_text_is_told_by_language() {
    let texts: Texts =
        serde_json::from_value(json!({ "pl": "Kubek", "en": " ", "de": null, "fr": 12 })).unwrap();
    assert_eq!(
        ["pl", "en", "de", "fr", "cs"].map(|language| texts.get(language)),
        [Some("Kubek"), None, None, Some("12"), None]
    );
    assert_eq!(serde_json::from_value::<Texts>(json!(null)).unwrap(), Texts::default());
}

/// All answers of a shop in one body, of which each parser takes what is its own.
fn recorded() -> Vec<u8> {
    let answers = json!({
        "name": "Kubkowo", "version": "1.2", "currency": "PLN",
        "languages": [{ "id": "pl", "name": "Polski", "default": true }, { "id": "en", "default": 0 }],
        "categories": [
            { "id": 1, "name": { "pl": "Dom" } },
            { "id": "3", "parent": 1, "name": { "pl": "Kubki", "en": "Mugs" } },
        ],
        "products": [fixture("simple"), fixture("family")], "total": 2,
    });
    serde_json::to_vec(&answers).unwrap()
}

#[test]
fn what_was_recorded_is_read() {
    let recorded = recorded();
    read(&recorded);
    let shop: Shop = serde_json::from_slice(&recorded).unwrap();
    let categories: Categories = serde_json::from_slice(&recorded).unwrap();
    let products: Products = serde_json::from_slice(&recorded).unwrap();
    assert_eq!((shop.languages.len(), categories.categories.len(), products.products.len()), (2, 2, 2));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("id|pl|option|value|[a-z]{1,4}", inner, 0..4).prop_map(object),
        ]
    })
}

fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(fields.into_iter().collect())
}

/// A field's value as shops send it, and as none does.
fn any_value() -> impl Strategy<Value = Value> {
    let text = || {
        let shown = prop_oneof![
            "-?[0-9]{1,30}(\\.[0-9]{1,30})?",
            "(<[a-z/!]{0,8}( [a-z]{1,5}=[^>]{0,8})?>|&[#a-z0-9]{0,8};?|\\PC{0,6}|\\s){0,12}",
            "[0-9]{13}|uncounted",
            any::<String>(),
        ];
        shown.prop_map(Value::from)
    };
    let texts = || btree_map("pl|en|de", text(), 0..3).prop_map(object);
    let choice = (texts(), texts()).prop_map(|(option, value)| json!({ "option": option, "value": value }));
    prop_oneof![
        3 => text(),
        2 => texts(),
        1 => vec(choice, 0..4).prop_map(Value::from),
        1 => vec(text(), 0..4).prop_map(Value::from),
        1 => Just(Value::Null),
        2 => any_json(),
    ]
}

/// Rows of a list that could be read, but for a field of some. Ids are few, so that some are there twice.
fn any_rows(good: impl Strategy<Value = Value>, fields: &'static str) -> impl Strategy<Value = Value> {
    let row = (0_u64..6, good, btree_map(fields, any_value(), 0..2)).prop_map(|(id, mut row, others)| {
        row["id"] = json!(id);
        row.as_object_mut().unwrap().extend(others);
        row
    });
    vec(row, 0..4).prop_map(Value::from)
}

/// All lists of a shop in one body.
fn any_lists() -> impl Strategy<Value = Value> {
    let variant = Just(json!({ "net": 1, "stock": 1 }));
    let product = any_rows(variant, "id|sku|ean|net|stock|choices|pictures").prop_map(
        |variants| json!({ "name": { "pl": "Kubek" }, "vat": 23, "visible": true, "variants": variants }),
    );
    let products = any_rows(product, "id|name|description|brief|categories|vat|visible|pictures|variants");
    let categories = any_rows(Just(json!({ "name": { "pl": "Kubki" } })), "id|parent|name");
    let languages = any_rows(Just(json!({})), "id|name|default");
    (products, categories, languages).prop_map(|(products, categories, languages)| {
        json!({ "products": products, "categories": categories, "languages": languages })
    })
}

/// What is done to an answer on its way: from a place on, so many bytes are lost and others there instead.
fn any_harm() -> impl Strategy<Value = (Index, usize, Vec<u8>)> {
    let byte = prop_oneof![any::<u8>(), select(b"\"\\{}[]<>&;:,0-e.".to_vec())];
    (any::<Index>(), prop_oneof![0_usize..3, 0_usize..200], vec(byte, 0..3))
}

proptest! {
    #[test]
    fn no_bytes_break_the_reading(bytes in vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn no_json_breaks_the_reading(body in any_json()) {
        read(&serde_json::to_vec(&body).unwrap());
    }

    #[test]
    fn no_value_in_any_field_breaks_the_reading(body in any_lists()) {
        read(&serde_json::to_vec(&body).unwrap());
    }

    #[test]
    fn no_harm_on_the_way_breaks_the_reading(harms in vec(any_harm(), 1..6)) {
        let mut answer = recorded();
        for (place, lost, others) in harms {
            let from = place.index(answer.len() + 1);
            let to = answer.len().min(from + lost);
            drop(answer.splice(from..to, others));
        }
        read(&answer);
    }
}
