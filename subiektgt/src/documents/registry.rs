//! Which documents were written, and what is known of them: a file for each file of documents, which is there before that is.
//!
//! It holds more than the state does: the state knows that a change was asked for, and this in which document it stands. What is settled is
//! set aside, so that a pass reads no more than what is outstanding, and for a time what was discarded.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use connector::PlatformError;
use gateway_core::model::ShopKey;
use xxhash_rust::xxh3::xxh3_128;

use super::Number;
use super::disk::{make, sync};
use super::entry::Entry;

/// How long is remembered what became of a document. Who asks for it later is told that it is not known any more.
pub(super) const KEPT: TimeDelta = TimeDelta::days(400);

/// How long nobody is at work at a file that has not got its name yet, at the least: then whoever wrote it was killed.
pub(super) const ABANDONED: TimeDelta = TimeDelta::days(1);

/// The folder of what is settled.
const SETTLED: &str = "settled";

/// The folder in which all this is remembered of one firm.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    folder: PathBuf,
    /// What tells the firm's files from those of others in one folder.
    digest: String,
}

impl Registry {
    /// Of a firm, in the folder for what outlasts a run.
    pub(crate) fn new(keep: &Path, shop: &ShopKey) -> Self {
        const MOST: usize = 40;
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let name: String = shop.as_str().chars().map(plain).take(MOST).collect();
        let digest = format!("{:016x}", xxh3_128(shop.as_str().as_bytes()) >> 64);
        let folder = keep.join("documents").join(format!("{}-{digest}", name.trim_matches(['-', '.'])));
        Self { folder, digest }
    }

    /// What a file of documents of this firm is called until it is whole and remembered.
    pub(crate) fn part(&self, number: &Number) -> String {
        format!(".{}.{}.epp.part", number.as_str(), self.digest)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Everything that may be outstanding or is to be looked at, the oldest first.
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
        make(&self.folder)?;
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

    /// Sets it aside, so that no pass reads it unless it asks for it.
    pub(crate) fn put_aside(&self, entry: &Entry) -> io::Result<()> {
        let settled = self.folder.join(SETTLED);
        make(&settled)?;
        fs::rename(self.path(entry), settled.join(format!("{}.json", entry.number)))
    }

    /// Sets aside what is settled, forgets what was so long ago, and takes away what killed runs have left, in this folder and in that of
    /// the files.
    ///
    /// # Errors
    /// When something of that cannot be done; nothing depends on it.
    pub(crate) fn tidy(&self, all: &[Entry], files: &Path, now: DateTime<Utc>) -> Result<(), PlatformError> {
        let failed = |error: io::Error| self.failure(&error);
        let settled = self.folder.join(SETTLED);
        for entry in all.iter().filter(|entry| entry.is_to_be_set_aside(now)) {
            self.put_aside(entry).map_err(failed)?;
        }
        let is_older = |path: &PathBuf, than| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let at = Number::written_at(&name);
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
            // Others may put theirs there as well, and what lies there says what became of theirs.
            let is_ours = |path: &&PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                folder == self.folder || name.contains(&format!(".{}.", self.digest))
            };
            let parts = parts.iter().filter(is_part).filter(|path| is_older(path, ABANDONED));
            for part in parts.filter(is_ours).filter(|part| !known.contains(*part)) {
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
