//! From a row to a canonical product.

use gateway_core::model::{ProductId, VatRate};
use iso_currency::Currency;
use serde_json::{Value, json};
use toyshop::mapping::{Context, Mapped, product};

/// `tests/fixtures/family.json` or another one.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn context() -> Context {
    Context {
        language: "en".to_owned(),
        default_language: "pl".to_owned(),
        currency: Currency::PLN,
        vat_default: None,
    }
}

fn map(row: &Value) -> Mapped {
    product(&context(), &ProductId::new("12").unwrap(), row)
}

/// The fixture of a simple product with something changed.
fn changed(change: impl FnOnce(&mut Value)) -> Mapped {
    let mut row = fixture("simple");
    change(&mut row);
    map(&row)
}

/// As text, because insta would not show a number of JSON that keeps all its digits as one.
fn shown(mapped: &Mapped) -> String {
    let shown = json!({ "product": mapped.product, "rejects": mapped.rejects, "warnings": mapped.warnings });
    serde_json::to_string_pretty(&shown).unwrap()
}

#[test]
fn a_simple_product() {
    insta::assert_snapshot!(shown(&map(&fixture("simple"))));
}

#[test]
fn a_family() {
    insta::assert_snapshot!(shown(&map(&fixture("family"))));
}

#[test]
fn what_cannot_be_read_is_rejected_and_never_guessed() {
    let mut reasons = Vec::new();
    for (field, value) in [
        ("name", json!({ "de": "Tasse", "en": "\u{200b}" })),
        ("name", json!([])),
        ("description", json!({ "pl": ["?"] })),
        ("vat", json!(null)),
        ("vat", json!("standard")),
        ("vat", json!(230)),
        ("visible", json!(null)),
        ("visible", json!("perhaps")),
        ("categories", json!([3, "?"])),
        ("categories", json!("3")),
        ("variants", json!([])),
        ("variants", json!(null)),
        ("variants", json!({})),
    ] {
        let mapped = changed(|row| row[field] = value.clone());
        assert_eq!(mapped.product, None, "{field}: {value}");
        reasons.push(format!("{field} {value}: {}", one_reason(&mapped)));
    }
    for (field, value) in [
        ("id", json!(null)),
        ("id", json!([])),
        ("sku", json!({})),
        ("net", json!(null)),
        ("net", json!("10 zł")),
        ("net", json!(true)),
        ("net", json!("0.0000")),
        ("net", json!(-1)),
        ("stock", json!("")),
        ("stock", json!("many")),
        ("stock", json!(false)),
        ("choices", json!([{ "option": { "en": "Size" }, "value": {} }])),
        ("choices", json!(["M"])),
        ("pictures", json!(7)),
    ] {
        let mapped = changed(|row| row["variants"][0][field] = value.clone());
        assert_eq!(mapped.product, None, "{field}: {value}");
        reasons.push(format!("variants.{field} {value}: {}", one_reason(&mapped)));
    }
    let mapped = changed(|row| {
        row["variants"][0].as_object_mut().unwrap().remove("stock");
    });
    reasons.push(format!("variants.stock is missing: {}", one_reason(&mapped)));
    insta::assert_snapshot!(reasons.join("\n"));
}

fn one_reason(mapped: &Mapped) -> String {
    match mapped.rejects.as_slice() {
        [reject] => {
            format!("variant {:?}: {}", reject.variant.as_ref().map(ToString::to_string), reject.reason)
        }
        rejects => panic!("not one reject: {rejects:?}"),
    }
}

#[test]
fn one_broken_variant_is_one_reject() {
    let mut row = fixture("family");
    row["variants"][1]["net"] = json!("?");
    let mapped = map(&row);
    assert_eq!(mapped.product.as_ref().unwrap().variants().len(), 1);
    assert_eq!(mapped.rejects[0].variant.as_ref().unwrap().as_str(), "32");
    assert_eq!(mapped.rejects[0].sku.as_ref().unwrap().as_str(), "MUG-L");
    assert_eq!(mapped.rejects.len(), 1);
}

#[test]
fn a_variant_that_cannot_be_told_from_others_makes_the_product_incomplete() {
    let mut row = fixture("family");
    row["variants"][1]["id"] = json!(null);
    let mapped = map(&row);
    assert_eq!(mapped.rejects[0].variant, None, "not all of its variants are known");
    assert_eq!(mapped.product.unwrap().variants().len(), 1);
    row["variants"][1]["id"] = row["variants"][0]["id"].clone();
    let mapped = map(&row);
    assert_eq!((mapped.product, mapped.rejects.len()), (None, 1));
    assert_eq!(mapped.rejects[0].variant, None);
}

#[test]
fn a_fault_of_the_product_rejects_all_its_variants() {
    let mut row = fixture("family");
    row["vat"] = json!("");
    let mapped = map(&row);
    let rejected: Vec<_> =
        mapped.rejects.iter().map(|reject| reject.variant.as_ref().unwrap().as_str()).collect();
    assert_eq!((mapped.product, rejected), (None, vec!["31", "32"]));
}

#[test]
fn vat_that_the_shop_does_not_tell_can_be_given() {
    let with_default = |vat: Value| {
        let mut row = fixture("simple");
        row["vat"] = vat;
        let vat_default = Some(VatRate::percent(5.into()).unwrap());
        product(&Context { vat_default, ..context() }, &ProductId::new("12").unwrap(), &row).product
    };
    let rate = |vat| with_default(vat).map(|product| product.variants()[0].vat.to_string());
    assert_eq!(rate(json!(null)).as_deref(), Some("5 %"));
    assert_eq!(rate(json!("8.00")).as_deref(), Some("8 %"), "a rate that is told stays");
    assert_eq!(rate(json!("?")), None, "a rate that cannot be read is not one that is not told");
}

#[test]
fn an_ean_a_sku_and_a_picture_that_are_none_are_left_out_with_a_warning() {
    let mapped = changed(|row| {
        row["pictures"] = json!([70, "../71", null, "72"]);
        row["variants"][0]["ean"] = json!("5901234123450");
        row["variants"][0]["sku"] = json!("A\u{0}B");
    });
    insta::assert_snapshot!(shown(&mapped));
}
