//! What the user must tell: where the goods are read from, by one of two ways.

mod values;

use std::path::PathBuf;

use connector::import::Images;
use connector::{Common, Connector, Given, InvalidSetting, Need, Platform, Setting, switch};
use gateway_core::model::{Platform as PlatformName, ShopKey};
use secrecy::{ExposeSecret as _, SecretString};
use transport::Transport;

use crate::address::Address;
use crate::bridge::{self, Access};
pub use values::{Encryption, PriceLevel};
use values::{encryption, login, password, path, warehouses};

/// `Subiekt GT` as a connector.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubiektGt;

pub(crate) const SQL: &str = "SUBIEKTGT_SQL";
pub(crate) const SQL_USER: &str = "SUBIEKTGT_SQL_USER";
pub(crate) const SQL_PASSWORD: &str = "SUBIEKTGT_SQL_PASSWORD";
pub(crate) const SQL_ENCRYPT: &str = "SUBIEKTGT_SQL_ENCRYPT";
pub(crate) const SQL_CA: &str = "SUBIEKTGT_SQL_CA";
pub(crate) const EPP: &str = "SUBIEKTGT_EPP";
pub(crate) const EPP_OUT: &str = "SUBIEKTGT_EPP_OUT";
pub(crate) const WAREHOUSES: &str = "SUBIEKTGT_WAREHOUSES";
pub(crate) const PRICE_LEVEL: &str = "SUBIEKTGT_PRICE_LEVEL";
pub(crate) const ONLY_WEB_SHOP: &str = "SUBIEKTGT_ONLY_WEB_SHOP";

/// The labels that Subiekt GT gives its price levels until a firm gives them others; 0 is the purchase price.
const LABELS: [(u8, &str); 3] = [(1, "Detaliczna"), (2, "Hurtowa"), (3, "Specjalna")];

const SETTINGS: [Setting; 12] = [
    Setting {
        option: "sql",
        variable: SQL,
        prompt: "Subiekt GT database (HOST\\INSTANCE/DATABASE)",
        help: "The firm's database on its MS SQL Server: HOST[\\INSTANCE|:PORT]/DATABASE, such as serwer\\INSERTGT/Firma; an IPv6 \
               address stands in brackets",
        need: Need::Unless(EPP),
        is_secret: false,
        check: |text| Address::parse(text).map(drop),
    },
    Setting {
        option: "sql-user",
        variable: SQL_USER,
        prompt: "Subiekt GT database login",
        help: "A login of that server which may read the firm's tables, and nothing else",
        need: Need::Unless(EPP),
        is_secret: false,
        check: |text| login(text).map(drop),
    },
    Setting {
        option: "sql-password",
        variable: SQL_PASSWORD,
        prompt: "Subiekt GT database password",
        help: "The password of that login",
        need: Need::Unless(EPP),
        is_secret: true,
        check: password,
    },
    Setting {
        option: "sql-encrypt",
        variable: SQL_ENCRYPT,
        prompt: "Subiekt GT database encryption",
        help: "verify: encrypted, and the server's certificate is one that is trusted; trust: encrypted, whoever made the \
               certificate, as in most installations; off: not encrypted, for servers so old that they know no TLS 1.2 \
               [default: verify]",
        need: Need::Optional,
        is_secret: false,
        check: |text| encryption(text, None).map(drop),
    },
    Setting {
        option: "sql-ca",
        variable: SQL_CA,
        prompt: "Subiekt GT certificate authority",
        help: "With verify: a PEM file with the certificate that vouches for the server's [default: those of the system]",
        need: Need::Optional,
        is_secret: false,
        check: |text| path(text).map(drop),
    },
    Setting {
        option: "epp",
        variable: EPP,
        prompt: "Subiekt GT EDI++ files",
        help: "In place of a database: an EDI++ file (.epp) that the program has exported, or a folder of such: the oldest is \
               read first, and what a later one says holds",
        need: Need::Optional,
        is_secret: false,
        check: |text| path(text).map(drop),
    },
    Setting {
        option: "epp-out",
        variable: EPP_OUT,
        prompt: "Subiekt GT folder for documents",
        help: "With a database: the folder into which stock writes EDI++ files with the documents (PW, RW) that a person is to take into the \
               program [default: one in the folder for files that are kept]",
        need: Need::Optional,
        is_secret: false,
        check: |text| path(text).map(drop),
    },
    Setting {
        option: "warehouses",
        variable: WAREHOUSES,
        prompt: "Subiekt GT warehouses",
        help: "The symbols of the warehouses whose goods are sold, their levels added up: MAG,SKL; files tell none, the bridge does \
               [default: the main one; with the bridge, its choice]",
        need: Need::Optional,
        is_secret: false,
        check: |text| warehouses(text).map(drop),
    },
    Setting {
        option: "price-level",
        variable: PRICE_LEVEL,
        prompt: "Subiekt GT price level",
        help: "Whose prices are sent: the number of a price level, 1 to 10, or its label; of files the label, or the number \
               where it has its first label [default: 1]",
        need: Need::Optional,
        is_secret: false,
        check: |text| PriceLevel::parse(text).map(drop),
    },
    Setting {
        option: "only-web-shop",
        variable: ONLY_WEB_SHOP,
        prompt: "Subiekt GT goods for the web shop",
        help: "Only goods that are marked for the web shop (Sklep internetowy); files do not tell which are",
        need: Need::Switch,
        is_secret: false,
        check: |text| switch(text).map(drop),
    },
    bridge::URL_SETTING,
    bridge::TOKEN_SETTING,
];

