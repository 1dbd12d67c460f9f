//! What runs leave that break off, and what a run makes of a marketplace that is not as it was.

use std::sync::atomic::Ordering;
use std::time::Duration;

use connector::{Item, Scope};
use futures::TryStreamExt as _;
use gateway_core::model::{ImageRef, Product, ProductId, StockLevel};
use sandbox::gateway::Fault;
use serde_json::json;
use state::{Link, StoredReject};
use transport::Method;

use crate::support::{World, guid, item, product, shop_name, undeliverable, variant};
use crate::toy::Toy;

const QUERY: &str = "/dashboard/webshop_products/_query";

fn named(id: &str, name: &str) -> Product {
    product(id, name, vec![variant("0", 23)])
}

fn things(count: usize) -> Vec<Product> {
    (1..=count).map(|id| named(&id.to_string(), "Thing")).collect()
}

/// The first of them renamed, so many.
fn renamed(first: usize, count: usize) -> Vec<Product> {
    let name = |id: usize| if id <= first { "Renamed" } else { "Thing" };
    (1..=count).map(|id| named(&id.to_string(), name(id))).collect()
}

fn items(products: Vec<Product>) -> Vec<Item> {
    products.into_iter().map(|own| Item::Product(Box::new(own), Vec::new())).collect()
}

fn creates(world: &World) -> String {
    format!("/dashboard/webshops/{}/products", world.gateway.shop())
}

async fn links(world: &World) -> Vec<Link> {
    world.store(&shop_name()).await.links().try_collect().await.unwrap()
}

async fn rejects(world: &World) -> Vec<StoredReject> {
    world.store(&shop_name()).await.rejects().try_collect().await.unwrap()
}

#[tokio::test]
async fn a_listing_that_breaks_off_is_begun_again() {
    let world = World::new().await;
    let toy = Toy::selling(things(1));
    world.import(&toy).await.done();
    let copy = world.copy_state();
    toy.sells(things(800));
    world.import(&toy).await.done();
    world.restore_state(&copy);
    // The newest goods and some pages of the listing come, then nothing for long.
    let faults = [Fault::Pass; 7].into_iter().chain([Fault::ServerError; 8]);
    world.gateway.script(Method::POST, QUERY, faults);
    assert!(world.import(&toy).await.result.is_err());
    let linked = links(&world).await.len();
    assert!((400..800).contains(&linked), "{linked}");
    let next = world.import(&toy).await.done();
    assert_eq!((next.counts(), world.live().len()), ((0, 0, 800, 0), 800), "{:?}", next.told);
}

#[tokio::test]
async fn no_clock_makes_a_create_be_repeated_too_early() {
    for minutes in [-5, 15] {
        let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
        let toy = Toy::selling(things(1));
        world.gateway.script(Method::POST, &creates(&world), [Fault::LostAnswer]);
        assert!(world.import_killed(&toy, 1).await);
        // The machine that tried it has another clock than this one.
        let store = world.store(&shop_name()).await;
        let lease = store.lease(state::LeaseKind::Import, "another machine").await.unwrap();
        let intents = store.intents().await.unwrap().into_iter();
        let intents: Vec<_> = intents.map(|intent| (intent.product, intent.variant)).collect();
        let at = world.clock.now() + chrono::TimeDelta::minutes(minutes);
        store.intend(&lease, &intents, at).await.unwrap();
        lease.release().await.unwrap();
        // So many more that what was created first is not among the newest any more.
        toy.sells(things(300));
        let next = world.import(&toy).await.done();
        assert_eq!(
            (next.counts(), world.gateway.products().len()),
            ((300, 0, 0, 0), 300),
            "{minutes}: {:?}",
            next.told
        );
        let last = world.import(&toy).await.done();
        assert_eq!(last.counts(), (0, 0, 300, 0), "{minutes}: {:?}", last.told);
    }
}

#[tokio::test]
async fn while_a_create_is_open_looks_go_back_behind_it() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
    let toy = Toy::selling(things(1));
    world.import(&toy).await.done();
    let newest =
        async || world.store(&shop_name()).await.note("import").await.unwrap().unwrap()["newest"].clone();
    let before = newest().await;
    world.clock.advance(Duration::from_secs(3600));
    toy.sells(things(2));
    world.gateway.script(Method::POST, &creates(&world), [Fault::LostAnswer]);
    assert!(world.import_killed(&toy, 1).await);
    // A run over one product leaves open what it was not asked for.
    toy.sells(things(3));
    let three = ProductId::new("3").unwrap();
    let part = world.import_with(&toy, |options| options.scope = Scope::Products(vec![three])).await.done();
    assert_eq!(part.counts(), (1, 0, 0, 0), "{:?}", part.told);
    assert_eq!(newest().await, before, "the next run would not look far enough");
    let whole = world.import(&toy).await.done();
    assert_eq!(whole.counts(), (0, 0, 3, 0), "{:?}", whole.told);
    assert_eq!(world.gateway.products().len(), 3);
    assert_ne!(newest().await, before);
}

