//! What the user must tell.

use connector::import::Images;
use connector::{Common, Connector, Given, InvalidSetting, Need, Platform, Setting};
use gateway_core::model::{Platform as PlatformName, ShopKey};
use secrecy::SecretString;
use transport::Transport;
use url::Url;

/// `Toy Shop` as a connector.
#[derive(Clone, Copy, Debug, Default)]
pub struct Toyshop;

pub(crate) const BASE_URL: &str = "TOYSHOP_BASE_URL";
pub(crate) const API_KEY: &str = "TOYSHOP_API_KEY";
pub(crate) const LANGUAGE: &str = "TOYSHOP_LANGUAGE";

const SETTINGS: [Setting; 3] = [
    Setting {
        option: "base-url",
        variable: BASE_URL,
        prompt: "Toy Shop base URL",
        help: "The shop's address, such as https://shop.example.com or https://example.com/shop",
        need: Need::Required,
        is_secret: false,
        check: |text| base_url(text).map(drop),
    },
    Setting {
        option: "api-key",
        variable: API_KEY,
        prompt: "Toy Shop API key",
        help: "The key of the shop's service, which may read",
        need: Need::Required,
        is_secret: true,
        check: api_key,
    },
    Setting {
        option: "language",
        variable: LANGUAGE,
        prompt: "Toy Shop language",
        help: "The language in which texts are read, as `check` lists it: pl [default: the shop's default language]",
        need: Need::Optional,
        is_secret: false,
        check: language,
    },
];

/// The settings of one shop.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The shop's address, without `/api` and without a slash at its end.
    pub base_url: Url,
    /// The key of its service.
    pub api_key: SecretString,
    /// The language in which texts are read, if not the shop's default.
    pub language: Option<String>,
    /// The platform's name.
    pub platform: PlatformName,
    /// The key under which all that concerns the shop is kept.
    pub shop_key: ShopKey,
}

impl Settings {
    /// Reads the settings that were told.
    ///
    /// # Errors
    /// When one is missing or wrong.
    pub fn read(given: &Given, common: &Common) -> Result<Self, InvalidSetting> {
        let wrong = |variable| move |what: String| InvalidSetting { variable, what };
        let missing = |variable| wrong(variable)("it is missing".to_owned());
        let address = given.get(BASE_URL).ok_or_else(|| missing(BASE_URL))?;
        let base_url = base_url(address).map_err(wrong(BASE_URL))?;
        let key = given.secret(API_KEY).ok_or_else(|| missing(API_KEY))?;
        api_key(given.get(API_KEY).unwrap_or_default()).map_err(wrong(API_KEY))?;
        let told = given.get(LANGUAGE);
        told.map_or(Ok(()), language).map_err(wrong(LANGUAGE))?;
        let shop_key = match &common.shop_key {
            Some(key) => key.clone(),
            None => ShopKey::from_url(&base_url).map_err(|error| wrong(BASE_URL)(error.to_string()))?,
        };
        let platform =
            PlatformName::new(Toyshop.name()).map_err(|error| wrong(BASE_URL)(error.to_string()))?;
        Ok(Self { base_url, api_key: key.clone(), language: told.map(str::to_owned), platform, shop_key })
    }
}

fn base_url(text: &str) -> Result<Url, String> {
    connector::shop_address(text, "/api")
}

/// The more that is known of a platform's keys, the more can be said here, before anything is sent.
fn api_key(text: &str) -> Result<(), String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err("a key is one word of letters, digits and signs: copy it again, whole".to_owned())
}

fn language(text: &str) -> Result<(), String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(());
    }
    Err(format!("{:?} is no language: `pl` is one", text.chars().take(20).collect::<String>()))
}

impl Connector for Toyshop {
    fn name(&self) -> &'static str {
        "toyshop"
    }

    fn title(&self) -> &'static str {
        "Toy Shop"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    /// The shop shows its pictures only to who has the key, so the marketplace could not fetch them by itself.
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
        Ok(Box::new(crate::open(settings, common, transport)))
    }
}
