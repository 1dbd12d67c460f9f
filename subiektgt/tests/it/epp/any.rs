//! Any bytes, any texts, any pieces.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use subiektgt::wire::{Entry, MAX_LINES};

use super::{entries, info, read, section};
use crate::any_bytes;

/// Pieces that files are made of.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(vec![
        &b"[INFO]"[..],
        b"[NAGLOWEK]",
        b"[ZAWARTOSC]",
        b"[ZAWARTOSC]\r\n",
        b"\"TOWARY\"",
        b"\"CENNIK\"",
        b"[NAGLOWEK]\nTOWARY\n[ZAWARTOSC]\n",
        b"[NAGLOWEK]\nCECHYTOWAROW\n[ZAWARTOSC]\n",
        b"1,\"A\",,,\"x\"",
        b"\"1.05\",3,852,",
        b"\"",
        b"\"\"",
        b"\",\"",
        b",",
        b" ",
        b"\r",
        b"\n",
        b"\r\n",
        b"1.0000",
        b"\xb9\xf3",
        b"\0",
        b"\x1a",
        b"\xef\xbb\xbf",
    ]);
    vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

/// A text as people write them, and worse.
fn text() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "\"", "\"\"", ",", " ", "\n", "ą", "Żółć", "a", "1", "23.0000", "x\", y", "\",\"", "1,\"", "[x]", "-",
    ]);
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn meant(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A file that begins like one in UTF-8, so that every text can be written.
fn file(section: &str) -> String {
    format!("\u{feff}{}{section}", info("1250"))
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(bytes in vec(any::<u8>(), 0..400)) {
        any_bytes::read(&bytes);
    }

    #[test]
    fn whatever_looks_like_a_file_is_read_to_its_end(bytes in pieces()) {
        any_bytes::read(&bytes);
    }

    #[test]
    fn the_pieces_in_which_a_file_comes_make_no_difference(bytes in pieces(), piece in 1_usize..40) {
        prop_assert_eq!(read(&bytes), any_bytes::entries(&bytes, piece));
    }

    #[test]
    fn what_is_written_is_read(rows in vec(vec(text(), 42), 1..6), end in select(vec!["\n", "\r\n", "\r"])) {
        let records: Vec<String> =
            rows.iter().map(|row| row.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(",")).collect();
        // Texts with more lines than a record may have are another test's.
        prop_assume!(records.iter().all(|record| record.matches('\n').count() < MAX_LINES));
        let file = file(&section("TOWARY", &records.join("\n"))).replace("\r\n", "\n").replace('\n', end);
        let read = entries(file);
        prop_assert_eq!(read.len(), rows.len());
        for (entry, row) in read.iter().zip(&rows) {
            let Entry::Good(good) = entry else { panic!("{entry:?}") };
            let told = [
                (&good.kind, 1), (&good.symbol, 2), (&good.maker_code, 3), (&good.barcode, 4), (&good.name, 5),
                (&good.description, 6), (&good.fiscal_name, 7), (&good.unit, 10), (&good.vat_symbol, 11),
                (&good.vat_percent, 12), (&good.remarks, 32), (&good.own[0], 35), (&good.own[7], 42),
            ];
            for (told, number) in told {
                prop_assert_eq!(told, &meant(&row[number - 1]), "field {}", number);
            }
        }
    }

    #[test]
    fn small_records_are_read_as_they_were_written(rows in vec((text(), text()), 1..20)) {
        let records: Vec<String> =
            rows.iter().map(|(symbol, name)| format!("{},{}", quoted(symbol), quoted(name))).collect();
        let read = entries(file(&section("CECHYTOWAROW", &records.join("\r\n"))));
        prop_assert_eq!(read.len(), rows.len());
        for (entry, (symbol, name)) in read.iter().zip(&rows) {
            let Entry::Tag(tag) = entry else { panic!("{entry:?}") };
            prop_assert_eq!((&tag.symbol, &tag.name), (&meant(symbol), &meant(name)));
        }
    }
}
