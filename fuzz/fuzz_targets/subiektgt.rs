//! Whatever may stand in a file of `Subiekt GT`, read by what reads its files.
#![no_main]

#[path = "../../subiektgt/tests/it/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_bytes::read(bytes));
