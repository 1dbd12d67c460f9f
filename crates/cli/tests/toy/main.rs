//! A platform in memory, by which the tests run the whole command line. `--mode` says how it behaves.
#![allow(clippy::expect_used, clippy::panic, reason = "it is part of the tests")]

mod levels;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::DateTime;
use connector::import::Images;
use connector::{
    Abilities, AdjustmentKey, Common, Connector, End, Given, ImageError, InvalidSetting, Item, Language,
    NativeScopes, Need, Outcome, Outstanding, OutstandingLine, Platform, PlatformError, Scope, Setting,
    Settled, ShopInfo, ShopName, Skip, StockAdjustment, StockWriting, Warning,
};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _, future};
use gateway_core::model::{
    Attributes, Category, CategoryId, CategoryTree, ImageRef, Line, Markdown, Money, Name, NetPrice,
    Platform as PlatformName, Product, ProductId, ProductParts, Reject, RejectReason, ShopKey, StockLevel,
    Variant, VariantId, VatRate,
};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use levels::Levels;
use rust_decimal::Decimal;
use secrecy::ExposeSecret as _;
use transport::{HostLimits, Transport};

/// An escape that clears a screen, one of a single character beyond ASCII, and one that turns the writing round.
const ESCAPES: &str = "Mug\u{1b}[2J\u{9b}31m\u{202e}gum";

fn main() -> ExitCode {
    cli::main(&Toy)
}

struct Toy;

const SETTINGS: &[Setting] = &[
    Setting {
        option: "base-url",
        variable: "TOY_BASE_URL",
        prompt: "Toy base URL",
        help: "The shop's address, like https://shop.example",
        need: Need::Required,
        is_secret: false,
        check: |text| match text.split_once("://") {
            Some(_) => Ok(()),
            None => Err("has no scheme: it begins with https://".to_owned()),
        },
    },
    Setting {
        option: "api-key",
        variable: "TOY_API_KEY",
        prompt: "Toy API key",
        help: "The key that the shop shows under Toys",
        need: Need::Unless("TOY_TICKET"),
        is_secret: true,
        check: |text| if text.len() < 8 { Err("is shorter than 8 characters".to_owned()) } else { Ok(()) },
    },
    Setting {
        option: "ticket",
        variable: "TOY_TICKET",
        prompt: "Toy ticket",
        help: "A ticket, which takes the place of the key",
        need: Need::Optional,
        is_secret: true,
        check: |_| Ok(()),
    },
    Setting {
        option: "mode",
        variable: "TOY_MODE",
        prompt: "Toy mode",
        help: "How the shop behaves; plainly unless told",
        need: Need::Optional,
        is_secret: false,
        check: |_| Ok(()),
    },
];

impl Connector for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn title(&self) -> &'static str {
        "Toy"
    }

    fn settings(&self) -> &'static [Setting] {
        SETTINGS
    }

    fn images(&self) -> Images {
        Images::Upload
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        _transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let invalid = |what: String| InvalidSetting { variable: "TOY_BASE_URL", what };
        let url = given.get("TOY_BASE_URL").ok_or_else(|| invalid("is missing".to_owned()))?;
        // As one does which needs its key to know anything.
        if given.get("TOY_MODE") == Some("locked") && given.secret("TOY_API_KEY").is_none() {
            return Err(InvalidSetting { variable: "TOY_API_KEY", what: "is missing".to_owned() });
        }
        let key = match &common.shop_key {
            Some(key) => key.clone(),
            None => ShopKey::from_base_url(url).map_err(|error| invalid(error.to_string()))?,
        };
        let platform = PlatformName::new("toy").map_err(|error| invalid(error.to_string()))?;
        // Told aside: a person has no use for it.
        let levels = Levels::new(std::env::var_os("TOY_LEVELS").map(Into::into));
        tracing::debug!(url, "the toy shop is open");
        Ok(Box::new(Shop {
            name: ShopName { platform, shop: key },
            abilities: Abilities {
                native: NativeScopes { since: false, products: true },
                page_size: 10,
                limits: HostLimits::default(),
                stock_writing: if levels.can_be_written() { StockWriting::Set } else { StockWriting::No },
                stock_below_zero: false,
                stock_shown_within: None,
                since_misses: None,
            },
            mode: given.get("TOY_MODE").unwrap_or("plain").to_owned(),
            key: given.secret("TOY_API_KEY").map(|key| key.expose_secret().to_owned()).unwrap_or_default(),
            levels,
            requests: AtomicU64::new(0),
        }))
    }
}

