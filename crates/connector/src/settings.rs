//! What a platform must be told, as data: so every program asks alike, and the hub can ask too.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use transport::Transport;
use url::Url;

use crate::import::Images;
use crate::{Common, Platform};

/// A platform before it is told anything: what it wants to know, and how it opens a shop with that.
pub trait Connector: Send + Sync {
    /// Its name, as in `data.source` and in its program's: `prestashop`.
    fn name(&self) -> &'static str;

    /// How people write it: `PrestaShop`.
    fn title(&self) -> &'static str;

    /// What it must or can be told, in the order in which it is asked.
    fn settings(&self) -> &'static [Setting];

    /// How pictures come to the marketplace unless the user says otherwise.
    fn images(&self) -> Images;

    /// Makes a shop ready to be read. Sends nothing.
    ///
    /// # Errors
    /// When a setting is wrong.
    fn open(
        &self,
        given: &Given,
        common: &Common,
        transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting>;
}

/// One thing that a platform is told.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The command line option, without dashes: `base-url`. One that is secret has no option for its value, but one with
    /// `-file` behind it for a file that holds it.
    pub option: &'static str,
    /// The environment variable: `PRESTASHOP_BASE_URL`.
    pub variable: &'static str,
    /// The words of the prompt: `PrestaShop base URL`.
    pub prompt: &'static str,
    /// What it is, with an example and what holds when it is not told.
    pub help: &'static str,
    /// Whether it must be told.
    pub need: Need,
    /// Whether it must not be shown.
    pub is_secret: bool,
    /// Says what is wrong with a value, as soon as it is known and before anything is sent. Does not repeat a secret.
    pub check: fn(&str) -> Result<(), String>,
}

/// Whether a setting must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It is asked for when it is missing.
    Required,
    /// It is asked for when it is missing, unless the setting of this variable is told, which takes its place.
    Unless(&'static str),
    /// It is asked for when it is missing and the setting of this variable is told, to which it belongs.
    With(&'static str),
    /// It is never asked for: something holds without it.
    Optional,
    /// It is never asked for, and is on or off: its option stands alone on the command line, its variable is read by [`switch`].
    Switch,
}

/// Reads what is on or off, as an environment variable says it.
///
/// # Errors
/// When it is neither, for a setting's `check`.
pub fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

/// The settings that were told, by their variable's name. Empty ones are as if they were not told.
#[derive(Clone, Debug, Default)]
pub struct Given(BTreeMap<&'static str, SecretString>);

impl Given {
    /// Takes a value, white space around it cut off.
    pub fn insert(&mut self, variable: &'static str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.insert(variable, value.into());
        }
    }

    /// A value that may be shown.
    #[must_use]
    pub fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(ExposeSecret::expose_secret)
    }

    /// A value that must not be shown.
    #[must_use]
    pub fn secret(&self, variable: &str) -> Option<&SecretString> {
        self.0.get(variable)
    }
}

/// A setting that is wrong or missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {what}")]
pub struct InvalidSetting {
    /// The setting's variable.
    pub variable: &'static str,
    /// What is wrong; does not repeat a secret.
    pub what: String,
}

/// Reads a shop's address as people have it: with or without `api_path` (such as `/api`) at its end, in a folder or not, with a
/// slash at its end or not. What comes out has neither.
///
/// # Errors
/// What is wrong with it, for a setting's `check`; does not repeat it.
pub fn shop_address(text: &str, api_path: &str) -> Result<Url, String> {
    let text = text.trim();
    if !text.contains("://") {
        return Err("it has no scheme: it begins with https:// (or http://)".to_owned());
    }
    let mut url =
        Url::parse(text).map_err(|_| "it is not an address: https://shop.example.com is one".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err("it is not an address of the web: https://shop.example.com is one".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user or a password: the key is asked for by itself".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(api_path).unwrap_or(path).trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}
