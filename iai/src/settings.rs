//! What the user must tell.

use connector::import::Images;
use connector::{Common, Connector, Given, InvalidSetting, Need, Platform, Setting};
use gateway_core::model::{Platform as PlatformName, ShopKey};
use secrecy::{ExposeSecret as _, SecretString};
use transport::Transport;
use url::Url;

use crate::mapping::Stocks;

/// `IAI` as a connector.
#[derive(Clone, Copy, Debug, Default)]
pub struct Iai;

pub(crate) const BASE_URL: &str = "IAI_BASE_URL";
pub(crate) const API_KEY: &str = "IAI_API_KEY";
pub(crate) const LOGIN: &str = "IAI_LOGIN";
pub(crate) const PASSWORD: &str = "IAI_PASSWORD";
pub(crate) const GATE_VERSION: &str = "IAI_GATE_VERSION";
pub(crate) const STOCKS: &str = "IAI_STOCKS";
pub(crate) const LANGUAGE: &str = "IAI_LANGUAGE";
pub(crate) const CONCURRENCY: &str = "IAI_CONCURRENCY";

/// The language in which texts are read where neither the user nor the shop tells one: Polish, by its code of three letters.
pub const DEFAULT_LANGUAGE: &str = "pol";

/// Which version of the older gates is asked unless told. 170 is one that programs of others ask for goods as JSON; panels answer
/// older versions than their own too.
const DEFAULT_GATE_VERSION: u32 = 170;

const SETTINGS: [Setting; 8] = [
    Setting {
        option: "base-url",
        variable: BASE_URL,
        prompt: "IAI base URL",
        help: "The shop's address, or that of its panel, such as https://shop.example.com",
        need: Need::Required,
        is_secret: false,
        check: |text| base_url(text).map(drop),
    },
    Setting {
        option: "api-key",
        variable: API_KEY,
        prompt: "IAI API key",
        help: "The key of the Admin API, made in the panel, which may read and write products (PIM)",
        need: Need::Unless(LOGIN),
        is_secret: true,
        check: api_key,
    },
    Setting {
        option: "login",
        variable: LOGIN,
        prompt: "IAI login",
        help: "The login of a user of the panel, for a panel so old that it makes no API keys: its older gates are asked then",
        need: Need::Optional,
        is_secret: false,
        check: login,
    },
    Setting {
        option: "password",
        variable: PASSWORD,
        prompt: "IAI password",
        help: "The password of that user",
        need: Need::With(LOGIN),
        is_secret: true,
        check: password,
    },
    Setting {
        option: "gate-version",
        variable: GATE_VERSION,
        prompt: "IAI gate version",
        help: "The version of the older gates, as the panel's documentation of them has it [default: 170]",
        need: Need::Optional,
        is_secret: false,
        check: |text| gate_version(text).map(drop),
    },
    Setting {
        option: "stocks",
        variable: STOCKS,
        prompt: "IAI stocks",
        help: "The ids of the stocks whose goods are sold, the one that is written to first: 1,3 [default: all own ones; 0 is the \
               supplier's]",
        need: Need::Optional,
        is_secret: false,
        check: |text| stocks(text).map(drop),
    },
    Setting {
        option: "language",
        variable: LANGUAGE,
        prompt: "IAI language",
        help: "The language in which texts are read, as `check` lists it: pol, eng [default: the shop's default language]",
        need: Need::Optional,
        is_secret: false,
        check: |text| language(text).map(drop),
    },
    Setting {
        option: "iai-concurrency",
        variable: CONCURRENCY,
        prompt: "IAI concurrency",
        help: "The most requests in flight to the shop, as --shop-concurrency, which goes first [default: 1]",
        need: Need::Optional,
        is_secret: false,
        check: |text| concurrency(text).map(drop),
    },
];

/// How the shop is asked.
#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// By the Admin API.
    Key(SecretString),
    /// By the gates that were there before it.
    Gates {
        login: String,
        password: SecretString,
        /// Their version.
        version: u32,
    },
}

