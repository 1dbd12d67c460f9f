//! What an import does about stock levels, beside stock runs that may be at work at the same time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use connector::Item;
use futures::TryStreamExt as _;
use gateway_core::gateway::Guid;
use gateway_core::model::{Product, StockLevel};
use rust_decimal::Decimal;
use sandbox::gateway::Fault;
use serde_json::json;
use state::{LeaseKind, LevelChanges, LevelRow, LevelWrite, Link};
use transport::Method;

use crate::support::{World, guid, product, shop_name, undeliverable, variant};
use crate::toy::Toy;

/// A product on sale or not, with so many of it.
fn thing(id: &str, for_sale: bool, stock: StockLevel) -> Product {
    let mut own = variant("0", 23);
    (own.for_sale, own.stock) = (for_sale, stock);
    product(id, "Thing", vec![own])
}

fn pieces(count: i64) -> StockLevel {
    StockLevel::Quantity(count.into())
}

async fn links(world: &World) -> Vec<Link> {
    world.store(&shop_name()).await.links().try_collect().await.unwrap()
}

async fn bases(world: &World) -> Vec<Option<Decimal>> {
    links(world).await.into_iter().map(|link| link.stock_base).collect()
}

async fn levels(world: &World) -> Vec<LevelRow> {
    world.store(&shop_name()).await.levels().try_collect().await.unwrap()
}

/// What a stock run remembers that is about to write a level; answers whether it may.
async fn about_to_write(world: &World, of: Guid, intended: i64, untouched_since: DateTime<Utc>) -> bool {
    let store = world.store(&shop_name()).await;
    let lease = store.lease(LeaseKind::Stock, "a stock run").await.unwrap();
    let link = links(world).await.remove(0);
    let write = LevelWrite {
        old: Some(5.into()),
        intended: intended.into(),
        key: "a".to_owned(),
        at: world.clock.now(),
        is_answered: false,
    };
    let row = LevelRow {
        product: link.product,
        variant: link.variant,
        guid: of,
        shop: Some(pieces(intended)),
        market: Some(5.into()),
        owed: Decimal::ZERO,
        held: Decimal::ZERO,
        shop_write: None,
        market_write: Some(write),
    };
    let changes = LevelChanges { rows: vec![row], ..LevelChanges::default() };
    let touched = store.remember_levels(&lease, &changes, Some(untouched_since)).await.unwrap();
    lease.release().await.unwrap();
    touched.is_empty()
}

/// A marketplace that shows late what was written.
async fn slow() -> World {
    World::with(|options| options.index_lag = Duration::from_secs(50)).await
}

/// The first create is done, and its run killed before it remembers that.
async fn killed_behind_a_create(world: &World, toy: &Toy) {
    let creates = format!("/dashboard/webshops/{}/products", world.gateway.shop());
    world.gateway.script(Method::POST, &creates, [Fault::LostAnswer]);
    assert!(world.import_killed(toy, 1).await);
    assert_eq!((world.gateway.products().len(), links(world).await.len()), (1, 0));
}

