//! What is measured against: a made-up PrestaShop and a local Gateway, both with a latency.

use std::time::Duration;

use clap::Parser;
use clock::Clock;
use connector::{Common, Connector as _, Given, Platform};
use gateway_core::gateway::{Gateway, GatewaySettings};
use gateway_core::token::{ShopGuid, SigningKey};
use prestashop_sandbox::{Catalogue, Shop};
use state::StateUrl;
use tempfile::TempDir;
use transport::{Settings, Transport};

/// What a measurement is told.
#[derive(Parser)]
pub(crate) struct Cli {
    /// Made-up products
    #[arg(long, default_value_t = 1000)]
    pub(crate) products: u32,
    /// Milliseconds that every call takes at least, on both sides
    #[arg(long, default_value_t = 20)]
    pub(crate) latency_ms: u64,
    /// Calls that each side allows at once
    #[arg(long, default_value_t = 16)]
    pub(crate) at_once: usize,
    /// Where the state is kept, such as postgres://…; a file of SQLite that is made for it unless told
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// A made-up PrestaShop and a local Gateway.
pub(crate) struct World {
    pub(crate) sandbox: sandbox::gateway::Gateway,
    pub(crate) client: Gateway,
    pub(crate) shop: Shop,
    pub(crate) platform: Box<dyn Platform>,
    pub(crate) clock: Clock,
    pub(crate) at_once: usize,
    /// Where an import remembers what it did, when that is not told.
    _folder: TempDir,
    pub(crate) state: StateUrl,
}

/// Starts both sides.
pub(crate) async fn world(cli: &Cli) -> World {
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
    World { sandbox, client, shop, platform, clock, at_once: cli.at_once, state, _folder: folder }
}
