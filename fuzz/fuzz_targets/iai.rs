//! Whatever a shop of `IAI` may answer, read by everything that reads its answers.
#![no_main]

#[path = "../../iai/tests/it/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_bytes::read(bytes));
