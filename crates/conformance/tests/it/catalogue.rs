//! The test catalogue, and what is taken from it for platforms that cannot express all of it.

use conformance::{Cannot, Catalogue, Product, Texts, Tongue, mark};
use gateway_core::model::Markdown;

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

#[test]
fn names_of_categories_and_of_options_are_in_two_languages_each_by_itself() {
    let translated = |names: Vec<&Texts>| names.into_iter().any(|name| !name.other.is_empty());
    let categories = |catalogue: &Catalogue| {
        translated(catalogue.categories.iter().map(|category| &category.name).collect())
    };
    let options = |catalogue: &Catalogue| {
        let values = catalogue.options.iter().flat_map(|option| &option.values).map(|value| &value.name);
        translated(catalogue.options.iter().map(|option| &option.name).chain(values).collect())
    };
    let products = |catalogue: &Catalogue| {
        translated(catalogue.products.iter().map(|product| &product.description).collect())
    };
    for (cannot, left) in [
        (Cannot::TranslatedCategories, (false, true, true)),
        (Cannot::TranslatedOptions, (true, false, true)),
        (Cannot::OtherLanguage, (false, false, false)),
    ] {
        let less = Catalogue::varied().without(&[cannot]);
        assert_eq!((categories(&less), options(&less), products(&less)), left, "{cannot:?}");
    }
}

#[test]
fn where_variants_differ_in_size_only_there_is_one_of_each_size() {
    let whole = Catalogue::varied();
    let less = whole.clone().without(&[Cannot::OptionsBesideSize]);
    let sizes = |product: u32| {
        let variants = &less.product(product).expect("a product").variants;
        variants.iter().map(|variant| (variant.key, variant.choices.clone())).collect::<Vec<_>>()
    };
    // The shirt comes in two colours of the first size.
    assert_eq!(sizes(2), [(1, vec![(1, 1)]), (3, vec![(1, 2)]), (4, vec![(1, 3)])]);
    assert_eq!(whole.product(9).expect("a product").variants.first().expect("a variant").choices.len(), 2);
    let (cap, simple) = (less.product(9).expect("a product"), Product::simple(9, "Czapka", "Cap"));
    assert!(cap.is_simple());
    assert_eq!(*cap, simple);
}

#[test]
fn names_and_numbers_that_a_platform_has_no_place_for_become_some_that_it_has() {
    let whole = Catalogue::varied();
    let is_split = |catalogue: &Catalogue| {
        catalogue.categories.iter().any(|category| category.name.default.contains('/'))
    };
    assert!(is_split(&whole) && !is_split(&whole.clone().without(&[Cannot::SlashInCategories])));
    let lack_skus = |catalogue: &Catalogue| {
        let mut variants = catalogue.products.iter().flat_map(|product| &product.variants);
        variants.any(|variant| variant.sku.is_empty())
    };
    assert!(lack_skus(&whole) && !lack_skus(&whole.without(&[Cannot::NoSku])));
}

#[test]
fn categories_without_goods_are_told_from_those_that_lie_above_goods() {
    let keys =
        |catalogue: &Catalogue| catalogue.categories.iter().map(|category| category.key).collect::<Vec<_>>();
    assert_eq!(keys(&Catalogue::varied().without(&[Cannot::EmptyCategories])), [1, 2, 3, 4, 5, 6]);
    assert_eq!(keys(&Catalogue::empty().without(&[Cannot::EmptyCategories])), [0; 0]);
    // Whatever else is taken away is taken away before.
    for cannot in [
        [Cannot::EmptyCategories, Cannot::SeveralCategories],
        [Cannot::SeveralCategories, Cannot::EmptyCategories],
    ] {
        assert_eq!(keys(&Catalogue::varied().without(&cannot)), [1, 2, 4, 5, 6]);
    }
}

