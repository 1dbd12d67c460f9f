//! The shop, asked over HTTP by a client of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod client;
mod edits;
mod errors;
mod faults;
mod hold;
mod images;
mod paging;
mod shape;
mod shapes;
mod stock;
mod synthetic;
mod truth;
