//! The wire types, on what shops make of them.

use iai::wire::{
    Change, Changed, Changes, Fault, Found, Ident, Languages, Params, Product, ProductChange, QuantityChange,
    Scalar, SizeChange, StockChange, Stocks, fault, row_id,
};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::mapping::fixture;

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

#[test]
fn a_scalar_is_a_text_a_number_a_switch_or_nothing() {
    for (value, text, id, is_on) in [
        (json!("1"), Some("1"), Some(1), true),
        (json!(1), Some("1"), Some(1), true),
        (json!("y"), Some("y"), None, true),
        (json!(true), Some("true"), None, true),
        (json!("true"), Some("true"), None, true),
        (json!("n"), Some("n"), None, false),
        (json!(false), Some("false"), None, false),
        (json!(0), Some("0"), Some(0), false),
        (json!("0"), Some("0"), Some(0), false),
        (json!(" 7 "), Some("7"), Some(7), false),
        (json!("007"), Some("007"), Some(7), false),
        (json!(-1), Some("-1"), None, false),
        (json!("+1"), Some("+1"), None, false),
        (json!(1.5), Some("1.5"), None, false),
        (json!("uniw"), Some("uniw"), None, false),
        (json!("18446744073709551616"), Some("18446744073709551616"), None, false),
        (json!(""), None, None, false),
        (json!(" \n "), None, None, false),
        (json!(null), None, None, false),
    ] {
        let scalar: Scalar = read(&value);
        assert_eq!((scalar.text(), scalar.id(), scalar.is_on()), (text, id, is_on), "{value}");
    }
    let exact: Scalar = serde_json::from_str("159.900000000000000000001").unwrap();
    assert_eq!(exact.text(), Some("159.900000000000000000001"), "no digit is lost");
    for other in [json!([]), json!([1]), json!({}), json!({ "a": 1 })] {
        assert!(serde_json::from_value::<Scalar>(other.clone()).is_err(), "{other}");
    }
    assert_eq!((Scalar::default().text(), Scalar::default().to_string()), (None, "nothing".to_owned()));
}

#[test]
fn fields_may_be_missing_null_or_others_than_are_known() {
    let none: Product = read(&json!({}));
    assert_eq!((none.product_vat.text(), none.product_sizes.len()), (None, 0));
    assert!(none.product_stocks_data.is_none() && none.product_version.is_none());
    let product: Product = read(&json!({
        "productVat": null, "productSizes": null, "productImages": null, "productStocksData": null,
        "productVersion": null, "productWarranty": { "warrantyId": 3 }, "productTraits": [[1]],
    }));
    assert_eq!(format!("{product:?}"), format!("{none:?}"));
}

#[test]
fn a_list_may_be_an_object_of_its_rows() {
    let as_list: Product = read(&json!({ "productSizes": [{ "sizeId": 7 }, { "sizeId": 8 }] }));
    let as_object: Product = read(&json!({ "productSizes": { "4": { "sizeId": 7 }, "9": { "sizeId": 8 } } }));
    assert_eq!(as_list.product_sizes, as_object.product_sizes);
    let found: Found =
        read(&json!({ "resultsNumberAll": "2", "results": { "0": { "productId": 7 }, "1": {} } }));
    assert_eq!((found.results.len(), found.all.id()), (2, Some(2)));
    for none in [json!({ "results": [] }), json!({ "results": {} })] {
        assert_eq!(read::<Found>(&none).results.len(), 0, "{none}");
    }
    // Who took these for an empty list would take all goods for gone.
    for untold in [json!({ "results": null }), json!({}), json!([])] {
        assert!(serde_json::from_value::<Found>(untold.clone()).is_err(), "{untold}");
    }
    for other in [json!("none"), json!(7), json!(true)] {
        assert!(serde_json::from_value::<Found>(json!({ "results": other })).is_err(), "{other}");
    }
}

#[test]
fn an_object_that_holds_nothing_may_be_an_empty_list() {
    let product: Product = read(&json!({ "productVersion": [], "productStocksData": [] }));
    assert!(product.product_version.is_none() && product.product_stocks_data.is_none());
    let product: Product =
        read(&json!({ "productVersion": { "versionNames": [], "versionGroupNames": null } }));
    let version = product.product_version.unwrap();
    assert!(version.version_names.is_none() && version.version_group_names.is_none());
}

