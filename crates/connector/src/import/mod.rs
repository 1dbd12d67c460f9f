//! The import: from a shop's products to the marketplace's goods.
//!
//! A run begins with what the marketplace has ([`Holdings`]): there is no memory of ours beside it. It goes once through
//! the shop's products and compares each with that; what is the same costs no call. At the end it finds out what became of
//! creates that nobody answered, and archives what the shop does not have any more.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::{Clock, Moment};
use gateway_core::assumptions;
use gateway_core::gateway::{Gateway, GatewaySettings, Guid, Tag};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_128;

use crate::mapping_file::MappingFile;
use crate::{End, Event, Left, Listener, Platform, RunError, Scope, ShopInfo, ShopName, Summary};

mod adopt;
mod bring;
mod categories;
mod compare;
mod family;
mod fate;
mod fingerprint;
mod holdings;
mod pictures;
mod plan;
mod prune;
mod reading;
mod settle;
mod tally;
mod write;

pub use adopt::{Adopt, Survey};
pub use categories::Unmapped;
pub(crate) use family::{SHARED_FAMILY, family_digest};
pub(crate) use fingerprint::{Fingerprint, digests};
pub use holdings::{Holdings, Unmarked};
pub use pictures::Images;

use adopt::Adoption;
use categories::Categories;
use family::SharedFamilies;
use fate::Health;
use pictures::Pictures;
use settle::{LastWrite, Unknown};
use tally::Tally;

/// More products than this that the shop cannot deliver are no longer single faults but a fault of the run.
pub const MOST_UNDELIVERABLE: usize = 20;

/// Why something that is there twice is archived.
const TWICE: &str = "the marketplace had it twice";

/// What an import is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which products.
    pub scope: Scope,
    /// Whether everything is read and nothing written.
    pub dry_run: bool,
    /// How the shop's categories become the marketplace's; without it goods are given none, and keep those they have.
    pub mapping: Option<MappingFile>,
    /// What becomes of categories that it does not map.
    pub unmapped: Unmapped,
    /// How pictures come to the marketplace.
    pub images: Images,
    /// Whether what the shop does not have any more is archived.
    pub prune: bool,
    /// What is to be done about goods of the marketplace that bear no mark.
    pub adopt: Option<Adopt>,
    /// How long after a write the marketplace's index may not show it.
    pub settle: Duration,
    /// How many calls of the marketplace may be in flight, by which is known how many products to work at.
    pub concurrency: usize,
    /// Whether the user named the shop key, and so knows which shop it is.
    pub shop_key_is_told: bool,
    /// Whether what has been imported to its end is imported again.
    pub again: bool,
    /// Which build of the program it is: another one may make something else of the same goods.
    pub build: String,
}

impl Options {
    /// An import of all products that pictures come to by `images`; everything else as it is unless told.
    #[must_use]
    pub fn new(images: Images) -> Self {
        Self {
            scope: Scope::All,
            dry_run: false,
            mapping: None,
            unmapped: Unmapped::default(),
            images,
            prune: false,
            adopt: None,
            settle: assumptions::SETTLE,
            concurrency: GatewaySettings::CONCURRENCY,
            shop_key_is_told: false,
            again: false,
            build: String::new(),
        }
    }
}

/// Logs in to the shop, and looks at what concerns every product: what the marketplace does not take of this shop is told
/// now, once, before anything is read or written.
///
/// # Errors
/// When the shop does not let us in, or its prices are in a currency that the marketplace does not take.
pub async fn open(
    platform: &dyn Platform,
    gateway: &Gateway,
    listener: Listener<'_>,
) -> Result<ShopInfo, RunError> {
    let info = platform.check().await?;
    listener(Event::Shop(&info));
    takes_currency(platform, gateway, &info)?;
    Ok(info)
}

/// Whether the marketplace takes the shop's currency.
///
/// # Errors
/// When it does not, with what to do about it.
pub fn takes_currency(platform: &dyn Platform, gateway: &Gateway, info: &ShopInfo) -> Result<(), RunError> {
    let taken = gateway.terms().currency();
    if info.currency == taken {
        return Ok(());
    }
    Err(RunError::settings(
        format!(
            "the shop {} sells in {}, and the marketplace takes {} only",
            platform.known_name()?.shop,
            info.currency.code(),
            taken.code()
        ),
        format!("set the shop's default currency to {}, or import another shop", taken.code()),
    ))
}

