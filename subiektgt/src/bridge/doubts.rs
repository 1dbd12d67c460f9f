//! Changes that the bridge told to be in doubt, remembered beyond the run: the program hangs at each, and makes it when it goes on.
//!
//! A key keeps nothing out that hangs. Who asks again has the program asked once more, and everything that hangs is made in the end, a document
//! for each. So nobody asks again before it is likely that nothing hangs any more.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use clock::Clock;
use connector::AdjustmentKey;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

/// How long a change that hangs is left alone. A guess: somebody looks at the bridge's machine within a weekend.
const LEFT_ALONE: TimeDelta = TimeDelta::days(3);

/// What is known of such a change. Its shape is a promise: it changes only by addition.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Doubt {
    v: u32,
    at: DateTime<Utc>,
}

/// Changes in doubt, a file for each.
#[derive(Clone, Debug)]
pub(crate) struct Doubts {
    /// `None` when nothing is kept beyond the run.
    folder: Option<PathBuf>,
    clock: Clock,
}

impl Doubts {
    pub(crate) fn new(keep: Option<&Path>, clock: &Clock) -> Self {
        Self { folder: keep.map(|keep| keep.join("in-doubt")), clock: clock.clone() }
    }

    /// Takes down that a change is in doubt from now on.
    pub(crate) fn put(&self, key: &AdjustmentKey) {
        let Some(folder) = &self.folder else { return };
        if let Err(error) = self.write(folder, key) {
            tracing::warn!(
                "it cannot be remembered in {} that the change {key} is in doubt, and it may be made twice: {error}",
                folder.display()
            );
        }
    }

    fn write(&self, folder: &Path, key: &AdjustmentKey) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let (path, part) = (path(folder, key), path(folder, key).with_extension("part"));
        let mut file = File::create(&part)?;
        file.write_all(&serde_json::to_vec(&Doubt { v: 1, at: self.clock.now() })?)?;
        file.sync_all()?;
        fs::rename(&part, &path)?;
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }

    /// Forgets a change of which is known what became.
    pub(crate) fn settle(&self, key: &AdjustmentKey) {
        let Some(folder) = &self.folder else { return };
        match fs::remove_file(path(folder, key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::info!(%error, %key, "that a change was in doubt cannot be forgotten");
            }
            _ => {}
        }
    }

    /// Whether a change may hang, and is not to be asked for.
    pub(crate) fn is_open(&self, key: &AdjustmentKey) -> bool {
        let Some(folder) = &self.folder else { return false };
        let path = path(folder, key);
        let doubt = fs::read(&path)
            .and_then(|bytes| serde_json::from_slice::<Doubt>(&bytes).map_err(io::Error::from))
            .map(|doubt| doubt.at);
        match doubt {
            // A clock that was put back must not keep it for ever.
            Ok(at) => self.clock.now().signed_duration_since(at).abs() < LEFT_ALONE,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => {
                tracing::warn!("{} cannot be read, so the change is not asked for: {error}", path.display());
                true
            }
        }
    }
}

/// A key is whatever the state holds; a file's name is not.
fn path(folder: &Path, key: &AdjustmentKey) -> PathBuf {
    folder.join(format!("{:032x}.json", xxh3_128(key.as_str().as_bytes())))
}