#[tokio::test]
async fn what_changed_since_a_create_that_broke_off_arrives() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
    let toy = Toy::selling(things(1));
    world.gateway.script(Method::POST, &creates(&world), [Fault::LostAnswer]);
    assert!(world.import_killed(&toy, 1).await, "it looks for what was not answered");
    let mut later = variant("0", 23);
    later.stock = StockLevel::Quantity(9.into());
    toy.sells(vec![product("1", "Renamed", vec![later])]);
    world.clock.advance(Duration::from_secs(1));
    let next = world.import(&toy).await.done();
    assert_eq!(next.counts(), (1, 0, 0, 0), "{:?}", next.told);
    assert!(next.told("the next run writes what has changed"), "{:?}", next.told);
    let base = links(&world).await[0].stock_base;
    assert_eq!(base, Some(5.into()), "the level that the killed run sent, not that of today");
    assert_eq!(world.import(&toy).await.done().counts(), (0, 1, 0, 0));
    assert_eq!((&world.one("1", "0")["name"], world.gateway.products().len()), (&json!("Renamed"), 1));
}

#[tokio::test]
async fn what_was_archived_and_not_remembered_comes_back_with_the_shop() {
    let world = World::new().await;
    let sizes = |ids: &[&str]| vec![product("1", "Thing", ids.iter().map(|id| variant(id, 23)).collect())];
    let toy = Toy::selling(sizes(&["1", "2"]));
    world.import(&toy).await.done();
    let copy = world.copy_state();
    toy.sells(sizes(&["1"]));
    assert_eq!(world.import(&toy).await.done().counts(), (0, 0, 1, 1));
    world.restore_state(&copy);
    assert_eq!(world.import(&toy).await.done().counts(), (0, 0, 1, 0));
    toy.sells(sizes(&["1", "2"]));
    let back = world.import(&toy).await.done();
    assert!(back.told("Restored 1/2"), "{:?}", back.told);
    assert_eq!(world.one("1", "2")["archived"], false);
}

#[tokio::test]
async fn a_marketplace_that_was_put_back_to_an_earlier_day_gets_what_it_lost() {
    let world = World::new().await;
    let toy = Toy::selling(things(150));
    world.import(&toy).await.done();
    world.clock.advance(Duration::from_secs(1000));
    toy.sells(things(300));
    world.import(&toy).await.done();
    for id in 151..=300 {
        world.gateway.delete(guid(&world.one(&id.to_string(), "0")));
    }
    let next = world.import(&toy).await.done();
    assert_eq!((next.counts(), world.live().len()), ((150, 0, 150, 0), 300), "{:?}", next.told);
    assert_eq!(world.import(&toy).await.done().counts(), (0, 0, 300, 0));
}

#[tokio::test]
async fn a_picture_that_goes_there_and_back_behind_the_index_is_right_in_the_end() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
    let with = |identity: &str| {
        let mut own = variant("0", 23);
        own.images = vec![ImageRef::new(identity, None).unwrap()];
        vec![product("1", "Thing", vec![own])]
    };
    let toy = Toy::selling(with("7"));
    world.import(&toy).await.done();
    world.clock.advance(Duration::from_secs(1000));
    toy.sells(with("8"));
    assert!(world.import_killed(&toy, 2).await, "it waits for the marketplace");
    toy.sells(with("7"));
    world.import(&toy).await.done();
    world.clock.advance(Duration::from_secs(1000));
    assert_eq!(world.one("1", "0")["data"]["source"]["images"][0][0], "7");
    assert_eq!(world.import(&toy).await.done().counts(), (0, 0, 1, 0));
}

#[tokio::test]
async fn many_that_were_deleted_cost_no_listing_each() {
    let world = World::new().await;
    let toy = Toy::selling(things(300));
    world.import(&toy).await.done();
    for id in 1..=60 {
        world.gateway.delete(guid(&world.one(&id.to_string(), "0")));
    }
    toy.sells(renamed(70, 300));
    let before = world.gateway.calls().len();
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 10, 230, 0), 60), "{:?}", ran.told);
    assert!(
        ran.told("somebody has deleted it at the marketplace: the next run tries again"),
        "{:?}",
        ran.told
    );
    let calls = world.gateway.calls().len() - before;
    assert!(calls < 110, "{calls} calls");
    let next = world.import(&toy).await.done();
    assert_eq!((next.counts(), world.live().len()), ((60, 0, 240, 0), 300), "{:?}", next.told);
}

#[tokio::test]
async fn what_is_gone_on_both_sides_is_forgotten() {
    let world = World::new().await;
    let toy = Toy::selling(things(30));
    world.import(&toy).await.done();
    world.gateway.delete(guid(&world.one("1", "0")));
    toy.sells(things(30).split_off(1));
    let ran = world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!((ran.counts(), links(&world).await.len()), ((0, 0, 29, 0), 29), "{:?}", ran.told);
    let next = world.import(&toy).await.done();
    assert!(!next.told("--prune"), "{:?}", next.told);
}

