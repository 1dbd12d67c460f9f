//! How a file of documents comes to lie where people look for it.
//!
//! It is written under a name that nobody looks at, then remembered, and then given its name. Until then it is known by that other name
//! that nobody has seen it, and behind that nothing but a person's word or the program's own table tells what became of it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use connector::PlatformError;

use super::registry::{Entry, Registry, sync};
use crate::settings::EPP_OUT;

/// Writes a file of documents and remembers it.
///
/// # Errors
/// When it cannot be: then there is none, and nothing is remembered of it.
pub(crate) fn write(registry: &Registry, entry: &Entry, bytes: &[u8]) -> Result<(), PlatformError> {
    let folder = entry.file.parent().unwrap_or(Path::new("."));
    let part = entry.part();
    if let Err(error) = written(&part, bytes).and_then(|()| sync(folder)) {
        let _nobody_has_seen_it = fs::remove_file(&part);
        return Err(refused(folder, &error));
    }
    let named = registry.put(entry).and_then(|()| {
        // One of that name would be another file, which somebody may have to take in yet.
        match entry.file.try_exists()? {
            true => Err(io::ErrorKind::AlreadyExists.into()),
            false => fs::rename(&part, &entry.file),
        }
    });
    match (named, part.try_exists()) {
        (Ok(()), _) => {
            if let Err(error) = sync(folder) {
                tracing::warn!(%error, "a file of documents may not outlast a power cut");
            }
            Ok(())
        }
        (Err(error), Ok(true)) => {
            // As long as it has its other name it counts for nothing, whatever else cannot be done here.
            if registry.remove(entry).is_ok() {
                let _nobody_has_seen_it = fs::remove_file(&part);
            }
            Err(refused(folder, &error))
        }
        // It has its name, although something else was said.
        (Err(error), _) => {
            tracing::warn!(%error, "a file of documents was written, and something about it failed");
            Ok(())
        }
    }
}

/// Takes away a file that nobody is to take in any more. What became of it is remembered already.
pub(crate) fn take_away(entry: &Entry) -> io::Result<()> {
    match fs::remove_file(&entry.file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
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
