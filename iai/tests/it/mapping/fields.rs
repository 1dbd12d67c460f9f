//! What a variant is told by, beside its price and its level.

use serde_json::{Value, json};

use super::{changed, context, fixture, map, map_in, reason, remove, variants, with_rate};

/// The name of the lantern in a language, with texts of the test's own.
fn name_in(language: &str, texts: Value) -> Option<String> {
    let mut row = fixture("lantern");
    row["productDescriptionsLangData"] = texts;
    let mapped = map_in(&context(language), &row);
    mapped.product.map(|product| product.name().to_string())
}

#[test]
fn a_name_is_that_of_the_chosen_language_else_of_the_default_one_and_of_no_other() {
    let texts = json!([
        { "langId": "ger", "productName": "Laterne" },
        { "langId": "pol", "productName": "Lampion" },
        { "langId": "eng", "productName": "Lantern" },
        { "langId": "cze", "productName": " \u{200b} " },
    ]);
    for (language, expected) in
        [("pol", "Lampion"), ("eng", "Lantern"), ("ger", "Laterne"), ("cze", "Lampion"), ("fre", "Lampion")]
    {
        assert_eq!(name_in(language, texts.clone()).as_deref(), Some(expected), "{language}");
    }
    assert_eq!(name_in("eng", json!([{ "langId": "ger", "productName": "Laterne" }])), None);
}

#[test]
fn goods_without_a_name_are_rejected() {
    let no_name = "uniw: no name in the chosen language, nor in the shop's default: name it in the shop";
    for texts in [json!([]), json!(null), json!([{ "langId": "pol", "productName": "" }]), json!([{}])] {
        let mapped = changed("lantern", |row| row["productDescriptionsLangData"] = texts.clone());
        assert_eq!(reason(&mapped), no_name, "{texts}");
    }
}

#[test]
fn goods_exempt_from_vat_need_a_rate_and_get_it() {
    assert_eq!(
        reason(&map(&fixture("tea"))),
        "uniw: exempt from VAT, for which the marketplace has no class: give a rate with --vat-default"
    );
    let mapped = map_in(&with_rate(), &fixture("tea"));
    assert_eq!(variants(&mapped)[0].vat.to_string(), "8 %");
}

#[test]
fn a_rate_that_is_told_stays_and_one_that_is_not_is_the_default_one() {
    let rate = |vat: Value, is_free: Value| {
        let mut row = fixture("lantern");
        row["productVat"] = vat;
        row["productVatFree"] = is_free;
        let vat =
            |context| map_in(&context, &row).product.map(|product| product.variants()[0].vat.to_string());
        [vat(context("pol")), vat(with_rate())].map(Option::unwrap_or_default)
    };
    for (vat, is_free, without, with_default) in [
        (json!(23), json!("n"), "23 %", "23 %"),
        (json!("5.0"), json!(null), "5 %", "5 %"),
        (json!(0), json!("n"), "0 %", "0 %"),
        (json!(23), json!("y"), "", "8 %"),
        (json!(null), json!("n"), "", "8 %"),
        (json!(""), json!("n"), "", "8 %"),
        // A rate that cannot be read is not one that is not told, and nor is a switch.
        (json!("23%"), json!("n"), "", ""),
        (json!(-1), json!("n"), "", ""),
        (json!(230), json!("n"), "", ""),
        (json!(23), json!("perhaps"), "", ""),
    ] {
        assert_eq!(rate(vat.clone(), is_free.clone()), [without, with_default], "{vat} {is_free}");
    }
}

#[test]
fn goods_are_for_sale_when_they_are_visible_and_nobody_guesses_whether_they_are() {
    let visible = |told: Value| changed("lantern", |row| row["productIsVisible"] = told);
    assert!(variants(&visible(json!("y")))[0].for_sale);
    assert!(!variants(&visible(json!("n")))[0].for_sale);
    for told in [json!(null), json!("Y"), json!(1), json!("")] {
        assert!(reason(&visible(told.clone())).contains("productIsVisible"), "{told}");
    }
    let mapped = changed("lantern", |row| remove(row, "productIsVisible"));
    assert_eq!(reason(&mapped), "uniw: broken record: productIsVisible is \"nothing\": mend it in the shop");
}

