//! Prices, VAT and stock levels.

use gateway_core::model::{InvalidPrice, Money, NetPrice, StockError, StockLevel, VatRate, net_from_gross};
use iso_currency::Currency;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn pln(text: &str) -> Money {
    Money::new(decimal(text), Currency::PLN)
}

fn vat(text: &str) -> VatRate {
    VatRate::percent(decimal(text)).unwrap()
}

#[test]
fn net_follows_from_gross() {
    for (gross, percent, net) in [
        ("123", "23", "100"),
        ("100", "23", "81.3008"),
        ("0.01", "23", "0.0081"),
        ("99.99", "8", "92.5833"),
        ("10", "0", "10"),
        ("200", "100", "100"),
        ("105.5", "5.5", "100"),
        // Halves go to the even neighbour.
        ("0.00005", "0", ""),
        ("0.00015", "0", "0.0002"),
        ("0.00025", "0", "0.0002"),
        ("0.0003", "100", "0.0002"),
        ("0.0005", "100", "0.0002"),
    ] {
        match net_from_gross(pln(gross), vat(percent)) {
            Ok(found) => assert_eq!(found.money(), pln(net), "{gross} with {percent} %"),
            Err(error) => assert_eq!((error, net), (InvalidPrice::Zero, ""), "{gross} with {percent} %"),
        }
    }
}

#[test]
fn what_is_no_price_is_refused() {
    assert_eq!(net_from_gross(pln("0"), vat("23")), Err(InvalidPrice::Zero));
    assert_eq!(net_from_gross(pln("-0"), vat("23")), Err(InvalidPrice::Zero));
    assert_eq!(net_from_gross(pln("-1"), vat("23")), Err(InvalidPrice::Negative(decimal("-1"))));
    assert_eq!(net_from_gross(pln("-0.00001"), vat("23")), Err(InvalidPrice::Negative(decimal("-0.00001"))));
    let huge = Money::new(Decimal::MAX, Currency::PLN);
    assert_eq!(net_from_gross(huge, vat("22.999999")), Err(InvalidPrice::Overflow(Decimal::MAX)));
    assert_eq!(NetPrice::new(pln("0.000")), Err(InvalidPrice::Zero));
    assert_eq!(NetPrice::new(pln("-5")), Err(InvalidPrice::Negative(decimal("-5"))));
}

#[test]
fn a_vat_rate_lies_between_0_and_100() {
    assert_eq!(vat("23.000").to_string(), "23 %");
    assert_eq!(vat("-0").to_string(), "0 %");
    assert!(VatRate::percent(decimal("-0.1")).is_err() && VatRate::percent(decimal("100.01")).is_err());
}

#[test]
fn amounts_serialise_as_numbers_with_all_digits() {
    let price = NetPrice::new(pln("12345678901234567890.123400")).unwrap();
    let json = serde_json::to_string(&(price, vat("5.50"))).unwrap();
    assert_eq!(json, r#"[{"amount":12345678901234567890.1234,"currency":"PLN"},5.5]"#);
    let levels = [StockLevel::Quantity(decimal("-2.50")), StockLevel::Unknown];
    assert_eq!(serde_json::to_string(&levels).unwrap(), r#"[-2.5,"unknown"]"#);
}

#[test]
fn an_unknown_level_never_enters_arithmetic() {
    let five = StockLevel::Quantity(decimal("5"));
    assert_eq!(StockLevel::Unknown.changed_by(Decimal::ONE), Err(StockError::Unknown));
    assert_eq!(StockLevel::Unknown.change_since(five), Err(StockError::Unknown));
    assert_eq!(five.change_since(StockLevel::Unknown), Err(StockError::Unknown));
    assert_eq!(StockLevel::total([five, StockLevel::Unknown]), Err(StockError::Unknown));
    assert_eq!(StockLevel::total([]), Ok(StockLevel::Quantity(Decimal::ZERO)));
    assert_eq!(StockLevel::Quantity(Decimal::MAX).changed_by(Decimal::MAX), Err(StockError::Overflow));
}

/// The rounded quotient digit by digit, as on paper: shares no step with the code under test.
fn on_paper(mut rest: u128, divisor: u128) -> u128 {
    let mut quotient = rest / divisor;
    rest %= divisor;
    for _ in 0..4 {
        rest *= 10;
        let mut digit = 0;
        while rest >= divisor {
            rest -= divisor;
            digit += 1;
        }
        quotient = quotient * 10 + digit;
    }
    match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Greater => quotient + 1,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
    }
}

proptest! {
    #[test]
    fn net_is_right_to_the_last_place(units in 1_000_i64..1_000_000_000_000, scale in 0_u32..=6, hundredths in 0_i64..=10_000) {
        let gross = Money::new(Decimal::new(units, scale), Currency::PLN);
        let rate = VatRate::percent(Decimal::new(hundredths, 2)).unwrap();
        let net = net_from_gross(gross, rate).unwrap().amount();
        let expected = on_paper(
            u128::try_from(units).unwrap() * 10_000,
            10_u128.pow(scale) * u128::try_from(10_000 + hundredths).unwrap(),
        );
        prop_assert_eq!(net, Decimal::from_i128_with_scale(i128::try_from(expected).unwrap(), 4));
        // There and back: at most half a unit of the fourth place, with the VAT on it.
        let factor = Decimal::ONE + Decimal::new(hundredths, 4);
        prop_assert!((net * factor - gross.amount()).abs() <= Decimal::new(5, 5) * factor);
    }

    #[test]
    fn no_price_makes_it_panic(lo in any::<u32>(), mid in any::<u32>(), hi in any::<u32>(), negative in any::<bool>(), scale in 0_u32..=28, percent in 0_i64..=100_000_000, percent_scale in 6_u32..=12) {
        let gross = Money::new(Decimal::from_parts(lo, mid, hi, negative, scale), Currency::EUR);
        let rate = VatRate::percent(Decimal::new(percent, percent_scale)).unwrap();
        if let Ok(net) = net_from_gross(gross, rate) {
            prop_assert!(net.amount() > Decimal::ZERO && net.amount().scale() <= 4);
        }
    }

    #[test]
    fn a_change_leads_from_one_level_to_the_other(from in -1_000_000_i64..1_000_000, to in -1_000_000_i64..1_000_000, scale in 0_u32..4) {
        let [base, now] = [from, to].map(|units| StockLevel::Quantity(Decimal::new(units, scale)));
        let change = now.change_since(base).unwrap();
        prop_assert_eq!(base.changed_by(change), Ok(now));
        prop_assert_eq!(StockLevel::total([base, now]), base.changed_by(now.quantity().unwrap()));
    }
}
