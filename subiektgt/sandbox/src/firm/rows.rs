//! What a firm's database is filled with.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use crate::schema::LEVELS;

/// The kind of a good (`tw_Rodzaj`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GoodKind {
    /// Goods, which lie in a warehouse.
    #[default]
    Goods,
    /// A service
    Service,
    /// Packaging, which is lent.
    Packaging,
    /// A kit, which has components instead of stock.
    Kit,
    /// Any other number.
    Other(i32),
}

impl GoodKind {
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Goods => 1,
            Self::Service => 2,
            Self::Packaging => 4,
            Self::Kit => 8,
            Self::Other(number) => number,
        }
    }
}

/// A good: a row of `tw__Towar`. Of texts that are longer than their column the reader gets an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// Its id (`tw_Id`).
    pub id: i32,
    /// Its symbol, of at most 20 characters (`tw_Symbol`).
    pub symbol: String,
    /// Its name, of at most 50 (`tw_Nazwa`).
    pub name: String,
    /// Its description in a few words, of at most 255 (`tw_Opis`).
    pub description: String,
    /// Its description at length, HTML or not (`tw_Charakter`).
    pub characteristic: Option<String>,
    /// Its main barcode, or nothing (`tw_PodstKodKresk`).
    pub barcode: String,
    /// The unit that it is counted in, of at most 10 (`tw_JednMiary`).
    pub unit: String,
    /// Its kind (`tw_Rodzaj`).
    pub kind: GoodKind,
    /// Whether it is not sold any more (`tw_Zablokowany`).
    pub is_blocked: bool,
    /// Whether it has been deleted, which keeps its row (`tw_Usuniety`).
    pub is_deleted: bool,
    /// The id of its group (`tw_IdGrupa`).
    pub group: Option<i32>,
    /// The id of its rate of VAT when it is sold (`tw_IdVatSp`).
    pub vat: Option<i32>,
    /// Its mass in kilograms (`tw_Masa`).
    pub mass: Option<Decimal>,
    /// Whether it is meant for a web shop (`tw_SklepInternet`).
    pub for_web_shop: bool,
    /// Whether it is meant for auctions (`tw_SerwisAukcyjny`).
    pub for_auctions: bool,
    /// The maker's code (`tw_KodUProducenta`).
    pub maker_code: String,
    /// Its ISBN (`tw_isbn`).
    pub isbn: String,
    /// A web address (`tw_WWW`).
    pub www: String,
    /// Remarks, of at most 255 (`tw_Uwagi`).
    pub remarks: String,
    /// The firm's own fields, of at most 50 each (`tw_Pole1` to `tw_Pole8`).
    pub own: [String; 8],
}

impl Default for Good {
    /// Goods for a web shop, counted by the piece, with 23 % of VAT and no name.
    fn default() -> Self {
        Self {
            id: 0,
            symbol: String::new(),
            name: String::new(),
            description: String::new(),
            characteristic: None,
            barcode: String::new(),
            unit: "szt.".to_owned(),
            kind: GoodKind::Goods,
            is_blocked: false,
            is_deleted: false,
            group: None,
            vat: Some(super::VAT_23),
            mass: None,
            for_web_shop: true,
            for_auctions: false,
            maker_code: String::new(),
            isbn: String::new(),
            www: String::new(),
            remarks: String::new(),
            own: Default::default(),
        }
    }
}

impl Good {
    /// A good with this id, symbol and name, and what is usual.
    #[must_use]
    pub fn new(id: i32, symbol: &str, name: &str) -> Self {
        Self { id, symbol: symbol.to_owned(), name: name.to_owned(), ..Self::default() }
    }
}

/// The prices of a good: a row of `tw_Cena`. The level 0 is the price of purchase, 1 to 10 are those of sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Net (`tc_CenaNetto0` to `10`), with at most four places.
    pub net: [Option<Decimal>; LEVELS],
    /// Gross (`tc_CenaBrutto0` to `10`), with at most four places.
    pub gross: [Option<Decimal>; LEVELS],
    /// In which currency (`tc_IdWaluta0` to `10`), three letters each.
    pub currency: [String; LEVELS],
}

impl Default for Prices {
    /// None, in złoty.
    fn default() -> Self {
        Self {
            net: [None; LEVELS],
            gross: [None; LEVELS],
            currency: std::array::from_fn(|_| "PLN".to_owned()),
        }
    }
}

impl Prices {
    /// The same with these prices at a level.
    #[must_use]
    pub fn with(mut self, level: usize, net: Decimal, gross: Decimal) -> Self {
        if let Some(at) = self.net.get_mut(level) {
            *at = Some(net);
        }
        if let Some(at) = self.gross.get_mut(level) {
            *at = Some(gross);
        }
        self
    }

    /// The same with this currency at a level.
    #[must_use]
    pub fn in_currency(mut self, level: usize, currency: &str) -> Self {
        if let Some(at) = self.currency.get_mut(level) {
            currency.clone_into(at);
        }
        self
    }
}

/// A picture of a good: a row of `tw_ZdjecieTw`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Its id (`zd_Id`).
    pub id: i32,
    /// The id of its good (`zd_IdTowar`).
    pub good: i32,
    /// Whether it is the first one to show (`zd_Glowne`).
    pub is_main: bool,
    /// The checksum that the program may have noted (`zd_CRC`).
    pub crc: Option<i32>,
    /// The whole file (`zd_Zdjecie`).
    pub bytes: Vec<u8>,
}

/// A document: a row of `dok__Dokument`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id (`dok_Id`).
    pub id: i32,
    /// The number of its type, such as 12 for PW or 13 for RW (`dok_Typ`).
    pub kind: i32,
    /// The number of its status; 1 is done (`dok_Status`).
    pub status: i32,
    /// The id of its warehouse (`dok_MagId`).
    pub warehouse: Option<i32>,
    /// Its number (`dok_NrPelny`), of at most 30 characters.
    pub number: String,
    /// The number that it bears elsewhere (`dok_NrPelnyOryg`), of at most 30.
    pub original_number: String,
    /// When it was issued (`dok_DataWyst`).
    pub issued: Option<NaiveDateTime>,
    /// Remarks (`dok_Uwagi`), of at most 500.
    pub remarks: String,
}

impl Default for Document {
    /// A PW that is done, without a number.
    fn default() -> Self {
        Self {
            id: 0,
            kind: 12,
            status: 1,
            warehouse: Some(super::MAIN_WAREHOUSE),
            number: String::new(),
            original_number: String::new(),
            issued: None,
            remarks: String::new(),
        }
    }
}