#[test]
fn families_become_simple_products_of_their_first_variant() {
    let less = Catalogue::of(8).without(&[Cannot::Families]);
    assert_eq!(less.products.len(), 8);
    assert!(less.products.iter().all(Product::is_simple));
    assert_eq!(less.product(4).expect("a product").variants[0].sku, "QX00004-1");
    let mut empty = Catalogue::of(2);
    empty.product_mut(1).expect("a product").variants.clear();
    assert_eq!(empty.without(&[Cannot::Families]).products.len(), 1);
}

#[test]
fn categories_that_lie_in_none_are_called_by_their_paths_and_stay_apart() {
    let names = |cannot: &[Cannot]| {
        let less = Catalogue::varied().without(cannot);
        assert!(less.categories.iter().all(|category| category.parent.is_none()));
        less.categories.into_iter().map(|category| category.name).collect::<Vec<_>>()
    };
    let flat = names(&[Cannot::NestedCategories]);
    assert_eq!(flat[2], Texts::new("Dom i ogród - Kuchnia - Nowości", "Home & garden - Kitchen - New"));
    assert_eq!(flat[4], Texts::new("Odzież - Nowości", "Clothes - New"));
    assert_eq!(
        flat[5],
        Texts::new("Odzież - Mężczyźni / chłopcy", "Clothes - Mężczyźni / chłopcy"),
        "what is not translated is read in the default language"
    );
    let short = names(&[Cannot::LongNames, Cannot::OtherLanguage, Cannot::NestedCategories]);
    let mut apart: Vec<&str> = short.iter().map(|name| name.default.as_str()).collect();
    assert!(short.iter().all(|name| name.other.is_empty() && name.default.chars().count() <= 50));
    apart.sort_unstable();
    apart.dedup();
    assert_eq!(apart.len(), short.len());
}

#[test]
fn texts_of_a_small_program_are_plain_and_short_and_bear_their_marks() {
    let small = [Cannot::RichText, Cannot::LongNames, Cannot::OtherLetters];
    let less = Catalogue::varied().without(&small);
    for product in &less.products {
        for text in [&product.name, &product.description, &product.brief] {
            for text in [&text.default, &text.other] {
                assert!(!encoding_rs::WINDOWS_1250.encode(text).2, "{text}");
                assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), *text);
            }
        }
        for tongue in [Tongue::Default, Tongue::Other] {
            let name = product.name.read_in(tongue);
            assert!(name.chars().count() <= 50 && name.contains(&mark(product.key)), "{name}");
            let description = product.description.read_in(tongue);
            assert!(description.chars().count() <= 255);
            let read = [Markdown::from_html(description), Markdown::from_text(description)];
            assert!(read.iter().all(|read| read.as_str() == description), "{read:?}");
        }
    }
    let name = |key| less.product(key).expect("a product").name.default.clone();
    assert_eq!(name(12), "bardzo długa nazwa bardzo długa nazwa bard QX00012");
    assert_eq!(name(8), "Kubek „Najlepsze” – zażółć gęślą jaźń & 10 QX00008");
    let rich = &less.product(1).expect("a product").description.default;
    assert!(rich.starts_with("Garnek 24 cm, 3"), "{rich}");
}

#[test]
fn of_goods_without_levels_and_pictures_each_can_have_an_sku_of_its_own() {
    let levels = |catalogue: Catalogue| catalogue.products.into_iter().flat_map(|product| product.variants);
    let less =
        Catalogue::varied().without(&[Cannot::Stock, Cannot::Pictures, Cannot::SameSku, Cannot::NoSku]);
    let mut skus: Vec<String> = levels(less.clone()).map(|variant| variant.sku).collect();
    let goods = skus.len();
    skus.sort_unstable();
    skus.dedup();
    assert_eq!(skus.len(), goods);
    assert!(less.products.iter().all(|product| product.pictures.is_empty()));
    assert!(levels(less).all(|variant| variant.stock.quantity() == Some(0.into())));
}
