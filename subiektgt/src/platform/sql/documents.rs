//! Changes of levels by documents, which a person makes the program take in. The tables are only read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use clock::Clock;
use connector::{Common, Notes, Outcome, PlatformError, StockAdjustment};
use gateway_core::model::ShopKey;

use super::lines::lines;
use super::opened::Opened;
use super::shown::Shown;
use crate::documents::entry::{Document, Entry, Fate, Line as Noted};
use crate::documents::outbox::{self, NotWritten};
use crate::documents::registry::Registry;
use crate::documents::{File, Kind, Line, Number, disk};
use crate::settings::EPP_OUT;
use crate::sql::{Database, Failure};

/// The documents of a firm.
pub(super) struct Documents {
    /// Where is remembered what was written; `None` when there is no such place.
    registry: Option<Registry>,
    /// Where files are put, if the user says.
    told: Option<PathBuf>,
    shop: ShopKey,
    firm: String,
    /// The numbers of documents that this run has told to be done.
    done: Mutex<HashSet<String>>,
    pub(super) clock: Clock,
    pub(super) notes: Notes,
}

impl Documents {
    pub(super) fn new(
        told: Option<PathBuf>,
        firm: &str,
        shop: &ShopKey,
        common: &Common,
        clock: Clock,
    ) -> Self {
        Self {
            registry: common.keep.as_deref().map(|keep| Registry::new(keep, shop)),
            told,
            shop: shop.clone(),
            firm: firm.to_owned(),
            done: Mutex::default(),
            clock,
            notes: common.notes.clone(),
        }
    }

    pub(super) fn registry(&self) -> Result<&Registry, PlatformError> {
        self.registry.as_ref().ok_or_else(|| PlatformError::Settings {
            what: "there is no folder in which documents can be remembered until the program has taken them in"
                .to_owned(),
            hint: format!(
                "name a folder that outlasts the run by --spool (SPOOL); {EPP_OUT} says where the files are put, and that is not enough"
            ),
        })
    }

    /// Writes one file of all that can be written.
    pub(super) async fn adjust(
        &self,
        (database, opened): (&Database, &Opened),
        adjustments: &[StockAdjustment],
    ) -> Vec<Outcome> {
        let lines = match self.registry() {
            Ok(_) => lines(database, opened, adjustments).await.map_err(Failure::of_run),
            Err(error) => Err(error),
        };
        let lines = match lines {
            Ok(lines) => lines,
            Err(error) => return adjustments.iter().map(|_| Outcome::NotDone(error.clone())).collect(),
        };
        let good: Vec<(&StockAdjustment, Line)> = adjustments
            .iter()
            .zip(&lines)
            .filter_map(|(asked, line)| Some((asked, line.clone().ok()?)))
            .collect();
        let written = match good.is_empty() {
            true => Ok(()),
            false => self.write(database, opened, &good).await,
        };
        let outcome = |line: Result<Line, String>| match (line, &written) {
            (Err(why), _) => Outcome::Refused(why),
            (Ok(_), Ok(())) => Outcome::Accepted,
            // What may stand in a file is not asked for by another key.
            (Ok(_), Err(NotWritten { error, may_be_there: true })) => Outcome::Unknown(error.clone()),
            (Ok(_), Err(NotWritten { error, .. })) => Outcome::NotDone(error.clone()),
        };
        lines.into_iter().map(outcome).collect()
    }

    async fn write(
        &self,
        database: &Database,
        opened: &Opened,
        good: &[(&StockAdjustment, Line)],
    ) -> Result<(), NotWritten> {
        let registry = self.registry()?;
        let now = self.clock.now();
        let folder = self.folder(registry);
        self.tidy((database, opened), registry, &folder).await?;
        if self.told.is_none() {
            disk::make(&folder).map_err(|error| outbox::refused(&folder, &error))?;
        }
        let warehouse = opened.first_warehouse(database).await.map_err(Failure::of_run)?;
        let seed: String = good.iter().map(|(asked, _)| asked.key.as_str()).collect();
        let number = Number::new(now, &format!("{}\n{seed}", self.shop));
        let document = |kind| {
            let lines = good.iter().filter(|(asked, _)| Kind::of(asked.delta) == kind);
            let lines: Vec<Noted> = lines
                .map(|(asked, line)| Noted::new(&asked.key, &asked.product, &line.symbol, asked.delta))
                .collect();
            (!lines.is_empty()).then(|| Document::new(kind, number.of(kind), lines))
        };
        let written = Kind::ALL.into_iter().filter_map(document).collect();
        let place = (folder.as_path(), registry.part(&number));
        let entry = Entry::new(&number, place, now, opened.warehouses.first().copied(), written);
        let lines = good.iter().map(|(_, line)| line.clone()).collect();
        let file = File { number, at: now, firm: self.firm.clone(), warehouse, lines };
        outbox::write(registry, entry, &file.bytes())
    }

    /// Where files are put. People may call the program from anywhere, and find a file by its whole path.
    fn folder(&self, registry: &Registry) -> PathBuf {
        let folder = self.told.as_deref().unwrap_or(registry.folder());
        std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
    }

