//! What became of documents, by the program's own table and by what is remembered.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use connector::{AdjustmentKey, Known, Outstanding, PlatformError, Settled};
use gateway_core::model::ProductId;

use super::documents::Documents;
use super::opened::Opened;
use super::shown::Shown;
use super::writing::{Named, named};
use crate::documents::entry::{Document, Entry, Fate, by_key};
use crate::sql::{Database, Failure};

/// How long a file that is not where it was put any more is nobody's business.
const ON_ITS_WAY: TimeDelta = TimeDelta::days(1);

impl Documents {
    /// What became of changes that were asked for earlier.
    pub(super) async fn find(
        &self,
        (database, opened): (&Database, &Opened),
        keys: &[AdjustmentKey],
    ) -> Result<Vec<Known>, PlatformError> {
        let Ok(registry) = self.registry() else { return Ok(vec![Known::Forgotten; keys.len()]) };
        let mut all = registry.all()?;
        let is_there = by_key(&all);
        if !keys.iter().all(|key| is_there.contains_key(key.as_str())) {
            all.extend(registry.set_aside()?);
        }
        let documents = by_key(&all);
        let asked = || keys.iter().filter_map(|key| documents.get(key.as_str()));
        let mut numbers: Vec<String> = asked()
            .filter(|(_, document)| document.fate().is_none())
            .map(|(_, document)| document.number.clone())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let shown = Shown::of(database, &numbers).await.map_err(Failure::of_run)?.unwrap_or_default();
        let known = |key: &AdjustmentKey| {
            let Some((entry, document)) = documents.get(key.as_str()) else { return Known::Forgotten };
            match document.fate() {
                Some(Fate::Booked) => Known::Done,
                Some(Fate::Discarded) => Known::NotDone,
                None if shown.has(entry, document, &opened.warehouses) => {
                    self.has_told(&document.number);
                    Known::Done
                }
                None => match entry.is_unseen() {
                    Ok(true) => Known::NotDone,
                    Ok(false) => Known::Outstanding,
                    // It may be there. One file at which nobody can look does not stop what has nothing to do with it.
                    Err(error) => {
                        tracing::warn!(%error, number = entry.number, "it cannot be seen whether a file of documents was ever put in its place");
                        Known::Outstanding
                    }
                },
            }
        };
        Ok(keys.iter().map(known).collect())
    }

    /// The files that the program has not taken in as far as is known, and others at which a person has to look.
    pub(super) async fn outstanding(
        &self,
        database: &Database,
        opened: Result<&Opened, PlatformError>,
    ) -> Result<Vec<Outstanding>, PlatformError> {
        let registry = self.registry()?;
        let mut all = registry.all()?;
        let (shown, sold) = self.shown(database, opened, &all).await;
        self.take_down(registry, &mut all, (&shown, sold));
        let mut told: Vec<Outstanding> =
            all.iter().flat_map(|entry| of_entry(entry, (&shown, sold), self.clock.now())).collect();
        let outstanding = || told.iter().filter(|one| one.settled.is_none());
        let mut products: Vec<&ProductId> =
            outstanding().flat_map(|open| open.lines.iter().map(|line| &line.product)).collect();
        products.sort_unstable();
        products.dedup();
        match named(database, &products).await {
            Ok(goods) => told
                .iter_mut()
                .filter(|one| one.settled.is_none())
                .for_each(|open| open.troubles.extend(renamed(open, &goods))),
            Err(failure) => {
                tracing::info!(error = %failure.of_run(), "it cannot be seen whether goods have other symbols now");
            }
        }
        Ok(told)
    }

    /// What the program shows of all that is to be looked at. Where nobody may see that people are told.
    async fn shown<'a>(
        &self,
        database: &Database,
        opened: Result<&'a Opened, PlatformError>,
        all: &[Entry],
    ) -> (Shown, &'a [i32]) {
        let watched = |entry: &'_ Entry| -> Vec<String> {
            entry.open().chain(entry.discarded()).map(|document| document.number.clone()).collect()
        };
        let numbers: Vec<String> = all.iter().flat_map(watched).collect();
        let (shown, sold) = match opened {
            Ok(opened) => {
                (Shown::of(database, &numbers).await.map_err(Failure::of_run), opened.warehouses.as_slice())
            }
            Err(error) => (Err(error), &[][..]),
        };
        let why = match shown {
            Ok(Some(shown)) => return (shown, sold),
            Ok(None) => {
                "the login may not read dok__Dokument, so nobody can see which documents the program has taken in: tell by `stock \
                 outstanding --booked`, or GRANT SELECT ON dok__Dokument"
                    .to_owned()
            }
            Err(why) => format!("nobody can see which documents the program has taken in: {why}"),
        };
        self.notes.say(&why);
        (Shown::default(), sold)
    }
}

