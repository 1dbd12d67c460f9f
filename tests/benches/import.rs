//! How many calls an import makes, and how long it takes: a made-up PrestaShop into a local Gateway, both with a latency.
//!
//!     cargo bench -p end-to-end --bench import -- --products 1000 --latency-ms 20
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "it measures, and prints what it found"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Parser;
use clock::{Clock, Moment};
use connector::import::{Images, Options};
use connector::{Memory, Summary};
use state::LeaseKind;
use tokio_util::sync::CancellationToken;
use tracing::span::{Attributes, Id};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

mod world;

use world::{Cli, World, world};

struct Run {
    summary: Summary,
    gateway: u64,
    shop: u64,
    took: Duration,
    /// Transactions of the state, and the time while one was open.
    remembered: (u64, Duration),
}

impl Run {
    fn tell_remembered(&self) {
        let (transactions, time) = self.remembered;
        println!(
            "               {transactions} transactions of the state, open for {:.2} s: {:.1} % of the time",
            time.as_secs_f64(),
            100.0 * time.as_secs_f64() / self.took.as_secs_f64()
        );
    }
}

/// Measures how long the import's transactions in the state are open. It makes one at a time.
#[derive(Clone)]
struct Remembering {
    clock: Clock,
    open: Arc<Mutex<Open>>,
}

struct Open {
    since: Moment,
    transactions: u64,
    time: Duration,
}

impl Remembering {
    fn start() -> Self {
        let open = Open { since: Moment::START, transactions: 0, time: Duration::ZERO };
        let remembering = Self { clock: Clock::system(), open: Arc::new(Mutex::new(open)) };
        tracing_subscriber::registry().with(remembering.clone()).init();
        remembering
    }

    fn so_far(&self) -> (u64, Duration) {
        let open = self.open.lock().unwrap();
        (open.transactions, open.time)
    }
}

impl<S: tracing::Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Remembering {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if span.metadata().name() == "remember" {
            let mut open = self.open.lock().unwrap();
            open.since = self.clock.moment();
            open.transactions += 1;
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if context.metadata(&id).is_some_and(|metadata| metadata.name() == "remember") {
            let mut open = self.open.lock().unwrap();
            let took = self.clock.moment().since(open.since);
            open.time += took;
        }
    }
}

struct Imports {
    world: World,
    remembering: Remembering,
}

impl Imports {
    async fn import(&self) -> Run {
        let world = &self.world;
        let options = Options { concurrency: world.at_once, ..Options::new(Images::Upload) };
        let (at_gateway, at_shop) = (world.client.requests(), world.platform.requests());
        let (transactions, time) = self.remembering.so_far();
        let began = world.clock.moment();
        let mut summary = Summary::default();
        let sides = (world.platform.as_ref(), &world.client);
        let stop = CancellationToken::new();
        let shop = world.platform.known_name().unwrap();
        let (state, store) =
            connector::open_memory(&world.state, shop, &world.client, &world.clock).await.unwrap();
        let lease = store.lease(LeaseKind::Import, "this measurement").await.unwrap();
        let memory = Memory::Held(&lease);
        connector::import::run(sides, memory, &options, (&world.clock, &stop), &|_| {}, &mut summary)
            .await
            .unwrap();
        lease.release().await.unwrap();
        state.close().await.unwrap();
        let remembered = self.remembering.so_far();
        Run {
            summary,
            // Uploads go to the storage, which the sandbox is too.
            gateway: world.client.requests() - at_gateway,
            shop: world.platform.requests() - at_shop,
            took: world.clock.moment().since(began),
            remembered: (remembered.0 - transactions, remembered.1 - time),
        }
    }

    /// The fewest calls: a tag for each family, a create for each product, two for each picture.
    fn floor(&self) -> u64 {
        let products = self.world.sandbox.products();
        let mut variants: BTreeMap<String, u64> = BTreeMap::new();
        for product in &products {
            *variants.entry(product["data"]["source"]["product"].to_string()).or_default() += 1;
        }
        let families = variants.values().filter(|count| **count > 1).count() as u64;
        let creates: u64 = variants.values().map(|count| count.div_ceil(50)).sum();
        families + creates + 2 * self.world.sandbox.pictures() as u64
    }
}

fn main() {
    let cli = Cli::parse();
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let imports = Imports { world: world(&cli).await, remembering: Remembering::start() };
        let first = imports.import().await;
        let floor = imports.floor();
        let calls = first.gateway;
        let least = Duration::from_millis(cli.latency_ms).as_secs_f64() * calls as f64 / cli.at_once as f64;
        println!(
            "products {}, variants created {}, pictures {}",
            imports.world.shop.product_ids().len(),
            first.summary.created,
            first.summary.images
        );
        println!(
            "first import:  {calls} calls of the Gateway, floor {floor}: {:.3} of it",
            calls as f64 / floor as f64
        );
        println!(
            "               {:.2} s, calls x latency / at once {least:.2} s: {:.2} of it",
            first.took.as_secs_f64(),
            first.took.as_secs_f64() / least
        );
        println!("               {} requests to the shop", first.shop);
        first.tell_remembered();
        let second = imports.import().await;
        println!(
            "second import: {} created, {} updated, {} unchanged, {} pictures",
            second.summary.created, second.summary.updated, second.summary.unchanged, second.summary.images
        );
        println!(
            "               {} calls of the Gateway, {} requests to the shop, {:.2} s",
            second.gateway,
            second.shop,
            second.took.as_secs_f64()
        );
        second.tell_remembered();
    });
}
