//! Nothing twice and nothing lost: creates that nobody answered, and goods that are there twice.

use std::time::Duration;

use connector::RunError;
use sandbox::gateway::Fault;
use serde_json::{Value, json};
use transport::Method;

use crate::support::{World, guid, product, variant};
use crate::toy::Toy;

const CREATE: &str = "/dashboard/webshops/";

fn things(count: usize) -> Toy {
    Toy::selling((1..=count).map(|id| product(&id.to_string(), "Thing", vec![variant("0", 23)])).collect())
}

fn family() -> Toy {
    let sizes = ["1", "2", "3", "4"].map(|id| variant(id, 23)).to_vec();
    Toy::selling(vec![product("1", "Family", sizes)])
}

/// Each external id is there once, and alive.
fn each_once(world: &World, count: usize) {
    let mut ids: Vec<(Value, Value)> = world
        .live()
        .iter()
        .map(|product| {
            let source = &product["data"]["source"];
            (source["product"].clone(), source["variant"].clone())
        })
        .collect();
    let all = ids.len();
    ids.sort_by_key(|(product, variant)| (product.to_string(), variant.to_string()));
    ids.dedup();
    assert_eq!((ids.len(), all), (count, count), "{ids:?}");
}

#[tokio::test]
async fn a_create_that_was_done_and_not_answered_is_found_and_not_repeated() {
    for lag in [0, 59] {
        let world = World::with(|options| options.index_lag = Duration::from_secs(lag)).await;
        world.gateway.script(Method::POST, CREATE, [Fault::Pass, Fault::LostAnswer, Fault::DoneButError]);
        // The tag is the first call of its path; then two families.
        let ran = world.import(&things(3)).await.done();
        assert_eq!(ran.counts(), (3, 0, 0, 0), "lag {lag}: {:?}", ran.told);
        each_once(&world, 3);
        assert_eq!(ran.told("waiting"), lag > 0, "{:?}", ran.told);
        let again = world.import(&things(3)).await.done();
        assert_eq!(again.counts(), (0, 0, 3, 0), "lag {lag}: {:?}", again.told);
    }
}

#[tokio::test]
async fn a_create_that_was_not_done_is_done_once_when_that_is_certain() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(59)).await;
    world.gateway.script(Method::POST, CREATE, [Fault::Drop, Fault::ServerError]);
    let before = world.clock.now();
    let ran = world.import(&things(2)).await.done();
    assert_eq!(ran.counts(), (2, 0, 0, 0), "{:?}", ran.told);
    each_once(&world, 2);
    let waited = (world.clock.now() - before).num_seconds();
    assert!(waited >= 60, "it was created anew after {waited} s, when it might still have come to light");
}

#[tokio::test]
async fn half_a_list_that_was_done_leaves_only_the_other_half_to_do() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(30)).await;
    let products = format!("{CREATE}{}/products", world.gateway.shop());
    world.gateway.script(Method::POST, &products, [Fault::Half]);
    let ran = world.import(&family()).await.done();
    assert_eq!(ran.counts(), (4, 0, 0, 0), "{:?}", ran.told);
    each_once(&world, 4);
    let tags: Vec<Value> = world.live().iter().map(|product| product["tag_guids"].clone()).collect();
    assert!(tags.iter().all(|own| *own == tags[0] && own.as_array().unwrap().len() == 1), "{tags:?}");
}

#[tokio::test]
async fn a_marketplace_that_never_answers_a_create_ends_the_run_and_says_what_is_unknown() {
    let world = World::new().await;
    let products = format!("{CREATE}{}/products", world.gateway.shop());
    world.gateway.script(Method::POST, &products, [Fault::ServerError; 1000]);
    let ran = world.import(&things(300)).await;
    assert!(
        matches!(&ran.result, Err(RunError::Failed { what, .. }) if what.contains("in a row failed")),
        "{:?}",
        ran.result
    );
    assert!(ran.told("nobody knows whether"), "{:?}", ran.told);
    assert!(ran.told("the next run finds out"), "{:?}", ran.told);
    assert_eq!(world.gateway.products(), [json!(null); 0]);
}

