//! How many calls a pass over the stock levels makes, and how long it takes, of a made-up PrestaShop whose goods are in a local Gateway.
//!
//!     cargo bench -p end-to-end --bench stock -- --products 3030 --latency-ms 20
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "it measures, and prints what it found"
)]

use clap::Parser;
use connector::import::{self, Images};
use connector::{Memory, Summary, stock};
use state::{LeaseKind, Store};
use tokio_util::sync::CancellationToken;

mod world;

use world::{Cli, World, world};

impl World {
    async fn import(&self, store: &Store) {
        let options = import::Options { concurrency: self.at_once, ..import::Options::new(Images::None) };
        let lease = store.lease(LeaseKind::Import, "this measurement").await.unwrap();
        let (memory, stop) = (Memory::Held(&lease), CancellationToken::new());
        let sides = (self.platform.as_ref(), &self.client);
        let mut summary = Summary::default();
        import::run(sides, memory, &options, (&self.clock, &stop), &|_| {}, &mut summary).await.unwrap();
        lease.release().await.unwrap();
        println!("{} variants linked", summary.created);
    }

    async fn pass(&self, store: &Store, name: &str) {
        let options = stock::Options { concurrency: self.at_once, ..stock::Options::default() };
        let (at_gateway, at_shop) = (self.client.requests(), self.platform.requests());
        let began = self.clock.moment();
        let lease = store.lease(LeaseKind::Stock, "this measurement").await.unwrap();
        let (memory, stop) = (Memory::Held(&lease), CancellationToken::new());
        let sides = (self.platform.as_ref(), &self.client);
        let mut summary = Summary::default();
        stock::run(sides, memory, &options, (&self.clock, &stop), &|_| {}, &mut summary).await.unwrap();
        lease.release().await.unwrap();
        let levels = summary.levels.unwrap_or_default();
        println!(
            "{name}: {} levels set in the shop, {} at the marketplace, {} unchanged; {} requests to the shop, {} calls of the Gateway, {:.2} s",
            levels.shop,
            levels.gateway,
            summary.unchanged,
            self.platform.requests() - at_shop,
            self.client.requests() - at_gateway,
            self.clock.moment().since(began).as_secs_f64()
        );
    }

    /// Five of the marketplace's levels and five of the shop's go down by one. The shop's are those of goods that have not been sold.
    async fn sell(&self) {
        let products = self.sandbox.products();
        let in_stock =
            products.iter().filter(|product| product["stock_level"].as_u64().is_some_and(|level| level > 1));
        let some: Vec<_> = in_stock.take(10).collect();
        for (place, product) in some.into_iter().enumerate() {
            let level = product["stock_level"].as_i64().unwrap();
            let source = &product["data"]["source"];
            let id = |name: &str| source[name].as_str().unwrap().parse().unwrap();
            let is_sold = match place % 2 {
                0 => self.sandbox.set_stock(product["guid"].as_str().unwrap(), level - 1),
                _ => self.shop.set_stock(id("product"), id("variant"), level - 1),
            };
            assert!(is_sold, "{product}");
        }
    }
}

fn main() {
    let cli = Cli::parse();
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let world = world(&cli).await;
        let shop = world.platform.known_name().unwrap();
        let (state, store) =
            connector::open_memory(&world.state, shop, &world.client, &world.clock).await.unwrap();
        world.import(&store).await;
        world.pass(&store, "first pass").await;
        world.pass(&store, "nothing changed").await;
        world.sell().await;
        world.pass(&store, "10 changed").await;
        world.pass(&store, "nothing changed").await;
        state.close().await.unwrap();
    });
}
