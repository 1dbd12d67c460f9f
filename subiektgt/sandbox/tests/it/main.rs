//! The server, asked by a client that knows nothing of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod bridge;
mod broken;
mod browser;
mod client;
mod encryption;
mod login;
mod reading;
mod sql;
mod statements;
mod streams;
mod values;
