//! `stock` as a program: what is said, and how it ends.

use prestashop_sandbox::{Key, Options};
use sandbox::gateway::Options as GatewayOptions;
use serde_json::Value;
use tempfile::TempDir;

use super::RESOURCES;
use crate::import::sides::{Sides, id_of};
use crate::program::{run, text, told};

/// Two sides with goods on both, and what a program of theirs remembers.
struct World {
    sides: Sides,
    kept: TempDir,
}

/// What a program said.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl World {
    async fn new() -> Self {
        let sides = Sides::for_a_program(GatewayOptions::default(), Options::default()).await;
        let world = Self { sides, kept: TempDir::new().unwrap() };
        world.run(&["--images", "none", "--settle", "0", "-q"]).await;
        world
    }

    async fn run(&self, arguments: &[&str]) -> Said {
        let (gateway, shop) = (self.sides.gateway.url(), self.sides.shop.url());
        let told = told((&self.sides.gateway, &gateway), (&self.sides.shop, &shop));
        let ended = run(&self.kept, arguments, &told).await;
        Said {
            code: ended.status.code(),
            out: text(&ended.stdout).to_owned(),
            err: text(&ended.stderr).to_owned(),
        }
    }

    /// The first product that has so many of it at least, by its ids, with its guid and its level.
    fn with_stock(&self, at_least: i64) -> ((u32, u32), String, i64) {
        let products = self.sides.gateway.products();
        let product = products
            .iter()
            .find(|product| product["stock_level"].as_i64().is_some_and(|level| level >= at_least))
            .unwrap();
        let source = &product["data"]["source"];
        let id = id_of(source["product"].as_str().unwrap(), source["variant"].as_str().unwrap());
        (id, product["guid"].as_str().unwrap().to_owned(), product["stock_level"].as_i64().unwrap())
    }

    fn shop_level(&self, id: (u32, u32)) -> i64 {
        let item = self.sides.shop.truth_of(id.0).into_iter().find(|item| item.combination == id.1);
        item.unwrap().stock
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_at_the_marketplace_is_taken_off_and_told_to_programs() {
    let world = World::new().await;
    let (id, guid, level) = world.with_stock(5);
    assert!(world.sides.gateway.set_stock(&guid, level - 2));
    let would = world.run(&["stock", "--dry-run"]).await;
    assert!(would.out.contains(&format!("in the shop: {level} -> {}\n", level - 2)), "{}", would.out);
    assert_eq!(world.shop_level(id), level);

    let said = world.run(&["stock", "--output", "json", "--settle", "1"]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let set: Vec<&Value> = lines.iter().filter(|line| line["event"] == "set_level").collect();
    assert_eq!(set.len(), 1, "{}", said.out);
    assert_eq!(
        (&set[0]["side"], &set[0]["from"], &set[0]["to"]),
        (&"shop".into(), &level.into(), &(level - 2).into())
    );
    let last = lines.last().unwrap();
    assert_eq!((&last["levels"]["shop"], &last["levels"]["gateway"]), (&1.into(), &0.into()), "{last}");
    assert_eq!(world.shop_level(id), level - 2);

    let quiet = world.run(&["stock", "-q"]).await;
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
    let loud = world.run(&["stock"]).await;
    assert!(loud.out.contains("0 levels set at the marketplace, 0 in the shop; "), "{}", loud.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sold_twice_is_told_by_a_quiet_pass_and_its_code() {
    let world = World::new().await;
    world.run(&["stock", "-q"]).await;
    let (id, guid, level) = world.with_stock(5);
    assert!(world.sides.gateway.set_stock(&guid, 0));
    assert!(world.sides.shop.set_stock(id.0, id.1, 1));
    let said = world.run(&["stock", "-q", "--settle", "1"]).await;
    assert_eq!(said.code, Some(3), "{}", said.err);
    let sold = format!("the marketplace sold {} more than there is", level - 1);
    assert!(said.out.contains("oversold ") && said.out.contains(&sold), "{}", said.out);
    assert_eq!(world.shop_level(id), 1 - level, "on order");
    let next = world.run(&["stock", "-q"]).await;
    assert_eq!((next.code, next.out.as_str()), (Some(0), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_only_read_is_told_and_the_marketplace_all_the_same() {
    let key = "READ0READ0READ0READ0READ0READ0RE";
    let options = Options { keys: vec![Key::reading(key, &RESOURCES)], ..Options::default() };
    let sides = Sides::for_a_program(GatewayOptions::default(), options).await;
    let world = World { sides, kept: TempDir::new().unwrap() };
    world.run(&["--images", "none", "--settle", "0", "-q"]).await;
    let (id, guid, level) = world.with_stock(5);
    assert!(world.sides.gateway.set_stock(&guid, level - 2));
    for _ in 0..2 {
        let said = world.run(&["stock", "-q", "--settle", "1"]).await;
        assert_eq!(said.code, Some(2), "{}", said.err);
        assert!(said.err.contains("Modify (PUT)"), "{}", said.err);
    }
    assert_eq!(world.shop_level(id), level);
    let status = world.run(&["status"]).await;
    assert!(status.out.contains("owed         1 level: "), "{}", status.out);
}