#[test]
fn a_list_with_something_in_it_is_no_object() {
    for list in [json!([420]), json!([[]]), json!([null]), json!([{}])] {
        for field in ["productVersion", "productStocksData"] {
            assert!(serde_json::from_value::<Product>(json!({ field: list })).is_err(), "{field}: {list}");
        }
    }
}

#[test]
fn no_stocks_are_another_thing_than_stocks_that_are_not_told() {
    let quantities = |told: Value| read::<Stocks>(&told).product_stocks_quantities.map(|rows| rows.len());
    assert_eq!(quantities(json!({})), None);
    assert_eq!(quantities(json!({ "productStocksQuantities": null })), None);
    assert_eq!(quantities(json!({ "productStocksQuantities": [] })), Some(0));
    assert_eq!(quantities(json!({ "productStocksQuantities": {} })), Some(0));
    assert_eq!(quantities(json!({ "productStocksQuantities": { "1": { "stockId": 1 } } })), Some(1));
}

#[test]
fn switches_of_languages_come_in_every_way() {
    let languages: Languages = read(&json!({ "shops": [{ "shopName": "Świetliki", "languages": [
        { "id": "pol", "enabled": "y", "isDefault": true },
        { "id": "eng", "enabled": 1, "isDefault": false },
        { "id": "ger", "enabled": "n", "isDefault": "0" },
        { "id": "fre" },
    ] }] }));
    let told = &languages.shops[0].languages;
    let switches: Vec<_> = told.iter().map(|told| (told.enabled.is_on(), told.is_default.is_on())).collect();
    assert_eq!(switches, [(true, true), (true, false), (false, false), (false, false)]);
    assert!(serde_json::from_value::<Languages>(json!({})).is_err(), "that is another answer");
}

#[test]
fn a_fault_is_told_as_an_object_a_list_or_by_itself() {
    let fault = |answer: Value| {
        fault(&answer).map(|Fault { code, words }| format!("{code}: {words}")).unwrap_or_default()
    };
    for (answer, expected) in [
        (json!({ "errors": { "faultCode": 2, "faultString": "Brak wyników" } }), "2: Brak wyników"),
        (json!({ "errors": { "faultCode": "2", "faultString": "Brak wyników" } }), "2: Brak wyników"),
        (json!({ "errors": [{ "faultCode": 1, "faultString": "Login" }, { "faultCode": 3 }] }), "1: Login"),
        (json!({ "faultCode": 4, "faultString": "Blokada" }), "4: Blokada"),
        (json!({ "errors": null, "faultCode": 4, "faultString": "Blokada" }), "4: Blokada"),
        (json!({ "errors": { "faultCode": 5 } }), "5: nothing"),
        (json!({ "errors": { "faultCode": 0, "faultString": "" } }), ""),
        (json!({ "errors": { "faultCode": "0", "faultString": "OK" } }), ""),
        (json!({ "errors": [{ "faultCode": 0 }] }), ""),
        (json!({ "errors": { "faultCode": null, "faultString": "?" } }), ""),
        (json!({ "errors": [], "results": [] }), ""),
        (json!({ "errors": {} }), ""),
        (json!({ "errors": null }), ""),
        (json!({ "faultCode": 0 }), ""),
        (json!({ "results": [] }), ""),
        (json!({}), ""),
        (json!([]), ""),
        (json!(null), ""),
        (json!("2"), ""),
    ] {
        assert_eq!(fault(answer.clone()), expected, "{answer}");
    }
}

#[test]
fn the_id_of_a_row_is_read_whatever_else_may_be_wrong_with_it() {
    for (row, id) in [
        (json!({ "productId": 311 }), Some(311)),
        (json!({ "productId": "311", "productVat": [[]] }), Some(311)),
        (json!({ "productId": 0 }), Some(0)),
        (json!({ "productId": -1 }), None),
        (json!({ "productId": "311a" }), None),
        (json!({ "productId": "" }), None),
        (json!({ "productId": null }), None),
        (json!({ "productId": [311] }), None),
        (json!({}), None),
        (json!([311]), None),
        (json!(311), None),
    ] {
        assert_eq!(row_id(&row), id, "{row}");
    }
    assert_eq!(["lantern", "boots_yellow"].map(|name| row_id(&fixture(name))), [Some(311), Some(421)]);
}

