//! What a disk is made to do, and what its answers mean for a file of documents.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// What became of a file that was to get its name, where an error came in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// It lies where people look.
    Written,
    /// It does not, and never did.
    NotWritten,
    /// Nobody can look.
    Unknown,
}

impl Named {
    /// By whether it lies there by its first name and by its last. A server may have done what it then answered by an error.
    #[must_use]
    pub fn by(part: &io::Result<bool>, file: &io::Result<bool>) -> Self {
        match (part, file) {
            (Ok(true), _) | (Ok(false), Ok(false)) => Self::NotWritten,
            (_, Ok(true)) => Self::Written,
            _ => Self::Unknown,
        }
    }
}

/// Whether it is the answer of a file system that puts no folder on the disk by itself (EINVAL, ENOTSUP): some that are mounted over a
/// network do not, and nothing can be done about that.
#[must_use]
pub fn knows_no_sync(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

/// What was put in a folder is sure to be there after a power cut only when the folder is on the disk too.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match File::open(folder)?.sync_all() {
        Err(error) if knows_no_sync(&error) => Ok(()),
        synced => synced,
    }
}

/// Makes a folder that is to outlast a power cut, with those above it.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
    fs::create_dir_all(folder)?;
    missing.into_iter().filter_map(Path::parent).try_for_each(sync)
}

/// Tries whether a folder takes a file as one is put there, by a name that nobody looks at. Nothing is left of it.
pub(crate) fn probe(folder: &Path, part: &str) -> io::Result<()> {
    let (first, last) = (folder.join(part), folder.join(format!("{part}.part")));
    let tried = write(&first, b"").and_then(|()| sync(folder)).and_then(|()| fs::rename(&first, &last));
    for left in [first, last] {
        let _left_to_be_tidied_away = fs::remove_file(left);
    }
    tried
}

/// Writes a file that is not there yet, and so that it outlasts a power cut.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
