//! The wire types, on what shops and hosts make of them.

use prestashop::wire::{Combination, Ids, Localised, Product, Scalar, StockAvailable};
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_scalar_is_a_text_a_number_a_switch_or_nothing() {
    for (value, text, id, on) in [
        (json!("1"), Some("1"), Some("1"), true),
        (json!(1), Some("1"), Some("1"), true),
        (json!(true), Some("1"), Some("1"), true),
        (json!("0"), Some("0"), None, false),
        (json!(0), Some("0"), None, false),
        (json!(false), None, None, false),
        (json!(""), None, None, false),
        (json!(null), None, None, false),
        (json!("  "), None, None, false),
        (json!(" x "), Some("x"), Some("x"), true),
    ] {
        let scalar: Scalar = serde_json::from_value(value.clone()).unwrap();
        assert_eq!((scalar.text(), scalar.id(), scalar.is_on(false)), (text, id, on), "{value}");
    }
    let exact: Scalar = serde_json::from_str("23.900000000000000000001").unwrap();
    assert_eq!(exact.text(), Some("23.900000000000000000001"), "no digit is lost");
    assert!(Scalar::default().is_on(true) && !Scalar::default().is_on(false));
    for off in [json!(false), json!(""), json!("0"), json!(0)] {
        assert!(!serde_json::from_value::<Scalar>(off).unwrap().is_on(true), "told, and off");
    }
    assert!(serde_json::from_value::<Scalar>(json!([1])).is_err());
}

#[test]
fn a_text_is_plain_in_one_language_and_a_list_in_several() {
    let read = |value: Value| serde_json::from_value::<Localised>(value).unwrap();
    assert_eq!(read(json!("Kubek")).get("7"), Some("Kubek"));
    let several = read(
        json!([{ "id": "1", "value": "Mug" }, { "id": 2, "value": "Kubek" }, { "id": "3", "value": "" }]),
    );
    assert_eq!(
        (several.get("1"), several.get("2"), several.get("3"), several.get("4")),
        (Some("Mug"), Some("Kubek"), None, None)
    );
    for nothing in [json!(""), json!(null), json!(false), json!([]), json!({ "a": 1 })] {
        assert_eq!(read(nothing).get("1"), None);
    }
    assert_eq!(read(json!(12)).get("1"), Some("12"));
    let _read: Localised = serde_json::from_str("1.5").unwrap();
}

#[test]
fn associations_may_be_missing_empty_or_a_list_instead_of_an_object() {
    for associations in
        [json!(null), json!([]), json!({}), json!({ "images": null }), json!({ "images": "" })]
    {
        let product: Product =
            serde_json::from_value(json!({ "id": 1, "associations": associations })).unwrap();
        assert!(product.associations.images.is_empty());
    }
    let ids: Ids = serde_json::from_value(json!([{ "id": "3" }, { "id": 4 }, { "id": "0" }, {}])).unwrap();
    assert_eq!(ids.iter().collect::<Vec<_>>(), ["3", "4"]);
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
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("id|value|[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_value_in_any_field_breaks_the_reading(
        field in "id|price|name|description|associations|reference|active|ean13|quantity|id_product", value in any_json(),
    ) {
        let row = json!({ "id": 1, field: value });
        let _product = serde_json::from_value::<Product>(row.clone()).is_ok();
        let _combination = serde_json::from_value::<Combination>(row.clone()).is_ok();
        let _stock = serde_json::from_value::<StockAvailable>(row).is_ok();
    }

    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _product = serde_json::from_slice::<Product>(&bytes).is_ok();
        let _name = serde_json::from_slice::<Localised>(&bytes).is_ok();
    }
}
