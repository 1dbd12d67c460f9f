//! Whatever may come as a file, or as a bridge's answer, read by everything that reads these. The tests and the fuzz target share it, so it needs nothing but the
//! connector.

use std::io::BufReader;

use subiektgt::bridge::wire::{Envelope, Stock};
use subiektgt::wire::{Entry, Info, Reader};

/// Reads bytes as a file to its end.
///
/// # Panics
/// When the reader does, does not end, forgets an error, tells lines that are not there, or reads something else from a file that comes
/// in small pieces.
pub(crate) fn read(bytes: &[u8]) {
    if let Some(Envelope::Done(data)) = Envelope::read(bytes) {
        let _any = Stock::read(&data);
    }
    let whole = entries(bytes, usize::MAX);
    for piece in [1, 3] {
        assert_eq!(whole, entries(bytes, piece), "the pieces in which a file comes make a difference");
    }
    let lines = bytes.iter().filter(|byte| matches!(**byte, b'\n' | b'\r')).count() as u64 + 1;
    assert!(whole.entries.len() as u64 <= lines, "there are more entries than lines");
    let mut last = 0;
    for entry in &whole.entries {
        match entry {
            Entry::Broken(broken) => {
                assert!(
                    broken.line > last && broken.line <= lines,
                    "{broken:?} stands in no line behind {last}"
                );
                last = broken.line;
                assert_text(broken.symbol.as_deref());
            }
            Entry::Good(good) => [&good.symbol, &good.name, &good.description, &good.own[7]]
                .into_iter()
                .for_each(|text| assert_text(text.as_deref())),
            Entry::Price(price) => assert_text(price.net.as_deref()),
            Entry::Group(group) => assert_text(group.name.as_deref()),
            Entry::Tag(tag) => assert_text(tag.name.as_deref()),
        }
    }
}

/// What is told is trimmed, and something.
fn assert_text(text: Option<&str>) {
    assert!(text.is_none_or(|text| !text.is_empty() && text.trim() == text), "{text:?} is no text");
}

/// What can be read of a file.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Read {
    pub(crate) info: Option<Info>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) error: Option<String>,
}

/// Reads a file that comes in pieces of so many bytes.
pub(crate) fn entries(bytes: &[u8], piece: usize) -> Read {
    let mut read = Read::default();
    let mut reader = Reader::new(BufReader::with_capacity(piece.min(bytes.len()).max(1), bytes));
    loop {
        match reader.next_entry() {
            Ok(Some(entry)) => read.entries.push(entry),
            Ok(None) => {
                assert!(matches!(reader.next_entry(), Ok(None)), "a file goes on behind its end");
                break;
            }
            Err(error) => {
                read.error = Some(error.to_string());
                assert!(reader.next_entry().is_err(), "an error was forgotten");
                break;
            }
        }
        assert!(read.entries.len() <= bytes.len(), "the reader does not end");
    }
    read.info = reader.info().cloned();
    read
}