/// A change of a product's stock, as the gateway would have it.
fn change(
    product: &str,
    size: &str,
    stock_id: u64,
    operation: &'static str,
    quantity: &str,
) -> ProductChange {
    let ident = |value: &str| Ident { ident_type: "id".to_owned(), ident_value: value.to_owned() };
    let quantity_operation = Change { operation, quantity: quantity.parse().unwrap() };
    let quantity = QuantityChange { stocks: vec![StockChange { stock_id, quantity_operation }] };
    ProductChange { ident: ident(product), sizes: vec![SizeChange { ident: ident(size), quantity }] }
}

#[test]
fn changes_of_stock_are_sent_as_the_shop_spells_them_with_all_their_digits() {
    let products = vec![
        change("420", "7", 1, "substract", "2"),
        change("77", "uniw", 0, "add", "0.12345678901234567890123456"),
    ];
    let sent = Params { params: Changes { products } };
    insta::assert_snapshot!(serde_json::to_string_pretty(&sent).unwrap());
}

#[test]
fn a_quantity_is_sent_as_a_number_and_not_as_a_text() {
    for quantity in ["1", "1.5", "0.001", "79228162514264337593543950335"] {
        let decimal: Decimal = quantity.parse().unwrap();
        let sent = serde_json::to_string(&Change { operation: "add", quantity: decimal }).unwrap();
        assert_eq!(sent, format!(r#"{{"operation":"add","quantity":{quantity}}}"#));
    }
}

#[test]
fn what_became_of_changes_is_read_by_product_and_by_size() {
    let changed: Changed = read(&json!({ "results": [
        { "ident": { "identType": "id", "identValue": 420 }, "error": { "faultCode": 0, "faultString": "" }, "sizes": [
            { "ident": { "identType": "id", "identValue": "7" }, "error": { "faultCode": "0" } },
            { "ident": { "identType": "id", "identValue": 8 }, "error": { "faultCode": 12, "faultString": "Brak" } },
        ] },
        { "ident": { "identType": "id", "identValue": "77" }, "error": [], "sizes": { "0": {} } },
        {},
    ] }));
    let ident = |value: &str| Some(Ident { ident_type: "id".to_owned(), ident_value: value.to_owned() });
    let [boots, tea, nothing] = changed.results.as_slice() else { panic!("not three: {changed:?}") };
    assert_eq!((&boots.ident, &tea.ident, &nothing.ident), (&ident("420"), &ident("77"), &None));
    let [first, second] = boots.sizes.as_slice() else { panic!("not two: {boots:?}") };
    assert_eq!((&first.ident, &second.ident), (&ident("7"), &ident("8")));
    let code = |error: &Option<Fault>| error.as_ref().and_then(|fault| fault.code.text().map(str::to_owned));
    assert_eq!([&boots.error, &first.error].map(code), [Some("0".to_owned()), Some("0".to_owned())]);
    assert_eq!(second.error.as_ref().unwrap().words.text(), Some("Brak"));
    assert!(tea.error.is_none() && tea.sizes.len() == 1 && tea.sizes[0].error.is_none());
    assert!(serde_json::from_value::<Changed>(json!({ "errors": {} })).is_err(), "that is no result");
}

#[test]
fn what_names_a_product_may_be_told_in_part() {
    for (told, ident_type, ident_value) in [
        (json!({ "identType": "id", "identValue": 7 }), "id", "7"),
        (json!({ "identType": "index", "identValue": " KAL-42 " }), "index", "KAL-42"),
        (json!({ "identType": null, "identValue": null }), "", ""),
        (json!({ "identValue": "7" }), "", "7"),
        (json!({}), "", ""),
    ] {
        let ident: Ident = read(&told);
        assert_eq!(
            (ident.ident_type.as_str(), ident.ident_value.as_str()),
            (ident_type, ident_value),
            "{told}"
        );
    }
}
