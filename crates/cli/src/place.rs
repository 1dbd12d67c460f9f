//! Where the state is kept: where the user says, or in a file for each shop in his state folder.

use std::path::{Path, PathBuf};

use connector::{Need, RunError, Setting};
use etcetera::BaseStrategy as _;
use gateway_core::model::ShopKey;
use secrecy::ExposeSecret as _;
use state::StateUrl;
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

use crate::told::{self, Told};

/// The address of the state, which is secret where it holds a password. What holds none may be told by `--state` too.
pub(crate) const STATE_URL: Setting = Setting {
    option: "state-url",
    variable: "STATE_URL",
    prompt: "Address of the state",
    help: "The address of the state",
    need: Need::Optional,
    is_secret: true,
    check: |text| StateUrl::parse(text).map(drop).map_err(|error| error.to_string()),
};

/// Where the state is kept.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// Where the user says.
    Told(StateUrl),
    /// In this folder, a file for each shop key; nowhere when the system does not tell one.
    Folder(Option<PathBuf>),
}

impl Place {
    /// As it is told, or else in the folder where the system has users' programs keep what they remember.
    pub(crate) fn read(told: &Told<'_>, program: &str) -> Result<Self, RunError> {
        // `--state` would refuse an address that holds a password, which the variable may have.
        let parse = |text: &str, place: &str| {
            let url = StateUrl::parse(text).map(whole);
            url.map_err(|error| told::wrong(place, &error.to_string(), "state-url-file"))
        };
        if told.is_on_command_line("state")
            && let Some((text, place)) = told.values("state")?.pop()
            && place == "--state"
        {
            if holds_password(&text) {
                return Err(RunError::settings(
                    "--state: the address holds a password, which others of this machine can read on a command line",
                    "put the address into the variable STATE_URL, or into a file that --state-url-file names",
                ));
            }
            return Ok(Self::Told(parse(&text, "--state")?));
        }
        match told.setting(&STATE_URL)? {
            Some(value) => Ok(Self::Told(parse(value.text.expose_secret(), &value.place)?)),
            None => Ok(Self::Folder(state_folder(program))),
        }
    }

    /// The folder for files that outlast a run: beside the state where that is a file. It need not be there yet.
    pub(crate) fn keep(&self, program: &str) -> Option<PathBuf> {
        match self {
            Self::Told(url) => match url.as_file().and_then(Path::parent) {
                Some(folder) if folder.as_os_str().is_empty() => Some(PathBuf::from(".")),
                Some(folder) => Some(folder.to_owned()),
                None => state_folder(program),
            },
            Self::Folder(folder) => folder.clone(),
        }
    }

    /// The state of a shop.
    pub(crate) fn url(&self, shop: &ShopKey) -> Result<StateUrl, RunError> {
        match self {
            Self::Told(url) => Ok(url.clone()),
            Self::Folder(Some(folder)) => Ok(StateUrl::file(&folder.join(file_name(shop.as_str())))),
            Self::Folder(None) => Err(RunError::settings(
                "there is no place for the state, because this user has no home folder",
                "name a file by --state or STATE_URL, such as sqlite:///srv/state.db",
            )),
        }
    }
}

/// A file by its whole path, by which people find it wherever they are.
fn whole(url: StateUrl) -> StateUrl {
    match url.as_file().map(std::path::absolute) {
        Some(Ok(path)) => StateUrl::file(&path),
        _ => url,
    }
}

/// Whether there may be something to open. What cannot be looked at is left to be said by the opening.
pub(crate) fn is_there(url: &StateUrl) -> bool {
    url.as_file().is_none_or(|path| path.try_exists().unwrap_or(true))
}

/// Where the system has users' programs keep what they remember. It need not be there yet.
fn state_folder(program: &str) -> Option<PathBuf> {
    let places = etcetera::choose_base_strategy().ok()?;
    Some(places.state_dir().unwrap_or_else(|| places.data_dir()).join(program))
}

/// What the file of a shop key is called: by as much of it as any file system takes and people can read, and a digest, because
/// that alone may be the same for two keys.
fn file_name(key: &str) -> String {
    const MOST: usize = 40;
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = key.chars().map(plain).take(MOST).collect();
    let digest = xxh3_128(key.as_bytes());
    format!("{}-{:016x}.db", name.trim_matches(['-', '.']), digest >> 64)
}

/// Whether a database's address holds a password, in its place or where one that was not escaped ends up.
fn holds_password(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_database = matches!(url.scheme(), "postgres" | "postgresql");
    is_database
        && (url.password().is_some()
            || url.path().contains('@')
            || url.query_pairs().any(|(name, _)| name == "password"))
}
