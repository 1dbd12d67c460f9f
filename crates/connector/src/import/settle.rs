//! The end of a run: what became of creates that nobody answered, and whether the marketplace shows what was written.
//!
//! `_query` reads an index behind the writes. What it shows exists; what it does not show is absent only when the last
//! attempt is older than SETTLE. So a variant of unknown outcome is looked for until it is found or that time has passed,
//! and only then created again.

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::time::Duration;

use chrono::TimeDelta;
use clock::{Clock, Moment};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use gateway_core::gateway::{self, Guid, ListedProduct, Listing, NewItem, SourceMark};
use gateway_core::model::{ExternalId, Reject, RejectReason};
use state::Changes;
use tokio_util::sync::CancellationToken;

use super::Import;
use super::fate::Fate;
use super::holdings::{Link, LinkKey, link_key};
use super::recall::{heir, is_of};
use super::tally::Tally;
use super::write::Parting;
use crate::{Event, RunError, Scope, Warning};

/// How often a variant is created anew when nobody knows whether it is there.
const MOST_ROUNDS: usize = 2;

/// How far the clocks that date the marketplace's products may be apart.
pub(crate) const CLOCKS_APART: TimeDelta = TimeDelta::minutes(10);

/// How often it is written down of a create that is not answered yet that it may just now have been tried again.
pub(crate) const INTENT_BEAT: Duration = Duration::from_secs(10);

/// At which parts of SETTLE it is looked: soon, because an index is mostly fast, and at the end. In quarters.
const LOOKS: [u32; 4] = [0, 1, 2, 4];

/// How long after a write the index is asked again whether it shows it: at first, and at most.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// A variant that may have been created.
#[derive(Clone)]
pub(crate) struct Unknown {
    /// What it is to be; `None` when the shop has it no more.
    pub(crate) item: Option<NewItem>,
    pub(crate) id: ExternalId,
    /// From when on the marketplace shows it, if it was.
    pub(crate) shown: Moment,
    /// A run before this one tried it, and may have sent something else.
    pub(crate) is_earlier: bool,
}

/// Waiting for the marketplace.
#[derive(Clone, Copy)]
pub(crate) struct Patience<'a> {
    pub(crate) clock: &'a Clock,
    pub(crate) stop: &'a CancellationToken,
}

impl Patience<'_> {
    /// Waits, and says so, for these many variants.
    ///
    /// # Errors
    /// When the run was asked to stop.
    pub(crate) async fn wait_until(
        &self,
        until: Moment,
        variants: u64,
        tally: &Tally<'_>,
    ) -> Result<(), RunError> {
        self.tell_waiting(until, until, variants, tally);
        self.sleep_until(until).await
    }

    fn tell_waiting(&self, until: Moment, at_most: Moment, variants: u64, tally: &Tally<'_>) {
        let now = self.clock.moment();
        if until > now {
            tally.tell(Event::Waiting { variants, at_most: at_most.since(now) });
        }
    }

    async fn sleep_until(&self, until: Moment) -> Result<(), RunError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(RunError::Stopped),
            () = self.clock.sleep_until(until) => Ok(()),
        }
    }
}

/// What was last written, by which is seen whether the index has come so far.
#[derive(Debug)]
pub(crate) struct LastWrite {
    guid: Guid,
    hash: String,
    is_archived: bool,
    at: Moment,
}

