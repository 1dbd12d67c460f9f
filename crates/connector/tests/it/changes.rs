//! What changes in the shop between two imports: variants that come and go, categories, pictures, addresses.

use connector::import::{Images, Unmapped};
use connector::mapping_file::MappingFile;
use connector::{Item, PlatformError, RunError, Scope};
use gateway_core::model::{ImageRef, Product, Reject, RejectReason, Variant, VariantId};
use serde_json::{Value, json};

use crate::support::{World, product, variant};
use crate::toy::Toy;

pub(crate) fn family(variants: &[&str]) -> Product {
    product("1", "Family", variants.iter().map(|id| variant(id, 23)).collect())
}

pub(crate) fn tags(product: &Value) -> Vec<&str> {
    product["tag_guids"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_tag_of_a_family_comes_with_the_second_variant_and_stays() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1"])]);
    world.import(&toy).await.done();
    assert_eq!(tags(&world.one("1", "1")), [""; 0], "one variant is no family");

    toy.sells(vec![family(&["1", "2"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (1, 1, 0, 0), "{:?}", ran.told);
    let (first, second) = (world.one("1", "1"), world.one("1", "2"));
    assert_eq!((tags(&first), tags(&first).len()), (tags(&second), 1));
    let name = world.gateway.tags().into_iter().find(|tag| tag["guid"] == tags(&first)[0]).unwrap();
    assert_eq!(name["name"], "Family [toy toys.example 1]", "people know it, and no other family bears it");

    toy.sells(vec![family(&["1"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (0, 0, 1, 1), "{:?}", ran.told);
    assert_eq!(tags(&world.one("1", "1")), tags(&first), "it stays when one is left");

    toy.sells(vec![product("1", "Renamed", vec![variant("1", 23), variant("3", 23)])]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (1, 1, 0, 0), "{:?}", ran.told);
    assert_eq!(tags(&world.one("1", "3")), tags(&first), "and when the product is renamed");
}

#[tokio::test]
async fn a_variant_that_is_rejected_is_there_and_not_gone() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"])]);
    world.import(&toy).await.done();
    // Told by the platform, or found when it is rendered.
    let reject = Reject {
        product: family(&["1"]).id().clone(),
        variant: VariantId::new("2").ok(),
        name: None,
        sku: None,
        reason: RejectReason::NoPrice,
    };
    toy.holds(vec![Item::Reject(reject.clone()), Item::Product(Box::new(family(&["1"])), Vec::new())]);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 0, 1, 0), 1), "{:?}", ran.told);
    toy.sells(vec![product("1", "Family", vec![variant("1", 23), variant("2", 22)])]);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 0, 1, 0), 1), "{:?}", ran.told);
    // When the shop does not say which variant it is, none is gone.
    let nameless = Reject { variant: None, ..reject };
    toy.holds(vec![Item::Reject(nameless), Item::Product(Box::new(family(&["1"])), Vec::new())]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (0, 0, 1, 0), "{:?}", ran.told);
}

#[tokio::test]
async fn what_is_gone_is_archived_also_when_the_rest_of_its_product_cannot_be_imported() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"]), with_sku("2", "B")]);
    world.import(&toy).await.done();
    let reject = |reason| {
        Item::Reject(Reject {
            product: family(&["1"]).id().clone(),
            variant: VariantId::new("1").ok(),
            name: None,
            sku: None,
            reason,
        })
    };
    let lamp = || Item::Product(Box::new(with_sku("2", "B")), Vec::new());
    toy.holds(vec![reject(RejectReason::broken("product", "x")), lamp()]);
    let unreadable = world.import(&toy).await.done();
    assert_eq!(unreadable.counts(), (0, 0, 1, 0), "nothing follows from what cannot be read");
    toy.holds(vec![reject(RejectReason::PriceZero), lamp()]);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 0, 1, 1), 1), "{:?}", ran.told);
    assert_eq!(world.one("1", "2")["archived"], true);
    assert_ne!(world.one("1", "1")["archived"], true, "what is rejected is not gone");
}

