//! Goods that are made when they are read.

use std::collections::{BTreeMap, BTreeSet};

use idosell_sandbox::{Options, synthetic, write_offer};

use crate::client::{get, options, start};
use crate::xml::{Element, parse};

const COUNT: u32 = 1000;

fn written(products: u32) -> String {
    let mut out = Vec::new();
    let now = "2026-02-12T11:00:00Z".parse().unwrap();
    write_offer(&mut out, "https://sklep.example", products, now).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_synthetic_offer_is_well_formed_and_each_of_its_products_some_8_kilobytes() {
    let text = written(COUNT);
    let each = text.len() / usize::try_from(COUNT).unwrap();
    assert!((7_000..9_500).contains(&each), "{each} bytes each");
    let offer = parse(&text);
    let products: Vec<&Element> = offer.child("products").all("product").collect();
    assert_eq!(products.len(), 1000);
    let mut categories = BTreeSet::new();
    for (product, id) in products.iter().zip(1..) {
        assert_eq!(product.get("id"), id.to_string());
        let description = product.child("description");
        for language in ["pol", "eng"] {
            assert!(!description.in_language("name", language).is_empty());
            assert!(description.in_language("long_desc", language).len() > 2000);
        }
        assert!((1..=4).contains(&product.child("sizes").children.len()));
        assert_eq!(product.child("images").child("large").children.len(), 2);
        categories.insert((product.child("category").get("id"), product.child("category").get("name")));
    }
    assert!((24..100).contains(&categories.len()), "{}", categories.len());
    let ids: BTreeSet<_> = categories.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), categories.len(), "an id has one path");
}

#[test]
fn the_same_place_is_the_same_product() {
    assert_eq!(synthetic(17, COUNT), synthetic(17, COUNT));
    let all: Vec<_> = (0..COUNT).map(|index| synthetic(index, COUNT)).collect();
    let codes: BTreeSet<_> =
        all.iter().flat_map(|product| &product.sizes).map(|size| &size.code_external).collect();
    assert_eq!(codes.len(), all.iter().map(|product| product.sizes.len()).sum::<usize>(), "no SKU twice");
    let pictures: BTreeSet<_> = all.iter().flat_map(|product| &product.pictures).collect();
    assert_eq!(pictures.len(), 2000);
}

#[test]
fn each_tenth_is_one_of_a_family_whose_two_stand_far_apart() {
    for count in [0, 1, 2, 3, 39, 40, COUNT, COUNT + 1] {
        let mut families: BTreeMap<u64, Vec<_>> = BTreeMap::new();
        for product in (0..count).map(|index| synthetic(index, count)) {
            if let Some(group) = &product.group {
                families.entry(group.first_product_id).or_default().push(product);
            }
        }
        for (first, members) in &families {
            let ids: Vec<u64> = members.iter().map(|member| member.id).collect();
            assert_eq!(ids, [*first, first + u64::from(count / 2)]);
            let values: Vec<_> =
                members.iter().map(|member| &member.group.as_ref().unwrap().parameters).collect();
            assert_ne!(values[0], values[1]);
            assert_eq!((&members[0].name, &members[0].vat), (&members[1].name, &members[1].vat));
        }
        assert_eq!(families.len(), usize::try_from((count / 2).div_ceil(10)).unwrap(), "of {count}");
    }
}

#[tokio::test]
async fn a_shop_serves_them_as_they_are_written() {
    let shop = start(Options { products: 300, ..options() }).await;
    let served = get(&shop.full_url()).await;
    let expected = written(300).replace("https://sklep.example", &shop.url());
    assert!(served.xml() == expected, "{} bytes instead of {}", served.body.len(), expected.len());
    let light = parse(get(&shop.full_url().replace("/full/", "/light/")).await.xml());
    assert_eq!(light.child("products").children.len(), 300);
    shop.hold(idosell_sandbox::Goods::default());
    assert_eq!(parse(get(&shop.full_url()).await.xml()).child("products").children.len(), 0);
}

#[test]
fn eans_have_right_check_digits() {
    let products = (0..COUNT).map(|index| synthetic(index, COUNT));
    let codes: Vec<String> =
        products.flat_map(|product| product.sizes).map(|size| size.code_producer).collect();
    let told: Vec<&String> = codes.iter().filter(|code| !code.is_empty()).collect();
    assert!(told.len() > 500 && told.len() < codes.len());
    for code in &told {
        let weighted = code.bytes().zip([1, 3].into_iter().cycle());
        let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        assert!(code.len() == 13 && sum.is_multiple_of(10), "{code}");
    }
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len());
}
