//! What arrives.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use connector::{End, Item, Scope};
use gateway_core::model::{ProductId, Reject, RejectReason, StockLevel, VariantId};
use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::arena::Arena;
use crate::declared::Cannot;
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, OptionValue, Product, Texts, Tongue, mark};
use crate::judge::{Judge, product_of};

/// Everything arrives as it is, nothing else does, and a second reading brings the same.
pub(super) async fn everything(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::varied());
    let platform = arena.open()?;
    let info =
        platform.check().await.map_err(|error| Finding::new(format!("the shop is refused: {error}")))?;
    ensure(info.currency == Currency::PLN, || {
        format!("the shop sells in PLN, not in {}", info.currency.code())
    })?;
    let tree = arena.tree(Tongue::Default).await?;
    let judge = Judge::new(&catalogue, &*arena.shop).within(Tongue::Default, &tree);
    judge.categories(&tree)?;
    let first = arena.read(&*platform, Scope::All).await?;
    judge.everything(&first)?;
    let again = arena.read(&*platform, Scope::All).await?;
    judge.everything(&again)?;
    for item in &first.items {
        ensure(again.items.contains(item), || {
            format!("what was read twice is not twice the same: {item:?}")
        })?;
    }
    Ok(())
}

pub(super) async fn languages(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::varied());
    for tongue in [Tongue::Other, Tongue::Default] {
        let tree = arena.tree(tongue).await?;
        let platform = arena.open_with(&arena.settings(tongue))?;
        let reading = arena.read(&*platform, Scope::All).await?;
        let judge = Judge::new(&catalogue, &*arena.shop).within(tongue, &tree);
        let place = format!("in the {tongue:?} language");
        judge.categories(&tree).map_err(|finding| finding.at(&place))?;
        judge.everything(&reading).map_err(|finding| finding.at(&place))?;
    }
    Ok(())
}

/// Goods that cannot be imported: each is a reject with its reason, and no more of its product than it is.
pub(super) async fn odd(arena: &Arena<'_>) -> Verdict {
    let mut catalogue = Catalogue::of(4);
    let free = |product: &mut Product| {
        if let Some(variant) = product.variants.last_mut() {
            variant.net = Decimal::ZERO;
        }
    };
    let mut odd: Vec<Product> = vec![
        Product::simple(5, "Gratis", "Gratis"),
        Product::simple(6, "Nie ma nazwy", "No name"),
        Product::simple(7, "Prawie gratis", "All but gratis").with_variants(2),
    ];
    for (product, change) in odd.iter_mut().zip::<[&dyn Fn(&mut Product); 3]>([
        &free,
        &|product| product.name = Texts::same("\u{200b} "),
        &free,
    ]) {
        change(product);
    }
    if arena.declared.cannot.contains(&Cannot::Families) {
        odd.pop();
    }
    catalogue.products.extend(odd);
    let catalogue = arena.hold(catalogue);
    let reading = arena.read_all().await?;
    ensure(matches!(reading.end, Ok(End::Complete)), || format!("it ends with {:?}", reading.end))?;
    let judge = Judge::new(&catalogue, &*arena.shop);
    judge.all_but(&BTreeSet::from([5, 6, 7]), &reading)?;
    for product in catalogue.products.iter().filter(|product| product.key > 4) {
        let id = judge.product_id(product);
        let of_it: Vec<&Item> = reading.items.iter().filter(|item| product_of(item) == id).collect();
        let is_free =
            |reject: &Reject| matches!(reject.reason, RejectReason::PriceZero | RejectReason::NoPrice);
        let variant = product.variants.last().map(|variant| arena.shop.ids(product.key, variant.key).1);
        let is_right = match (product.key, of_it.as_slice()) {
            (5, [Item::Reject(reject)]) => is_free(reject),
            (6, [Item::Reject(reject)]) => matches!(reject.reason, RejectReason::NoName),
            (7, [Item::Reject(reject), Item::Product(product, _)]) => {
                is_free(reject)
                    && reject.variant.as_ref().map(VariantId::as_str) == variant.as_deref()
                    && product.variants().len() == 1
            }
            _ => false,
        };
        ensure(is_right, || {
            let what = if product.key == 6 { "no name" } else { "a variant without a price" };
            format!("product {id}, which has {what}, came as {of_it:?}")
        })?;
    }
    Ok(())
}