struct Shop {
    name: ShopName,
    abilities: Abilities,
    mode: String,
    key: String,
    levels: Levels,
    requests: AtomicU64,
}

impl Shop {
    fn is(&self, mode: &str) -> bool {
        self.mode == mode
    }

    fn product(&self, number: &str, name: &str, variants: &[&str]) -> Product {
        let variant = |(at, variant): (usize, &&str)| {
            let size = Name::new(["S", "M", "L"].get(at).copied().unwrap_or("XL")).expect("a size");
            let attributes = if variants.len() > 1 {
                Attributes::new([(Name::new("Rozmiar").expect("a name"), size)]).0
            } else {
                Attributes::default()
            };
            Variant {
                id: VariantId::new(variant).expect("an id of ours"),
                sku: None,
                ean: None,
                attributes,
                price: NetPrice::new(Money::new(Decimal::new(1250, 2), Currency::PLN)).expect("a price"),
                vat: VatRate::percent(Decimal::from(23)).expect("a rate"),
                stock: StockLevel::Quantity(
                    self.levels.get(&id(number), &VariantId::new(variant).expect("an id of ours")),
                ),
                images: vec![ImageRef::new(number, None).expect("an identity")],
                for_sale: true,
            }
        };
        Product::new(ProductParts {
            id: id(number),
            name: Name::new(name).expect("a name"),
            description: Markdown::from_text("A thing of the toy shop."),
            brief: Line::from_text("A thing."),
            categories: vec![CategoryId::new("10").expect("an id of ours")],
            variants: variants.iter().enumerate().map(variant).collect(),
            family: None,
            also: None,
        })
        .expect("a product of ours")
    }

    /// What the stream brings, page by page in the real world.
    fn items(&self, scope: &Scope) -> Vec<Item> {
        if self.is("many") {
            return (1..=1000).map(|id| item(self.product(&id.to_string(), "Mug", &["0"]))).collect();
        }
        let mut items = vec![
            item(self.product("1", "Mug", &["0"])),
            item(self.product("2", "Jumper", &["21", "22"])),
            Item::Skipped(Skip { product: id("3"), variants: 1, why: "it is a draft".to_owned() }),
        ];
        if let Some(Item::Product(_, warnings)) = items.first_mut() {
            warnings.push(Warning {
                product: Some(id("1")),
                variant: None,
                what: "its EAN is not one".to_owned(),
            });
        }
        if self.is("rejects") || self.is("escapes") {
            let name = if self.is("escapes") { ESCAPES } else { "Lamp" };
            items.push(Item::Reject(Reject {
                product: id("4"),
                variant: None,
                name: Some(name.to_owned()),
                sku: None,
                reason: RejectReason::VatUntold,
            }));
        }
        if self.is("escapes") {
            items.push(Item::Skipped(Skip { product: id("5"), variants: 1, why: ESCAPES.to_owned() }));
        }
        if self.is("few") {
            items.truncate(1);
        }
        if let Scope::Products(ids) = scope {
            items.retain(|item| match item {
                Item::Product(product, _) => ids.contains(product.id()),
                _ => false,
            });
        }
        items
    }
}

fn id(text: &str) -> ProductId {
    ProductId::new(text).expect("an id of ours")
}