impl Import<'_> {
    pub(crate) fn note_unknown(&self, unknown: Unknown) {
        Self::lock(&self.unknown).push(unknown);
    }

    pub(crate) fn wrote(&self, guid: Guid, hash: &str, is_archived: bool) {
        let last = LastWrite { guid, hash: hash.to_owned(), is_archived, at: self.clock.moment() };
        *Self::lock(&self.last_write) = Some(last);
    }

    /// Says what a run that ends early leaves open.
    pub(crate) fn tell_what_is_open(&self) {
        let unknown = Self::lock(&self.unknown).len();
        if unknown > 0 {
            self.tally.warn_of_run(format!(
                "nobody knows whether {unknown} variants were created; it is remembered, and the next run finds out"
            ));
        }
    }

    /// Finds out what became of every create that nobody answered, and does what was not done.
    ///
    /// # Errors
    /// When the run cannot go on. What is unknown then is left to the next run, which knows of it.
    pub(crate) async fn settle_unknown(&self) -> Result<(), RunError> {
        self.note_unwanted();
        for _ in 0..MOST_ROUNDS {
            self.look_for_unknown().await?;
            let mut again = std::mem::take(&mut *Self::lock(&self.unknown));
            if again.is_empty() {
                return Ok(());
            }
            again.sort_by(|a, b| a.id.cmp(&b.id));
            let unwanted = again.extract_if(.., |unknown| unknown.item.is_none());
            let not_created = unwanted.map(|unknown| (unknown.id.product, unknown.id.variant)).collect();
            self.journal.record(Changes { not_created, ..Changes::default() }).await?;
            let creating: Vec<_> = again
                .chunk_by(|a, b| a.id.product == b.id.product)
                .map(|of_product| self.create_again(of_product.to_vec()))
                .collect();
            let at_once = self.options.concurrency.max(1);
            let created: Vec<Result<(), RunError>> =
                stream::iter(creating).buffer_unordered(at_once).collect().await;
            created.into_iter().collect::<Result<(), _>>()?;
        }
        self.look_for_unknown().await?;
        for unknown in Self::lock(&self.unknown).drain(..) {
            self.tally.reject(&Reject {
                product: unknown.id.product,
                variant: Some(unknown.id.variant),
                name: unknown.item.map(|item| item.product.name),
                sku: None,
                reason: RejectReason::OutcomeUnknown,
            });
        }
        Ok(())
    }

    /// What runs before this one may have created and the shop did not tell of is looked for as well, when all of the shop was read.
    fn note_unwanted(&self) {
        if self.options.scope != Scope::All || self.options.dry_run {
            return;
        }
        let mut unknown = Self::lock(&self.unknown);
        let wanted: HashSet<ExternalId> = unknown.iter().map(|unknown| unknown.id.clone()).collect();
        for (product, variant) in self.known.open.values() {
            let id = self.shop.external_id(product, variant);
            if !wanted.contains(&id) {
                unknown.push(Unknown { item: None, id, shown: self.known.shown, is_earlier: true });
            }
        }
    }

    /// Creates variants of one product that are not there; when the run is to stop by then, what became of them stays
    /// unknown.
    async fn create_again(&self, of_product: Vec<Unknown>) -> Result<(), RunError> {
        if self.stop.is_cancelled() {
            Self::lock(&self.unknown).extend(of_product);
            return Err(RunError::Stopped);
        }
        let items = of_product.into_iter().filter_map(|unknown| unknown.item).collect();
        self.create(items, Changes::default()).await
    }

    /// Looks until all are found, or until SETTLE has passed since the last attempt.
    async fn look_for_unknown(&self) -> Result<(), RunError> {
        let last = Self::lock(&self.unknown).iter().map(|unknown| unknown.shown).max();
        let Some(last) = last else { return Ok(()) };
        for quarters in LOOKS {
            let variants = Self::lock(&self.unknown).len() as u64;
            if variants == 0 {
                return Ok(());
            }
            let until = last - self.options.settle / 4 * (4 - quarters);
            self.patience.tell_waiting(until, last, variants, self.tally);
            self.patience.sleep_until(until).await?;
            self.look_once().await?;
        }
        Ok(())
    }

    /// Goes through what may have been created since the first of them was tried.
    async fn look_once(&self) -> Result<(), RunError> {
        let mut found: HashMap<ExternalId, Vec<ListedProduct>> =
            Self::lock(&self.unknown).iter().map(|unknown| (unknown.id.clone(), Vec::new())).collect();
        let mut listing = std::pin::pin!(self.gateway.list(Listing::All));
        while let Some(listed) = self.next_new(listing.as_mut()).await? {
            let mark = listed.data.source();
            if let Some(of_one) = mark.and_then(|mark| found.get_mut(&mark.id)) {
                of_one.push(listed);
            }
        }
        let mut doubles = Vec::new();
        let mut changes = Changes::default();
        Self::lock(&self.unknown).retain(|unknown| {
            let Some((heir, others)) = found.remove(&unknown.id).and_then(heir) else { return true };
            doubles.extend(others);
            self.found(unknown, &heir, &mut changes);
            false
        });
        self.journal.record(changes).await?;
        for double in &doubles {
            self.archive(double, Parting::Double).await?;
        }
        Ok(())
    }

    /// What was created and not answered.
    fn found(&self, unknown: &Unknown, listed: &ListedProduct, changes: &mut Changes) {
        let item = unknown.item.as_ref();
        if let Some(item) = item.filter(|_| !unknown.is_earlier) {
            changes.created.extend(self.created(listed.guid, item));
            return;
        }
        let Some(mark) = listed.data.source() else { return };
        self.tell_created(&mark, listed);
        let link = state::Link::of_mark(listed.guid, mark);
        if item.and_then(|item| item.product.data.source()).is_some_and(|wanted| wanted.hash != link.hash) {
            self.tally.warn_of_open(&Warning {
                product: Some(link.product.clone()),
                variant: Some(link.variant.clone()),
                what: "a run that broke off created it as the shop had it then; the next run writes what has changed".to_owned(),
            });
        }
        changes.found.push(link);
    }

    /// Whether goods of ours have come to light that were created before the first of this run and that it did not know
    /// of when it began.
    async fn has_come_too_early(&self) -> Result<bool, RunError> {
        let firsts = Self::lock(&self.first_creates).clone();
        if firsts.is_empty() {
            return Ok(false);
        }
        let found = self.gateway.search_for(&firsts).await.map_err(|error| Fate::of(error).of_run())?;
        let Some(first) = found.iter().min_by_key(|listed| listed.created) else { return Ok(true) };
        let mut behind = std::pin::pin!(self.gateway.list_up_to(first));
        while let Some(listed) = self.next_new(behind.as_mut()).await? {
            let mark = listed.data.source().filter(|mark| is_of(self.shop, mark) && !listed.archived);
            let is_new = |mark: &SourceMark| {
                self.known.links.get(link_key(&mark.id.product, &mark.id.variant)).is_none()
            };
            if mark.as_ref().is_some_and(is_new) && !firsts.contains(&listed.guid) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Archives what this run created though it was there: a run before it may have ended before the marketplace showed
    /// what it had created, and nobody remembers that. Goes once through what has come to light since this run began.
    pub(crate) async fn heal_late_doubles(&self) -> Result<(), RunError> {
        if !self.known.was_listed || !self.has_come_too_early().await? {
            return Ok(());
        }
        let mut oldest: HashMap<LinkKey, Guid> = HashMap::new();
        let mut changes = Changes::default();
        let mut doubles = Vec::new();
        let mut listing = std::pin::pin!(self.gateway.list(Listing::All));
        while let Some(listed) = self.next_new(listing.as_mut()).await? {
            let mark = listed.data.source().filter(|mark| is_of(self.shop, mark) && !listed.archived);
            if let Some(mark) = mark {
                let link = Link::new(&listed, &mark);
                // The listing is newest first.
                if let Some(newer) = oldest.insert(link.key(), listed.guid) {
                    doubles.push(newer);
                    changes.written.push(state::Link::of_mark(listed.guid, mark));
                }
            }
        }
        self.journal.record(changes).await?;
        self.archive_all(&doubles, Parting::Double).await
    }

    /// The next product of a listing that has come to light since this run began.
    async fn next_new(
        &self,
        mut listing: Pin<&mut impl Stream<Item = Result<ListedProduct, gateway::Error>>>,
    ) -> Result<Option<ListedProduct>, RunError> {
        let next = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(RunError::Stopped),
            next = listing.try_next() => next.map_err(|error| Fate::of(error).of_run())?,
        };
        let is_old = |listed: &ListedProduct| {
            let known = self.known.since.and_then(|since| since.checked_sub_signed(CLOCKS_APART));
            matches!((listed.created, known), (Some(created), Some(known)) if created < known)
        };
        Ok(next.filter(|listed| !is_old(listed)))
    }

    /// Waits until the index shows the last write of this run, so that a run that begins after it sees all of it; at most
    /// SETTLE.
    ///
    /// # Errors
    /// When the run was asked to stop.
    pub(crate) async fn wait_for_index(&self) -> Result<(), RunError> {
        let Some(last) = Self::lock(&self.last_write).take() else { return Ok(()) };
        let end = last.at + self.options.settle;
        let (mut wait, mut is_told) = (ASK_AGAIN.0, false);
        loop {
            match self.gateway.search_for(&[last.guid]).await {
                Ok(found) if found.iter().any(|listed| last.is_shown_by(listed)) => return Ok(()),
                Ok(_) => {}
                // Where this cannot be asked, the time itself has to do.
                Err(error) => {
                    tracing::warn!(%error, "it cannot be asked whether the marketplace shows what was written");
                    wait = self.options.settle;
                }
            }
            let now = self.clock.moment();
            if now >= end {
                // What came to light too late is looked for when everything is read again.
                self.tally.warn_of_open(&Warning {
                    product: None,
                    variant: None,
                    what: format!(
                        "the marketplace does not show what was last written after {} s; --settle waits longer",
                        self.options.settle.as_secs()
                    ),
                });
                return Ok(());
            }
            let until = if now + wait < end { now + wait } else { end };
            if !std::mem::replace(&mut is_told, true) {
                self.patience.tell_waiting(until, end, 1, self.tally);
            }
            self.patience.sleep_until(until).await?;
            wait = (wait * 2).min(ASK_AGAIN.1);
        }
    }
}

impl LastWrite {
    fn is_shown_by(&self, listed: &ListedProduct) -> bool {
        listed.archived == self.is_archived && listed.data.source().is_some_and(|mark| mark.hash == self.hash)
    }
}