/// What must not be left in a description that a browser will show.
const HARMFUL: [&str; 4] = ["<script", "javascript:", "onerror", "<iframe"];

pub(super) async fn hostile(arena: &Arena<'_>) -> Verdict {
    let texts = [
        "<script>alert('x')</script><p>Dobry <b>opis</b></p>".to_owned(),
        "<img src=x onerror=\"alert(1)\"><a href=\"javascript:alert(1)\">tu</a><iframe src=\"//x\"></iframe>"
            .to_owned(),
        "<p>nie zamknięte <b>znaczniki <table><tr><td>1".to_owned(),
        "]]> ]]&gt; <![CDATA[ \\ \" ' \u{202e}odwrotnie\u{200b} 👩‍👩‍👧‍👦 {{7*7}} %s %n".to_owned(),
        format!("<p>{}</p>", "Dużo tekstu, zażółć gęślą jaźń. ".repeat(1024 * 1024 / 40)),
        "<div>".repeat(3000),
    ];
    let mut catalogue = Catalogue::of(4);
    for (key, text) in (5..).zip(texts) {
        let mut product = Product::simple(key, "Zwykła nazwa", "A usual name");
        product.description = Texts::same(text.clone());
        product.brief = Texts::same(text);
        catalogue.products.push(product);
    }
    for (key, name) in (100..).zip(["\"'`;--", "a\tb\u{a0}c  d", "{\"name\":[1]}"]) {
        catalogue.products.push(Product::simple(key, name, name));
    }
    catalogue.products.push(Product::simple(200, &"Długa nazwa ".repeat(1024 * 1024 / 13), "long"));
    let catalogue = arena.hold(catalogue);
    let reading = arena.read_all().await?;
    for item in &reading.items {
        if let Item::Product(product, _) = item {
            let found =
                HARMFUL.iter().find(|harm| product.description().as_str().to_lowercase().contains(**harm));
            ensure(found.is_none(), || {
                format!("the description of product {} holds {:?}", product.id(), found.unwrap_or(&""))
            })?;
        }
    }
    Judge::new(&catalogue, &*arena.shop).everything(&reading)
}

/// Options of the two thousand variants.
const LENGTHS: u32 = 50;
const WIDTHS: u32 = 40;

pub(super) async fn many_variants(arena: &Arena<'_>) -> Verdict {
    let mut catalogue = Catalogue::of(3);
    let values = |first: u32, count: u32| {
        (first..first + count)
            .map(|key| OptionValue { key, name: Texts::same(format!("{key} cm")) })
            .collect()
    };
    let (first_length, first_width) = (1000, 4000);
    let in_sizes = arena.declared.cannot.contains(&Cannot::OptionsBesideSize);
    let (lengths, widths) = if in_sizes { (LENGTHS * WIDTHS, 1) } else { (LENGTHS, WIDTHS) };
    for (option, values) in
        catalogue.options.iter_mut().zip([values(first_length, lengths), values(first_width, widths)])
    {
        option.values.extend::<Vec<OptionValue>>(values);
    }
    let mut large = Product::simple(9, "Deska na wymiar", "Plank to measure");
    let simple = large.variants.remove(0);
    for n in 0..lengths * widths {
        let mut variant = simple.clone();
        variant.key = n + 1;
        variant.sku = format!("{}-{n}", mark(9));
        variant.net += Decimal::from(n % 100);
        variant.choices = vec![(1, first_length + n / widths), (2, first_width + n % widths)];
        large.variants.push(variant);
    }
    catalogue.products.push(large);
    let catalogue = arena.hold(catalogue);
    Judge::new(&catalogue, &*arena.shop).everything(&arena.read_all().await?)
}

