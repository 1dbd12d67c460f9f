//! What every platform's program does, shown by running the one of a platform in memory (`tests/toy`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "../../../state/tests/it/cluster.rs"]
mod cluster;
mod commands;
mod endings;
mod level_texts;
mod output;
mod parsers;
mod postgres;
mod prompts;
mod secrets;
mod settings;
mod signals;
mod state;
mod status;
mod stock;
mod support;
mod terminal;
mod verdicts;
