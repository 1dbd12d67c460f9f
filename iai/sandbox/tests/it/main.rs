//! The shop, asked over HTTP by a client of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod client;
mod gates;
mod handle;
mod lists;
mod row;
mod search;
mod stocks;
mod synthetic;
