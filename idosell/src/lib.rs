//! IdoSell, read from the files of its marketplace feed and its IOF 3.0 export.
//!
//! There is no program yet. What is here reads a file that somebody else has fetched, and makes canonical products of it:
//!
//! - [`wire`]: exactly what the files hold, read as a stream.
//! - [`mapping`]: from there to canonical products, as pure functions.

pub mod mapping;
pub mod wire;
