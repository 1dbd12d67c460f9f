//! What `import` and `stock` have in common: an engine that runs by a state, under a lease when it writes.

use connector::{Memory, RunError};
use state::LeaseKind;

use super::Session;
use crate::keeper::{Remembered, Whose};
use crate::stop::Why;

/// Does what comes before an engine, which listens by itself, unless the run is to stop.
pub(super) async fn unless_stopped<T>(
    session: &Session,
    work: impl Future<Output = Result<T, RunError>>,
) -> Result<T, RunError> {
    tokio::select! {
        biased;
        () = session.stop.asked() => Err(RunError::Stopped),
        done = work => done,
    }
}

/// What is known of a shop. A run that writes takes the shop for itself.
pub(super) async fn remember(
    session: &Session,
    whose: &Whose,
    kind: LeaseKind,
    is_dry_run: bool,
) -> Result<Remembered, RunError> {
    match is_dry_run {
        true => session.keeper.look(whose).await,
        false => session.keeper.hold(whose, kind, &session.output).await,
    }
}

/// Lets an engine work, and keeps its lease beside it. One that lost it is stopped, as by a signal.
pub(super) async fn run(
    session: &Session,
    memory: Memory<'_>,
    work: impl Future<Output = Result<(), RunError>>,
) -> Result<(), RunError> {
    let mut work = Box::pin(work);
    tokio::select! {
        done = &mut work => done,
        lost = lost(memory, session) => {
            session.stop.ask(Why::Lost(lost));
            work.await
        }
    }
}

/// Keeps the lease, and ends with why when another run may have it.
async fn lost(memory: Memory<'_>, session: &Session) -> String {
    match memory {
        Memory::Held(lease) => lease.keep(&session.clock).await.to_string(),
        Memory::Seen(_) => std::future::pending().await,
    }
}
