//! The connector against a local shop that tells the truth it serves.

use std::collections::BTreeMap;

use connector::{End, Item, Scope};
use gateway_core::model::{StockLevel, Variant};
use prestashop_sandbox::{Fault, Item as Truth, Options, Shop};
use rust_decimal::Decimal;

use crate::shop::{items, open};

pub(crate) const POLISH: u32 = 2;

pub(crate) fn in_language(texts: &[(u32, String)], language: u32, default: u32) -> &str {
    let text = |id| {
        texts.iter().find(|(own, text)| *own == id && !text.trim().is_empty()).map(|(_, text)| text.as_str())
    };
    text(language).or_else(|| text(default)).unwrap_or_default()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the connector must make of it; `None` when it must not come.
pub(crate) fn expected(truth: &Truth, language: u32, default: u32) -> Option<BTreeMap<&'static str, String>> {
    let name = folded(in_language(&truth.names, language, default));
    let price: Decimal = truth.price.parse().unwrap();
    let rate = truth.tax_rate.as_ref()?;
    if truth.draft || name.is_empty() || price <= Decimal::ZERO {
        return None;
    }
    let own_pictures =
        if truth.own_images.is_empty() { truth.images.clone() } else { truth.own_images.clone() };
    let cover = truth.images.first();
    let mut pictures = own_pictures;
    pictures.sort_by_key(|image| Some(image) != cover);
    let for_sale = truth.active && truth.available_for_order && truth.visibility != "none";
    let sku = if truth.sku.is_empty() { &truth.product_sku } else { &truth.sku };
    Some(BTreeMap::from([
        ("name", name),
        ("price", price.normalize().to_string()),
        ("vat", rate.parse::<Decimal>().unwrap().normalize().to_string()),
        ("stock", truth.stock.to_string()),
        ("sku", sku.clone()),
        ("pictures", format!("{pictures:?}")),
        ("for_sale", for_sale.to_string()),
        ("attributes", truth.attributes.len().to_string()),
    ]))
}

fn made(name: &str, variant: &Variant) -> BTreeMap<&'static str, String> {
    let stock = match variant.stock {
        StockLevel::Quantity(quantity) => quantity.to_string(),
        StockLevel::Unknown => "unknown".to_owned(),
    };
    let pictures: Vec<u32> = variant.images.iter().map(|image| image.identity().parse().unwrap()).collect();
    BTreeMap::from([
        ("name", name.to_owned()),
        ("price", variant.price.amount().to_string()),
        ("vat", variant.vat.as_percent().to_string()),
        ("stock", stock),
        ("sku", variant.sku.as_ref().map(|sku| sku.as_str().to_owned()).unwrap_or_default()),
        ("pictures", format!("{pictures:?}")),
        ("for_sale", variant.for_sale.to_string()),
        ("attributes", variant.attributes.iter().count().to_string()),
    ])
}

async fn compare(options: Options, language: u32) -> Shop {
    let default = options.default_language;
    let shop = Shop::start(options).await.unwrap();
    let key = shop.key().to_owned();
    let platform = open(
        &shop.url(),
        &[("PRESTASHOP_API_KEY", &key), ("PRESTASHOP_LANGUAGE_ID", &language.to_string())],
        &connector::Common::default(),
    );
    let read = items(&*platform, Scope::All).await.unwrap();
    assert_eq!(read.last(), Some(&Item::End(End::Complete)));

    let mut came = BTreeMap::new();
    for item in &read {
        if let Item::Product(product, _) = item {
            for variant in product.variants() {
                let id: (u32, u32) =
                    (product.id().as_str().parse().unwrap(), variant.id.as_str().parse().unwrap());
                let double = came.insert(id, made(product.name().as_str(), variant));
                assert_eq!(double, None, "{id:?} came twice");
            }
        }
    }
    for truth in shop.truth() {
        let id = (truth.product, truth.combination);
        assert_eq!(came.remove(&id), expected(&truth, language, default), "{id:?}");
    }
    assert_eq!(came, BTreeMap::new(), "more came than there is");
    shop
}

#[tokio::test]
async fn everything_arrives_as_it_is_and_nothing_more() {
    compare(Options::sample(600), POLISH).await;
    compare(Options::sample(200), 1).await;
}

#[tokio::test]
async fn a_shop_of_1_7_8_in_one_language_too() {
    compare(Options::sample(300).older(), 1).await;
}

#[tokio::test]
async fn faults_on_the_way_change_nothing() {
    let clock = crate::shop::test_clock();
    let fault_rates = Fault::RANDOM.into_iter().map(|fault| (fault, 5)).collect();
    // Two tries more than usual fail together only for a page; then it is asked for in parts, which is another story.
    let shop = compare(Options { fault_rates, clock, seed: 4, ..Options::sample(400) }, POLISH).await;
    let suffered = shop.calls().iter().filter(|call| call.fault != Fault::Pass).count();
    assert!(suffered > 0, "nothing went wrong, so nothing was tried");
}
