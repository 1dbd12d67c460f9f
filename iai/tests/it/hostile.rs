//! Whatever may come in place of an answer, and what may happen to one on its way.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::any_bytes::read;
use crate::mapping::fixture;

const FIXTURES: [&str; 4] = ["lantern", "boots", "boots_yellow", "tea"];

/// All answers of a shop in one body, of which each parser takes what is its own.
fn recorded() -> Value {
    json!({
        "resultsNumberAll": 4, "resultsNumberPage": 1, "resultsPage": 0, "resultsLimit": 100,
        "results": FIXTURES.map(fixture),
        "categories": [
            { "id": 60, "parent_id": 0, "lang_data": [{ "lang_id": "pol", "plural_name": "Obuwie" }] },
            { "id": "61", "parent_id": 60, "lang_data": [{ "lang_id": "pol", "singular_name": "Kalosz" }] },
        ],
        "size_groups": [{ "sizes": [
            { "size_id": "7", "size_name": "38", "lang_data": [{ "lang_id": "eng", "name": "UK 5" }] },
        ] }],
        "shops": [{ "shopName": "Świetliki", "languages": [
            { "id": "pol", "name": "polski", "enabled": "y", "isDefault": true },
        ] }],
        "errors": { "faultCode": 0, "faultString": "" },
    })
}

#[test]
fn what_was_recorded_is_read() {
    let recorded = recorded();
    read(&serde_json::to_vec(&recorded).unwrap());
    for name in FIXTURES {
        read(&serde_json::to_vec(&fixture(name)).unwrap());
    }
    let found: iai::wire::Found = serde_json::from_value(recorded).unwrap();
    let ids: Vec<_> = found.results.iter().map(iai::wire::row_id).collect();
    assert_eq!(ids, [Some(311), Some(420), Some(421), Some(77)]);
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
            btree_map("sizeId|langId|stockId|[a-z]{1,4}", inner, 0..4).prop_map(object),
        ]
    })
}

fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(fields.into_iter().collect())
}

/// A field's value as shops send it, and as none does.
fn any_value() -> impl Strategy<Value = Value> {
    let shown = prop_oneof![
        "-?[0-9]{1,30}(\\.[0-9]{1,30})?",
        "(<[a-z/!]{0,8}( [a-z]{1,5}=[^>]{0,8})?>|&[#a-z0-9]{0,8};?|\\PC{0,6}|\\s){0,12}",
        "[0-9]{13}|y|n|pol|eng|uniw|https?://[a-z.]{1,8}/[a-z]{0,4}",
        any::<String>(),
    ];
    prop_oneof![
        3 => (0_u64..9).prop_map(|id| if id % 2 == 0 { json!(id) } else { json!(id.to_string()) }),
        3 => shown.prop_map(Value::from),
        1 => (any::<i32>(), 0_u32..4).prop_map(|(number, places)| {
            serde_json::from_str(&rust_decimal::Decimal::new(number.into(), places).to_string()).unwrap()
        }),
        1 => select(vec![json!(null), json!([]), json!({}), json!(""), json!(true)]),
        2 => any_json(),
    ]
}

/// What is done to a value in an answer.
#[derive(Clone, Debug)]
enum Change {
    Set(Value),
    Remove,
    /// Of a list: a row is there once more.
    Again(Index),
    /// As PHP writes lists of which a row was taken out.
    AsObject,
    AsText,
}

fn any_change() -> impl Strategy<Value = (Index, Change)> {
    let change = prop_oneof![
        4 => any_value().prop_map(Change::Set),
        1 => Just(Change::Remove),
        3 => any::<Index>().prop_map(Change::Again),
        1 => Just(Change::AsObject),
        1 => Just(Change::AsText),
    ];
    (any::<Index>(), change)
}

/// The places of all values in a value, as pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(rows) => {
            for (index, row) in rows.iter().enumerate() {
                places(row, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                places(field, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

fn apply(body: &mut Value, place: &Index, change: Change) {
    let mut all = Vec::new();
    places(body, "", &mut all);
    let place = &all[place.index(all.len())];
    if let Change::Remove = change {
        let Some((parent, name)) = place.rsplit_once('/') else { return };
        match body.pointer_mut(parent).unwrap() {
            Value::Array(rows) => drop(rows.remove(name.parse().unwrap())),
            Value::Object(fields) => drop(fields.remove(&name.replace("~1", "/").replace("~0", "~"))),
            _ => unreachable!("it holds nothing"),
        }
        return;
    }
    let value = body.pointer_mut(place).unwrap();
    match (change, &mut *value) {
        (Change::Set(new), _) => *value = new,
        (Change::Again(which), Value::Array(rows)) if !rows.is_empty() => {
            rows.push(rows[which.index(rows.len())].clone());
        }
        (Change::AsObject, Value::Array(rows)) => {
            *value = object(rows.drain(..).enumerate().map(|(index, row)| (index.to_string(), row)));
        }
        (Change::AsText, Value::Number(number)) => *value = json!(number.to_string()),
        _ => {}
    }
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
    fn no_value_in_any_place_of_a_product_breaks_the_reading(
        name in select(FIXTURES.to_vec()),
        changes in vec(any_change(), 1..8),
    ) {
        let mut row = fixture(name);
        for (place, change) in changes {
            apply(&mut row, &place, change);
        }
        read(&serde_json::to_vec(&row).unwrap());
    }

    #[test]
    fn no_value_in_any_place_of_an_answer_breaks_the_reading(changes in vec(any_change(), 1..8)) {
        let mut body = recorded();
        for (place, change) in changes {
            apply(&mut body, &place, change);
        }
        read(&serde_json::to_vec(&body).unwrap());
    }

    #[test]
    fn no_harm_on_the_way_breaks_the_reading(harms in vec(any_harm(), 1..6)) {
        let mut answer = serde_json::to_vec(&recorded()).unwrap();
        for (place, lost, others) in harms {
            let from = place.index(answer.len() + 1);
            let to = answer.len().min(from + lost);
            drop(answer.splice(from..to, others));
        }
        read(&answer);
    }
}
