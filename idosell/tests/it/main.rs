//! What the IdoSell connector promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod any_bytes;
mod broken;
mod conformance;
mod examined;
mod hostile;
mod kept;
mod key;
mod mapping;
mod memory;
mod program;
mod rejects;
mod settings;
mod shop;
mod sources;
mod wire;
