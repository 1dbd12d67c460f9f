//! Which documents were written, and what is known of them: a file for each file of documents, which is there before that is.
//!
//! It holds more than the state does: the state knows that a change was asked for, and this in which document it stands. What is settled is
//! set aside, so that a pass reads no more than what is outstanding.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use connector::{AdjustmentKey, Outstanding, OutstandingLine, PlatformError, Settled};
use gateway_core::model::{ProductId, ShopKey};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::Kind;

/// How long is remembered what became of a document. Who asks for it later is told that it is not known any more.
const KEPT: TimeDelta = TimeDelta::days(400);

/// How long nobody is at work at a file that has not got its name yet, at the least: then whoever wrote it was killed.
const ABANDONED: TimeDelta = TimeDelta::days(1);

/// The ending of a file of documents.
const ENDING: &str = "epp";

/// The folder of what is settled.
const SETTLED: &str = "settled";

/// What is known of a file of documents. Its shape is a promise: it changes only by addition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    v: u32,
    pub(crate) number: String,
    /// Where it was put.
    pub(crate) file: PathBuf,
    pub(crate) at: DateTime<Utc>,
    /// The id of the warehouse whose levels it changes, where that was remembered.
    #[serde(default)]
    pub(crate) warehouse: Option<i32>,
    pub(crate) documents: Vec<Document>,
}

/// What is known of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    /// `PW` or `RW`.
    pub(crate) kind: String,
    pub(crate) number: String,
    #[serde(default)]
    settled: Option<Fate>,
    #[serde(default)]
    settled_at: Option<DateTime<Utc>>,
    pub(crate) lines: Vec<Line>,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    key: String,
    product: String,
    symbol: String,
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    delta: Decimal,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Booked,
    Discarded,
}

impl From<Settled> for Fate {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Booked => Self::Booked,
            Settled::Discarded => Self::Discarded,
        }
    }
}

impl Line {
    pub(crate) fn new(key: &AdjustmentKey, product: &ProductId, symbol: &str, delta: Decimal) -> Self {
        let (key, product) = (key.to_string(), product.to_string());
        Self { key, product, symbol: symbol.to_owned(), delta: delta.normalize() }
    }
}

impl Document {
    pub(crate) fn new(kind: Kind, number: String, lines: Vec<Line>) -> Self {
        Self { kind: kind.code().to_owned(), number, settled: None, settled_at: None, lines }
    }

    pub(crate) fn fate(&self) -> Option<Fate> {
        self.settled
    }

    pub(crate) fn settle(&mut self, fate: Fate, at: DateTime<Utc>) {
        (self.settled, self.settled_at) = (Some(fate), Some(at));
    }
}

impl Entry {
    pub(crate) fn new(
        number: &super::Number,
        folder: &Path,
        at: DateTime<Utc>,
        warehouse: Option<i32>,
        documents: Vec<Document>,
    ) -> Self {
        let file = folder.join(format!("{}.{ENDING}", number.as_str()));
        Self { v: 1, number: number.as_str().to_owned(), file, at, warehouse, documents }
    }

    /// Where the file of documents lies until it is whole and remembered. As long as it does nobody has seen it.
    pub(crate) fn part(&self) -> PathBuf {
        self.file.with_file_name(format!(".{}.{ENDING}.part", self.number))
    }

    /// Whether the file of documents never came to lie where people look.
    pub(crate) fn is_unseen(&self) -> io::Result<bool> {
        self.part().try_exists()
    }

    /// Whether nobody will ever see the file, because whoever wrote it was killed.
    pub(crate) fn is_abandoned(&self, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(self.at) > ABANDONED && self.is_unseen().unwrap_or(false)
    }

    /// Whether it is known of all of its documents what became of them.
    pub(crate) fn is_settled(&self) -> bool {
        self.open().next().is_none()
    }

    /// Those of its documents of which nobody knows yet what became.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| document.settled.is_none())
    }

    /// As it is told; `None` when nothing of it is open.
    pub(crate) fn outstanding(&self, is_open: impl Fn(&Document) -> bool) -> Option<Outstanding> {
        let open: Vec<&Document> = self.documents.iter().filter(|document| is_open(document)).collect();
        let line = |line: &Line| {
            let product = ProductId::new(&line.product).ok()?;
            Some(OutstandingLine { product, symbol: line.symbol.clone(), delta: line.delta })
        };
        (!open.is_empty()).then(|| Outstanding {
            numbers: open.iter().map(|document| document.number.clone()).collect(),
            file: self.file.clone(),
            at: self.at,
            lines: open.iter().flat_map(|document| document.lines.iter().filter_map(line)).collect(),
        })
    }

    /// Whether people mean it by this name: the file's, with or without its folder and its ending, or its number.
    fn is_named(&self, name: &str) -> bool {
        let named = Path::new(name)
            .file_name()
            .map_or_else(|| name.to_owned(), |file| file.to_string_lossy().into_owned());
        named.eq_ignore_ascii_case(&self.number)
            || named.eq_ignore_ascii_case(&format!("{}.{ENDING}", self.number))
    }

    /// The documents that people mean by this name: all of a file, or one by its number.
    pub(crate) fn named<'a>(&'a mut self, name: &'a str) -> impl Iterator<Item = &'a mut Document> {
        let is_file = self.is_named(name);
        self.documents
            .iter_mut()
            .filter(move |document| is_file || document.number.eq_ignore_ascii_case(name))
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        let is_old = |at: DateTime<Utc>| now.signed_duration_since(at) > KEPT;
        self.documents.iter().all(|document| document.settled_at.is_some_and(is_old))
    }
}

