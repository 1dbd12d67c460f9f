//! The page of one product.

use maud::{Markup, html};

use super::{family, parts};
use crate::gateway::catalogue::Catalogue;
use crate::gateway::product::{Product, stamp};

/// The page, when there is such a product.
pub(super) fn page(catalogue: &Catalogue, guid: &str) -> Option<Markup> {
    let product = catalogue.any(guid)?;
    let name = parts::name(product);
    let images: Vec<_> = parts::images(product).collect();
    let siblings = family::siblings(catalogue, product);
    let shape = catalogue.read_shape(product);
    let raw = serde_json::to_string_pretty(&shape).unwrap_or_default();
    let body = html! {
        header { p.brand { a href={ "/?shop=" (product.owner) } { "← All goods" } } }
        main.single {
            div.gallery {
                @if images.is_empty() { (parts::picture(None)) }
                @for image in images { a href=(image) { (parts::picture(Some(image))) } }
            }
            div.about {
                (parts::badge(product))
                h1 { (name) }
                p.price { (parts::price(product)) }
                @if !product.text("brief").is_empty() { p.brief { (product.text("brief")) } }
                (fields(catalogue, product))
                @if !siblings.is_empty() {
                    h2 { "Other variants" }
                    div.siblings { ul.variants { @for sibling in siblings { (parts::row(sibling)) } } }
                }
                @if !product.text("desc").is_empty() {
                    h2 { "Description" }
                    div.text { (product.text("desc")) }
                }
            }
            details.raw { summary { "As the API answers it" } pre { (raw) } }
        }
    };
    Some(parts::frame(name, &body))
}

fn fields(catalogue: &Catalogue, product: &Product) -> Markup {
    let categories = parts::categories(catalogue, product).join("\n");
    let own = product.list("tag_guids").filter_map(|guid| catalogue.tags.get(guid));
    let own: Vec<_> = own.filter(|tag| tag.owner.is_some()).map(|tag| tag.name.as_str()).collect();
    let other = |name| product.fields.get(name).filter(|value| !value.is_null()).map(ToString::to_string);
    let rows = [
        ("SKU", product.text("sku").to_owned()),
        ("EAN", parts::ean(product).to_owned()),
        ("Stock level", parts::stock(product)),
        ("Categories", categories),
        ("Variant tags", own.join("\n")),
        ("Size", other("size").unwrap_or_default()),
        ("Weight", other("weight").unwrap_or_default()),
        ("Type", other("type").unwrap_or_default()),
        ("Product guid", product.guid.clone()),
        ("Shop guid", product.owner.clone()),
        ("Created", stamp(product.created)),
        ("Changed", stamp(product.updated)),
        ("In the web shop since", product.activated.map(stamp).unwrap_or_default()),
    ];
    html! {
        dl.fields {
            @for (name, value) in parts::variants(product) { div { dt { (name) } dd { (value) } } }
            @for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) { div { dt { (name) } dd { (value) } } }
        }
    }
}

pub(super) fn missing(guid: &str) -> Markup {
    let body = html! {
        header { p.brand { a href="/" { "← All goods" } } }
        main { div.empty { h2 { "No such product" } p { code { (guid) } " is not here, or was deleted." } } }
    };
    parts::frame("No such product", &body)
}
