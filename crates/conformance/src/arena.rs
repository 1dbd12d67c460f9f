//! Where a suite meets a platform: a local shop, the detour to it, and a connector that is opened anew for each read.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use clock::Clock;
use connector::import::{self, Images, Options};
use connector::{
    Common, End, Event, Given, InvalidSetting, Item, Memory, Platform, PlatformError, RunError, Scope,
    ShopName, Summary,
};
use futures::StreamExt as _;
use gateway_core::gateway::{Gateway as Client, GatewaySettings};
use gateway_core::model::{CategoryTree, ShopKey};
use gateway_core::token::{ShopGuid, SigningKey};
use sandbox::gateway::{Gateway, Options as GatewayOptions};
use state::{LeaseKind, StateUrl, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use transport::{Settings, Transport};

use crate::declared::Declared;
use crate::detour::{Detour, Road};
use crate::examined::{Examined, LocalShop, Reached};
use crate::finding::{Finding, ensure};
use crate::goods::{Catalogue, Tongue};

/// The largest page that is tried at its ends.
pub(crate) const LARGEST_PAGE: u32 = 1000;

/// More items than this come of no catalogue of ours.
const ENDLESS_ITEMS: usize = 50_000;

/// A local shop with its detour, on a clock of its own. Servers run on a runtime beside the one on which the suite and the
/// connector run, so that what the connector does can be told from what the shop does.
pub(crate) struct Arena<'a> {
    pub(crate) examined: &'a dyn Examined,
    pub(crate) declared: Declared,
    pub(crate) shop: Arc<dyn LocalShop>,
    pub(crate) road: Road,
    pub(crate) clock: Clock,
    servers: &'a Runtime,
    /// Where connectors keep what outlasts a run; each opening has a folder of its own, as if it were the first.
    kept: TempDir,
    openings: AtomicUsize,
}

fn no_marketplace(error: impl Display) -> Finding {
    Finding::new(format!("the local marketplace cannot start: {error}"))
}

pub(crate) fn no_memory(error: impl Display) -> Finding {
    Finding::new(format!("what imports remember cannot be kept: {error}"))
}

/// A marketplace on this machine.
pub(crate) struct Marketplace {
    pub(crate) gateway: Gateway,
    pub(crate) client: Client,
    /// Where imports into it remember what they did.
    folder: TempDir,
}

/// What came of an import.
pub(crate) struct Imported {
    pub(crate) end: Result<(), RunError>,
    pub(crate) summary: Summary,
    /// Everything that was told, as text.
    pub(crate) told: Vec<String>,
}

/// What came of reading a shop's products.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Everything before the end.
    pub(crate) items: Vec<Item>,
    /// How it ended.
    pub(crate) end: Result<End, PlatformError>,
}

impl<'a> Arena<'a> {
    pub(crate) fn new(examined: &'a dyn Examined, servers: &'a Runtime) -> Result<Self, Finding> {
        let start = "2026-03-02T09:00:00Z".parse().map_err(|error| Finding::new(format!("{error}")))?;
        let clock = Clock::test(start);
        let shop: Arc<dyn LocalShop> = servers.block_on(examined.start(&clock)).into();
        let reached = shop.reached();
        let road = servers
            .block_on(Road::start(&reached, &clock))
            .map_err(|error| Finding::new(format!("the detour to {reached:?} cannot start: {error}")))?;
        let kept = TempDir::new().map_err(|error| Finding::new(format!("no folder can be made: {error}")))?;
        let openings = AtomicUsize::new(0);
        Ok(Self { declared: examined.declared(), examined, shop, road, clock, servers, kept, openings })
    }

    /// The catalogue as far as the platform can express it, held by the shop from now on.
    pub(crate) fn hold(&self, catalogue: Catalogue) -> Catalogue {
        let catalogue = catalogue.without(self.declared.cannot);
        self.shop.hold(&catalogue);
        catalogue
    }

    /// The settings for the way by the detour.
    pub(crate) fn settings(&self, tongue: Tongue) -> Given {
        self.shop.settings(&self.road.address(), tongue)
    }

