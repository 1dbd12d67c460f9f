//! Histories of two products, and how they are made up.

use connector::StockWriting;
use proptest::prelude::*;
use sandbox::gateway::Fault;

use super::shelves::Mishap;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Shop(usize, i64),
    Market(usize, i64),
    Wait(u64),
    Pass(Trouble),
    ReadFile,
    DiscardFile,
}

/// What befalls a pass.
#[derive(Clone, Debug)]
pub(super) enum Trouble {
    None,
    InShop(Mishap),
    AtMarket(Fault),
    /// Its process ends when the marketplace has been called so often.
    Killed(usize),
    /// The marketplace sells when it has been called so often.
    SoldMeanwhile(usize, usize, i64),
}

#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) writing: StockWriting,
    /// Whether it is known what stands in files that the shop has not read.
    pub(super) knows_files: bool,
    pub(super) below_zero: bool,
    pub(super) lag: u64,
    pub(super) buffer: u32,
    pub(super) steps: Vec<Step>,
}

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        Just(Mishap::LostBefore),
        Just(Mishap::LostAfter),
        Just(Mishap::Unreachable),
        Just(Mishap::KilledBefore),
        Just(Mishap::KilledAfter),
        prop_oneof![-3i64..0, 1i64..4].prop_map(Mishap::Moves),
    ]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let faults = [
        Fault::TooMany,
        Fault::ServerError,
        Fault::Drop,
        Fault::LostAnswer,
        Fault::DoneButError,
        Fault::Half,
    ];
    prop_oneof![
        4 => Just(Trouble::None),
        3 => mishap().prop_map(Trouble::InShop),
        2 => proptest::sample::select(faults.to_vec()).prop_map(Trouble::AtMarket),
        2 => (0usize..6).prop_map(Trouble::Killed),
        1 => (0usize..4, 0usize..2, -3i64..0).prop_map(|(calls, product, by)| Trouble::SoldMeanwhile(calls, product, by)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0usize..2, prop_oneof![4 => -4i64..0, 1 => 1i64..6]).prop_map(|(product, by)| Step::Shop(product, by)),
        3 => (0usize..2, prop_oneof![4 => -4i64..0, 1 => 1i64..3]).prop_map(|(product, by)| Step::Market(product, by)),
        2 => (0u64..200).prop_map(Step::Wait),
        4 => trouble().prop_map(Step::Pass),
        1 => Just(Step::ReadFile),
        1 => Just(Step::DiscardFile),
    ]
}

/// A write that is not answered, and a level that moves before it is known what became of it.
fn window() -> impl Strategy<Value = Vec<Step>> {
    let lost = prop_oneof![
        Just(Mishap::LostBefore),
        Just(Mishap::LostAfter),
        Just(Mishap::KilledBefore),
        Just(Mishap::KilledAfter)
    ];
    let in_shop =
        (0usize..2, -4i64..0, lost, prop_oneof![-4i64..0, 1i64..5]).prop_map(|(product, sold, lost, by)| {
            let pass = Step::Pass(Trouble::InShop(lost));
            vec![Step::Market(product, sold), Step::Wait(100), pass, Step::Shop(product, by), Step::Wait(100)]
        });
    let at_market = (0usize..2, -4i64..0, 4usize..7, -4i64..0).prop_map(|(product, sold, calls, by)| {
        let pass = Step::Pass(Trouble::Killed(calls));
        vec![Step::Shop(product, sold), Step::Wait(100), pass, Step::Market(product, by), Step::Wait(100)]
    });
    prop_oneof![in_shop, at_market]
}

pub(super) fn history() -> impl Strategy<Value = History> {
    let writing = proptest::sample::select(vec![
        (StockWriting::Set, false),
        (StockWriting::Set, false),
        (StockWriting::Delta, false),
        (StockWriting::File, false),
        (StockWriting::File, true),
    ]);
    let some = prop_oneof![6 => step().prop_map(|step| vec![step]), 1 => window()];
    let steps = proptest::collection::vec(some, 4..14).prop_map(|steps| steps.concat());
    let lag = prop_oneof![2 => Just(0u64), 1 => 1u64..40];
    (writing, any::<bool>(), lag, 0u32..3, steps).prop_map(|(writing, below_zero, lag, buffer, steps)| {
        let (writing, knows_files) = writing;
        // What a file asks for is not known when it is read: whether it goes below 0 is the shop's affair.
        let below_zero = below_zero || writing == StockWriting::File;
        History { writing, knows_files, below_zero, lag, buffer, steps }
    })
}
