//! A marketplace beside a firm, and passes that keep the levels of both alike.

use std::path::PathBuf;
use std::time::Duration;

use connector::import::{self, Images};
use connector::{Common, Connector as _, Event, Given, Memory, Platform, RunError, Summary, stock};
use gateway_core::gateway::{Gateway as Client, GatewaySettings};
use gateway_core::token::{ShopGuid, SigningKey};
use sandbox::gateway::{Gateway, Options};
use state::{LeaseKind, StateUrl, Store};
use subiektgt::SubiektGt;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use transport::{Settings, Transport};

/// A marketplace, and what runs remember of it.
pub(super) struct Market {
    gateway: Gateway,
    pub(super) clock: clock::Clock,
    kept: TempDir,
}

impl Market {
    pub(super) async fn new() -> Self {
        let clock = clock::Clock::test("2026-03-01T12:00:00Z".parse().unwrap());
        let options = Options { clock: clock.clone(), ..Options::default() };
        let gateway = Gateway::start(options).await.unwrap();
        Self { gateway, clock, kept: TempDir::new().unwrap() }
    }

    /// A firm as a platform, whose clock is the marketplace's, and for which files are kept from one pass to the next.
    pub(super) fn open(&self, given: &Given) -> Box<dyn Platform> {
        let transport = Transport::new(Settings::new("tests", self.clock.clone())).unwrap();
        let common = Common { keep: Some(self.folder()), ..Common::default() };
        SubiektGt.open(given, &common, &transport).unwrap()
    }

    /// Where files are kept.
    pub(super) fn folder(&self) -> PathBuf {
        self.kept.path().join("files")
    }

    fn client(&self) -> Client {
        let settings = GatewaySettings {
            base_url: GatewaySettings::base_url(&self.gateway.url()).unwrap(),
            shop: ShopGuid::parse(self.gateway.shop()).unwrap(),
            key: SigningKey::from_base64(&self.gateway.secret().into()).unwrap(),
            concurrency: 4,
        };
        let transport = Transport::new(Settings::new("tests", self.clock.clone())).unwrap();
        Client::new(transport, &settings).unwrap()
    }

    async fn store(&self, platform: &dyn Platform) -> Store {
        platform.check().await.unwrap();
        let url = StateUrl::file(&self.kept.path().join("state.db"));
        connector::open_memory(&url, platform.known_name().unwrap(), &self.client(), &self.clock)
            .await
            .unwrap()
            .1
    }

    pub(super) async fn import(&self, platform: &dyn Platform) {
        let store = self.store(platform).await;
        let lease = store.lease(LeaseKind::Import, "tests").await.unwrap();
        let sides = (platform, &self.client());
        let (mut summary, stop) = (Summary::default(), CancellationToken::new());
        let options = import::Options::new(Images::None);
        let run =
            import::run(sides, Memory::Held(&lease), &options, (&self.clock, &stop), &|_| {}, &mut summary);
        run.await.unwrap();
        lease.release().await.unwrap();
    }

    pub(super) async fn pass(&self, platform: &dyn Platform) -> (Result<(), RunError>, Vec<String>) {
        self.pass_with(platform, &stock::Options::default()).await
    }

    pub(super) async fn pass_with(
        &self,
        platform: &dyn Platform,
        options: &stock::Options,
    ) -> (Result<(), RunError>, Vec<String>) {
        self.clock.advance(Duration::from_secs(300));
        let store = self.store(platform).await;
        let lease = store.lease(LeaseKind::Stock, "tests").await.unwrap();
        let (mut summary, stop) = (Summary::default(), CancellationToken::new());
        let told = std::sync::Mutex::new(Vec::new());
        let end = stock::run(
            (platform, &self.client()),
            Memory::Held(&lease),
            options,
            (&self.clock, &stop),
            &|event: Event<'_>| told.lock().unwrap().push(format!("{event:?}")),
            &mut summary,
        )
        .await;
        lease.release().await.unwrap();
        (end, told.into_inner().unwrap())
    }

    /// A pass that must come to its end.
    pub(super) async fn done(&self, platform: &dyn Platform) {
        let (end, told) = self.pass(platform).await;
        assert!(end.is_ok(), "{end:?}: {told:#?}");
    }

    pub(super) fn level(&self, sku: &str) -> i64 {
        self.good(sku)["stock_level"].as_i64().unwrap()
    }

    fn good(&self, sku: &str) -> serde_json::Value {
        self.gateway.products().into_iter().find(|good| good["sku"] == sku).unwrap()
    }

    pub(super) fn sells(&self, sku: &str, pieces: i64) {
        let guid = self.good(sku)["guid"].as_str().unwrap().to_owned();
        assert!(self.gateway.set_stock(&guid, self.level(sku) - pieces));
    }
}
