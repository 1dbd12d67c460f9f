//! IdoSell, read from the files of its marketplace feed and its IOF 3.0 export.
//!
//! There is no program yet. What is here reads a file that somebody else has fetched:
//!
//! - [`wire`]: exactly what the files hold, read as a stream.

pub mod wire;
