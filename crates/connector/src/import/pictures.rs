//! The way of a picture to the marketplace: each once, however many variants show it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::{Clock, Moment};
use gateway_core::gateway::{self, Gateway, Guid};
use gateway_core::model::ImageRef;
use gateway_core::picture::PictureError;
use tokio::sync::{OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;

use super::Options;
use super::fate::Fate;
use super::holdings::{Key, key};
use super::tally::Tally;
use crate::{ImageError, Platform, RunError};

/// How pictures come to the marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Images {
    /// They are fetched from the shop and uploaded.
    Upload,
    /// The marketplace copies them from their public addresses.
    Copy,
    /// Their public addresses are sent, and they stay where they are.
    Hotlink,
    /// Not at all; those that goods have already stay.
    None,
}

/// Pictures in flight at once for each call of the marketplace's that may be: one of three steps of an upload is the shop's,
/// and while many wait for it the marketplace must not run dry.
const IN_FLIGHT_PER_CALL: usize = 3;

/// So many pictures of this run are remembered by their address, and so are all that are younger than SETTLE; those before
/// them by a product that shows them, which the marketplace's index shows by then.
const MOST_ADDRESSES: usize = 4096;

/// So many pictures in a row that cannot be had, and not one that could: that is no longer the fault of single pictures.
const MOST_MISSING: usize = 20;

/// Where a picture is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// In the mark of this product.
    At(Guid),
    /// Here, once it is there; or why it cannot be.
    Here(Arc<OnceCell<Result<String, String>>>),
}

/// The pictures of a run.
pub(crate) struct Pictures<'a> {
    pub(crate) mode: Images,
    platform: &'a dyn Platform,
    gateway: &'a Gateway,
    tally: &'a Tally<'a>,
    stop: &'a CancellationToken,
    clock: &'a Clock,
    settle: Duration,
    in_flight: Semaphore,
    known: Mutex<Known>,
    of_shop: FirstOnes,
    of_marketplace: FirstOnes,
}

#[derive(Default)]
struct Known {
    places: HashMap<Key, Place>,
    /// Pictures of this run whose address is still held, the oldest first, with a product that shows each.
    recent: VecDeque<(Moment, Key, Guid)>,
}

