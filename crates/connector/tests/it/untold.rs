//! What a shop does not tell of any of its goods stays as it was sent.

use connector::Untold;
use connector::mapping_file::MappingFile;
use gateway_core::model::{Attributes, Family, ImageRef, Name, Product, ProductId, Variant};
use serde_json::Value;

use crate::changes::tags;
use crate::support::{Ran, World, product, variant};
use crate::toy::Toy;

pub(crate) const NOTHING: Untold =
    Untold { pictures: true, categories: true, families: true, vat: false, for_sale: false, briefs: false };

/// A product with all that a shop may tell of it.
pub(crate) fn whole(id: &str, name: &str) -> Product {
    let named = |text: &str| Name::new(text).unwrap();
    let own = Variant {
        attributes: Attributes::new([(named("Kolor"), named(id))]).0,
        images: vec![ImageRef::new(&format!("p{id}"), None).unwrap()],
        ..variant("0", 23)
    };
    let mut parts = product(id, name, vec![own]).into_parts();
    parts.family = Some(Family { id: ProductId::new("1").unwrap(), has_others: true });
    Product::new(parts).unwrap()
}

/// The same as a way tells it that has no place for pictures, categories and families.
pub(crate) fn bare(id: &str, name: &str) -> Product {
    let own = Variant { attributes: Attributes::new([]).0, images: Vec::new(), ..variant("0", 23) };
    let mut parts = product(id, name, vec![own]).into_parts();
    parts.categories = Vec::new();
    Product::new(parts).unwrap()
}

pub(crate) async fn mapped(world: &World, toy: &Toy) -> Ran {
    let mapping = MappingFile::read("4,Kubki,Kuchnia\n".as_bytes()).unwrap();
    world.import_with(toy, |options| options.mapping = Some(mapping)).await.done()
}

pub(crate) fn tells(toy: &Toy, untold: Untold) {
    *toy.untold.lock().unwrap() = untold;
}

/// What is not told, as the marketplace has it.
fn kept(world: &World, id: &str) -> (Vec<String>, Value, Value, Value) {
    let listed = world.one(id, "0");
    let own = tags(&listed).into_iter().map(str::to_owned).collect();
    let source = &listed["data"]["source"];
    (own, listed["images"].clone(), listed["data"]["variants"].clone(), source["family"].clone())
}

#[tokio::test]
async fn what_is_not_told_stays_and_what_is_told_again_is_updated() {
    for loses in [false, true] {
        let world = World::new().await;
        let lose = || {
            if loses {
                world.lose_state();
            }
        };
        let toy = Toy::selling(vec![whole("1", "Cup"), whole("2", "Cup")]);
        mapped(&world, &toy).await;
        let before = kept(&world, "1");
        assert_eq!((before.0.len(), before.1.as_array().unwrap().len()), (2, 1), "{before:?}");
        let (writes, asked) = (world.writes().len(), toy.asked_pictures.lock().unwrap().len());

        tells(&toy, NOTHING);
        toy.sells(vec![bare("1", "Cup"), bare("2", "Cup")]);
        for _ in 0..2 {
            lose();
            let ran = mapped(&world, &toy).await;
            assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 2, 0), writes), "{:?}", ran.told);
        }
        lose();
        let dry = world.import_with(&toy, |options| options.dry_run = true).await.done();
        assert_eq!(dry.counts(), (0, 0, 2, 0), "{:?}", dry.told);

        toy.sells(vec![bare("1", "Mug"), bare("2", "Cup")]);
        lose();
        let ran = mapped(&world, &toy).await;
        assert_eq!(ran.counts(), (0, 1, 1, 0), "{:?}", ran.told);
        assert!(ran.told.contains(&"Updated 1/0 name".to_owned()), "{:?}", ran.told);
        assert_eq!((kept(&world, "1"), &world.one("1", "0")["name"]), (before.clone(), &"Mug".into()));
        let writes = world.writes().len();
        for _ in 0..2 {
            lose();
            let ran = mapped(&world, &toy).await;
            assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 2, 0), writes), "{:?}", ran.told);
        }
        assert_eq!(toy.asked_pictures.lock().unwrap().len(), asked, "no picture is asked for");

        tells(&toy, Untold::default());
        toy.sells(vec![whole("1", "Mug"), whole("2", "Cup")]);
        lose();
        let ran = mapped(&world, &toy).await;
        assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 2, 0), writes), "{:?}", ran.told);
        // Told again, and otherwise than it was.
        toy.sells(vec![bare("1", "Mug"), whole("2", "Cup")]);
        lose();
        let ran = mapped(&world, &toy).await;
        assert_eq!(ran.told, ["Updated 1/0 variants categories family images"]);
        assert_eq!(
            kept(&world, "1"),
            (Vec::new(), serde_json::json!([]), serde_json::json!({}), Value::Null)
        );
    }
}

