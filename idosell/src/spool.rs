//! The shop's file, kept on this machine: it can be had once, and an import may take more than one run.
//!
//! A file that is coming is a `.part`. When the last byte has come it is flushed to the disk and put in place at once as `.came`; when all
//! of it has been read and is right, as `.xml`. Its name tells which file it is. So there is no moment, once it has come, at which a crash
//! loses it. Beside it lies a note of the terms on which it has been imported.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::client::Failure;
use crate::download::Sink;

/// What the names of files end with that are still coming.
const PART: &str = ".part";

/// What the names of those end with that have come, and have not been read through.
const CAME: &str = ".came";

/// What the names of those end with that are kept.
const KEPT: &str = ".xml";

/// So old, what is still coming is nobody's any more: no file may take half as long.
const ABANDONED: Duration = Duration::from_secs(6 * 60 * 60);

/// On so many terms a file is remembered to have been imported.
const MOST_TERMS: usize = 16;

/// The place for the files of one source.
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    /// What the names of its files begin with.
    stem: String,
}

/// Which of a source's files it is, as its name in the spool tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Identity(String);

impl Identity {
    /// Of what the shop tells of the file, or of its content.
    pub(crate) fn of(told: &str) -> Self {
        Self(format!("{:016x}", xxh3_64(told.as_bytes())))
    }
}

/// A file that came to its last byte. It is open, so that it can be read to its end when another run puts the next one in its place.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) file: Arc<File>,
    pub(crate) path: PathBuf,
    pub(crate) identity: Identity,
}

impl Stored {
    /// How long ago it came.
    pub(crate) fn age(&self) -> Option<Duration> {
        age(self.file.metadata().and_then(|metadata| metadata.modified()).ok()?)
    }
}

/// What has been done with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// The file.
    identity: Identity,
    /// Whether it has been imported to its end, perhaps with something left that another run could do better.
    #[serde(default)]
    ended: bool,
    /// The terms on which it has been imported to its end, and nothing was left.
    #[serde(default)]
    imported: Vec<String>,
}

/// A file that is coming. It goes when it is dropped.
pub(crate) struct Part {
    file: NamedTempFile,
    digest: Xxh3,
    spool: Spool,
}

/// No other run has files of this source while this is held. The system lets go of it, however the run ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "it is locked as long as it is open")] File);

impl Spool {
    /// The place below `folder` for what comes from `source`. Two sources have two places; its name tells nothing secret of it.
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

    /// The lock, unless another run has it.
    pub(crate) fn lock(&self) -> Result<Option<Lock>, Failure> {
        let opened = fs::create_dir_all(&self.folder).and_then(|()| {
            let path = self.folder.join(format!("{}.lock", self.stem));
            File::options().create(true).truncate(false).write(true).open(path)
        });
        let file = opened.map_err(|error| self.failure("no file can be made", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.failure("nothing can be locked", &error)),
        }
    }

    /// The file that is kept.
    pub(crate) fn kept(&self) -> Result<Option<Stored>, Failure> {
        self.newest(KEPT)
    }

    /// A file that came to its last byte in a run that was cut before it had read it.
    pub(crate) fn left(&self) -> Result<Option<Stored>, Failure> {
        self.newest(CAME)
    }

