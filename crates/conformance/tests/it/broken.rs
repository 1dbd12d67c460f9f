//! A platform that is broken on purpose: the example platform, with one fault put around it.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_stream::try_stream;
use clock::Clock;
use conformance::{Declared, Examined, LocalShop};
use connector::import::Images;
use connector::{
    Abilities, AdjustmentKey, Common, Connector, End, Given, ImageError, InvalidSetting, Item, Known,
    Outcome, Platform, PlatformError, Scope, Setting, ShopInfo, ShopName, Skip, StockAdjustment, StockItem,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    CategoryTree, ImageRef, Money, Name, NetPrice, Product, ProductParts, RejectReason,
};
use gateway_core::picture::Picture;
use secrecy::ExposeSecret as _;
use toyshop::Toyshop;
use transport::Transport;

use crate::adjusting;
use crate::examined::ToyshopExamined;
use crate::fault::Fault;

/// The example platform with a fault.
pub(crate) struct BrokenExamined {
    connector: BrokenConnector,
    declared: Declared,
}

pub(crate) struct BrokenConnector {
    fault: Fault,
    opened: AtomicU64,
    remembered: std::sync::Arc<Mutex<BTreeMap<String, Product>>>,
}

impl BrokenExamined {
    /// With a fault, and a declaration of its own.
    pub(crate) fn declaring(fault: Fault, declared: Declared) -> Self {
        Self { declared, ..Self::with(fault) }
    }

    pub(crate) fn with(fault: Fault) -> Self {
        Self {
            declared: ToyshopExamined.declared(),
            connector: BrokenConnector { fault, opened: AtomicU64::new(0), remembered: Default::default() },
        }
    }
}

impl Examined for BrokenExamined {
    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn declared(&self) -> Declared {
        self.declared.clone()
    }

    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async { ToyshopExamined.start(clock).await }.boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        ToyshopExamined.wrong_secrets()
    }
}

impl Connector for BrokenConnector {
    fn name(&self) -> &'static str {
        Toyshop.name()
    }

    fn title(&self) -> &'static str {
        Toyshop.title()
    }

    fn settings(&self) -> &'static [Setting] {
        Toyshop.settings()
    }

    fn images(&self) -> Images {
        Toyshop.images()
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let told = |variable: &str| given.get(variable).unwrap_or_default().to_owned();
        let (url, key) = (told("TOYSHOP_BASE_URL"), told("TOYSHOP_API_KEY"));
        let mut given = given.clone();
        if self.fault == Fault::IgnoresLanguage {
            given = Given::default();
            given.insert("TOYSHOP_BASE_URL", &url);
            given.insert("TOYSHOP_API_KEY", &key);
        }
        Ok(Box::new(Broken {
            inner: Toyshop.open(&given, common, transport)?,
            fault: self.fault,
            number: self.opened.fetch_add(1, Ordering::Relaxed),
            authority: url.trim_start_matches("http://").to_owned(),
            clock: transport.clock().clone(),
            key: given
                .secret("TOYSHOP_API_KEY")
                .map(|key| key.expose_secret().to_owned())
                .unwrap_or_default(),
            remembered: self.remembered.clone(),
            images: Mutex::default(),
        }))
    }
}

struct Broken {
    inner: Box<dyn Platform>,
    fault: Fault,
    /// How many were opened before it.
    number: u64,
    authority: String,
    clock: Clock,
    key: String,
    remembered: std::sync::Arc<Mutex<BTreeMap<String, Product>>>,
    /// Pictures by the identity that was told for them.
    images: Mutex<HashMap<String, ImageRef>>,
}

impl Broken {
    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    /// Asks a host who it is, by a connection of its own that obeys nobody, and answers the whole answer.
    fn asks_by_itself(&self, authority: &str) -> String {
        let asked = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(authority)?;
            write!(
                stream,
                "GET /api/shop HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
                self.key
            )?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        asked().unwrap_or_default()
    }

