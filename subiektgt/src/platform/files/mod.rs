//! A firm's files as a platform.

mod bridge;

use std::sync::{Arc, OnceLock};

use connector::{
    Abilities, AdjustmentKey, Common, End, ImageError, Item, Known, Language, NativeScopes, Outcome,
    Platform, PlatformError, Scope, ShopInfo, ShopName, StockAdjustment, StockItem, StockWriting, Untold,
};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    CategoryTree, ImageRef, Platform as PlatformName, ProductId, Reject, RejectReason, ShopKey,
};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use tokio::sync::{OnceCell, mpsc};
use transport::{HostLimits, Transport};

use crate::bridge::SHOWN_WITHIN;
use crate::files::{self, FilesError, Source};
use crate::mapping::{self, Mapped, UNKNOWN};
use crate::settings::{EPP, Files, PRICE_LEVEL};
use crate::survey::Survey;
use crate::wire::{Broken, Entry, Fault, Section};
use bridge::ByBridge;

/// Entries that are read ahead.
const AHEAD: usize = 64;

/// A firm, ready to be read.
pub(crate) struct Shop {
    settings: Files,
    platform: PlatformName,
    common: Common,
    abilities: Abilities,
    name: OnceLock<ShopName>,
    opened: OnceCell<Opened>,
    /// What tells levels and changes them; files do neither.
    bridge: Option<ByBridge>,
}

/// What concerns all of its files, read once.
struct Opened {
    sources: Arc<Vec<Source>>,
    survey: Arc<Survey>,
    info: ShopInfo,
}

impl Shop {
    /// Makes a firm ready to be read. Reads nothing yet.
    pub(crate) fn new(
        settings: Files,
        (platform, key): (PlatformName, Option<ShopKey>),
        common: &Common,
        transport: &Transport,
    ) -> Self {
        let bridge = settings.bridge.clone();
        let bridge =
            bridge.map(|access| ByBridge::new(access, settings.warehouses.clone(), common, transport));
        let shop = Self {
            common: common.clone(),
            abilities: Abilities {
                native: NativeScopes { since: false, products: false },
                page_size: usize::MAX,
                limits: HostLimits::default(),
                stock_writing: if bridge.is_some() { StockWriting::Delta } else { StockWriting::No },
                stock_below_zero: false,
                stock_shown_within: bridge.as_ref().map(|_| SHOWN_WITHIN),
                since_misses: None,
            },
            name: OnceLock::new(),
            opened: OnceCell::new(),
            bridge,
            settings,
            platform,
        };
        if let Some(key) = key {
            shop.is_called(key);
        }
        shop
    }

    fn is_called(&self, shop: ShopKey) {
        let _is_told_once = self.name.set(ShopName { platform: self.platform.clone(), shop });
    }

    async fn opened(&self) -> Result<&Opened, PlatformError> {
        self.opened.get_or_try_init(|| Box::pin(self.open())).await
    }

    /// Reads all files once. What would make every good wrong is an error here, before any of them is told.
    async fn open(&self) -> Result<Opened, PlatformError> {
        let (path, level) = (self.settings.path.clone(), self.settings.price_level.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let sources = files::find(&path)?;
            let survey = Survey::read(&sources, &level)?;
            Ok::<_, FilesError>((sources, survey))
        });
        let (sources, survey) = reading
            .await
            .map_err(|_| failed("the files were not read to their end".to_owned()))?
            .map_err(|error| wrong_files(&error))?;
        self.has_prices(&survey)?;
        if self.name.get().is_none() {
            self.is_called(key_of(&survey)?);
        }
        let language = Language { id: "pol".to_owned(), name: "polski".to_owned(), active: true };
        let info = ShopInfo {
            title: None,
            version: survey.version.as_ref().map(|version| format!("EDI++ {version}")),
            currency: Currency::PLN,
            language: language.clone(),
            languages: vec![language],
            products: Some(survey.goods()),
            warnings: vec![match self.bridge {
                None => "files tell no stock levels and no pictures: what is new is created with a level of 0, and what is at \
                         the marketplace keeps its own"
                    .to_owned(),
                Some(_) => "files tell no stock levels and no pictures: what is new is created with a level of 0, and has its \
                            own from the next pass over the stock levels on"
                    .to_owned(),
            }],
        };
        Ok(Opened { sources: Arc::new(sources), survey: Arc::new(survey), info })
    }

    /// Whether the files tell prices of the level that is to be sent.
    fn has_prices(&self, survey: &Survey) -> Result<(), PlatformError> {
        let wanted = &self.settings.price_level;
        if survey.goods() == 0
            || survey.labels.iter().any(|label| label.to_uppercase() == wanted.to_uppercase())
        {
            return Ok(());
        }
        let labels: Vec<&str> = survey.labels.iter().map(String::as_str).collect();
        Err(if labels.is_empty() {
            PlatformError::Settings {
                what: "the files tell no prices: they have no CENNIK".to_owned(),
                hint: "export the price list together with the goods".to_owned(),
            }
        } else {
            PlatformError::Settings {
                what: format!("the files tell no prices of the level {wanted:?}"),
                hint: format!("set {PRICE_LEVEL} to one of: {}", labels.join(", ")),
            }
        })
    }
}

