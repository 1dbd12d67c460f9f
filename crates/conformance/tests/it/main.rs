//! Whether the suites fail when they should.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod adjusting;
mod broken;
mod catalogue;
mod caught;
#[path = "../../../../examples/toyshop/tests/it/examined.rs"]
mod examined;
mod fault;
mod identities;
mod lines;
mod listing;
mod sheet;
mod tcp;
mod tree;
mod xml;
