//! The shop's categories become the marketplace's, by a file.

use std::collections::BTreeSet;

use connector::ChangeKind;
use connector::import::Unmapped;
use connector::mapping_file::MappingFile;
use prestashop_sandbox::{Options, special};

use super::sides::{Ran, Sides};

/// "Kuchnia", which most of the hand-made goods are in.
const KITCHEN: u32 = 4;
/// "Mężczyźni", which the shirt is in.
const MEN: u32 = 14;
/// The one that is switched off.
const LAST: u32 = 23;

const FILE: &str =
    "4,Dom i ogród - Kuchnia,Kubki i filiżanki\n14,Odzież - Mężczyźni,Moda > Mężczyźni > Koszulki\n23,,\n";

async fn mapped(sides: &Sides, file: &str) -> Ran {
    let mapping = MappingFile::read(file.as_bytes()).unwrap();
    sides.import_with(|options| options.mapping = Some(mapping)).await
}

async fn unmapped(sides: &Sides, file: &str, unmapped: Unmapped) -> Ran {
    let mapping = MappingFile::read(file.as_bytes()).unwrap();
    sides
        .import_with(|options| {
            options.mapping = Some(mapping);
            options.unmapped = unmapped;
        })
        .await
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Variants at the marketplace whose product is in a category of the shop.
fn in_category(sides: &Sides, category: u32) -> Vec<(u32, u32)> {
    let live = sides.live();
    let items = sides.shop.truth();
    let inside = items.iter().filter(|item| item.categories.contains(&category));
    inside.map(|item| (item.product, item.combination)).filter(|id| live.contains_key(id)).collect()
}

async fn brought() -> Sides {
    let sides = Sides::of(Options::default()).await;
    mapped(&sides, FILE).await.done();
    sides.assert_all_arrived();
    sides
}

#[tokio::test]
async fn goods_bear_the_categories_that_theirs_are_mapped_to() {
    let sides = brought().await;
    for (product, categories) in [
        (special::MUG, &["Kubki i filiżanki"][..]),
        (special::SHIRT, &["Moda", "Mężczyźni", "Koszulki"]),
        (special::INACTIVE_CATEGORY, &[]),
        (special::HOMELESS, &[]),
    ] {
        for good in sides.of_product(product) {
            assert_eq!(good.categories(), set(categories), "product {product}");
        }
    }
    assert!(in_category(&sides, KITCHEN).len() > 10, "most goods are in the kitchen");
    let ran = mapped(&sides, FILE).await.done();
    ran.wrote_nothing();
    let asked: BTreeSet<&str> = ran.asked.iter().map(|call| call.path.as_str()).collect();
    assert_eq!(asked, BTreeSet::from(["/bootstrap", "/dashboard/webshop_products/_query"]));
}

#[tokio::test]
async fn another_line_in_the_file_changes_the_goods_that_it_concerns() {
    let sides = brought().await;
    let ran = mapped(&sides, &FILE.replace("Moda > Mężczyźni > Koszulki", "Swetry,Plakaty")).await.done();
    assert_eq!(ran.changed(ChangeKind::Updated), in_category(&sides, MEN));
    let (updates, others) = ran.updates();
    assert_eq!((updates.len(), others), (4, Vec::new()), "four variants of a shirt");
    assert_eq!(sides.of_product(special::SHIRT)[0].categories(), set(&["Swetry", "Plakaty"]));
    sides.assert_all_arrived();

    let ran = mapped(&sides, &FILE.replace("Moda > Mężczyźni > Koszulki", "")).await.done();
    assert_eq!(ran.changed(ChangeKind::Updated), in_category(&sides, MEN));
    assert_eq!(sides.of_product(special::SHIRT)[0].categories(), set(&[]), "mapped to nothing on purpose");
    assert_eq!(ran.warned("is not mapped").len(), 0, "{:?}", ran.warnings);
}

#[tokio::test]
async fn a_product_that_moves_to_another_category_bears_its_tag() {
    let sides = brought().await;
    assert!(sides.shop.move_to_category(special::MUG, MEN));
    let ran = mapped(&sides, FILE).await.done();
    assert_eq!(ran.changed(ChangeKind::Updated), [(special::MUG, 0)]);
    assert_eq!(sides.good(special::MUG, 0).categories(), set(&["Moda", "Mężczyźni", "Koszulki"]));
}

#[tokio::test]
async fn a_category_that_is_not_mapped_is_one_warning_and_its_goods_come_without_it() {
    let sides = Sides::of(Options::default()).await;
    let ran = mapped(&sides, "14,,Koszulki\n").await.done();
    sides.assert_all_arrived();
    let warned = ran.warned("is not mapped");
    let of =
        |category: u32| warned.iter().filter(|what| what.contains(&format!("category {category} "))).count();
    assert_eq!((of(KITCHEN), of(LAST), warned.len()), (1, 1, 2), "one for each category: {warned:?}");
    assert_eq!(sides.good(special::MUG, 0).categories(), set(&[]));
}

#[tokio::test]
async fn a_category_for_all_that_is_not_mapped() {
    let sides = Sides::of(Options::default()).await;
    let ran = unmapped(&sides, "14,,Koszulki\n", Unmapped::Use("Kultura > Plakaty".to_owned())).await.done();
    assert_eq!(ran.warned("is not mapped").len(), 0, "{:?}", ran.warnings);
    assert_eq!(sides.good(special::MUG, 0).categories(), set(&["Kultura", "Plakaty"]));
    assert_eq!(sides.of_product(special::SHIRT)[0].categories(), set(&["Koszulki"]));
}

#[tokio::test]
async fn what_is_wrong_with_the_mapping_stops_the_run_before_it_writes() {
    let sides = Sides::of(Options::default()).await;
    let says = unmapped(&sides, "14,,Koszulki\n", Unmapped::Fail).await.refused();
    assert!(says.contains("not mapped") && says.contains("4 (Dom i ogród - Kuchnia)"), "{says}");
    let says = unmapped(&sides, "14,,Koszulki\n", Unmapped::Use("Akcesoria".to_owned())).await.refused();
    assert!(says.contains("Moda > Akcesoria") && says.contains("Elektronika > Akcesoria"), "{says}");
    let says = mapped(&sides, "4,,Akcesoria\n14,,Koszule\n").await.refused();
    assert!(says.contains("2 faults"), "{says}");
    assert_eq!(sides.gateway.products().len(), 0, "something was written");
}

#[tokio::test]
async fn a_run_without_a_mapping_leaves_the_categories_alone() {
    let sides = brought().await;
    sides.import().await.done().wrote_nothing();
    assert!(sides.shop.rename(special::MUG, sides.language, "Kubek"));
    sides.import().await.done();
    assert_eq!(
        sides.good(special::MUG, 0).categories(),
        set(&["Kubki i filiżanki"]),
        "an update took it off"
    );
    mapped(&sides, FILE).await.done().wrote_nothing();
}

#[tokio::test]
async fn a_mapping_that_comes_later_puts_categories_on_what_is_there() {
    let sides = Sides::brought().await;
    let by_hand = sides.gateway.category("Miody").unwrap();
    assert!(sides.gateway.add_tag(&sides.good(special::MUG, 0).guid(), &by_hand));
    let ran = mapped(&sides, FILE).await.done();
    let mut concerned = in_category(&sides, KITCHEN);
    concerned.extend(in_category(&sides, MEN));
    concerned.sort_unstable();
    assert_eq!(ran.changed(ChangeKind::Updated), concerned);
    assert_eq!(
        sides.good(special::MUG, 0).categories(),
        set(&["Kubki i filiżanki", "Miody"]),
        "a person's stays"
    );
    sides.assert_all_arrived();
}
