//! Files of EDI++, as the reader tells them.

mod any;
mod breaks;
mod files;
mod memory;
mod pages;
mod places;

use std::fmt::Write;

use subiektgt::wire::{Entry, Fault, Good};

use crate::any_bytes::{self, Read};

/// Reads a file in one piece.
fn read(bytes: impl AsRef<[u8]>) -> Read {
    any_bytes::entries(bytes.as_ref(), usize::MAX)
}

/// The entries of a file that can be read to its end.
fn entries(bytes: impl AsRef<[u8]>) -> Vec<Entry> {
    let read = read(bytes);
    assert_eq!(read.error, None);
    read.entries
}

/// Whatever can be read of a file, in a few lines.
fn shown(bytes: &[u8]) -> String {
    let read = read(bytes);
    let mut shown = match &read.info {
        Some(info) => format!("{info:#?}\n"),
        None => "no info\n".to_owned(),
    };
    for entry in &read.entries {
        match entry {
            Entry::Good(good) => shown.push_str(&shown_good(good)),
            Entry::Price(price) => {
                let (symbol, name) = (told(price.symbol.as_ref()), told(price.name.as_ref()));
                let (net, gross) = (told(price.net.as_ref()), told(price.gross.as_ref()));
                writeln!(shown, "price {symbol}: {name} net {net} gross {gross}").unwrap();
            }
            Entry::Group(group) => {
                let (symbol, name) = (told(group.symbol.as_ref()), told(group.name.as_ref()));
                writeln!(shown, "group {symbol}: {name}").unwrap();
            }
            Entry::Tag(tag) => {
                writeln!(shown, "tag {}: {}", told(tag.symbol.as_ref()), told(tag.name.as_ref())).unwrap();
            }
            Entry::Broken(broken) => {
                let (symbol, line) = (told(broken.symbol.as_ref()), broken.line);
                writeln!(
                    shown,
                    "broken {} {symbol} in line {line}: {}",
                    broken.section.keyword(),
                    broken.what
                )
                .unwrap();
            }
        }
    }
    if let Some(error) = read.error {
        writeln!(shown, "error: {error}").unwrap();
    }
    shown
}

fn shown_good(good: &Good) -> String {
    let mut shown = format!("good {}", told(good.symbol.as_ref()));
    let fields = [
        ("kind", &good.kind),
        ("maker_code", &good.maker_code),
        ("barcode", &good.barcode),
        ("name", &good.name),
        ("description", &good.description),
        ("fiscal_name", &good.fiscal_name),
        ("unit", &good.unit),
        ("vat_symbol", &good.vat_symbol),
        ("vat_percent", &good.vat_percent),
        ("remarks", &good.remarks),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            write!(shown, "\n  {name}: {value:?}").unwrap();
        }
    }
    for (number, value) in (1..).zip(&good.own) {
        if let Some(value) = value {
            write!(shown, "\n  own {number}: {value:?}").unwrap();
        }
    }
    shown.push('\n');
    shown
}

fn told(text: Option<&String>) -> String {
    text.map_or("-".to_owned(), |text| format!("{text:?}"))
}

/// A section with records, one in a line.
fn section(keyword: &str, records: &str) -> String {
    format!("[NAGLOWEK]\r\n\"{keyword}\"\r\n\r\n[ZAWARTOSC]\r\n{records}\r\n\r\n")
}

/// The tags of a file that has nothing else, each as its symbol and its name.
fn tags(bytes: impl AsRef<[u8]>) -> Vec<(String, String)> {
    let entries = entries(bytes).into_iter();
    let tag = |entry| match entry {
        Entry::Tag(tag) => (tag.symbol.unwrap_or_default(), tag.name.unwrap_or_default()),
        other => panic!("{other:?} is no tag"),
    };
    entries.map(tag).collect()
}

/// What is wrong with the records of a file: line, symbol, fault.
fn faults(bytes: impl AsRef<[u8]>) -> Vec<(u64, Option<String>, Fault)> {
    let entries = entries(bytes).into_iter();
    let fault = |entry| match entry {
        Entry::Broken(broken) => Some((broken.line, broken.symbol, broken.what)),
        _ => None,
    };
    entries.filter_map(fault).collect()
}

/// The section about the file, with a code page.
fn info(code_page: &str) -> String {
    format!("[INFO]\r\n\"1.05\",3,{code_page},\"Subiekt GT\"\r\n\r\n")
}
