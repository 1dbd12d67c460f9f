//! Documents by which a firm is told of changes of its levels: a file that a person makes the program take in.
//!
//! - This module and `text`: what stands in a file, as pure functions.
//! - `entry`: what is known of a file and its documents, and `registry`: where that is remembered.
//! - `outbox`: how a file comes to lie where a person finds it, whole or not at all; [`disk`] is what it is made to lie there by.
//!
//! A file is EDI++ 1.05 with one `PW` of all that comes in and one `RW` of all that goes out, and behind these the goods that they name.
//! The order of the fields is that of the format's description, and what stands in those that mean nothing here is what the program itself
//! writes there.

pub mod disk;
pub(crate) mod entry;
pub(crate) mod outbox;
pub(crate) mod registry;
pub mod text;

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Europe::Warsaw;
use rust_decimal::Decimal;
use xxhash_rust::xxh3::xxh3_128;

use crate::mapping::levels::PLACES;
use text::quoted;

/// The longest symbol of a good, in characters.
pub const SYMBOL: usize = 20;
/// The longest name of a good that a file tells.
pub const NAME: usize = 50;
/// The longest unit.
pub const UNIT: usize = 10;

/// What the numbers of all files begin with.
const PREFIX: &str = "OL";

/// So many digits tell when a file was written.
const STAMP: usize = 12;

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `PW`: goods come in.
    In,
    /// `RW`: goods go out.
    Out,
}

impl Kind {
    /// Both, in their order in a file.
    pub const ALL: [Self; 2] = [Self::In, Self::Out];

    /// The kind of document in which a change stands.
    #[must_use]
    pub fn of(delta: Decimal) -> Self {
        if delta > Decimal::ZERO { Self::In } else { Self::Out }
    }

    /// Its number in the program's table (`dok_Typ`).
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::In => 12,
            Self::Out => 13,
        }
    }

    /// What the program calls it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "PW",
            Self::Out => "RW",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::In => 'P',
            Self::Out => 'R',
        }
    }
}

/// The number that a file and its documents have in common; no other file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// Of a file of this moment. `seed` is something that no other file of the moment has.
    #[must_use]
    pub fn new(at: DateTime<Utc>, seed: &str) -> Self {
        let digest = xxh3_128(format!("{}\n{seed}", at.timestamp_micros()).as_bytes());
        Self(format!("{PREFIX}{}{:05X}", at.with_timezone(&Warsaw).format("%y%m%d%H%M%S"), digest & 0xf_ffff))
    }

    /// When a file was written by whose name this is, whatever its endings; `None` when it is none of ours.
    #[must_use]
    pub fn written_at(name: &str) -> Option<DateTime<Utc>> {
        let digits = name.trim_start_matches('.').strip_prefix(PREFIX)?.get(..STAMP)?;
        let at = NaiveDateTime::parse_from_str(digits, "%y%m%d%H%M%S").ok()?;
        Some(at.and_local_timezone(Warsaw).earliest()?.to_utc())
    }

    /// As the file is called, without its ending.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of the document of a kind, of 20 characters: as many as the shortest field for one takes.
    #[must_use]
    pub fn of(&self, kind: Kind) -> String {
        format!("{}{}", self.0, kind.letter())
    }
}

/// A warehouse, as files name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warehouse {
    /// Its symbol.
    pub symbol: String,
    /// Its name.
    pub name: String,
}

/// A rate of VAT, as files tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vat {
    /// Its symbol: `23`.
    pub symbol: String,
    /// The same in percent; below 0 it is none.
    pub percent: Decimal,
}

/// A good of which there is to be more or less. Its symbol and its unit are ones that [`text::exact`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the program knows it by.
    pub symbol: String,
    /// Its name, for people.
    pub name: String,
    /// The unit that it is counted in.
    pub unit: String,
    /// How it is taxed when it is sold, and when it is bought.
    pub vat: [Option<Vat>; 2],
    /// What it was bought for last, net; 0 where nobody knows.
    pub price: Decimal,
    /// By how much; not 0, and of four decimal places at most.
    pub delta: Decimal,
}

