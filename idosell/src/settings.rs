//! What the user must tell.

use std::path::PathBuf;

use connector::import::Images;
use connector::{Common, Connector, Given, InvalidSetting, Need, Platform, Setting};
use gateway_core::model::{Platform as PlatformName, ShopKey};
use secrecy::{ExposeSecret as _, SecretString};
use transport::Transport;
use url::Url;

/// IdoSell's marketplace feed and IOF files as a connector.
#[derive(Clone, Copy, Debug, Default)]
pub struct IdoSell;

pub(crate) const BASE_URL: &str = "IDOSELL_BASE_URL";
pub(crate) const LOGIN: &str = "IDOSELL_LOGIN";
pub(crate) const PASSWORD: &str = "IDOSELL_PASSWORD";
pub(crate) const FEED: &str = "IDOSELL_FEED";
pub(crate) const LANGUAGE: &str = "IDOSELL_LANGUAGE";

/// The language in which texts are read unless told.
pub const DEFAULT_LANGUAGE: &str = "pol";

/// The path at which a shop answers to marketplaces.
pub(crate) const API_PATH: &str = "/marketplace-api";

const SETTINGS: [Setting; 5] = [
    Setting {
        option: "base-url",
        variable: BASE_URL,
        prompt: "IdoSell base URL",
        help: "The shop's address, such as https://shop.example.com; beside a feed it only names the shop",
        need: Need::Unless(FEED),
        is_secret: false,
        check: |text| base_url(text).map(drop),
    },
    Setting {
        option: "login",
        variable: LOGIN,
        prompt: "IdoSell marketplace login",
        help: "The login of the marketplace account that was made in the shop's panel",
        need: Need::Unless(FEED),
        is_secret: false,
        check: login,
    },
    Setting {
        option: "password",
        variable: PASSWORD,
        prompt: "IdoSell marketplace password",
        help: "The password of that account",
        need: Need::Unless(FEED),
        is_secret: true,
        check: password,
    },
    Setting {
        option: "feed",
        variable: FEED,
        prompt: "IdoSell feed",
        help: "The address or the path of a feed (a gateway file or a full.xml of IOF 3.0), which takes the place of base URL, \
               login and password",
        need: Need::Optional,
        is_secret: true,
        check: |text| feed(text).map(drop),
    },
    Setting {
        option: "language",
        variable: LANGUAGE,
        prompt: "IdoSell language",
        help: "The language in which texts are read, as `check` lists it: pol, eng [default: pol]",
        need: Need::Optional,
        is_secret: false,
        check: |text| language(text).map(drop),
    },
];

/// Where the shop's goods are had.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// From the shop, by an account for a marketplace.
    Account(Account),
    /// From a file of the web. Who knows its address has the goods, so it is a secret.
    Address(SecretString),
    /// From a file of this machine.
    File(PathBuf),
}

/// An account for a marketplace.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// The shop's address, without [`API_PATH`] and without a slash at its end.
    pub(crate) base_url: Url,
    pub(crate) login: String,
    pub(crate) password: SecretString,
}

/// The settings of one shop.
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) source: Source,
    /// The language in which texts are read, where that was told.
    pub(crate) language: Option<String>,
    pub(crate) platform: PlatformName,
    /// The key under which all that concerns the shop is kept, unless it follows from the goods.
    pub(crate) shop_key: Option<ShopKey>,
}

