//! What both pages are made of.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::gateway::catalogue::Catalogue;
use crate::gateway::product::Product;

const STYLE: &str = include_str!("style.css");

pub(super) fn frame(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Gateway sandbox" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                footer { "A local stand-in for the marketplace. Nothing here is sold; everything is forgotten when it stops." }
            }
        }
    }
}

/// The pictures of a product that a browser may load.
pub(super) fn images(product: &Product) -> impl Iterator<Item = &str> {
    product.list("images").filter(|url| url.starts_with("http://") || url.starts_with("https://"))
}

/// The name stands beside every picture, so a picture's own text only has to say that there is one.
pub(super) fn picture(address: Option<&str>) -> Markup {
    html! {
        @match address {
            Some(address) => img src=(address) alt="picture" loading="lazy";,
            None => span.nopicture role="img" aria-label="no picture" { "no picture" },
        }
    }
}

/// The attributes by which a product differs from others of its family.
pub(super) fn variants(product: &Product) -> Vec<(&str, &str)> {
    let variants = product.field("data").get("variants").and_then(Value::as_object);
    let texts = variants.into_iter().flatten();
    texts.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
}

/// A product as a line of its family's list.
pub(super) fn row(product: &Product) -> Markup {
    let variants = variants(product);
    let codes = [("SKU", product.text("sku")), ("EAN", ean(product))];
    html! {
        li {
            a.which href={ "/view/" (product.guid) } {
                @if variants.is_empty() { "no variants" }
                @for (name, value) in variants { span { i { (name) } " " (value) } }
            }
            span.stock { (stock(product)) " in stock" }
            span.codes {
                @for (name, code) in codes.iter().filter(|(_, code)| !code.is_empty()) { span { (name) " " (code) } }
            }
            (badge(product))
        }
    }
}

pub(super) fn name(product: &Product) -> &str {
    match product.text("name") {
        "" => "(no name)",
        name => name,
    }
}

/// Net and gross with the VAT class. The net amount is shown with every digit it was sent with.
pub(super) fn price(product: &Product) -> Markup {
    let price = product.field("base_price");
    let currency = price.get("currency").and_then(Value::as_str).unwrap_or_default();
    html! {
        @match (product.net(), price.get("amount")) {
            (Some(net), Some(amount)) => {
                @if let Some(gross) = product.gross() {
                    strong.gross { (money(gross)) " " (currency) " " small { "gross" } }
                } @else {
                    strong.gross { "no gross price" }
                }
                span.net {
                    "net " @if net.scale() < 2 { (money(net)) } @else { (amount) } " " (currency)
                    " · " (product.text("vat"))
                }
            }
            _ => strong.gross { "no price" }
        }
    }
}

/// An amount with two decimals at least, and at most.
fn money(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}

pub(super) fn badge(product: &Product) -> Markup {
    let listing = &product.listing;
    let (class, text) = if product.activated.is_none() {
        ("off", "not in the web shop")
    } else if listing.archived == Some(true) {
        ("archived", "archived")
    } else if listing.for_sale == Value::Bool(true) {
        ("sale", "for sale")
    } else {
        ("off", "not for sale")
    };
    html! { span.badge.(class) { (text) } }
}

pub(super) fn stock(product: &Product) -> String {
    match &product.listing.stock_level {
        Value::Null => "–".to_owned(),
        level => level.to_string(),
    }
}

/// The names of a product's categories, with where they lie in the tree.
pub(super) fn categories(catalogue: &Catalogue, product: &Product) -> Vec<String> {
    let tags = product.list("tag_guids").filter_map(|guid| catalogue.tags.get(guid));
    let mut paths = Vec::new();
    for tag in tags.filter(|tag| tag.owner.is_none()) {
        let above = std::iter::successors(Some(tag), |tag| catalogue.tags.get(tag.parent.as_deref()?));
        let mut names: Vec<_> = above.map(|tag| tag.name.as_str()).collect();
        names.reverse();
        paths.push(names.join(" › "));
    }
    paths
}

pub(super) fn ean(product: &Product) -> &str {
    product.field("data").get("ean").and_then(Value::as_str).unwrap_or_default()
}
