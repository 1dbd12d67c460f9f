//! What a run says: results on standard output, everything else on standard error.

mod json;
mod pace;
mod plain;
mod progress;
mod screen;
mod text;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use connector::{Event, ShopInfo, Summary};
use serde::Serialize;

use crate::settings::Voice;
use crate::stop::Stop;
use progress::Progress;
pub(crate) use screen::Screen;

/// For whom results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// People.
    Text,
    /// Programs: one JSON object per line.
    Json,
}

/// Requests sent in a run.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Requests {
    pub(crate) shop: u64,
    pub(crate) gateway: u64,
}

/// How a run ended.
pub(crate) struct Ending {
    pub(crate) exit: u8,
    pub(crate) error: Option<String>,
    pub(crate) requests: Requests,
    pub(crate) took: Duration,
}

/// Says everything that a run has to say. Cheap to clone; clones count together.
#[derive(Clone)]
pub(crate) struct Output(Arc<Inner>);

struct Inner {
    screen: Screen,
    voice: Voice,
    progress: Progress,
    /// What has been told so far, so that a run that is left in the middle has a summary too.
    so_far: Mutex<Summary>,
}

impl Output {
    pub(crate) fn new(voice: Voice, stop: Stop, clock: Clock) -> Self {
        let screen = Screen::new(stop);
        let progress = Progress::new(voice, screen.clone(), clock);
        Self(Arc::new(Inner { screen, voice, progress, so_far: Mutex::default() }))
    }

    /// Where lines go.
    pub(crate) fn screen(&self) -> &Screen {
        &self.0.screen
    }

    pub(crate) fn is_json(&self) -> bool {
        self.0.voice.format == Format::Json
    }

    /// What has been done so far.
    pub(crate) fn so_far(&self) -> Summary {
        self.counts().clone()
    }

    fn counts(&self) -> MutexGuard<'_, Summary> {
        self.0.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An engine's event.
    pub(crate) fn event(&self, event: &Event<'_>) {
        self.count(event);
        match event {
            Event::Progress(summary) => self.0.progress.told(summary),
            Event::Shop(info) => self.shop(info),
            _ => {
                let shown = matches!(event, Event::Rejected(_)) || !self.0.voice.quiet;
                match (self.0.voice.format, event) {
                    (Format::Json, _) => self.json(json::event(event)),
                    (Format::Text, Event::Warning(warning)) => self.complain(&text::warning(warning)),
                    (Format::Text, _) if shown => self.result(text::event(event)),
                    _ => {}
                }
            }
        }
    }

    fn count(&self, event: &Event<'_>) {
        let mut so_far = self.counts();
        match event {
            Event::Progress(summary) => {
                // The engine does not know of warnings that are told here.
                let warnings = so_far.warnings;
                *so_far = Summary { warnings, ..(*summary).clone() };
            }
            Event::Would(_) => so_far.created += 1,
            Event::Rejected(_) => so_far.rejected += 1,
            Event::Skipped(_) => so_far.skipped += 1,
            Event::Warning(_) => so_far.warnings += 1,
            _ => {}
        }
    }

    /// The engine's own count, which is exact.
    pub(crate) fn counted(&self, summary: &Summary) {
        self.count(&Event::Progress(summary));
    }

    fn shop(&self, info: &ShopInfo) {
        match self.0.voice.format {
            Format::Json => self.json(json::shop(info)),
            Format::Text => {
                let title = info.title.as_deref().unwrap_or("the shop");
                self.note(&format!("reading {title}"));
            }
        }
        self.0.progress.begin(info.products);
        for warning in &info.warnings {
            self.warn(warning);
        }
    }

    /// A warning that concerns the whole run.
    pub(crate) fn warn(&self, what: &str) {
        let warning = connector::Warning { product: None, variant: None, what: what.to_owned() };
        self.event(&Event::Warning(&warning));
    }

    /// A line of results for people.
    pub(crate) fn result(&self, line: impl AsRef<str>) {
        self.0.screen.out(line.as_ref());
    }

    /// A line of results for programs.
    pub(crate) fn json(&self, value: impl Serialize) {
        self.0.screen.out(&json::line(&value));
    }

    /// Bytes that are a result as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        self.0.screen.bytes(bytes);
    }

    /// Something for people on standard error that a quiet run does not say.
    pub(crate) fn note(&self, line: &str) {
        if !self.0.voice.quiet && !self.is_json() {
            self.0.screen.err(line);
        }
    }

    /// A warning on standard error.
    fn complain(&self, what: &str) {
        if !self.0.voice.quiet {
            self.0.screen.err(&format!("warning: {what}"));
        }
    }

    /// Whether results that are not asked for by name are shown.
    pub(crate) fn is_quiet(&self) -> bool {
        self.0.voice.quiet
    }

    /// An error, and what to do about it.
    pub(crate) fn error(&self, what: &str, hint: Option<&str>) {
        self.0.progress.end();
        self.0.screen.err(&format!("error: {what}"));
        if let Some(hint) = hint.filter(|hint| !hint.is_empty()) {
            self.0.screen.err(&format!("hint: {hint}"));
        }
    }

    /// The end of a dry run: its summary, unless it ended before it told anything.
    pub(crate) fn dry_run_summary(&self, ending: &Ending) {
        self.0.progress.end();
        let summary = self.so_far();
        let has_told = ending.error.is_none() || summary != Summary::default();
        if has_told && !self.is_json() && !self.0.voice.quiet {
            for line in text::dry_run_summary(&summary, ending) {
                self.result(line);
            }
        }
    }

    /// The last line of every run. What is left in the middle says nothing after it.
    pub(crate) fn finished(&self, ending: &Ending) {
        self.0.progress.end();
        let last = self.is_json().then(|| json::line(&json::finished(&self.so_far(), ending)));
        self.0.screen.close(last.as_deref());
    }
}