impl Settings {
    /// Reads the settings that were told.
    ///
    /// # Errors
    /// When one is missing or wrong.
    pub fn read(given: &Given, common: &Common) -> Result<Self, InvalidSetting> {
        let wrong = |variable| move |what: String| InvalidSetting { variable, what };
        let missing = |variable| wrong(variable)("it is missing".to_owned());
        let told_url = given.get(BASE_URL).map(base_url).transpose().map_err(wrong(BASE_URL))?;
        let source = match given.secret(FEED) {
            Some(told) => feed(told.expose_secret()).map_err(wrong(FEED))?,
            None => {
                let base_url = told_url.clone().ok_or_else(|| missing(BASE_URL))?;
                let told = given.get(LOGIN).ok_or_else(|| missing(LOGIN))?;
                login(told).map_err(wrong(LOGIN))?;
                let secret = given.secret(PASSWORD).ok_or_else(|| missing(PASSWORD))?;
                password(secret.expose_secret()).map_err(wrong(PASSWORD))?;
                Source::Account(Account { base_url, login: told.to_owned(), password: secret.clone() })
            }
        };
        let of_url = |url: &Url| ShopKey::from_url(url).map_err(|error| wrong(BASE_URL)(error.to_string()));
        let shop_key = match &common.shop_key {
            Some(key) => Some(key.clone()),
            None => told_url.as_ref().map(of_url).transpose()?,
        };
        let platform =
            PlatformName::new(IdoSell.name()).map_err(|error| wrong(BASE_URL)(error.to_string()))?;
        let language = given.get(LANGUAGE).map(language).transpose().map_err(wrong(LANGUAGE))?;
        Ok(Self { source, language, platform, shop_key })
    }
}

fn base_url(text: &str) -> Result<Url, String> {
    connector::shop_address(text, API_PATH)
}

fn login(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) { Err("it holds a control character".to_owned()) } else { Ok(()) }
}

fn password(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(()) }
}

fn feed(text: &str) -> Result<Source, String> {
    let text = text.trim();
    if text.starts_with('<') || text.chars().any(char::is_control) {
        return Err("that is a feed itself: tell its address or its path".to_owned());
    }
    // What has no scheme is a path; of one letter that is a drive of Windows.
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https") => {
            let url = Url::parse(text).map_err(|_| "it is not an address".to_owned())?;
            match url.host_str() {
                Some(host) if !host.is_empty() => Ok(Source::Address(url.as_str().into())),
                _ => Err("the address names no host".to_owned()),
            }
        }
        Some("file") => {
            let path = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
            path.map(Source::File).ok_or_else(|| "it names no file of this machine".to_owned())
        }
        _ if text.contains("://") => {
            Err("only https://, http:// and files of this machine are read".to_owned())
        }
        _ if text.is_empty() => Err("it is empty".to_owned()),
        // It would be shown as a path, with its token.
        _ if text.contains(['?', '&', '=']) || begins_with_host(text) => {
            Err("it looks like an address without a scheme: an address begins with https:// (or http://), a path with / or ./".to_owned())
        }
        _ => Ok(Source::File(PathBuf::from(text))),
    }
}

/// Whether what should be a path begins as an address does that lost its scheme, or a part of it: `shop.example/…`, `shop:8080/…`,
/// `https//…`. A drive of Windows is one letter.
fn begins_with_host(text: &str) -> bool {
    let Some((first, _)) = text.split_once('/') else { return false };
    let has_dot = first.contains('.') && !first.starts_with('.');
    let has_port = first.split_once(':').is_some_and(|(host, _)| host.len() > 1);
    has_dot || has_port || ["http", "https"].iter().any(|scheme| first.eq_ignore_ascii_case(scheme))
}

/// IOF names languages by three letters.
fn language(text: &str) -> Result<String, String> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_lowercase());
    }
    let shown: String = text.chars().take(20).collect();
    Err(format!("{shown:?} is no language of IdoSell, which have three letters: pol, eng"))
}

impl Connector for IdoSell {
    fn name(&self) -> &'static str {
        "idosell"
    }

    fn title(&self) -> &'static str {
        "IdoSell"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    /// The pictures have public addresses; yet what comes from there is looked at before it is sent.
    fn images(&self) -> Images {
        Images::Upload
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let settings = Settings::read(given, common)?;
        Ok(Box::new(crate::platform::Shop::new(settings, common, transport)))
    }
}
