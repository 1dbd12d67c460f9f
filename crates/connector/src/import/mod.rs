//! The import: from a shop's products to the marketplace's goods.
//!
//! A run begins with what is remembered of the runs before it, and with a look at the marketplace's newest goods; where nothing is
//! remembered it lists all that the marketplace has ([`Holdings`]). It goes once through the shop's products and compares each
//! with that; what is the same costs no call. What it does it remembers as it goes. At the end it finds out what became of creates
//! that nobody answered, and archives what the shop does not have any more.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::{Clock, Moment};
use gateway_core::assumptions;
use gateway_core::gateway::{Gateway, GatewaySettings, Guid, Tag};
use gateway_core::model::ProductId;
use state::Changes;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::mapping_file::MappingFile;
use crate::stock::has_passed;
use crate::{End, Left, Listener, Memory, Platform, RunError, Scope, ShopName, Summary, Untold};

mod adopt;
mod begin;
mod beside_stock;
mod bring;
mod categories;
mod compare;
mod family;
mod fate;
mod fingerprint;
mod holdings;
mod identity;
mod journal;
mod missing;
mod pictures;
mod plan;
mod prune;
mod reading;
mod recall;
mod rejects;
mod remap;
mod settle;
mod tally;
mod unlink;
mod untold;
mod write;

pub use adopt::{Adopt, Survey};
pub use begin::{open, takes_currency};

pub use categories::Unmapped;
pub(crate) use family::{SHARED_FAMILY, family_digest};
pub(crate) use fate::Fate;
pub(crate) use fingerprint::{Fingerprint, digests};
pub use holdings::{Holdings, Unmarked};
pub(crate) use identity::ALSO;
pub use pictures::Images;

use begin::{begin, terms};
use categories::Categories;
use family::SharedFamilies;
use fate::Health;
use journal::Journal;
use missing::Missing;
use pictures::Pictures;
use reading::Read;
use recall::Known;
pub(crate) use recall::is_of;
pub(crate) use settle::INTENT_BEAT;
use settle::{LastWrite, Patience, Unknown};
use tally::Tally;

/// More products than this that the shop cannot deliver are no longer single faults but a fault of the run.
pub const MOST_UNDELIVERABLE: usize = 20;

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
    /// The most goods, in percent of those that are linked, that may be updated because this version of the program maps them
    /// differently; without it there is no limit.
    pub max_change: Option<u32>,
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
            max_change: None,
        }
    }
}

/// Brings a shop's products into the marketplace, or with a dry run tells what would be done. The summary stands in
/// `summary` also when the run fails.
///
/// A run that is asked to stop begins nothing new and finishes what is in flight.
///
/// # Errors
/// When the run cannot go on; single products that are wrong are told as rejects.
pub async fn run(
    sides: (&dyn Platform, &Gateway),
    memory: Memory<'_>,
    options: &Options,
    (clock, stop): (&Clock, &CancellationToken),
    listener: Listener<'_>,
    summary: &mut Summary,
) -> Result<(), RunError> {
    let tally = Tally::new(listener);
    // It holds much, and those who wait for it are many.
    let done = Box::pin(async {
        if !options.dry_run && matches!(memory, Memory::Seen(_)) {
            let what = "this import would write without having the shop for itself".to_owned();
            return Err(RunError::Failed { what, hint: None });
        }
        let (platform, gateway) = sides;
        let patience = Patience { clock, stop };
        let begun = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(RunError::Stopped),
            begun = begin(sides, memory, options, &tally, patience) => begun?,
        };
        let Some((known, categories)) = begun else { return Ok(()) };
        let import = Import::new(sides, memory, options, (&tally, patience), known, categories)?;
        let end = import.all().await?;
        if options.scope == Scope::All && !options.dry_run {
            let left_nothing = end == End::Complete && tally.left_nothing_open();
            let left = if left_nothing { Left::Nothing } else { Left::Something };
            if let Err(error) = platform.imported(&terms(gateway, options), left).await {
                tally.warn_of_run(format!("{error}; the next run reads all of it again"));
            }
        }
        Ok(())
    })
    .await;
    *summary = tally.summary();
    done
}

/// A run that has begun.
pub(crate) struct Import<'a> {
    platform: &'a dyn Platform,
    shop: &'a ShopName,
    gateway: &'a Gateway,
    memory: Memory<'a>,
    journal: Journal<'a>,
    options: &'a Options,
    /// What the shop does not tell, and stays as it was sent.
    untold: Untold,
    /// The products that are asked for, when not all are.
    wanted: Option<HashSet<ProductId>>,
    /// Which version of the mapping makes what is sent.
    mapping: u32,
    clock: &'a Clock,
    patience: Patience<'a>,
    tally: &'a Tally<'a>,
    stop: &'a CancellationToken,
    /// When it began to look at the marketplace's goods.
    begun: Moment,
    known: Known,
    categories: Option<Categories>,
    pictures: Pictures<'a>,
    health: Health<'a>,
    shop_tags: OnceCell<Vec<Tag>>,
    shared_families: SharedFamilies,
    unknown: Mutex<Vec<Unknown>>,
    missing: Mutex<Vec<Missing>>,
    last_write: Mutex<Option<LastWrite>>,
    /// Those that were created first, more of them than were in flight at once.
    first_creates: Mutex<Vec<Guid>>,
}

