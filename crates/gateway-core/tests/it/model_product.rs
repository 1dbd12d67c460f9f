//! Products and rejects.

use gateway_core::model::*;
use iso_currency::Currency;
use rust_decimal::Decimal;

fn variant(id: &str) -> Variant {
    Variant {
        id: VariantId::new(id).unwrap(),
        sku: Sku::parse("AB-1").unwrap(),
        ean: None,
        attributes: Attributes::default(),
        price: NetPrice::new(Money::new(Decimal::new(1250, 2), Currency::PLN)).unwrap(),
        vat: VatRate::percent(Decimal::from(23)).unwrap(),
        stock: StockLevel::Unknown,
        images: ["7", "8", "7"].map(|identity| ImageRef::new(identity, None).unwrap()).to_vec(),
        for_sale: true,
    }
}

fn parts(variants: &[&str]) -> ProductParts {
    ProductParts {
        id: ProductId::new("12").unwrap(),
        name: Name::new("Mug").unwrap(),
        description: Markdown::from_html("<p>A <b>mug</b></p>"),
        brief: Line::from_html("<p>mug</p>"),
        categories: ["3", "2", "3"].map(|id| CategoryId::new(id).unwrap()).to_vec(),
        variants: variants.iter().map(|id| variant(id)).collect(),
        family: None,
        also: None,
    }
}

#[test]
fn a_product_has_variants_with_unique_ids() {
    let product = ProductId::new("12").unwrap();
    assert_eq!(Product::new(parts(&[])), Err(InvalidProduct::NoVariant(product.clone())));
    let twice = InvalidProduct::VariantTwice { product, variant: VariantId::new("5").unwrap() };
    assert_eq!(Product::new(parts(&["4", "5", "5"])), Err(twice));
}

#[test]
fn two_variants_are_a_family() {
    assert!(!Product::new(parts(&["0"])).unwrap().is_family());
    assert!(Product::new(parts(&["4", "5"])).unwrap().is_family());
}

#[test]
fn what_is_named_twice_is_taken_once() {
    let product = Product::new(parts(&["0"])).unwrap();
    let images: Vec<_> = product.variants()[0].images.iter().map(ImageRef::identity).collect();
    assert_eq!(images, ["7", "8"], "the cover stays first");
    assert_eq!(product.categories().len(), 2);
    assert_eq!(Product::new(product.clone().into_parts()).unwrap(), product);
}

#[test]
fn a_product_serialises() {
    let json = serde_json::to_value(Product::new(parts(&["0"])).unwrap()).unwrap();
    let expected = serde_json::json!({
        "id": "12", "name": "Mug", "description": "A **mug**", "brief": "mug", "categories": ["3", "2"],
        "variants": [{
            "id": "0", "sku": "AB-1", "ean": null, "attributes": {}, "price": {"amount": 12.5, "currency": "PLN"},
            "vat": 23, "stock": "unknown", "for_sale": true,
            "images": [{"identity": "7", "public_url": null}, {"identity": "8", "public_url": null}],
        }],
    });
    assert_eq!(json, expected);
}

#[test]
fn a_reason_says_what_to_do() {
    let vat = VatRate::percent(Decimal::new(55, 1)).unwrap();
    for (reason, words) in [
        (RejectReason::NoName, "name it in the shop"),
        (RejectReason::NoPrice, "set one in the shop"),
        (RejectReason::from(InvalidPrice::Zero), "the price is 0"),
        (RejectReason::VatWithoutClass(vat), "a VAT rate of 5.5 %"),
        (RejectReason::VatUntold, "--vat-default"),
        (RejectReason::VatExempt, "--vat-default"),
        (RejectReason::broken("price", "12,,5"), r#"price is "12,,5""#),
        (RejectReason::Undeliverable(ProductId::new("123").unwrap()), "the shop cannot deliver product 123"),
    ] {
        assert!(reason.to_string().contains(words), "{reason} lacks {words:?}");
    }
    let long = RejectReason::broken("id", &"ż".repeat(1000)).to_string();
    assert!(long.chars().count() < 200, "what was found is not cut short: {long}");
}

#[test]
fn a_reject_serialises_with_its_sentence() {
    let reject = Reject {
        product: ProductId::new("1").unwrap(),
        variant: None,
        name: None,
        sku: None,
        reason: RejectReason::NoPrice,
    };
    let json = serde_json::to_string(&reject).unwrap();
    assert_eq!(
        json,
        r#"{"product":"1","variant":null,"name":null,"reason":"no price: set one in the shop"}"#
    );
}
