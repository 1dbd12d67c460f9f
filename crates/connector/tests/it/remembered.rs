//! What a run remembers the runs before it by, and what it does when that is lost, old, or not what the marketplace shows.

use std::sync::atomic::Ordering;
use std::time::Duration;

use connector::{Item, RunError};
use futures::TryStreamExt as _;
use sandbox::gateway::Fault;
use serde_json::json;
use state::{Link, StoredReject};
use transport::Method;

use crate::support::{World, guid, item, product, shop_name, undeliverable, variant};
use crate::toy::Toy;

fn named(id: &str, name: &str) -> gateway_core::model::Product {
    product(id, name, vec![variant("0", 23)])
}

fn things(count: usize) -> Vec<gateway_core::model::Product> {
    (1..=count).map(|id| named(&id.to_string(), "Thing")).collect()
}

/// How many times the marketplace was asked for a page of goods.
fn pages(world: &World) -> usize {
    world.gateway.calls().iter().filter(|call| call.path.ends_with("/_query")).count()
}

/// Each product of the shop is there once, and alive.
fn each_once(world: &World, count: usize) {
    let mut ids: Vec<String> =
        world.live().iter().map(|listed| listed["data"]["source"]["product"].to_string()).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!((ids.len(), all), (count, count), "{ids:?}");
}

async fn links(world: &World) -> Vec<Link> {
    world.store(&shop_name()).await.links().try_collect().await.unwrap()
}

#[tokio::test]
async fn an_unchanged_shop_costs_one_page_and_no_write() {
    let world = World::new().await;
    let toy = Toy::selling(things(250));
    world.import(&toy).await.done();
    let (asked, writes, pictures) =
        (pages(&world), world.writes().len(), toy.asked_pictures.lock().unwrap().len());
    let again = world.import(&toy).await.done();
    assert_eq!(again.counts(), (0, 0, 250, 0), "{:?}", again.told);
    assert_eq!(
        (pages(&world) - asked, world.writes().len()),
        (1, writes),
        "the newest goods alone are listed"
    );
    assert_eq!(toy.asked_pictures.lock().unwrap().len(), pictures);
}

#[tokio::test]
async fn so_many_changed_variants_are_so_many_writes() {
    let world = World::new().await;
    let toy = Toy::selling(things(250));
    world.import(&toy).await.done();
    let mut goods = things(250);
    for place in [3, 77, 78, 120, 199, 200, 249] {
        goods[place] = named(&(place + 1).to_string(), "Renamed");
    }
    toy.sells(goods);
    let writes = world.writes().len();
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), world.writes().len() - writes), ((0, 7, 243, 0), 7), "{:?}", ran.told);
}

#[tokio::test]
async fn a_lost_state_costs_a_listing_and_nothing_else() {
    let world = World::new().await;
    let toy = Toy::selling(things(250));
    world.import(&toy).await.done();
    let (writes, remembered) = (world.writes().len(), links(&world).await);
    let pictures = toy.asked_pictures.lock().unwrap().len();
    world.lose_state();
    let again = world.import(&toy).await.done();
    assert_eq!((again.counts(), world.writes().len()), ((0, 0, 250, 0), writes), "{:?}", again.told);
    assert_eq!(toy.asked_pictures.lock().unwrap().len(), pictures);
    let rebuilt = links(&world).await;
    let without_base = |link: &Link| Link { stock_base: None, ..link.clone() };
    assert_eq!(
        rebuilt,
        remembered.iter().map(without_base).collect::<Vec<_>>(),
        "but for the levels it is as it was"
    );
    // And from then on it is remembered as ever: a picture that is known is not sent again with a new product.
    toy.sells(things(251));
    let third = world.import(&toy).await.done();
    assert_eq!((third.counts(), third.summary.images), ((1, 0, 250, 0), 0), "{:?}", third.told);
}

