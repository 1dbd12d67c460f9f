//! What every sandbox server is made of, whatever it speaks: connections that can be dropped, dice that throw faults, a
//! limit of calls in flight, a log of calls and pictures.
//!
//! Each sandbox has a fault type of its own, for what goes wrong differs from one protocol to the next.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock`.

mod calls;
mod dice;
mod flight;
mod picture;
mod server;

pub use calls::CallLog;
pub use dice::{Dice, RateError, check_rates};
pub use flight::InFlight;
pub use picture::png;
pub use server::{Closed, own_address, read_body, serve};

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;

/// Locks, and bears no poison: a test that failed while it held the lock says so itself.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits on the clock; no time is no wait.
pub async fn pause(clock: &Clock, wait: Duration) {
    if !wait.is_zero() {
        clock.sleep(wait).await;
    }
}
