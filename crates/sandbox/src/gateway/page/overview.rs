//! The first page: a shop's families.

use maud::{Markup, html};
use url::form_urlencoded;

use super::Wanted;
use super::family::{self, Family};
use super::parts;
use crate::gateway::catalogue::Catalogue;
use crate::gateway::server::Shared;

const FAMILIES_A_PAGE: usize = 24;

/// A longer list of variants is folded.
const VARIANTS_SHOWN: usize = 5;

pub(super) fn page(shared: &Shared, wanted: &Wanted) -> Markup {
    let pictures = shared.pictures().len();
    let catalogue = shared.catalogue();
    let known = shared.shops.iter().map(|shop| shop.guid.as_str());
    let shop =
        known.clone().find(|guid| *guid == wanted.shop).or_else(|| known.clone().next()).unwrap_or_default();
    let families = family::of_shop(&catalogue, shop);
    let products: usize = families.iter().map(|family| family.products.len()).sum();
    let archived = families.iter().flat_map(|family| &family.products);
    let archived = archived.filter(|product| product.listing.archived == Some(true)).count();
    let tags = catalogue.tags.all().filter(|tag| tag.owner.as_deref() == Some(shop)).count();
    let categories = catalogue.tags.all().filter(|tag| tag.owner.is_none()).count();
    let all = families.len();
    let query = wanted.q.trim();
    let found: Vec<_> = families.into_iter().filter(|family| family.matches(&catalogue, query)).collect();
    let last = found.len().div_ceil(FAMILIES_A_PAGE).max(1);
    let current = wanted.page.parse().unwrap_or(1).clamp(1, last);
    let link = |page: usize| {
        let page = page.to_string();
        let parts = [("shop", shop), ("q", query), ("page", page.as_str())];
        format!("/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(parts).finish())
    };
    let body = html! {
        header {
            p.brand { a href="/" { "Gateway sandbox" } }
            p.guid { "shop " code { (shop) } }
            @if shared.shops.len() > 1 {
                nav.shops aria-label="shops" {
                    @for other in known.filter(|guid| *guid != shop) {
                        a href={ "/?shop=" (other) } { "go to shop " (other) }
                    }
                }
            }
            dl.summary {
                (figure(products, "products"))
                (figure(all, "families"))
                (figure(archived, "archived"))
                (figure(tags, "variant tags"))
                (figure(categories, "categories"))
                (figure(pictures, "pictures stored"))
            }
            form action="/" method="get" role="search" {
                input type="hidden" name="shop" value=(shop);
                input type="search" name="q" value=(query) placeholder="Name, SKU, EAN, category, variant" aria-label="search the goods";
                button { "Search" }
            }
        }
        main {
            @if !query.is_empty() {
                p.found { (found.len()) " of " (all) " families match “" (query) "”. " a href={ "/?shop=" (shop) } { "Show all" } }
            }
            @if all == 0 {
                div.empty {
                    h2 { "No goods yet" }
                    p { "Point a connector at this address and run its import; then load this page again." }
                }
            }
            div.families {
                @for family in found.iter().skip((current - 1) * FAMILIES_A_PAGE).take(FAMILIES_A_PAGE) {
                    (card(&catalogue, family))
                }
            }
            @if last > 1 {
                nav.pages aria-label="pages" {
                    @if current > 1 { a rel="prev" href=(link(current - 1)) { "← Newer" } } @else { span { "← Newer" } }
                    b { "Page " (current) " of " (last) }
                    @if current < last { a rel="next" href=(link(current + 1)) { "Older →" } } @else { span { "Older →" } }
                }
            }
        }
    };
    parts::frame("Goods", &body)
}

fn figure(number: usize, name: &str) -> Markup {
    html! { div { dt { (name) } dd { (number) } } }
}

fn card(catalogue: &Catalogue, family: &Family<'_>) -> Markup {
    let Some(first) = family.products.first() else { return html! {} };
    let image = family.products.iter().find_map(|product| parts::images(product).next());
    let name = parts::name(first);
    html! {
        article.card {
            a.picture href={ "/view/" (first.guid) } { (parts::picture(image)) }
            div.about {
                h2 { a href={ "/view/" (first.guid) } { (name) } }
                p.categories {
                    @for path in parts::categories(catalogue, first) { span { (path) } }
                }
                p.price { (parts::price(first)) }
            }
            ul.variants {
                @for product in family.products.iter().take(VARIANTS_SHOWN) { (parts::row(product)) }
            }
            @if family.products.len() > VARIANTS_SHOWN {
                details {
                    summary { (family.products.len() - VARIANTS_SHOWN) " more variants" }
                    ul.variants {
                        @for product in family.products.iter().skip(VARIANTS_SHOWN) { (parts::row(product)) }
                    }
                }
            }
        }
    }
}