    fn status(&self) -> String {
        let answer = self.asks_by_itself(&self.authority);
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    async fn before_reading(&self) -> Result<(), PlatformError> {
        match self.fault {
            Fault::Hammers => {
                for _ in 0..50 {
                    if self.status() != "429" {
                        break;
                    }
                }
            }
            Fault::BacksOffOnItsOwn => {
                for seconds in [1, 2, 4, 8] {
                    if self.status() != "429" {
                        break;
                    }
                    self.clock.sleep(Duration::from_secs(seconds)).await;
                }
            }
            Fault::FollowsRedirects => {
                let answer = self.asks_by_itself(&self.authority);
                let to = answer.lines().find_map(|line| line.strip_prefix("location: http://"));
                if let Some((authority, _)) = to.and_then(|to| to.split_once('/')) {
                    let _answer = self.asks_by_itself(authority);
                }
            }
            Fault::GivesUpAtOnce => {
                let status = self.status();
                if status != "200" {
                    return Err(PlatformError::Failed { what: format!("the shop answers {status}") });
                }
            }
            Fault::LogsKey => tracing::debug!(key = self.key, "the shop is asked"),
            _ => {}
        }
        Ok(())
    }

    fn error(&self, error: PlatformError) -> PlatformError {
        match (self.fault, error) {
            (Fault::RefusalIsFailure, PlatformError::Settings { what, .. }) => PlatformError::Failed { what },
            (Fault::TellsKey, PlatformError::Failed { what }) => {
                PlatformError::Failed { what: format!("{what} (with the key {})", self.key) }
            }
            (_, other) => other,
        }
    }

    fn changed(&self, product: Product) -> Product {
        if self.is(Fault::RemembersVariants) {
            let mut remembered = self.remembered.lock().unwrap();
            return remembered.entry(product.id().to_string()).or_insert(product).clone();
        }
        let ProductParts { id, mut name, mut description, brief, categories, mut variants, family, also } =
            product.into_parts();
        for variant in &mut variants {
            if self.is(Fault::RoundsPrices) {
                let rounded = Money::new(variant.price.amount().round_dp(2), variant.price.currency());
                variant.price = NetPrice::new(rounded).unwrap();
            }
            variant.for_sale |= self.is(Fault::SellsHidden);
            if self.is(Fault::RenamesPictures) {
                for image in &mut variant.images {
                    let told = format!("{}?{}", image.identity(), self.number);
                    self.images.lock().unwrap().insert(told.clone(), image.clone());
                    *image = ImageRef::new(&told, None).unwrap();
                }
            }
        }
        if self.is(Fault::RemembersTexts) {
            let first = Product::new(ProductParts {
                id: id.clone(),
                name: name.clone(),
                description: description.clone(),
                brief: brief.clone(),
                categories: categories.clone(),
                variants: variants.clone(),
                family: family.clone(),
                also: also.clone(),
            });
            let mut remembered = self.remembered.lock().unwrap();
            description = remembered.entry(id.to_string()).or_insert(first.unwrap()).description().clone();
        }
        if self.is(Fault::CutsNames) {
            name = Name::new(&name.as_str().chars().take(500).collect::<String>()).unwrap();
        }
        if self.is(Fault::ForgetsVariants) {
            variants.truncate(100);
        }
        Product::new(ProductParts { id, name, description, brief, categories, variants, family, also })
            .unwrap()
    }

    /// What becomes of an item: nothing, itself, or more.
    fn item(&self, place: usize, item: Item) -> Vec<Item> {
        match (self.fault, item) {
            (Fault::DropsLastOfPage, Item::Product(..))
                if place.is_multiple_of(self.abilities().page_size) =>
            {
                Vec::new()
            }
            (Fault::HidesUndeliverable, Item::Reject(reject))
                if matches!(reject.reason, RejectReason::Undeliverable(_)) =>
            {
                Vec::new()
            }
            (Fault::HidesRejects, Item::Reject(_)) => Vec::new(),
            (Fault::SkipsRejects, Item::Reject(reject)) => {
                vec![Item::Skipped(Skip {
                    product: reject.product,
                    variants: 1,
                    why: "it is broken".to_owned(),
                })]
            }
            (Fault::PanicsAtBrokenRecord, Item::Reject(reject)) => panic!("no {}", reject.reason),
            (Fault::SaysComplete | Fault::HidesUndeliverable, Item::End(_)) => vec![Item::End(End::Complete)],
            (Fault::StopsWithoutEnd, Item::End(_)) => Vec::new(),
            (_, Item::Product(product, warnings)) => {
                let product = Item::Product(Box::new(self.changed(*product)), warnings);
                if self.is(Fault::DoublesOne) && place == 3 {
                    vec![product.clone(), product]
                } else {
                    vec![product]
                }
            }
            (_, other) => vec![other],
        }
    }
}

impl Platform for Broken {
    fn name(&self) -> Option<&ShopName> {
        self.inner.name()
    }

    fn abilities(&self) -> &Abilities {
        self.inner.abilities()
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        async {
            self.before_reading().await?;
            let mut checked = self.inner.check().await;
            if self.is(Fault::InsistsOnKey) {
                for _ in 0..10 {
                    if checked.is_err() {
                        checked = self.inner.check().await;
                    }
                }
            }
            checked.map_err(|error| self.error(error))
        }
        .boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        self.inner.categories()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        let scope = match (self.fault, scope) {
            (Fault::ReadsAll, _) | (Fault::IgnoresSince, Scope::Since(_)) => Scope::All,
            (Fault::LosesChosen, Scope::Products(mut ids)) => {
                ids.retain(|id| id.as_str() != "4");
                Scope::Products(ids)
            }
            (_, scope) => scope,
        };
        try_stream! {
            self.before_reading().await?;
            let mut items = self.inner.products(scope);
            let (mut held, mut place) = (Vec::new(), 0);
            while let Some(item) = items.next().await {
                let item = match item {
                    Ok(item) => item,
                    Err(_) if self.is(Fault::TakesErrorsForTheEnd) => Item::End(End::Complete),
                    Err(error) => Err(self.error(error))?,
                };
                place += usize::from(matches!(item, Item::Product(..)));
                if self.is(Fault::AsksForEach) && let Item::Product(product, _) = &item {
                    let again = Scope::Products(vec![product.id().clone()]);
                    let _again: Vec<_> = self.inner.products(again).collect().await;
                }
                for item in self.item(place, item) {
                    if self.is(Fault::HoldsCatalogue) {
                        held.push(item);
                    } else {
                        yield item;
                    }
                }
            }
            for item in held {
                yield item;
            }
        }
        .boxed()
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async move {
            if self.is(Fault::OnePicture) {
                let first = ImageRef::new("11", None).unwrap();
                return self.inner.image(&first).await;
            }
            let known = self.images.lock().unwrap().get(image.identity()).cloned();
            self.inner.image(&known.unwrap_or_else(|| image.clone())).await
        }
        .boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        adjusting::levels(self.inner.stock(scope), self.fault)
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        adjusting::adjust(&*self.inner, self.fault, adjustments).boxed()
    }

    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        if self.is(Fault::ForgetsKeys) {
            return async { Ok(vec![Known::NotDone; keys.len()]) }.boxed();
        }
        self.inner.find_adjustments(keys)
    }

    fn requests(&self) -> u64 {
        if self.is(Fault::CountsNothing) { 0 } else { self.inner.requests() }
    }
}