#[tokio::test]
async fn what_is_new_gets_what_is_told_and_the_rest_when_that_is_told() {
    let world = World::new().await;
    let toy = Toy::selling(Vec::new());
    tells(&toy, Untold { categories: true, ..Untold::default() });
    toy.sells(vec![whole("1", "Cup")]);
    mapped(&world, &toy).await;
    let kitchen = world.gateway.category("Kuchnia").unwrap();
    assert!(tags(&world.one("1", "0")).contains(&kitchen.as_str()), "what is new gets what is told");

    tells(&toy, NOTHING);
    toy.sells(vec![whole("1", "Cup"), bare("2", "Cup")]);
    assert_eq!(mapped(&world, &toy).await.counts(), (1, 0, 1, 0));
    tells(&toy, Untold::default());
    toy.sells(vec![whole("1", "Cup"), whole("2", "Cup")]);
    let ran = mapped(&world, &toy).await;
    assert_eq!(ran.told, ["Updated 2/0 variants categories family images"]);
    assert_eq!(mapped(&world, &toy).await.counts(), (0, 0, 2, 0));
}

#[tokio::test]
async fn what_is_not_told_is_no_change_of_the_mapping() {
    let world = World::new().await;
    let toy = Toy::selling(vec![whole("1", "Cup"), whole("2", "Cup")]);
    mapped(&world, &toy).await;
    tells(&toy, NOTHING);
    toy.sells(vec![bare("1", "Cup"), bare("2", "Cup")]);
    toy.mapping.store(2, std::sync::atomic::Ordering::SeqCst);
    let ran = mapped(&world, &toy).await;
    assert_eq!((ran.counts(), ran.told.len()), ((0, 0, 2, 0), 0), "{:?}", ran.told);
}

#[tokio::test]
async fn the_variants_of_a_product_stay_a_family_when_families_are_not_told() {
    let world = World::new().await;
    let sizes = |ids: &[&str]| product("1", "Shirt", ids.iter().map(|id| variant(id, 23)).collect());
    let toy = Toy::selling(vec![sizes(&["a", "b"])]);
    world.import(&toy).await.done();
    tells(&toy, NOTHING);
    toy.sells(vec![sizes(&["a", "b", "c"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (1, 0, 2, 0), "{:?}", ran.told);
    let family = |variant: &str| world.one("1", variant)["data"]["source"]["family"].clone();
    assert_eq!((family("c"), family("b")), (family("a"), family("a")));
    toy.sells(vec![sizes(&["a"])]);
    assert_eq!(world.import(&toy).await.done().counts(), (0, 0, 1, 2));
    assert!(family("a").is_string());
}

#[tokio::test]
async fn fields_that_are_not_told_stay_and_what_is_new_has_what_is_usual() {
    for loses in [false, true] {
        let world = World::new().await;
        let lose = || {
            if loses {
                world.lose_state();
            }
        };
        let good = |id: &str, name: &str, vat: u32, for_sale: bool, brief: &str| {
            let own = Variant { for_sale, images: Vec::new(), ..variant("0", vat) };
            let mut parts = product(id, name, vec![own]).into_parts();
            parts.brief = gateway_core::model::Line::from_text(brief);
            Product::new(parts).unwrap()
        };
        let toy = Toy::selling(vec![good("1", "Cup", 8, false, "Short")]);
        world.import(&toy).await.done();
        tells(&toy, Untold { vat: true, for_sale: true, briefs: true, ..Untold::default() });
        toy.sells(vec![good("1", "Cup", 23, true, ""), good("2", "Plate", 23, true, "")]);
        lose();
        assert_eq!(world.import(&toy).await.done().counts(), (1, 0, 1, 0));
        toy.sells(vec![good("1", "Mug", 23, true, ""), good("2", "Plate", 23, true, "")]);
        lose();
        assert_eq!(world.import(&toy).await.done().counts(), (0, 1, 1, 0));
        let fields = |id: &str| {
            ["name", "vat", "brief", "for_sale"].map(|field| world.one(id, "0")[field].to_string())
        };
        assert_eq!(fields("1"), ["\"Mug\"", "\"VAT8\"", "\"Short\"", "false"]);
        assert_eq!(fields("2"), ["\"Plate\"", "\"VAT23\"", "\"\"", "true"]);
        tells(&toy, Untold::default());
        lose();
        assert_eq!(world.import(&toy).await.done().counts(), (0, 1, 1, 0));
        assert_eq!(fields("1"), ["\"Mug\"", "\"VAT23\"", "\"\"", "true"]);
    }
}