/// The settings of one firm.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where its goods are read from.
    pub road: Road,
    /// The platform's name.
    pub platform: PlatformName,
    /// The key under which all that concerns the firm is kept, unless it follows from where it is read from.
    pub shop_key: Option<ShopKey>,
}

/// Where goods are read from.
#[derive(Clone, Debug)]
pub enum Road {
    /// EDI++ files.
    Files(Files),
    /// The firm's database.
    Sql(Sql),
}

/// EDI++ files.
#[derive(Clone, Debug)]
pub struct Files {
    /// A file, or a folder of files.
    pub path: PathBuf,
    /// The label of the price level whose prices are sent.
    pub price_level: String,
    /// What tells and changes their levels.
    pub bridge: Option<Access>,
    /// The symbols of the warehouses whose goods are sold; none are told: the bridge's own choice.
    pub warehouses: Vec<String>,
}

/// A firm's database, and what of it is read.
#[derive(Clone, Debug)]
pub struct Sql {
    /// Where it is.
    pub address: Address,
    /// A login that may read it.
    pub user: String,
    /// The password of that.
    pub password: SecretString,
    /// How what is said is kept from others.
    pub encryption: Encryption,
    /// The folder for documents that the program is to take in.
    pub epp_out: Option<PathBuf>,
    /// The symbols of the warehouses whose goods are sold; none are told: the main one.
    pub warehouses: Vec<String>,
    /// Whose prices are sent.
    pub price_level: PriceLevel,
    /// Whether only goods are read that are marked for the web shop.
    pub only_web_shop: bool,
    /// What changes its levels.
    pub bridge: Option<Access>,
}

impl Settings {
    /// Reads the settings that were told.
    ///
    /// # Errors
    /// When one is missing or wrong, or when two ways are told.
    pub fn read(given: &Given, common: &Common) -> Result<Self, InvalidSetting> {
        let road = match (given.get(SQL), given.get(EPP)) {
            (Some(_), Some(_)) => {
                return Err(wrong(EPP)(format!(
                    "{SQL} is told too, and only one of them can be read: take one away"
                )));
            }
            (None, Some(told)) => Road::Files(files(told, given)?),
            (told, None) => Road::Sql(sql(told, given)?),
        };
        Ok(Self {
            road,
            platform: PlatformName::new(SubiektGt.name()).map_err(|error| wrong(SQL)(error.to_string()))?,
            shop_key: common.shop_key.clone(),
        })
    }
}

/// A setting that is wrong.
fn wrong(variable: &'static str) -> impl Fn(String) -> InvalidSetting {
    move |what| InvalidSetting { variable, what }
}