#[test]
fn a_category_is_told_by_its_id_and_0_is_none() {
    let categories = |told: Value| {
        let mapped = changed("lantern", |row| row["categoryId"] = told);
        let ids = |product: gateway_core::model::Product| {
            product.categories().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        mapped.product.map(ids).ok_or(mapped.rejects)
    };
    assert_eq!(categories(json!(52)).unwrap(), ["52"]);
    assert_eq!(categories(json!("52")).unwrap(), ["52"]);
    for none in [json!(0), json!("0"), json!(null), json!("")] {
        assert!(categories(none.clone()).unwrap().is_empty(), "{none}");
    }
    for broken in [json!("Lampiony"), json!(-1), json!(5.2)] {
        assert!(
            categories(broken.clone()).unwrap_err()[0].reason.to_string().contains("categoryId"),
            "{broken}"
        );
    }
}

#[test]
fn a_sku_is_the_sizes_own_code_else_the_products_and_a_broken_one_is_left_out() {
    let sku = |own: Value, of_product: Value| {
        let mapped = changed("lantern", |row| {
            row["productSizesAttributes"][0]["productSizeCodeExternal"] = own;
            row["productDisplayedCode"] = of_product;
        });
        let sku = variants(&mapped)[0].sku.as_ref().map(ToString::to_string);
        (sku, mapped.warnings.iter().filter(|warning| warning.what.contains("SKU")).count())
    };
    let is = |text: &str| Some(text.to_owned());
    assert_eq!(sku(json!("LAM-S"), json!("LAM-31")), (is("LAM-S"), 0));
    assert_eq!(sku(json!(" "), json!("LAM-31")), (is("LAM-31"), 0));
    assert_eq!(sku(json!(null), json!(3101)), (is("3101"), 0));
    assert_eq!(sku(json!(""), json!("")), (None, 0));
    assert_eq!(sku(json!("LAM\nS"), json!("LAM-31")), (None, 1), "the product's code is not what was meant");
}

#[test]
fn an_ean_with_a_wrong_digit_is_left_out_with_a_warning() {
    let mapped = changed("boots", |row| {
        row["productSizesAttributes"][1]["productSizeCodeProducer"] = json!("5907001420027");
    });
    let eans: Vec<_> =
        variants(&mapped).iter().map(|variant| variant.ean.as_ref().map(ToString::to_string)).collect();
    assert_eq!(eans, [Some("5907001420019".to_owned()), None]);
    let [warning] = mapped.warnings.as_slice() else { panic!("not one: {:?}", mapped.warnings) };
    assert_eq!(warning.variant.as_ref().unwrap().as_str(), "8");
    assert!(warning.what.starts_with("its EAN was left out: "), "{}", warning.what);
}

/// The identities of the lantern's pictures, and how many were left out.
fn pictures(told: Value) -> (Vec<String>, usize) {
    let mapped = changed("lantern", |row| row["productImages"] = told);
    let images = &variants(&mapped)[0].images;
    (images.iter().map(|image| image.identity().to_owned()).collect(), mapped.warnings.len())
}

#[test]
fn pictures_come_by_priority_as_numbers_and_those_without_one_last() {
    let picture = |name: &str, priority: Value| {
        json!({
            "productImageLargeUrl": format!("https://swietliki.example/{name}.jpg"),
            "productImagePriority": priority,
        })
    };
    let told = json!([
        picture("none", json!(null)),
        picture("ten", json!(10)),
        picture("two", json!("2")),
        picture("other", json!("first")),
        picture("again", json!(2)),
    ]);
    let (pictures, left_out) = pictures(told);
    assert_eq!(pictures, ["/two.jpg#", "/again.jpg#", "/ten.jpg#", "/none.jpg#", "/other.jpg#"]);
    assert_eq!(left_out, 0);
}

#[test]
fn a_picture_is_the_same_at_another_host_and_another_one_with_another_hash() {
    let of = |url: &str, hash: &str| {
        let (identities, left_out) =
            pictures(json!([{ "productImageLargeUrl": url, "productImageHash": hash }]));
        assert_eq!((identities.len(), left_out), (1, 0), "{url}");
        identities[0].clone()
    };
    let first = of("https://swietliki.example/a/1.jpg", "0a1b");
    assert_eq!(first, "/a/1.jpg#0a1b");
    assert_eq!(of("http://swietliki.panel.example:81/a/1.jpg", "0a1b"), first);
    assert_ne!(of("https://swietliki.example/a/1.jpg", "0a1c"), first);
    assert_ne!(of("https://swietliki.example/a/2.jpg", "0a1b"), first);
    assert_ne!(of("https://swietliki.example/a/1.jpg?v=2", "0a1b"), first);
}

#[test]
fn a_picture_is_fetched_from_the_address_that_is_told() {
    let mapped = map(&fixture("lantern"));
    let cover = &variants(&mapped)[0].images[0];
    let address = "https://swietliki.example/data/gfx/pictures/large/1/1/311_1.jpg?v=4";
    assert_eq!(cover.location(), address);
    assert_eq!(cover.public_url().unwrap().as_str(), address);
}

#[test]
fn a_picture_without_an_address_of_the_web_is_a_warning() {
    for broken in [json!(null), json!("brak"), json!("/data/1.jpg"), json!("ftp://swietliki.example/1.jpg")] {
        let (identities, left_out) = pictures(json!([
            { "productImageLargeUrl": broken },
            { "productImageLargeUrl": "https://swietliki.example/1.jpg" },
        ]));
        assert_eq!((identities, left_out), (vec!["/1.jpg#".to_owned()], 1), "{broken}");
    }
}

#[test]
fn texts_are_read_each_in_the_language_that_has_it() {
    let mapped = map_in(&context("eng"), &fixture("boots"));
    let product = mapped.product.unwrap();
    assert_eq!(product.brief().as_str(), "For any weather");
    assert_eq!(product.description().as_str(), "Z kauczuku.", "English has none");
}
