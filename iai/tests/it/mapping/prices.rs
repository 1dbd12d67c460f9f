//! Prices: those of the shop, of the panel, of a size, of a product.

use gateway_core::model::Product;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{changed, fixture, map, map_in, reason, reasons, remove, shown, variants, with_rate};

/// What each size of the boots costs, with prices of the test's own: its product's and its first size's in the panel, then in the shop.
fn nets(prices: &[Value; 4]) -> Vec<String> {
    let [product, size, shop_product, shop_size] = prices;
    let mapped = changed("boots", |row| {
        row["productRetailPrice"] = product.clone();
        row["productSizesAttributes"][0]["productRetailPrice"] = size.clone();
        let of_sizes = json!([{ "sizeId": "7", "productRetailPrice": shop_size }]);
        row["productShopsAttributes"] = json!([{
            "shopId": 1, "productRetailPrice": shop_product, "productShopSizesAttributes": of_sizes,
        }]);
    });
    let nets = mapped.product.iter().flat_map(Product::variants);
    nets.map(|variant| format!("{} {}", variant.id, variant.price)).chain(reasons(&mapped)).collect()
}

#[test]
fn a_price_is_the_sizes_in_the_shop_then_in_the_panel_then_the_products_in_the_shop_then_in_the_panel() {
    // The other size costs 135.30 in the panel.
    let other = "8 110 PLN";
    let none = || json!(null);
    for (prices, expected) in [
        ([json!(123), json!(246), json!(369), json!(492)], "7 400 PLN"),
        ([json!(123), json!(246), json!(369), none()], "7 200 PLN"),
        ([json!(123), none(), json!(369), none()], "7 300 PLN"),
        ([json!(123), none(), none(), none()], "7 100 PLN"),
        ([json!("123.00"), json!(""), none(), json!(" ")], "7 100 PLN"),
    ] {
        assert_eq!(nets(&prices), [expected, other], "{prices:?}");
    }
}

#[test]
fn a_price_of_0_in_a_shop_stands_for_the_panels() {
    for zero in [json!(0), json!("0.00"), json!("0")] {
        let told = nets(&[json!(123), json!(246), zero.clone(), zero.clone()]);
        assert_eq!(told, ["7 200 PLN", "8 110 PLN"], "{zero}");
        let told = nets(&[json!(123), json!(null), zero.clone(), zero.clone()]);
        assert_eq!(told, ["7 100 PLN", "8 110 PLN"], "{zero}");
    }
}

#[test]
fn a_price_of_0_in_the_panel_is_a_reject_of_the_size_and_not_the_products_price() {
    let told = nets(&[json!(123), json!(0), json!(null), json!(null)]);
    assert_eq!(told, ["8 110 PLN", "7: the price is 0: set one in the shop"]);
}

#[test]
fn of_several_shops_the_main_one_is_asked() {
    let mapped = changed("lantern", |row| {
        row["productShopsAttributes"] = json!([
            { "shopId": 3, "productRetailPrice": 12.3 },
            { "shopId": "1", "productRetailPrice": 24.6 },
            { "shopId": null, "productRetailPrice": 1.23 },
        ]);
    });
    assert_eq!(variants(&mapped)[0].price.to_string(), "20 PLN");
}

#[test]
fn a_price_that_is_none_is_a_reject() {
    let told = |price: Value| {
        let mapped = changed("lantern", |row| {
            row["productShopsAttributes"] = json!([]);
            row["productRetailPrice"] = price;
        });
        reason(&mapped)
    };
    assert_eq!(told(json!(null)), "uniw: no price: set one in the shop");
    assert_eq!(told(json!("")), "uniw: no price: set one in the shop");
    assert_eq!(told(json!(0)), "uniw: the price is 0: set one in the shop");
    assert_eq!(told(json!(-1.23)), "uniw: the price is below zero (-1.23): set a right one in the shop");
    for broken in ["12,30", "12.30 zł", "1e3", "--1", ".", "1.2.3", "12 30", "NaN", "1_000"] {
        let expected = format!("uniw: broken record: productRetailPrice is {broken:?}: mend it in the shop");
        assert_eq!(told(json!(broken)), expected, "{broken}");
    }
    // More digits than can be kept are not rounded.
    assert!(told(json!("1.23456789012345678901234567890123")).contains("productRetailPrice"));
}

#[test]
fn a_broken_price_in_the_shop_is_not_passed_over_for_the_panels() {
    let mapped = changed("lantern", |row| {
        row["productShopsAttributes"][0]["productRetailPrice"] = json!("49,20");
    });
    assert!(reason(&mapped).contains("productRetailPrice"));
}

#[test]
fn a_price_keeps_its_own_currency() {
    let mapped = map_in(&with_rate(), &fixture("tea"));
    assert_eq!(variants(&mapped)[0].price.to_string(), "20 EUR");
    let mapped = changed("lantern", |row| remove(row, "currencyId"));
    assert_eq!(variants(&mapped)[0].price.to_string(), "40 PLN", "the panel's own");
    for broken in [json!("zł"), json!("pln"), json!(985)] {
        let mapped = changed("lantern", |row| row["currencyId"] = broken.clone());
        assert!(reason(&mapped).contains("currencyId"), "{broken}");
    }
}

#[test]
fn net_is_derived_from_gross_to_four_places() {
    let net = |gross: &str| {
        let mapped = changed("lantern", |row| {
            row["productShopsAttributes"] = json!(null);
            row["productRetailPrice"] = serde_json::from_str(gross).unwrap();
        });
        variants(&mapped)[0].price.to_string()
    };
    assert_eq!(net("115"), "93.4959 PLN", "and not 93.50, which would be 115.005");
    assert_eq!(net("49.20"), "40 PLN");
    assert_eq!(net("0.01"), "0.0081 PLN");
    assert_eq!(map(&fixture("lantern")), map(&fixture("lantern")), "the same row makes the same goods");
}

proptest! {
    #[test]
    fn a_price_is_read_to_its_last_digit_or_rejected(whole in 0_u64..10_000_000, cents in 0_u32..100, is_text: bool) {
        let gross = format!("{whole}.{cents:02}");
        let mapped = changed("lantern", |row| {
            row["productVat"] = json!(0);
            row["productShopsAttributes"] = json!([]);
            row["productRetailPrice"] =
                if is_text { json!(gross) } else { serde_json::from_str(&gross).unwrap() };
        });
        if whole == 0 && cents == 0 {
            prop_assert_eq!(reason(&mapped), "uniw: the price is 0: set one in the shop");
        } else {
            let net: Decimal = gross.parse().unwrap();
            let expected = format!("{} PLN", net.normalize());
            prop_assert_eq!(variants(&mapped)[0].price.to_string(), expected);
        }
    }

    #[test]
    fn no_text_in_a_price_is_guessed(text in "[0-9]{0,3}[ .,eE+zł-]{0,2}[0-9]{0,3}") {
        let mapped = changed("lantern", |row| {
            row["productVat"] = json!(0);
            row["productShopsAttributes"] = json!([]);
            row["productRetailPrice"] = json!(text);
        });
        let read = text.trim().parse::<Decimal>().ok().filter(|_| !text.contains(['e', 'E']));
        match &mapped.product {
            Some(product) => {
                let expected = read.map(|gross| format!("{} PLN", gross.normalize()));
                prop_assert_eq!(Some(product.variants()[0].price.to_string()), expected, "{}", shown(&mapped));
            }
            None => prop_assert!(
                read.is_none_or(|gross| gross <= Decimal::ZERO),
                "{:?} is a price: {}", text, shown(&mapped)
            ),
        }
    }
}