#[tokio::test]
async fn a_run_that_is_killed_at_any_moment_is_finished_by_the_next_and_nothing_is_doubled() {
    let family = |id: usize| {
        let variants = (1..=3).map(|variant_id| variant(&variant_id.to_string(), 23)).collect();
        product(&id.to_string(), "Family", variants)
    };
    for lag in [0, 50] {
        for moment in 1..=12 {
            let world = World::with(|options| options.index_lag = Duration::from_secs(lag)).await;
            let toy = Toy::selling((1..=4).map(family).collect());
            let tags = world.gateway.tags().len();
            assert!(world.import_killed(&toy, moment).await);
            world.clock.advance(Duration::from_secs(1));
            let next = world.import(&toy).await.done();
            let live = world.live();
            assert_eq!(live.len(), 12, "lag {lag}, moment {moment}: {:?}", next.told);
            assert_eq!(world.gateway.products().len(), 12, "lag {lag}, moment {moment}: {:?}", next.told);
            assert_eq!(world.gateway.tags().len() - tags, 4, "no family has two tags");
            let last = world.import(&toy).await.done();
            assert_eq!(last.counts(), (0, 0, 12, 0), "lag {lag}, moment {moment}: {:?}", last.told);
            assert!(world.store(&shop_name()).await.intents().await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn what_a_killed_run_created_is_known_even_when_the_shop_has_it_no_more() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
    let toy = Toy::selling(things(3));
    let products = format!("/dashboard/webshops/{}/products", world.gateway.shop());
    world.gateway.script(Method::POST, &products, [Fault::LostAnswer]);
    assert!(world.import_killed(&toy, 2).await);
    assert_eq!(world.gateway.products().len(), 3, "all were created, and one was not answered");
    toy.sells(vec![named("9", "Other")]);
    world.clock.advance(Duration::from_secs(3600));
    let next = world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!(next.counts(), (1, 0, 0, 3), "{:?}", next.told);
    each_once(&world, 1);
}

#[tokio::test]
async fn an_older_copy_of_the_state_doubles_nothing() {
    let world = World::new().await;
    let toy = Toy::selling(things(2));
    world.import(&toy).await.done();
    let copy = world.copy_state();
    toy.sells(things(5));
    world.import(&toy).await.done();
    let writes = world.writes().len();
    world.restore_state(&copy);
    let again = world.import(&toy).await.done();
    assert_eq!((again.counts(), world.writes().len()), ((0, 0, 5, 0), writes), "{:?}", again.told);
    assert_eq!(links(&world).await.len(), 5);
}

#[tokio::test]
async fn a_state_that_knows_other_goods_than_there_are_archives_none_of_them() {
    let world = World::new().await;
    let toy = Toy::selling(things(30));
    world.import(&toy).await.done();
    let copy = world.copy_state();
    for listed in world.gateway.products() {
        world.gateway.delete(guid(&listed));
    }
    world.lose_state();
    assert_eq!(world.import(&toy).await.done().counts(), (30, 0, 0, 0));
    let writes = world.writes().len();
    world.restore_state(&copy);
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 30, 0), writes), "{:?}", ran.told);
    each_once(&world, 30);
    let linked: Vec<String> = links(&world).await.iter().map(|link| link.guid.to_string()).collect();
    assert!(world.live().iter().all(|listed| linked.contains(&guid(listed).to_owned())));
}

