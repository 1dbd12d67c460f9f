//! The way of a picture to the marketplace: each once, however many variants show it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gateway_core::gateway::{self, Gateway};
use gateway_core::model::ImageRef;
use gateway_core::picture::PictureError;
use state::Store;
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

/// So many pictures in a row that cannot be had, and not one that could: that is no longer the fault of single pictures.
const MOST_MISSING: usize = 20;

/// The address of a picture once it is there, or why it cannot be.
type Place = Arc<OnceCell<Result<String, String>>>;

/// The pictures of a run.
pub(crate) struct Pictures<'a> {
    pub(crate) mode: Images,
    platform: &'a dyn Platform,
    gateway: &'a Gateway,
    tally: &'a Tally<'a>,
    stop: &'a CancellationToken,
    store: &'a Store,
    in_flight: Semaphore,
    /// Pictures that are there, beside those that are remembered.
    there: HashSet<Key>,
    any_there: bool,
    /// Pictures that are being brought, and those that were and are not remembered yet.
    places: Mutex<HashMap<Key, Place>>,
    of_shop: FirstOnes,
    of_marketplace: FirstOnes,
}

impl<'a> Pictures<'a> {
    pub(crate) fn new(
        (platform, gateway): (&'a dyn Platform, &'a Gateway),
        options: &Options,
        (tally, stop): (&'a Tally<'a>, &'a CancellationToken),
        store: &'a Store,
        (there, any_there): (HashSet<Key>, bool),
    ) -> Self {
        Self {
            mode: options.images,
            platform,
            gateway,
            tally,
            stop,
            store,
            in_flight: Semaphore::new(options.concurrency.max(1) * IN_FLIGHT_PER_CALL),
            of_shop: FirstOnes::new(!any_there),
            of_marketplace: FirstOnes::new(!any_there),
            there,
            any_there,
            places: Mutex::default(),
        }
    }

    fn places(&self) -> MutexGuard<'_, HashMap<Key, Place>> {
        lock(&self.places)
    }

    /// How many of a product's pictures would be sent: those that are not there yet. Nothing is remembered of them, so one
    /// that several new products show is counted for each.
    ///
    /// # Errors
    /// When what is remembered cannot be read.
    pub(crate) async fn count_unsent(&self, images: &[&ImageRef]) -> Result<u64, RunError> {
        let is_sent = |image: &&&ImageRef| match self.mode {
            Images::Upload => true,
            Images::Copy => image.public_url().is_some(),
            Images::Hotlink | Images::None => false,
        };
        let sent = images.iter().filter(is_sent).map(|image| image.identity().to_owned());
        let unlisted: Vec<String> = sent.filter(|identity| !self.there.contains(&key(identity))).collect();
        if !self.any_there {
            return Ok(unlisted.len() as u64);
        }
        let remembered = self.store.images(&unlisted).await?;
        Ok(unlisted.iter().filter(|identity| !remembered.contains_key(*identity)).count() as u64)
    }

    /// The addresses of these pictures at the marketplace, where each is brought first if need be; or why there is none. What was
    /// brought stands there also when another one ends the run.
    pub(crate) async fn addresses<'i>(
        &self,
        images: Vec<&'i ImageRef>,
    ) -> Vec<(&'i ImageRef, Result<Result<String, String>, RunError>)> {
        let places: Vec<(&ImageRef, Place)> = {
            let mut places = self.places();
            let place =
                |image: &'i ImageRef| (image, Arc::clone(places.entry(key(image.identity())).or_default()));
            images.into_iter().map(place).collect()
        };
        // Asked behind that: whoever forgets a place has remembered its picture before.
        let unknown = places.iter().filter(|(_, place)| !place.initialized());
        let unknown: Vec<String> = unknown.map(|(image, _)| image.identity().to_owned()).collect();
        let remembered = match unknown.is_empty() {
            true => Ok(HashMap::new()),
            false => self.store.images(&unknown).await,
        };
        let remembered = &remembered;
        let brought = places.into_iter().map(|(image, place)| async move {
            let known = match remembered {
                Ok(remembered) => remembered.get(image.identity()),
                Err(error) => return (image, Err(error.into())),
            };
            let bring = || async {
                match known {
                    Some(address) => Ok(Ok(address.clone())),
                    None => self.bring(image).await,
                }
            };
            (image, place.get_or_try_init(bring).await.cloned())
        });
        futures::future::join_all(brought).await
    }

    /// These pictures are remembered from now on.
    pub(crate) fn are_remembered(&self, images: &[(String, String)]) {
        let mut places = self.places();
        for (identity, _) in images {
            places.remove(&key(identity));
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
