//! Remembering what a run does, step by step: many products are in work at once, and what they have to remember at the same time
//! is written in one transaction.

use std::sync::{Arc, Mutex, PoisonError};

use state::{Changes, StateError};
use tokio::sync::Mutex as Turns;

use crate::{Memory, RunError};

/// What a run has to remember.
pub(crate) struct Journal<'a> {
    memory: Memory<'a>,
    waiting: Mutex<Waiting>,
    writing: Turns<()>,
}

/// Changes that are written next, together.
#[derive(Default)]
struct Waiting {
    changes: Changes,
    outcome: Arc<Outcome>,
}

/// What became of changes that were written together, once they were.
#[derive(Default)]
struct Outcome(Mutex<Option<Result<(), Arc<StateError>>>>);

impl Outcome {
    fn told(&self) -> Option<Result<(), Arc<StateError>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn tell(&self, result: Result<(), Arc<StateError>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }
}

impl<'a> Journal<'a> {
    pub(crate) fn new(memory: Memory<'a>) -> Self {
        Self { memory, waiting: Mutex::default(), writing: Turns::new(()) }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers these changes, which last when this returns. A dry run remembers nothing.
    ///
    /// # Errors
    /// When they cannot be remembered, or the run does not have the shop for itself any more.
    pub(crate) async fn record(&self, changes: Changes) -> Result<(), RunError> {
        let Memory::Held(lease) = self.memory else { return Ok(()) };
        if changes.is_none() {
            return Ok(());
        }
        let outcome = {
            let mut waiting = self.waiting();
            waiting.changes.add(changes);
            Arc::clone(&waiting.outcome)
        };
        let _turn = self.writing.lock().await;
        // Who had the turn before may have written ours with his.
        if let Some(told) = outcome.told() {
            return told.map_err(|error| RunError::from(&*error));
        }
        let next = {
            let mut waiting = self.waiting();
            // Who took ours along was left in the middle.
            let is_ours = Arc::ptr_eq(&waiting.outcome, &outcome);
            is_ours.then(|| std::mem::take(&mut *waiting))
        };
        let Some(Waiting { changes, outcome }) = next else { return Err(RunError::Stopped) };
        let result = self.memory.store().remember(lease, &changes).await.map_err(Arc::new);
        outcome.tell(result.clone());
        result.map_err(|error| RunError::from(&*error))
    }
}
