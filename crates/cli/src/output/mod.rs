//! What a run says: results on standard output, everything else on standard error.

mod json;
mod levels;
mod pace;
mod plain;
mod progress;
mod screen;
mod text;
mod wording;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::Clock;
use connector::{ChangeKind, Event, LevelSummary, ShopInfo, Summary};
use serde::Serialize;
use serde_json::Value;

use crate::settings::Voice;
use crate::stop::Stop;
pub(crate) use levels::of_a_pass as levels_of_a_pass;
use progress::Progress;
pub(crate) use screen::Screen;
pub(crate) use wording::{number, of_variant};

/// For whom results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// People.
    Text,
    /// Programs: one JSON object per line.
    Json,
    /// Spreadsheets. Everything but the one result that is a table is for people.
    Csv,
}

/// Requests sent in a run.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Requests {
    pub(crate) shop: u64,
    pub(crate) gateway: u64,
}

/// What an import or a pass over the stock levels is, to say at its end what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing is written.
    DryRun,
    /// Goods get categories.
    Import,
    /// Nobody told how categories are mapped.
    ImportWithoutCategories,
    /// A pass over the stock levels.
    Levels { is_dry_run: bool },
}

/// The words for what was done about a variant, and for what would be.
fn words(kind: ChangeKind) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Created => ("created", "create"),
        ChangeKind::Updated => ("updated", "update"),
        ChangeKind::Linked => ("linked", "link"),
        ChangeKind::Restored => ("restored", "restore"),
        ChangeKind::Archived => ("archived", "archive"),
    }
}

/// What is counted of a pass.
fn levels(so_far: &mut Summary) -> &mut LevelSummary {
    so_far.levels.get_or_insert_default()
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
    /// How many goods without a mark that can be linked have been told of.
    candidates: AtomicUsize,
    /// Whether a person was told of something else to look at than what is counted.
    needs_a_look: AtomicBool,
}

impl Output {
    pub(crate) fn new(voice: Voice, stop: Stop, clock: Clock) -> Self {
        let screen = Screen::new(stop);
        let progress = Progress::new(voice, screen.clone(), clock);
        Self(Arc::new(Inner {
            screen,
            voice,
            progress,
            so_far: Mutex::default(),
            candidates: AtomicUsize::new(0),
            needs_a_look: AtomicBool::new(false),
        }))
    }

    /// Where lines go.
    pub(crate) fn screen(&self) -> &Screen {
        &self.0.screen
    }

    pub(crate) fn is_json(&self) -> bool {
        self.0.voice.format == Format::Json
    }

    pub(crate) fn is_csv(&self) -> bool {
        self.0.voice.format == Format::Csv
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
        if matches!(
            event,
            Event::Would(_)
                | Event::Changed(_)
                | Event::Rejected { .. }
                | Event::Skipped(_)
                | Event::Level(_)
                | Event::LevelNotice(_)
        ) {
            self.0.progress.reads(|| self.so_far());
        }
        match event {
            Event::Progress(summary) => self.0.progress.told(summary),
            Event::Listed { products } => self.0.progress.listed(*products),
            Event::Shop(info) => self.shop(info),
            _ => match (self.0.voice.format, event) {
                (Format::Json, _) => self.json(json::event(event)),
                (_, Event::Warning(warning)) => self.complain(&text::warning(warning)),
                (_, Event::Waiting { variants, at_most }) => {
                    self.note(&text::waiting(*variants, *at_most));
                }
                (_, _) if self.is_shown(event) => self.result(text::event(event)),
                _ => {}
            },
        }
    }

