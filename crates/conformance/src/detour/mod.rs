//! The detour by which a connector reaches a local shop in an examination: whatever the shop speaks, something stands between the
//! two that takes everything down, and that can let answers be lost, late or wrong.
//!
//! So a local shop need not know how to fail, and every platform's fails in the same ways.

mod file;
mod http;
mod tcp;

use std::collections::BTreeSet;
use std::io;

use clock::Clock;
use memchr::memmem;

pub(crate) use file::Copies;
pub(crate) use http::{Answer, Call, Detour, Fault, Outcome};
pub(crate) use tcp::{Deed, Exchange, Relay, Stage};

use crate::examined::{LocalShop, Reached};
use crate::goods::{MARK_DIGITS, MARK_LETTERS};

/// More requests than this are no longer reading but reading without end.
pub(crate) const ENDLESS: usize = 5000;

/// The way by which a connector gets to a shop, of the kind that the shop is reached by.
pub(crate) enum Road {
    Http(Detour),
    Tcp(Relay),
    File(Copies),
}

impl Road {
    /// A way to the shop that is reached so.
    pub(crate) async fn start(reached: &Reached, clock: &Clock) -> io::Result<Self> {
        Ok(match reached {
            Reached::Http(url) => Self::Http(Detour::start(url, clock).await?),
            Reached::Tcp(shop) => Self::Tcp(Relay::start(*shop).await?),
            Reached::File(path) => Self::File(Copies::of(path)),
        })
    }

    /// Where a connector finds the shop.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Http(detour) => detour.url().to_owned(),
            Self::Tcp(relay) => relay.address().to_string(),
            Self::File(copies) => copies.original().display().to_string(),
        }
    }

    /// From now on every answer passes as it is, and what was asked before is forgotten.
    pub(crate) fn begin_plain(&self) {
        self.begin_within(ENDLESS);
    }

    /// The same, and more questions than these are refused.
    pub(crate) fn begin_within(&self, most: usize) {
        match self {
            Self::Http(detour) => detour.begin(most, |_, answer| Some(answer)),
            Self::Tcp(relay) => relay.begin(most, |_, _| Deed::Pass),
            Self::File(_) => {}
        }
    }

    /// What was asked since the beginning, in order, as far as it can be shown. Nobody sees who reads a file.
    pub(crate) fn asked(&self) -> Vec<String> {
        match self {
            Self::Http(detour) => detour.calls().into_iter().map(|call| call.path).collect(),
            Self::Tcp(relay) => relay.exchanges().iter().map(Exchange::shown).collect(),
            Self::File(_) => Vec::new(),
        }
    }

    /// How often somebody who is not let in could have been told so: by HTTP at each call, else at each connection.
    pub(crate) fn attempts(&self) -> usize {
        match self {
            Self::Http(detour) => detour.calls().len(),
            Self::Tcp(relay) => relay.connections(),
            Self::File(_) => 0,
        }
    }

    /// How many pictures the shop was asked for since the beginning.
    pub(crate) fn pictures(&self, shop: &dyn LocalShop) -> usize {
        match self {
            Self::Http(detour) => detour.calls().iter().filter(|call| call.is_picture).count(),
            Self::Tcp(relay) => {
                let asked = relay.exchanges();
                asked.iter().filter(|exchange| shop.asks_for_picture(&exchange.shown())).count()
            }
            Self::File(_) => 0,
        }
    }

    /// How many questions were open at once since the beginning, at most.
    pub(crate) fn at_once(&self) -> usize {
        match self {
            Self::Http(detour) => detour.at_once(),
            Self::Tcp(relay) => relay.at_once(),
            Self::File(_) => 0,
        }
    }

    /// Whether more was asked than was allowed.
    pub(crate) fn was_exhausted(&self) -> bool {
        match self {
            Self::Http(detour) => detour.was_exhausted(),
            Self::Tcp(relay) => relay.was_exhausted(),
            Self::File(_) => false,
        }
    }
}

/// The products whose marks stand in a text.
pub(crate) fn marks(body: &[u8]) -> BTreeSet<u32> {
    let behind = memmem::find_iter(body, MARK_LETTERS).map(|at| at + MARK_LETTERS.len());
    let digits = behind.filter_map(|from| body.get(from..from + MARK_DIGITS));
    digits.filter_map(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).collect()
}