/// How long after everything else something is changed.
const LATER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// What a shop owner does to product 4, a family.
type Edit = fn(&mut Product);

/// What is found by who asks for what was changed since.
const EDITS: [(&str, Edit); 4] = [
    ("named anew", |product| product.name.default = format!("Przemianowana {}", mark(4))),
    ("sold", |product| {
        if let Some(variant) = product.variants.last_mut() {
            variant.stock = StockLevel::Quantity(Decimal::ONE_HUNDRED);
        }
    }),
    ("dearer in one variant", |product| {
        if let Some(variant) = product.variants.last_mut() {
            variant.net += Decimal::ONE_HUNDRED;
        }
    }),
    ("shown by one picture more", |product| product.pictures.push(99)),
];

pub(super) async fn chosen(arena: &Arena<'_>) -> Verdict {
    let native = arena.open()?.abilities().native;
    if native.products {
        by_ids(arena).await?;
    }
    if native.since {
        since(arena).await?;
    }
    Ok(())
}

/// More than a page of products by their ids, one of them twice, and some that the shop does not have.
async fn by_ids(arena: &Arena<'_>) -> Verdict {
    let page = arena.page_size()?;
    let catalogue = arena.hold(Catalogue::of(page + 8));
    let platform = arena.open()?;
    let judge = Judge::new(&catalogue, &*arena.shop);
    let wanted = |product: &&Product| product.key % 50 != 3;
    let ids: Vec<String> =
        catalogue.products.iter().filter(wanted).map(|product| judge.product_id(product)).collect();
    let strange = ["99999999", "no id at all"];
    let mut asked: Vec<ProductId> = Vec::new();
    for id in ids.iter().rev().chain(ids.first()).map(String::as_str).chain(strange) {
        asked.push(ProductId::new(id).map_err(|error| Finding::new(error.to_string()))?);
    }
    let mut reading = arena.read(&*platform, Scope::Products(asked)).await?;
    let told = |id: &str| {
        reading.items.iter().any(|item| matches!(item, Item::Skipped(_)) && product_of(item) == id)
    };
    for id in strange {
        ensure(told(id), || format!("product {id:?} is asked for and not there, and nothing is said of it"))?;
    }
    reading.items.retain(|item| !strange.contains(&product_of(item)));
    let others: BTreeSet<u32> =
        catalogue.products.iter().filter(|product| !wanted(product)).map(|product| product.key).collect();
    ensure(reading.end.is_ok(), || format!("it ends with {:?}", reading.end))?;
    judge.all_but(&others, &reading)?;
    ensure(reading.items.len() == ids.len(), || {
        format!("{} products were asked for, and {} items came", ids.len(), reading.items.len())
    })
}

/// What was changed since, by each edit that a platform says it finds.
async fn since(arena: &Arena<'_>) -> Verdict {
    let mut catalogue = arena.hold(Catalogue::of(8));
    let platform = arena.open()?;
    let finds_all = platform.abilities().since_misses.is_none();
    for (what, edit) in EDITS.iter().take(if finds_all { EDITS.len() } else { 1 }) {
        arena.clock.advance(LATER);
        let since = arena.clock.now() - TimeDelta::hours(1);
        let before = catalogue.clone();
        if let Some(product) = catalogue.product_mut(4) {
            edit(product);
        }
        catalogue = arena.hold(catalogue);
        if catalogue == before {
            // The platform has no place for what was changed.
            continue;
        }
        arena.clock.advance(Duration::from_secs(60));
        let reading = arena.read(&*platform, Scope::Since(since)).await?;
        let others: BTreeSet<u32> =
            catalogue.products.iter().map(|product| product.key).filter(|key| *key != 4).collect();
        let place = format!("one product is {what}, and products are asked for that were changed since");
        Judge::new(&catalogue, &*arena.shop)
            .all_but(&others, &reading)
            .map_err(|finding| finding.at(&place))?;
        ensure(reading.items.len() == 1, || format!("{place}: {} items came", reading.items.len()))?;
    }
    Ok(())
}