impl<'a> Pictures<'a> {
    pub(crate) fn new(
        (platform, gateway): (&'a dyn Platform, &'a Gateway),
        options: &Options,
        clock: &'a Clock,
        (tally, stop): (&'a Tally<'a>, &'a CancellationToken),
        places: HashMap<Key, Place>,
    ) -> Self {
        Self {
            mode: options.images,
            platform,
            gateway,
            tally,
            stop,
            clock,
            settle: options.settle,
            in_flight: Semaphore::new(options.concurrency.max(1) * IN_FLIGHT_PER_CALL),
            of_shop: FirstOnes::new(places.is_empty()),
            of_marketplace: FirstOnes::new(places.is_empty()),
            known: Mutex::new(Known { places, recent: VecDeque::new() }),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }

    /// How many of a product's pictures would be sent: those that are not there yet. Nothing is remembered of them, so one
    /// that several new products show is counted for each.
    pub(crate) fn count_unsent<'i>(&self, images: impl IntoIterator<Item = &'i ImageRef>) -> u64 {
        let known = self.known();
        let is_sent = |image: &&ImageRef| match self.mode {
            Images::Upload => true,
            Images::Copy => image.public_url().is_some(),
            Images::Hotlink | Images::None => false,
        };
        let is_new = |image: &&ImageRef| !known.places.contains_key(&key(image.identity()));
        images.into_iter().filter(is_sent).filter(is_new).count() as u64
    }

    /// The picture's address at the marketplace, where it is brought first if need be; or why there is none.
    ///
    /// # Errors
    /// When the run cannot go on.
    pub(crate) async fn address(&self, image: &ImageRef) -> Result<Result<String, String>, RunError> {
        let picture = key(image.identity());
        let place = self.known().places.entry(picture).or_insert_with(|| Place::Here(Arc::default())).clone();
        let cell = match place {
            Place::Here(cell) => cell,
            Place::At(guid) => match self.address_at(guid, image).await.map_err(Fate::of_repeatable) {
                Ok(Some(address)) => return Ok(Ok(address)),
                // The product is gone, or shows another picture by now.
                Ok(None) => self.forget(picture, guid),
                Err(Fate::Run(error)) => return Err(error),
                Err(other) => return Ok(Err(other.of_run().to_string())),
            },
        };
        let brought = cell.get_or_try_init(|| self.bring(image)).await?;
        Ok(brought.clone())
    }

    fn forget(&self, picture: Key, guid: Guid) -> Arc<OnceCell<Result<String, String>>> {
        let mut known = self.known();
        match known.places.get(&picture) {
            Some(Place::Here(cell)) => Arc::clone(cell),
            Some(Place::At(other)) if *other != guid => Arc::default(),
            _ => {
                let cell = Arc::default();
                known.places.insert(picture, Place::Here(Arc::clone(&cell)));
                cell
            }
        }
    }

    async fn address_at(&self, guid: Guid, image: &ImageRef) -> Result<Option<String>, gateway::Error> {
        let found = self.gateway.search_for(&[guid]).await?;
        let mark = found.first().and_then(|product| product.data.source());
        let own = mark.into_iter().flat_map(|mark| mark.images);
        Ok(own.into_iter().find_map(|(identity, address)| (identity == image.identity()).then_some(address)))
    }

    /// These pictures are shown by a product that has been written, whose mark tells their addresses from now on.
    pub(crate) fn shown_by(&self, guid: Guid, images: &[(String, String)]) {
        let now = self.clock.moment();
        let mut known = self.known();
        for (identity, _) in images {
            let picture = key(identity);
            if matches!(known.places.get(&picture), Some(Place::Here(_))) {
                known.recent.push_back((now, picture, guid));
            }
        }
        while known.recent.len() > MOST_ADDRESSES {
            let is_settled = |(at, ..): &mut (Moment, Key, Guid)| now.since(*at) > self.settle;
            let Some((_, picture, guid)) = known.recent.pop_front_if(is_settled) else { break };
            known.places.insert(picture, Place::At(guid));
        }
    }

    async fn bring(&self, image: &ImageRef) -> Result<Result<String, String>, RunError> {
        let Ok(_place) = self.in_flight.acquire().await else { return Err(RunError::Stopped) };
        if self.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let brought = match self.mode {
            Images::Upload => self.upload(image).await?,
            Images::Copy => match image.public_url() {
                Some(url) => self.taken(self.gateway.copy_picture(url).await)?,
                None => Err("the shop has no public address for it".to_owned()),
            },
            Images::Hotlink => match image.public_url() {
                Some(url) => Ok(url.to_string()),
                None => Err("the shop has no public address for it".to_owned()),
            },
            Images::None => Err("pictures are not sent".to_owned()),
        };
        if brought.is_ok() && self.mode != Images::Hotlink {
            self.tally.count(|summary| summary.images += 1);
        }
        Ok(brought)
    }

    async fn upload(&self, image: &ImageRef) -> Result<Result<String, String>, RunError> {
        let picture = match self.platform.image(image).await {
            Ok(picture) => {
                self.of_shop.come();
                Arc::new(picture)
            }
            Err(error) => return self.not_delivered(error).map(Err),
        };
        self.taken(self.gateway.upload(&picture, image.identity()).await)
    }

    /// Why the shop does not deliver a picture, unless that concerns more than it.
    fn not_delivered(&self, error: ImageError) -> Result<String, RunError> {
        match error {
            ImageError::Picture(error @ (PictureError::DiskFull { .. } | PictureError::Disk { .. })) => {
                Err(RunError::Failed {
                    what: error.to_string(),
                    hint: Some("make room there, or name another folder by --spool".to_owned()),
                })
            }
            ImageError::Picture(PictureError::Source(error)) | ImageError::Transport(error) => {
                if matches!(error.kind(), transport::ErrorKind::TryLater(_)) {
                    return Err(RunError::TryLater { what: error.to_string() });
                }
                self.of_shop.stay_away(error.to_string())
            }
            error @ ImageError::Refused(_) => self.of_shop.stay_away(error.to_string()),
            // It is the picture's own fault.
            error @ (ImageError::Missing(_) | ImageError::Picture(_)) => Ok(error.to_string()),
        }
    }

    fn taken(&self, result: Result<String, gateway::Error>) -> Result<Result<String, String>, RunError> {
        let error = match result {
            Ok(address) => {
                self.of_marketplace.come();
                return Ok(Ok(address));
            }
            Err(error) => error,
        };
        let why = error.to_string();
        match Fate::of(error) {
            Fate::Run(error) => Err(error),
            Fate::Reject(_) => Ok(Err(why)),
            Fate::Failed(_) | Fate::Unknown => self.of_marketplace.stay_away(why).map(Err),
        }
    }
}

/// Whether a side can do anything with pictures at all.
struct FirstOnes {
    /// How many failed for a reason that may concern them all; `None` once one did not, now or at an earlier import.
    failed: Mutex<Option<usize>>,
}

impl FirstOnes {
    fn new(none_yet: bool) -> Self {
        Self { failed: Mutex::new(none_yet.then_some(0)) }
    }

    fn come(&self) {
        *lock(&self.failed) = None;
    }

    /// One failed. Where pictures have come before it is left out, and tried again by the next run.
    ///
    /// # Errors
    /// When none has, of so many.
    fn stay_away(&self, why: String) -> Result<String, RunError> {
        let mut failed = lock(&self.failed);
        let Some(count) = failed.as_mut() else { return Ok(why) };
        *count += 1;
        if *count <= MOST_MISSING {
            return Ok(why);
        }
        Err(RunError::Failed {
            what: format!(
                "not one of the first {MOST_MISSING} pictures can be had, the last one because {why}"
            ),
            hint: Some("mend that, or import without pictures by --images none".to_owned()),
        })
    }
}

/// No code panics while it holds one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Each of these once, by its identity.
pub(crate) fn each_once<'i>(images: impl IntoIterator<Item = &'i ImageRef>) -> Vec<&'i ImageRef> {
    let mut seen = HashSet::new();
    images.into_iter().filter(|image| seen.insert(image.identity())).collect()
}
