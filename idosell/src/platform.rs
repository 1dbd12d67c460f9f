//! A shop of IdoSell's as a platform.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use connector::{
    Abilities, Common, End, ImageError, Item, Language, Left, NativeScopes, Platform, PlatformError, Scope,
    ShopInfo, ShopName, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{CategoryTree, ImageRef, Product, ProductId, Reject, RejectReason, ShopKey};
use gateway_core::picture::Picture;
use tokio::sync::OnceCell;
use transport::{HostLimits, Rate, Transport};
use url::Url;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::client::Client;
use crate::feed::{Feed, Offer};
use crate::mapping::{self, Context, Mapped};
use crate::reading::{self, Survey};
use crate::settings::{BASE_URL, DEFAULT_LANGUAGE, FEED, LANGUAGE, Settings};
use crate::wire::Entry;

/// What a product is told by of which nobody can say which one it is. No id of the shop's is this.
const UNKNOWN: &str = "?";

/// A shop, ready to be read.
pub(crate) struct Shop {
    settings: Settings,
    common: Common,
    client: Client,
    abilities: Abilities,
    name: OnceLock<ShopName>,
    opened: OnceCell<Opened>,
}

/// What concerns the whole shop, read once.
struct Opened {
    offer: Offer,
    info: ShopInfo,
    context: Context,
    categories: CategoryTree,
    /// When the file was made, as it says.
    generated: Option<String>,
}

impl Shop {
    /// Makes a shop ready to be read. Sends nothing.
    pub(crate) fn new(settings: Settings, common: &Common, transport: &Transport) -> Self {
        let limits = HostLimits {
            // The shop serves shoppers first, and its pictures lie on the same host.
            in_flight: common.shop_concurrency.unwrap_or(4),
            adaptive: true,
            rate: common.shop_rate.map(Rate::PerMinute),
        };
        let shop = Self {
            client: Client::new(transport.clone(), limits, common.notes.clone()),
            common: common.clone(),
            abilities: Abilities {
                // A file tells all of its products, and when none of them was changed.
                native: NativeScopes { since: false, products: false },
                page_size: usize::MAX,
                limits,
                stock_writing: StockWriting::No,
                stock_below_zero: false,
                stock_shown_within: None,
                since_misses: None,
            },
            name: OnceLock::new(),
            opened: OnceCell::new(),
            settings,
        };
        if let Some(key) = shop.settings.shop_key.clone() {
            shop.is_called(key);
        }
        shop
    }

    fn is_called(&self, shop: ShopKey) {
        let _is_told_once = self.name.set(ShopName { platform: self.settings.platform.clone(), shop });
    }

    async fn opened(&self) -> Result<&Opened, PlatformError> {
        self.opened.get_or_try_init(|| Box::pin(self.open())).await
    }

    /// Has the shop's file. What would make every product wrong is an error here, before any product is read.
    async fn open(&self) -> Result<Opened, PlatformError> {
        let feed = Feed {
            client: &self.client,
            source: &self.settings.source,
            keep: self.common.keep.as_deref(),
            notes: &self.common.notes,
        };
        let mut offer = Box::pin(feed.open()).await?;
        let Survey { head, groups, categories, products, removed, languages, .. } = &mut offer.survey;
        let language = self.language(head.language.as_deref(), languages)?;
        let context = Context::new(head, &language, self.common.vat_default, std::mem::take(groups));
        let context = context.map_err(|error| PlatformError::Settings {
            what: format!("the shop's file: {error}"),
            hint: "choose the currency of the feed in the shop's panel".to_owned(),
        })?;
        if let Some(version) = head.version.as_deref().filter(|version| !version.starts_with('3')) {
            return Err(PlatformError::Settings {
                what: format!("the shop's file is of IOF {version}, and IOF 3.0 is read"),
                hint: format!(
                    "add iof_3_0 to the address of {FEED} (…&iof_3_0), or choose that version in the shop's panel"
                ),
            });
        }
        let mut warnings: Vec<String> = offer.warning.take().into_iter().collect();
        if *removed > 0 {
            warnings.push(
                "the shop's file tells of removed products, so it is one of changes: what it does not tell of is not taken for gone. \
                 Name the file of the whole offer"
                    .to_owned(),
            );
        }
        if categories.left_out() > 0 {
            warnings.push(format!(
                "{} times a category was left out, because the shop's file has too many of them or its path is too long",
                categories.left_out()
            ));
        }
        let as_language = |id: &String| Language { id: id.clone(), name: id.clone(), active: true };
        let info = ShopInfo {
            title: None,
            version: head.version.as_ref().map(|version| format!("IOF {version}")),
            currency: context.currency,
            language: as_language(&language),
            languages: languages.iter().map(as_language).collect(),
            products: Some(*products),
            warnings,
        };
        let (generated, tree) = (head.generated.clone(), std::mem::take(categories).tree());
        if self.name.get().is_none() {
            self.is_called(key_of(&offer.survey)?);
        }
        Ok(Opened { offer, info, context, categories: tree, generated })
    }

