//! What the user must tell.

use connector::import::Images;
use connector::{Common, Connector, Given, InvalidSetting, Need, Platform, Setting};
use gateway_core::model::{Platform as PlatformName, ShopKey};
use secrecy::SecretString;
use transport::Transport;
use url::Url;

/// `PrestaShop` as a connector.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrestaShop;

const BASE_URL: &str = "PRESTASHOP_BASE_URL";
const API_KEY: &str = "PRESTASHOP_API_KEY";
const LANGUAGE_ID: &str = "PRESTASHOP_LANGUAGE_ID";
const SHOP_ID: &str = "PRESTASHOP_SHOP_ID";

const SETTINGS: [Setting; 4] = [
    Setting {
        option: "base-url",
        variable: BASE_URL,
        prompt: "PrestaShop base URL",
        help: "The shop's address, such as https://shop.example.com or https://example.com/shop",
        need: Need::Required,
        is_secret: false,
        check: |text| base_url(text).map(drop),
    },
    Setting {
        option: "api-key",
        variable: API_KEY,
        prompt: "PrestaShop API key",
        help: "The webservice key: 32 characters, made in the back office under Advanced Parameters > Webservice",
        need: Need::Required,
        is_secret: true,
        check: api_key,
    },
    Setting {
        option: "language-id",
        variable: LANGUAGE_ID,
        prompt: "PrestaShop language id",
        help: "The id of the language in which texts are read, as `check` lists it [default: the shop's default language]",
        need: Need::Optional,
        is_secret: false,
        check: |text| id(text).map(drop),
    },
    Setting {
        option: "shop-id",
        variable: SHOP_ID,
        prompt: "PrestaShop shop id",
        help: "The id of the shop, where one PrestaShop holds several [default: the only one]",
        need: Need::Optional,
        is_secret: false,
        check: |text| id(text).map(drop),
    },
];

/// The settings of one shop.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The shop's address, without `/api` and without a slash at its end.
    pub base_url: Url,
    /// The webservice key.
    pub api_key: SecretString,
    /// The language in which texts are read, if not the shop's default.
    pub language: Option<u32>,
    /// The shop, where one `PrestaShop` holds several.
    pub shop: Option<u32>,
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
        let missing = |variable| InvalidSetting { variable, what: "it is missing".to_owned() };
        let base_url = given
            .get(BASE_URL)
            .ok_or(missing(BASE_URL))
            .and_then(|text| base_url(text).map_err(wrong(BASE_URL)))?;
        let key = given.secret(API_KEY).ok_or(missing(API_KEY))?;
        let number = |variable| given.get(variable).map(|text| id(text).map_err(wrong(variable))).transpose();
        let (language, shop) = (number(LANGUAGE_ID)?, number(SHOP_ID)?);
        api_key(given.get(API_KEY).unwrap_or_default()).map_err(wrong(API_KEY))?;
        let shop_key = match &common.shop_key {
            Some(key) => key.clone(),
            None => shop_key(&base_url, shop).map_err(wrong(BASE_URL))?,
        };
        let platform =
            PlatformName::new(PrestaShop.name()).map_err(|error| wrong(BASE_URL)(error.to_string()))?;
        Ok(Self { platform, base_url, api_key: key.clone(), language, shop, shop_key })
    }
}

/// Several shops of one `PrestaShop` may share an address, so the id is a part of the key. The first shop goes without it:
/// it was there before there were several, and keeps its key when a second one comes.
fn shop_key(base_url: &Url, shop: Option<u32>) -> Result<ShopKey, String> {
    let key = ShopKey::from_url(base_url).map_err(|error| error.to_string())?;
    match shop {
        None | Some(1) => Ok(key),
        Some(id) => ShopKey::named(&format!("{key}#{id}")).map_err(|error| error.to_string()),
    }
}

fn base_url(text: &str) -> Result<Url, String> {
    connector::shop_address(text, "/api")
}

fn api_key(text: &str) -> Result<(), String> {
    const LENGTH: usize = 32;
    let text = text.trim();
    if text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(format!(
        "a webservice key has {LENGTH} letters and digits, this has {} characters: copy it again, whole",
        text.chars().count()
    ))
}

fn id(text: &str) -> Result<u32, String> {
    match text.trim().parse() {
        Ok(id) if id > 0 => Ok(id),
        _ => Err(format!(
            "{:?} is no id: ids are whole numbers from 1",
            text.chars().take(20).collect::<String>()
        )),
    }
}

impl Connector for PrestaShop {
    fn name(&self) -> &'static str {
        "prestashop"
    }

    fn title(&self) -> &'static str {
        "PrestaShop"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    /// With the key they are had also where the shop shows them to nobody.
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
