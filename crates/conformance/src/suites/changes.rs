//! What the marketplace holds after an import, a second one, and one after the shop has changed.

use std::collections::BTreeMap;
use std::time::Duration;

use gateway_core::assumptions::LONGEST_NAME;
use gateway_core::model::{Markdown, Name};
use http::Method;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::arena::{Arena, Imported, Marketplace};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Product, mark};

pub(super) async fn repetition(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::varied());
    let marketplace = arena.marketplace().await?;
    let first = imported(arena, &marketplace).await?;
    is_there(arena, &marketplace, &catalogue)?;
    let variants: usize = catalogue.products.iter().map(|product| product.variants.len()).sum();
    ensure(first.summary.created == variants as u64, || {
        format!(
            "{variants} variants were to be created, and {} were: {:?}",
            first.summary.created, first.told
        )
    })?;
    for run in ["second", "third"] {
        nothing_to_do(arena, &marketplace, variants)
            .await
            .map_err(|finding| finding.at(&format!("the {run} run")))?;
    }
    Ok(())
}

/// An import of what the marketplace has already.
async fn nothing_to_do(arena: &Arena<'_>, marketplace: &Marketplace, variants: usize) -> Verdict {
    let before = marketplace.gateway.calls().len();
    let again = imported(arena, marketplace).await?;
    let written: Vec<String> = marketplace
        .gateway
        .calls()
        .iter()
        .skip(before)
        .filter(|call| call.method != Method::GET && !call.path.ends_with("/_query"))
        .map(|call| format!("{} {}", call.method, call.path))
        .collect();
    ensure(written.is_empty(), || format!("it writes {written:?}"))?;
    let pictures = arena.road.pictures(&*arena.shop);
    ensure(pictures == 0, || format!("it asks the shop for {pictures} pictures"))?;
    ensure(again.summary.unchanged == variants as u64, || {
        format!("of {variants} variants {} are told to be unchanged", again.summary.unchanged)
    })
}

/// What a day changes.
type Day = fn(&mut Catalogue);

/// What happens in a shop from one day to the next.
const DAYS: [(&str, Day); 12] = [
    ("a family has lost a variant", |shop| {
        change(shop, 4, |product| drop(product.variants.remove(0)));
    }),
    ("a family has a variant more", |shop| {
        change(shop, 8, |product| *product = product.clone().with_variants(3));
    }),
    ("a simple product has become a family", |shop| {
        change(shop, 1, |product| *product = product.clone().with_variants(2));
    }),
    ("a family has become a simple product", |shop| {
        change(shop, 12, |product| {
            product.variants = Product::simple(12, "Lampa", "Lamp").variants;
        });
    }),
    ("a product is gone, another one is new", |shop| {
        shop.products.retain(|product| product.key != 2);
        shop.products.push(Product::simple(50, "Nowość", "New"));
    }),
    ("a product is named anew", |shop| {
        change(shop, 3, |product| product.name.default = format!("Przemianowana {}", mark(3)));
    }),
    ("a variant costs more", |shop| {
        change(shop, 8, |product| {
            if let Some(variant) = product.variants.last_mut() {
                variant.net += Decimal::TEN;
            }
        });
    }),
    ("a product is described anew", |shop| {
        change(shop, 3, |product| product.description.default = "<p>Nowy <b>opis</b></p>".to_owned());
    }),
    ("a product is kept from shoppers", |shop| change(shop, 5, |product| product.for_sale = false)),
    ("a product is shown by one picture more", |shop| change(shop, 6, |product| product.pictures.push(66))),
    ("a product has come back", |shop| shop.products.insert(0, Product::plain(2))),
    ("nothing is left but one product", |shop| shop.products.retain(|product| product.key == 5)),
];

fn change(shop: &mut Catalogue, key: u32, change: impl FnOnce(&mut Product)) {
    if let Some(product) = shop.product_mut(key) {
        change(product);
    }
}

pub(super) async fn come_and_go(arena: &Arena<'_>) -> Verdict {
    let mut catalogue = arena.hold(Catalogue::of(13));
    let marketplace = arena.marketplace().await?;
    imported(arena, &marketplace).await?;
    is_there(arena, &marketplace, &catalogue)?;
    for (what, day) in DAYS {
        day(&mut catalogue);
        // What a change of ours may have brought in that the platform has no place for is taken out again.
        catalogue = arena.hold(catalogue);
        arena.clock.advance(Duration::from_secs(86_400));
        imported(arena, &marketplace).await.map_err(|finding| finding.at(what))?;
        is_there(arena, &marketplace, &catalogue).map_err(|finding| finding.at(what))?;
        let variants = catalogue.products.iter().map(|product| product.variants.len()).sum();
        nothing_to_do(arena, &marketplace, variants)
            .await
            .map_err(|finding| finding.at(&format!("the run after {what:?}")))?;
    }
    Ok(())
}

/// An import that is to archive what is gone, and that must come to its end.
async fn imported(arena: &Arena<'_>, marketplace: &Marketplace) -> Result<Imported, Finding> {
    arena.road.begin_plain();
    let imported = arena.import(marketplace, |options| options.prune = true).await?;
    match &imported.end {
        Ok(()) => Ok(imported),
        Err(error) => Err(Finding::new(format!("the import fails: {error} {:?}", imported.told))),
    }
}

/// A variant of the marketplace in the words of this suite.
#[derive(Debug, PartialEq, Eq)]
struct Good {
    name: String,
    description: String,
    net: String,
    vat: String,
    for_sale: bool,
    pictures: usize,
}

/// Whether what stands at the marketplace is what the shop holds: all of it, once, and as it is there.
fn is_there(arena: &Arena<'_>, marketplace: &Marketplace, catalogue: &Catalogue) -> Verdict {
    let mut wanted = BTreeMap::new();
    for product in &catalogue.products {
        for variant in &product.variants {
            let name = Name::new(&product.name.default).map_err(|error| Finding::new(error.to_string()))?;
            let (name, _) = name.cut_at_word(LONGEST_NAME);
            let shown = if variant.pictures.is_empty() { &product.pictures } else { &variant.pictures };
            let good = Good {
                name: name.as_str().to_owned(),
                description: Markdown::from_html(&product.description.default).as_str().to_owned(),
                net: variant.net.normalize().to_string(),
                vat: format!("VAT{}", product.vat),
                for_sale: product.for_sale,
                pictures: shown.len(),
            };
            wanted.insert(arena.shop.ids(product.key, variant.key), good);
        }
    }
    for good in marketplace.gateway.products().iter().filter(|good| good["archived"] != true) {
        let text = |at: &str| match good.pointer(at) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let id = (text("/data/source/product"), text("/data/source/variant"));
        let Some(wanted) = wanted.remove(&id) else {
            return Err(Finding::new(format!(
                "variant {id:?} is there, and is so twice or gone from the shop"
            )));
        };
        let came = Good {
            name: text("/name"),
            description: text("/desc"),
            net: text("/price/base/unit/amount"),
            vat: text("/vat"),
            for_sale: good["for_sale"] == true,
            pictures: good["images"].as_array().map_or(0, Vec::len),
        };
        ensure(wanted == came, || format!("variant {id:?} is {wanted:?}, and there {came:?}"))?;
    }
    ensure(wanted.is_empty(), || {
        format!("{} variants are not there, among them {:?}", wanted.len(), wanted.keys().next())
    })
}