    fn newest(&self, ending: &str) -> Result<Option<Stored>, Failure> {
        let unread = |error: io::Error| self.failure("what is kept cannot be read", &error);
        let mut newest: Option<(Option<SystemTime>, PathBuf, Identity)> = None;
        for (rest, entry) in self.files().map_err(unread)? {
            let Some(identity) = rest.strip_prefix('-').and_then(|rest| rest.strip_suffix(ending)) else {
                continue;
            };
            // Two are there only when a run was cut between putting one in place and removing the other.
            let modified = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            if newest.as_ref().is_none_or(|(known, ..)| *known < modified) {
                newest = Some((modified, entry.path(), Identity(identity.to_owned())));
            }
        }
        let Some((_, path, identity)) = newest else { return Ok(None) };
        let file = File::open(&path).map_err(unread)?;
        Ok(Some(Stored { file: Arc::new(file), path, identity }))
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

    /// A place for a file that is to come. What runs left behind that were cut makes room for it first.
    pub(crate) fn part(&self) -> Result<Part, Failure> {
        self.remove(|rest, entry| {
            let modified = || entry.metadata().and_then(|metadata| metadata.modified()).ok();
            let is_old = || modified().and_then(age).is_some_and(|age| age > ABANDONED);
            rest.starts_with('.') && rest.ends_with(PART) && is_old()
        });
        let file = self.temporary().map_err(|error| self.failure("no file can be made", &error))?;
        Ok(Part { file, digest: Xxh3::new(), spool: self.clone() })
    }

    fn temporary(&self) -> io::Result<NamedTempFile> {
        fs::create_dir_all(&self.folder)?;
        tempfile::Builder::new().prefix(&format!("{}.", self.stem)).suffix(PART).tempfile_in(&self.folder)
    }

    /// Keeps a file that has come and was read, in place of the one before.
    pub(crate) fn keep(&self, came: Stored) -> Result<Stored, Failure> {
        let path = came.path.with_extension(KEPT.trim_start_matches('.'));
        let kept = fs::rename(&came.path, &path).and_then(|()| self.sync_folder());
        kept.map_err(|error| self.failure("the shop's file cannot be kept", &error))?;
        self.remove(|rest, entry| rest.starts_with('-') && entry.path() != path && !rest.ends_with(PART));
        Ok(Stored { path, ..came })
    }

    /// Removes a file that has come and is none.
    pub(crate) fn discard(&self, came: &Stored) {
        self.remove(|_, entry| entry.path() == came.path);
    }

    /// What cannot be removed only takes up room.
    fn remove(&self, is_to_go: impl Fn(&str, &fs::DirEntry) -> bool) {
        for (rest, entry) in self.files().unwrap_or_default() {
            if is_to_go(&rest, &entry) {
                let _still_there = fs::remove_file(entry.path());
            }
        }
    }

    fn note_path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.stem))
    }

    fn note(&self, identity: &Identity) -> Note {
        // Whatever is wrong with the note, reading the file again puts it right.
        let note: Option<Note> =
            fs::read(self.note_path()).ok().and_then(|text| serde_json::from_slice(&text).ok());
        let none = || Note { identity: identity.clone(), ended: false, imported: Vec::new() };
        note.filter(|note| note.identity == *identity).unwrap_or_else(none)
    }

    /// Whether a file has been imported to its end, on whatever terms.
    pub(crate) fn has_ended(&self, identity: &Identity) -> bool {
        self.note(identity).ended
    }

    /// Whether it has been imported to its end on these terms, and nothing was left.
    pub(crate) fn is_imported(&self, identity: &Identity, terms: &str) -> bool {
        self.note(identity).imported.iter().any(|known| known == terms)
    }

    /// Takes down that a file has been imported to its end, and on which terms when nothing was left.
    pub(crate) fn note_imported(&self, identity: &Identity, terms: Option<&str>) -> Result<(), Failure> {
        let mut note = self.note(identity);
        note.ended = true;
        if let Some(terms) = terms {
            note.imported.retain(|known| known != terms);
            note.imported.push(terms.to_owned());
            let excess = note.imported.len().saturating_sub(MOST_TERMS);
            note.imported.drain(..excess);
        }
        let written = self.temporary().and_then(|mut file| {
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
}

impl Part {
    /// The file has come to its last byte: it is put in place, under what the shop tells of it, or else its content.
    pub(crate) fn came(self, told: Option<Identity>) -> Result<Stored, Failure> {
        let Self { file, digest, spool } = self;
        let identity = told.unwrap_or_else(|| Identity::of(&content(&digest)));
        let path = spool.folder.join(format!("{}-{}{CAME}", spool.stem, identity.0));
        let placed = file.as_file().sync_all().and_then(|()| {
            let read = file.reopen()?;
            file.persist(&path)?;
            spool.sync_folder()?;
            Ok(read)
        });
        let file = placed.map_err(|error| spool.failure("the shop's file cannot be kept", &error))?;
        Ok(Stored { file: Arc::new(file), path, identity })
    }

    fn failure(&self, error: &io::Error) -> Failure {
        self.spool.failure("the shop's file cannot be written", error)
    }
}

/// A file's content in one word.
pub(crate) fn content(digest: &Xxh3) -> String {
    format!("{:032x}", digest.digest128())
}

impl Sink for Part {
    fn take(&mut self, bytes: &Bytes) -> Result<(), Failure> {
        self.digest.update(bytes);
        self.file.as_file_mut().write_all(bytes).map_err(|error| self.failure(&error))
    }

    fn restart(&mut self) -> Result<(), Failure> {
        self.digest.reset();
        let file = self.file.as_file_mut();
        let emptied = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0)));
        emptied.map(drop).map_err(|error| self.failure(&error))
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
