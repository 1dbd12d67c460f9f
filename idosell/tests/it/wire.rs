//! What a file holds.

use idosell::wire::{Document, Entry, Gateway, Link, Offer, Product, ReadError, open};

/// `tests/fixtures/offer.xml` or another one.
pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

pub(crate) fn offer(text: &[u8]) -> Result<Offer<&[u8]>, ReadError> {
    match open(text)? {
        Document::Offer(offer) => Ok(offer),
        Document::Gateway(gateway) => panic!("no offer: {gateway:?}"),
    }
}

/// All that an offer holds, and how it ended.
pub(crate) fn entries(text: &[u8]) -> (Vec<Entry>, Result<(), ReadError>) {
    let mut entries = Vec::new();
    let mut offer = match offer(text) {
        Ok(offer) => offer,
        Err(error) => return (entries, Err(error)),
    };
    loop {
        match offer.next_entry() {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => return (entries, Ok(())),
            Err(error) => return (entries, Err(error)),
        }
    }
}

/// An offer with these products.
pub(crate) fn offer_of(products: &str) -> String {
    format!(
        "<offer><products xmlns:iaiext=\"http://www.iai-shop.com/developers/iof/extensions.phtml\" language=\"pol\" \
         currency=\"PLN\">{products}</products></offer>"
    )
}

/// The one product of an offer.
pub(crate) fn one(product: &str) -> Product {
    let (entries, end) = entries(offer_of(product).as_bytes());
    end.unwrap();
    match <[Entry; 1]>::try_from(entries).unwrap() {
        [Entry::Product(product)] => *product,
        [Entry::Broken(broken)] => panic!("{broken:?}"),
    }
}

fn gateway(text: &str) -> Gateway {
    match open(text.as_bytes()).unwrap() {
        Document::Gateway(gateway) => gateway,
        Document::Offer(_) => panic!("an offer"),
    }
}

fn link(url: &str, hash: Option<&str>, changed: Option<&str>) -> Option<Link> {
    let text = |text: &str| Some(text.to_owned());
    Some(Link { url: text(url), hash: hash.and_then(text), changed: changed.and_then(text) })
}

#[test]
fn a_gateway_file_tells_where_the_others_are() {
    let read = gateway(&fixture("gateway"));
    let full = link(
        "https://brzoza.example/edi/full.xml?token=not-a-secret&a=1",
        Some("5f3a"),
        Some("2026-02-12 03:00:10"),
    );
    let light = link("https://brzoza.example/edi/light.xml", Some("6b1c"), Some("2026-02-12 03:10:00"));
    assert_eq!(read, Gateway { full, light });
}

#[test]
fn the_marketplaces_gateway_file_tells_less() {
    let read = gateway(&fixture("marketplace"));
    let full = link("https://brzoza.example/export/full", None, Some("2026-02-11 20:01:14"));
    assert_eq!(read, Gateway { full, light: link("https://brzoza.example/export/light", None, None) });
    assert_eq!(gateway("<provider_description/>"), Gateway::default());
}

#[test]
fn an_offer_tells_of_itself_and_then_its_products() {
    let text = fixture("offer");
    let read = offer(text.as_bytes()).unwrap();
    insta::assert_debug_snapshot!(read.head());
    let (entries, end) = entries(text.as_bytes());
    end.unwrap();
    insta::assert_debug_snapshot!(entries);
}

#[test]
fn extensions_are_told_by_their_namespace_and_not_by_their_prefix() {
    let size = |attributes: &str| {
        let product =
            one(&format!("<product id=\"1\"><sizes><size id=\"3\" {attributes}/></sizes></product>"));
        product.sizes[0].code_external.clone()
    };
    let uri = idosell::wire::EXTENSIONS;
    assert_eq!(size("iaiext:code_external=\"A\"").as_deref(), Some("A"), "bound in the head");
    assert_eq!(size(&format!("xmlns:x=\"{uri}\" x:code_external=\"B\"")).as_deref(), Some("B"));
    assert_eq!(size("xmlns:iaiext=\"urn:other\" iaiext:code_external=\"C\""), None, "bound anew");
    assert_eq!(size("unbound:code_external=\"D\""), None);
    assert_eq!(size("code_external=\"E\""), None, "IOF has none of its own");
    let product = one(
        "<product id=\"1\" xmlns:o=\"urn:other\"><o:price gross=\"1\"/><iaiext:price gross=\"2\"/><price gross=\"3\"/></product>",
    );
    assert_eq!(product.prices.len(), 1);
    assert_eq!(product.prices[0].gross.as_deref(), Some("3"));
}

#[test]
fn only_what_stands_where_it_belongs_is_read() {
    let product =
        one("<product id=\"1\"><promotion><price gross=\"1\"/><sizes><size id=\"9\"/></sizes></promotion>\
         <description><version><name>Not this</name></version><name>This<b>nor this</b></name></description>\
         <images><icons><image url=\"x\"/></icons></images><size id=\"8\"/><stock quantity=\"1\"/>\
         <bundled><product id=\"2\"><price gross=\"4\"/></product></bundled>\
         <sizes><x><size id=\"7\"/></x></sizes></product>");
    assert_eq!(product.prices, []);
    assert_eq!(product.sizes, []);
    assert_eq!(product.images, []);
    assert_eq!(product.name.get("pol", "pol"), Some("This"));
}

#[test]
fn texts_are_read_as_they_are_meant() {
    let product = one("<product id=\" 1 \" code_on_card=\"A&amp;&#x17C;&#10;B\" vat=\"\"><description>\
         <name>a &lt; <![CDATA[<b> & ]]>&#380;<!-- no --> z\r\n</name></description></product>");
    assert_eq!(product.id, "1");
    assert_eq!(product.code_on_card.as_deref(), Some("A&ż\nB"));
    assert_eq!(product.vat, None, "nothing is told");
    assert_eq!(product.name.get("pol", "pol"), Some("a < <b> & ż z"));
}

#[test]
fn a_text_is_in_the_language_that_it_or_what_it_stands_in_tells() {
    let product = one(
        "<product id=\"1\"><description xml:lang=\"eng\"><name>Mug</name><name xml:lang=\"POL\">Kubek</name></description>\
         <description><name xml:lang=\"ger\"> </name><name>Becher</name></description></product>",
    );
    let name = |language| product.name.get(language, "ger");
    assert_eq!((name("eng"), name("pol"), name("ger")), (Some("Mug"), Some("Kubek"), Some("Becher")));
    assert_eq!(name("cze"), None);
}

#[test]
fn a_byte_order_mark_and_white_space_do_no_harm() {
    let text = offer_of("<product id=\"1\"/>");
    for before in [
        "\u{feff}",
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n",
        "\n\n<?xml version=\"1.0\"?>",
        "<!-- x -->",
    ] {
        let (read, end) = entries(format!("{before}{text}\n<!-- x -->\n").as_bytes());
        end.unwrap();
        assert_eq!(read.len(), 1, "{before:?}");
    }
    let (read, end) = entries(b"<offer><meta><x/></meta><products/><meta/></offer>");
    end.unwrap();
    assert_eq!(read, []);
}
