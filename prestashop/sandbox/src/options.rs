//! What a sandbox is told when it starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use chrono_tz::Tz;
use clock::Clock;

use crate::{Catalogue, Fault};

/// How a sandbox behaves. [`Options::default`] is a fast and faultless shop with the goods of [`Catalogue::special`].
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Default: `127.0.0.1`, a free port.
    pub listen: SocketAddr,
    /// The time of everything: dates of change, latency. Default: the machine's clock.
    pub clock: Clock,
    /// Which PrestaShop it is. Default: 8.2.1.
    pub version: Version,
    /// The shop's languages; one alone makes every text a plain string. Default: 1 English and 2 Polish.
    pub languages: Vec<Language>,
    /// The shop's default language, one of [`Options::languages`]. Default: 2, Polish, so that a connector that takes
    /// "the first" or "1" for the default gets other texts than one that asks.
    pub default_language: u32,
    /// The default currency. Default: PLN.
    pub currency: Currency,
    /// The default country: its tax rules are the valid ones. Default: 14, Poland.
    pub country: Country,
    /// The tax groups. Default: 1..=4 with 23, 8, 5 and 0 %.
    pub tax_groups: Vec<TaxGroup>,
    /// The zone that dates are told in. Default: Europe/Warsaw.
    pub time_zone: Tz,
    /// The name of the shop. Default: "Sklep próbny".
    pub name: String,
    /// How many shops the installation has. With more than one they share their goods and their stock. Default: 1.
    pub shops: u32,
    /// The setting `PS_STOCK_MANAGEMENT`. Default: on.
    pub stock_management: bool,
    /// The API keys; the first one is [`crate::Shop::key`]. Default: one that may do everything.
    pub keys: Vec<Key>,
    /// Whether the webservice is switched on. Default: yes.
    pub webservice: bool,
    /// Whether the shop is in maintenance: the API answers all the same, the home page does not. Default: no.
    pub maintenance: bool,
    /// Path of the shop on its host, such as `/sklep`. Default: empty.
    pub base_path: String,
    /// Send calls for another host name than the shop's own to the home page with a 302. Default: no.
    pub redirect_other_hosts: bool,
    /// Whether PHP's warnings get into the answers and turn refusals into 500, as on a default host. Default: yes.
    pub strict_errors: bool,
    /// How long every call takes at least. Default: no time.
    pub latency: Duration,
    /// More calls than this at once are answered with 429. Default: no limit.
    pub max_in_flight: Option<usize>,
    /// How often each fault befalls a call, in percent of all calls; together at most 100. Default: none.
    pub fault_rates: Vec<(Fault, u8)>,
    /// Products that break every answer that shows more of them than their id: 500, empty. Default: none.
    pub poisoned: Vec<u32>,
    /// Start value of the dice that faults are thrown with. Default: 0.
    pub seed: u64,
    /// Least size of an original picture, in bytes. Default: 0, they are a few kilobytes.
    pub picture_bytes: usize,
    /// Keep every request for [`crate::Shop::calls`]. Default: yes. The memory for it grows with every call.
    pub keep_calls: bool,
    /// The goods. Default: [`Catalogue::special`].
    pub catalogue: Catalogue,
}

/// The key of a sandbox unless told otherwise: 32 characters, as PrestaShop wants them. It protects nothing.
const SAMPLE_KEY: &str = "SANDBOX0SANDBOX0SANDBOX0SANDBOX0";

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Clock::system(),
            version: Version::V8_2_1,
            languages: vec![Language::english(1), Language::polish(2)],
            default_language: 2,
            currency: Currency::pln(),
            country: Country { id: 14, iso: "PL".to_owned() },
            tax_groups: TaxGroup::polish(),
            time_zone: Tz::Europe__Warsaw,
            name: "Sklep próbny".to_owned(),
            shops: 1,
            stock_management: true,
            keys: vec![Key::full(SAMPLE_KEY)],
            webservice: true,
            maintenance: false,
            base_path: String::new(),
            redirect_other_hosts: false,
            strict_errors: true,
            latency: Duration::ZERO,
            max_in_flight: None,
            fault_rates: Vec::new(),
            poisoned: Vec::new(),
            seed: 0,
            picture_bytes: 0,
            keep_calls: true,
            catalogue: Catalogue::special(),
        }
    }
}

impl Options {
    /// A shop to try things with: the special goods, and behind them so many synthetic ones.
    #[must_use]
    pub fn sample(products: u32) -> Self {
        Self { catalogue: Catalogue::special().and_synthetic(0, products), ..Self::default() }
    }

