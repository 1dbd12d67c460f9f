//! The commands, each a room of its own.

pub(crate) mod categories;
mod check;
mod engine;
mod import;
mod outstanding;
mod status;
mod stock;

use std::sync::Arc;

use clock::Clock;
use connector::{Platform, RunError, Settled, ShopName};
use gateway_core::gateway::Gateway;
use gateway_core::token::ShopGuid;
use url::Url;

use crate::keeper::{Keeper, Whose};
use crate::output::Output;
use crate::stop::Stop;

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Import,
    Stock,
    Outstanding,
    List,
    Export,
    CheckCategories,
    Check,
    Status,
}

impl Command {
    /// By the names on the command line.
    pub(crate) fn named(names: &[&str]) -> Self {
        match names {
            ["categories", "list"] => Self::List,
            ["categories", "export"] => Self::Export,
            ["categories", "check"] => Self::CheckCategories,
            ["check"] => Self::Check,
            ["stock"] => Self::Stock,
            ["stock", "outstanding"] => Self::Outstanding,
            ["status"] => Self::Status,
            _ => Self::Import,
        }
    }

    /// Whether the marketplace is asked anything. What is not needed is not asked for.
    pub(crate) fn needs_gateway(self) -> bool {
        !matches!(self, Self::List | Self::Export | Self::Status | Self::Outstanding)
    }

    /// Whether it reads what an import is told. Who shows what an import would meet reads that too.
    pub(crate) fn is_told_of_imports(self) -> bool {
        !matches!(self, Self::Stock | Self::Outstanding | Self::Status)
    }

    /// Whether it finishes what is in flight when it is to stop. Those that only read are left at once.
    pub(crate) fn finishes(self) -> bool {
        matches!(self, Self::Import | Self::Stock)
    }

    /// Whether it matters which shop of which marketplace it is about.
    pub(crate) fn needs_marketplace(self) -> bool {
        self.needs_gateway() || matches!(self, Self::Status | Self::Outstanding)
    }
}

/// The shop that a command is about.
pub(crate) enum Shop {
    /// It can be read.
    Open(Arc<dyn Platform>),
    /// All that is told of it is what it is called.
    Named(ShopName),
}

impl Shop {
    /// What it is called, once that is known.
    pub(crate) fn name(&self) -> Option<&ShopName> {
        match self {
            Self::Open(platform) => platform.name(),
            Self::Named(name) => Some(name),
        }
    }

    /// What is read, where it can be.
    pub(crate) fn platform(&self) -> Option<&Arc<dyn Platform>> {
        match self {
            Self::Open(platform) => Some(platform),
            Self::Named(_) => None,
        }
    }
}

/// Everything that a command works with.
pub(crate) struct Session {
    pub(crate) title: &'static str,
    pub(crate) shop: Shop,
    pub(crate) gateway: Option<Gateway>,
    /// The marketplace's address, and its shop.
    pub(crate) marketplace: Option<(Url, ShopGuid)>,
    pub(crate) import: connector::import::Options,
    /// Whether that alone is imported which was rejected.
    pub(crate) only_rejected: bool,
    pub(crate) stock: connector::stock::Options,
    /// What somebody says that became of a file of documents.
    pub(crate) settles: Option<(String, Settled)>,
    /// Whether `status` shows all that is rejected, and nothing else.
    pub(crate) lists_rejected: bool,
    pub(crate) keeper: Keeper,
    pub(crate) clock: Clock,
    pub(crate) output: Output,
    pub(crate) stop: Stop,
}

impl Session {
    /// Whether a command that could write is told not to.
    pub(crate) fn is_dry_run(&self, command: Command) -> bool {
        match command {
            Command::Stock => self.stock.dry_run,
            _ => self.import.dry_run,
        }
    }

    /// The marketplace's client, of a command that needs it.
    fn gateway(&self) -> Result<&Gateway, RunError> {
        self.gateway.as_ref().ok_or_else(without_settings)
    }

    /// The shop, of a command that reads it.
    fn platform(&self) -> Result<&dyn Platform, RunError> {
        self.shop.platform().map(Arc::as_ref).ok_or_else(without_settings)
    }

    /// Whose goods it is about. Asks the shop which one it is, where its settings do not tell.
    async fn find_out_whose(&self) -> Result<Whose, RunError> {
        if self.shop.name().is_none() {
            self.platform()?.check().await?;
        }
        self.whose()
    }

    /// Whose goods it is about, once the shop is known.
    fn whose(&self) -> Result<Whose, RunError> {
        let gateway = self.marketplace.clone().ok_or_else(without_settings)?;
        let shop = match &self.shop {
            Shop::Open(platform) => platform.known_name()?.clone(),
            Shop::Named(name) => name.clone(),
        };
        Ok(Whose { shop, gateway })
    }
}

fn without_settings() -> RunError {
    RunError::Failed {
        what: "this command asks the shop or the marketplace without their settings".to_owned(),
        hint: None,
    }
}

/// Runs a command.
pub(crate) async fn run(command: Command, session: Session) -> Result<(), RunError> {
    let stop = session.stop.clone();
    let work = async {
        match command {
            Command::Import => import::import(&session).await,
            Command::Stock => stock::stock(&session).await,
            Command::Outstanding => outstanding::outstanding(&session).await,
            Command::List => categories::list(&session).await,
            Command::Export => categories::export(&session).await,
            Command::CheckCategories => categories::check(&session).await,
            Command::Check => check::check(&session).await,
            Command::Status => status::status(&session).await,
        }
    };
    if command.finishes() {
        return work.await;
    }
    tokio::select! {
        biased;
        () = stop.asked() => Err(RunError::Stopped),
        done = work => done,
    }
}
