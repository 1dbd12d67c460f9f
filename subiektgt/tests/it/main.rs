//! What the `Subiekt GT` connector promises.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod any_bytes;
mod bridge;
mod conformance;
mod documents;
mod epp;
mod files;
mod firm;
mod mapping;
mod program;
mod settings;
mod sql;