/// Brings a shop's products into the marketplace, or with a dry run tells what would be done. The summary stands in
/// `summary` also when the run fails.
///
/// A run that is asked to stop begins nothing new and finishes what is in flight.
///
/// # Errors
/// When the run cannot go on; single products that are wrong are told as rejects.
pub async fn run(
    (platform, gateway): (&dyn Platform, &Gateway),
    options: &Options,
    clock: &Clock,
    listener: Listener<'_>,
    stop: &CancellationToken,
    summary: &mut Summary,
) -> Result<(), RunError> {
    let tally = Tally::new(listener);
    let done = async {
        let begun = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(RunError::Stopped),
            begun = begin((platform, gateway), options, &tally, stop) => begun?,
        };
        let Some((holdings, categories)) = begun else { return Ok(()) };
        let sides = (platform, gateway);
        let import = Import::new(sides, options, clock, (&tally, stop), holdings, categories)?;
        let end = import.all().await?;
        if options.scope == Scope::All && !options.dry_run {
            let left_nothing = end == End::Complete && tally.left_nothing_open();
            let left = if left_nothing { Left::Nothing } else { Left::Something };
            if let Err(error) = platform.imported(&terms(gateway, options), left).await {
                tally.warn_of_run(format!("{error}; the next run reads all of it again"));
            }
        }
        Ok(())
    }
    .await;
    *summary = tally.summary();
    done
}

/// What the outcome of an import depends on beside the shop's goods, in one word: an import on other terms may find something to do
/// where the last one found nothing.
fn terms(gateway: &Gateway, options: &Options) -> String {
    let Options { mapping, unmapped, images, prune, adopt, build, .. } = options;
    let marketplace = (gateway.base_url().as_str(), gateway.shop());
    let all = format!("{build} {marketplace:?} {mapping:?} {unmapped:?} {images:?} {prune} {adopt:?}");
    format!("{:032x}", xxh3_128(all.as_bytes()))
}

/// Everything that has to be known, and to be right, before anything is written; `None` when there is nothing to do.
async fn begin(
    (platform, gateway): (&dyn Platform, &Gateway),
    options: &Options,
    tally: &Tally<'_>,
    stop: &CancellationToken,
) -> Result<Option<(Holdings, Option<Categories>)>, RunError> {
    if options.prune && options.scope != Scope::All {
        return Err(RunError::settings(
            "--prune archives what the shop does not have any more, and --since and --product do not read all of it",
            "leave --prune out, or --since and --product",
        ));
    }
    open(platform, gateway, &|event| tally.tell(event)).await?;
    let may_be_done = options.scope == Scope::All && !options.dry_run && !options.again;
    if let Some(what) = may_be_done.then(|| platform.is_imported(&terms(gateway, options))).flatten()
        && has_goods_of(platform.known_name()?, gateway).await?
    {
        tally.count(|summary| summary.nothing_new = true);
        tally.tell(Event::NothingNew { what });
        return Ok(None);
    }
    if let (Scope::Since(_), Some(missed)) = (&options.scope, platform.abilities().since_misses) {
        tally.warn_of_run(format!("{missed}: a run without --since finds that too"));
    }
    let categories =
        Categories::resolve(platform, gateway, options.mapping.as_ref(), &options.unmapped, tally).await?;
    let holdings = Holdings::read(gateway, platform.name(), &|event| tally.tell(event)).await?;
    if !options.shop_key_is_told && holdings.of_this_shop == 0 {
        another_shop(platform.known_name()?, &holdings)?;
    }
    if Adoption::new(options.adopt).is_open(&holdings) {
        let error = adopt::ask(platform, &holdings.unmarked, tally, stop).await?;
        return Err(error);
    }
    Ok(Some((holdings, categories)))
}

/// Whether the marketplace lets us in, and still has goods of this shop among its newest. A marketplace that was emptied, or put back to
/// an earlier day, has to be filled again whatever was imported before.
async fn has_goods_of(shop: &ShopName, gateway: &Gateway) -> Result<bool, RunError> {
    let newest = gateway.newest().await?;
    let marks = newest.iter().filter_map(|listed| listed.data.source());
    Ok(marks.into_iter().any(|mark| mark.id.platform == shop.platform && mark.id.shop == shop.shop))
}

