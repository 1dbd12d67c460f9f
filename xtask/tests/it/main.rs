//! What `cargo xtask` promises.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod names;
mod new_platform;
mod workspace;
