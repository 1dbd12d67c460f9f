//! What the bridge says, in every form in which it may.

use subiektgt::bridge::wire::{Envelope, Fault, Mode, Position, Stock};

use crate::sql::decimal;

fn stock(data: &str) -> Result<Stock, String> {
    match Envelope::read(format!(r#"{{"success":true,"data":{data},"error":null}}"#).as_bytes()) {
        Some(Envelope::Done(data)) => Stock::read(&data),
        other => panic!("not done: {other:?}"),
    }
}

fn position(warehouse: i64, symbol: Option<&str>, on_hand: &str, reserved: &str) -> Position {
    let symbol = symbol.map(str::to_owned);
    Position { warehouse, symbol, on_hand: decimal(on_hand), reserved: decimal(reserved) }
}

#[test]
fn amounts_are_exact_whether_they_are_numbers_or_texts() {
    let told = r#"{"towarSymbol":"A","more":[1],"domyslnyMagazynId":"2","positions":[
        {"magazynId":1,"magazynSymbol":"MAG ","stan":0.3,"stanRez":null,"more":{}},
        {"magazynId":"2","magazynSymbol":null,"stan":"12345678901.2345","stanRez":" 1.0000 "},
        {"magazynId":3.0,"stan":-1.5e1}]}"#;
    let positions = vec![
        position(1, Some("MAG"), "0.3", "0"),
        position(2, None, "12345678901.2345", "1"),
        position(3, None, "-15", "0"),
    ];
    assert_eq!(stock(told), Ok(Stock { positions, usual: Some(2) }));
    assert_eq!(stock(r#"{"positions":[]}"#), Ok(Stock::default()), "what was never in a warehouse");
}

#[test]
fn half_of_a_level_is_no_level() {
    for broken in [
        "{}",
        r#"{"positions":null}"#,
        r#"{"positions":{}}"#,
        r#"{"positions":[null]}"#,
        r#"{"positions":[{"magazynId":1}]}"#,
        r#"{"positions":[{"magazynId":1,"stan":null}]}"#,
        r#"{"positions":[{"magazynId":1,"stan":""}]}"#,
        r#"{"positions":[{"magazynId":1,"stan":"wiele"}]}"#,
        r#"{"positions":[{"magazynId":1,"stan":true}]}"#,
        r#"{"positions":[{"magazynId":1,"stan":5,"stanRez":[]}]}"#,
        r#"{"positions":[{"magazynId":1.5,"stan":5}]}"#,
        r#"{"positions":[{"stan":5}]}"#,
    ] {
        assert!(stock(broken).is_err(), "{broken}");
    }
}

#[test]
fn what_is_no_envelope_is_none() {
    let fault = |code: Option<&str>, reason: Option<&str>, mode| {
        let [code, reason] = [code, reason].map(|text| text.map(str::to_owned));
        Some(Envelope::Failed(Fault { code, reason, mode }))
    };
    for (body, read) in [
        ("", None),
        ("null", None),
        ("[]", None),
        ("{}", None),
        (r#"{"success":null}"#, None),
        (r#"{"success":1,"data":{}}"#, None),
        (r#"{"success":true}"#, None),
        (r#"{"success":true,"data":[]}"#, None),
        (r#"{"success":true,"data":{}} x"#, None),
        (r#"{"success":false}"#, fault(None, None, Mode::Untold)),
        (r#"{"success":"False","error":"Nie"}"#, fault(None, Some("Nie"), Mode::Untold)),
        (
            r#"{"success":false,"data":{},"error":{"code":7,"reason":" Nie ","failureMode":"rejected"}}"#,
            fault(Some("7"), Some("Nie"), Mode::Rejected),
        ),
        (r#"{"success":false,"error":{"failureMode":"in-doubt"}}"#, fault(None, None, Mode::InDoubt)),
        (r#"{"success":false,"error":{"failureMode":null}}"#, fault(None, None, Mode::Untold)),
    ] {
        assert_eq!(Envelope::read(body.as_bytes()), read, "{body}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _any = Envelope::read(&bytes);
    }

    #[test]
    fn any_amount_comes_as_it_is(digits in 0_i64..1_000_000_000_000, scale in 0_u32..5) {
        let amount = rust_decimal::Decimal::new(digits, scale);
        for told in [amount.to_string(), format!("{:?}", amount.to_string())] {
            let stock = stock(&format!(r#"{{"positions":[{{"magazynId":1,"stan":{told}}}]}}"#)).unwrap();
            proptest::prop_assert_eq!(stock.positions[0].on_hand, amount);
        }
    }
}
