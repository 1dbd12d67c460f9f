//! Stock levels on both sides, by the engine that keeps them alike. A shop whose stock cannot be written is only followed.

mod carried;
mod large;
mod trouble;
mod watched;
mod world;

use crate::arena::Arena;
use crate::finding::{Finding, Verdict};
use crate::suite::Suite;

/// Runs a suite about stock.
pub(super) async fn run(suite: Suite, arena: &Arena<'_>) -> Verdict {
    match suite {
        Suite::Sold => carried::sold(arena).await,
        Suite::SoldMeanwhile => carried::meanwhile(arena).await,
        Suite::UnknownStock => carried::unknown(arena).await,
        Suite::Vanished => carried::vanished(arena).await,
        Suite::Buffer => carried::buffer(arena).await,
        Suite::Deficit => carried::deficit(arena).await,
        Suite::Unanswered => trouble::unanswered(arena).await,
        Suite::StockFaults => trouble::faults(arena).await,
        Suite::IndexLag => trouble::index_lag(arena).await,
        Suite::Killed => trouble::killed(arena).await,
        Suite::StockRequests => large::requests(arena).await,
        other => Err(Finding::new(format!("{other} is not about stock"))),
    }
}
