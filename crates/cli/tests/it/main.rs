//! What every platform's program does, shown by running the one of a platform in memory (`tests/toy`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod commands;
mod endings;
mod output;
mod parsers;
mod prompts;
mod secrets;
mod settings;
mod signals;
mod support;
mod terminal;
