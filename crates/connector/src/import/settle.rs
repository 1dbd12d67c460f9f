//! The end of a run: what became of creates that nobody answered, and whether the marketplace shows what was written.
//!
//! `_query` reads an index behind the writes. What it shows exists; what it does not show is absent only when the last
//! attempt is older than SETTLE. So a variant of unknown outcome is looked for until it is found or that time has passed,
//! and only then created again.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use chrono::TimeDelta;
use clock::Moment;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use gateway_core::gateway::{self, Guid, ListedProduct, Listing, NewItem, SourceMark};
use gateway_core::model::{ExternalId, Reject, RejectReason};

use super::Import;
use super::fate::Fate;
use super::holdings::{Key, Link};
use crate::{Event, RunError, Warning};

/// How often a variant is created anew when nobody knows whether it is there.
const MOST_ROUNDS: usize = 2;

/// How far the clocks that date the marketplace's products may be apart.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(10);

/// At which parts of SETTLE it is looked: soon, because an index is mostly fast, and at the end. In quarters.
const LOOKS: [u32; 4] = [0, 1, 2, 4];

/// How long after a write the index is asked again whether it shows it: at first, and at most.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// A variant that may have been created.
#[derive(Clone)]
pub(crate) struct Unknown {
    pub(crate) item: NewItem,
    pub(crate) id: ExternalId,
    /// When that was last tried.
    pub(crate) since: Moment,
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

    /// Says what a run that ends early leaves open. Without a memory of its own the next run knows only what the
    /// marketplace shows.
    pub(crate) fn tell_what_is_open(&self) {
        let unknown = Self::lock(&self.unknown).len();
        let settle = self.options.settle;
        let created = *Self::lock(&self.last_create);
        let left = created.map_or(Duration::ZERO, |at| (at + settle).since(self.clock.moment()));
        if unknown > 0 {
            self.tally.warn_of_run(format!(
                "nobody knows whether {unknown} variants were created: start again no sooner than in {} s, when the \
                 marketplace shows them",
                settle.as_secs()
            ));
        } else if left > Duration::ZERO {
            self.tally.warn_of_run(format!(
                "the marketplace may not show yet all that was created: start again no sooner than in {} s",
                left.as_secs_f64().ceil()
            ));
        }
    }

    /// Finds out what became of every create that nobody answered, and does what was not done.
    ///
    /// # Errors
    /// When the run cannot go on. What is unknown then is left to the next run, which begins with a listing.
    pub(crate) async fn settle_unknown(&self) -> Result<(), RunError> {
        for _ in 0..MOST_ROUNDS {
            self.look_for_unknown().await?;
            let mut again = std::mem::take(&mut *Self::lock(&self.unknown));
            if again.is_empty() {
                return Ok(());
            }
            again.sort_by(|a, b| a.id.cmp(&b.id));
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
                name: Some(unknown.item.product.name),
                sku: None,
                reason: RejectReason::OutcomeUnknown,
            });
        }
        Ok(())
    }

    /// Creates variants of one product that are not there; when the run is to stop by then, what became of them stays
    /// unknown.
    async fn create_again(&self, of_product: Vec<Unknown>) -> Result<(), RunError> {
        if self.stop.is_cancelled() {
            Self::lock(&self.unknown).extend(of_product);
            return Err(RunError::Stopped);
        }
        self.create(of_product.into_iter().map(|unknown| unknown.item).collect()).await
    }

    /// Looks until all are found, or until SETTLE has passed since the last attempt.
    async fn look_for_unknown(&self) -> Result<(), RunError> {
        let last = Self::lock(&self.unknown).iter().map(|unknown| unknown.since).max();
        let Some(last) = last else { return Ok(()) };
        for quarters in LOOKS {
            let variants = Self::lock(&self.unknown).len() as u64;
            if variants == 0 {
                return Ok(());
            }
            let until = last + self.options.settle / 4 * quarters;
            self.tell_waiting(until, last + self.options.settle, variants);
            self.sleep_until(until).await?;
            self.look_once().await?;
        }
        Ok(())
    }

    fn tell_waiting(&self, until: Moment, at_most: Moment, variants: u64) {
        let now = self.clock.moment();
        if until > now {
            self.tally.tell(Event::Waiting { variants, at_most: at_most.since(now) });
        }
    }

    async fn sleep_until(&self, until: Moment) -> Result<(), RunError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(RunError::Stopped),
            () = self.clock.sleep_until(until) => Ok(()),
        }
    }

    /// Goes through what has been created since the run began.
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
        Self::lock(&self.unknown).retain(|unknown| {
            // The listing is newest first, so the last is the oldest: that stays.
            let Some(oldest) = found.get_mut(&unknown.id).and_then(Vec::pop) else { return true };
            doubles.extend(found.remove(&unknown.id).into_iter().flatten());
            if let Some(mark) = unknown.item.product.data.source() {
                self.created(oldest.guid, &unknown.item, &mark);
            }
            false
        });
        for double in &doubles {
            self.archive(double, Some(super::TWICE)).await?;
        }
        Ok(())
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
            let mark = listed.data.source().filter(|mark| self.is_ours(mark) && !listed.archived);
            let is_new = |mark: &SourceMark| {
                let links = self.holdings.of_product(&mark.id.product);
                !links.iter().any(|link| link.is_of(&mark.id.variant))
            };
            if mark.as_ref().is_some_and(is_new) && !firsts.contains(&listed.guid) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Archives what this run created though it was there: a run before it may have ended before the marketplace showed
    /// what it had created. Goes once through what has come to light since this run began.
    pub(crate) async fn heal_late_doubles(&self) -> Result<(), RunError> {
        if !self.has_come_too_early().await? {
            return Ok(());
        }
        let mut oldest: HashMap<(Key, u64), Guid> = HashMap::new();
        let mut doubles = Vec::new();
        let mut listing = std::pin::pin!(self.gateway.list(Listing::All));
        while let Some(listed) = self.next_new(listing.as_mut()).await? {
            let mark = listed.data.source().filter(|mark| self.is_ours(mark) && !listed.archived);
            if let Some(mark) = mark {
                let link = Link::new(&listed, &mark);
                // The listing is newest first.
                doubles.extend(oldest.insert(link.key(), listed.guid));
            }
        }
        self.archive_all(&doubles, Some(super::TWICE)).await
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
            let known = self.holdings.newest.and_then(|newest| newest.checked_sub_signed(CLOCKS_APART));
            matches!((listed.created, known), (Some(created), Some(known)) if created < known)
        };
        Ok(next.filter(|listed| !is_old(listed)))
    }

    fn is_ours(&self, mark: &SourceMark) -> bool {
        mark.id.platform == self.shop.platform && mark.id.shop == self.shop.shop
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
                Ok(found) if found.iter().any(|listed| last.is_shown_by(listed)) => {
                    *Self::lock(&self.last_create) = None;
                    return Ok(());
                }
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
                self.tell_waiting(until, end, 1);
            }
            self.sleep_until(until).await?;
            wait = (wait * 2).min(ASK_AGAIN.1);
        }
    }
}

impl LastWrite {
    fn is_shown_by(&self, listed: &ListedProduct) -> bool {
        listed.archived == self.is_archived && listed.data.source().is_some_and(|mark| mark.hash == self.hash)
    }
}