    /// Whether people are shown an event on standard output: in a quiet run what they have to act on; of what an import did
    /// what is out of the ordinary, unless more is asked for.
    fn is_shown(&self, event: &Event<'_>) -> bool {
        /// More than these are told by their number alone.
        const MOST_CANDIDATES: usize = 10;
        let voice = self.0.voice;
        match event {
            // Cron, which runs it again and again, has mailed the others.
            Event::Rejected { is_new, .. } if voice.quiet => *is_new || self.0.screen.is_terminal(),
            Event::LevelNotice(notice) if voice.quiet => {
                notice.kind.needs_a_look() && (notice.is_new || self.0.screen.is_terminal())
            }
            Event::Rejected { .. } | Event::Fault(_) => true,
            _ if voice.quiet => false,
            Event::Level(change) => !change.is_done || voice.verbosity > 0,
            Event::Changed(change) if change.is_done && voice.verbosity == 0 => {
                !matches!(change.kind, ChangeKind::Created | ChangeKind::Updated)
            }
            Event::Candidate(_) if voice.verbosity == 0 => {
                self.0.candidates.fetch_add(1, Ordering::Relaxed) < MOST_CANDIDATES
            }
            _ => true,
        }
    }

    fn count(&self, event: &Event<'_>) {
        let mut so_far = self.counts();
        match event {
            Event::Progress(summary) => {
                // The engine does not know of warnings that are told here. A pass stays one, whatever it has counted.
                let warnings = so_far.warnings;
                let levels = summary.levels.clone().or_else(|| so_far.levels.take());
                *so_far = Summary { warnings, levels, ..(*summary).clone() };
            }
            Event::Would(_) => so_far.created += 1,
            Event::Changed(change) => so_far.count(change.kind),
            Event::Rejected { .. } => so_far.rejected += 1,
            Event::Skipped(_) => so_far.skipped += 1,
            Event::Warning(_) => so_far.warnings += 1,
            Event::Level(change) => levels(&mut so_far).count(change.side),
            Event::LevelNotice(notice) => levels(&mut so_far).notice(notice.kind),
            _ => {}
        }
    }

    /// From now on it is a pass over the stock levels that is counted.
    pub(crate) fn counts_levels(&self) {
        levels(&mut self.counts());
    }

    /// The pass begins.
    pub(crate) fn reads_levels(&self) {
        self.0.progress.begin(None, levels::READS);
    }

    /// The engine's own count, which is exact.
    pub(crate) fn counted(&self, summary: &Summary) {
        self.count(&Event::Progress(summary));
    }

    fn shop(&self, info: &ShopInfo) {
        match self.0.voice.format {
            Format::Json => self.json(json::shop(info)),
            Format::Text | Format::Csv => {
                let title = info.title.as_deref().unwrap_or("the shop");
                self.note(&format!("reading {title}"));
            }
        }
        // A pass has begun already, and counts no products.
        if self.counts().levels.is_none() {
            self.0.progress.begin(info.products, progress::LOOKS);
        }
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

    /// Something that a person has to look at, which a quiet run says too. Programs are told it elsewhere.
    pub(crate) fn trouble(&self, what: &str) {
        self.0.needs_a_look.store(true, Ordering::Relaxed);
        if !self.is_json() {
            self.result(what);
        }
    }

    /// Whether there was something of that kind.
    pub(crate) fn needs_a_look(&self) -> bool {
        self.0.needs_a_look.load(Ordering::Relaxed)
    }

    /// A line of results for people, unless the results are for programs or nobody wants to hear.
    pub(crate) fn result_for_people(&self, line: impl AsRef<str>) {
        if self.0.voice.format == Format::Text && !self.0.voice.quiet {
            self.result(line);
        }
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

    /// The end of an import or a pass: its summary, unless it ended before it told anything.
    pub(crate) fn summary(&self, kind: Kind, ending: &Ending) {
        self.0.progress.end();
        let summary = self.so_far();
        let nothing = Summary {
            levels: summary.levels.as_ref().map(|_| LevelSummary::default()),
            ..Summary::default()
        };
        let has_told = ending.error.is_none() || summary != nothing;
        if has_told && !self.is_json() && !self.0.voice.quiet {
            for line in text::summary(kind, &summary, ending) {
                self.result(line);
            }
        }
    }

    /// What the run has done, as the last line tells it, to be kept.
    pub(crate) fn counts_of(&self, ending: &Ending) -> Value {
        json::counts(&self.so_far(), ending)
    }

    /// The last line of every run. What is left in the middle says nothing after it.
    pub(crate) fn finished(&self, ending: &Ending) {
        self.0.progress.end();
        let last = self.is_json().then(|| json::line(&json::finished(&self.so_far(), ending)));
        self.0.screen.close(last.as_deref());
    }
}
