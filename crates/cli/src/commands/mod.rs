//! The commands, each a room of its own.

pub(crate) mod categories;
mod check;
mod import;

use std::sync::Arc;

use clock::Clock;
use connector::{Platform, RunError, import as engine};
use gateway_core::gateway::Gateway;

use crate::output::Output;
use crate::stop::Stop;

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Import,
    List,
    Export,
    CheckCategories,
    Check,
}

impl Command {
    /// By the names on the command line.
    pub(crate) fn named(names: &[&str]) -> Self {
        match names {
            ["categories", "list"] => Self::List,
            ["categories", "export"] => Self::Export,
            ["categories", "check"] => Self::CheckCategories,
            ["check"] => Self::Check,
            _ => Self::Import,
        }
    }

    /// Whether the marketplace is asked anything. What is not needed is not asked for.
    pub(crate) fn needs_gateway(self) -> bool {
        !matches!(self, Self::List | Self::Export)
    }
}

/// Everything that a command works with.
pub(crate) struct Session {
    pub(crate) title: &'static str,
    pub(crate) platform: Arc<dyn Platform>,
    pub(crate) gateway: Option<Gateway>,
    pub(crate) import: engine::Options,
    pub(crate) clock: Clock,
    pub(crate) output: Output,
    pub(crate) stop: Stop,
}

impl Session {
    /// The marketplace's client, of a command that needs it.
    fn gateway(&self) -> Result<&Gateway, RunError> {
        self.gateway.as_ref().ok_or_else(|| RunError::Failed {
            what: "this command asks the marketplace without its settings".to_owned(),
            hint: None,
        })
    }
}

/// Runs a command. An import finishes what is in flight when the run is to stop; those that only read are left at once.
pub(crate) async fn run(command: Command, session: Session) -> Result<(), RunError> {
    let stop = session.stop.clone();
    let work = async {
        match command {
            Command::Import => import::import(&session).await,
            Command::List => categories::list(&session).await,
            Command::Export => categories::export(&session).await,
            Command::CheckCategories => categories::check(&session).await,
            Command::Check => check::check(&session).await,
        }
    };
    if command == Command::Import {
        return work.await;
    }
    tokio::select! {
        biased;
        () = stop.asked() => Err(RunError::Stopped),
        done = work => done,
    }
}