#[tokio::test]
async fn what_somebody_deleted_at_the_marketplace_comes_back_once_the_shop_changes_it() {
    let world = World::new().await;
    let toy = Toy::selling(things(2));
    world.import(&toy).await.done();
    world.gateway.delete(guid(&world.one("1", "0")));
    let unchanged = world.import(&toy).await.done();
    assert_eq!(unchanged.counts(), (0, 0, 2, 0), "it is not looked at: {:?}", unchanged.told);
    toy.sells(vec![named("1", "Renamed"), named("2", "Thing")]);
    let changed = world.import(&toy).await.done();
    assert_eq!((changed.counts(), changed.summary.rejected), ((0, 0, 1, 0), 1), "{:?}", changed.told);
    assert!(changed.told("somebody has deleted it at the marketplace"), "{:?}", changed.told);
    let next = world.import(&toy).await.done();
    assert_eq!((next.counts(), next.summary.images), ((1, 0, 1, 0), 0), "{:?}", next.told);
    each_once(&world, 2);
    assert!(world.store(&shop_name()).await.rejects().try_collect::<Vec<_>>().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_marketplace_that_was_emptied_is_filled_again() {
    let world = World::new().await;
    let toy = Toy::selling(things(30));
    world.import(&toy).await.done();
    for listed in world.gateway.products() {
        world.gateway.delete(guid(&listed));
    }
    let again = world.import(&toy).await.done();
    assert!(
        again.told("30 variants that were linked are not at the marketplace any more"),
        "{:?}",
        again.told
    );
    assert_eq!((again.counts(), again.summary.images), ((30, 0, 0, 0), 1), "{:?}", again.told);
    each_once(&world, 30);
    let last = world.import(&toy).await.done();
    assert_eq!(last.counts(), (0, 0, 30, 0), "{:?}", last.told);
}

#[tokio::test]
async fn what_only_is_not_shown_yet_is_no_deleted_product() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
    let toy = Toy::selling(things(3));
    // All are created and remembered, and the run is killed while the marketplace shows none of them.
    assert!(world.import_killed(&toy, 4).await, "it waits for the marketplace");
    assert_eq!(links(&world).await.len(), 3);
    let next = world.import(&toy).await.done();
    assert_eq!(next.counts(), (0, 0, 3, 0), "{:?}", next.told);
    each_once(&world, 3);
}

#[tokio::test]
async fn a_product_whose_mark_was_taken_away_is_known_all_the_same() {
    let world = World::new().await;
    let toy = Toy::selling(things(1));
    world.import(&toy).await.done();
    let listed = world.one("1", "0");
    world.gateway.edit(guid(&listed), json!({ "data": { "variants": {} }, "desc": "by hand" }));
    toy.sells(vec![named("1", "Renamed")]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.told, ["Updated 1/0 name"]);
    let now = world.one("1", "0");
    assert_eq!(
        (&now["name"], &now["desc"], guid(&now)),
        (&json!("Renamed"), &json!("by hand"), guid(&listed))
    );
}

#[tokio::test]
async fn rejects_are_remembered_until_they_are_mended_and_told_as_new_once() {
    let world = World::new().await;
    let odd = product("3", "Odd", vec![variant("1", 22), variant("2", 23)]);
    let toy =
        Toy::whole(vec![item("1"), undeliverable("2"), Item::Product(Box::new(odd.clone()), Vec::new())]);
    let first = world.import(&toy).await.done();
    assert!(first.told("rejected 2: ") && first.told("rejected 3/1: "), "{:?}", first.told);
    let remembered = async || -> Vec<StoredReject> {
        world.store(&shop_name()).await.rejects().try_collect().await.unwrap()
    };
    let stored = remembered().await;
    assert_eq!(stored.iter().map(|reject| reject.product.as_str()).collect::<Vec<_>>(), ["2", "3"]);
    assert!(stored[1].row.reason.contains("22 %"), "{:?}", stored[1]);

    world.clock.advance(Duration::from_secs(3600));
    let again = world.import(&toy).await.done();
    assert!(again.told("rejected again 2: ") && again.told("rejected again 3/1: "), "{:?}", again.told);
    assert_eq!(remembered().await, stored, "they are as old as they were");

    // One is mended, one is gone from the shop, and one is new.
    let mended = product("3", "Odd", vec![variant("1", 23), variant("2", 23)]);
    toy.holds(vec![item("1"), Item::Product(Box::new(mended), Vec::new()), undeliverable("4")]);
    let third = world.import(&toy).await.done();
    assert!(third.told("rejected 4: "), "{:?}", third.told);
    let left = remembered().await;
    assert_eq!(left.iter().map(|reject| reject.product.as_str()).collect::<Vec<_>>(), ["4"]);
    // A dry run remembers nothing.
    toy.holds(vec![item("1"), undeliverable("5")]);
    world.import_with(&toy, |options| options.dry_run = true).await.done();
    assert_eq!(remembered().await, left);
}

#[tokio::test]
async fn a_new_mapping_is_announced_before_it_changes_anything_and_may_be_stopped() {
    let world = World::new().await;
    let toy = Toy::selling(things(10));
    world.import(&toy).await.done();
    let writes = world.writes().len();
    // A new version that makes the same of the same goods has nothing to say.
    toy.mapping.store(2, Ordering::SeqCst);
    let same = world.import(&toy).await.done();
    assert_eq!((same.counts(), same.told.len(), world.writes().len()), ((0, 0, 10, 0), 0, writes));

    toy.mapping.store(3, Ordering::SeqCst);
    let mut goods = things(10);
    goods[..3].iter_mut().for_each(|own| *own = named(own.id().as_str(), "Thing, mapped anew"));
    toy.sells(goods);
    let stopped = world.import_with(&toy, |options| options.max_change = Some(20)).await;
    let (what, hint) = stopped.wrong_settings();
    assert!(
        what.contains("3 of 10 linked variants (30 %)") && what.contains("Nothing was written"),
        "{what}"
    );
    assert!(hint.contains("--max-change 100"), "{hint}");
    assert_eq!(world.writes().len(), writes);

    let ran = world.import_with(&toy, |options| options.max_change = Some(30)).await.done();
    assert_eq!(ran.counts(), (0, 3, 7, 0), "{:?}", ran.told);
    assert!(ran.told[0].contains("3 of 10 linked variants (30 %)"), "it is said first: {:?}", ran.told);
    // What changes in the shop from now on is no remapping.
    toy.sells((1..=10).map(|id| named(&id.to_string(), "All new")).collect());
    let ran = world.import_with(&toy, |options| options.max_change = Some(0)).await.done();
    assert_eq!(ran.counts(), (0, 10, 0, 0), "{:?}", ran.told);
    assert!(!ran.told("linked variants"), "{:?}", ran.told);
}

#[tokio::test]
async fn a_run_that_is_told_no_lease_writes_nothing() {
    let world = World::new().await;
    let toy = Toy::selling(things(1));
    let store = world.store(&shop_name()).await;
    let lease = store.lease(state::LeaseKind::Import, "another run").await.unwrap();
    let other = store.lease(state::LeaseKind::Import, "this run").await.unwrap_err();
    assert!(matches!(RunError::from(other), RunError::TryLater { what } if what.contains("another run")));
    drop(lease);
    let result = world.import_seeing(&toy, &store).await;
    assert!(matches!(result, Err(RunError::Failed { .. })), "{result:?}");
    assert_eq!(world.writes(), [""; 0]);
}
