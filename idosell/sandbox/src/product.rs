//! A product, as the files tell it.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::goods::{Product, Size, Texts};
use crate::key::sha1;
use crate::xml::{Attributes, Xml};

/// The namespace of what IdoSell adds to IOF.
pub(crate) const EXTENSIONS: &str = "http://www.iai-shop.com/developers/iof/extensions.phtml";

/// Where the shop has its pictures.
pub(crate) const PICTURES: &str = "/data/gfx/pictures/large/";

/// A product of the whole offer, of a shop at this address.
pub(crate) fn full(product: &Product, url: &str, currency: &str) -> String {
    let mut xml = Xml::default();
    let attributes = |tag: &mut Attributes<'_>| {
        tag.set_filled("type", &product.kind).set("id", product.id).set("vat", percent(product.vat));
        tag.set("currency", currency);
        tag.set_filled("code_on_card", product.code_on_card.as_deref().unwrap_or_default());
        let code = product.producer_code_standard.as_deref().unwrap_or_default();
        tag.set_filled("producer_code_standard", code);
        if product.removed {
            tag.set("removed", "yes");
        }
    };
    xml.element("product", attributes, |xml| {
        for category in &product.categories {
            xml.empty("category", |tag| {
                tag.set("id", category.id).set("name", &category.path);
            });
        }
        xml.empty("unit", |tag| {
            tag.set("id", 0).set("name", "szt.");
        });
        // Recorded files bind the prefix anew inside of products.
        xml.empty("card", |tag| {
            tag.set("xmlns:iaiext", EXTENSIONS).set("url", format_args!("{url}/product-{}.html", product.id));
        });
        description(xml, product);
        if let Some(visible) = product.visible {
            let extensions = |tag: &mut Attributes<'_>| {
                tag.set("xmlns:iaiext", EXTENSIONS);
            };
            xml.element("iaiext:visibility", extensions, |xml| {
                xml.empty("iaiext:site", |tag| {
                    tag.set("visible", if visible { "yes" } else { "no" });
                });
            });
        }
        price(xml, product.gross, product.vat);
        sizes(xml, product, false);
        pictures(xml, product, url);
        group(xml, product);
    });
    xml.raw("\n");
    xml.into_string()
}

/// A product of the offer of prices and stock alone.
pub(crate) fn light(product: &Product) -> String {
    let mut xml = Xml::default();
    let attributes = |tag: &mut Attributes<'_>| {
        tag.set("id", product.id).set("vat", percent(product.vat));
    };
    xml.element("product", attributes, |xml| {
        price(xml, product.gross, product.vat);
        sizes(xml, product, true);
    });
    xml.raw("\n");
    xml.into_string()
}

fn none(_: &mut Attributes<'_>) {}

fn texts(xml: &mut Xml, name: &str, texts: &Texts) {
    for (language, text) in texts {
        let attributes = |tag: &mut Attributes<'_>| {
            tag.set("xml:lang", language);
        };
        xml.element(name, attributes, |xml| xml.text(text));
    }
}

fn description(xml: &mut Xml, product: &Product) {
    xml.element("description", none, |xml| {
        texts(xml, "name", &product.name);
        texts(xml, "short_desc", &product.short_desc);
        texts(xml, "long_desc", &product.long_desc);
    });
}

fn price(xml: &mut Xml, gross: Decimal, vat: Decimal) {
    xml.empty("price", |tag| {
        tag.set("gross", places(gross, 2)).set("net", places(net(gross, vat), 2));
    });
}

fn sizes(xml: &mut Xml, product: &Product, is_light: bool) {
    if product.sizes.is_empty() {
        return;
    }
    xml.element("sizes", none, |xml| {
        for size in &product.sizes {
            let attributes = |tag: &mut Attributes<'_>| size_attributes(tag, product.id, size, is_light);
            xml.element("size", attributes, |xml| {
                if let Some(gross) = size.gross {
                    price(xml, gross, product.vat);
                }
                for stock in &size.stocks {
                    let quantity = stock.quantity.normalize();
                    xml.empty("stock", |tag| {
                        tag.set("id", stock.id).set("quantity", quantity);
                        tag.set("available_stock_quantity", quantity);
                    });
                }
            });
        }
    });
}

fn size_attributes(tag: &mut Attributes<'_>, product: u64, size: &Size, is_light: bool) {
    if !is_light {
        tag.set_filled("available", size.available.as_deref().unwrap_or_default());
    }
    tag.set_filled("id", &size.id);
    if !is_light {
        tag.set_filled("name", &size.name).set_filled("panel_name", &size.panel_name);
    }
    if !size.id.is_empty() {
        tag.set("code", format_args!("{product}-{}", size.id));
    }
    tag.set_filled("code_producer", &size.code_producer);
    tag.set_filled("iaiext:code_external", &size.code_external);
}

fn pictures(xml: &mut Xml, product: &Product, url: &str) {
    if product.pictures.is_empty() {
        return;
    }
    xml.element("images", none, |xml| {
        xml.element("large", none, |xml| {
            for (place, id) in product.pictures.iter().enumerate() {
                xml.empty("image", |tag| {
                    tag.set("url", format_args!("{url}{PICTURES}{id}.png"));
                    tag.set("hash", sha1(sandbox_kit::png(*id))).set("iaiext:priority", place + 1);
                });
            }
        });
    });
}

fn group(xml: &mut Xml, product: &Product) {
    let Some(group) = &product.group else { return };
    let first = |tag: &mut Attributes<'_>| {
        tag.set("first_product_id", group.first_product_id);
    };
    xml.element("group", first, |xml| {
        for parameter in &group.parameters {
            xml.element(
                "group_by_parameter",
                |tag| mark(tag, &parameter.name),
                |xml| {
                    texts(xml, "name", &parameter.name);
                    xml.element(
                        "product_value",
                        |tag| mark(tag, &parameter.value),
                        |xml| {
                            texts(xml, "name", &parameter.value);
                        },
                    );
                },
            );
        }
    });
}

/// The id of what has only texts: the same texts, the same id.
fn mark(tag: &mut Attributes<'_>, texts: &Texts) {
    let all: Vec<&str> = texts.iter().flat_map(|(language, text)| [language.as_str(), text]).collect();
    let id: String = sha1(all.join("\n")).chars().take(8).collect();
    tag.set("id", id);
}

/// `23.0`.
fn percent(vat: Decimal) -> String {
    places(vat.normalize(), 1)
}

/// A number with at least so many decimal places.
fn places(mut number: Decimal, least: u32) -> String {
    number.rescale(number.scale().max(least));
    number.to_string()
}

/// IOF's own net price, of two places.
fn net(gross: Decimal, vat: Decimal) -> Decimal {
    let with_vat = Decimal::ONE_HUNDRED.checked_add(vat);
    let net = gross.checked_mul(Decimal::ONE_HUNDRED).zip(with_vat);
    // An amount that cannot be reckoned with is none that a shop has.
    let net = net.and_then(|(gross, with_vat)| gross.checked_div(with_vat)).unwrap_or(gross);
    net.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