    /// The same as a PrestaShop 1.7.8.11 of one language, English, whose prices are US dollars.
    #[must_use]
    pub fn older(self) -> Self {
        Self {
            version: Version::V1_7_8,
            languages: vec![Language::english(1)],
            default_language: 1,
            currency: Currency::usd(),
            ..self
        }
    }
}

/// Which PrestaShop a sandbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 8.2.1, on PHP 8.
    V8_2_1,
    /// 1.7.8.11.
    V1_7_8,
}

impl Version {
    /// As `PSWS-Version` tells it.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V8_2_1 => "8.2.1",
            Self::V1_7_8 => "1.7.8.11",
        }
    }
}

/// A language of the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// Its id.
    pub id: u32,
    /// Its ISO 639-1 code. The goods have Polish texts for `pl` and English ones for all others.
    pub iso: String,
    /// Its name.
    pub name: String,
}

impl Language {
    /// English.
    #[must_use]
    pub fn english(id: u32) -> Self {
        Self { id, iso: "en".to_owned(), name: "English (English)".to_owned() }
    }

    /// Polish.
    #[must_use]
    pub fn polish(id: u32) -> Self {
        Self { id, iso: "pl".to_owned(), name: "Polski (Polish)".to_owned() }
    }
}

/// The shop's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    /// Its ISO 4217 code.
    pub iso: String,
    /// Its ISO 4217 number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
}

impl Currency {
    fn new(iso: &str, number: &str, name: &str, symbol: &str) -> Self {
        let [iso, number, name, symbol] = [iso, number, name, symbol].map(str::to_owned);
        Self { iso, number, name, symbol }
    }

    /// Polish zloty.
    #[must_use]
    pub fn pln() -> Self {
        Self::new("PLN", "985", "Złoty polski", "zł")
    }

    /// US dollar.
    #[must_use]
    pub fn usd() -> Self {
        Self::new("USD", "840", "US Dollar", "$")
    }
}

/// A country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Country {
    /// Its id.
    pub id: u32,
    /// Its ISO 3166-1 code.
    pub iso: String,
}

/// A tax group: what a product's `id_tax_rules_group` points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxGroup {
    /// Its id, from 1.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The rate in the default country, in percent with at most three decimals ("23", "5.5"); `None` for a group that
    /// has no rule for that country.
    pub rate: Option<String>,
}

impl TaxGroup {
    /// A group with a rate.
    #[must_use]
    pub fn new(id: u32, name: &str, rate: &str) -> Self {
        Self { id, name: name.to_owned(), rate: Some(rate.to_owned()) }
    }

    /// 23, 8, 5 and 0 %.
    #[must_use]
    pub fn polish() -> Vec<Self> {
        vec![
            Self::new(1, "PL stawka 23%", "23"),
            Self::new(2, "PL stawka 8%", "8"),
            Self::new(3, "PL stawka 5%", "5"),
            Self::new(4, "PL stawka 0%", "0"),
        ]
    }
}

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key; only 32 characters are ever taken.
    pub key: String,
    /// Whether it is switched on.
    pub active: bool,
    /// What it may do.
    pub permissions: Permissions,
}

/// What an API key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// Everything with every resource.
    All,
    /// Resource (plural, as in the path) and the methods it may be asked with, in capitals.
    Some(Vec<(String, Vec<String>)>),
}

impl Key {
    /// A key that may do everything.
    #[must_use]
    pub fn full(key: &str) -> Self {
        Self { key: key.to_owned(), active: true, permissions: Permissions::All }
    }

    /// A key that may read these resources.
    #[must_use]
    pub fn reading(key: &str, resources: &[&str]) -> Self {
        Self::full(key).only(resources.iter().map(|resource| (*resource, &["GET", "HEAD"][..])))
    }

    /// The same key with these permissions and no others.
    #[must_use]
    pub fn only<'a>(self, permissions: impl IntoIterator<Item = (&'a str, &'a [&'a str])>) -> Self {
        let methods = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let permissions = permissions.into_iter().map(|(name, names)| (name.to_owned(), methods(names)));
        Self { permissions: Permissions::Some(permissions.collect()), ..self }
    }

    /// Whether it may ask this resource with this method; `None`: not with any.
    pub(crate) fn allows(&self, resource: &str, method: &str) -> Option<bool> {
        match &self.permissions {
            Permissions::All => Some(true),
            Permissions::Some(some) => {
                let (_, methods) =
                    some.iter().find(|(name, methods)| name == resource && !methods.is_empty())?;
                Some(methods.iter().any(|allowed| allowed == method))
            }
        }
    }
}
