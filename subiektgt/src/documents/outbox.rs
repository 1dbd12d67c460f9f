//! How a file of documents comes to lie where people look for it.
//!
//! It is written under a name that nobody looks at, then remembered, and then given its name. Until then it is known by that other name
//! that nobody has seen it, and behind that nothing but a person's word or the program's own table tells what became of it.

use std::path::Path;
use std::{fs, io};

use connector::PlatformError;

use super::disk::{self, Named, sync};
use super::entry::Entry;
use super::registry::Registry;
use crate::settings::EPP_OUT;

/// Why a file of documents does not count as written.
#[derive(Debug)]
pub(crate) struct NotWritten {
    pub(crate) error: PlatformError,
    /// It may lie there all the same: it is remembered, and what stands in it must not be asked for by another key.
    pub(crate) may_be_there: bool,
}

impl From<PlatformError> for NotWritten {
    fn from(error: PlatformError) -> Self {
        Self { error, may_be_there: false }
    }
}

/// Writes a file of documents and remembers it.
///
/// # Errors
/// When it cannot be: then there is none, and nothing is remembered of it, unless nobody can see that.
pub(crate) fn write(registry: &Registry, mut entry: Entry, bytes: &[u8]) -> Result<(), NotWritten> {
    let part = entry.part();
    let folder = entry.folder().to_owned();
    if let Err(error) = disk::write(&part, bytes).and_then(|()| sync(&folder)) {
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _nobody_has_seen_it = fs::remove_file(&part);
        }
        return Err(refused(&folder, &error).into());
    }
    let is_free = registry.put(&entry).and_then(|()| match entry.file.try_exists()? {
        // One of that name would be another file, which somebody may have to take in yet.
        true => Err(io::ErrorKind::AlreadyExists.into()),
        false => Ok(()),
    });
    if let Err(error) = is_free {
        return Err(taken_back(registry, &entry, &error));
    }
    if let Err(error) = fs::rename(&part, &entry.file) {
        match Named::by(&part.try_exists(), &entry.file.try_exists()) {
            Named::Written => {
                tracing::warn!(%error, "a file of documents was written, and something about it failed");
            }
            Named::NotWritten => return Err(taken_back(registry, &entry, &error)),
            Named::Unknown => return Err(in_doubt(&entry, &error)),
        }
    }
    if let Err(error) = sync(&folder) {
        tracing::warn!(%error, "a file of documents may not outlast a power cut");
    }
    entry.is_placed = true;
    if let Err(error) = registry.put(&entry) {
        tracing::info!(%error, "it cannot be noted that a file of documents was put in its place");
    }
    Ok(())
}

/// Forgets a file that has not got its name. As long as it has its other one it counts for nothing, whatever else cannot be done here.
fn taken_back(registry: &Registry, entry: &Entry, error: &io::Error) -> NotWritten {
    match registry.remove(entry) {
        Ok(()) => {
            let _nobody_has_seen_it = fs::remove_file(entry.part());
        }
        Err(_) if entry.is_unseen().unwrap_or(false) => {}
        // It would be told as one that waits, and what stands in it be asked for beside.
        Err(_) => return in_doubt(entry, error),
    }
    refused(entry.folder(), error).into()
}

fn in_doubt(entry: &Entry, error: &io::Error) -> NotWritten {
    let what = format!(
        "nobody can see whether {} was written: {error}. It counts as outstanding: see whether it is there",
        entry.file.display()
    );
    NotWritten { error: PlatformError::Failed { what }, may_be_there: true }
}

/// Takes away a file that nobody is to take in any more. What became of it is remembered already.
pub(crate) fn take_away(entry: &Entry) -> io::Result<()> {
    match fs::remove_file(&entry.file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// What it means that a folder does not take a file.
pub(crate) fn refused(folder: &Path, error: &io::Error) -> PlatformError {
    let what = format!(
        "no file of documents can be written to {}: {error}. Nothing counts as written",
        folder.display()
    );
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied => {
            let hint =
                format!("make the folder and let this program write to it, or name another one by {EPP_OUT}");
            PlatformError::Settings { what, hint }
        }
        _ => PlatformError::Failed { what },
    }
}
