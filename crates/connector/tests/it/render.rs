//! A variant as the marketplace is sent it.

use connector::{Rendered, Rendering};
use gateway_core::gateway::Terms;
use gateway_core::model::{Money, NetPrice, RejectReason, StockLevel};
use iso_currency::Currency;
use serde_json::json;

use crate::support::{product, shop_name, variant};

fn rendered(
    name: &str,
    change: impl FnOnce(&mut gateway_core::model::Variant),
) -> Result<Rendered, RejectReason> {
    let mut own = variant("9", 23);
    change(&mut own);
    let product = product("12", name, vec![own, variant("10", 23)]);
    let shop = shop_name();
    let rendering = Rendering { terms: Terms::default(), shop: &shop, with_pictures: true };
    rendering.render(&product, &product.variants()[0], &[])
}

#[test]
fn a_variant_bears_its_products_texts_and_its_own_price_stock_and_mark() {
    let rendered = rendered("Koszulka", |_| {}).unwrap();
    let mut item = serde_json::to_value(&rendered.item).unwrap();
    let hash = item["product"]["data"]["source"]["hash"].take();
    assert_eq!(hash.as_str().unwrap().len(), 48);
    let sent = item["product"]["data"]["source"]["sent"].take();
    let fields: Vec<&str> = sent.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["brief", "desc", "ean", "for_sale", "name", "price", "sku", "variants", "vat"]);
    assert_eq!(
        item,
        json!({
            "product": {
                "name": "Koszulka", "desc": "A **thing**.", "brief": "A thing", "sku": "SKU-1", "images": [],
                "vat": "VAT23", "base_price_type": "retail",
                "base_price": { "currency": "zł", "vat_percent": 0, "amount": serde_json::from_str::<serde_json::Value>("19.9").unwrap() },
                "cost_price": { "currency": "zł", "vat_percent": 0, "amount": 0 }, "tag_guids": [],
                "data": {
                    "variants": { "size": "M" }, "ean": "5901234123457",
                    "source": {
                        "v": 1, "platform": "toy", "shop": "toys.example", "product": "12", "variant": "9",
                        "hash": null, "images": [], "tags": [], "sent": null,
                    },
                },
            },
            "archived": false, "for_sale": true, "stock_level": 5,
        })
    );
    let told = serde_json::to_value(&rendered).unwrap();
    assert_eq!(
        (&told["images"], &told["categories"], &told["family"]),
        (&json!(["7"]), &json!(["4"]), &json!(2))
    );
}

#[test]
fn the_hash_changes_with_what_is_sent_but_not_with_the_stock() {
    let hash = |change: fn(&mut gateway_core::model::Variant)| {
        rendered("Koszulka", change).unwrap().item.product.data.source().unwrap().hash
    };
    let same = hash(|_| {});
    assert_eq!(hash(|_| {}), same);
    assert_eq!(
        hash(|variant| variant.stock = StockLevel::Unknown),
        same,
        "stock is not the import's to change"
    );
    assert_ne!(hash(|variant| variant.for_sale = false), same);
    assert_ne!(hash(|variant| variant.images.clear()), same);
    assert_ne!(hash(|variant| variant.sku = None), same);
}

#[test]
fn a_name_that_is_too_long_is_cut_with_a_warning() {
    let rendered = rendered(&"słowo ".repeat(60), |_| {}).unwrap();
    assert!(rendered.item.product.name.chars().count() <= 255);
    assert!(rendered.warnings[0].what.contains("too long"), "{:?}", rendered.warnings);
}

#[test]
fn what_the_marketplace_does_not_take_is_rejected() {
    let vat = rendered("Koszulka", |own| own.vat = variant("1", 22).vat).unwrap_err();
    assert!(matches!(vat, RejectReason::VatWithoutClass(_)), "{vat}");
    let dollars = NetPrice::new(Money::new("5".parse().unwrap(), Currency::USD)).unwrap();
    let currency = rendered("Koszulka", |own| own.price = dollars).unwrap_err();
    assert!(matches!(currency, RejectReason::Broken { .. }), "{currency}");
}
