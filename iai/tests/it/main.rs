//! What the IAI connector promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod any_bytes;
mod check;
mod conformance;
mod examined;
mod families;
mod gates;
mod hostile;
mod key;
mod mapping;
mod program;
mod reading;
mod settings;
mod shop;
mod stock;
mod wire;