#[tokio::test]
async fn what_is_gone_is_archived_also_when_the_word_why_cannot_be_written() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"])]);
    world.import(&toy).await.done();
    world.gateway.script(
        transport::Method::PUT,
        "/organizations/",
        [sandbox::gateway::Fault::ServerError; 5],
    );
    toy.sells(vec![family(&["1"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (0, 0, 1, 1), "{:?}", ran.told);
    assert!(ran.told("archived without a word why"), "{:?}", ran.told);
    assert_eq!(world.one("1", "2")["archived"], true);
}

#[tokio::test]
async fn a_shop_that_delivers_no_picture_at_all_ends_the_first_import() {
    let world = World::new().await;
    let products = (1..=30).map(|id| pictured(&id.to_string(), &[&format!("p{id}")])).collect();
    let toy = Toy::selling(products);
    let all: Vec<String> = (1..=30).map(|id| format!("p{id}")).collect();
    toy.missing_pictures.lock().unwrap().extend(all.iter().skip(1).cloned());
    let some = world.import(&toy).await.done();
    assert_eq!(
        (some.summary.images, some.summary.warnings),
        (1, 29),
        "one that comes shows that pictures can"
    );
    let other = World::new().await;
    toy.missing_pictures.lock().unwrap().push("p1".to_owned());
    let none = other.import(&toy).await;
    assert!(
        matches!(&none.result, Err(RunError::Failed { what, .. }) if what.contains("not one of the first 20 pictures")),
        "{:?}",
        none.result
    );
}

#[tokio::test]
async fn a_wrong_setting_that_shows_after_something_was_written_is_a_failure() {
    let revoked =
        || PlatformError::Settings { what: "the key was revoked".to_owned(), hint: "make one".to_owned() };
    let toy = Toy::of(vec![Item::Product(Box::new(family(&["1"])), Vec::new())]);
    *toy.failure.lock().unwrap() = Some(revoked());
    let written = World::new().await.import(&toy).await;
    assert_eq!(written.summary.created, 1, "what was begun is finished");
    assert!(
        matches!(&written.result, Err(RunError::Failed { hint: Some(hint), .. }) if hint == "make one"),
        "{:?}",
        written.result
    );
    let nothing = Toy::of(Vec::new());
    *nothing.failure.lock().unwrap() = Some(revoked());
    assert_eq!(
        World::new().await.import(&nothing).await.wrong_settings(),
        ("the key was revoked", "make one")
    );
}

#[tokio::test]
async fn a_refused_prune_leaves_all_else_done_and_shown() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1"])]);
    world.import(&toy).await.done();
    toy.delivers_in_part(vec![Item::Product(Box::new(with_sku("2", "B")), Vec::new())]);
    let refused = world.import_with(&toy, |options| options.prune = true).await;
    assert!(matches!(&refused.result, Err(RunError::Failed { .. })), "{:?}", refused.result);
    assert_eq!(refused.counts(), (1, 0, 0, 0), "{:?}", refused.told);
    assert_eq!(world.live().len(), 2);
}

#[tokio::test]
async fn a_product_that_comes_twice_ends_the_run() {
    let toy = Toy::selling(vec![family(&["1"]), family(&["1"])]);
    let ran = World::new().await.import(&toy).await;
    assert!(
        matches!(&ran.result, Err(RunError::Failed { what, .. }) if what.contains("listed product 1 twice"))
    );
    assert_eq!(ran.summary.created, 1, "what was begun is finished");
}

fn pictured(id: &str, identities: &[&str]) -> Product {
    let images = identities.iter().map(|identity| {
        let url = format!("http://pictures.example/ą/{identity}.png").parse().unwrap();
        ImageRef::new(identity, Some(url)).unwrap()
    });
    let own = Variant { images: images.collect(), ..variant("0", 23) };
    product(id, "Thing", vec![own])
}

#[tokio::test]
async fn a_picture_that_several_products_show_goes_once_also_in_a_later_run() {
    let world = World::new().await;
    let toy = Toy::selling(vec![pictured("1", &["a", "b"]), pictured("2", &["b", "c"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.summary.images, world.gateway.pictures()), (3, 3));
    toy.sells(vec![pictured("1", &["a", "b"]), pictured("2", &["b", "c"]), pictured("3", &["c", "a"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.summary.images, world.gateway.pictures(), ran.counts()), (0, 3, (1, 0, 2, 0)));
    let (second, third) = (world.one("2", "0"), world.one("3", "0"));
    assert_eq!(third["images"][0], second["images"][1], "it is the same picture");
    // In another order: no picture, one update.
    toy.sells(vec![pictured("1", &["b", "a"]), pictured("2", &["b", "c"]), pictured("3", &["c", "a"])]);
    let asked = toy.asked_pictures.lock().unwrap().len();
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.summary.images, ran.counts()), (0, (0, 1, 2, 0)));
    assert_eq!(toy.asked_pictures.lock().unwrap().len(), asked);
}

#[tokio::test]
async fn a_picture_that_could_not_be_had_is_left_out_and_tried_again_until_it_is_there() {
    let world = World::new().await;
    let toy = Toy::selling(vec![pictured("1", &["a", "b"])]);
    toy.missing_pictures.lock().unwrap().push("a".to_owned());
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.images, ran.summary.warnings), ((1, 0, 0, 0), 1, 1));
    assert!(ran.told("its picture a was left out: the shop does not deliver it"), "{:?}", ran.told);
    let writes = world.writes().len();
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 1, 0), writes), "{:?}", ran.told);
    toy.missing_pictures.lock().unwrap().clear();
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.images), ((0, 1, 0, 0), 1), "{:?}", ran.told);
    assert_eq!(world.one("1", "0")["images"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn pictures_can_stay_where_they_are_or_be_left_out() {
    let world = World::new().await;
    let toy = Toy::selling(vec![pictured("1", &["a"])]);
    let hot = world.import_with(&toy, |options| options.images = Images::Hotlink).await.done();
    assert_eq!(hot.counts(), (1, 0, 0, 0));
    let address = "http://pictures.example/%C4%85/a.png";
    assert_eq!(world.one("1", "0")["images"], json!([address]), "in ASCII, as the marketplace wants it");
    for mode in [Images::None, Images::Upload, Images::Copy] {
        let ran = world.import_with(&toy, |options| options.images = mode).await.done();
        assert_eq!(ran.counts(), (0, 0, 1, 0), "{mode:?}: what goods have stays");
    }
    toy.sells(vec![pictured("1", &["a"]), pictured("2", &["b"])]);
    let none = world.import_with(&toy, |options| options.images = Images::None).await.done();
    assert_eq!((none.counts(), &world.one("2", "0")["images"]), ((1, 0, 1, 0), &json!([])));
    let later = world.import(&toy).await.done();
    assert_eq!((later.counts(), later.summary.images), ((0, 1, 1, 0), 1), "{:?}", later.told);
}

fn mapping(text: &str) -> MappingFile {
    MappingFile::read(text.as_bytes()).unwrap()
}

#[tokio::test]
async fn an_edited_mapping_changes_the_goods_concerned_and_no_mapping_leaves_them() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"])]);
    let categories =
        |names: &[&str]| names.iter().map(|name| world.gateway.category(name).unwrap()).collect::<Vec<_>>();
    let mapped = async |text: &str| {
        let ran = world.import_with(&toy, |options| options.mapping = Some(mapping(text))).await.done();
        let family = world.gateway.tags().into_iter().find(|tag| tag["type"] == "variant").unwrap();
        let product = world.one("1", "1");
        let own = tags(&product).into_iter().filter(|tag| *tag != family["guid"]).map(str::to_owned);
        (ran.counts(), own.collect::<Vec<_>>())
    };
    assert_eq!(mapped("4,Kubki,Kuchnia\n").await, ((2, 0, 0, 0), categories(&["Kuchnia"])));
    assert_eq!(mapped("4,Kubki,Kuchnia\n").await, ((0, 0, 2, 0), categories(&["Kuchnia"])));
    let path = "4,Kubki,Dom i ogród > Ogród,Plakaty\n";
    assert_eq!(mapped(path).await, ((0, 2, 0, 0), categories(&["Dom i ogród", "Ogród", "Plakaty"])));
    let without = world.import(&toy).await.done();
    assert_eq!(without.counts(), (0, 0, 2, 0), "without a mapping categories are not this run's affair");
    assert_eq!(mapped("4,Kubki,\n").await, ((0, 2, 0, 0), Vec::new()), "mapped to nothing on purpose");
}

#[tokio::test]
async fn a_category_that_is_not_mapped_is_told_once_used_for_another_or_stops_the_run() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"]), product("2", "Lamp", vec![variant("0", 23)])]);
    let only_lamps = || Some(mapping("5,Lampy,Lampy stołowe\n"));
    let fail = world
        .import_with(&toy, |options| {
            options.mapping = only_lamps();
            options.unmapped = Unmapped::Fail;
        })
        .await;
    assert!(fail.wrong_settings().0.contains("1 categories are not mapped: 4 (Kubki)"), "{:?}", fail.result);
    let wrong =
        world.import_with(&toy, |options| options.unmapped = Unmapped::Use("Akcesoria".to_owned())).await;
    assert!(wrong.wrong_settings().0.contains("several categories bear that name: Moda > Akcesoria"));
    let faulty =
        world.import_with(&toy, |options| options.mapping = Some(mapping("4,Kubki,Parasole\n"))).await;
    assert!(
        faulty.wrong_settings().0.contains("1 fault") && faulty.told("fault line 1"),
        "{:?}",
        faulty.told
    );
    assert_eq!(world.writes(), [""; 0], "nothing is written before everything is right");

    let skip = world.import_with(&toy, |options| options.mapping = only_lamps()).await.done();
    assert_eq!((skip.summary.warnings, skip.counts()), (1, (3, 0, 0, 0)), "{:?}", skip.told);
    assert!(skip.told("category 4 (Kubki) is not mapped"), "{:?}", skip.told);
    let other = world
        .import_with(&toy, |options| options.unmapped = Unmapped::Use("kuchnia".to_owned()))
        .await
        .done();
    assert_eq!(other.counts(), (0, 3, 0, 0), "{:?}", other.told);
    let kitchen = world.gateway.category("Kuchnia").unwrap();
    assert!(world.live().iter().all(|product| tags(product).contains(&kitchen.as_str())));
}

