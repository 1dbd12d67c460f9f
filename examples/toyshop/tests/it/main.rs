//! What the `Toy Shop` connector promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod any_bytes;
mod conformance;
mod examined;
mod mapping;
mod program;
mod reading;
mod settings;
mod shop;
mod wire;
