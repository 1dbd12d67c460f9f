//! The test catalogue, and what is taken from it for platforms that cannot express all of it.

use conformance::{Cannot, Catalogue, Tongue, mark};

#[test]
fn each_ability_is_needed_by_something_in_the_catalogue() {
    for cannot in Cannot::ALL {
        let whole = Catalogue::varied();
        let less = whole.clone().without(&[cannot]);
        assert_ne!(less, whole, "nothing in the catalogue needs what {cannot:?} takes away");
        assert_eq!(less.clone().without(&[cannot]), less, "{cannot:?} leaves something");
    }
}

#[test]
fn every_product_bears_its_mark_in_each_language() {
    let whole = Catalogue::varied();
    for product in &whole.products {
        for tongue in [Tongue::Default, Tongue::Other] {
            assert!(product.name.read_in(tongue).contains(&mark(product.key)), "{product:?}");
        }
    }
    assert_eq!(mark(7), "QX00007");
}

#[test]
fn keys_are_keys() {
    let whole = Catalogue::varied();
    let mut keys: Vec<u32> = whole.products.iter().map(|product| product.key).collect();
    keys.dedup();
    assert_eq!(keys.len(), whole.products.len());
    for product in &whole.products {
        for category in &product.categories {
            assert!(whole.categories.iter().any(|known| known.key == *category), "{product:?}");
        }
        for (option, value) in product.variants.iter().flat_map(|variant| &variant.choices) {
            let option = whole.options.iter().find(|known| known.key == *option).expect("an option");
            assert!(option.values.iter().any(|known| known.key == *value), "{product:?}");
        }
    }
}
