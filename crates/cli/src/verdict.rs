//! What a run comes to: its exit code, and what people are told of its failure.

use connector::{LevelSummary, RunError, Summary};

use super::signals::Signal;
use super::stop::Why;

pub(crate) const DONE: u8 = 0;
pub(crate) const FAILED: u8 = 1;
pub(crate) const WRONG_SETTINGS: u8 = 2;
pub(crate) const SOME_REJECTED: u8 = 3;
pub(crate) const TRY_LATER: u8 = 75;
/// What a shell calls the end by SIGPIPE: 128 and its number.
pub(crate) const NOBODY_READS: u8 = 141;

/// What each exit code means, as docs/CONTRACTS.md has it.
pub(crate) const MEANINGS: [(u8, &str); 8] = [
    (DONE, "done"),
    (FAILED, "failed"),
    (WRONG_SETTINGS, "wrong usage or settings, or a question that only the user can answer"),
    (SOME_REJECTED, "done, but some goods were rejected or some stock levels need a look"),
    (TRY_LATER, "try again later"),
    (Signal::Interrupt.exit_code(), "stopped by SIGINT"),
    (NOBODY_READS, "nobody reads standard output any more"),
    (Signal::Terminate.exit_code(), "stopped by SIGTERM"),
];

/// What a remembered exit code means.
pub(crate) fn meaning(exit: i32) -> &'static str {
    let known = MEANINGS.iter().find(|(code, _)| i32::from(*code) == exit);
    known.map_or("failed", |(_, meaning)| meaning)
}

/// What a run comes to.
pub(crate) struct Verdict {
    pub(crate) exit: u8,
    pub(crate) error: Option<String>,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Verdict {
    /// From how its work ended, why it was asked to stop, what it has done, and whether beside that something needs a look.
    pub(crate) fn of(
        done: Result<(), RunError>,
        why: Option<&Why>,
        (summary, needs_a_look): (&Summary, bool),
    ) -> Self {
        let verdict = |exit, error: String| Self { exit, error: Some(error), hint: None };
        match (done, why) {
            // Without its output a run that has come to its end is not done either.
            (_, Some(Why::BrokenPipe)) => Self { exit: NOBODY_READS, error: None, hint: None },
            (_, Some(Why::Output(what))) => {
                verdict(FAILED, format!("standard output cannot be written: {what}"))
            }
            (Ok(()), _) => {
                let has_trouble = summary.levels.as_ref().is_some_and(LevelSummary::has_trouble);
                let exit =
                    if summary.rejected > 0 || has_trouble || needs_a_look { SOME_REJECTED } else { DONE };
                Self { exit, error: None, hint: None }
            }
            (Err(RunError::Stopped), Some(Why::MaxTime(limit))) => Self {
                hint: Some("give it more time, or fewer products".to_owned()),
                ..verdict(TRY_LATER, format!("stopped: --max-time of {} s is over", limit.as_secs()))
            },
            (Err(RunError::Stopped), Some(Why::Lost(what))) => {
                let hint = RunError::TryLater { what: String::new() }.hint().map(str::to_owned);
                Self { hint, ..verdict(TRY_LATER, what.clone()) }
            }
            (Err(RunError::Stopped), Some(Why::Signal(signal))) => {
                verdict(signal.exit_code(), format!("stopped by {}", signal.name()))
            }
            // A terminal that was interrupted says so before the signal is heard.
            (Err(RunError::Stopped), None) => {
                verdict(Signal::Interrupt.exit_code(), format!("stopped by {}", Signal::Interrupt.name()))
            }
            (Err(error), _) => {
                let exit = match error {
                    RunError::Settings { .. } => WRONG_SETTINGS,
                    RunError::TryLater { .. } => TRY_LATER,
                    _ => FAILED,
                };
                Self { hint: error.hint().map(str::to_owned), ..verdict(exit, error.to_string()) }
            }
        }
    }
}