#[tokio::test]
async fn what_is_gone_is_archived_only_when_that_is_wanted_and_certain() {
    let world = World::new().await;
    let lamp = || product("2", "Lamp", vec![variant("0", 23)]);
    let toy = Toy::selling(vec![family(&["1", "2"]), lamp()]);
    world.import(&toy).await.done();
    toy.sells(vec![lamp()]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (0, 0, 1, 0));
    assert!(ran.told("2 variants at the marketplace are of products that the shop does not offer any more"));
    let prune = |toy| world.import_with(toy, |options| options.prune = true);
    toy.sells(Vec::new());
    for empty in [world.import(&toy).await, prune(&toy).await] {
        assert!(
            matches!(&empty.result, Err(RunError::Failed { what, .. }) if what.contains("nothing that could be imported")),
            "{:?}",
            empty.result
        );
    }
    toy.holds(vec![Item::Product(Box::new(lamp()), Vec::new()), crate::support::undeliverable("1")]);
    let known = prune(&toy).await.done();
    assert_eq!(known.counts(), (0, 0, 1, 0), "what the shop cannot deliver is not gone: {:?}", known.told);
    toy.delivers_in_part(vec![Item::Product(Box::new(lamp()), Vec::new())]);
    let partial = world.import(&toy).await.done();
    assert!(partial.told("could not deliver all of its products"), "{:?}", partial.told);
    let refused = prune(&toy).await;
    assert!(
        matches!(&refused.result, Err(RunError::Failed { what, .. }) if what.contains("nothing was pruned")),
        "{:?}",
        refused.result
    );
    let part = world
        .import_with(&toy, |options| {
            options.prune = true;
            options.scope = Scope::Products(Vec::new());
        })
        .await;
    assert!(part.wrong_settings().0.contains("do not read all of it"));
    assert_eq!(world.live().len(), 3);
    toy.sells(vec![lamp()]);
    assert_eq!(prune(&toy).await.done().counts(), (0, 0, 1, 2));
    assert_eq!(world.live().len(), 1);
}