#[tokio::test]
async fn what_a_killed_run_created_has_the_level_that_it_sent() {
    for again in [false, true] {
        for (sent, base) in [(pieces(5), Some(5.into())), (StockLevel::Unknown, None)] {
            let world = slow().await;
            let toy = Toy::selling(vec![thing("1", true, sent)]);
            killed_behind_a_create(&world, &toy).await;
            world.clock.advance(Duration::from_secs(1000));
            toy.sells(vec![thing("1", true, pieces(9))]);
            world.import_with(&toy, |options| options.again = again).await.done();
            assert_eq!(world.gateway.products().len(), 1);
            assert_eq!(bases(&world).await, [base], "{again} {sent:?}");
            assert!(world.store(&shop_name()).await.intents().await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn what_a_killed_run_created_and_the_shop_does_not_deliver_has_its_level() {
    let world = slow().await;
    let toy = Toy::selling(vec![thing("1", true, pieces(5))]);
    killed_behind_a_create(&world, &toy).await;
    let other = Item::Product(Box::new(thing("2", true, pieces(7))), Vec::new());
    toy.holds(vec![undeliverable("1"), other]);
    world.import(&toy).await.done();
    assert_eq!(bases(&world).await, [Some(5.into()), Some(7.into())]);
}

#[tokio::test]
async fn what_comes_back_begins_with_the_level_that_it_is_stocked_with() {
    for (back, base) in [(pieces(8), Some(8.into())), (StockLevel::Unknown, None)] {
        let world = World::new().await;
        let other = || thing("2", true, pieces(5));
        let toy = Toy::selling(vec![thing("1", true, pieces(5)), other()]);
        world.import(&toy).await.done();
        let of: Guid = links(&world).await[0].guid;
        assert!(about_to_write(&world, of, 3, world.clock.now()).await);
        assert_eq!(bases(&world).await, [Some(3.into()), Some(5.into())]);

        toy.sells(vec![other()]);
        world.import_with(&toy, |options| options.prune = true).await.done();
        assert_eq!(bases(&world).await, [None, Some(5.into())], "what is gone has none");
        assert_eq!(levels(&world).await, []);
        // A stock run that has read it before may not put it back.
        assert!(!about_to_write(&world, of, 3, world.clock.now()).await);
        assert_eq!(bases(&world).await, [None, Some(5.into())]);

        toy.sells(vec![thing("1", true, back), other()]);
        let ran = world.import(&toy).await.done();
        assert!(ran.told("Restored 1/0"), "{:?}", ran.told);
        assert_eq!(bases(&world).await, [base, Some(5.into())], "{back:?}");
        assert_eq!(levels(&world).await, [], "nothing was seen of it since");
    }
}

#[tokio::test]
async fn an_import_sends_the_level_that_a_stock_run_is_about_to_write() {
    let world = World::new().await;
    let toy = Toy::selling(vec![thing("1", true, pieces(5))]);
    world.import(&toy).await.done();
    let of: Guid = links(&world).await[0].guid;
    world.clock.advance(Duration::from_secs(1000));
    let begun = world.clock.now();
    assert!(about_to_write(&world, of, 3, begun).await);
    let before = levels(&world).await;

    // A dry run leaves no word, and what does not write its place in the web shop none either.
    toy.sells(vec![thing("1", false, pieces(5))]);
    world.import_with(&toy, |options| options.dry_run = true).await.done();
    toy.sells(vec![product("1", "Renamed", vec![variant("0", 23)])]);
    world.import(&toy).await.done();
    assert_eq!((levels(&world).await, &world.one("1", "0")["stock_level"]), (before, &json!(5)));
    assert!(about_to_write(&world, of, 3, begun).await);

    toy.sells(vec![thing("1", false, pieces(5))]);
    world.import(&toy).await.done();
    let now = world.one("1", "0");
    assert_eq!((&now["for_sale"], &now["stock_level"]), (&json!(false), &json!(3)), "{now}");
    assert_eq!(guid(&now), of.to_string());
    // The stock run has read before that the product is on sale, and would say so again.
    assert!(!about_to_write(&world, of, 2, begun).await);
    assert_eq!(levels(&world).await[0].market_write, None);
    world.clock.advance(Duration::from_secs(1000));
    assert!(about_to_write(&world, of, 2, world.clock.now()).await);
}

/// How often a product's place in the web shop was written.
fn places_written(world: &World) -> usize {
    let place = format!("POST /dashboard/webshops/{}/products", world.gateway.shop());
    world.writes().into_iter().filter(|write| *write == place).count()
}

#[tokio::test]
async fn what_a_stock_run_may_write_behind_it_is_written_once_more() {
    for is_hidden in [true, false] {
        let world = World::new().await;
        let other = || thing("2", true, pieces(5));
        let toy = Toy::selling(vec![thing("1", true, pieces(5)), other()]);
        world.import(&toy).await.done();
        let of: Guid = links(&world).await[0].guid;
        world.clock.advance(Duration::from_secs(1000));
        // It is on its way, with the flags that it has read, and may arrive behind what the import sends.
        assert!(about_to_write(&world, of, 3, world.clock.now()).await);
        let before = places_written(&world);
        match is_hidden {
            true => {
                toy.sells(vec![thing("1", false, pieces(5)), other()]);
                world.import(&toy).await.done();
            }
            false => {
                toy.sells(vec![other()]);
                world.import_with(&toy, |options| options.prune = true).await.done();
            }
        }
        assert_eq!(places_written(&world) - before, 2, "{is_hidden}");
    }
}

#[tokio::test]
async fn a_level_that_was_written_long_ago_is_not_sent() {
    let world = World::new().await;
    let toy = Toy::selling(vec![thing("1", true, pieces(5))]);
    world.import(&toy).await.done();
    let of: Guid = links(&world).await[0].guid;
    assert!(about_to_write(&world, of, 3, world.clock.now()).await);
    // No pass came behind it; what the marketplace shows is what there is.
    world.clock.advance(Duration::from_secs(1000));
    let before = places_written(&world);
    toy.sells(vec![thing("1", false, pieces(5))]);
    world.import(&toy).await.done();
    let now = world.one("1", "0");
    assert_eq!((&now["for_sale"], &now["stock_level"]), (&json!(false), &json!(5)), "{now}");
    assert_eq!(places_written(&world) - before, 1);
}

#[tokio::test]
async fn a_level_of_another_product_is_not_sent() {
    let world = World::new().await;
    let toy = Toy::selling(vec![thing("1", true, pieces(5))]);
    world.import(&toy).await.done();
    let another: Guid = Guid::parse("123e4567-e89b-12d3-a456-426614174009").unwrap();
    assert!(about_to_write(&world, another, 3, world.clock.now()).await);
    toy.sells(vec![thing("1", false, pieces(5))]);
    world.import(&toy).await.done();
    let now = world.one("1", "0");
    assert_eq!((&now["for_sale"], &now["stock_level"]), (&json!(false), &json!(5)), "{now}");
}