#[tokio::test]
async fn a_short_breakdown_of_the_marketplace_ends_nothing() {
    let world = World::new().await;
    let products = format!("{CREATE}{}/products", world.gateway.shop());
    world.gateway.script(Method::POST, &products, [Fault::ServerError; 40]);
    let search = "/dashboard/webshop_products/_query";
    world.gateway.script(Method::POST, search, [Fault::Pass, Fault::ServerError, Fault::Drop]);
    let ran = world.import(&things(60)).await.done();
    assert_eq!(ran.counts(), (60, 0, 0, 0), "{:?}", ran.told);
    each_once(&world, 60);
}

#[tokio::test]
async fn a_variant_whose_outcome_stays_unknown_is_a_reject_and_stops_no_other() {
    let world = World::new().await;
    let products = format!("{CREATE}{}/products", world.gateway.shop());
    let mut faults = vec![Fault::ServerError];
    faults.extend([Fault::Pass, Fault::Pass]);
    faults.extend([Fault::ServerError; 10]);
    world.gateway.script(Method::POST, &products, faults);
    let ran = world.import(&things(3)).await.done();
    assert_eq!((ran.summary.created, ran.summary.rejected), (2, 1), "{:?}", ran.told);
    assert!(ran.told("does not say whether it created it"), "{:?}", ran.told);
}

#[tokio::test]
async fn of_goods_that_are_there_twice_the_oldest_stays() {
    let world = World::new().await;
    let toy = things(2);
    world.import(&toy).await.done();
    let original = world.one("1", "0");
    let mut copy =
        json!({ "created": "2027-01-01T00:00:00Z", "guid": "99999999-0000-4000-8000-000000000001" });
    for field in ["name", "desc", "brief", "sku", "images", "vat", "data", "tag_guids"] {
        copy[field] = original[field].clone();
    }
    copy["stock_level"] = json!(1);
    world.gateway.seed_products([copy]);
    let dry = world.import_with(&toy, |options| options.dry_run = true).await.done();
    assert_eq!((dry.counts(), dry.told.len()), ((0, 0, 2, 1), 1), "{:?}", dry.told);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.counts(), (0, 0, 2, 1), "{:?}", ran.told);
    let live = world.live();
    assert_eq!(live.len(), 2);
    assert!(live.iter().any(|product| guid(product) == guid(&original)), "the oldest was archived: {live:?}");
    let again = world.import(&toy).await.done();
    assert_eq!(again.counts(), (0, 0, 2, 0), "it is healed: {:?}", again.told);
}

#[tokio::test]
async fn a_run_leaves_the_marketplace_only_when_it_shows_what_was_written() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(40)).await;
    let toy = things(3);
    let first = world.import(&toy).await.done();
    assert!(first.told("waiting 1"), "{:?}", first.told);
    let writes = world.writes().len();
    let second = world.import(&toy).await.done();
    assert_eq!((second.counts(), world.writes().len()), ((0, 0, 3, 0), writes), "{:?}", second.told);
    assert!(!second.told("waiting"), "a run that wrote nothing waits for nothing: {:?}", second.told);
}

#[tokio::test]
async fn one_call_that_fails_is_one_failure_however_many_variants_it_carries() {
    let world = World::new().await;
    let products = format!("{CREATE}{}/products", world.gateway.shop());
    world.gateway.script(Method::POST, &products, [Fault::LostAnswer]);
    let many = (1..=45).map(|id| variant(&id.to_string(), 23)).collect();
    let ran = world.import(&Toy::selling(vec![product("1", "Family", many)])).await.done();
    assert_eq!(ran.counts(), (45, 0, 0, 0), "{:?}", ran.told);
    each_once(&world, 45);
}

#[tokio::test]
async fn what_is_created_again_because_a_stopped_run_is_forgotten_is_healed_at_its_end() {
    let world = World::with(|options| options.index_lag = Duration::from_secs(50)).await;
    let toy = things(5);
    let stopped = Toy::of(Vec::new()).endless();
    stopped.holds_open(things(5));
    // The first run creates everything and is stopped before the marketplace shows any of it.
    let stop = tokio_util::sync::CancellationToken::new();
    let first = world.import_until(&stopped, &stop, 5).await;
    assert!(matches!(first.result, Err(RunError::Stopped)), "{:?}", first.result);
    world.clock.advance(Duration::from_secs(1));
    world.lose_state();
    let second = world.import(&toy).await.done();
    assert_eq!(second.counts(), (5, 0, 0, 5), "{:?}", second.told);
    each_once(&world, 5);
    let third = world.import(&toy).await.done();
    assert_eq!(third.counts(), (0, 0, 5, 0), "{:?}", third.told);
}
