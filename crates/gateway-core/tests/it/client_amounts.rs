//! Amounts on the wire: JSON numbers with all their digits.

use gateway_core::gateway::{ListedProduct, NewItem, Terms, VatClass};
use gateway_core::model::{Name, StockLevel, VatRate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::client_support::fields;

/// Any decimal at all: 96 bits of digits, up to 28 places.
fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<u32>(), any::<u32>(), any::<u32>(), 0u32..=28)
        .prop_map(|(lo, mid, hi, scale)| Decimal::from_parts(lo, mid, hi, false, scale))
}

fn sent(price: Decimal) -> Value {
    let mut fields = fields("12", "3", "1");
    fields.net_price = price;
    serde_json::to_value(NewItem::new(fields, true, 1)).unwrap()
}

proptest! {
    #[test]
    fn an_amount_is_sent_as_a_number_with_all_its_digits_and_read_back_the_same(price in decimal()) {
        let sent = sent(price);
        let amount = &sent["product"]["base_price"]["amount"];
        prop_assert!(amount.is_number(), "{amount} is no number");
        let text = amount.to_string();
        prop_assert!(!text.contains(['e', 'E']), "{text} is written with an exponent");
        prop_assert_eq!(Decimal::from_str_exact(&text).unwrap(), price);
        prop_assert_eq!(&text, &price.normalize().to_string());

        // As bytes, which is how it goes: nothing on the way makes a binary float of it.
        let body = serde_json::to_string(&sent).unwrap();
        let needle = format!("\"amount\":{}", price.normalize());
        prop_assert!(body.contains(&needle), "{} is not in {}", needle, body);

        let read = json!({
            "guid": "5b1f4f0a-7a55-4b0e-8a4e-0c8a3a8f1d01",
            "price": { "base": { "unit": { "amount": amount } } },
        });
        let listed = ListedProduct::read(&read).unwrap();
        prop_assert_eq!(listed.net_price, Some(price.normalize()));
    }

    #[test]
    fn a_listed_amount_is_read_exactly_or_not_at_all(digits in "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?") {
        let body = format!(r#"{{"guid":"5b1f4f0a-7a55-4b0e-8a4e-0c8a3a8f1d01","price":{{"base":{{"unit":{{"amount":{digits}}}}}}}}}"#);
        let listed = ListedProduct::read(&serde_json::from_str(&body).unwrap()).unwrap();
        if let Some(read) = listed.net_price {
            prop_assert_eq!(significant(&digits), significant(&read.to_string()), "{} was read as {}", digits, read);
        }
    }

    #[test]
    fn a_stock_level_is_whole_and_never_below_zero(level in decimal(), negative in any::<bool>()) {
        let level = if negative { -level } else { level };
        let sent = Terms::default().stock_level(StockLevel::Quantity(level));
        prop_assert!(Decimal::from(sent) <= level.max(Decimal::ZERO), "more is offered than there is");
        if level < Decimal::from(u32::MAX) {
            prop_assert!(Decimal::from(sent) > level - Decimal::ONE, "less is offered than there is");
        }
    }
}

/// Sign, digits without zeros at either end, and the power of ten of the first: what a number is, however written.
fn significant(number: &str) -> (bool, String, i64) {
    let (is_negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all.trim_matches('0').to_owned();
    if digits.is_empty() {
        return (false, digits, 0);
    }
    let power = exponent.parse::<i64>().unwrap() + i64::try_from(whole.len()).unwrap()
        - i64::try_from(leading).unwrap();
    (is_negative, digits, power)
}

#[test]
fn an_amount_with_an_exponent_is_read_when_it_fits() {
    for (digits, amount) in [
        ("1.25e1", Some("12.5")),
        ("125E-2", Some("1.25")),
        ("2e3", Some("2000")),
        ("1e40", None),
        ("1e-40", None),
        ("1.2345678901234567890123456789012345e0", None),
    ] {
        let body = format!(
            r#"{{"guid":"5b1f4f0a-7a55-4b0e-8a4e-0c8a3a8f1d01","price":{{"base":{{"unit":{{"amount":{digits}}}}}}}}}"#
        );
        let listed = ListedProduct::read(&serde_json::from_str(&body).unwrap()).unwrap();
        assert_eq!(listed.net_price.map(|price| price.to_string()).as_deref(), amount, "{digits}");
    }
}

#[test]
fn the_price_is_net_in_zloty_and_its_vat_is_told_by_the_class() {
    let product = sent("12.50".parse().unwrap())["product"].clone();
    assert_eq!(product["base_price"].to_string(), r#"{"currency":"zł","vat_percent":0,"amount":12.5}"#);
    assert_eq!(product["cost_price"].to_string(), r#"{"currency":"zł","vat_percent":0,"amount":0}"#);
    assert_eq!((&product["base_price_type"], &product["vat"]), (&json!("retail"), &json!("VAT23")));
}

#[test]
fn the_terms_are_those_of_the_known_facts() {
    let terms = Terms::default();
    assert_eq!(terms.currency().code(), "PLN");
    let class = |percent: &str| terms.vat_class(VatRate::percent(percent.parse().unwrap()).unwrap());
    let classes: Vec<_> = ["23", "8.000", "5", "0", "22", "8.5"].map(class).into();
    let names: Vec<_> = classes.iter().map(|class| class.as_ref().map(VatClass::as_str)).collect();
    assert_eq!(names, [Some("VAT23"), Some("VAT8"), Some("VAT5"), Some("VAT0"), None, None]);
    assert_eq!(terms.stock_level(StockLevel::Unknown), 100_001);
    let long = Name::new(&"słowo ".repeat(100)).unwrap();
    let (cut, was_cut) = terms.name(&long);
    assert!(was_cut && cut.as_str().chars().count() <= 255 && cut.as_str().ends_with("słowo"));
    let (kept, was_cut) = terms.name(&Name::new("Kubek").unwrap());
    assert_eq!((kept.as_str(), was_cut), ("Kubek", false));
}
