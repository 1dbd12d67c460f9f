//! Which files there are, and in which order they hold.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};

use crate::wire::{ReadError, Reader};

/// How much is read at a time, in bytes.
const PIECE: usize = 64 << 10;

/// Why the files cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    /// There is no such file or folder, or it may not be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why it cannot be.
        error: io::Error,
    },
    /// The folder holds no such files.
    #[error("the folder {0} holds no file whose name ends with .epp")]
    None(PathBuf),
    /// It is no such file, or only the beginning of one.
    #[error("the file {path}: {error}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: ReadError,
    },
    /// It was written to between two readings.
    #[error("the file {0} was written to while it was read: start again")]
    Changed(PathBuf),
}

/// A file, as it was when it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    length: u64,
    written: Option<SystemTime>,
    /// When it was made, as it says itself, or else when it was written: `yyyymmddhhnnss`.
    made: String,
}

impl Source {
    fn find(path: &Path) -> Result<Self, FilesError> {
        let unreadable = |error| FilesError::Unreadable { path: path.to_owned(), error };
        let meta = fs::metadata(path).map_err(unreadable)?;
        let mut source = Self {
            path: path.to_owned(),
            length: meta.len(),
            written: meta.modified().ok(),
            made: String::new(),
        };
        let mut reader = source.open()?;
        // What it says of itself stands before its first entry.
        reader.next_entry().map_err(|error| source.wrong(error))?;
        let told = reader.info().and_then(|info| info.created.clone());
        let is_time = |text: &String| text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
        let written =
            || source.written.map(|at| DateTime::<Utc>::from(at).format("%Y%m%d%H%M%S").to_string());
        source.made = told.filter(is_time).or_else(written).unwrap_or_default();
        Ok(source)
    }

    /// Reads it from its beginning.
    pub(crate) fn open(&self) -> Result<Reader<BufReader<File>>, FilesError> {
        let unreadable = |error| FilesError::Unreadable { path: self.path.clone(), error };
        let file = File::open(&self.path).map_err(unreadable)?;
        Ok(Reader::new(BufReader::with_capacity(PIECE, file)))
    }

    /// Whether it is still as it was found.
    pub(crate) fn check(&self) -> Result<(), FilesError> {
        let meta = fs::metadata(&self.path)
            .map_err(|error| FilesError::Unreadable { path: self.path.clone(), error })?;
        if meta.len() == self.length && meta.modified().ok() == self.written {
            return Ok(());
        }
        Err(FilesError::Changed(self.path.clone()))
    }

    pub(crate) fn wrong(&self, error: ReadError) -> FilesError {
        FilesError::Wrong { path: self.path.clone(), error }
    }
}

/// The file of this path, or the files of this folder, the oldest first.
pub(crate) fn find(path: &Path) -> Result<Vec<Source>, FilesError> {
    let unreadable = |error| FilesError::Unreadable { path: path.to_owned(), error };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![Source::find(path)?]);
    }
    let mut sources = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.path();
        let is_epp = entry.extension().is_some_and(|end| end.eq_ignore_ascii_case("epp"));
        if is_epp && entry.is_file() {
            sources.push(Source::find(&entry)?);
        }
    }
    if sources.is_empty() {
        return Err(FilesError::None(path.to_owned()));
    }
    sources.sort_by(|one, other| (&one.made, &one.path).cmp(&(&other.made, &other.path)));
    Ok(sources)
}
