//! Synthetic goods: the same from the same seed, all kinds of them, and many of them in little memory.

use std::collections::BTreeSet;

use prestashop_sandbox::{Catalogue, Item, Options, Shop};

use crate::client::{json, options, synthetic};

async fn truth(seed: u64, products: u32) -> Vec<Item> {
    let catalogue = Catalogue::synthetic(seed, products);
    Shop::start(Options { catalogue, ..options() }).await.unwrap().truth()
}

#[tokio::test]
async fn the_same_seed_makes_the_same_goods() {
    let goods = truth(3, 50).await;
    assert_eq!(goods, truth(3, 50).await, "the same seed");
    assert_ne!(goods, truth(4, 50).await, "another seed");
    let more = truth(3, 80).await;
    assert_eq!(goods, more[..goods.len()], "the first of more");
}

/// A kind of goods: what it is called, and how it is known.
type Kind = (&'static str, fn(&Item) -> bool);

#[tokio::test]
async fn there_is_every_kind_of_oddity() {
    let goods = truth(0, 3000).await;
    let kinds: &[Kind] = &[
        ("simple", |item| item.combination == 0),
        ("combination", |item| item.combination != 0),
        ("switched off", |item| !item.active),
        ("hidden", |item| item.visibility == "none"),
        ("not for order", |item| !item.available_for_order),
        ("draft", |item| item.draft),
        ("virtual", |item| item.is_virtual),
        ("pack", |item| item.is_pack),
        ("negative stock", |item| item.stock < 0),
        ("price 0", |item| item.price == "0.000000"),
        ("no tax", |item| item.tax_group == 0),
        ("8 %", |item| item.tax_rate.as_deref() == Some("8")),
        ("no picture", |item| item.images.is_empty()),
        ("four pictures", |item| item.images.len() == 4),
        ("cover is not the first", |item| item.images.windows(2).any(|pair| pair[0] > pair[1])),
        ("no EAN", |item| item.ean.is_empty()),
        ("no SKU", |item| item.sku.is_empty()),
        ("no Polish name", |item| item.names[1].1.is_empty()),
        ("long name", |item| item.names[1].1.chars().count() > 100),
        ("emoji", |item| item.descriptions[1].1.contains('😀')),
        ("no category", |item| item.default_category == 0),
    ];
    for (kind, is) in kinds {
        assert!(goods.iter().any(is), "no goods of the kind: {kind}");
    }
    let skus: Vec<&str> =
        goods.iter().map(|item| item.product_sku.as_str()).filter(|sku| !sku.is_empty()).collect();
    let products: BTreeSet<u32> = goods.iter().map(|item| item.product).collect();
    assert!(skus.iter().collect::<BTreeSet<_>>().len() < products.len(), "no two products share a SKU");
    let largest = products.iter().map(|id| goods.iter().filter(|item| item.product == *id).count()).max();
    assert_eq!(largest, Some(12), "combinations of the largest product");
    for item in goods.iter().filter(|item| item.ean.len() == 13) {
        let digits = item.ean.bytes().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        assert_eq!(sum % 10, 0, "check digit of {}", item.ean);
    }
}

/// What the process holds in memory, in KiB; `None` where the system does not tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn a_hundred_thousand_products_need_little_memory() {
    let before = resident();
    let shop = Shop::start(synthetic(100_000)).await.unwrap();
    let first = json(&shop, "products?display=full&limit=0,1000").await.ids("products");
    let last = json(&shop, "products?display=full&limit=99000,1000").await.ids("products");
    let behind = json(&shop, "products?display=full&limit=100000,1000").await.ids("products");
    assert_eq!((first.len(), first[0], last[0], last[999], behind.len()), (1000, 1, 99_001, 100_000, 0));
    let keyed =
        json(&shop, "stock_availables?display=full&filter[id]=>[300000]&sort=[id_ASC]&limit=1000").await;
    assert_eq!(keyed.ids("stock_availables").first(), Some(&300_001));
    let page = json(&shop, "combinations?display=full&filter[id]=>[250000]&sort=[id_ASC]&limit=1000").await;
    assert_eq!(page.ids("combinations").len(), 1000);
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(after - before.min(after) < 200 * 1024, "it grew from {before} to {after} KiB");
    }
}
