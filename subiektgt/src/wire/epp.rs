//! A file, record by record.

use std::io::BufRead;

use super::codepage::CodePage;
use super::lines::{Label, Lines};
use super::record::{self, Record};
use super::{Broken, Entry, Fault, Good, Group, Info, Price, ReadError, Section, Tag};

/// Where in the file the reader is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Where nothing is that is read, up to the next label.
    Aside,
    /// Before the record of `[INFO]`.
    Info,
    /// Before the record of `[NAGLOWEK]`.
    Header,
    /// In `[ZAWARTOSC]` of a section.
    Content {
        section: Section,
        /// The most fields that a record of it had.
        most: usize,
    },
}

/// A file, which is read while it comes. Nothing of it is held but the record that is being read.
pub struct Reader<R> {
    lines: Lines<R>,
    info: Option<Info>,
    code_page: CodePage,
    place: Place,
    /// What `[NAGLOWEK]` has told, until its `[ZAWARTOSC]` comes.
    header: Option<Section>,
    has_labels: bool,
    has_failed: bool,
    /// The sections that have begun.
    begun: Vec<Section>,
}

impl<R: BufRead> Reader<R> {
    /// A file from its beginning. Nothing is read yet.
    pub fn new(source: R) -> Self {
        Self {
            lines: Lines::new(source),
            info: None,
            code_page: CodePage::Cp1250,
            place: Place::Aside,
            header: None,
            has_labels: false,
            has_failed: false,
            begun: Vec::new(),
        }
    }

    /// What `[INFO]` says. None before it was read, which it is with the first entry at the latest, and where the file has none or an
    /// empty one.
    #[must_use]
    pub fn info(&self) -> Option<&Info> {
        self.info.as_ref()
    }

    /// The sections that have begun so far, also those without a record.
    #[must_use]
    pub fn begun(&self) -> &[Section] {
        &self.begun
    }

    /// The next entry, in the order of the file. None at its end.
    ///
    /// # Errors
    /// When the bytes cannot be had, are no EDI++ file, or are in a code page that is not read. Nothing can be read behind an error.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, ReadError> {
        if self.has_failed {
            return Err(ReadError::Ended);
        }
        let entry = self.advance();
        self.has_failed = entry.is_err();
        entry
    }

    fn advance(&mut self) -> Result<Option<Entry>, ReadError> {
        loop {
            let Some(line) = self.lines.look(0)? else {
                return if self.has_labels { Ok(None) } else { Err(ReadError::NotEpp) };
            };
            let label = line.label();
            let is_passed = label.is_some() || line.is_blank() || matches!(self.place, Place::Aside);
            if !is_passed {
                if let Some(entry) = self.record()? {
                    return Ok(Some(entry));
                }
                continue;
            }
            self.lines.pass(1);
            if let Some(label) = label {
                self.enter(label);
            }
        }
    }

    fn enter(&mut self, label: Label) {
        self.has_labels = true;
        let header = self.header.take();
        self.place = match label {
            Label::Info => Place::Info,
            Label::Header => Place::Header,
            // Without a header of its own nobody knows what it is.
            Label::Content => header.map_or(Place::Aside, |section| Place::Content { section, most: 0 }),
        };
        if let Place::Content { section, .. } = self.place
            && !self.begun.contains(&section)
        {
            self.begun.push(section);
        }
    }

    /// Reads the record that comes next.
    fn record(&mut self) -> Result<Option<Entry>, ReadError> {
        match self.place {
            Place::Content { section, most } => self.content(section, most).map(Some),
            Place::Info => {
                self.place = Place::Aside;
                self.read_info()?;
                Ok(None)
            }
            Place::Header => {
                self.place = Place::Aside;
                self.header = self.lines.next()?.and_then(|line| section(&line.bytes));
                Ok(None)
            }
            Place::Aside => Ok(None),
        }
    }

    /// Reads what the file says of itself, as far as that can be read: the goods do not depend on it, but for their code page.
    fn read_info(&mut self) -> Result<(), ReadError> {
        let (record, _) = record::read(&mut self.lines, None)?;
        let code_page = record.text(3, CodePage::Cp1250);
        self.code_page = match &code_page {
            _ if self.lines.is_utf8() => CodePage::Utf8,
            None => CodePage::Cp1250,
            Some(number) => CodePage::numbered(number)
                .ok_or_else(|| ReadError::CodePage(number.chars().take(40).collect()))?,
        };
        let text = |number| record.text(number, self.code_page);
        let info = Info {
            version: text(1),
            code_page,
            program: text(4),
            nip: text(11),
            warehouse_symbol: text(12),
            created: text(20),
        };
        if info != Info::default() {
            self.info = Some(info);
        }
        Ok(())
    }

    fn content(&mut self, section: Section, most: usize) -> Result<Entry, ReadError> {
        let (record, fault) = record::read(&mut self.lines, Some(section))?;
        if self.lines.is_utf8() {
            self.code_page = CodePage::Utf8;
        }
        let is_whole = fault.is_none();
        let fault = fault.or_else(|| fault_of(section, &record, most));
        let Some(what) = fault else {
            self.place = Place::Content { section, most: most.max(record.count) };
            return Ok(entry(section, &record, self.code_page));
        };
        // What the file was cut in may be the half of a symbol.
        let is_cut = what == Fault::Torn && is_whole && record.count <= section.symbol();
        let is_told = !is_cut && !is_remnant(section, &record);
        let symbol = record.text(section.symbol(), self.code_page);
        let symbol = symbol.filter(|symbol| is_told && is_short(symbol));
        Ok(Entry::Broken(Broken { section, line: record.line, symbol, what }))
    }
}

