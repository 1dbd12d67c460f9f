//! What a run remembers the runs before it by.

use clock::Clock;
use gateway_core::gateway::Gateway;
use state::{Lease, Owner, State, StateError, StateUrl, Store};

use crate::ShopName;

/// What a run remembers the runs before it by, and whether it may add to it.
#[derive(Clone, Copy, Debug)]
pub enum Memory<'a> {
    /// This run has the shop for itself.
    Held(&'a Lease),
    /// It is only looked at, for a dry run.
    Seen(&'a Store),
}

impl<'a> Memory<'a> {
    /// What is remembered.
    #[must_use]
    pub fn store(self) -> &'a Store {
        match self {
            Self::Held(lease) => lease.store(),
            Self::Seen(store) => store,
        }
    }
}

/// Opens what is remembered of a shop at a marketplace.
///
/// # Errors
/// When the state cannot be opened.
pub async fn open_memory(
    url: &StateUrl,
    shop: &ShopName,
    gateway: &Gateway,
    clock: &Clock,
) -> Result<(State, Store), StateError> {
    let state = State::open(url, &shop.platform, clock).await?;
    let owner = Owner::new(gateway.base_url(), gateway.shop(), shop.shop.clone());
    let store = state.owner(&owner).await?;
    Ok((state, store))
}
