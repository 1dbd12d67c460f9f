//! `Subiekt GT`, read from the EDI++ files (`.epp`) that it exports.
//!
//! - [`settings`]: what the user must tell.
//! - `files`: which files there are, and in which order they hold.
//! - `survey`: all of them read once, for what must be known before the first good is told.
//! - [`wire`]: exactly what stands in a file.
//! - [`mapping`]: from there to canonical products, as pure functions.
//! - `platform`: all of it as a [`connector::Platform`].

mod files;
pub mod mapping;
mod platform;
pub mod settings;
mod survey;
pub mod wire;

pub use settings::SubiektGt;
