//! Opening a state.

use std::sync::Arc;

use clock::Clock;
use gateway_core::model::Platform;

use crate::connection::Connection;
use crate::url::Target;
use crate::{Owner, StateError, StateUrl, Store, postgres, sqlite};

/// What a platform's runs remember, of all owners. Cheap to clone; clones share one pool of connections.
#[derive(Clone)]
pub struct State(Arc<Connection>);

impl State {
    /// Opens the state of a platform and brings its schema up to date. A file is made with its folders when it is not
    /// there, readable by its owner only; in PostgreSQL a schema `state_PLATFORM` is made in the database that is named, with
    /// `_` for each `-` of the platform's name.
    ///
    /// The clock says since when a lease is held on SQLite; PostgreSQL has its own.
    ///
    /// # Errors
    /// When it cannot be opened, is none, is damaged, or was left by a newer version that this one cannot read. It is then
    /// as it was.
    pub async fn open(url: &StateUrl, platform: &Platform, clock: &Clock) -> Result<Self, StateError> {
        let connection = match url.target()? {
            Target::File(path) => sqlite::open(path, platform, clock).await?,
            Target::Server(options) => postgres::open(*options, url.to_string(), platform, clock).await?,
        };
        Ok(Self(Arc::new(connection)))
    }

    /// What belongs to an owner, who becomes known by it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owner(&self, owner: &Owner) -> Result<Store, StateError> {
        Store::open(Arc::clone(&self.0), owner).await
    }

    /// What belongs to an owner, if anything was ever remembered of him. Writes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_owner(&self, owner: &Owner) -> Result<Option<Store>, StateError> {
        Store::find(Arc::clone(&self.0), owner).await
    }

    /// Waits for what is being done and closes all connections. A file then holds everything by itself, and may be
    /// copied. Stores and clones of this state are of no use any more.
    ///
    /// # Errors
    /// When the database fails; nothing that was committed is lost by it.
    pub async fn close(self) -> Result<(), StateError> {
        self.0.database.close_by_ref().await.map_err(|source| self.0.error(source))
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "State({} at {})", self.0.platform, self.0.place.shown)
    }
}
