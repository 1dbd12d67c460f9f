//! Whatever an IdoSell shop may give for a file, read by everything that reads its files.
#![no_main]

#[path = "../../idosell/tests/it/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_bytes::read(bytes));
