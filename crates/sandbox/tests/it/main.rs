//! The sandbox, asked over HTTP by a client of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod auth;
mod client;
mod faults;
mod pictures;
mod products;
mod query;
mod tags;
