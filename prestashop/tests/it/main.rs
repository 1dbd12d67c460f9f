//! What the PrestaShop connector promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod any_bytes;
mod catalogue;
mod check;
#[path = "../../../crates/state/tests/it/cluster.rs"]
mod cluster;
mod conformance;
mod examined;
mod faults;
mod import;
mod mapping;
mod pictures;
mod program;
mod program_import;
mod settings;
mod shop;
mod stock;
mod truth;
mod wire;
