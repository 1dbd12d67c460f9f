//! The wire types, on what shops and hosts make of them.

use std::sync::LazyLock;

use prestashop::wire::{Ids, Localised, Product, Scalar, is_own_word, rights};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::any_bytes::read;

#[test]
fn a_scalar_is_a_text_a_number_a_switch_or_nothing() {
    for (value, text, id, on) in [
        (json!("1"), Some("1"), Some("1"), true),
        (json!(1), Some("1"), Some("1"), true),
        (json!(true), None, None, true),
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

/// A field's value as shops send it, and as none does. Ids are few, so that rows belong to each other.
fn any_value() -> impl Strategy<Value = Value> {
    let id = || (0_u64..4).prop_flat_map(|id| prop_oneof![Just(json!(id)), Just(json!(id.to_string()))]);
    let text = || {
        let shown = prop_oneof![
            "-?[0-9]{1,30}(\\.[0-9]{1,30})?",
            "(<[a-z/!]{0,8}( [a-z]{1,5}=[^>]{0,8})?>|&[#a-z0-9]{0,8};?|\\PC{0,6}|\\s){0,12}",
            "[0-9]{13}",
            "both|none|PL [0-9,.]{0,5} ?%",
            any::<String>(),
        ];
        shown.prop_map(Value::from)
    };
    let by_language = prop::collection::vec((id(), text()), 0..3).prop_map(|texts| {
        let texts = texts.into_iter().map(|(id, value)| json!({ "id": id, "value": value }));
        Value::from(texts.collect::<Vec<_>>())
    });
    let ids = || {
        prop::collection::vec(id(), 0..4)
            .prop_map(|ids| Value::from(ids.into_iter().map(|id| json!({ "id": id })).collect::<Vec<_>>()))
    };
    let lists =
        prop::collection::btree_map("categories|images|combinations|product_option_values", ids(), 0..4);
    let lists = lists.prop_map(|lists| Value::Object(lists.into_iter().collect()));
    prop_oneof![3 => id(), 3 => text(), 2 => by_language, 1 => lists, 1 => ids(), 1 => any_json()]
}

const FIELDS: &str = "id_product|id_product_attribute|id_category_default|id_default_image|id_tax_rules_group|reference|\
                      ean13|state|price|active|available_for_order|visibility|description|description_short|id_shop|\
                      id_shop_group|quantity|position|public_name|id_attribute_group|id_parent|value|deleted|iso_code|\
                      id_country|id_state|zipcode_from|id_tax|behavior|rate";

const RESOURCES: &str = "products|combinations|stock_availables|product_options|product_option_values|categories|\
                         configurations|languages|currencies|shops|tax_rule_groups|tax_rules|taxes|errors|rows";

/// Rows of all resources in one body, most of them with what goods cannot do without.
fn any_shop() -> impl Strategy<Value = Value> {
    let field = (FIELDS, any_value());
    let row = (
        any_value(),
        any_value(),
        prop::option::weighted(0.8, any_value()),
        prop::collection::vec(field, 0..12),
    );
    let row = row.prop_map(|(id, name, associations, fields)| {
        let mut row: serde_json::Map<String, Value> = fields.into_iter().collect();
        row.insert("id".to_owned(), id);
        row.insert("name".to_owned(), name);
        row.extend(associations.map(|associations| ("associations".to_owned(), associations)));
        Value::Object(row)
    });
    let list = prop::collection::vec(row, 0..4).prop_map(Value::from);
    prop::collection::btree_map(RESOURCES, list, 0..8)
        .prop_map(|lists| Value::Object(lists.into_iter().collect()))
}

/// What is done to an answer on its way. Places are parts of 65536 of its length.
#[derive(Clone, Debug)]
enum Harm {
    Set(u16, u8),
    Flip(u16, u8),
    Cut(u16, u16),
    Double(u16, u16),
    End(u16),
}

fn any_harm() -> impl Strategy<Value = Harm> {
    let value = prop_oneof![any::<u8>(), prop::sample::select(b"\"\\{}[]<>&;:,0-e.]".to_vec())];
    prop_oneof![
        4 => (any::<u16>(), value).prop_map(|(place, value)| Harm::Set(place, value)),
        4 => (any::<u16>(), 0_u8..8).prop_map(|(place, bit)| Harm::Flip(place, bit)),
        2 => (any::<u16>(), 1_u16..200).prop_map(|(place, count)| Harm::Cut(place, count)),
        2 => (any::<u16>(), 1_u16..200).prop_map(|(place, count)| Harm::Double(place, count)),
        1 => any::<u16>().prop_map(Harm::End),
    ]
}

fn harm(bytes: &mut Vec<u8>, harm: &Harm) {
    let place = |part: u16| bytes.len() * usize::from(part) / 65536;
    let range = |from: u16, count: u16| place(from)..bytes.len().min(place(from) + usize::from(count));
    match *harm {
        _ if bytes.is_empty() => {}
        Harm::Set(at, value) => {
            let at = place(at);
            bytes[at] = value;
        }
        Harm::Flip(at, bit) => {
            let at = place(at);
            bytes[at] ^= 1 << bit;
        }
        Harm::Cut(from, count) => drop(bytes.drain(range(from, count))),
        Harm::Double(from, count) => {
            let range = range(from, count);
            let part = bytes[range.clone()].to_vec();
            drop(bytes.splice(range.end..range.end, part));
        }
        Harm::End(at) => bytes.truncate(place(at)),
    }
}

/// Answers that were recorded: each by itself, and as the last ones those of a whole shop in one body.
fn recorded() -> &'static [Vec<u8>] {
    static RECORDED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let (mut answers, mut shops) = (Vec::new(), Vec::new());
        for version in ["8.2.1", "1.7.8"] {
            let folder = format!("{}/tests/fixtures/{version}", env!("CARGO_MANIFEST_DIR"));
            let mut shop = serde_json::Map::new();
            for file in std::fs::read_dir(&folder).unwrap() {
                let answer = std::fs::read(file.unwrap().path()).unwrap();
                if let Ok(Value::Object(rows)) = serde_json::from_slice(&answer) {
                    shop.extend(rows);
                }
                answers.push(answer);
            }
            shops.push(serde_json::to_vec(&shop).unwrap());
        }
        answers.extend([
            br#"{"errors":[{"code":26,"message":"Resource of type \"products\" is not allowed"}]}"#.to_vec(),
            b"<?xml version=\"1.0\"?><prestashop><errors><error><code><![CDATA[18]]></code><message>\
              <![CDATA[Invalid key]]></message></error></errors></prestashop>"
                .to_vec(),
        ]);
        answers.extend(shops);
        answers
    });
    &RECORDED
}

#[test]
fn what_was_recorded_is_read() {
    for answer in recorded() {
        read(answer);
        let is_empty = answer.trim_ascii() == b"[]";
        assert!(
            is_empty || is_own_word(answer) || rights(answer).is_some(),
            "{}",
            String::from_utf8_lossy(answer)
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn no_json_breaks_the_reading(body in any_json()) {
        read(&serde_json::to_vec(&body).unwrap());
    }

    #[test]
    fn no_value_in_any_field_breaks_the_reading(body in any_shop()) {
        read(&serde_json::to_vec(&body).unwrap());
    }

    #[test]
    fn no_harm_on_the_way_breaks_the_reading(
        answer in prop::sample::select(recorded()), harms in prop::collection::vec(any_harm(), 1..6),
    ) {
        let mut answer = answer;
        harms.iter().for_each(|one| harm(&mut answer, one));
        read(&answer);
    }
}
