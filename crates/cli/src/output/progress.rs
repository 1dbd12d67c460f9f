//! How far a run has come: a moving line on a terminal, a plain line every so often elsewhere.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clock::Clock;
use connector::Summary;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::pace::Pace;
use super::{Format, Screen, text};
use crate::settings::Voice;

/// What an import begins with.
pub(super) const LOOKS: &str = "looking at what the marketplace has";

/// How often a terminal is shown that the program is at work.
const TICK: Duration = Duration::from_millis(120);

pub(super) struct Progress {
    how: How,
    screen: Screen,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Bar,
    Lines,
    None,
}

struct State {
    bar: Option<ProgressBar>,
    /// Whether goods have been told of; until then the marketplace is looked at.
    reads: bool,
    total: Option<usize>,
    pace: Pace,
}

impl Progress {
    pub(super) fn new(voice: Voice, screen: Screen, clock: Clock) -> Self {
        let how = if voice.quiet || voice.format == Format::Json {
            How::None
        } else if io::stderr().is_terminal() {
            How::Bar
        } else {
            How::Lines
        };
        let state = State { bar: None, reads: false, total: None, pace: Pace::new(&clock) };
        Self { how, screen, clock, state: Mutex::new(state) }
    }

    /// The reading begins, with this; so many products are there, where that is known.
    pub(super) fn begin(&self, total: Option<usize>, with: &'static str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.total = total;
        if self.how == How::Bar {
            let length = total.and_then(|total| u64::try_from(total).ok());
            let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
            let template =
                if length.is_some() { "{spinner} {bar:30} {percent}%  {msg}" } else { "{spinner} {msg}" };
            // The templates are ours; a wrong one would leave the default's look.
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(with);
            // Who waits sees that it is at work, also while nothing is told.
            bar.enable_steady_tick(TICK);
            state.bar = Some(bar.clone());
            self.screen.bar(Some(bar));
        }
    }

    /// So much of what the marketplace has is listed.
    pub(super) fn listed(&self, products: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.reads = false;
        let message = format!("{LOOKS}: {products} goods so far");
        match self.how {
            How::None => {}
            How::Bar => {
                if let Some(bar) = &state.bar {
                    bar.set_message(message);
                }
            }
            How::Lines => {
                if state.pace.is_due(&self.clock) {
                    self.screen.err(&message);
                }
            }
        }
    }

    /// Goods are told of: from the first of them on the marketplace is not all that is looked at.
    pub(super) fn reads(&self, so_far: impl FnOnce() -> Summary) {
        let is_first = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            !std::mem::replace(&mut state.reads, true)
        };
        if is_first {
            self.told(&so_far());
        }
    }

    /// So far it has come.
    pub(super) fn told(&self, summary: &Summary) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.how {
            How::None => {}
            How::Bar => {
                if let Some(bar) = &state.bar {
                    bar.set_position(summary.brought);
                    bar.set_message(text::progress(summary, state.total));
                }
            }
            How::Lines => {
                if state.pace.is_due(&self.clock) {
                    self.screen.err(&text::progress(summary, state.total));
                }
            }
        }
    }

    /// The run is over: what follows stands on a clean line.
    pub(super) fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).bar = None;
        self.screen.bar(None);
    }
}
