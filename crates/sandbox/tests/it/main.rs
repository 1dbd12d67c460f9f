//! The sandbox, asked over HTTP by a client of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]
#![allow(clippy::needless_pass_by_value, reason = "bodies are built where they are sent")]

mod auth;
mod client;
mod command;
mod faults;
mod page;
mod pictures;
mod products;
mod query;
mod tags;
