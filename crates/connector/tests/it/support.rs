//! Goods for a platform in memory, and imports of them.

use std::sync::Mutex;

use clock::Clock;
use connector::import::{self, Images};
use connector::{Event, Item, Memory, Platform, RunError, ShopName, Summary, open_memory};
use gateway_core::gateway::{Gateway, GatewaySettings};
use gateway_core::model::{
    Attributes, Category, CategoryId, CategoryTree, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice,
    Platform as PlatformName, Product, ProductId, ProductParts, Reject, RejectReason, ShopKey, Sku,
    StockLevel, Variant, VariantId, VatRate,
};
use gateway_core::token::{ShopGuid, SigningKey};
use iso_currency::Currency;
use rust_decimal::Decimal;
use sandbox::gateway::Gateway as Sandbox;
use serde_json::Value;
use state::{LeaseKind, StateUrl, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use transport::{Settings, Transport};

use crate::toy::Toy;

pub(crate) fn shop_name() -> ShopName {
    ShopName { platform: PlatformName::new("toy").unwrap(), shop: ShopKey::named("toys.example").unwrap() }
}

pub(crate) fn variant(id: &str, vat: u32) -> Variant {
    let named = |text: &str| Name::new(text).unwrap();
    Variant {
        id: VariantId::new(id).unwrap(),
        sku: Sku::parse("SKU-1").unwrap(),
        ean: Ean::parse("5901234123457").unwrap(),
        attributes: Attributes::new([(named("Rozmiar"), named("M"))]).0,
        price: NetPrice::new(Money::new("19.90".parse().unwrap(), Currency::PLN)).unwrap(),
        vat: VatRate::percent(Decimal::from(vat)).unwrap(),
        stock: StockLevel::Quantity(Decimal::from(5)),
        images: vec![ImageRef::new("7", None).unwrap()],
        for_sale: true,
    }
}

pub(crate) fn product(id: &str, name: &str, variants: Vec<Variant>) -> Product {
    Product::new(ProductParts {
        id: ProductId::new(id).unwrap(),
        name: Name::new(name).unwrap(),
        description: Markdown::from_html("<p>A <b>thing</b>.</p>"),
        brief: Line::from_html("A thing"),
        categories: vec![CategoryId::new("4").unwrap()],
        variants,
        family: None,
        also: None,
    })
    .unwrap()
}

pub(crate) fn item(id: &str) -> Item {
    Item::Product(Box::new(product(id, "Thing", vec![variant("0", 23)])), Vec::new())
}

pub(crate) fn undeliverable(id: &str) -> Item {
    let product = ProductId::new(id).unwrap();
    let reason = RejectReason::Undeliverable(product.clone());
    Item::Reject(Reject { product, variant: None, name: None, sku: None, reason })
}

pub(crate) fn tree(categories: &[(&str, &str, Option<&str>)]) -> CategoryTree {
    let id = |text: &str| CategoryId::new(text).unwrap();
    let category = |(own, name, parent): &(&str, &str, Option<&str>)| Category {
        id: id(own),
        name: Name::new(name).unwrap(),
        parent: parent.map(id),
    };
    CategoryTree::new(categories.iter().map(category).collect::<Vec<_>>())
}

pub(crate) async fn gateway() -> (Sandbox, Gateway) {
    let sandbox = Sandbox::start(sandbox::gateway::Options::default()).await.unwrap();
    let client = client(&sandbox, &Clock::system());
    (sandbox, client)
}

fn client(sandbox: &Sandbox, clock: &Clock) -> Gateway {
    let transport = Transport::new(Settings::new("connector-tests", clock.clone())).unwrap();
    let settings = GatewaySettings {
        base_url: sandbox.url().parse().unwrap(),
        shop: ShopGuid::parse(sandbox.shop()).unwrap(),
        key: SigningKey::from_base64(&sandbox.secret().into()).unwrap(),
        concurrency: 4,
    };
    Gateway::new(transport, &settings).unwrap()
}

/// A marketplace on a test clock, and imports into it.
pub(crate) struct World {
    pub(crate) gateway: Sandbox,
    pub(crate) clock: Clock,
    pub(crate) client: Gateway,
    /// Where imports remember what they did.
    folder: TempDir,
}

/// What an import came to.
pub(crate) struct Ran {
    pub(crate) result: Result<(), RunError>,
    pub(crate) summary: Summary,
    /// What was told, a line each.
    pub(crate) told: Vec<String>,
}

impl Ran {
    /// Of an import that came to its end.
    pub(crate) fn done(self) -> Self {
        assert!(self.result.is_ok(), "{:?}", self.result);
        self
    }

    /// What the user is told to correct.
    pub(crate) fn wrong_settings(&self) -> (&str, &str) {
        match &self.result {
            Err(RunError::Settings { what, hint }) => (what, hint),
            other => panic!("{other:?}"),
        }
    }

    /// (created, updated, unchanged, archived)
    pub(crate) fn counts(&self) -> (u64, u64, u64, u64) {
        let summary = &self.summary;
        (summary.created, summary.updated, summary.unchanged, summary.archived)
    }

    pub(crate) fn told(&self, what: &str) -> bool {
        self.told.iter().any(|line| line.contains(what))
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut sandbox::gateway::Options)) -> Self {
        let clock = Clock::test("2026-03-01T12:00:00Z".parse().unwrap());
        let mut options = sandbox::gateway::Options { clock: clock.clone(), ..Default::default() };
        change(&mut options);
        let gateway = Sandbox::start(options).await.unwrap();
        let client = client(&gateway, &clock);
        Self { gateway, clock, client, folder: tempfile::tempdir().unwrap() }
    }

    /// What imports remember of this shop.
    pub(crate) async fn store(&self, shop: &ShopName) -> Store {
        let url = StateUrl::file(&self.folder.path().join("state.db"));
        open_memory(&url, shop, &self.client, &self.clock).await.unwrap().1
    }

    /// A copy of what imports remember.
    pub(crate) fn copy_state(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        copy
    }

    /// Puts a copy of what imports remember in the place of what they remember.
    pub(crate) fn restore_state(&self, copy: &TempDir) {
        self.lose_state();
        for entry in std::fs::read_dir(copy.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), self.folder.path().join(entry.file_name())).unwrap();
        }
    }

    /// What imports remember is lost.
    pub(crate) fn lose_state(&self) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }

    pub(crate) async fn import(&self, toy: &Toy) -> Ran {
        self.import_with(toy, |_| {}).await
    }

    pub(crate) async fn import_with(&self, toy: &Toy, change: impl FnOnce(&mut import::Options)) -> Ran {
        let mut options = import::Options::new(Images::Upload);
        change(&mut options);
        self.run(toy, &options, &CancellationToken::new()).await
    }

    pub(crate) async fn run(&self, toy: &Toy, options: &import::Options, stop: &CancellationToken) -> Ran {
        self.run_and(toy, options, stop, |_| {}).await
    }

    /// An import that is asked to stop when it has told so many lines.
    pub(crate) async fn import_until(&self, toy: &Toy, stop: &CancellationToken, lines: usize) -> Ran {
        let options = import::Options::new(Images::Upload);
        let stop_then = |told: usize| {
            if told == lines {
                stop.cancel();
            }
        };
        self.run_and(toy, &options, stop, stop_then).await
    }

    /// An import that may only look at what is remembered.
    pub(crate) async fn import_seeing(&self, toy: &Toy, store: &Store) -> Result<(), RunError> {
        let options = import::Options::new(Images::Upload);
        let (stop, mut summary) = (CancellationToken::new(), Summary::default());
        let sides = (toy as &dyn Platform, &self.client);
        let memory = Memory::Seen(store);
        import::run(sides, memory, &options, (&self.clock, &stop), &|_| {}, &mut summary).await
    }

    /// An import whose process ends without a word when it has told so many lines; answers whether it came so far.
    pub(crate) async fn import_killed(&self, toy: &Toy, lines: usize) -> bool {
        let killed = CancellationToken::new();
        let options = import::Options::new(Images::Upload);
        let kill_then = |told: usize| {
            if told == lines {
                killed.cancel();
            }
        };
        let stop = CancellationToken::new();
        tokio::select! {
            biased;
            () = killed.cancelled() => true,
            ran = self.run_and(toy, &options, &stop, kill_then) => {
                ran.done();
                false
            }
        }
    }

    async fn run_and(
        &self,
        toy: &Toy,
        options: &import::Options,
        stop: &CancellationToken,
        then: impl Fn(usize) + Send + Sync,
    ) -> Ran {
        let told = Mutex::new(Vec::new());
        let listener = |event: Event<'_>| {
            let mut told = told.lock().unwrap();
            told.extend(line(&event));
            then(told.len());
        };
        let mut summary = Summary::default();
        let sides = (toy as &dyn Platform, &self.client);
        let store = self.store(toy.name().unwrap_or(&shop_name())).await;
        let lease = store.lease(LeaseKind::Import, "this test").await.unwrap();
        let memory = if options.dry_run { Memory::Seen(&store) } else { Memory::Held(&lease) };
        let result = import::run(sides, memory, options, (&self.clock, stop), &listener, &mut summary).await;
        lease.release().await.unwrap();
        Ran { result, summary, told: told.into_inner().unwrap() }
    }

    /// Everything that was written to the marketplace so far, as "METHOD path".
    pub(crate) fn writes(&self) -> Vec<String> {
        let reads = ["/dashboard/webshop_products/_query", "/bootstrap"];
        let calls = self.gateway.calls();
        let writes = calls.iter().filter(|call| call.method != "GET" && !reads.contains(&call.path.as_str()));
        writes.map(|call| format!("{} {}", call.method, call.path)).collect()
    }

    /// The marketplace's products that are not archived.
    pub(crate) fn live(&self) -> Vec<Value> {
        self.gateway.products().into_iter().filter(|product| product["archived"] != true).collect()
    }

    /// Every product of this external id.
    pub(crate) fn all_of(&self, product: &str, variant: &str) -> Vec<Value> {
        let is_it = |listed: &Value| {
            let source = &listed["data"]["source"];
            source["product"] == product && source["variant"] == variant
        };
        self.gateway.products().into_iter().filter(is_it).collect()
    }

    /// The one product of this external id.
    pub(crate) fn one(&self, product: &str, variant: &str) -> Value {
        let all = self.all_of(product, variant);
        assert_eq!(all.len(), 1, "{product}/{variant}: {all:?}");
        all[0].clone()
    }
}

pub(crate) fn guid(product: &Value) -> &str {
    product["guid"].as_str().unwrap()
}

fn line(event: &Event<'_>) -> Option<String> {
    Some(match event {
        Event::Would(rendered) => format!("would create {}", rendered.item.product.name),
        Event::Changed(change) => {
            let would = if change.is_done { "" } else { "would be " };
            let (kind, id) = (change.kind, change.id);
            format!("{would}{kind:?} {}/{} {}", id.product, id.variant, change.fields.join(" "))
        }
        Event::Candidate(candidate) => {
            format!("candidate {}/{} {}", candidate.product, candidate.variant, candidate.sku)
        }
        Event::Rejected { reject, is_new } => {
            let variant = reject.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
            let again = if *is_new { "" } else { " again" };
            format!("rejected{again} {}{variant}: {}", reject.product, reject.reason)
        }
        Event::Skipped(skip) => format!("skipped {}: {}", skip.product, skip.why),
        Event::Warning(warning) => format!("warning {}", warning.what),
        Event::Fault(fault) => format!("fault {fault}"),
        Event::Waiting { variants, .. } => format!("waiting {variants}"),
        Event::NothingNew { what } => format!("nothing new: {what}"),
        _ => return None,
    })
}
