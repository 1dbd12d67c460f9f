//! What the files with goods tell.

use std::collections::BTreeSet;

use idosell_sandbox::{Category, Goods, Group, Options, Parameter, Product, Shop, Size, Stock, Texts};

use crate::client::{get, goods, jumper, options, start};
use crate::xml::{Element, parse};

async fn offer(shop: &Shop) -> Element {
    parse(get(&shop.full_url()).await.xml())
}

/// The product of an offer that holds it alone.
async fn alone(product: Product) -> Element {
    let shop = start(options()).await;
    shop.hold(goods(vec![product]));
    let mut offer = offer(&shop).await;
    let mut products = offer.children.remove(0);
    assert_eq!(products.children.len(), 1);
    products.children.remove(0)
}

#[tokio::test]
async fn the_offer_tells_what_it_is() {
    let shop = start(options()).await;
    let told = offer(&shop).await;
    assert_eq!(told.name, "offer");
    assert_eq!((told.get("file_format"), told.get("version")), ("IOF", "3.0"));
    assert_eq!(told.get("generated"), "2026-02-12 12:00:00");
    assert_eq!(told.get("expires"), "2026-02-13 12:00:00");
    let products = told.child("products");
    assert_eq!((products.get("language"), products.get("currency")), ("pol", "PLN"));
    assert!(products.children.is_empty());
    shop.hold(Goods { products: vec![jumper()], language: "eng".to_owned(), currency: "EUR".to_owned() });
    let told = offer(&shop).await;
    let products = told.child("products");
    assert_eq!((products.get("language"), products.get("currency")), ("eng", "EUR"));
    assert_eq!(products.child("product").get("currency"), "EUR");
}

#[tokio::test]
async fn a_product_is_told_as_it_is_held() {
    let shop = start(options()).await;
    shop.hold(goods(vec![jumper()]));
    let told = offer(&shop).await;
    let product = told.child("products").child("product");
    let told = ["type", "id", "vat", "currency", "code_on_card", "producer_code_standard"];
    let told = told.map(|name| product.get(name));
    assert_eq!(told, ["regular", "840", "23.0", "PLN", "SWT", "4006381333931"]);
    assert!(!product.attributes.contains_key("removed"));
    let category = product.child("category");
    assert_eq!((category.get("id"), category.get("name")), ("117", "Odzież/Swetry"));
    assert_eq!(product.child("card").get("url"), format!("{}/product-840.html", shop.url()));
    let description = product.child("description");
    assert_eq!(description.in_language("name", "pol"), "Sweter Brzoza & Dąb");
    assert_eq!(description.in_language("name", "eng"), "Birch & Oak jumper");
    assert_eq!(description.child("short_desc").text, "<b>Miękki</b>");
    assert_eq!(description.in_language("long_desc", "eng"), "<p>Of <b>wool</b>.</p>");
    assert_eq!(product.child("ext:visibility").child("ext:site").get("visible"), "yes");
    let price = product.child("price");
    assert_eq!((price.get("gross"), price.get("net")), ("115.00", "93.50"));
    let parameter = product.child("group").child("group_by_parameter");
    assert_eq!(product.child("group").get("first_product_id"), "840");
    assert_eq!(parameter.in_language("name", "eng"), "Colour");
    assert_eq!(parameter.child("product_value").in_language("name", "pol"), "Szary");
}

#[tokio::test]
async fn a_size_is_told_as_it_is_held() {
    let product = alone(jumper()).await;
    let sizes: Vec<&Element> = product.child("sizes").all("size").collect();
    let told = ["id", "name", "panel_name", "code", "code_producer", "ext:code_external", "available"];
    let told = told.map(|name| sizes[0].get(name));
    assert_eq!(told, ["2", "S", "s", "840-2", "5901234123457", "SWT-S", "in_stock"]);
    assert_eq!(sizes[0].child("price").get("net"), "97.55");
    let stocks: Vec<_> = sizes[0].all("stock").collect();
    let told = |stock: &Element| {
        ["id", "quantity", "available_stock_quantity"].map(|name| stock.get(name).to_owned())
    };
    assert_eq!(told(stocks[0]), ["0", "2.5", "2.5"]);
    assert_eq!(told(stocks[1]), ["1", "-1", "-1"]);
    assert_eq!(sizes[1].attributes.keys().collect::<Vec<_>>(), ["code", "id"], "nothing is made up");
    assert!(sizes[1].children.is_empty());
}

#[tokio::test]
async fn what_is_not_told_is_left_out() {
    let removed = alone(Product { id: 77, removed: true, ..Product::default() }).await;
    assert_eq!(removed.get("removed"), "yes");
    assert_eq!(removed.get("vat"), "0.0");
    let children: Vec<&str> = removed.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(children, ["unit", "card", "description", "price"]);
    assert!(removed.child("description").children.is_empty());
    let hidden = alone(Product { visible: Some(false), ..Product::default() }).await;
    assert_eq!(hidden.child("ext:visibility").child("ext:site").get("visible"), "no");
}

#[tokio::test]
async fn numbers_keep_their_digits() {
    for (vat, gross, told) in [
        ("23", "1.005", ["23.0", "1.005", "0.82"]),
        ("5.5", "10.5", ["5.5", "10.50", "9.95"]),
        ("8.00", "1.08", ["8.0", "1.08", "1.00"]),
        ("-100", "3", ["-100.0", "3.00", "3.00"]),
        (
            "0",
            "79228162514264337593543950335",
            ["0.0", "79228162514264337593543950335", "79228162514264337593543950335"],
        ),
    ] {
        let (vat, gross) = (vat.parse().unwrap(), gross.parse().unwrap());
        let product = alone(Product { vat, gross, ..Product::default() }).await;
        let price = product.child("price");
        assert_eq!([product.get("vat"), price.get("gross"), price.get("net")], told);
    }
}

