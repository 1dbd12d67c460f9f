//! What the user must tell.

use std::path::PathBuf;

use connector::import::Images;
use connector::{Common, Connector, Given, InvalidSetting, Need, Platform, Setting};
use gateway_core::model::{Platform as PlatformName, ShopKey};
use transport::Transport;

/// `Subiekt GT` as a connector.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubiektGt;

pub(crate) const EPP: &str = "SUBIEKTGT_EPP";
pub(crate) const PRICE_LEVEL: &str = "SUBIEKTGT_PRICE_LEVEL";

/// The labels that Subiekt GT gives its price levels until a firm gives them others; 0 is the purchase price.
const LABELS: [(&str, &str); 3] = [("1", "Detaliczna"), ("2", "Hurtowa"), ("3", "Specjalna")];

const SETTINGS: [Setting; 2] = [
    Setting {
        option: "epp",
        variable: EPP,
        prompt: "Subiekt GT EDI++ files",
        help: "An EDI++ file (.epp) that the program has exported, or a folder of such: the oldest is read first, and what a later one \
               says holds",
        need: Need::Required,
        is_secret: false,
        check: |text| path(text).map(drop),
    },
    Setting {
        option: "price-level",
        variable: PRICE_LEVEL,
        prompt: "Subiekt GT price level",
        help: "Whose prices are sent: the label of a price level, or its number where it has its first label [default: 1, Detaliczna]",
        need: Need::Optional,
        is_secret: false,
        check: |text| price_level(text).map(drop),
    },
];

/// The settings of one firm.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A file, or a folder of files.
    pub epp: PathBuf,
    /// The label of the price level whose prices are sent.
    pub price_level: String,
    /// The platform's name.
    pub platform: PlatformName,
    /// The key under which all that concerns the firm is kept, unless it follows from the files.
    pub shop_key: Option<ShopKey>,
}

impl Settings {
    /// Reads the settings that were told.
    ///
    /// # Errors
    /// When one is missing or wrong.
    pub fn read(given: &Given, common: &Common) -> Result<Self, InvalidSetting> {
        let wrong = |variable| move |what: String| InvalidSetting { variable, what };
        let told = given.get(EPP).ok_or_else(|| wrong(EPP)("it is missing".to_owned()))?;
        let level = given.get(PRICE_LEVEL).unwrap_or("1");
        Ok(Self {
            epp: path(told).map_err(wrong(EPP))?,
            price_level: price_level(level).map_err(wrong(PRICE_LEVEL))?,
            platform: PlatformName::new(SubiektGt.name()).map_err(|error| wrong(EPP)(error.to_string()))?,
            shop_key: common.shop_key.clone(),
        })
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("it names no file and no folder".to_owned());
    }
    Ok(PathBuf::from(text))
}

fn price_level(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text == "0" {
        return Err("level 0 is the purchase price, which nobody is to be told".to_owned());
    }
    if let Some((_, label)) = LABELS.iter().find(|(number, _)| *number == text) {
        return Ok((*label).to_owned());
    }
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("it is no label of a price level: Detaliczna is one".to_owned());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            "files name price levels by their labels, and level {text} has no usual one: tell its label"
        ));
    }
    Ok(text.to_owned())
}

impl Connector for SubiektGt {
    fn name(&self) -> &'static str {
        "subiektgt"
    }

    fn title(&self) -> &'static str {
        "Subiekt GT"
    }

    fn settings(&self) -> &'static [Setting] {
        &SETTINGS
    }

    /// Files hold none.
    fn images(&self) -> Images {
        Images::None
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        _transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        Ok(Box::new(crate::platform::Shop::new(Settings::read(given, common)?, common)))
    }
}
