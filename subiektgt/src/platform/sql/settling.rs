//! What people say that became of documents.

use std::collections::HashSet;

use connector::{Outstanding, PlatformError, Settled};

use super::documents::Documents;
use super::opened::Opened;
use super::shown::Shown;
use crate::documents::entry::{Document, Entry, Fate};
use crate::documents::outbox;
use crate::documents::registry::Registry;
use crate::sql::{Database, Failure};

impl Documents {
    /// Takes down what a person says. Who discards must tell the firm, so that nothing is that the program has taken in.
    pub(super) async fn settle(
        &self,
        firm: Option<(&Database, &Opened)>,
        name: &str,
        settled: Settled,
    ) -> Result<Outstanding, PlatformError> {
        let registry = self.registry()?;
        let Some((mut entry, was)) = meant(registry, name, settled)? else {
            return Err(PlatformError::Settings {
                what: format!("no document {name} is outstanding"),
                hint: "`stock outstanding` lists them by their files and numbers".to_owned(),
            });
        };
        let of_it = entry.named(name).filter(|document| document.fate() == was);
        let named: Vec<String> = of_it.map(|document| document.number.clone()).collect();
        let is_named = |document: &Document| named.contains(&document.number);
        let told = entry.told(Some(settled), is_named);
        // Said once more it is known already: all there is to do is what was left to be done.
        if was != Some(settled.into()) {
            let booked = match firm {
                Some(firm) if settled == Settled::Discarded => taken_in(firm, &entry, &named).await?,
                _ => HashSet::new(),
            };
            let now = self.clock.now();
            entry.documents.iter_mut().filter(|document| is_named(document)).for_each(|document| {
                // Of two documents in a file the program may have taken in one.
                let fate = if booked.contains(&document.number) { Fate::Booked } else { settled.into() };
                document.settle(fate, now);
            });
            registry.put(&entry).map_err(|error| PlatformError::Failed {
                what: format!("it cannot be taken down what became of {name}: {error}"),
            })?;
        }
        let mut told = told.ok_or_else(|| PlatformError::Failed { what: format!("{name} holds nothing") })?;
        if settled == Settled::Discarded {
            told.troubles.extend(take_away(&entry, name));
        }
        Ok(told)
    }
}

/// The file that a person means, and what was known so far of those of its documents that are meant.
fn meant(
    registry: &Registry,
    name: &str,
    settled: Settled,
) -> Result<Option<(Entry, Option<Fate>)>, PlatformError> {
    let mut all = registry.all()?;
    let has = |entry: &mut Entry, fate| entry.named(name).any(|document| document.fate() == fate);
    let mut found = None;
    for entry in &mut all {
        if has(entry, None) && !is_unseen(entry)? {
            found = Some((entry.clone(), None));
        }
    }
    if found.is_some() {
        return Ok(found);
    }
    // A run that was killed has left its file, and what the program took in after all is told until somebody says that it counts.
    if settled == Settled::Discarded {
        all.extend(registry.set_aside()?);
    }
    let discarded = Some(Fate::Discarded);
    Ok(all.into_iter().rev().find_map(|mut entry| has(&mut entry, discarded).then_some((entry, discarded))))
}

/// Which of these the program has taken in already.
///
/// # Errors
/// When it has taken in all of them.
async fn taken_in(
    (database, opened): (&Database, &Opened),
    entry: &Entry,
    named: &[String],
) -> Result<HashSet<String>, PlatformError> {
    let shown = Shown::of(database, named).await.map_err(Failure::of_run)?.unwrap_or_default();
    let open = entry.open().filter(|document| shown.has(entry, document, &opened.warehouses));
    let booked: HashSet<String> = open.map(|document| document.number.clone()).collect();
    if named.iter().all(|number| booked.contains(number)) {
        return Err(PlatformError::Settings {
            what: format!("the program has taken {} in already", named.join(" and ")),
            hint: "say --booked, or take the document back in the program first".to_owned(),
        });
    }
    Ok(booked)
}

/// Takes away a file of which nothing is to be taken in any more, or tells what a person has to see to.
fn take_away(entry: &Entry, name: &str) -> Option<String> {
    let file = entry.file.display();
    if !entry.is_settled() {
        return Some(format!(
            "{file} holds another document beside: see that {name} is not taken in from it"
        ));
    }
    let why = outbox::take_away(entry).err()?;
    Some(format!("{file} cannot be removed ({why}): see that nobody takes it in any more"))
}

/// Whether nobody can have taken a file in. Where nobody can look, nobody knows.
fn is_unseen(entry: &Entry) -> Result<bool, PlatformError> {
    entry.is_unseen().map_err(|error| PlatformError::Failed {
        what: format!(
            "it cannot be seen whether {} was ever put into {}: {error}",
            entry.number,
            entry.folder().display()
        ),
    })
}