pub(crate) fn with_sku(id: &str, sku: &str) -> Product {
    let sku = gateway_core::model::Sku::parse(sku).unwrap();
    product(id, "Thing", vec![Variant { sku, ..variant("0", 23) }])
}

#[tokio::test]
async fn products_that_are_named_are_sorted_out_where_the_platform_cannot() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"]), with_sku("2", "B"), with_sku("3", "C")]);
    let only = |ids: &[&str]| {
        Scope::Products(ids.iter().map(|id| gateway_core::model::ProductId::new(id).unwrap()).collect())
    };
    let ran = world.import_with(&toy, |options| options.scope = only(&["2"])).await.done();
    assert_eq!((ran.counts(), ran.summary.products), ((1, 0, 0, 0), 1), "{:?}", ran.told);
    toy.sells(vec![family(&["1"])]);
    let ran = world.import_with(&toy, |options| options.scope = only(&["1"])).await.done();
    assert_eq!(ran.counts(), (1, 0, 0, 0), "what was not asked for is not gone: {:?}", ran.told);
}

#[tokio::test]
async fn a_family_whose_tag_a_person_deleted_gets_another_with_its_next_variant() {
    let world = World::new().await;
    let toy = Toy::selling(vec![family(&["1", "2"])]);
    world.import(&toy).await.done();
    let tag = gateway_core::gateway::Guid::parse(tags(&world.one("1", "1"))[0]).unwrap();
    world.client.delete_tag(tag).await.unwrap();
    toy.sells(vec![family(&["1", "2", "3"])]);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((1, 0, 2, 0), 0), "{:?}", ran.told);
    assert_eq!(tags(&world.one("1", "3")).len(), 1);
}