/// One that waits and is as it should be, one that is not, and one that is discarded.
fn documents() -> Vec<Outstanding> {
    let document = |number: &str, settled, troubles: &[&str]| Outstanding {
        numbers: vec![number.to_owned()],
        file: format!("/toys/{number}.txt").into(),
        at: DateTime::UNIX_EPOCH,
        lines: vec![OutstandingLine {
            key: AdjustmentKey::new("key".to_owned()),
            product: id("1"),
            symbol: "MUG".to_owned(),
            delta: Decimal::ONE,
        }],
        settled,
        troubles: troubles.iter().map(|&trouble| trouble.to_owned()).collect(),
    };
    vec![
        document("FINE", None, &[]),
        document("GONE", None, &["GONE is not there", "MUG is a cup now"]),
        document("LEFT", Some(Settled::Discarded), &["LEFT is still there"]),
    ]
}

fn item(product: Product) -> Item {
    Item::Product(Box::new(product), Vec::new())
}

impl Platform for Shop {
    fn name(&self) -> Option<&ShopName> {
        Some(&self.name)
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        async {
            self.requests.fetch_add(1, Ordering::Relaxed);
            if self.is("refused") {
                return Err(PlatformError::Settings {
                    what: "the shop does not take the API key".to_owned(),
                    hint: "copy the key again, whole".to_owned(),
                });
            }
            if self.is("busy") {
                return Err(PlatformError::TryLater { what: "the shop is being repaired".to_owned() });
            }
            let polish = Language { id: "1".to_owned(), name: "Polski".to_owned(), active: true };
            let english = Language { id: "2".to_owned(), name: "English".to_owned(), active: false };
            let title = if self.is("escapes") { ESCAPES } else { "The Toy Shop" };
            Ok(ShopInfo {
                title: Some(title.to_owned()),
                version: Some("1.0".to_owned()),
                currency: if self.is("usd") { Currency::USD } else { Currency::PLN },
                language: polish.clone(),
                languages: vec![polish, english],
                products: Some(self.items(&Scope::All).len()),
                warnings: if self.is("warning") { vec!["the shop is old".to_owned()] } else { Vec::new() },
            })
        }
        .boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async {
            self.requests.fetch_add(1, Ordering::Relaxed);
            let category = |number: &str, name: &str, parent: Option<&str>| Category {
                id: CategoryId::new(number).expect("an id of ours"),
                name: Name::new(name).expect("a name"),
                parent: parent.map(|parent| CategoryId::new(parent).expect("an id of ours")),
            };
            Ok(CategoryTree::new([
                category("9", "Home", None),
                category("10", "Mugs", Some("9")),
                category("11", "Lamps, small", Some("9")),
            ]))
        }
        .boxed()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let items = stream::iter(self.items(&scope)).map(Ok);
        match self.mode.as_str() {
            "slow" => items.take(1).chain(stream::pending()).boxed(),
            "stubborn" => items.take(1).chain(stream::poll_fn(|_| block())).boxed(),
            "panic" => {
                let key = self.key.clone();
                items.take(1).chain(stream::poll_fn(move |_| panic!("the key is {key}"))).boxed()
            }
            "failing" => {
                let what = "the shop answered 500".to_owned();
                items.take(1).chain(stream::iter([Err(PlatformError::Failed { what })])).boxed()
            }
            _ => items.chain(stream::iter([Ok(Item::End(End::Complete))])).boxed(),
        }
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async { Err(ImageError::Refused(format!("the toy shop has no picture {}", image.identity()))) }
            .boxed()
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let outcomes = adjustments.iter().map(|adjustment| self.levels.adjust(adjustment)).collect();
        async { outcomes }.boxed()
    }

    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Outstanding>, PlatformError>> {
        if self.is("hanging") || self.is("failing") {
            writeln!(std::io::stdout(), "{{\"event\":\"asked_for_documents\"}}").expect("somebody reads");
        }
        match self.mode.as_str() {
            "hanging" => future::pending().boxed(),
            "documents" => future::ready(Ok(documents())).boxed(),
            _ => future::ready(Err(PlatformError::Settings {
                what: "no documents are written for this shop".to_owned(),
                hint: String::new(),
            }))
            .boxed(),
        }
    }

    fn is_imported(&self, _: &str) -> Option<String> {
        (self.mode == "imported").then(|| "the box of last week".to_owned())
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

/// Never comes back, and so listens to nobody.
fn block<T>() -> T {
    loop {
        std::thread::park();
    }
}