#[tokio::test]
async fn what_cannot_be_archived_is_remembered_as_a_reject() {
    let world = World::new().await;
    let toy = Toy::selling(things(2));
    world.import(&toy).await.done();
    toy.sells(things(2).split_off(1));
    for again in ["", " again"] {
        world.gateway.script(Method::POST, &creates(&world), [Fault::ServerError; 6]);
        let ran = world.import_with(&toy, |options| options.prune = true).await.done();
        assert!(ran.told(&format!("rejected{again} 1/0: ")), "{:?}", ran.told);
        assert_eq!(rejects(&world).await.len(), 1);
    }
    world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!(rejects(&world).await, []);
}

#[tokio::test]
async fn a_shop_that_tells_of_nothing_changes_nothing_that_is_remembered() {
    let world = World::new().await;
    let toy = Toy::whole(vec![item("1"), undeliverable("2")]);
    world.import(&toy).await.done();
    toy.sells(Vec::new());
    toy.mapping.store(2, Ordering::SeqCst);
    assert!(world.import(&toy).await.result.is_err());
    assert_eq!(rejects(&world).await.len(), 1);
    let mapping = links(&world).await[0].mapping;
    assert_eq!(mapping % 10_000, 1, "the next run has to announce what it changes");
}

#[tokio::test]
async fn products_that_were_asked_for_and_are_not_there_are_no_rejects_any_more() {
    let world = World::new().await;
    let toy = Toy::whole(vec![item("1"), undeliverable("2"), undeliverable("3")]);
    world.import(&toy).await.done();
    toy.sells(things(1));
    let two = ProductId::new("2").unwrap();
    world.import_with(&toy, |options| options.scope = Scope::Products(vec![two])).await.done();
    let left = rejects(&world).await;
    assert_eq!(
        left.iter().map(|reject| reject.product.as_str()).collect::<Vec<_>>(),
        ["3"],
        "nobody asked for that"
    );
}

#[tokio::test]
async fn a_new_mapping_is_announced_once_also_where_a_product_does_not_come() {
    let world = World::new().await;
    let toy = Toy::selling(things(3));
    world.import(&toy).await.done();
    toy.mapping.store(2, Ordering::SeqCst);
    let in_part = |products| items(products).into_iter().chain([undeliverable("9")]).collect::<Vec<_>>();
    toy.delivers_in_part(in_part(renamed(1, 3)));
    assert!(world.import(&toy).await.done().told("1 of 3 linked variants"));
    toy.delivers_in_part(in_part(renamed(2, 3)));
    assert!(
        !world.import(&toy).await.done().told("linked variants"),
        "what changed in the shop is no remapping"
    );
    // Nor is it announced again because the state was lost: some of the marks tell that this version was here.
    toy.sells(renamed(2, 3));
    world.import(&toy).await.done();
    world.lose_state();
    toy.sells(renamed(3, 3));
    let ran = world.import_with(&toy, |options| options.max_change = Some(10)).await.done();
    assert_eq!(ran.counts(), (0, 1, 2, 0), "{:?}", ran.told);
}

#[tokio::test]
async fn a_dry_run_tells_of_what_was_deleted() {
    let world = World::new().await;
    let toy = Toy::selling(things(2));
    world.import(&toy).await.done();
    world.gateway.delete(guid(&world.one("1", "0")));
    toy.sells(renamed(1, 2));
    let dry = world.import_with(&toy, |options| options.dry_run = true).await.done();
    assert_eq!((dry.counts(), dry.summary.rejected), ((0, 0, 1, 0), 1), "{:?}", dry.told);
    assert_eq!(links(&world).await.len(), 2, "a dry run forgets nothing");
}

#[tokio::test]
async fn another_level_is_counted_once() {
    let world = World::new().await;
    let toy = Toy::selling(things(1));
    world.import(&toy).await.done();
    world.gateway.set_stock(guid(&world.one("1", "0")), 7);
    toy.sells(renamed(1, 1));
    let ran = world.import_with(&toy, |options| options.again = true).await.done();
    assert_eq!(ran.summary.other_levels, 1, "{:?}", ran.told);
}

#[tokio::test]
async fn a_mark_that_cannot_be_remembered_is_that_of_nobody() {
    let world = World::new().await;
    let toy = Toy::selling(things(3));
    world.import(&toy).await.done();
    let listed = world.one("1", "0");
    let mut data = listed["data"].clone();
    data["source"]["hash"] = "a\0b".into();
    world.gateway.edit(guid(&listed), json!({ "data": data }));
    let ran = world.import_with(&toy, |options| options.again = true).await.done();
    assert_eq!(ran.counts(), (0, 0, 3, 0), "{:?}", ran.told);
    assert!(ImageRef::new("7\08", None).is_err());
}

#[tokio::test]
async fn a_reject_that_is_found_late_keeps_its_time() {
    let world = World::new().await;
    let toy = Toy::selling(things(1));
    let mut since = Vec::new();
    for _ in 0..2 {
        world.gateway.script(Method::POST, &creates(&world), [Fault::ServerError; 6]);
        let ran = world.import(&toy).await.done();
        assert!(ran.told("does not say whether it created it"), "{:?}", ran.told);
        since.push(rejects(&world).await[0].row.since);
        world.clock.advance(Duration::from_secs(1000));
    }
    assert_eq!(since[0], since[1]);
}