/// The folder in which all this is remembered of one firm.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    folder: PathBuf,
}

impl Registry {
    /// Of a firm, in the folder for what outlasts a run.
    pub(crate) fn new(keep: &Path, shop: &ShopKey) -> Self {
        const MOST: usize = 40;
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let name: String = shop.as_str().chars().map(plain).take(MOST).collect();
        let digest = xxh3_128(shop.as_str().as_bytes()) >> 64;
        Self {
            folder: keep.join("documents").join(format!("{}-{digest:016x}", name.trim_matches(['-', '.']))),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Everything that may be outstanding, the oldest first.
    pub(crate) fn all(&self) -> Result<Vec<Entry>, PlatformError> {
        self.remembered_in(&self.folder)
    }

    /// What was settled and set aside, the oldest first.
    pub(crate) fn set_aside(&self) -> Result<Vec<Entry>, PlatformError> {
        self.remembered_in(&self.folder.join(SETTLED))
    }

    fn remembered_in(&self, folder: &Path) -> Result<Vec<Entry>, PlatformError> {
        let mut all = Vec::new();
        for path in names(folder).map_err(|error| self.failure(&error))? {
            if path.extension().is_some_and(|ending| ending == "json") {
                all.extend(read(&path)?);
            }
        }
        all.sort_by(|one: &Entry, other| (one.at, &one.number).cmp(&(other.at, &other.number)));
        Ok(all)
    }

    fn failure(&self, error: &io::Error) -> PlatformError {
        PlatformError::Failed {
            what: format!(
                "the folder {} cannot be read, in which documents are remembered: {error}",
                self.folder.display()
            ),
        }
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        self.folder.join(format!("{}.json", entry.number))
    }

    /// Remembers it, whole or not at all, and so that it outlasts a power cut.
    pub(crate) fn put(&self, entry: &Entry) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(entry);
        let part = path.with_extension("json.part");
        let mut file = File::create(&part)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        sync(&self.folder)
    }

    /// Forgets it.
    pub(crate) fn remove(&self, entry: &Entry) -> io::Result<()> {
        match fs::remove_file(self.path(entry)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => sync(&self.folder),
        }
    }

    /// Sets aside what is settled, forgets what was so long ago, and takes away what killed runs have left, in this folder and in that of
    /// the files.
    ///
    /// # Errors
    /// When something of that cannot be done; nothing depends on it.
    pub(crate) fn tidy(&self, all: &[Entry], files: &Path, now: DateTime<Utc>) -> Result<(), PlatformError> {
        let failed = |error: io::Error| self.failure(&error);
        let settled = self.folder.join(SETTLED);
        for entry in all.iter().filter(|entry| entry.is_settled()) {
            fs::create_dir_all(&settled).map_err(failed)?;
            fs::rename(self.path(entry), settled.join(format!("{}.json", entry.number))).map_err(failed)?;
        }
        let is_older = |path: &PathBuf, than| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let at = super::Number::written_at(&name);
            at.is_some_and(|at| now.signed_duration_since(at) > than)
        };
        for path in names(&settled).map_err(failed)?.iter().filter(|path| is_older(path, KEPT)) {
            if read(path)?.is_some_and(|entry| entry.is_over(now)) {
                fs::remove_file(path).map_err(failed)?;
            }
        }
        let known: HashSet<PathBuf> = all.iter().map(Entry::part).collect();
        for folder in [self.folder.as_path(), files] {
            let parts = names(folder).map_err(failed)?;
            let is_part = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "part");
            let parts = parts.iter().filter(is_part).filter(|path| is_older(path, ABANDONED));
            for part in parts.filter(|part| !known.contains(*part)) {
                fs::remove_file(part).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// What lies in a folder; nothing where there is none.
fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        files => files?.map(|file| Ok(file?.path())).collect(),
    }
}

/// What is remembered of a file of documents; `None` when it was set aside or forgotten meanwhile.
fn read(path: &Path) -> Result<Option<Entry>, PlatformError> {
    let failed = |error: &dyn std::fmt::Display| PlatformError::Failed {
        what: format!(
            "{} cannot be read, and without it nobody knows what the documents hold that the program has not taken in: {error}",
            path.display()
        ),
    };
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        bytes => {
            let bytes = bytes.map_err(|error| failed(&error))?;
            serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(&error))
        }
    }
}

/// What was put in a folder is sure to be there after a power cut only when the folder is on the disk too.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// In which document each change stands.
pub(crate) fn by_key(all: &[Entry]) -> HashMap<&str, (&Entry, &Document)> {
    let documents =
        all.iter().flat_map(|entry| entry.documents.iter().map(move |document| (entry, document)));
    let keys = |(entry, document)| {
        let of: &Document = document;
        of.lines.iter().map(move |line| (line.key.as_str(), (entry, document)))
    };
    documents.flat_map(keys).collect()
}