    /// Whether the user says where files are put.
    pub(super) fn has_a_folder(&self) -> bool {
        self.told.is_some()
    }

    /// Why no file could be written, if none could: looked at where the user says where, or where something is remembered.
    pub(super) fn obstacle(&self) -> Option<String> {
        let failed = match self.registry() {
            Ok(registry) => self.tried(registry).err(),
            Err(error) => self.told.is_some().then_some(error),
        };
        Some(match failed? {
            PlatformError::Settings { what, hint } => format!("{what}; {hint}"),
            other => other.to_string(),
        })
    }

    /// Tries what writing a file takes, and leaves nothing behind.
    fn tried(&self, registry: &Registry) -> Result<(), PlatformError> {
        let memory = registry.folder();
        if self.told.is_none() && !memory.exists() {
            return Ok(());
        }
        let seed = format!("{}\n{}", self.shop, std::process::id());
        let part = registry.part(&Number::new(self.clock.now(), &seed));
        if let Some(told) = &self.told {
            disk::probe(&self.folder(registry), &part).map_err(|error| outbox::refused(told, &error))?;
        }
        // It is made with the first file.
        let Some(memory) = memory.ancestors().find(|above| above.exists()) else { return Ok(()) };
        disk::probe(memory, &part).map_err(|error| PlatformError::Settings {
            what: format!(
                "nothing can be remembered in {}: {error}. So no file of documents can be written",
                memory.display()
            ),
            hint: "let this program write to it, or name another folder by --spool (SPOOL)".to_owned(),
        })
    }

    /// Notes that the engine was told that this document is done.
    pub(super) fn has_told(&self, number: &str) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).insert(number.to_owned());
    }

    /// Takes down what this run has told to be done, so that the next one need not read it. It is asked at the end of a pass, which has
    /// counted it and holds the shop for itself. What is only listed is not taken down: in the program it may be taken back before a
    /// pass has counted it.
    pub(super) fn take_down(&self, registry: &Registry, all: &mut [Entry], (shown, sold): (&Shown, &[i32])) {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if done.is_empty() {
            return;
        }
        let now = self.clock.now();
        for entry in all {
            if settle_booked(entry, (shown, sold), now, |number| done.contains(number)) {
                let is_over = entry.is_to_be_set_aside(now);
                let noted = registry.put(entry);
                let noted = if is_over { noted.and_then(|()| registry.put_aside(entry)) } else { noted };
                if let Err(error) = noted {
                    tracing::info!(%error, number = entry.number, "it cannot be noted what became of documents");
                }
            }
        }
    }

    /// Takes down what the database shows to be taken in, so that it is not asked for for ever, sets aside what is settled, and clears away
    /// what killed runs have left.
    async fn tidy(
        &self,
        (database, opened): (&Database, &Opened),
        registry: &Registry,
        folder: &Path,
    ) -> Result<(), PlatformError> {
        let mut all = registry.all()?;
        let now = self.clock.now();
        let open = all.iter().flat_map(Entry::open);
        let numbers: Vec<String> = open.map(|document| document.number.clone()).collect();
        let shown = Shown::of(database, &numbers).await.map_err(Failure::of_run)?.unwrap_or_default();
        for entry in &mut all {
            let is_abandoned = entry.is_abandoned(now);
            if is_abandoned {
                let open = entry.documents.iter_mut().filter(|document| document.fate().is_none());
                open.for_each(|document| document.settle(Fate::Discarded, now));
            }
            let is_booked = settle_booked(entry, (&shown, &opened.warehouses), now, |_| true);
            if (is_abandoned || is_booked)
                && let Err(error) = registry.put(entry)
            {
                tracing::info!(%error, number = entry.number, "it cannot be noted what became of documents");
                return Ok(());
            }
        }
        // What nobody has seen is what its other name says, and now what is taken down of it.
        let abandoned = all.iter().filter(|entry| entry.is_settled() && entry.is_abandoned(now));
        abandoned.for_each(|entry| drop(std::fs::remove_file(entry.part())));
        // A run that was killed when it discarded them has left them for people to take in.
        for entry in all.iter().filter(|entry| entry.is_to_be_removed()) {
            if let Err(error) = outbox::take_away(entry) {
                tracing::info!(%error, file = %entry.file.display(), "a discarded file cannot be removed");
            }
        }
        if let Err(error) = registry.tidy(&all, folder, now) {
            tracing::info!(%error, "what is remembered of documents cannot be tidied up");
        }
        Ok(())
    }
}

/// Takes down which of these documents the program shows to be taken in; whether there are any. What was taken in more often than once is
/// left, so that people are told as long as it is.
fn settle_booked(
    entry: &mut Entry,
    (shown, sold): (&Shown, &[i32]),
    now: DateTime<Utc>,
    is_meant: impl Fn(&str) -> bool,
) -> bool {
    let is_booked =
        |document: &&Document| is_meant(&document.number) && shown.times(entry, document, sold) == 1;
    let booked: Vec<String> =
        entry.open().filter(is_booked).map(|document| document.number.clone()).collect();
    let documents = entry.documents.iter_mut().filter(|document| booked.contains(&document.number));
    documents.for_each(|document| document.settle(Fate::Booked, now));
    !booked.is_empty()
}
