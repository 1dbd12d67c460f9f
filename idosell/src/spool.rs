//! The shop's file, kept on this machine: it can be had once, and an import may take more than one run.
//!
//! A file is written under another name, flushed to the disk, and put in place at once when it is whole; its name tells which it is. So
//! there is no moment at which a crash loses it, or leaves a part of one. Beside it lies a note of the terms on which it has been imported.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

use crate::client::{Failure, Sink};

/// What the names of files end with that have not come whole.
const PART: &str = ".part";

/// What the names of files end with that have.
const FILE: &str = ".xml";

/// So old, what has not come whole is nobody's any more. A download takes less.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// On so many terms a file is remembered to have been imported.
const MOST_TERMS: usize = 16;

/// The place for the files of one source.
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// What the names of its files begin with.
    stem: String,
}

/// Which of a source's files it is, as the name of what is kept tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Identity(String);

impl Identity {
    /// Of what the shop tells of the file, or of its content.
    pub(crate) fn of(told: &str) -> Self {
        Self(format!("{:016x}", xxh3_64(told.as_bytes())))
    }
}

/// A file that came whole in an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) path: PathBuf,
    pub(crate) identity: Identity,
}

/// What has been done with a file. Changes only by addition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The file.
    identity: Identity,
    /// The terms on which it has been imported to its end.
    imported: Vec<String>,
}

/// A file that is coming, or has come and is not kept yet. It goes when it is dropped.
pub(crate) struct Part {
    file: NamedTempFile,
    folder: PathBuf,
}

impl Spool {
    /// The place below `folder` for what comes from `source`. Two sources have two places; that of an address does not tell it.
    pub(crate) fn new(folder: &Path, name: &str, source: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
        let name: String = name.chars().map(plain).take(60).collect();
        Self { folder: folder.to_owned(), stem: format!("{name}-{:016x}", xxh3_64(source.as_bytes())) }
    }

    fn failure(&self, what: &str, error: &io::Error) -> Failure {
        let folder = self.folder.display();
        Failure::failed(format!(
            "{what} in the folder {folder}: {error}; make room there or let this program write there, or name another folder by --spool"
        ))
    }

    fn note_path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.stem))
    }

    /// The file that is kept.
    pub(crate) fn kept(&self) -> Result<Option<Kept>, Failure> {
        let mut newest = None;
        for (rest, entry) in
            self.files().map_err(|error| self.failure("what is kept cannot be read", &error))?
        {
            let Some(identity) = rest.strip_prefix('-').and_then(|rest| rest.strip_suffix(FILE)) else {
                continue;
            };
            // Two are there only when a run was cut between putting one in place and removing the other.
            let modified = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            if newest.as_ref().is_none_or(|(known, _)| *known < modified) {
                newest =
                    Some((modified, Kept { path: entry.path(), identity: Identity(identity.to_owned()) }));
            }
        }
        Ok(newest.map(|(_, kept)| kept))
    }

    /// What is in the folder of this source's, by what follows the stem in its name.
    fn files(&self) -> io::Result<Vec<(String, fs::DirEntry)>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let of_ours = |entry: fs::DirEntry| {
            let name = entry.file_name();
            let rest = name.to_str()?.strip_prefix(&self.stem)?.to_owned();
            Some((rest, entry))
        };
        entries.filter_map(|entry| entry.map(of_ours).transpose()).collect()
    }

    /// On which terms a file has been imported to its end.
    pub(crate) fn imported(&self, identity: &Identity) -> Vec<String> {
        // Whatever is wrong with the note, reading the file again puts it right.
        let note: Option<Note> =
            fs::read(self.note_path()).ok().and_then(|text| serde_json::from_slice(&text).ok());
        note.filter(|note| note.identity == *identity).map(|note| note.imported).unwrap_or_default()
    }

    /// A place for a file that is to come.
    pub(crate) fn part(&self) -> Result<Part, Failure> {
        let made = fs::create_dir_all(&self.folder).and_then(|()| {
            tempfile::Builder::new().prefix(&format!("{}.", self.stem)).suffix(PART).tempfile_in(&self.folder)
        });
        let file = made.map_err(|error| self.failure("no file can be made", &error))?;
        Ok(Part { file, folder: self.folder.clone() })
    }

    /// Keeps a file that has come whole, in place of the one before.
    pub(crate) fn keep(&self, part: Part, identity: Identity) -> Result<Kept, Failure> {
        let path = self.folder.join(format!("{}-{}{FILE}", self.stem, identity.0));
        let kept = part.file.as_file().sync_all().and_then(|()| {
            part.file.persist(&path)?;
            self.sync_folder()
        });
        kept.map_err(|error| self.failure("the shop's file cannot be kept", &error))?;
        self.tidy(&path);
        Ok(Kept { path, identity })
    }

    /// Takes down that a file has been imported on these terms.
    pub(crate) fn note_imported(&self, identity: &Identity, terms: &str) -> Result<(), Failure> {
        let mut imported = self.imported(identity);
        imported.retain(|known| known != terms);
        imported.push(terms.to_owned());
        let excess = imported.len().saturating_sub(MOST_TERMS);
        imported.drain(..excess);
        let note = Note { identity: identity.clone(), imported };
        let written = fs::create_dir_all(&self.folder).and_then(|()| {
            let mut file = NamedTempFile::with_prefix_in(format!("{}.", self.stem), &self.folder)?;
            file.write_all(&serde_json::to_vec(&note)?)?;
            file.as_file().sync_all()?;
            file.persist(self.note_path())?;
            self.sync_folder()
        });
        written.map_err(|error| self.failure("it cannot be noted what was imported", &error))
    }

    /// What was put in place is sure to be there after a power cut only when the folder is on the disk too.
    fn sync_folder(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.folder)?.sync_all() } else { Ok(()) }
    }

    /// Removes the file before, and what other runs left in the middle. What cannot be removed only takes up room.
    fn tidy(&self, current: &Path) {
        for (rest, entry) in self.files().unwrap_or_default() {
            let is_old = || {
                let modified = entry.metadata().and_then(|metadata| metadata.modified()).ok();
                modified.and_then(age).is_some_and(|age| age > ABANDONED)
            };
            let is_before = rest.starts_with('-') && rest.ends_with(FILE) && entry.path() != current;
            if is_before || (rest.starts_with('.') && rest.ends_with(PART) && is_old()) {
                let _still_there = fs::remove_file(entry.path());
            }
        }
    }
}

/// By the machine's own clock, as files are dated by that.
#[expect(
    clippy::disallowed_methods,
    reason = "files are dated by the machine's clock, whatever the time of the run is"
)]
fn age(modified: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(modified).ok()
}

impl Part {
    /// The file as it has come so far, from its beginning.
    pub(crate) fn reopen(&self) -> Result<File, Failure> {
        self.file.reopen().map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::failed(format!(
            "the shop's file cannot be written in the folder {}: {error}; make room there, or name another folder by --spool",
            self.folder.display()
        ))
    }
}

impl Sink for Part {
    fn take(&mut self, bytes: &Bytes) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|error| self.failure(&error))
    }

    fn restart(&mut self) -> Result<(), Failure> {
        let file = self.file.as_file_mut();
        let emptied = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0)));
        emptied.map(drop).map_err(|error| self.failure(&error))
    }
}
