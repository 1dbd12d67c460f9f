//! What the transport promises, against hosts that misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod forms;
mod limits;
mod redaction;
mod redirects;
mod retries;
mod support;
mod time_outs;