    /// The detour of a shop that is reached by HTTP, which is the only kind for which a suite asks for it.
    pub(crate) fn http(&self) -> Result<&Detour, Finding> {
        match &self.road {
            Road::Http(detour) => Ok(detour),
            _ => Err(Finding::new(
                "the shop is not reached by HTTP, and nobody has said how this is tried there",
            )),
        }
    }

    /// The shop as a platform, by a connection of its own, in its default language.
    pub(crate) fn open(&self) -> Result<Box<dyn Platform>, Finding> {
        self.open_with(&self.settings(Tongue::Default))
    }

    /// The same, and what it keeps outlasts it: the next one that is opened so finds it.
    pub(crate) fn open_again(&self) -> Result<Box<dyn Platform>, Finding> {
        self.try_open_in(&self.settings(Tongue::Default), "again")?
            .map_err(|error| Finding::new(format!("the settings of the local shop are refused: {error}")))
    }

    /// The same with these settings.
    pub(crate) fn open_with(&self, given: &Given) -> Result<Box<dyn Platform>, Finding> {
        self.try_open(given)?
            .map_err(|error| Finding::new(format!("the settings of the local shop are refused: {error}")))
    }

    /// The same with settings that may be refused.
    pub(crate) fn try_open(
        &self,
        given: &Given,
    ) -> Result<Result<Box<dyn Platform>, InvalidSetting>, Finding> {
        let opening = self.openings.fetch_add(1, Ordering::Relaxed);
        self.try_open_in(given, &opening.to_string())
    }

    /// The same, which keeps what outlasts it in a folder of this name.
    fn try_open_in(
        &self,
        given: &Given,
        folder: &str,
    ) -> Result<Result<Box<dyn Platform>, InvalidSetting>, Finding> {
        let transport = self.transport()?;
        // The way to the shop is another one each time, and its key must not be.
        let shop_key = ShopKey::named("examined.example").map_err(|error| Finding::new(error.to_string()))?;
        let common = Common {
            shop_key: Some(shop_key),
            shop_rate: NonZeroU32::new(60_000),
            keep: Some(self.kept.path().join(folder)),
            ..Common::default()
        };
        Ok(self.examined.connector().open(given, &common, &transport))
    }

    /// Another host, which answers as the shop does. Nothing may ever go there.
    pub(crate) async fn elsewhere(&self) -> Result<Detour, Finding> {
        match self.shop.reached() {
            Reached::Http(url) => self.detour_to(url).await,
            other => Err(Finding::new(format!("no other host answers as {other:?} does"))),
        }
    }

    async fn detour_to(&self, address: String) -> Result<Detour, Finding> {
        let clock = self.clock.clone();
        let started = self.servers.spawn(async move { Detour::start(&address, &clock).await }).await;
        let cannot = |error: String| Finding::new(format!("another host cannot start: {error}"));
        started.map_err(|error| cannot(error.to_string()))?.map_err(|error| cannot(error.to_string()))
    }

    pub(crate) fn transport(&self) -> Result<Transport, Finding> {
        let settings = Settings::new("conformance", self.clock.clone());
        Transport::new(settings).map_err(|error| Finding::new(error.to_string()))
    }

    /// Products asked for in one request. Who asks for all at once is tried with so many as fit into a test.
    pub(crate) fn page_size(&self) -> Result<u32, Finding> {
        let page_size = self.open()?.abilities().page_size;
        ensure(page_size > 0, || "a page holds no product".to_owned())?;
        Ok(u32::try_from(page_size).unwrap_or(u32::MAX).min(LARGEST_PAGE))
    }

    /// Reads all products, by a connection of its own, in the default language.
    pub(crate) async fn read_all(&self) -> Result<Reading, Finding> {
        let platform = self.open()?;
        self.read(&*platform, Scope::All).await
    }

    /// Reads products to the end, and no further than makes sense.
    pub(crate) async fn read(&self, platform: &dyn Platform, scope: Scope) -> Result<Reading, Finding> {
        let mut stream = platform.products(scope);
        let mut items = Vec::new();
        let end = loop {
            match stream.next().await {
                Some(Ok(Item::End(end))) => break Ok(end),
                Some(Ok(item)) => items.push(item),
                Some(Err(error)) => break Err(error),
                None => return Err(Finding::new("the stream of products stops without telling its end")),
            }
            ensure(items.len() < ENDLESS_ITEMS, || "products are read without end".to_owned())?;
        };
        if end.is_ok() && stream.next().await.is_some() {
            return Err(Finding::new("the stream of products goes on behind its end"));
        }
        ensure(!self.road.was_exhausted(), || "the shop is asked without end".to_owned())?;
        Ok(Reading { items, end })
    }