    /// The language in which texts are read: the one that was told, or else the usual one if the file has it.
    fn language(
        &self,
        of_offer: Option<&str>,
        known: &std::collections::BTreeSet<String>,
    ) -> Result<String, PlatformError> {
        let of_offer = of_offer.map(str::to_ascii_lowercase);
        let has = |language: &str| {
            known.contains(language)
                || of_offer.as_deref() == Some(language)
                || (known.is_empty() && of_offer.is_none())
        };
        match &self.settings.language {
            Some(told) if has(told) || known.is_empty() => Ok(told.clone()),
            Some(told) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                Err(PlatformError::Settings {
                    what: format!("the shop's file has no texts in the language {told}"),
                    hint: format!("set {LANGUAGE} to one of: {}", known.join(", ")),
                })
            }
            None if has(DEFAULT_LANGUAGE) => Ok(DEFAULT_LANGUAGE.to_owned()),
            None => {
                Ok(of_offer.or_else(|| known.first().cloned()).unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()))
            }
        }
    }

    /// The terms of an import, and what of this shop's settings its outcome depends on.
    fn terms(&self, opened: &Opened, terms: &str) -> String {
        let Context { language, vat_default, .. } = &opened.context;
        let shop = self.name.get().map(|name| &name.shop);
        format!("{:032x}", xxh3_128(format!("{terms} {language} {vat_default:?} {shop:?}").as_bytes()))
    }
}

/// The key of a shop that nobody has named: the host of its goods' pages.
fn key_of(survey: &Survey) -> Result<ShopKey, PlatformError> {
    let key = survey.host().and_then(|host| ShopKey::from_base_url(host).ok());
    key.ok_or_else(|| PlatformError::Settings {
        what: "the feed does not tell which shop it is of: none of its products names its page".to_owned(),
        hint: format!("set {BASE_URL} to the shop's address, or name it by --shop-key"),
    })
}

/// A product of which nobody can tell which one it is.
fn unknown(entry: &Entry) -> Option<Reject> {
    let (field, told) = match entry {
        Entry::Broken(broken) => ("product", broken.fault.to_string()),
        Entry::Product(product) => ("id", product.id.clone()),
    };
    let product = ProductId::new(UNKNOWN).ok()?;
    Some(Reject { product, variant: None, name: None, sku: None, reason: RejectReason::broken(field, &told) })
}

impl Platform for Shop {
    fn name(&self) -> Option<&ShopName> {
        self.name.get()
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        async { Ok(self.opened().await?.info.clone()) }.boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async { Ok(self.opened().await?.categories.clone()) }.boxed()
    }

    fn products(&self, _all: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let Opened { offer, context, .. } = self.opened().await?;
            let mut entries = reading::entries(Arc::clone(&offer.file));
            // What is missing from a file of changes has not changed.
            let mut end = if offer.survey.removed == 0 { End::Complete } else { End::Partial };
            let mut read = HashSet::new();
            loop {
                let entry = match entries.recv().await {
                    Some(Ok(Some(entry))) => entry,
                    Some(Ok(None)) => break,
                    Some(Err(error)) => Err(failed(format!("the shop's file: {error}")))?,
                    None => Err(failed("the shop's file was not read to its end".to_owned()))?,
                };
                let Some(mapped) = mapping::product(context, &entry) else {
                    end = End::Partial;
                    if let Some(reject) = unknown(&entry) {
                        yield Item::Reject(reject);
                    }
                    continue;
                };
                let Mapped { product, rejects, warnings, skip } = mapped;
                // Half a key is enough to find what is there twice.
                let id = product.as_ref().map(Product::id);
                let id = id.or(rejects.first().map(|reject| &reject.product)).or(skip.as_ref().map(|skip| &skip.product));
                if let Some(id) = id && !read.insert(xxh3_64(id.as_str().as_bytes())) {
                    let reason = RejectReason::broken("id", "it stands in the file twice; the first is taken");
                    yield Item::Reject(Reject { product: id.clone(), variant: None, name: None, sku: None, reason });
                    continue;
                }
                // Directly before their product: a variant that is in neither is gone, and will be archived.
                for reject in rejects {
                    yield Item::Reject(reject);
                }
                if let Some(product) = product {
                    yield Item::Product(Box::new(product), warnings);
                }
                if let Some(skip) = skip {
                    yield Item::Skipped(skip);
                }
            }
            if offer.was_changed() {
                Err(failed("the file of the feed was written to while it was read: start again".to_owned()))?;
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async {
            match Url::parse(image.location()) {
                Ok(url) => self.client.picture(url, self.common.spool.as_deref()).await,
                Err(_) => Err(ImageError::Missing("its address is none".to_owned())),
            }
        }
        .boxed()
    }

    /// The same shops have an API for programs.
    fn relatives(&self) -> &'static [&'static str] {
        &["iai"]
    }

    fn requests(&self) -> u64 {
        self.client.requests()
    }

    fn is_imported(&self, terms: &str) -> Option<String> {
        let opened = self.opened.get()?;
        opened.offer.is_imported(&self.terms(opened, terms)).then(|| match &opened.generated {
            Some(generated) => format!("the shop's file of {generated}"),
            None => "the shop's newest file".to_owned(),
        })
    }

    fn imported<'a>(&'a self, terms: &'a str, left: Left) -> BoxFuture<'a, Result<(), PlatformError>> {
        async move {
            let opened = self.opened().await?;
            let terms = self.terms(opened, terms);
            opened.offer.note_imported((left == Left::Nothing).then_some(terms.as_str()))
        }
        .boxed()
    }
}

fn failed(what: String) -> PlatformError {
    PlatformError::Failed { what }
}
