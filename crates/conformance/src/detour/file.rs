//! The detour of files: copies that end too early.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A shop that is a file or a folder of files.
pub(crate) struct Copies {
    original: PathBuf,
}

/// A copy of which one file was cut.
pub(crate) struct Cut {
    /// Where it is: a file or a folder, as the original is.
    pub(crate) path: PathBuf,
    /// The name of the file that was cut.
    pub(crate) file: String,
    _folder: TempDir,
}

impl Copies {
    pub(super) fn of(original: &Path) -> Self {
        Self { original: original.to_owned() }
    }

    pub(crate) fn original(&self) -> &Path {
        &self.original
    }

    /// A copy for each file, of which that file has only as many bytes as `kept` says of its length.
    pub(crate) fn cut(&self, kept: impl Fn(usize) -> usize) -> io::Result<Vec<Cut>> {
        let files = self.files()?;
        let cut = |(victim, _): &(OsString, PathBuf)| {
            let folder = TempDir::new()?;
            for (name, path) in &files {
                let mut bytes = fs::read(path)?;
                if name == victim {
                    bytes.truncate(kept(bytes.len()));
                }
                fs::write(folder.path().join(name), bytes)?;
            }
            let path =
                if self.original.is_dir() { folder.path().to_owned() } else { folder.path().join(victim) };
            Ok(Cut { path, file: victim.to_string_lossy().into_owned(), _folder: folder })
        };
        files.iter().map(cut).collect()
    }

    /// The files by their names.
    fn files(&self) -> io::Result<Vec<(OsString, PathBuf)>> {
        if !self.original.is_dir() {
            let name = self.original.file_name().unwrap_or_default().to_owned();
            return Ok(vec![(name, self.original.clone())]);
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.original)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                files.push((entry.file_name(), entry.path()));
            }
        }
        files.sort();
        Ok(files)
    }
}