    /// The shop's categories.
    pub(crate) async fn tree(&self, tongue: Tongue) -> Result<CategoryTree, Finding> {
        let platform = self.open_with(&self.settings(tongue))?;
        platform
            .categories()
            .await
            .map_err(|error| Finding::new(format!("the categories cannot be read: {error}")))
    }

    /// A marketplace on this machine, on the arena's clock.
    pub(crate) async fn marketplace(&self) -> Result<Marketplace, Finding> {
        let gateway = self.gateway(GatewayOptions::default()).await?;
        let url = gateway.url();
        self.marketplace_at(gateway, &url)
    }

    /// The same, which behaves as it is told, and with a detour to it.
    pub(crate) async fn marketplace_by_detour(
        &self,
        options: GatewayOptions,
    ) -> Result<(Marketplace, Detour), Finding> {
        let gateway = self.gateway(options).await?;
        let detour = self.detour_to(gateway.url()).await?;
        Ok((self.marketplace_at(gateway, detour.url())?, detour))
    }

    async fn gateway(&self, options: GatewayOptions) -> Result<Gateway, Finding> {
        let options = GatewayOptions { clock: self.clock.clone(), ..options };
        let started = self.servers.spawn(Gateway::start(options)).await;
        started.map_err(no_marketplace)?.map_err(no_marketplace)
    }

    fn marketplace_at(&self, gateway: Gateway, url: &str) -> Result<Marketplace, Finding> {
        let settings = GatewaySettings {
            base_url: GatewaySettings::base_url(url).map_err(no_marketplace)?,
            shop: ShopGuid::parse(gateway.shop()).map_err(no_marketplace)?,
            key: SigningKey::from_base64(&gateway.secret().into()).map_err(no_marketplace)?,
            concurrency: GatewaySettings::CONCURRENCY,
        };
        let client = Client::new(self.transport()?, &settings).map_err(no_marketplace)?;
        let folder = tempfile::tempdir().map_err(no_marketplace)?;
        Ok(Marketplace { gateway, client, folder })
    }

    /// What runs for this shop remember of the marketplace.
    pub(crate) async fn memory(&self, marketplace: &Marketplace, shop: &ShopName) -> Result<Store, Finding> {
        let url = StateUrl::file(&marketplace.folder.path().join("state.db"));
        let opened = connector::open_memory(&url, shop, &marketplace.client, &self.clock).await;
        Ok(opened.map_err(no_memory)?.1)
    }

    /// Imports the shop into a marketplace.
    pub(crate) async fn import(
        &self,
        marketplace: &Marketplace,
        tell: impl FnOnce(&mut Options),
    ) -> Result<Imported, Finding> {
        let platform = self.open()?;
        let mut options = Options::new(Images::Upload);
        tell(&mut options);
        if let Err(error) = platform.check().await {
            return Ok(Imported { end: Err(error.into()), summary: Summary::default(), told: Vec::new() });
        }
        let shop = platform.known_name().map_err(no_memory)?;
        let store = self.memory(marketplace, shop).await?;
        let lease = store.lease(LeaseKind::Import, "conformance").await.map_err(no_memory)?;
        let memory = if options.dry_run { Memory::Seen(&store) } else { Memory::Held(&lease) };
        let (mut summary, told) = (Summary::default(), Mutex::new(Vec::new()));
        let end = import::run(
            (&*platform, &marketplace.client),
            memory,
            &options,
            (&self.clock, &CancellationToken::new()),
            &|event: Event<'_>| sandbox_kit::lock(&told).push(format!("{event:?}")),
            &mut summary,
        )
        .await;
        lease.release().await.map_err(no_memory)?;
        ensure(!self.road.was_exhausted(), || "the shop is asked without end".to_owned())?;
        let told = told.into_inner().unwrap_or_default();
        Ok(Imported { end, summary, told })
    }
}
