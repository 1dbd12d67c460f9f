//! What a platform is to the engines.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    CategoryTree, ExternalId, ImageRef, Platform as PlatformName, Product, ProductId, Reject, ShopKey,
    VariantId, VatRate,
};
use gateway_core::picture::{Picture, PictureError};
use iso_currency::Currency;
use serde::Serialize;
use transport::HostLimits;

use crate::levels::levels_of;
use crate::outstanding::no_documents;
use crate::{
    AdjustmentKey, Known, Outcome, Outstanding, PlatformError, Settled, StockAdjustment, StockItem, Warning,
};

/// One shop of one platform, ready to be read.
///
/// It can be kept in a list with shops of other platforms, and serves a paged REST service as well as a file that can be
/// fetched once or a database.
pub trait Platform: Send + Sync {
    /// Which shop it is. Where that follows from its goods it is known once [`check`](Self::check) has read them, and `None`
    /// before.
    fn name(&self) -> Option<&ShopName>;

    /// What it can do, as data.
    fn abilities(&self) -> &Abilities;

    /// Logs in and reads what concerns the whole shop. What would make every product wrong (no language, no right to
    /// read what is needed) is an error here, before any product is read.
    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>>;

    /// The shop's categories.
    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>>;

    /// The shop's products, as a stream whose memory does not grow with the catalogue. The last item is an
    /// [`Item::End`]; a stream that ends without it was cut off.
    ///
    /// The rejects of a product's variants come directly before the product: a variant that is neither in it nor among
    /// them is gone, and will be archived. A reject of the whole product, with the product behind it, says that not all of
    /// its variants are known.
    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>>;

    /// The content of a picture.
    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>>;

    /// How much of each variant can be sold, in as few requests as the platform allows; of products that are asked for those that it has.
    /// The last item is a [`StockItem::End`]; a stream that ends without it was cut off. What does not come of a stream that is
    /// complete is gone.
    ///
    /// Unless the platform reads levels by themselves, they come with its products.
    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        let levels = self.products(scope).map(|item| {
            let items = match item {
                Ok(item) => levels_of(item).into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            stream::iter(items)
        });
        levels.flatten().boxed()
    }

    /// Changes levels. The outcomes are in the order of the adjustments, one for each. Of each variant at most one adjustment comes at a
    /// time.
    ///
    /// Where the platform sets levels ([`StockWriting::Set`]) it reads each once more just before: one that is not as it was read is
    /// [`Outcome::Moved`] and not written. It looks afterwards whether it was written.
    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        let refused =
            |_: &StockAdjustment| Outcome::Refused("stock cannot be written to this shop".to_owned());
        let outcomes = adjustments.iter().map(refused).collect();
        async { outcomes }.boxed()
    }

    /// What became of adjustments that were asked for earlier and not answered, in their order. A platform that does not remember their
    /// keys does not know.
    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        async { Ok(vec![Known::Unknown; keys.len()]) }.boxed()
    }

    /// The files of documents that the shop has not taken in yet as far as is known, the oldest first.
    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Outstanding>, PlatformError>> {
        async { Err(no_documents()) }.boxed()
    }

    /// Takes down what a person says that became of a file of documents, which is named by its file's name or by the number of one of
    /// its documents. Nobody else may ask the shop for changes meanwhile.
    fn settle_outstanding<'a>(
        &'a self,
        name: &'a str,
        settled: Settled,
    ) -> BoxFuture<'a, Result<Outstanding, PlatformError>> {
        let _any = (name, settled);
        async { Err(no_documents()) }.boxed()
    }

    /// The version of the platform's mapping. It grows with every change after which the same goods of the shop become other
    /// products of ours: an import then says what it will change before it does.
    fn mapping_version(&self) -> u32 {
        1
    }

    /// Other platforms of ours that bring the goods of the same shops, by their names. A shop that one of them has imported is not imported
    /// by another beside it, which would double everything.
    fn relatives(&self) -> &'static [&'static str] {
        &[]
    }

    /// What the shop does not tell of any of its goods, because the way by which it is read has no place for that, or nobody may read
    /// it. What was sent of that before stays as it is. Asked behind [`check`](Self::check).
    fn untold(&self) -> Untold {
        Untold::default()
    }

    /// Whether it tells other ids of its products ([`Product::also`]), by which they may be linked as long as they have not gone over to
    /// their own. What cannot be imported tells none.
    fn tells_other_ids(&self) -> bool {
        false
    }

    /// How many requests the shop has been sent so far, repetitions counted.
    fn requests(&self) -> u64;

    /// What the shop has to give, as a part of a sentence ("the file of 2026-02-11 20:01:14"), when an import on these terms has
    /// come to its end with exactly that, and has left nothing. Asked behind [`check`](Self::check).
    ///
    /// Only a shop that is a file can tell it without reading its goods again; others are compared with the marketplace. The terms are
    /// those of the import; what of the platform's own settings the goods depend on (a language, a default VAT rate) is its own to add.
    fn is_imported(&self, terms: &str) -> Option<String> {
        let _any = terms;
        None
    }

    /// Takes down that an import on these terms has come to its end with all that the shop has to give, and whether it has left
    /// something that another one could do better.
    fn imported<'a>(&'a self, terms: &'a str, left: Left) -> BoxFuture<'a, Result<(), PlatformError>> {
        let _any = (terms, left);
        async { Ok(()) }.boxed()
    }
}