/// The settings of one shop.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The shop's address, without `/api` and without a slash at its end.
    pub base_url: Url,
    pub(crate) access: Access,
    /// The stocks whose goods are sold.
    pub stocks: Stocks,
    /// The language in which texts are read, if not the shop's default.
    pub language: Option<String>,
    /// The most requests in flight.
    pub concurrency: usize,
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
        let access = match (given.secret(API_KEY), given.get(LOGIN)) {
            (Some(_), Some(_)) => {
                let what = format!("{API_KEY} is told too: leave out the one that is not to be used");
                return Err(wrong(LOGIN)(what));
            }
            (Some(key), None) => {
                api_key(key.expose_secret()).map_err(wrong(API_KEY))?;
                Access::Key(key.clone())
            }
            (None, Some(user)) => {
                login(user).map_err(wrong(LOGIN))?;
                let secret = given.secret(PASSWORD).ok_or_else(|| missing(PASSWORD))?;
                password(secret.expose_secret()).map_err(wrong(PASSWORD))?;
                let version = given.get(GATE_VERSION).map(gate_version).transpose();
                let version = version.map_err(wrong(GATE_VERSION))?.unwrap_or(DEFAULT_GATE_VERSION);
                Access::Gates { login: user.to_owned(), password: secret.clone(), version }
            }
            (None, None) => return Err(missing(API_KEY)),
        };
        let shop_key = match &common.shop_key {
            Some(key) => key.clone(),
            None => ShopKey::from_url(&base_url).map_err(|error| wrong(BASE_URL)(error.to_string()))?,
        };
        let platform = PlatformName::new(Iai.name()).map_err(|error| wrong(BASE_URL)(error.to_string()))?;
        let told = given.get(CONCURRENCY).map(concurrency).transpose().map_err(wrong(CONCURRENCY))?;
        Ok(Self {
            base_url,
            access,
            stocks: match given.get(STOCKS) {
                Some(told) => Stocks::These(stocks(told).map_err(wrong(STOCKS))?),
                None => Stocks::Own,
            },
            language: given.get(LANGUAGE).map(language).transpose().map_err(wrong(LANGUAGE))?,
            // Calls beyond a plan's pool are billed, and the shop's own server answers them: one after the other.
            concurrency: common.shop_concurrency.or(told).unwrap_or(1),
            platform,
            shop_key,
        })
    }
}

/// People have the shop's address, that of a page of its panel, and that of the documentation's first example.
fn base_url(text: &str) -> Result<Url, String> {
    let mut url = connector::shop_address(text, "")?;
    let segments = url.path().split('/').take_while(|segment| !matches!(*segment, "panel" | "api"));
    let path = segments.collect::<Vec<_>>().join("/");
    url.set_path(path.trim_end_matches('/'));
    Ok(url)
}

fn api_key(text: &str) -> Result<(), String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err("a key is one word of letters, digits and signs: copy it again, whole".to_owned())
}

fn login(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_control) { Err("it holds a control character".to_owned()) } else { Ok(()) }
}

fn password(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(()) }
}

fn gate_version(text: &str) -> Result<u32, String> {
    let version = text.trim().parse().ok().filter(|version| *version > 0);
    version.ok_or_else(|| format!("{:?} is no version: 170 is one", start_of(text)))
}

fn stocks(text: &str) -> Result<Vec<u64>, String> {
    let mut stocks = Vec::new();
    for told in text.split(',').map(str::trim) {
        let stock = told.parse().map_err(|_| {
            format!("{:?} is no id of a stock: ids are whole numbers, as in 1,3", start_of(told))
        })?;
        if stocks.contains(&stock) {
            return Err(format!("the stock {stock} is named twice"));
        }
        stocks.push(stock);
    }
    Ok(stocks)
}

fn language(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(text);
    }
    Err(format!("{:?} is no language: languages have three letters, as pol and eng", start_of(&text)))
}

fn concurrency(text: &str) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{:?} is no number from 1", start_of(text)))
}

fn start_of(text: &str) -> String {
    text.chars().take(20).collect()
}

impl Connector for Iai {
    fn name(&self) -> &'static str {
        "iai"
    }

    fn title(&self) -> &'static str {
        "IAI"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    /// Anybody can fetch the shop's pictures, so the marketplace does it by itself: one call for each.
    fn images(&self) -> Images {
        Images::Copy
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