/// What there is to tell of a file: what of it is outstanding, what was taken in more often than once, and what although it was discarded.
fn of_entry(entry: &Entry, (shown, sold): (&Shown, &[i32]), now: DateTime<Utc>) -> Vec<Outstanding> {
    let is_open = |document: &Document| document.fate().is_none();
    let is_in = |document: &Document| shown.has(entry, document, sold);
    let is_double = |document: &Document| is_open(document) && shown.times(entry, document, sold) > 1;
    let is_unseen = entry.is_unseen();
    let waits = entry.told(None, |document| is_open(document) && !is_in(document)).map(|mut open| {
        open.troubles = entry
            .open()
            .filter_map(|document| Some((document, shown.why_not(entry, document, sold)?)))
            .map(|(document, why)| {
                format!(
                    "{} stands in the program, {why}: it counts as not taken in. Put it right there, or take it back there and say \
                     --discard {0}; where the levels are right all the same, say --booked {0}",
                    document.number
                )
            })
            .chain(whereabouts(entry, now))
            .collect();
        open
    });
    let double = entry.told(Some(Settled::Booked), is_double).map(|mut double| {
        double.troubles = entry
            .documents
            .iter()
            .filter(|document| is_double(document))
            .map(|document| {
                format!(
                    "{} stands in the program {} times, and the levels have moved by it as often: take all but one back there; where the \
                     levels are right all the same, say --booked {0}",
                    document.number,
                    shown.times(entry, document, sold)
                )
            })
            .collect();
        double
    });
    let is_left = entry.is_to_be_removed() && entry.file.try_exists().unwrap_or(false);
    let is_discarded = |document: &Document| document.fate() == Some(Fate::Discarded);
    let is_told = |document: &Document| is_discarded(document) && (is_left || is_in(document));
    let discarded = entry.told(Some(Settled::Discarded), is_told).map(|mut discarded| {
        let left = is_left.then(|| {
            format!(
                "{} was discarded and is still there: remove it, so that nobody takes it in, or say --discard {} once more",
                entry.file.display(),
                entry.number
            )
        });
        let taken_in = entry.discarded().filter(|document| is_in(document)).map(|document| {
            format!(
                "{} stands in the program although it was discarded: the levels have moved by it, and what it says is asked for anew. Take it \
                 back there; where the levels are right all the same, say --booked {0}",
                document.number
            )
        });
        discarded.troubles = left.into_iter().chain(taken_in).collect();
        discarded
    });
    let waits = waits.filter(|_| !matches!(is_unseen, Ok(true)));
    [waits, double, discarded].into_iter().flatten().collect()
}

/// That a file is not where people look for it, if so.
fn whereabouts(entry: &Entry, now: DateTime<Utc>) -> Option<String> {
    let (file, number) = (entry.file.display(), &entry.number);
    match entry.file.try_exists() {
        Ok(true) => None,
        // Who takes it in may have taken it to another machine.
        Ok(false) if entry.is_placed && now.signed_duration_since(entry.at) < ON_ITS_WAY => None,
        Ok(false) if entry.is_placed => Some(format!(
            "{file} is not there any more: where it was taken in say --booked {number}, where nobody is going to take it in say --discard {number}"
        )),
        Ok(false) => Some(format!(
            "{file} is not there, and it may never have been there: look in the program whether it was taken in, then say --booked {number} or \
             --discard {number}"
        )),
        Err(why) => Some(format!("it cannot be seen whether {file} is there: {why}")),
    }
}

/// What is to be told of goods that an outstanding document names by symbols which they do not bear any more: the program finds others by
/// these, or none.
fn renamed(open: &Outstanding, goods: &HashMap<ProductId, Named>) -> Vec<String> {
    let trouble = |line: &connector::OutstandingLine| {
        let now = goods.get(&line.product).map(|good| good.symbol.trim());
        if now.is_some_and(|now| now.to_uppercase() == line.symbol.to_uppercase()) {
            return None;
        }
        let now =
            now.map_or_else(|| "is not there any more".to_owned(), |now| format!("is called {now} now"));
        Some(format!(
            "{} names the good {} by the symbol {}, and it {now}: do not take the file in, but say --discard {0}",
            open.numbers.join(" and "),
            line.product,
            line.symbol
        ))
    };
    open.lines.iter().filter_map(trouble).collect()
}