/// Goods of another shop key, and none of this one, may be the same shop at its old address: to import it anew would
/// double everything.
fn another_shop(shop: &ShopName, holdings: &Holdings) -> Result<(), RunError> {
    let Some((other, _)) = holdings.other_shops.iter().max_by_key(|(_, goods)| **goods) else {
        return Ok(());
    };
    let own = &shop.shop;
    let others: Vec<String> =
        holdings.other_shops.iter().map(|(key, goods)| format!("{key} ({goods} goods)")).collect();
    Err(RunError::settings(
        format!(
            "the marketplace holds no goods of {own}, but goods of {}. Nothing was written",
            others.join(", ")
        ),
        format!(
            "if {own} is the same shop at a new address, give --shop-key {other} from now on; if it is a second shop, give \
             --shop-key {own}"
        ),
    ))
}

/// A run that has begun.
pub(crate) struct Import<'a> {
    platform: &'a dyn Platform,
    shop: &'a ShopName,
    gateway: &'a Gateway,
    options: &'a Options,
    clock: &'a Clock,
    tally: &'a Tally<'a>,
    stop: &'a CancellationToken,
    holdings: Holdings,
    categories: Option<Categories>,
    adoption: Adoption,
    pictures: Pictures<'a>,
    health: Health<'a>,
    shop_tags: OnceCell<Vec<Tag>>,
    shared_families: SharedFamilies,
    unknown: Mutex<Vec<Unknown>>,
    last_write: Mutex<Option<LastWrite>>,
    /// When something was last created that the marketplace may not show yet.
    last_create: Mutex<Option<Moment>>,
    /// Those that were created first, more of them than were in flight at once.
    first_creates: Mutex<Vec<Guid>>,
}

impl<'a> Import<'a> {
    fn new(
        (platform, gateway): (&'a dyn Platform, &'a Gateway),
        options: &'a Options,
        clock: &'a Clock,
        (tally, stop): (&'a Tally<'a>, &'a CancellationToken),
        mut holdings: Holdings,
        categories: Option<Categories>,
    ) -> Result<Self, RunError> {
        let there = std::mem::take(&mut holdings.pictures);
        let sides = (platform, gateway);
        Ok(Self {
            platform,
            shop: platform.known_name()?,
            gateway,
            options,
            clock,
            tally,
            stop,
            pictures: Pictures::new(sides, options, clock, (tally, stop), there),
            holdings,
            categories,
            adoption: Adoption::new(options.adopt),
            health: Health::new(gateway),
            shop_tags: OnceCell::new(),
            shared_families: SharedFamilies::default(),
            unknown: Mutex::default(),
            last_write: Mutex::default(),
            last_create: Mutex::default(),
            first_creates: Mutex::default(),
        })
    }

    /// No code panics while it holds one of these locks.
    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does all of it, and says whether the shop was read whole.
    async fn all(&self) -> Result<End, RunError> {
        let done = async {
            self.heal_doubles().await?;
            let mut read = HashSet::new();
            let end = self.go_through(&mut read).await?;
            self.settle_unknown().await?;
            let pruned = self.prune(&read, end).await;
            self.wait_for_index().await?;
            self.heal_late_doubles().await?;
            self.wait_for_index().await?;
            self.tell_levels();
            pruned.map(|()| end)
        }
        .await;
        if done.is_err() {
            self.tell_what_is_open();
        }
        done.map_err(|error| if self.has_written() { error.after_writes() } else { error })
    }

    /// Whether the marketplace may have been changed by this run.
    fn has_written(&self) -> bool {
        let Summary { created, updated, archived, images, .. } = self.tally.summary();
        let is_unknown = !Self::lock(&self.unknown).is_empty();
        !self.options.dry_run && (created + updated + archived + images > 0 || is_unknown)
    }

    fn tell_levels(&self) {
        let variants = self.tally.summary().other_levels;
        if variants > 0 {
            self.tally.warn_of_run(format!(
                "{variants} variants have another stock level at the marketplace than in the shop: an import sends levels only \
                 with what is new"
            ));
        }
    }
}
