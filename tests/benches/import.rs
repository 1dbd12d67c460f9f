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
use connector::{Common, Connector as _, Given, Memory, Platform, Summary};
use gateway_core::gateway::{Gateway, GatewaySettings};
use gateway_core::token::{ShopGuid, SigningKey};
use prestashop_sandbox::{Catalogue, Shop};
use state::{LeaseKind, StateUrl};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tracing::span::{Attributes, Id};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use transport::{Settings, Transport};

#[derive(Parser)]
struct Cli {
    /// Made-up products
    #[arg(long, default_value_t = 1000)]
    products: u32,
    /// Milliseconds that every call takes at least, on both sides
    #[arg(long, default_value_t = 20)]
    latency_ms: u64,
    /// Calls that each side allows at once
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    /// Where the state is kept, such as postgres://…; a file of SQLite that is made for it unless told
    #[arg(long)]
    state: Option<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

struct World {
    sandbox: sandbox::gateway::Gateway,
    client: Gateway,
    shop: Shop,
    platform: Box<dyn Platform>,
    clock: Clock,
    at_once: usize,
    /// Where an import remembers what it did, when that is not told.
    _folder: TempDir,
    state: StateUrl,
    remembering: Remembering,
}

async fn world(cli: &Cli) -> World {
    let latency = Duration::from_millis(cli.latency_ms);
    let sandbox = sandbox::gateway::Gateway::start(sandbox::gateway::Options {
        latency,
        max_in_flight: Some(cli.at_once),
        keep_calls: false,
        ..sandbox::gateway::Options::default()
    })
    .await
    .unwrap();
    let shop = Shop::start(prestashop_sandbox::Options {
        latency,
        max_in_flight: Some(cli.at_once),
        keep_calls: false,
        catalogue: Catalogue::synthetic(0, cli.products),
        ..prestashop_sandbox::Options::default()
    })
    .await
    .unwrap();
    let clock = Clock::system();
    let transport = Transport::new(Settings::new("bench", clock.clone())).unwrap();
    let settings = GatewaySettings {
        base_url: sandbox.url().parse().unwrap(),
        shop: ShopGuid::parse(sandbox.shop()).unwrap(),
        key: SigningKey::from_base64(&sandbox.secret().into()).unwrap(),
        concurrency: cli.at_once,
    };
    let client = Gateway::new(transport.clone(), &settings).unwrap();
    let mut given = Given::default();
    given.insert("PRESTASHOP_BASE_URL", &shop.url());
    given.insert("PRESTASHOP_API_KEY", shop.key());
    let common = Common { shop_concurrency: Some(cli.at_once), ..Common::default() };
    let platform = prestashop::PrestaShop.open(&given, &common, &transport).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let state = match &cli.state {
        Some(state) => StateUrl::parse(state).unwrap(),
        None => StateUrl::file(&folder.path().join("state.db")),
    };
    World {
        sandbox,
        client,
        shop,
        platform,
        clock,
        at_once: cli.at_once,
        state,
        _folder: folder,
        remembering: Remembering::start(),
    }
}

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

impl World {
    async fn import(&self) -> Run {
        let options = Options { concurrency: self.at_once, ..Options::new(Images::Upload) };
        let (at_gateway, at_shop) = (self.client.requests(), self.platform.requests());
        let (transactions, time) = self.remembering.so_far();
        let began = self.clock.moment();
        let mut summary = Summary::default();
        let sides = (self.platform.as_ref(), &self.client);
        let stop = CancellationToken::new();
        let shop = self.platform.known_name().unwrap();
        let (state, store) =
            connector::open_memory(&self.state, shop, &self.client, &self.clock).await.unwrap();
        let lease = store.lease(LeaseKind::Import, "this measurement").await.unwrap();
        let memory = Memory::Held(&lease);
        connector::import::run(sides, memory, &options, (&self.clock, &stop), &|_| {}, &mut summary)
            .await
            .unwrap();
        lease.release().await.unwrap();
        state.close().await.unwrap();
        let remembered = self.remembering.so_far();
        Run {
            summary,
            // Uploads go to the storage, which the sandbox is too.
            gateway: self.client.requests() - at_gateway,
            shop: self.platform.requests() - at_shop,
            took: self.clock.moment().since(began),
            remembered: (remembered.0 - transactions, remembered.1 - time),
        }
    }

    /// The fewest calls: a tag for each family, a create for each product, two for each picture.
    fn floor(&self) -> u64 {
        let products = self.sandbox.products();
        let mut variants: BTreeMap<String, u64> = BTreeMap::new();
        for product in &products {
            *variants.entry(product["data"]["source"]["product"].to_string()).or_default() += 1;
        }
        let families = variants.values().filter(|count| **count > 1).count() as u64;
        let creates: u64 = variants.values().map(|count| count.div_ceil(50)).sum();
        families + creates + 2 * self.sandbox.pictures() as u64
    }
}

fn main() {
    let cli = Cli::parse();
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
        let world = world(&cli).await;
        let first = world.import().await;
        let floor = world.floor();
        let calls = first.gateway;
        let least = Duration::from_millis(cli.latency_ms).as_secs_f64() * calls as f64 / cli.at_once as f64;
        println!(
            "products {}, variants created {}, pictures {}",
            world.shop.product_ids().len(),
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
        let second = world.import().await;
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