fn files(told: &str, given: &Given) -> Result<Files, InvalidSetting> {
    let (price_level, bridge) = (price_level(given)?, Access::read(given)?);
    if given.get(EPP_OUT).is_some() {
        return Err(wrong(EPP_OUT)(
            "files tell no levels, so there is nothing to write: take it away".to_owned(),
        ));
    }
    for (variable, of_what) in [(WAREHOUSES, "warehouses"), (ONLY_WEB_SHOP, "what is for the web shop")] {
        let is_told =
            given.get(variable).is_some_and(|told| variable == WAREHOUSES || switch(told) != Ok(false));
        if is_told && (variable != WAREHOUSES || bridge.is_none()) {
            return Err(wrong(variable)(format!("files do not tell {of_what}: take it away")));
        }
    }
    let of_a_database = [SQL_USER, SQL_PASSWORD, SQL_ENCRYPT, SQL_CA];
    if let Some(variable) = of_a_database.into_iter().find(|variable| given.secret(variable).is_some()) {
        return Err(wrong(variable)(format!("it is of a database, and {EPP} names files: take one away")));
    }
    let label = match price_level {
        PriceLevel::Label(label) => label,
        PriceLevel::Number(number) => {
            let known = LABELS.iter().find(|(known, _)| *known == number);
            let untold = || {
                format!(
                    "files name price levels by their labels, and level {number} has no usual one: tell its label"
                )
            };
            known.map(|(_, label)| (*label).to_owned()).ok_or_else(|| wrong(PRICE_LEVEL)(untold()))?
        }
    };
    let warehouses = given.get(WAREHOUSES).map_or(Ok(Vec::new()), warehouses).map_err(wrong(WAREHOUSES))?;
    Ok(Files { path: path(told).map_err(wrong(EPP))?, price_level: label, bridge, warehouses })
}

fn sql(told: Option<&str>, given: &Given) -> Result<Sql, InvalidSetting> {
    let missing = |variable| wrong(variable)("it is missing".to_owned());
    let told = told.ok_or_else(|| missing(SQL))?;
    let ca = given.get(SQL_CA).map(path).transpose().map_err(wrong(SQL_CA))?;
    let secret = given.secret(SQL_PASSWORD).ok_or_else(|| missing(SQL_PASSWORD))?;
    password(secret.expose_secret()).map_err(wrong(SQL_PASSWORD))?;
    Ok(Sql {
        address: Address::parse(told).map_err(wrong(SQL))?,
        user: login(given.get(SQL_USER).ok_or_else(|| missing(SQL_USER))?).map_err(wrong(SQL_USER))?,
        password: secret.clone(),
        encryption: encryption(given.get(SQL_ENCRYPT).unwrap_or("verify"), ca).map_err(wrong(SQL_ENCRYPT))?,
        epp_out: given.get(EPP_OUT).map(path).transpose().map_err(wrong(EPP_OUT))?,
        warehouses: given.get(WAREHOUSES).map_or(Ok(Vec::new()), warehouses).map_err(wrong(WAREHOUSES))?,
        price_level: price_level(given)?,
        only_web_shop: given.get(ONLY_WEB_SHOP).map_or(Ok(false), switch).map_err(wrong(ONLY_WEB_SHOP))?,
        bridge: Access::read(given)?,
    })
}

fn price_level(given: &Given) -> Result<PriceLevel, InvalidSetting> {
    given.get(PRICE_LEVEL).map_or(Ok(PriceLevel::Number(1)), PriceLevel::parse).map_err(wrong(PRICE_LEVEL))
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

    fn images(&self) -> Images {
        Images::Upload
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let Settings { road, platform, shop_key } = Settings::read(given, common)?;
        Ok(match road {
            Road::Files(files) => {
                Box::new(crate::platform::OfFiles::new(files, (platform, shop_key), common, transport))
            }
            Road::Sql(sql) => {
                let key = shop_key.map_or_else(|| key_of(&sql.address), Ok)?;
                Box::new(crate::platform::OfSql::new(sql, (platform, key), common, transport))
            }
        })
    }
}

/// The key of a firm that nobody has named: its database's name. Where that is, is no part of it: servers move.
fn key_of(address: &Address) -> Result<ShopKey, InvalidSetting> {
    let unnamed = |_| {
        wrong(SQL)("its database has a name that no firm can be known by: tell one by --shop-key".to_owned())
    };
    ShopKey::named(&address.database.to_lowercase()).map_err(unnamed)
}
