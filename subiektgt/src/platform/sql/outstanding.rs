//! What became of documents, by the program's own table or by what people say.

use std::collections::HashSet;
use std::path::Path;

use connector::{AdjustmentKey, Known, Outstanding, PlatformError, Settled};
use gateway_core::model::ProductId;

use super::documents::Documents;
use super::opened::Opened;
use super::shown::Shown;
use super::writing::named;
use crate::documents::entry::{Document, Entry, Fate, by_key};
use crate::documents::outbox;
use crate::sql::{Database, Failure};

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
            let Some((entry, document)) = documents.get(key.as_str()) else { return Ok(Known::Forgotten) };
            Ok(match document.fate() {
                Some(Fate::Booked) => Known::Done,
                Some(Fate::Discarded) => Known::NotDone,
                None if shown.has(entry, document, &opened.warehouses) => Known::Done,
                None if is_unseen(entry)? => Known::NotDone,
                None => Known::Outstanding,
            })
        };
        keys.iter().map(known).collect()
    }

    /// The files that the program has not taken in as far as is known. What a person should know of them is told beside.
    pub(super) async fn outstanding(
        &self,
        database: &Database,
        opened: Result<&Opened, PlatformError>,
    ) -> Result<Vec<Outstanding>, PlatformError> {
        let all = self.registry()?.all()?;
        let (shown, sold) = match opened {
            Ok(opened) => {
                (Shown::of(database, &numbers(&all)).await.map_err(Failure::of_run), &*opened.warehouses)
            }
            Err(error) => (Err(error), &[][..]),
        };
        let shown = match shown {
            Ok(Some(shown)) => shown,
            Ok(None) => {
                self.notes.say(
                    "the login may not read dok__Dokument, so nobody can see which documents the program has taken in: tell by `stock \
                     outstanding --booked`, or GRANT SELECT ON dok__Dokument",
                );
                Shown::default()
            }
            Err(why) => {
                self.notes.say(&format!("nobody can see which documents the program has taken in: {why}"));
                Shown::default()
            }
        };
        let mut outstanding = Vec::new();
        for entry in &all {
            let is_open =
                |document: &Document| document.fate().is_none() && !shown.has(entry, document, sold);
            let Some(open) = entry.outstanding(is_open) else { continue };
            if is_unseen(entry)? {
                continue;
            }
            for document in entry.open() {
                if let Some(trouble) = shown.trouble(entry, document, sold) {
                    self.notes.say(&format!(
                        "{} stands in the program, {trouble}: it counts as not taken in. Put it right there, or take it back there and say \
                         --discard {0}; where the levels are right all the same, say --booked {0}",
                        document.number
                    ));
                }
            }
            outstanding.push(open);
        }
        if let Err(failure) = self.tell_renamed(database, &outstanding).await {
            tracing::info!(error = %failure.of_run(), "it cannot be seen whether goods have other symbols now");
        }
        Ok(outstanding)
    }

    /// Tells of goods that outstanding documents name by symbols which they do not bear any more: the program finds others by these, or none.
    async fn tell_renamed(&self, database: &Database, outstanding: &[Outstanding]) -> Result<(), Failure> {
        let lines = || outstanding.iter().flat_map(|open| open.lines.iter().map(move |line| (open, line)));
        let mut products: Vec<&ProductId> = lines().map(|(_, line)| &line.product).collect();
        products.sort_unstable();
        products.dedup();
        let goods = named(database, &products).await?;
        for (open, line) in lines() {
            let now = goods.get(&line.product).map(|good| good.symbol.trim());
            if now.is_some_and(|now| now.to_uppercase() == line.symbol.to_uppercase()) {
                continue;
            }
            let now =
                now.map_or_else(|| "is not there any more".to_owned(), |now| format!("is called {now} now"));
            self.notes.say(&format!(
                "{} names the good {} by the symbol {}, and it {now}: do not take the file in, but say --discard {0}",
                open.numbers.join(" and "),
                line.product,
                line.symbol
            ));
        }
        Ok(())
    }

    /// Takes down what a person says.
    pub(super) async fn settle(
        &self,
        (database, opened): (&Database, &Opened),
        name: &str,
        settled: Settled,
    ) -> Result<Outstanding, PlatformError> {
        let registry = self.registry()?;
        let (mut all, now) = (registry.all()?, self.clock.now());
        let mut found = None;
        for entry in &mut all {
            if entry.named(name).any(|document| document.fate().is_none()) && !is_unseen(entry)? {
                found = Some(entry);
            }
        }
        let entry = found.ok_or_else(|| PlatformError::Settings {
            what: format!("no document {name} is outstanding"),
            hint: "`stock outstanding` lists them by their files and numbers".to_owned(),
        })?;
        let named: Vec<String> = entry
            .named(name)
            .filter(|document| document.fate().is_none())
            .map(|document| document.number.clone())
            .collect();
        let mut booked = HashSet::new();
        if settled == Settled::Discarded {
            let shown = Shown::of(database, &named).await.map_err(Failure::of_run)?.unwrap_or_default();
            let open = entry.open().filter(|document| shown.has(entry, document, &opened.warehouses));
            booked = open.map(|document| document.number.clone()).collect();
            if named.iter().all(|number| booked.contains(number)) {
                return Err(PlatformError::Settings {
                    what: format!("the program has taken {} in already", named.join(" and ")),
                    hint: "say --booked, or take the document back in the program first".to_owned(),
                });
            }
        }
        let is_named = |document: &Document| named.contains(&document.number);
        let told = entry.outstanding(is_named);
        entry.documents.iter_mut().filter(|document| is_named(document)).for_each(|document| {
            // Of two documents in a file the program may have taken in one.
            let fate = if booked.contains(&document.number) { Fate::Booked } else { settled.into() };
            document.settle(fate, now);
        });
        registry.put(entry).map_err(|error| PlatformError::Failed {
            what: format!("it cannot be taken down what became of {name}: {error}"),
        })?;
        if settled == Settled::Discarded {
            self.take_away(entry, name);
        }
        told.ok_or_else(|| PlatformError::Failed { what: format!("{name} holds nothing") })
    }

    /// Takes away a file of which nothing is to be taken in any more, or tells what a person has to see to.
    fn take_away(&self, entry: &Entry, name: &str) {
        let file = entry.file.display();
        if !entry.is_settled() {
            self.notes.say(&format!(
                "{file} holds another document beside: see that {name} is not taken in from it"
            ));
        } else if let Err(why) = outbox::take_away(entry) {
            self.notes
                .say(&format!("{file} cannot be removed ({why}): see that nobody takes it in any more"));
        }
    }
}

/// The numbers of all documents of which it is not known what became.
pub(super) fn numbers(all: &[Entry]) -> Vec<String> {
    all.iter().flat_map(Entry::open).map(|document| document.number.clone()).collect()
}

/// Whether nobody can have taken a file in. Where nobody can look, nobody knows.
fn is_unseen(entry: &Entry) -> Result<bool, PlatformError> {
    let folder = entry.file.parent().unwrap_or(Path::new(".")).display().to_string();
    entry.is_unseen().map_err(|error| PlatformError::Failed {
        what: format!("it cannot be seen whether {} was ever put into {folder}: {error}", entry.number),
    })
}
