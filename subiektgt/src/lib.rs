//! `Subiekt GT`, read from a firm's database, or from the EDI++ files (`.epp`) that it exports.
//!
//! - [`settings`]: what the user must tell, and [`address`] how a database is found.
//! - [`bridge`]: a service beside the firm's program, by which levels are changed.
//! - [`documents`]: files of documents by which a firm is told of changes of its levels.
//! - `sql`: the database, and the statements that it is sent.
//! - `files`: which files there are, and in which order they hold.
//! - `survey`: all of them read once, for what must be known before the first good is told.
//! - [`wire`]: exactly what stands in a file, and in a row of the database.
//! - [`mapping`]: from there to canonical products, as pure functions.
//! - `platform`: all of it as a [`connector::Platform`].

pub mod address;
pub mod bridge;
pub mod documents;
mod files;
pub mod mapping;
mod platform;
pub mod settings;
mod sql;
mod survey;
pub mod wire;

pub use settings::SubiektGt;
