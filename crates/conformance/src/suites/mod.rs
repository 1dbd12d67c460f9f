//! The suites, by what they are about.

mod arrival;
mod broken;
mod changes;
mod cost;
mod file;
mod paging;
mod pictures;
mod secrets;
mod stock;
mod tcp;
mod trouble;

use crate::arena::Arena;
use crate::detour::Road;
use crate::finding::Verdict;
use crate::suite::Suite;

/// Runs one suite.
pub(crate) async fn run(suite: Suite, arena: &Arena<'_>) -> Verdict {
    let own = match &arena.road {
        Road::Http(_) => None,
        Road::Tcp(relay) => tcp::run(suite, arena, relay).await,
        Road::File(copies) => file::run(suite, arena, copies).await,
    };
    if let Some(verdict) = own {
        return verdict;
    }
    match suite {
        Suite::Arrival => arrival::everything(arena).await,
        Suite::Languages => arrival::languages(arena).await,
        Suite::HostileTexts => arrival::hostile(arena).await,
        Suite::ManyVariants => arrival::many_variants(arena).await,
        Suite::Chosen => arrival::chosen(arena).await,
        Suite::Odd => arrival::odd(arena).await,
        Suite::Torn => paging::torn(arena).await,
        Suite::Paging => paging::ends(arena).await,
        Suite::RepeatingPage => paging::repeats(arena).await,
        Suite::FailingPage => paging::fails(arena).await,
        Suite::Poison => paging::poison(arena).await,
        Suite::Patience => trouble::patience(arena).await,
        Suite::Failures => trouble::failures(arena).await,
        Suite::Refusal => trouble::refusal(arena).await,
        Suite::BrokenFields => broken::fields(arena).await,
        Suite::Requests => cost::requests(arena).await,
        Suite::Memory => cost::memory(arena).await,
        Suite::ComeAndGo => changes::come_and_go(arena).await,
        Suite::Repetition => changes::repetition(arena).await,
        Suite::Secrets => secrets::kept(arena).await,
        Suite::Pictures => pictures::had(arena).await,
        Suite::Sold
        | Suite::SoldMeanwhile
        | Suite::UnknownStock
        | Suite::Vanished
        | Suite::Buffer
        | Suite::Deficit
        | Suite::Unanswered
        | Suite::StockFaults
        | Suite::IndexLag
        | Suite::Killed
        | Suite::StockRequests => stock::run(suite, arena).await,
    }
}
