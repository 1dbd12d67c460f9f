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
use std::time::Duration;

use clap::Parser;
use clock::Clock;
use connector::import::{Images, Options};
use connector::{Common, Connector as _, Given, Platform, Summary};
use gateway_core::gateway::{Gateway, GatewaySettings};
use gateway_core::token::{ShopGuid, SigningKey};
use prestashop_sandbox::{Catalogue, Shop};
use tokio_util::sync::CancellationToken;
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
    World { sandbox, client, shop, platform, clock, at_once: cli.at_once }
}

struct Run {
    summary: Summary,
    gateway: u64,
    shop: u64,
    took: Duration,
}

impl World {
    async fn import(&self) -> Run {
        let options = Options { concurrency: self.at_once, ..Options::new(Images::Upload) };
        let (gateway, shop) = (self.client.requests(), self.platform.requests());
        let began = self.clock.moment();
        let mut summary = Summary::default();
        let sides = (self.platform.as_ref(), &self.client);
        let stop = CancellationToken::new();
        connector::import::run(sides, &options, &self.clock, &|_| {}, &stop, &mut summary).await.unwrap();
        Run {
            summary,
            // Uploads go to the storage, which the sandbox is too.
            gateway: self.client.requests() - gateway,
            shop: self.platform.requests() - shop,
            took: self.clock.moment().since(began),
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
    });
}
