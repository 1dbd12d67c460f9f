//! Both sides of an import, and what a run does to them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clock::Clock;
use connector::import::{self, Images, Options};
use connector::{Candidate, ChangeKind, Common, Event, Memory, RunError, Summary, Warning};
use gateway_core::gateway::{Gateway as Client, GatewaySettings};
use gateway_core::model::Reject;
use gateway_core::token::{ShopGuid, SigningKey};
use prestashop_sandbox::{Options as ShopOptions, Shop};
use sandbox::gateway::{Call, Gateway, Options as GatewayOptions};
use state::{LeaseKind, StateUrl};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::shop::{open_by, test_clock, transport};
use crate::truth::POLISH;

/// A shop, and the marketplace that its goods go to, on one clock.
pub(crate) struct Sides {
    pub(crate) gateway: Gateway,
    pub(crate) shop: Shop,
    pub(crate) clock: Clock,
    pub(crate) language: u32,
    pub(crate) common: Common,
    /// Where runs remember what they did.
    pub(super) folder: TempDir,
    /// Of addresses at the marketplace: the shop's picture of which it was seen to hold the bytes.
    pub(super) pictures: Mutex<HashMap<String, u32>>,
}

/// Something that was done about a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) kind: ChangeKind,
    pub(crate) id: (u32, u32),
    pub(crate) guid: String,
    pub(crate) fields: Vec<&'static str>,
}

/// What a run was seen to do.
pub(crate) struct Ran {
    pub(crate) result: Result<(), RunError>,
    pub(crate) summary: Summary,
    pub(crate) changes: Vec<Changed>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) candidates: Vec<Candidate>,
    /// How often it said that it waits for the marketplace.
    pub(crate) waits: usize,
    /// What the marketplace was asked.
    pub(crate) asked: Vec<Call>,
    /// What the shop was asked.
    pub(crate) asked_of_shop: Vec<prestashop_sandbox::Call>,
}

/// Number of a product and of one of its combinations.
pub(crate) fn id_of(product: &str, variant: &str) -> (u32, u32) {
    (product.parse().unwrap(), variant.parse().unwrap())
}

impl Sides {
    /// Sides without any faults.
    pub(crate) async fn of(shop: ShopOptions) -> Self {
        Self::with(GatewayOptions::default(), shop).await
    }

    /// A shop with the hand-made goods, brought to the marketplace once.
    pub(crate) async fn brought() -> Self {
        let sides = Self::of(ShopOptions::default()).await;
        sides.import().await.done();
        sides.assert_all_arrived();
        sides
    }

    pub(crate) async fn with(gateway: GatewayOptions, shop: ShopOptions) -> Self {
        Self::at(test_clock(), gateway, shop).await
    }

    /// Sides for a program, which has the machine's clock.
    pub(crate) async fn for_a_program(gateway: GatewayOptions, shop: ShopOptions) -> Self {
        Self::at(Clock::system(), gateway, shop).await
    }

    async fn at(clock: Clock, gateway: GatewayOptions, shop: ShopOptions) -> Self {
        let gateway = Gateway::start(GatewayOptions { clock: clock.clone(), ..gateway }).await.unwrap();
        let shop = Shop::start(ShopOptions { clock: clock.clone(), ..shop }).await.unwrap();
        let common = Common::default();
        let folder = tempfile::tempdir().unwrap();
        Self { gateway, shop, clock, language: POLISH, common, folder, pictures: Mutex::default() }
    }

    pub(crate) async fn import(&self) -> Ran {
        self.import_with(|_| {}).await
    }

    pub(crate) async fn import_with(&self, tell: impl FnOnce(&mut Options)) -> Ran {
        let mut options = Options::new(Images::Upload);
        tell(&mut options);
        self.run(&options).await
    }

    fn client(&self) -> Client {
        let settings = GatewaySettings {
            base_url: GatewaySettings::base_url(&self.gateway.url()).unwrap(),
            shop: ShopGuid::parse(self.gateway.shop()).unwrap(),
            key: SigningKey::from_base64(&self.gateway.secret().into()).unwrap(),
            concurrency: GatewaySettings::CONCURRENCY,
        };
        Client::new(transport(self.clock.clone()), &settings).unwrap()
    }

    async fn run(&self, options: &Options) -> Ran {
        self.run_until(options, &CancellationToken::new(), &|_| {}).await
    }

