//! Synthetic goods.

use std::collections::BTreeSet;

use iai_sandbox::{Product, Size, synthetic};

type IsOfKind = fn(&Product) -> bool;

#[test]
fn synthetic_goods_are_of_every_kind() {
    let goods = synthetic(200);
    assert_eq!(goods, synthetic(200));
    assert_eq!(goods.products[..50], synthetic(50).products, "the same among any number of others");
    let (products, sizes) = (&goods.products, goods.products.iter().flat_map(|product| &product.sizes));
    let sizes: Vec<&Size> = sizes.collect();
    let kinds: [(&str, IsOfKind); 10] = [
        ("Polish alone", |product| !product.name.contains_key("eng")),
        ("both languages", |product| product.name.len() == 2 && product.description.len() == 2),
        ("hidden", |product| !product.visible),
        ("visible", |product| product.visible),
        ("two pictures", |product| product.pictures.len() == 2),
        ("one picture", |product| product.pictures.len() == 1),
        ("without sizes", |product| product.sizes.len() == 1 && product.sizes[0].id == "uniw"),
        ("three sizes and no group", |product| product.sizes.len() == 3 && product.version.is_none()),
        ("four sizes", |product| product.sizes.len() == 4),
        ("a price of its own", |product| product.sizes.iter().any(|size| size.gross.is_some())),
    ];
    for (kind, is) in kinds {
        assert!(products.iter().any(is), "no goods of the kind: {kind}");
    }
    for stock in 0..=2 {
        assert!(sizes.iter().any(|size| size.stocks.iter().any(|row| row.id == stock)), "no stock {stock}");
    }
    let parents: BTreeSet<u64> =
        products.iter().filter_map(|product| Some(product.version.as_ref()?.parent)).collect();
    for parent in parents {
        let group = products.iter().filter_map(|product| Some((product.id, product.version.as_ref()?)));
        let group: Vec<_> = group.filter(|(_, version)| version.parent == parent).collect();
        let names: BTreeSet<_> = group.iter().map(|(_, version)| &version.name).collect();
        assert!(group[0].0 == parent && group.len() == 3 && names.len() == 3, "the group of {parent}");
    }
    let eans: BTreeSet<&str> = sizes.iter().map(|size| size.code_producer.as_str()).collect();
    assert_eq!(eans.len(), sizes.len());
    for ean in eans {
        let digits = ean.bytes().map(|digit| u32::from(digit - b'0'));
        let sum: u32 = digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        assert_eq!((ean.len(), sum % 10), (13, 0), "{ean}");
    }
    let parent = |id| goods.categories.iter().find(|category| category.id == id).unwrap().parent;
    for product in products {
        let depth = std::iter::successors(product.category, |id| parent(*id)).count();
        assert!(depth == 3 && product.gross.scale() == 2 && product.name.contains_key("pol"), "{product:?}");
    }
}
