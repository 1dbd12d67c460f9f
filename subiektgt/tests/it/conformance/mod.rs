//! What every platform must pass, by each way on which a firm's goods come.

mod bridge;
mod database;
mod documents;
mod files;

use ::conformance::Suite;

/// Stock of a database is written by documents.
const STOCK: &[(Suite, &str)] = &exempt(
    [
        Suite::Sold,
        Suite::SoldMeanwhile,
        Suite::Vanished,
        Suite::Buffer,
        Suite::Deficit,
        Suite::Unanswered,
        Suite::StockFaults,
        Suite::IndexLag,
        Suite::Killed,
        Suite::StockRequests,
    ],
    "by_documents has it",
);

/// Goods that come from a database are the same however its stock is written.
const GOODS: &[(Suite, &str)] = &exempt(
    [
        Suite::Arrival,
        Suite::Languages,
        Suite::Paging,
        Suite::RepeatingPage,
        Suite::FailingPage,
        Suite::Poison,
        Suite::Torn,
        Suite::Patience,
        Suite::Failures,
        Suite::Refusal,
        Suite::BrokenFields,
        Suite::Odd,
        Suite::HostileTexts,
        Suite::ManyVariants,
        Suite::Requests,
        Suite::Memory,
        Suite::Chosen,
        Suite::ComeAndGo,
        Suite::Repetition,
        Suite::Secrets,
        Suite::Pictures,
    ],
    "by_database has it",
);

const fn exempt<const N: usize>(suites: [Suite; N], why: &'static str) -> [(Suite, &'static str); N] {
    let mut exempt = [(Suite::Arrival, why); N];
    let mut at = 0;
    while at < N {
        exempt[at].0 = suites[at];
        at += 1;
    }
    exempt
}

/// By the files that the program exports.
mod by_files {
    ::conformance::examine!(super::files::ByFiles);
}

/// By the firm's database.
mod by_database {
    ::conformance::examine!(super::database::ByDatabase);
}

/// By the firm's database, with a bridge that writes levels.
mod by_bridge {
    ::conformance::examine!(super::bridge::ByBridge);
}

/// By the firm's database, with changes of levels as documents that a person takes in.
mod by_documents {
    ::conformance::examine!(super::documents::ByDocuments);
}