    /// A run that is asked to stop once so many variants are created.
    pub(crate) async fn import_until(&self, created: usize) -> Ran {
        let stop = CancellationToken::new();
        let seen = AtomicUsize::new(0);
        let count = |event: &Event<'_>| {
            if matches!(event, Event::Changed(_)) && seen.fetch_add(1, Ordering::Relaxed) + 1 == created {
                stop.cancel();
            }
        };
        self.run_until(&Options::new(Images::Upload), &stop, &count).await
    }

    async fn run_until(
        &self,
        options: &Options,
        stop: &CancellationToken,
        listen: &(dyn Fn(&Event<'_>) + Send + Sync),
    ) -> Ran {
        let language = self.language.to_string();
        let more = [("PRESTASHOP_API_KEY", self.shop.key()), ("PRESTASHOP_LANGUAGE_ID", &language)];
        let platform = open_by(&transport(self.clock.clone()), &self.shop.url(), &more, &self.common);
        let (before, before_at_shop) = (self.gateway.calls().len(), self.shop.calls().len());
        let told = Mutex::new(Ran {
            result: Ok(()),
            summary: Summary::default(),
            changes: Vec::new(),
            rejects: Vec::new(),
            warnings: Vec::new(),
            candidates: Vec::new(),
            waits: 0,
            asked: Vec::new(),
            asked_of_shop: Vec::new(),
        });
        let mut summary = Summary::default();
        let client = self.client();
        let url = StateUrl::file(&self.folder.path().join("state.db"));
        let shop = platform.known_name().unwrap();
        let (_, store) = connector::open_memory(&url, shop, &client, &self.clock).await.unwrap();
        let lease = store.lease(LeaseKind::Import, "this test").await.unwrap();
        let memory = if options.dry_run { Memory::Seen(&store) } else { Memory::Held(&lease) };
        let result = import::run(
            (&*platform, &client),
            memory,
            options,
            (&self.clock, stop),
            &|event| {
                listen(&event);
                told.lock().unwrap().hear(&event);
            },
            &mut summary,
        )
        .await;
        lease.release().await.unwrap();
        let mut ran = told.into_inner().unwrap();
        (ran.result, ran.summary) = (result, summary);
        ran.asked = self.gateway.calls().split_off(before);
        ran.asked_of_shop = self.shop.calls().split_off(before_at_shop);
        ran
    }

    /// What runs remember is lost.
    pub(crate) fn lose_state(&self) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }
}

impl Ran {
    fn hear(&mut self, event: &Event<'_>) {
        match event {
            Event::Changed(change) => self.changes.push(Changed {
                kind: change.kind,
                id: id_of(change.id.product.as_str(), change.id.variant.as_str()),
                guid: change.guid.to_string(),
                fields: change.fields.clone(),
            }),
            Event::Rejected { reject, .. } => self.rejects.push((*reject).clone()),
            Event::Warning(warning) => self.warnings.push((*warning).clone()),
            Event::Candidate(candidate) => self.candidates.push((*candidate).clone()),
            Event::Waiting { .. } => self.waits += 1,
            _ => {}
        }
    }

    /// The same, once it is seen that the run came to its end.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert!(self.result.is_ok(), "the run failed: {:?}", self.result);
        self
    }

    /// The sentences of a run that ended for the sake of a setting, and that it wrote nothing.
    #[track_caller]
    pub(crate) fn refused(&self) -> String {
        let Err(RunError::Settings { what, hint }) = &self.result else {
            panic!("not a matter of settings: {:?}", self.result)
        };
        self.wrote_nothing();
        format!("{what} / {hint}")
    }

    /// The calls of the marketplace that change something there.
    pub(crate) fn writes(&self) -> Vec<String> {
        let reads = |call: &&Call| call.method == "GET" || call.path.ends_with("/_query");
        self.asked
            .iter()
            .filter(|call| !reads(call))
            .map(|call| format!("{} {}", call.method, call.path))
            .collect()
    }

    /// Guids of the products that were replaced by what was sent, and the other writes.
    pub(crate) fn updates(&self) -> (Vec<String>, Vec<String>) {
        let (updates, others): (Vec<_>, Vec<_>) =
            self.writes().into_iter().partition(|call| call.starts_with("PUT /organizations/"));
        let guid = |call: String| call.trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
        (updates.into_iter().map(guid).collect(), others)
    }

    /// How many uploads were asked for.
    pub(crate) fn uploads(&self) -> usize {
        self.writes().iter().filter(|call| call.as_str() == "POST /uploads/").count()
    }

    /// How many pictures the shop was asked for.
    pub(crate) fn pictures_read(&self) -> usize {
        self.asked_of_shop.iter().filter(|call| call.resource.as_deref() == Some("images")).count()
    }

    #[track_caller]
    pub(crate) fn wrote_nothing(&self) {
        assert_eq!(self.writes(), Vec::<String>::new(), "it wrote, and told {:?}", self.changes);
        assert_eq!(self.pictures_read(), 0, "pictures were read from the shop");
    }

    /// The variants about which this was done, in the order of their ids.
    pub(crate) fn changed(&self, kind: ChangeKind) -> Vec<(u32, u32)> {
        let mut ids: Vec<_> =
            self.changes.iter().filter(|change| change.kind == kind).map(|change| change.id).collect();
        ids.sort_unstable();
        ids
    }

    /// How many changes of each kind were told: created, updated (restored and linked ones aside), archived.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        let count = |kind| self.changed(kind).len();
        (count(ChangeKind::Created), count(ChangeKind::Updated), count(ChangeKind::Archived))
    }

    pub(crate) fn unchanged(&self) -> usize {
        usize::try_from(self.summary.unchanged).unwrap()
    }

    /// Why each variant was rejected, in the order of their ids.
    pub(crate) fn reasons(&self) -> Vec<(String, String, String)> {
        let variant = |reject: &Reject| reject.variant.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut reasons: Vec<_> = self
            .rejects
            .iter()
            .map(|reject| (reject.product.to_string(), variant(reject), reject.reason.to_string()))
            .collect();
        reasons.sort_unstable();
        reasons
    }

    /// What was warned of.
    pub(crate) fn warned(&self, of: &str) -> Vec<&str> {
        self.warnings.iter().map(|warning| warning.what.as_str()).filter(|what| what.contains(of)).collect()
    }
}
