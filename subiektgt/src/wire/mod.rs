//! Exactly what files hold, and in [`rows`] what the database sends.
//!
//! Files are EDI++ (`.epp`), which the program writes when goods are exported for exchange.
//!
//! A file is a list of sections: `[INFO]` with one record about the file, then pairs of `[NAGLOWEK]`, which says what comes, and
//! `[ZAWARTOSC]`, which has it, a record in a line. [`Reader`] gives the records of the four sections that are about goods, one by one,
//! in memory that does not grow with the file, and passes over everything else: documents, customers, sections that nobody knows.
//!
//! The types forgive: every field may be missing, an empty one is "not told", and a number is the text that stands there. What a field
//! means is decided by who reads it, and therefore a price of 0 can be told from one that is not told.
//!
//! What is known of the format: the description of EDI++ 1.05 by `InsERT`, which writes the program, and files of the versions up to 1.11.
//! The fields of the four sections are the same in all of them. Nothing in a file says how many of the goods are there.

mod codepage;
mod epp;
mod error;
mod fields;
mod lines;
mod record;
pub mod rows;

pub use epp::Reader;
pub use error::{Fault, ReadError};

/// The longest record that is read, in bytes. A longer one is a broken record.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

/// The most lines that a record may have, as texts in it may have line ends.
pub const MAX_LINES: usize = 100;

/// A section whose records are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// `TOWARY`: the goods.
    Goods,
    /// `CENNIK`: their prices.
    Prices,
    /// `GRUPYTOWAROW`: the group that each is in.
    Groups,
    /// `CECHYTOWAROW`: their tags.
    Tags,
}

impl Section {
    /// The keyword of the section in files.
    #[must_use]
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Goods => "TOWARY",
            Self::Prices => "CENNIK",
            Self::Groups => "GRUPYTOWAROW",
            Self::Tags => "CECHYTOWAROW",
        }
    }

    /// How many fields a record has.
    fn fields(self) -> usize {
        match self {
            Self::Goods => 42,
            Self::Prices => 7,
            Self::Groups => 3,
            Self::Tags => 2,
        }
    }

    /// How many fields a record must reach to be one.
    fn least_fields(self) -> usize {
        match self {
            Self::Goods => 5,
            Self::Prices | Self::Groups | Self::Tags => 1,
        }
    }

    /// In which field the symbol of the goods stands, from 1.
    fn symbol(self) -> usize {
        match self {
            Self::Goods => 2,
            Self::Prices | Self::Groups | Self::Tags => 1,
        }
    }
}

/// What a file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// The version of the format: `1.05`, `1.11`.
    pub version: Option<String>,
    /// The code page of its texts: `1250` or `852`.
    pub code_page: Option<String>,
    /// The program that wrote it, by its name.
    pub program: Option<String>,
    /// The tax number of who wrote it, with or without dashes.
    pub nip: Option<String>,
    /// The symbol of the warehouse that it was written in: `MAG`.
    pub warehouse_symbol: Option<String>,
    /// When it was written, in local time without a zone: `yyyymmddhhnnss`.
    pub created: Option<String>,
}

/// What a file tells, one record of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Of `TOWARY`.
    Good(Box<Good>),
    /// Of `CENNIK`.
    Price(Price),
    /// Of `GRUPYTOWAROW`.
    Group(Group),
    /// Of `CECHYTOWAROW`.
    Tag(Tag),
    /// A record that cannot be read. Those behind it are not concerned.
    Broken(Broken),
}

/// Goods, a service, a packaging or a kit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Good {
    /// `1` goods, `2` a service, `4` a packaging, `8` a kit.
    pub kind: Option<String>,
    /// What it is called by, in this file and in the program. At most 20 characters.
    pub symbol: Option<String>,
    /// The code that its maker or its supplier has for it.
    pub maker_code: Option<String>,
    /// The main bar code, mostly an EAN.
    pub barcode: Option<String>,
    /// Plain text, at most 50 characters.
    pub name: Option<String>,
    /// Plain text, at most 255 characters. It may have line ends, which are line feeds here.
    pub description: Option<String>,
    /// What a till prints.
    pub fiscal_name: Option<String>,
    /// The unit that it is counted in: `szt.`.
    pub unit: Option<String>,
    /// The VAT that it is sold with: `23`, `zw`.
    pub vat_symbol: Option<String>,
    /// The same, in percent with a decimal point: `23.0000`. A negative one stands for a symbol: `-1.0000` is `zw`.
    pub vat_percent: Option<String>,
    /// What the owner has noted.
    pub remarks: Option<String>,
    /// The owner's own fields 1 to 8.
    pub own: [Option<String>; 8],
}

/// A price of a good. There are several for each, which differ in their name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// The symbol of the good.
    pub symbol: Option<String>,
    /// Which of its prices this is: `Detaliczna`, `Hurtowa`, or what the owner calls it.
    pub name: Option<String>,
    /// Without VAT, with a decimal point.
    pub net: Option<String>,
    /// With VAT. It is not always the net price with VAT to the grosz.
    pub gross: Option<String>,
}

/// The group that a good is in. Groups have no groups above them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// The symbol of the good.
    pub symbol: Option<String>,
    /// The name of the group.
    pub name: Option<String>,
}

/// A tag that a good bears. It may bear several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// The symbol of the good.
    pub symbol: Option<String>,
    /// The tag.
    pub name: Option<String>,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The section that it stands in.
    pub section: Section,
    /// The line that it begins in, from 1.
    pub line: u64,
    /// The symbol of its good, if that can be told. Without one nobody knows which good is missing.
    pub symbol: Option<String>,
    /// Why.
    pub what: Fault,
}