/// All that stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its number.
    pub number: Number,
    /// When it is written.
    pub at: DateTime<Utc>,
    /// Who sends it, by a name of the firm's.
    pub firm: String,
    /// The warehouse whose levels change.
    pub warehouse: Warehouse,
    /// What changes.
    pub lines: Vec<Line>,
}

impl File {
    /// The lines of the document of a kind.
    pub fn lines_of(&self, kind: Kind) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| Kind::of(line.delta) == kind)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut all = String::from("[INFO]\r\n");
        record(&mut all, &self.info());
        for kind in Kind::ALL {
            let rows: Vec<Vec<String>> =
                (1..).zip(self.lines_of(kind)).map(|(place, line)| content(place, line)).collect();
            if !rows.is_empty() {
                section(&mut all, &self.header(kind, rows.len()), &rows);
            }
        }
        let mut goods: Vec<&Line> = self.lines.iter().collect();
        goods.sort_by(|one, other| one.symbol.cmp(&other.symbol));
        goods.dedup_by(|one, other| one.symbol == other.symbol);
        let goods: Vec<Vec<String>> = goods.into_iter().map(good).collect();
        section(&mut all, &[quoted("TOWARY", SYMBOL)], &goods);
        // Prices and groups are not this file's business, and whoever expects the sections finds them.
        section(&mut all, &[quoted("CENNIK", SYMBOL)], &[]);
        section(&mut all, &[quoted("GRUPYTOWAROW", SYMBOL)], &[]);
        text::encoded(&all)
    }

    /// The 24 fields of `[INFO]`.
    fn info(&self) -> Vec<String> {
        let now = self.at.with_timezone(&Warsaw).format("%Y%m%d%H%M%S").to_string();
        let mut fields = Fields::new(24);
        fields.put(1, quoted("1.05", 50));
        // Neither for an accountant nor for another branch.
        fields.put(2, "3");
        fields.put(3, "1250");
        fields.put(4, quoted("subiektgt", 50));
        fields.put(6, quoted(&self.firm, 40));
        fields.put(7, quoted(&self.firm, 80));
        fields.put(12, quoted(&self.warehouse.symbol, 20));
        fields.put(13, quoted(&self.warehouse.name, 40));
        fields.put(16, "0");
        fields.put(19, quoted("subiektgt", 35));
        fields.put(20, now);
        fields.put(21, quoted("Polska", 50));
        fields.put(22, quoted("PL", 2));
        fields.put(24, "0");
        fields.0
    }

    /// The 62 fields of a document.
    fn header(&self, kind: Kind, lines: usize) -> Vec<String> {
        let number = self.number.of(kind);
        let date = self.at.with_timezone(&Warsaw).format("%Y%m%d000000").to_string();
        let net: Decimal =
            self.lines_of(kind).map(|line| Value::of(line).net).fold(Decimal::ZERO, Decimal::saturating_add);
        let gross: Decimal = self
            .lines_of(kind)
            .map(|line| Value::of(line).gross)
            .fold(Decimal::ZERO, Decimal::saturating_add);
        let mut fields = Fields::new(62);
        fields.put(1, quoted(kind.code(), 3));
        fields.put(2, "1");
        fields.put(3, "0");
        fields.put(4, seconds(self.at).to_string());
        // Which of the two a program keeps as the number that the document bears elsewhere is not told by the format.
        fields.put(5, quoted(&number, 20));
        fields.put(7, quoted(&number, 30));
        for place in [22, 23, 24, 35] {
            fields.put(place, date.clone());
        }
        fields.put(25, lines.to_string());
        fields.put(26, "1");
        for (place, value) in [(28, net), (29, gross - net), (30, gross), (31, net), (48, Decimal::ONE)] {
            fields.put(place, amount(value));
        }
        for place in [33, 36, 37, 45, 46, 57, 59] {
            fields.put(place, amount(Decimal::ZERO));
        }
        for (place, flag) in [(38, 0), (39, 0), (40, 1), (41, 0), (53, 0), (54, 0), (55, 0), (62, 0)] {
            fields.put(place, flag.to_string());
        }
        fields.put(42, quoted("subiektgt", 255));
        fields.put(47, quoted("PLN", 3));
        // By its remarks too the document is known again, by people and by who looks for it.
        fields.put(49, quoted(&number, 255));
        fields.0
    }
}

