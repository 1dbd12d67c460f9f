//! Products that are variants of one to a buyer.

use connector::import::Images;
use gateway_core::model::{Family, Product, ProductId};
use serde_json::Value;

use crate::support::{World, product, variant};
use crate::toy::Toy;

/// A product that is one of a family.
fn member(id: &str, family: Option<&str>) -> Product {
    let mut parts = product(id, &format!("Thing {id}"), vec![variant("0", 23)]).into_parts();
    parts.family = family.map(family_of);
    Product::new(parts).unwrap()
}

/// `1` is the family of product 1, and `1 alone` the same when there are no others.
fn family_of(text: &str) -> Family {
    let (id, has_others) = text.strip_suffix(" alone").map_or((text, true), |id| (id, false));
    Family { id: ProductId::new(id).unwrap(), has_others }
}

fn tags(world: &World, product: &str) -> Vec<String> {
    let listed = world.one(product, "0");
    let tags = listed["tag_guids"].as_array().cloned().unwrap_or_default();
    tags.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn creations_of_tags(world: &World) -> usize {
    world.writes().iter().filter(|call| call.starts_with("POST") && call.ends_with("/tags/")).count()
}

#[tokio::test]
async fn members_that_stand_far_apart_share_a_tag_that_is_asked_for_once() {
    let world = World::new().await;
    let mut products: Vec<Product> = (10..40).map(|id| member(&id.to_string(), None)).collect();
    products.insert(0, member("1", Some("1")));
    products.push(member("2", Some("1")));
    let toy = Toy::selling(products);
    world.import(&toy).await.done();
    assert_eq!(tags(&world, "1").len(), 1);
    assert_eq!(tags(&world, "1"), tags(&world, "2"));
    assert_eq!(tags(&world, "10"), Vec::<String>::new());
    assert_eq!(creations_of_tags(&world), 1);
    let writes = world.writes().len();
    assert_eq!(world.import(&toy).await.done().counts(), (0, 0, 32, 0));
    assert_eq!(world.writes().len(), writes, "a second run writes nothing");
}

#[tokio::test]
async fn who_joins_later_gets_the_same_tag_and_so_does_who_was_alone() {
    let world = World::new().await;
    world.import(&Toy::selling(vec![member("1", None)])).await.done();
    assert_eq!(tags(&world, "1"), Vec::<String>::new());
    world.import(&Toy::selling(vec![member("1", Some("1")), member("2", Some("1"))])).await.done();
    let family = tags(&world, "1");
    assert_eq!((family.len(), &tags(&world, "2")), (1, &family));
    let three = [member("1", Some("1")), member("2", Some("1")), member("3", Some("1"))];
    let ran = world.import(&Toy::selling(three.to_vec())).await.done();
    assert_eq!(ran.counts(), (1, 0, 2, 0), "{:?}", ran.told);
    assert_eq!(tags(&world, "3"), family);
}

#[tokio::test]
async fn who_moves_to_another_family_takes_its_tag_and_who_leaves_has_none() {
    let world = World::new().await;
    let of = |families: [Option<&str>; 4]| {
        let products = (1..).zip(families).map(|(id, family)| member(&i32::to_string(&id), family));
        Toy::selling(products.collect())
    };
    world.import(&of([Some("1"), Some("1"), Some("3"), Some("3")])).await.done();
    let (first, second) = (tags(&world, "1"), tags(&world, "3"));
    assert_ne!(first, second);

    let ran = world.import(&of([Some("1"), Some("3"), Some("3"), Some("3")])).await.done();
    assert_eq!(ran.counts(), (0, 1, 3, 0), "{:?}", ran.told);
    assert_eq!(tags(&world, "2"), second);

    let ran = world.import(&of([None, Some("3"), Some("3"), Some("3")])).await.done();
    assert_eq!(ran.counts(), (0, 1, 3, 0), "{:?}", ran.told);
    assert_eq!(tags(&world, "1"), Vec::<String>::new(), "nobody is left to share the tag with");
}

#[tokio::test]
async fn a_product_of_several_variants_keeps_a_tag_of_its_own_when_it_leaves() {
    let world = World::new().await;
    let two = |family: Option<&str>| {
        let mut parts = product("1", "Shirt", vec![variant("a", 23), variant("b", 23)]).into_parts();
        parts.family = family.map(family_of);
        Product::new(parts).unwrap()
    };
    let tag = |variant: &str| world.one("1", variant)["tag_guids"].clone();
    world.import(&Toy::selling(vec![two(None), member("2", None)])).await.done();
    let own = tag("a");
    assert_eq!((own.as_array().unwrap().len(), &tag("b")), (1, &own));
    world.import(&Toy::selling(vec![two(Some("1")), member("2", Some("1"))])).await.done();
    let shared = tag("a");
    assert_ne!(own, shared);
    assert_eq!((&tag("b"), &world.one("2", "0")["tag_guids"]), (&shared, &shared));
    let ran = world.import(&Toy::selling(vec![two(None), member("2", None)])).await.done();
    assert_eq!(ran.counts(), (0, 3, 0, 0), "{:?}", ran.told);
    assert_eq!((tag("a"), tag("b")), (own.clone(), own), "it finds its own again");
    assert_eq!(tags(&world, "2"), Vec::<String>::new());
}

#[tokio::test]
async fn the_names_of_tags_are_their_own() {
    let world = World::new().await;
    let two = product("1", "Shirt", vec![variant("a", 23), variant("b", 23)]);
    world.import(&Toy::selling(vec![two, member("2", Some("1")), member("3", Some("1"))])).await.done();
    let tags = world.gateway.tags();
    let families = tags.iter().filter(|tag| tag["type"] == "variant");
    let mut names: Vec<&str> = families.map(|tag| tag["name"].as_str().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["Shirt [toy toys.example 1]", "[toy toys.example 1]"]);
}

#[tokio::test]
async fn the_last_one_of_a_family_keeps_its_tag_and_finds_the_others_when_they_come_back() {
    let world = World::new().await;
    world.import(&Toy::selling(vec![member("1", Some("1")), member("2", Some("1"))])).await.done();
    let family = tags(&world, "1");
    // The other one could not be read today.
    let ran = world.import(&Toy::selling(vec![member("1", Some("1 alone"))])).await.done();
    assert_eq!(ran.counts(), (0, 0, 1, 0), "{:?}", ran.told);
    assert_eq!(tags(&world, "1"), family);
    let three = ["1", "2", "3"].map(|id| member(id, Some("1"))).to_vec();
    world.import(&Toy::selling(three)).await.done();
    assert_eq!((tags(&world, "2"), tags(&world, "3")), (family.clone(), family));
    assert_eq!(creations_of_tags(&world), 1);
}

#[tokio::test]
async fn who_is_alone_in_a_family_gets_no_tag() {
    let world = World::new().await;
    let alone = Toy::selling(vec![member("1", Some("1 alone"))]);
    world.import(&alone).await.done();
    assert_eq!((tags(&world, "1").len(), creations_of_tags(&world)), (0, 0));
    assert_eq!(world.import(&alone).await.done().counts(), (0, 0, 1, 0));
    world.import(&Toy::selling(vec![member("1", Some("1")), member("2", Some("1"))])).await.done();
    assert_eq!((tags(&world, "1").len(), tags(&world, "1")), (1, tags(&world, "2")));
}

#[tokio::test]
async fn who_joins_finds_the_tag_by_the_family_whatever_people_have_called_it() {
    let world = World::new().await;
    world.import(&Toy::selling(vec![member("1", Some("1")), member("2", Some("1"))])).await.done();
    let family = tags(&world, "1");
    // Renamed: its name is free, and a tag of that name would be a second one.
    assert!(world.gateway.rename_tag(&family[0], "Swetry"));
    let three = ["1", "2", "3"].map(|id| member(id, Some("1"))).to_vec();
    let ran = world.import(&Toy::selling(three)).await.done();
    assert_eq!(ran.counts(), (1, 0, 2, 0), "{:?}", ran.told);
    assert_eq!(tags(&world, "3"), family);
    assert_eq!(creations_of_tags(&world), 1);
}

#[tokio::test]
async fn a_dry_run_makes_no_tag_and_the_import_after_it_does_what_it_said() {
    let world = World::new().await;
    let toy = Toy::selling(vec![member("1", Some("1")), member("2", Some("1"))]);
    let dry = world.import_with(&toy, |options| options.dry_run = true).await.done();
    assert_eq!((dry.counts(), creations_of_tags(&world)), ((2, 0, 0, 0), 0));
    assert_eq!(world.import(&toy).await.done().counts(), (2, 0, 0, 0));
    let again = world.import_with(&toy, |options| options.dry_run = true).await.done();
    assert_eq!(again.counts(), (0, 0, 2, 0), "{:?}", again.told);
}

#[tokio::test]
async fn who_comes_back_comes_back_with_its_tag() {
    let world = World::new().await;
    let both = || Toy::selling(vec![member("1", Some("1")), member("2", Some("1"))]);
    world.import(&both()).await.done();
    let family = tags(&world, "2");
    let one = Toy::selling(vec![member("1", Some("1 alone"))]);
    let ran = world.import_with(&one, |options| options.prune = true).await.done();
    assert_eq!(ran.counts(), (0, 0, 1, 1), "{:?}", ran.told);
    let ran = world.import(&both()).await.done();
    assert_eq!(ran.counts(), (0, 1, 1, 0), "{:?}", ran.told);
    assert_eq!((tags(&world, "1"), tags(&world, "2")), (family.clone(), family));
}

#[tokio::test]
async fn calls_stay_within_one_for_each_family_and_each_product() {
    let world = World::new().await;
    let members = (0..40).map(|id| member(&i32::to_string(&(id + 1)), Some(&i32::to_string(&(id % 10 + 1)))));
    world.import_with(&Toy::selling(members.collect()), |options| options.images = Images::None).await.done();
    assert_eq!(creations_of_tags(&world), 10);
    assert_eq!(world.writes().len(), 10 + 40, "{:?}", world.writes());
}
