//! What a sandbox is told when it starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clock::Clock;

use super::Fault;

/// The guid of the shop that a sandbox knows unless told otherwise.
pub const DEFAULT_SHOP: &str = "0b9f6c1e-3a52-4c1d-9e57-5d2f8f0a7c11";

/// The token signing key of [`DEFAULT_SHOP`], base64-encoded as the Gateway hands it to vendors. It protects nothing.
pub const DEFAULT_SECRET: &str = "c2FuZGJveCBzaWduaW5nIGtleSwgMzIgYnl0ZXMuLi4=";

/// How a sandbox behaves. [`Options::default`] is a fast and faultless one on a free port of this machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Default: `127.0.0.1`, a free port.
    pub listen: SocketAddr,
    /// The time of everything: creation dates, index lag, latency. Default: the machine's clock.
    pub clock: Clock,
    /// The shops it knows; the first one is [`super::Gateway::shop`]. Default: one, [`Shop::default`].
    pub shops: Vec<Shop>,
    /// How far the search index that `_query` reads is behind the writes. Default: not at all.
    pub index_lag: Duration,
    /// How long every call takes at least. Default: no time.
    pub latency: Duration,
    /// More calls than this at once are answered with 429. Default: no limit.
    pub max_in_flight: Option<usize>,
    /// How often each fault befalls a call, in percent of all calls; together at most 100. Default: none.
    pub fault_rates: Vec<(Fault, u8)>,
    /// Start value of the dice that faults are thrown with. Default: 0.
    pub seed: u64,
    /// The marketplace's category tree. Default: [`Category::sample_tree`].
    pub categories: Vec<Category>,
    /// Keep every request for [`super::Gateway::calls`]. Default: yes. The memory for it grows with every call.
    pub keep_calls: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Clock::system(),
            shops: vec![Shop::default()],
            index_lag: Duration::ZERO,
            latency: Duration::ZERO,
            max_in_flight: None,
            fault_rates: Vec::new(),
            seed: 0,
            categories: Category::sample_tree(),
            keep_calls: true,
        }
    }
}

/// A vendor's shop at the marketplace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Its guid: a lower-case, hyphenated UUID.
    pub guid: String,
    /// Its token signing key, base64-encoded.
    pub secret: String,
}

impl Default for Shop {
    fn default() -> Self {
        Self { guid: DEFAULT_SHOP.to_owned(), secret: DEFAULT_SECRET.to_owned() }
    }
}

/// One category of the marketplace, with those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its name; not unique in the tree.
    pub name: String,
    /// The categories below it.
    pub children: Vec<Self>,
}

impl Category {
    /// A category with those below it.
    #[must_use]
    pub fn new(name: &str, children: Vec<Self>) -> Self {
        Self { name: name.to_owned(), children }
    }

    /// A category with nothing below it.
    #[must_use]
    pub fn leaf(name: &str) -> Self {
        Self::new(name, Vec::new())
    }

    /// The tree of a Polish marketplace of many vendors: three levels, and "Akcesoria" twice under different parents.
    #[must_use]
    pub fn sample_tree() -> Vec<Self> {
        let leaves = |names: &[&str]| names.iter().map(|name| Self::leaf(name)).collect::<Vec<_>>();
        vec![
            Self::new(
                "Dom i ogród",
                vec![
                    Self::new("Kuchnia", leaves(&["Kubki i filiżanki", "Garnki", "Deski do krojenia"])),
                    Self::new("Oświetlenie", leaves(&["Lampy stołowe", "Lampy wiszące"])),
                    Self::new("Ogród", leaves(&["Doniczki", "Narzędzia ogrodowe"])),
                ],
            ),
            Self::new(
                "Moda",
                vec![
                    Self::new("Kobiety", leaves(&["Sukienki", "Swetry"])),
                    Self::new("Mężczyźni", leaves(&["Koszulki", "Kurtki"])),
                    Self::leaf("Akcesoria"),
                ],
            ),
            Self::new(
                "Elektronika",
                vec![Self::new("Telefony", leaves(&["Etui", "Ładowarki"])), Self::leaf("Akcesoria")],
            ),
            Self::new("Kultura", leaves(&["Książki", "Plakaty"])),
            Self::new("Spożywcze", leaves(&["Kawa i herbata", "Miody"])),
        ]
    }
}
