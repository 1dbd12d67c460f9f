//! What the part of the IdoSell connector that is there promises.
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
mod hostile;
mod mapping;
mod memory;
mod rejects;
mod wire;
