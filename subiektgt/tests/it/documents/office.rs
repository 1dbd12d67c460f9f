//! A file of documents as somebody takes it into the program: read here by another reader than any of the connector's.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use subiektgt_sandbox::{Document, Firm, Good, MAIN_WAREHOUSE};

/// A document as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) kind: String,
    pub(crate) number: String,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) symbol: String,
    pub(crate) unit: String,
    pub(crate) count: Decimal,
}

/// All fields of all records, by the sections that they stand in: `INFO`, and otherwise the first field of their header.
pub(crate) fn sections(bytes: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let (text, _, is_broken) = encoding_rs::WINDOWS_1250.decode(bytes);
    assert!(!is_broken && text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
    let mut sections: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    let mut label = "";
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line {
            "[INFO]" | "[NAGLOWEK]" | "[ZAWARTOSC]" => label = line,
            _ => {
                let record = record(line);
                match label {
                    "[INFO]" => sections.push(("INFO".to_owned(), vec![record])),
                    "[NAGLOWEK]" => sections.push((record[0].clone(), vec![record])),
                    _ => sections.last_mut().expect("a header").1.push(record),
                }
            }
        }
    }
    sections
}

/// The fields of a record in which no text holds quotes.
fn record(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_in_text = false;
    for letter in line.chars() {
        match letter {
            '"' => is_in_text = !is_in_text,
            ',' if !is_in_text => fields.push(String::new()),
            letter => fields.last_mut().expect("a field").push(letter),
        }
    }
    assert!(!is_in_text, "{line}");
    fields
}

/// The documents of a file.
pub(crate) fn documents(bytes: &[u8]) -> Vec<Told> {
    let of = |(kind, records): (String, Vec<Vec<String>>)| {
        let (header, lines) = records.split_first().expect("a header");
        let line = |fields: &Vec<String>| {
            assert_eq!(fields.len(), 22, "{fields:?}");
            let count = fields[10].parse().expect("an amount");
            Line { symbol: fields[2].clone(), unit: fields[9].clone(), count }
        };
        let lines: Vec<Line> = lines.iter().map(line).collect();
        assert_eq!(header.len(), 62, "{header:?}");
        assert_eq!(header[24], lines.len().to_string());
        Told { kind, number: header[6].clone(), lines }
    };
    let documents = sections(bytes).into_iter().filter(|(kind, _)| matches!(kind.as_str(), "PW" | "RW"));
    documents.map(of).collect()
}

/// Somebody takes a file in: levels change, and the documents are shown.
pub(crate) fn take_in(firm: &Firm, bytes: &[u8]) {
    for told in documents(bytes) {
        change(firm, &told);
        show(firm, &told, Document { original_number: told.number.clone(), ..Document::default() });
    }
}

/// What documents say becomes of levels.
pub(crate) fn change(firm: &Firm, told: &Told) {
    for line in &told.lines {
        let good = firm.good_of(&line.symbol).expect("a good of this symbol");
        let (on_hand, reserved) = firm.stock(good, MAIN_WAREHOUSE).unwrap_or_default();
        let by = if told.kind == "PW" { line.count } else { -line.count };
        firm.set_stock(good, MAIN_WAREHOUSE, on_hand + by, reserved);
    }
}

/// The program shows a document.
pub(crate) fn show(firm: &Firm, told: &Told, document: Document) {
    let kind = if told.kind == "PW" { 12 } else { 13 };
    let id = i32::try_from(firm.count_documents()).expect("a number") + 1;
    let issued: NaiveDateTime = "2026-03-01T12:00:00".parse().expect("a time");
    firm.put_document(Document {
        id,
        kind,
        number: format!("{} {id}/2026", told.kind),
        issued: Some(issued),
        ..document
    });
}

/// A good that is sold by the piece.
pub(crate) fn good(id: i32) -> Good {
    Good::new(id, &format!("SYM-{id}"), &format!("Towar {id}"))
}
