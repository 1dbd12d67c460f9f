//! What the repository promises beyond its crates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod fuzz;
mod images;
