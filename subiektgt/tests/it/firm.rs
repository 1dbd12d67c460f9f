//! A firm's files, and what the connector makes of them.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clock::Clock;
use connector::{Common, Connector as _, Given, InvalidSetting, Item, Platform, PlatformError, Scope};
use futures::TryStreamExt as _;
use gateway_core::model::Product;
use subiektgt::SubiektGt;
use tempfile::TempDir;
use transport::{Settings, Transport};

/// A good as a file tells it.
#[derive(Clone)]
pub(crate) struct Good {
    pub(crate) kind: &'static str,
    pub(crate) symbol: &'static str,
    pub(crate) barcode: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) vat: (&'static str, &'static str),
}

/// A good of which nothing is odd.
pub(crate) fn good(symbol: &'static str, name: &'static str) -> Good {
    Good { kind: "1", symbol, barcode: "", name, description: "", vat: ("23", "23.0000") }
}

/// A file, section by section.
#[derive(Clone, Default)]
pub(crate) struct Epp {
    pub(crate) nip: &'static str,
    /// When it was made, `yyyymmddhhnnss`.
    pub(crate) made: &'static str,
    pub(crate) goods: Vec<Good>,
    /// Symbol, label, net, gross.
    pub(crate) prices: Vec<[&'static str; 4]>,
    pub(crate) groups: Vec<[&'static str; 2]>,
    pub(crate) tags: Vec<[&'static str; 2]>,
}

impl Epp {
    /// A file of these goods, each of which costs 81.29 net.
    pub(crate) fn of(goods: Vec<Good>) -> Self {
        let prices = goods.iter().map(|good| [good.symbol, "Detaliczna", "81.2900", "99.9900"]).collect();
        Self { nip: "525-000-00-00", made: "20260301080000", goods, prices, ..Self::default() }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "[INFO]\r\n\"1.05\",3,1250,\"Subiekt GT\",\"FIRMA\",\"Firma\",\"Firma Testowa\",\"Miasto\",\"00-000\",\"Ulica 1\",\"{}\",\"MAG\",\
             \"Główny\",,,0,,,\"Szef\",{},\"Polska\",\"PL\",\"5250000000\",1\r\n\r\n",
            self.nip, self.made
        );
        let mut section = |keyword: &str, rows: Vec<String>| {
            text.push_str(&format!("[NAGLOWEK]\r\n\"{keyword}\"\r\n\r\n[ZAWARTOSC]\r\n"));
            rows.iter().for_each(|row| text.push_str(&format!("{row}\r\n")));
            text.push_str("\r\n");
        };
        let goods = self.goods.iter().map(|good| {
            let Good { kind, symbol, barcode, name, description, vat: (vat, percent) } = good;
            format!(
                "{kind},\"{symbol}\",,\"{barcode}\",\"{name}\",\"{description}\",\"{name}\",,,\"szt.\",\"{vat}\",{percent},\"{vat}\",{percent},\
                 0.0000,0.0000,,0,,,\"szt.\",0.0000,0,,,0,\"szt.\",0.0000,0.0000,,0,,0,0,,,,,,,,"
            )
        });
        section("TOWARY", goods.collect());
        let prices = self.prices.iter().map(|[symbol, label, net, gross]| {
            format!("\"{symbol}\",\"{label}\",{net},{gross},0.0000,0.0000,0.0000")
        });
        section("CENNIK", prices.collect());
        let groups = self.groups.iter().map(|[symbol, group]| format!("\"{symbol}\",\"{group}\",\"\""));
        section("GRUPYTOWAROW", groups.collect());
        section(
            "CECHYTOWAROW",
            self.tags.iter().map(|[symbol, tag]| format!("\"{symbol}\",\"{tag}\"")).collect(),
        );
        text
    }
}

/// A folder of files.
pub(crate) struct Firm {
    folder: TempDir,
}

impl Firm {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn with(self, name: &str, epp: &Epp) -> Self {
        self.write(name, epp);
        self
    }

    pub(crate) fn write(&self, name: &str, epp: &Epp) {
        let text = epp.text();
        let (bytes, _, had_unknown) = encoding_rs::WINDOWS_1250.encode(&text);
        assert!(!had_unknown, "a letter that the code page lacks");
        self.write_bytes(name, &bytes);
    }

    pub(crate) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// Says when a file was written.
    pub(crate) fn written(&self, name: &str, at: &str) {
        let at: DateTime<Utc> = at.parse().unwrap();
        let file = fs::File::options().append(true).open(self.folder.path().join(name)).unwrap();
        file.set_modified(at.into()).unwrap();
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// The firm as a platform; `more` are further settings.
    pub(crate) fn open(&self, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
        open(&self.path().display().to_string(), more, &Common::default()).unwrap()
    }

    pub(crate) async fn items(&self) -> Result<Vec<Item>, PlatformError> {
        self.open(&[]).products(Scope::All).try_collect().await
    }

    /// The one good that there is.
    pub(crate) async fn only(&self) -> Product {
        match self.items().await.unwrap().as_slice() {
            [Item::Product(product, _), Item::End(_)] => (**product).clone(),
            other => panic!("not one good: {other:?}"),
        }
    }
}

pub(crate) fn open(
    epp: &str,
    more: &[(&'static str, &str)],
    common: &Common,
) -> Result<Box<dyn Platform>, InvalidSetting> {
    let mut given = Given::default();
    given.insert("SUBIEKTGT_EPP", epp);
    for (variable, value) in more {
        given.insert(variable, value);
    }
    // No request is ever sent.
    let clock = Clock::test("2026-03-01T12:00:00Z".parse().unwrap());
    SubiektGt.open(&given, common, &Transport::new(Settings::new("tests", clock)).unwrap())
}