/// Whether this is the end of a text that could not be read from its beginning: the kind of goods is a number.
fn is_remnant(section: Section, record: &Record) -> bool {
    section == Section::Goods && record.text(1, CodePage::Cp1250).is_some_and(|kind| kind.contains('"'))
}

/// Whether this can be a symbol: five times as long as the program lets them be.
fn is_short(symbol: &str) -> bool {
    symbol.chars().nth(100).is_none()
}

/// What is wrong with a record that could be taken apart.
fn fault_of(section: Section, record: &Record, most: usize) -> Option<Fault> {
    let known = section.fields();
    // Some writers leave out the last fields, of all records.
    let usual = if most == 0 { known } else { known.min(most) };
    if !record.is_ended && record.count < usual {
        Some(Fault::Torn)
    } else if record.count < section.least_fields() {
        Some(Fault::TooFewFields(record.count))
    } else if record.is_stray && (record.count > known.max(most) || is_remnant(section, record)) {
        Some(Fault::Quotes)
    } else {
        None
    }
}

/// The section that a record of `[NAGLOWEK]` announces, if it is one that is read. All that counts is the keyword, with quotes or without.
fn section(header: &[u8]) -> Option<Section> {
    let keyword = header.split(|byte| *byte == b',').next()?;
    let keyword = keyword.trim_ascii();
    let keyword = keyword.strip_prefix(b"\"").unwrap_or(keyword);
    let keyword = keyword.strip_suffix(b"\"").unwrap_or(keyword).trim_ascii();
    let sections = [Section::Goods, Section::Prices, Section::Groups, Section::Tags];
    sections.into_iter().find(|section| keyword.eq_ignore_ascii_case(section.keyword().as_bytes()))
}

fn entry(section: Section, record: &Record, code_page: CodePage) -> Entry {
    let text = |number| record.text(number, code_page);
    match section {
        Section::Goods => Entry::Good(Box::new(Good {
            kind: text(1),
            symbol: text(2),
            maker_code: text(3),
            barcode: text(4),
            name: text(5),
            description: text(6),
            fiscal_name: text(7),
            unit: text(10),
            vat_symbol: text(11),
            vat_percent: text(12),
            remarks: text(32),
            own: [35, 36, 37, 38, 39, 40, 41, 42].map(text),
        })),
        Section::Prices => {
            Entry::Price(Price { symbol: text(1), name: text(2), net: text(3), gross: text(4) })
        }
        Section::Groups => Entry::Group(Group { symbol: text(1), name: text(2) }),
        Section::Tags => Entry::Tag(Tag { symbol: text(1), name: text(2) }),
    }
}