/// What a line is worth.
struct Value {
    price: Decimal,
    price_gross: Decimal,
    percent: Decimal,
    net: Decimal,
    gross: Decimal,
}

impl Value {
    fn of(line: &Line) -> Self {
        let [vat, _] = &line.vat;
        let percent = vat.as_ref().map_or(Decimal::ZERO, |vat| vat.percent);
        let with_vat = |net: Decimal| {
            let more = net.saturating_mul(percent.max(Decimal::ZERO)) / Decimal::ONE_HUNDRED;
            net.saturating_add(more)
        };
        let net = line.price.saturating_mul(line.delta.abs()).round_dp(2);
        let price_gross = with_vat(line.price).round_dp(PLACES);
        Self { price: line.price, price_gross, percent, net, gross: with_vat(net).round_dp(2) }
    }
}

/// The 22 fields of a line.
fn content(place: usize, line: &Line) -> Vec<String> {
    let value = Value::of(line);
    let mut fields = Fields::new(22);
    fields.put(1, place.to_string());
    fields.put(2, "1");
    fields.put(3, quoted(&line.symbol, SYMBOL));
    for (field, flag) in [(4, "1"), (5, "0"), (6, "0"), (7, "0")] {
        fields.put(field, flag);
    }
    for field in [8, 9] {
        fields.put(field, amount(Decimal::ZERO));
    }
    fields.put(10, quoted(&line.unit, UNIT));
    for field in [11, 12] {
        fields.put(field, amount(line.delta.abs()));
    }
    let vat = value.gross - value.net;
    let values =
        [value.price, value.price, value.price_gross, value.percent, value.net, vat, value.gross, value.net];
    for (field, value) in (13..).zip(values) {
        fields.put(field, amount(value));
    }
    fields.0
}

/// The 42 fields of a good, as far as they are known.
fn good(line: &Line) -> Vec<String> {
    let mut fields = Fields::new(42);
    fields.put(1, "1");
    fields.put(2, quoted(&line.symbol, SYMBOL));
    fields.put(5, quoted(&line.name, NAME));
    fields.put(7, quoted(&line.name, NAME));
    fields.put(10, quoted(&line.unit, UNIT));
    for (field, vat) in [11, 13].into_iter().zip(&line.vat) {
        if let Some(vat) = vat {
            fields.put(field, quoted(&vat.symbol, 6));
            fields.put(field + 1, amount(vat.percent));
        }
    }
    fields.put(15, amount(line.price));
    for field in [16, 22, 28, 29] {
        fields.put(field, amount(Decimal::ZERO));
    }
    for field in [18, 23, 26, 31, 33, 34] {
        fields.put(field, "0");
    }
    for field in [21, 27] {
        fields.put(field, quoted(&line.unit, UNIT));
    }
    fields.0
}

/// The fields of a record, by their numbers in the description of the format.
struct Fields(Vec<String>);

impl Fields {
    fn new(count: usize) -> Self {
        Self(vec![String::new(); count])
    }

    fn put(&mut self, number: usize, value: impl Into<String>) {
        if let Some(field) = number.checked_sub(1).and_then(|place| self.0.get_mut(place)) {
            *field = value.into();
        }
    }
}

fn section(all: &mut String, header: &[String], rows: &[Vec<String>]) {
    all.push_str("\r\n[NAGLOWEK]\r\n");
    record(all, header);
    all.push_str("\r\n[ZAWARTOSC]\r\n");
    rows.iter().for_each(|row| record(all, row));
}

fn record(all: &mut String, fields: &[String]) {
    all.push_str(&fields.join(","));
    all.push_str("\r\n");
}

fn amount(value: Decimal) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _written = write!(text, "{:.4}", value.round_dp(PLACES));
    text
}

/// The number of a document among its kind: seconds since 2020, which a number of 32 bits holds until 2088.
fn seconds(at: DateTime<Utc>) -> i64 {
    const YEAR_2020: i64 = 1_577_836_800;
    at.timestamp().saturating_sub(YEAR_2020).max(1)
}