impl dyn Platform + '_ {
    /// Which shop it is, once it was [checked](Platform::check).
    ///
    /// # Errors
    /// When even then nobody knows, which is a fault of the platform's.
    pub fn known_name(&self) -> Result<&ShopName, PlatformError> {
        self.name().ok_or_else(|| PlatformError::Failed {
            what: "the shop does not tell which one it is".to_owned(),
        })
    }
}

/// What an import that came to its end has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: another one over the same goods would find nothing to do.
    Nothing,
    /// Something that may go well the next time, or that is told each time: rejects, pictures that could not be had.
    Something,
}

/// Which shop of which platform.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ShopName {
    /// The platform.
    pub platform: PlatformName,
    /// The shop's key.
    pub shop: ShopKey,
}

impl ShopName {
    /// The identity of one of its variants.
    #[must_use]
    pub fn external_id(&self, product: &ProductId, variant: &VariantId) -> ExternalId {
        ExternalId {
            platform: self.platform.clone(),
            shop: self.shop.clone(),
            product: product.clone(),
            variant: variant.clone(),
        }
    }
}

/// What a platform can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Which scopes the platform reads by itself. Others are read as [`Scope::All`] and sorted out by the engine.
    pub native: NativeScopes,
    /// Products asked for in one request.
    pub page_size: usize,
    /// How much its host is asked at once and in a time, unless the user says otherwise.
    pub limits: HostLimits,
    /// How stock can be written there.
    pub stock_writing: StockWriting,
    /// Whether a level below 0 can be written. Where it cannot, what is not there to be taken is owed until there is more.
    pub stock_below_zero: bool,
    /// How long after a level was written the shop may not show it; `None`: no longer than the marketplace.
    pub stock_shown_within: Option<Duration>,
    /// What [`Scope::Since`] does not find, as a sentence without a full stop; `None` when it finds everything.
    pub since_misses: Option<&'static str>,
}

/// What a shop does not tell of any of its goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Untold {
    /// Pictures.
    pub pictures: bool,
    /// Which categories they are in, or not all of these.
    pub categories: bool,
    /// Which goods are a family with others, and what tells them apart.
    pub families: bool,
    /// VAT rates. What is new has the default rate then.
    pub vat: bool,
    /// Whether goods are for sale: what is new is.
    pub for_sale: bool,
    /// Brief descriptions.
    pub briefs: bool,
}

/// Which scopes a platform reads by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeScopes {
    /// [`Scope::Since`].
    pub since: bool,
    /// [`Scope::Products`].
    pub products: bool,
}

