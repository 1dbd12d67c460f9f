//! What the PrestaShop connector promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod catalogue;
mod check;
mod faults;
mod mapping;
mod pictures;
mod program;
mod settings;
mod shop;
mod truth;
mod wire;
