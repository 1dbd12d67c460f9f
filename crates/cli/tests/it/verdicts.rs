//! What a run comes to when it loses its shop, which on a file no test can let happen in time.

use connector::{LevelSummary, RunError, Summary};

#[path = "../../src/signals.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod signals;
#[path = "../../src/stop.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod stop;
#[path = "../../src/verdict.rs"]
#[allow(dead_code, reason = "the program uses the rest")]
mod verdict;

use stop::{Stop, Why};
use verdict::Verdict;

const LOST: &str =
    "this run has lost its hold on the shop's import and stops: another run may have taken over";

#[test]
fn who_lost_the_shop_is_to_try_again() {
    let stop = Stop::default();
    stop.ask(Why::Lost(LOST.to_owned()));
    let told = Verdict::of(Err(RunError::Stopped), stop.why(), (&Summary::default(), false));
    assert_eq!((told.exit, told.error.as_deref()), (verdict::TRY_LATER, Some(LOST)));
    assert!(told.hint.unwrap().contains("start again later"));
    // What came to its end before it stopped is done.
    let rejected = Summary { rejected: 1, ..Summary::default() };
    let told = Verdict::of(Ok(()), stop.why(), (&rejected, false));
    assert_eq!((told.exit, told.error), (verdict::SOME_REJECTED, None));
}

#[test]
fn levels_that_need_a_look_are_told_by_the_code() {
    let exit = |levels| {
        let summary = Summary { levels: Some(levels), ..Summary::default() };
        Verdict::of(Ok(()), None, (&summary, false)).exit
    };
    let none = LevelSummary::default;
    assert_eq!(
        exit(LevelSummary { first: 1, waiting: 1, gone: 1, not_carried: 1, moved: 1, ..none() }),
        verdict::DONE
    );
    for levels in [
        LevelSummary { oversold: 1, ..none() },
        LevelSummary { not_written: 1, ..none() },
        LevelSummary { uncertain: 1, ..none() },
        LevelSummary { unclear: 1, ..none() },
    ] {
        assert_eq!(exit(levels), verdict::SOME_REJECTED);
    }
}

/// What people read in `status` and in the help is what scripts are promised.
#[test]
fn exit_codes_mean_what_is_promised() {
    let contracts = include_str!("../../../../docs/CONTRACTS.md");
    for (code, meaning) in verdict::MEANINGS {
        let promised = contracts.lines().any(|line| match (code, meaning.rsplit_once(" by ")) {
            (130 | 143, Some((stopped, signal))) => {
                line.starts_with("| 130, 143 |") && line.contains(stopped) && line.contains(signal)
            }
            _ => line.starts_with(&format!("| {code} | {meaning}")),
        });
        assert!(promised, "{code}: {meaning}");
    }
    assert_eq!(verdict::meaning(99), "failed");
}

#[test]
fn the_first_reason_to_stop_counts() {
    let stop = Stop::default();
    stop.ask(Why::Signal(signals::Signal::Terminate));
    stop.ask(Why::Lost(LOST.to_owned()));
    let told = Verdict::of(Err(RunError::Stopped), stop.why(), (&Summary::default(), false));
    assert_eq!(told.exit, 143);
}