/// The key of a firm that nobody has named: its tax number.
fn key_of(survey: &Survey) -> Result<ShopKey, PlatformError> {
    let digits: String = survey.nip.iter().flat_map(|nip| nip.chars()).filter(char::is_ascii_digit).collect();
    let key = if digits.is_empty() { None } else { ShopKey::named(&digits).ok() };
    key.ok_or_else(|| PlatformError::Settings {
        what: "the files do not tell which firm they are of: none has a tax number (NIP) in its [INFO]"
            .to_owned(),
        hint: "name the firm by --shop-key, and always by the same one".to_owned(),
    })
}

fn wrong_files(error: &FilesError) -> PlatformError {
    let what = error.to_string();
    match error {
        FilesError::Unreadable { .. } | FilesError::None(_) | FilesError::Wrong { .. } => {
            PlatformError::Settings {
                what,
                hint: format!(
                    "check {EPP}: it names a file that Subiekt GT has exported as EDI++, or a folder of such files"
                ),
            }
        }
        FilesError::Changed(_) => PlatformError::TryLater { what },
    }
}

/// Entries of goods, each with its file's place among all; nothing behind the last.
type Entries = mpsc::Receiver<Result<Option<(usize, Entry)>, FilesError>>;

/// Reads the files once more, for their goods, on a thread that may block. It ends soon when the receiver is dropped.
fn entries(sources: Arc<Vec<Source>>) -> Entries {
    let (sender, entries) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let read = || {
            for (file, source) in sources.iter().enumerate() {
                let mut reader = source.open()?;
                while let Some(entry) = reader.next_entry().map_err(|error| source.wrong(error))? {
                    let is_of_goods = match &entry {
                        Entry::Good(_) => true,
                        Entry::Broken(broken) => {
                            broken.section == Section::Goods || broken.what == Fault::Torn
                        }
                        _ => false,
                    };
                    if is_of_goods && sender.blocking_send(Ok(Some((file, entry)))).is_err() {
                        return Ok(());
                    }
                }
                source.check()?;
            }
            Ok(())
        };
        let _nobody_waits = sender.blocking_send(read().map(|()| None)).is_err();
    });
    entries
}

/// The next entry of goods that holds; `None` at the end.
async fn next(entries: &mut Entries, survey: &Survey) -> Result<Option<Entry>, PlatformError> {
    loop {
        let (file, entry) = match entries.recv().await {
            Some(Ok(Some(entry))) => entry,
            Some(Ok(None)) => return Ok(None),
            Some(Err(error)) => return Err(wrong_files(&error)),
            None => return Err(failed("the files were not read to their end".to_owned())),
        };
        let symbol = match &entry {
            Entry::Good(good) => good.symbol.as_deref(),
            Entry::Broken(broken) => known_symbol(broken),
            _ => None,
        };
        // A later file may have it too, and holds then.
        if symbol.is_none_or(|symbol| survey.holds(file, symbol)) {
            return Ok(Some(entry));
        }
    }
}

impl Platform for Shop {
    fn name(&self) -> Option<&ShopName> {
        self.name.get()
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        async {
            let mut info = self.opened().await?.info.clone();
            if let Some(bridge) = &self.bridge {
                info.warnings.extend(bridge.trouble().await);
            }
            Ok(info)
        }
        .boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async { Ok(mapping::category_tree(&self.opened().await?.survey)) }.boxed()
    }