#[tokio::test]
async fn light_tells_prices_and_stock_alone() {
    let shop = start(options()).await;
    shop.hold(goods(vec![jumper()]));
    let told = parse(get(&shop.full_url().replace("/full/", "/light/")).await.xml());
    let product = told.child("products").child("product");
    assert_eq!(product.attributes.keys().collect::<Vec<_>>(), ["id", "vat"]);
    let children: Vec<&str> = product.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(children, ["price", "sizes"]);
    let size = product.child("sizes").all("size").next().unwrap();
    let attributes: Vec<_> = size.attributes.keys().collect();
    assert_eq!(attributes, ["code", "code_producer", "ext:code_external", "id"]);
    assert_eq!(size.all("stock").count(), 2);
}

/// Texts that break XML which is put together without care.
const HOSTILE: [&str; 15] = [
    "]]>",
    "]]\u{0}>",
    "a]]>b]]>c",
    "]]",
    "]",
    "]]]]><![CDATA[>",
    "<![CDATA[",
    "</name><evil/>",
    "&amp;&#0;&nbsp;&",
    "\"'><x a='",
    "\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\u{fffe}\u{ffff}",
    "a\r\nb\rc\td\n",
    "\u{85}\u{2028}\u{feff}\u{10FFFF}🙂ąęć",
    "--><!--<?php ?>",
    " \t\n ",
];

#[tokio::test]
async fn any_text_arrives_as_it_is_but_for_what_xml_cannot_hold() {
    for hostile in HOSTILE {
        let text = || hostile.to_owned();
        let all = || -> Texts { [("pol".to_owned(), text()), (text(), text())].into() };
        let product = alone(Product {
            kind: text(),
            name: all(),
            short_desc: all(),
            long_desc: all(),
            categories: vec![Category { id: 1, path: text() }],
            sizes: vec![Size {
                id: text(),
                name: text(),
                panel_name: text(),
                code_external: text(),
                code_producer: text(),
                gross: None,
                available: Some(text()),
                stocks: vec![Stock::default()],
            }],
            group: Some(Group {
                first_product_id: 1,
                parameters: vec![Parameter { name: all(), value: all() }],
            }),
            code_on_card: Some(text()),
            producer_code_standard: Some(text()),
            ..Product::default()
        })
        .await;
        let held: String = hostile
            .chars()
            .filter(|c| !"\0\u{1}\u{8}\u{b}\u{c}\u{1f}\u{fffe}\u{ffff}".contains(*c))
            .collect();
        for name in ["name", "short_desc", "long_desc"] {
            assert_eq!(product.child("description").in_language(name, "pol"), held);
            assert_eq!(product.child("description").in_language(name, &held), held);
        }
        let parameter = product.child("group").child("group_by_parameter");
        assert_eq!(parameter.in_language("name", &held), held);
        assert_eq!(parameter.child("product_value").in_language("name", "pol"), held);
        let size = product.child("sizes").child("size");
        for name in ["id", "name", "panel_name", "ext:code_external", "code_producer", "available"] {
            assert_eq!(size.get(name), held, "{name}");
        }
        for name in ["type", "code_on_card", "producer_code_standard"] {
            assert_eq!(product.get(name), held, "{name}");
        }
        assert_eq!(product.child("category").get("name"), held);
    }
}

#[tokio::test]
async fn a_hostile_offer_is_well_formed_too() {
    for hostile in HOSTILE {
        let token = "FAKE-TOKEN".to_owned();
        let shop = start(Options { token, ..options() }).await;
        let text = hostile.to_owned();
        shop.hold(Goods { products: vec![jumper()], language: text.clone(), currency: text });
        offer(&shop).await;
        parse(get(&shop.full_url().replace("/full/", "/light/")).await.xml());
        parse(get(&shop.feed_url()).await.xml());
    }
}

#[tokio::test]
async fn pictures_are_where_the_offer_says_and_each_is_another() {
    let shop = start(options()).await;
    shop.hold(goods(vec![jumper()]));
    let told = offer(&shop).await;
    let images = told.child("products").child("product").child("images").child("large");
    let images: Vec<&Element> = images.all("image").collect();
    assert_eq!(images[0].get("url"), format!("{}/data/gfx/pictures/large/8402.png", shop.url()));
    assert_eq!(images.iter().map(|image| image.get("ext:priority")).collect::<Vec<_>>(), ["1", "2"]);
    let (mut hashes, mut contents) = (BTreeSet::new(), BTreeSet::new());
    for (image, id) in images.iter().zip([8402, 8401]) {
        let answer = get(image.get("url")).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["content-type"]),
            (200, &"image/png".parse().unwrap())
        );
        assert!(answer.body.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(answer.body, shop.picture(id));
        hashes.insert(image.get("hash"));
        contents.insert(answer.body);
    }
    assert_eq!((hashes.len(), contents.len()), (2, 2));
    for name in ["x.png", "1", "1.jpg", "-1.png", ".png", "99999999999999999999.png"] {
        let url = format!("{}/data/gfx/pictures/large/{name}", shop.url());
        assert_eq!(get(&url).await.status, 404, "{name}");
    }
}
