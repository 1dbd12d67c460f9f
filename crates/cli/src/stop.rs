//! Why and how a run ends before its end.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clock::Clock;
use tokio_util::sync::CancellationToken;

use super::signals::Signal;

/// How long what is in flight may take to finish once a run has been asked to stop.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// Why a run was asked to stop.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// A person or a container's runtime said so.
    Signal(Signal),
    /// `--max-time` is over.
    MaxTime(Duration),
    /// Another run may have the shop; why, as a sentence.
    Lost(String),
    /// Nobody reads standard output any more.
    BrokenPipe,
    /// Standard output cannot be written for another reason.
    Output(String),
}

/// Asks a run to stop. Clones ask the same run; the first reason counts.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Inner>);

#[derive(Default)]
struct Inner {
    asked: CancellationToken,
    at_once: CancellationToken,
    why: OnceLock<Why>,
}

impl Stop {
    /// Asks: nothing new is to be started.
    pub(crate) fn ask(&self, why: Why) {
        // A later reason changes nothing about why the run stops.
        let _later = self.0.why.set(why);
        self.0.asked.cancel();
    }

    /// Asks not to wait for what is in flight.
    pub(crate) fn at_once(&self) {
        self.0.at_once.cancel();
    }

    /// Asks because standard output failed. Nothing that waits for it is worth waiting for.
    pub(crate) fn output_failed(&self, error: &io::Error) {
        let is_closed = error.kind() == io::ErrorKind::BrokenPipe;
        self.ask(if is_closed { Why::BrokenPipe } else { Why::Output(error.to_string()) });
    }

    /// Whether nothing is to be waited for.
    pub(crate) fn is_at_once(&self) -> bool {
        self.0.at_once.is_cancelled()
    }

    /// Why, once it was asked.
    pub(crate) fn why(&self) -> Option<&Why> {
        self.0.why.get()
    }

    /// What engines look at.
    pub(crate) fn token(&self) -> &CancellationToken {
        &self.0.asked
    }

    /// Waits until it is asked.
    pub(crate) async fn asked(&self) {
        self.0.asked.cancelled().await;
    }

    /// Waits until what is still in flight has to be left: at once when that is asked, else after the grace.
    pub(crate) async fn given_up(&self, clock: &Clock) {
        self.asked().await;
        tokio::select! {
            () = self.0.at_once.cancelled() => {}
            () = clock.sleep(GRACE) => {}
        }
    }
}