    fn products(&self, _all: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let Opened { sources, survey, .. } = self.opened().await?;
            let mut entries = entries(Arc::clone(sources));
            let mut end = End::Complete;
            while let Some(entry) = next(&mut entries, survey).await? {
                match of_entry(survey, &self.common, &entry) {
                    Told::Known(mapped) => {
                        let Mapped { product, reject, skip, warnings } = *mapped;
                        if let Some(reject) = reject {
                            yield Item::Reject(reject);
                        }
                        if let Some(product) = product {
                            yield Item::Product(Box::new(product), warnings);
                        }
                        if let Some(skip) = skip {
                            yield Item::Skipped(skip);
                        }
                    }
                    Told::Unknown(reject) => {
                        end = End::Partial;
                        if let Some(reject) = reject {
                            yield Item::Reject(reject);
                        }
                    }
                }
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, _image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async { Err(ImageError::Missing("files hold no pictures".to_owned())) }.boxed()
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        if let Some(bridge) = &self.bridge {
            return bridge.levels(self, scope);
        }
        let untold = PlatformError::Settings {
            what: "EDI++ files tell no stock levels".to_owned(),
            hint: "keep the levels at the marketplace by hand, or tell a bridge that knows them (SUBIEKTGT_BRIDGE_URL)"
                .to_owned(),
        };
        stream::iter([Err(untold)]).boxed()
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        async move {
            match &self.bridge {
                Some(bridge) => bridge.adjust(self, adjustments).await,
                None => {
                    let refused = |_| Outcome::Refused("files take no levels".to_owned());
                    adjustments.iter().map(refused).collect()
                }
            }
        }
        .boxed()
    }

    /// The bridge tells of no change what became of it, but does none twice.
    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        if let Some(bridge) = &self.bridge {
            bridge.remember_open(keys);
        }
        let known = if self.bridge.is_some() { Known::Repeatable } else { Known::Unknown };
        async move { Ok(vec![known; keys.len()]) }.boxed()
    }

    /// Files have no pictures, no models, one description, and no word on what is blocked. Groups and tags may have been left out of them.
    fn untold(&self) -> Untold {
        let has_categories = self.opened.get().is_some_and(|opened| {
            [Section::Groups, Section::Tags].iter().all(|section| opened.survey.sections.contains(section))
        });
        Untold {
            pictures: true,
            categories: !has_categories,
            families: true,
            vat: false,
            for_sale: true,
            briefs: true,
        }
    }

    fn requests(&self) -> u64 {
        self.bridge.as_ref().map(ByBridge::requests).unwrap_or_default()
    }
}

/// What an entry comes to.
enum Told {
    Known(Box<Mapped>),
    /// Of which good it is, nobody can tell, and so which one is missing.
    Unknown(Option<Reject>),
}

fn of_entry(survey: &Survey, common: &Common, entry: &Entry) -> Told {
    let (field, found, symbol) = match entry {
        Entry::Good(good) => match mapping::product(survey, common.vat_default, good) {
            Some(mapped) => return Told::Known(Box::new(mapped)),
            None => ("symbol", good.symbol.clone().unwrap_or_else(|| "nothing".to_owned()), None),
        },
        Entry::Broken(broken) => ("row", told_of(broken), known_symbol(broken)),
        Entry::Price(_) | Entry::Group(_) | Entry::Tag(_) => return Told::Known(Box::default()),
    };
    let reason = RejectReason::broken(field, &found);
    let id = mapping::product_id(symbol);
    let is_known = id.is_some();
    let product = id.or_else(|| ProductId::new(UNKNOWN).ok());
    let reject = product.map(|product| Reject { product, variant: None, name: None, sku: None, reason });
    if is_known {
        Told::Known(Box::new(Mapped { reject, ..Mapped::default() }))
    } else {
        Told::Unknown(reject)
    }
}

/// The symbol of a good that is broken. Of what is torn nobody knows what else there was.
fn known_symbol(broken: &Broken) -> Option<&str> {
    broken.symbol.as_deref().filter(|_| broken.section == Section::Goods && broken.what != Fault::Torn)
}

fn told_of(broken: &Broken) -> String {
    format!("line {} of {}: {}", broken.line, broken.section.keyword(), broken.what)
}

fn failed(what: String) -> PlatformError {
    PlatformError::Failed { what }
}
