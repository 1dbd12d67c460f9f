//! The log of calls.

use std::sync::{Mutex, MutexGuard};

use crate::lock;

/// The calls so far, in the order in which they were read.
#[derive(Debug)]
pub struct CallLog<C> {
    keep: bool,
    calls: Mutex<Vec<C>>,
}

impl<C> CallLog<C> {
    /// An empty log. One that does not `keep` stays empty: the memory of a log grows with every call.
    #[must_use]
    pub fn new(keep: bool) -> Self {
        Self { keep, calls: Mutex::default() }
    }

    /// Takes a call down and answers its number, for [`CallLog::note`].
    pub fn push(&self, call: C) -> usize {
        let mut calls = self.all();
        if self.keep {
            calls.push(call);
        }
        calls.len()
    }

    /// Completes the entry that [`CallLog::push`] answered `number` for.
    pub fn note(&self, number: usize, note: impl FnOnce(&mut C)) {
        if let Some(call) = self.all().get_mut(number.wrapping_sub(1)) {
            note(call);
        }
    }

    /// All calls.
    pub fn all(&self) -> MutexGuard<'_, Vec<C>> {
        lock(&self.calls)
    }
}
