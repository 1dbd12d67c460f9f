//! Changes at which the program under the bridge hangs, because a window waits for somebody's click.
//!
//! Which of this is known, from the bridge's published source:
//!
//! - It waits 90 seconds for the program, then answers 422 with `failureMode` `in-doubt`, and what hangs may be made later, or never
//!   (`InventoryEndpoints.cs`, `Sfera.cs`: `Run`).
//! - It then takes another thread and another session of the program, so that the next change does not wait behind the one that hangs
//!   (`Sfera.cs`: `RecycleWorker`). A change of another good goes through.
//! - A key keeps out a second change only while the first is waited for, or once a document bears it (`IdempotencyLock.cs`,
//!   `FindByIdempotencyKey`). Who asks again while the first hangs has the program asked a second time: that hangs as well, or is made, and
//!   **what hung first looks for no document when it goes on**. One key may so have several documents.
//!
//! An assumption, and the harsher choice: everything that hangs is made when it goes on, however late that is.

use std::collections::HashMap;

use http::StatusCode;
use sandbox_kit::lock;

use super::Bridge;
use super::answer::Reply;
use crate::Firm;
use crate::firm::Change;

/// What the bridge says of a change that hangs.
const REASON: &str =
    "Sfera nie odpowiedziala w wyznaczonym czasie - najczesciej Subiekt czeka na okno dialogowe.";

/// Which changes hang, and which are to.
#[derive(Debug, Default)]
pub(super) struct Hangs {
    /// How many more changes of a good are to hang, by its symbol in upper case.
    due: HashMap<String, usize>,
    /// Those that do, in the order in which they came.
    hanging: Vec<Change>,
}

impl Hangs {
    /// Lets a change hang if it is its turn, and tells what is answered then. What is refused, or known, does not come so far.
    pub(super) fn take(&mut self, firm: &Firm, change: &Change) -> Option<Reply> {
        let due = self.due.get_mut(&change.symbol.trim().to_uppercase()).filter(|due| **due > 0)?;
        if !firm.would_make(change) {
            return None;
        }
        *due -= 1;
        self.hanging.push(change.clone());
        Some(Reply::failed(StatusCode::UNPROCESSABLE_ENTITY, "sfera_error", REASON, Some("in-doubt")))
    }
}

impl Bridge {
    /// From now on the program hangs at the next so many changes of a good: each is answered as in doubt, and stays pending until
    /// [`go_on`](Self::go_on) or [`give_up`](Self::give_up). Changes of other goods are made meanwhile, and so is one of this good
    /// when as many hang as were to, whatever its key: a key keeps nothing out that hangs.
    pub fn hang(&self, symbol: &str, changes: usize) {
        lock(&self.shared.hangs).due.insert(symbol.trim().to_uppercase(), changes);
    }

    /// The keys of the changes that hang, in the order in which they came; one that was asked for twice is there twice.
    #[must_use]
    pub fn hanging(&self) -> Vec<String> {
        lock(&self.shared.hangs).hanging.iter().map(|change| change.key.clone()).collect()
    }

    /// Somebody clicks: all that hangs is made, a document for each, unless the program refuses it by now. Nothing hangs any more.
    pub fn go_on(&self) {
        let mut hangs = lock(&self.shared.hangs);
        hangs.due.clear();
        for change in std::mem::take(&mut hangs.hanging) {
            if let Err(why) = self.shared.firm.make(&change) {
                tracing::info!(key = change.key, "what hung is not made: {why}");
            }
        }
    }

    /// The program is ended: nothing of what hangs is ever made. Nothing hangs any more.
    pub fn give_up(&self) {
        *lock(&self.shared.hangs) = Hangs::default();
    }
}
