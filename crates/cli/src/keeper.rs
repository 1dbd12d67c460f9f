//! The state of a run, from its opening to its end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use connector::{Memory, RunError, ShopName};
use gateway_core::model::Platform;
use gateway_core::token::ShopGuid;
use state::{Lease, LeaseKind, Owner, RunEnd, RunId, State, StateUrl, Store};
use tempfile::TempDir;
use url::Url;

use crate::output::Output;
use crate::place::{self, Place};

/// Opens the state, and keeps what is open so that it is closed however the run ends. Clones keep the same.
#[derive(Clone)]
pub(crate) struct Keeper {
    place: Place,
    clock: Clock,
    open: Arc<Mutex<Open>>,
}

/// What is open. What it holds goes before the folder in which it may lie.
#[derive(Default)]
struct Open {
    run: Option<RunId>,
    lease: Option<Arc<Lease>>,
    state: Option<State>,
    /// Goes with the run.
    folder: Option<TempDir>,
}

/// Whose goods a run is about.
pub(crate) struct Whose {
    pub(crate) shop: ShopName,
    pub(crate) gateway: (Url, ShopGuid),
}

impl Whose {
    fn owner(&self) -> Owner {
        let (base_url, gateway_shop) = &self.gateway;
        Owner::new(base_url, *gateway_shop, self.shop.shop.clone())
    }
}

/// What a run remembers those before it by.
pub(crate) enum Remembered {
    /// With a lease of the shop.
    Held(Arc<Lease>),
    /// Only looked at.
    Seen(Store),
}

impl Remembered {
    /// As the engine takes it.
    pub(crate) fn memory(&self) -> Memory<'_> {
        match self {
            Self::Held(lease) => Memory::Held(lease),
            Self::Seen(store) => Memory::Seen(store),
        }
    }
}

impl Keeper {
    pub(crate) fn new(place: Place, clock: Clock) -> Self {
        Self { place, clock, open: Arc::default() }
    }

    /// No code panics while it holds this lock.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the state of a shop is, whether or not it is there.
    pub(crate) fn url(&self, shop: &ShopName) -> Result<StateUrl, RunError> {
        self.place.url(&shop.shop)
    }

    /// Whether there is a state of a shop, or at least one that may hold something of it.
    pub(crate) fn is_there(&self, shop: &ShopName) -> Result<bool, RunError> {
        self.url(shop).map(|url| place::is_there(&url))
    }

    /// Where nothing is known of a shop, as a part of a sentence.
    pub(crate) fn nothing_known(&self, shop: &ShopName) -> Result<String, RunError> {
        let url = self.url(shop)?;
        Ok(match place::is_there(&url) {
            true => format!("the state {url} holds nothing of it"),
            false => format!("there is no state at {url}"),
        })
    }

    /// The state, opened once.
    async fn state(&self, url: &StateUrl, platform: &Platform) -> Result<State, RunError> {
        let open = self.open().state.clone();
        if let Some(state) = open {
            return Ok(state);
        }
        let state = State::open(url, platform, &self.clock).await?;
        self.open().state = Some(state.clone());
        Ok(state)
    }

    /// What belongs to a shop, unless it would have to be made.
    async fn found(&self, whose: &Whose) -> Result<Option<Store>, RunError> {
        let url = self.url(&whose.shop)?;
        if !place::is_there(&url) {
            return Ok(None);
        }
        let state = self.state(&url, &whose.shop.platform).await?;
        Ok(state.find_owner(&whose.owner()).await?)
    }

    /// What is known of a shop, if anything is. Makes nothing.
    pub(crate) async fn find(&self, whose: &Whose) -> Result<Option<Store>, RunError> {
        let Some(store) = self.found(whose).await? else { return Ok(None) };
        let is_known = store.count_links().await? > 0
            || store.count_rejects().await? > 0
            || !store.last_runs("import", 1).await?.is_empty()
            || !store.last_runs("stock", 1).await?.is_empty();
        Ok(is_known.then_some(store))
    }

