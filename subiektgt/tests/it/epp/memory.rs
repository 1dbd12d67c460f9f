//! What is held while a file is read.

use subiektgt::wire::{MAX_RECORD_BYTES, Reader};

use super::section;

/// The most bytes that are held at once while a file is read, and how many entries it has.
fn held(file: &str) -> (u64, usize) {
    let mut entries = 0;
    let measured = allocation_counter::measure(|| {
        let mut reader = Reader::new(file.as_bytes());
        while reader.next_entry().unwrap().is_some() {
            entries += 1;
        }
    });
    (measured.bytes_max, entries)
}

#[test]
fn a_long_file_takes_no_more_than_a_short_one() {
    let record = format!("1,\"KOC-W\",,,\"Koc\",\"Cieply\r\ni lekki\"{}\r\n", ",".repeat(36));
    let file = |records: usize| section("TOWARY", &record.repeat(records)) + &section("KONTRAHENCI", &record);
    let (short, long) = (held(&file(10)), held(&file(20_000)));
    assert_eq!((short.1, long.1), (10, 20_000));
    assert_eq!(short.0, long.0);
}

#[test]
fn the_worst_file_takes_a_few_records() {
    let lines = |length: usize| format!("1,\"A\",\"{}\r\n", "x".repeat(length));
    for file in [
        "x".repeat(20 * MAX_RECORD_BYTES),
        ",".repeat(5 * MAX_RECORD_BYTES),
        lines(3 * MAX_RECORD_BYTES).repeat(3),
        lines(MAX_RECORD_BYTES / 20).repeat(60),
        "\"x\r\n".repeat(1_000),
    ] {
        let (held, _) = held(&section("TOWARY", &file));
        assert!(held < 10 * MAX_RECORD_BYTES as u64, "{held} bytes are held");
    }
}