impl<'a> Import<'a> {
    fn new(
        (platform, gateway): (&'a dyn Platform, &'a Gateway),
        memory: Memory<'a>,
        options: &'a Options,
        (tally, patience): (&'a Tally<'a>, Patience<'a>),
        mut known: Known,
        categories: Option<Categories>,
    ) -> Result<Self, RunError> {
        let there = (std::mem::take(&mut known.pictures), known.links.have_pictures);
        let Patience { clock, stop, .. } = patience;
        Ok(Self {
            platform,
            shop: platform.known_name()?,
            gateway,
            memory,
            journal: Journal::new(memory),
            options,
            untold: platform.untold(),
            wanted: match &options.scope {
                Scope::Products(wanted) => Some(wanted.iter().cloned().collect()),
                Scope::All | Scope::Since(_) => None,
            },
            mapping: remap::version(platform),
            clock,
            patience,
            tally,
            stop,
            begun: clock.moment(),
            pictures: Pictures::new((platform, gateway), options, (tally, stop), memory.store(), there),
            known,
            categories,
            health: Health::new(gateway),
            shop_tags: OnceCell::new(),
            shared_families: SharedFamilies::default(),
            unknown: Mutex::default(),
            missing: Mutex::default(),
            last_write: Mutex::default(),
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
            self.announce_remapping().await?;
            self.heal_doubles().await?;
            let mut read = Read::of(self.platform);
            let end = self.go_through(&mut read).await?;
            self.settle_unknown().await?;
            let pruned = self.prune(&read, end).await;
            self.settle_missing().await?;
            self.wait_for_index().await?;
            self.heal_late_doubles().await?;
            self.wait_for_index().await?;
            self.remember_end(&read, end).await?;
            self.tell_levels().await?;
            pruned.map(|()| end)
        }
        .await;
        if done.is_err() {
            self.tell_what_is_open();
        }
        // However it ended, what was told is remembered.
        let more_rejects = self.tally.late_rejects();
        let remembered = self.journal.record(Changes { more_rejects, ..Changes::default() }).await;
        let done = done.and_then(|end| remembered.map(|()| end));
        done.map_err(|error| if self.has_written() { error.after_writes() } else { error })
    }

    /// Remembers what concerns the whole run, once all of its goods have come to their end.
    async fn remember_end(&self, read: &Read, end: End) -> Result<(), RunError> {
        let mut changes = Changes::default();
        let is_gone = |product: &ProductId| !read.contains(product);
        // A shop that told of nothing at all is no shop without goods.
        let is_all = self.options.scope == Scope::All && !read.is_empty();
        if is_all && end == End::Complete {
            let gone = rejects::remembered(self.memory.store(), is_gone).await?;
            changes.rejects = gone.into_iter().map(|product| (product, Vec::new())).collect();
        }
        if let Some(wanted) = self.wanted.as_ref().filter(|_| end == End::Complete) {
            let gone = wanted.iter().filter(|product| is_gone(product));
            changes.rejects = gone.map(|product| (product.clone(), Vec::new())).collect();
        }
        changes.mapping = is_all.then_some(self.mapping);
        let mut note = self.known.note.clone();
        if let Some(unmarked) = self.known.adoption.unmarked_now() {
            note.unmarked = unmarked;
        }
        let has_created = self.tally.summary().created > 0 && !self.options.dry_run;
        if has_created && self.memory.store().intents().await?.is_empty() {
            // The next run looks at what is newer than this, and has nothing older to look for.
            let newest = self.gateway.newest().await.map_err(|error| Fate::of(error).of_run())?;
            note.newest = note.newest.max(newest.iter().filter_map(|listed| listed.created).max());
        }
        if note != self.known.note {
            changes.notes.push(note.written());
        }
        self.journal.record(changes).await
    }

    /// Whether the marketplace may have been changed by this run.
    fn has_written(&self) -> bool {
        let Summary { created, updated, archived, images, .. } = self.tally.summary();
        let is_unknown = !Self::lock(&self.unknown).is_empty();
        !self.options.dry_run && (created + updated + archived + images > 0 || is_unknown)
    }

    /// Says that levels differ, unless somebody keeps them alike.
    async fn tell_levels(&self) -> Result<(), RunError> {
        let variants = self.tally.summary().other_levels;
        if variants > 0 && !has_passed(self.memory.store()).await? {
            self.tally.warn_of_run(format!(
                "{variants} variants have another stock level in the shop than at the marketplace, as far as is known: an import \
                 sends levels only with what is new, and `stock` makes them alike"
            ));
        }
        Ok(())
    }
}