    /// What is known of a shop, to look at; where nothing is, a state that goes with the run.
    pub(crate) async fn look(&self, whose: &Whose) -> Result<Remembered, RunError> {
        if let Some(store) = self.found(whose).await? {
            return Ok(Remembered::Seen(store));
        }
        let other = self.open().state.take();
        if let Some(other) = other {
            other.close().await?;
        }
        // Who finds one of a run that was killed knows what it is.
        let prefix = format!("{}-dry-run-", whose.shop.platform);
        let folder =
            tempfile::Builder::new().prefix(&prefix).tempdir().map_err(|error| RunError::Failed {
                what: format!("a folder for temporary files cannot be made: {error}"),
                hint: Some("make room there, or name another one by TMPDIR".to_owned()),
            })?;
        let url = StateUrl::file(&folder.path().join("state.db"));
        self.open().folder = Some(folder);
        let state = self.state(&url, &whose.shop.platform).await?;
        Ok(Remembered::Seen(state.owner(&whose.owner()).await?))
    }

    /// Takes the shop for what is no run of its kind: no such has it meanwhile.
    pub(crate) async fn take(&self, whose: &Whose, kind: LeaseKind) -> Result<Arc<Lease>, RunError> {
        let holder = holder(whose.shop.platform.as_str());
        let url = self.url(&whose.shop)?;
        let state = self.state(&url, &whose.shop.platform).await?;
        let store = state.owner(&whose.owner()).await?;
        let lease = Arc::new(store.lease(kind, &holder).await?);
        self.open().lease = Some(Arc::clone(&lease));
        Ok(lease)
    }

    /// The state for a run that writes. No other of its kind has the shop from now on.
    pub(crate) async fn hold(
        &self,
        whose: &Whose,
        kind: LeaseKind,
        output: &Output,
    ) -> Result<Remembered, RunError> {
        let lease = self.take(whose, kind).await?;
        match lease.store().begin_run(&kind.to_string(), self.clock.now()).await {
            Ok(run) => self.open().run = Some(run),
            Err(error) => output.warn(&format!("this run will not be shown by `status`: {error}")),
        }
        Ok(Remembered::Held(lease))
    }

    /// Writes down how the run ended, gives the lease back and closes the state, for so long at most. What could not be done of it is
    /// warned of and changes nothing about the end.
    pub(crate) async fn end(&self, end: &RunEnd, at_most: Duration, output: &Output) {
        let Open { run, lease, state, folder } = std::mem::take(&mut *self.open());
        let expires = lease.as_ref().is_some_and(|lease| lease.expires());
        let closed = async {
            if let (Some(run), Some(lease)) = (run, &lease)
                && let Err(error) = lease.store().end_run(run, end).await
            {
                output.warn(&format!("`status` will not show how this run ended: {error}"));
            }
            // What was left in the middle may still write, and has the lease until the process ends.
            if let Some(lease) = lease.and_then(Arc::into_inner)
                && let Err(error) = lease.release().await
            {
                match expires {
                    true => output
                        .warn(&format!("other runs of this shop may have to wait for a minute: {error}")),
                    // The lock is free all the same.
                    false => tracing::info!(%error, "the lease could not be given back"),
                }
            }
            if let Some(state) = state
                && let Err(error) = state.close().await
            {
                tracing::info!(%error, "the state could not be closed");
            }
        };
        if tokio::time::timeout(at_most, closed).await.is_err() {
            let others =
                if expires { ", and other runs of this shop may have to wait for a minute" } else { "" };
            output.warn(&format!(
                "the state did not answer for {} s: `status` may not show how this run ended{others}",
                at_most.as_secs()
            ));
        }
        drop(folder);
    }
}

/// Who has the shop, as others are told who have to wait.
fn holder(program: &str) -> String {
    format!("{program} on {}, process {}", host(), std::process::id())
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(windows)]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this machine".to_owned())
}
