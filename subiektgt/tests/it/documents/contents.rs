//! What stands in a file of documents.

use std::io::BufReader;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use subiektgt::documents::text::{exact, fitted};
use subiektgt::documents::{File, Kind, Line, NAME, Number, SYMBOL, UNIT, Vat, Warehouse};
use subiektgt::wire::{Entry, Reader};

use super::office::{documents, sections};

fn at() -> DateTime<Utc> {
    // A quarter past midnight in Warsaw.
    "2026-02-28T23:15:07Z".parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn line(symbol: &str, name: &str, delta: &str) -> Line {
    let vat = Vat { symbol: "23".to_owned(), percent: decimal("23") };
    Line {
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        unit: "szt.".to_owned(),
        vat: [Some(vat.clone()), Some(vat)],
        price: decimal("40"),
        delta: decimal(delta),
    }
}

fn file(lines: Vec<Line>) -> File {
    let warehouse = Warehouse { symbol: "MAG".to_owned(), name: "Magazyn główny".to_owned() };
    File { number: Number::new(at(), "seed"), at: at(), firm: "Firma".to_owned(), warehouse, lines }
}

#[test]
fn a_file_has_a_document_for_each_direction_and_the_goods() {
    let unpriced =
        Line {
            price: Decimal::ZERO, vat: [None, None], ..line("NOC-2", "Lampka \"Noc\"\r\nmała 月", "0.5")
        };
    let written = file(vec![line("KOSZ-M", "Koszula lniana M", "-5"), unpriced, line("ŻÓŁW", "Żółw", "3")]);
    let bytes = written.bytes();
    let (text, _, _) = encoding_rs::WINDOWS_1250.decode(&bytes);
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
    for (section, records) in sections(&bytes) {
        let fields = match section.as_str() {
            "INFO" => 24,
            "TOWARY" => 42,
            _ => continue,
        };
        let content = if section == "INFO" { &records[..] } else { &records[1..] };
        assert!(content.iter().all(|record| record.len() == fields), "{section}");
    }
}

#[test]
fn a_document_without_lines_is_left_out() {
    let kinds = |delta: &str| -> Vec<String> {
        documents(&file(vec![line("A", "A", delta)]).bytes()).into_iter().map(|told| told.kind).collect()
    };
    assert_eq!((kinds("1"), kinds("-1")), (vec!["PW".to_owned()], vec!["RW".to_owned()]));
}

#[test]
fn a_number_fits_every_field_for_one_and_is_no_other_files() {
    let numbers: Vec<String> = ["a", "b"].iter().map(|seed| Number::new(at(), seed).of(Kind::In)).collect();
    assert!(
        numbers.iter().all(|number| number.len() == 20 && number.starts_with("OL260301001507")),
        "{numbers:?}"
    );
    assert_ne!(numbers[0], numbers[1]);
    let number = Number::new(at(), "a");
    assert_ne!(number.of(Kind::In), number.of(Kind::Out));
}

#[test]
fn what_goods_are_known_by_stands_there_as_it_is_or_not_at_all() {
    for (told, why) in [
        ("", "is empty"),
        ("  ", "is empty"),
        ("A\"B", "holds a quotation mark"),
        ("A\nB", "holds a letter"),
        ("月", "holds a letter"),
        ("ABCDEFGHIJKLMNOPQRSTU", "is longer"),
    ] {
        assert!(exact(told, SYMBOL).unwrap_err().starts_with(why), "{told:?}");
    }
    assert_eq!(exact(" ŻÓŁW 20 liter,1234 ", SYMBOL), Ok("ŻÓŁW 20 liter,1234"));
    assert_eq!(fitted("  Lampka \"Noc\"\tmała 月 ", NAME), "Lampka 'Noc' mała ?");
    assert_eq!(fitted(&"ż".repeat(60), NAME), "ż".repeat(NAME));
}

fn any_line() -> impl Strategy<Value = Line> {
    let delta = prop_oneof![-99_999_999i64..0, 1i64..99_999_999];
    (
        "[A-Za-z0-9ĄĆĘŁŃÓŚŹŻ,.' /#\\[\\]-]{1,20}",
        "\\PC{0,80}",
        "[a-zł.]{1,10}",
        delta,
        0u32..5,
        0i64..9_999_999,
    )
        .prop_filter_map("symbols that are no symbols", |(symbol, name, unit, delta, scale, price)| {
            let symbol = exact(&symbol, SYMBOL).ok()?.to_owned();
            let unit = exact(&unit, UNIT).ok()?.to_owned();
            let vat = Vat { symbol: "8".to_owned(), percent: decimal("8") };
            let (price, delta) = (Decimal::new(price, 4), Decimal::new(delta, scale));
            Some(Line { symbol, name, unit, vat: [Some(vat), None], price, delta })
        })
}

proptest! {
    #[test]
    fn what_is_written_is_what_is_read(lines in proptest::collection::vec(any_line(), 1..12), firm in "\\PC{0,90}") {
        let written = File { firm, ..file(lines) };
        let bytes = written.bytes();
        let mut read = Vec::new();
        for told in documents(&bytes) {
            let sign = if told.kind == "PW" { Decimal::ONE } else { Decimal::NEGATIVE_ONE };
            let kind = if told.kind == "PW" { Kind::In } else { Kind::Out };
            prop_assert_eq!(&told.number, &written.number.of(kind));
            read.extend(told.lines.into_iter().map(|line| (line.symbol, line.unit, sign * line.count)));
        }
        let meant: Vec<_> = Kind::ALL
            .into_iter()
            .flat_map(|kind| written.lines_of(kind))
            .map(|line| (line.symbol.clone(), line.unit.clone(), line.delta))
            .collect();
        prop_assert_eq!(read, meant);
        // The connector itself, which exports are read by, takes no fault at it.
        let mut reader = Reader::new(BufReader::new(bytes.as_slice()));
        let mut symbols = Vec::new();
        while let Some(entry) = reader.next_entry().unwrap() {
            match entry {
                Entry::Good(good) => symbols.push(good.symbol.unwrap()),
                other => prop_assert!(false, "{:?}", other),
            }
        }
        let mut known: Vec<_> = written.lines.iter().map(|line| line.symbol.clone()).collect();
        known.sort();
        known.dedup();
        prop_assert_eq!(symbols, known);
        prop_assert_eq!(reader.info().unwrap().warehouse_symbol.as_deref(), Some("MAG"));
    }
}
