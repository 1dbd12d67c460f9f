//! The file by which people map a shop's categories to the marketplace's.
//!
//! CSV without a header, UTF-8: `source category id, source path ("A - B - C"), target, target, …`. Each target is a
//! category of the marketplace by name, or a path `A > B > C`. A row whose targets are all empty maps its category to nothing on
//! purpose. It is the format of the earlier connectors, whose users have such files.

use std::collections::HashMap;
use std::io::{Read, Write};

use gateway_core::gateway::{self, CategoryLookup};
use gateway_core::model::{CategoryId, CategoryTree};

use crate::RunError;

/// A row of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: u64,
    /// The shop's category id.
    pub id: String,
    /// The shop's path as it was when the row was written.
    pub path: String,
    /// The marketplace's categories; none is "nothing, on purpose".
    pub targets: Vec<String>,
}

/// A mapping file that can be read. Whether its targets exist is a matter of [`MappingFile::check`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingFile {
    rows: Vec<Row>,
}

/// Why a file is no mapping file.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMappingFile {
    /// It cannot be read as CSV, or is not UTF-8.
    #[error("it cannot be read: {0}")]
    Csv(#[from] csv::Error),
    /// A row without an id and a path maps nothing.
    #[error("line {line}: the row has neither a category id nor a path")]
    NoSource {
        /// The line, from 1.
        line: u64,
    },
    /// The columns are parted by semicolons, as spreadsheets in some countries do it.
    #[error("line {line}: the columns are parted by semicolons: save the file as CSV with commas")]
    Semicolons {
        /// The line, from 1.
        line: u64,
    },
    /// Two rows for one category would contradict each other.
    #[error("line {line}: category {id:?} is mapped on line {first} already")]
    Twice {
        /// The line, from 1.
        line: u64,
        /// The line of the first row.
        first: u64,
        /// The category's id.
        id: String,
    },
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The marketplace has no such category.
    #[error("line {line}: the marketplace has no category {target:?}{}", did_you_mean(.alike))]
    Unknown {
        /// The line, from 1.
        line: u64,
        /// The target as it stands there.
        target: String,
        /// Paths of categories with names that are alike.
        alike: Vec<String>,
    },
    /// Several categories bear that name.
    #[error("line {line}: {target:?} is the name of several categories, write one of: {}", .candidates.join(" | "))]
    Ambiguous {
        /// The line, from 1.
        line: u64,
        /// The target as it stands there.
        target: String,
        /// Their paths.
        candidates: Vec<String>,
    },
}

fn did_you_mean(alike: &[String]) -> String {
    if alike.is_empty() { String::new() } else { format!("; alike are: {}", alike.join(" | ")) }
}

impl MappingFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is no mapping file; the error says on which line.
    pub fn read(mut file: impl Read) -> Result<Self, InvalidMappingFile> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(csv::Error::from)?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes.as_slice());
        let mut rows: Vec<Row> = Vec::new();
        let mut lines: HashMap<String, u64> = HashMap::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, |position| line_of(&bytes, position));
            let field = |at: usize| {
                record.get(at).unwrap_or_default().trim_start_matches('\u{feff}').trim().to_owned()
            };
            let (id, path) = (field(0), field(1));
            if id.is_empty() && path.is_empty() {
                if record.iter().all(str::is_empty) {
                    continue;
                }
                return Err(InvalidMappingFile::NoSource { line });
            }
            if !id.is_empty()
                && let Some(first) = lines.insert(id.clone(), line)
            {
                return Err(InvalidMappingFile::Twice { line, first, id });
            }
            if record.len() == 1 && id.contains(';') {
                return Err(InvalidMappingFile::Semicolons { line });
            }
            let targets = (2..record.len()).map(field).filter(|target| !target.is_empty()).collect();
            rows.push(Row { line, id, path, targets });
        }
        Ok(Self { rows })
    }

    /// The rows, in order.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row for a category of the shop: by its id, else by an equal path, unless that row's id is another category's.
    #[must_use]
    pub fn row(&self, id: &CategoryId, shop: &CategoryTree) -> Option<&Row> {
        let by_id = self.rows.iter().find(|row| row.id == id.as_str());
        let path = shop.printed_path(id);
        let is_free =
            |row: &Row| CategoryId::new(&row.id).is_ok_and(|id| shop.get(&id).is_none()) || row.id.is_empty();
        by_id.or_else(|| self.rows.iter().find(|row| path.as_ref() == Some(&row.path) && is_free(row)))
    }

    /// Every target that the marketplace does not have, or has several of.
    #[must_use]
    pub fn check(&self, marketplace: &gateway::CategoryTree) -> Vec<Fault> {
        let targets =
            self.rows.iter().flat_map(|row| row.targets.iter().map(move |target| (row.line, target)));
        targets
            .filter_map(|(line, target)| {
                let written = |found: Vec<&gateway::Category>| {
                    found.into_iter().map(gateway::Category::written).collect()
                };
                let target = target.clone();
                match marketplace.find(&target) {
                    CategoryLookup::Found(_) => None,
                    CategoryLookup::Unknown(alike) => {
                        Some(Fault::Unknown { line, target, alike: written(alike) })
                    }
                    CategoryLookup::Ambiguous(found) => {
                        Some(Fault::Ambiguous { line, target, candidates: written(found) })
                    }
                }
            })
            .collect()
    }

    /// The shop's categories that no row maps, by id.
    #[must_use]
    pub fn unmapped<'a>(&self, shop: &'a CategoryTree) -> Vec<&'a CategoryId> {
        let is_mapped = |id: &CategoryId| self.row(id, shop).is_some();
        shop.iter().map(|category| &category.id).filter(|id| !is_mapped(id)).collect()
    }
}

/// The end of a run whose mapping file has faults, each of which has been told.
///
/// # Errors
/// When there are faults.
pub fn all_right(faults: &[Fault]) -> Result<(), RunError> {
    match faults.len() {
        0 => Ok(()),
        n => Err(RunError::settings(
            format!("the category mapping has {n} fault{}", if n == 1 { "" } else { "s" }),
            "correct the named lines; targets are categories that the marketplace has",
        )),
    }
}

/// The line a record stands on: the CSV reader's position is before the empty lines that it passes over.
fn line_of(file: &[u8], position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let passed =
        file.get(start..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + passed.filter(|byte| **byte == b'\n').count() as u64
}

/// Writes a file to fill in: a row for each of the shop's categories, what `known` maps filled in already.
///
/// # Errors
/// When it cannot be written.
pub fn export(shop: &CategoryTree, known: &MappingFile, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(to);
    for category in shop.iter() {
        let path = shop.printed_path(&category.id).unwrap_or_else(|| category.name.as_str().to_owned());
        let targets = known.row(&category.id, shop).map(|row| row.targets.clone()).unwrap_or_default();
        let mut record = vec![category.id.as_str().to_owned(), path];
        if targets.is_empty() {
            record.push(String::new());
        }
        record.extend(targets);
        writer.write_record(&record)?;
    }
    writer.flush()?;
    Ok(())
}