/// How a platform takes stock levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockWriting {
    /// The new level.
    Set,
    /// The change.
    Delta,
    /// A file that the shop reads, mostly because a person makes it. Unless told, nothing is written so.
    File,
    /// Not at all.
    No,
}

/// Which products are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// Those changed since then, as far as the platform tells.
    Since(DateTime<Utc>),
    /// These.
    Products(Vec<ProductId>),
}

/// What a stream of products brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A product as it is to be imported, with what the reader should know about it.
    Product(Box<Product>, Vec<Warning>),
    /// A variant, or a whole product, that cannot be imported.
    Reject(Reject),
    /// A product that is not to be imported.
    Skipped(Skip),
    /// The end of the stream.
    End(End),
}

/// A product that is not to be imported, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// The product.
    pub product: ProductId,
    /// How many variants it has.
    #[serde(skip)]
    pub variants: u64,
    /// Why, as a part of a sentence: "it is a draft".
    pub why: String,
}

/// Whether a stream held all that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All of it.
    Complete,
    /// Something could not be read, so what did not come is not gone.
    Partial,
}

/// What concerns the whole shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShopInfo {
    /// What the shop calls itself, where it tells.
    pub title: Option<String>,
    /// The platform's version, where it tells.
    pub version: Option<String>,
    /// The currency of its prices.
    #[serde(serialize_with = "code")]
    pub currency: Currency,
    /// The language in which texts are read.
    pub language: Language,
    /// The languages that can be chosen.
    pub languages: Vec<Language>,
    /// How many products there are, where that is known without reading them.
    pub products: Option<usize>,
    /// What the user should know before an import.
    pub warnings: Vec<String>,
}

fn code<S: serde::Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(currency.code())
}

/// A language of a shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Language {
    /// Its id at the platform.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// Whether shoppers can choose it.
    pub active: bool,
}

/// What every platform is told besides its own settings.
#[derive(Clone, Debug, Default)]
pub struct Common {
    /// The shop key that the user has set, instead of the one that follows from the address.
    pub shop_key: Option<ShopKey>,
    /// The VAT rate of goods for which the shop tells none.
    pub vat_default: Option<VatRate>,
    /// The most requests in flight to the shop, instead of the platform's own limit.
    pub shop_concurrency: Option<usize>,
    /// The most requests a minute to the shop, instead of the platform's own limit.
    pub shop_rate: Option<std::num::NonZeroU32>,
    /// Where pictures too large for memory are put; the system's folder for temporary files unless told.
    pub spool: Option<std::path::PathBuf>,
    /// Where files are kept that outlast the run, because the shop gives them once; `None` when there is no such place.
    pub keep: Option<std::path::PathBuf>,
    /// Takes what people should know while a call takes its time.
    pub notes: Notes,
}

/// Takes sentences for people, to be shown as they come; nobody hears them unless told.
#[derive(Clone, Default)]
pub struct Notes(Option<Arc<Hearer>>);

type Hearer = dyn Fn(&str) + Send + Sync;

impl Notes {
    /// Gives each sentence to `tell`, which must not block.
    pub fn to(tell: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    /// Says something, as a sentence without a full stop.
    pub fn say(&self, what: &str) {
        if let Some(tell) = &self.0 {
            tell(what);
        }
    }
}

impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Notes(heard)" } else { "Notes(unheard)" })
    }
}

/// Why a picture cannot be had. It is left out then, with a warning; when no picture at all can be had, the run ends.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// It is no picture, or too large.
    #[error(transparent)]
    Picture(#[from] PictureError<transport::Error>),
    /// It is not there.
    #[error("the shop does not have it: {0}")]
    Missing(String),
    /// The shop answers with an error, which may concern all its pictures.
    #[error("the shop does not deliver it: {0}")]
    Refused(String),
    /// The request failed.
    #[error(transparent)]
    Transport(transport::Error),
}
