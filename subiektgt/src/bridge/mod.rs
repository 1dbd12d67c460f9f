//! A bridge to a firm's program: a service on the firm's own machine that has the program make documents, by which levels change. It is
//! the `OpenLinker` bridge for `Subiekt GT`, which lists no goods and knows them by their symbols.
//!
//! - [`Access`]: what the user must tell of it.
//! - [`wire`]: exactly what it says.
//! - `client`: calls, and what failures mean.
//! - `doubts`: what the program hangs at.
//!
//! A change bears a key, and the bridge does none whose key a document bears already, so it may be asked for again, with the same body. Only
//! what hangs in the program may not: no document bears its key yet, and each that hangs is made.

mod access;
mod client;
mod doubts;
pub mod wire;

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use connector::{AdjustmentKey, Common, Known, Outcome, PlatformError, StockAdjustment};
use transport::Transport;

use crate::mapping::levels::PLACES;
pub use access::Access;
pub(crate) use access::{TOKEN_SETTING, URL_SETTING};
use client::Client;
pub(crate) use client::{Answered, Failure};
pub(crate) use doubts::Doubts;

/// So long the bridge waits for the program, and some more: what has not been done then was not asked for, or hangs.
pub(crate) const SHOWN_WITHIN: Duration = Duration::from_secs(120);

/// So much of a key the bridge puts into a document; of a longer one older bridges take the beginning, and newer ones another word.
const KEY_LENGTH: usize = 30;

/// What a document says of why it was made. It is the same each time, as all of a change is that is asked for again.
const REMARKS: &str = "Change of stock at the marketplace";

/// A bridge, with what a pass knows of the changes that it was asked for.
pub(crate) struct Bridge {
    client: Client,
    /// Changes that were asked for before this pass, and of which nobody knows what became.
    open: Mutex<HashSet<AdjustmentKey>>,
    doubts: Doubts,
}

impl Bridge {
    pub(crate) fn new(access: Access, common: &Common, transport: &Transport) -> Self {
        let doubts = Doubts::new(common.keep.as_deref(), transport.clock());
        Self { client: Client::new(transport.clone(), access, common), open: Mutex::default(), doubts }
    }

    /// How many requests it was sent.
    pub(crate) fn requests(&self) -> u64 {
        self.client.requests()
    }

    /// So many requests may be under way at once.
    pub(crate) fn in_flight(&self) -> usize {
        self.client.in_flight()
    }

    /// Takes down which changes nobody knows of. As long as that is so they keep their keys, whatever else is wrong.
    pub(crate) fn remember_open(&self, keys: &[AdjustmentKey]) {
        self.open().extend(keys.iter().cloned());
    }

    /// Why the bridge could not be asked for a change, if it could not; it has no part in reading goods.
    pub(crate) async fn trouble(&self) -> Option<String> {
        let error = self.client.probe().await.err()?;
        Some(match error {
            PlatformError::Settings { what, hint } => {
                format!("stock levels cannot be changed by the bridge: {what}; {hint}")
            }
            other => format!("stock levels cannot be changed by the bridge: {other}"),
        })
    }

    /// What there is of a good.
    pub(crate) async fn stock(&self, symbol: &str) -> Result<wire::Stock, Failure> {
        self.client.stock(symbol).await
    }

    /// Asks for a change of a good's level in a warehouse.
    pub(crate) async fn change(
        &self,
        adjustment: &StockAdjustment,
        symbol: &str,
        warehouse: i64,
    ) -> Answered {
        let delta = adjustment.delta.normalize();
        if delta.scale() > PLACES {
            return Answered::Refused(format!("{delta} has more than {PLACES} decimal places"));
        }
        let change = wire::Change {
            towar_symbol: symbol.to_owned(),
            magazyn_id: warehouse,
            delta,
            uwagi: REMARKS,
            idempotency_key: key_of(&adjustment.key),
        };
        let answered = self.client.change(&change).await;
        match &answered {
            Answered::InDoubt(_) => self.doubts.put(&adjustment.key),
            Answered::Done | Answered::Refused(_) => self.doubts.settle(&adjustment.key),
            Answered::NotDone(_) | Answered::Unknown(_) => {}
        }
        match answered {
            Answered::NotDone(error) if self.is_open(&adjustment.key) => Answered::Unknown(error),
            answered => answered,
        }
    }

    /// What is known of a change where documents can be looked through, and whether one bears its key.
    pub(crate) fn known(&self, key: &AdjustmentKey, is_made: bool) -> Known {
        if is_made {
            self.doubts.settle(key);
            return Known::Done;
        }
        if self.doubts.is_open(key) {
            tracing::warn!(
                %key,
                "a change hangs in the program: look whether a window of Subiekt GT waits for somebody on the bridge's machine"
            );
            return Known::Outstanding;
        }
        // The bridge does no change twice whose key a document bears.
        Known::Repeatable
    }

    /// What became of a change for which the bridge is not asked now.
    pub(crate) fn not_asked(&self, adjustment: &StockAdjustment, why: PlatformError) -> Outcome {
        if self.is_open(&adjustment.key) { Outcome::Unknown(why) } else { Outcome::NotDone(why) }
    }

    /// What becomes of a change that cannot be asked for. One that was asked for before may have been done all the same.
    pub(crate) fn refused(&self, adjustment: &StockAdjustment, why: String) -> Outcome {
        if self.is_open(&adjustment.key) {
            return Outcome::Unknown(PlatformError::Failed { what: why });
        }
        Outcome::Refused(why)
    }

    fn is_open(&self, key: &AdjustmentKey) -> bool {
        self.open().contains(key)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashSet<AdjustmentKey>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a document bears of a key: 30 of its digits are 120 bits, which no two changes have in common.
pub(crate) fn key_of(key: &AdjustmentKey) -> String {
    key.as_str().chars().take(KEY_LENGTH).collect()
}
