//! IdoSell, read through its marketplace feed or from files of IOF 3.0.
//!
//! - [`settings`]: what the user must tell.
//! - [`key`]: the key of the day, by which a marketplace logs in.
//! - `client`: logging in, pictures, errors; `download`: having files.
//! - `feed`: the newest file, or the one that is kept in the `spool`.
//! - `reading`: a file as a stream.
//! - [`wire`]: exactly what the shop sends.
//! - [`mapping`]: from there to canonical products, as pure functions.
//! - `platform`: all of it as a [`connector::Platform`].

mod client;
mod download;
mod feed;
pub mod key;
pub mod mapping;
mod platform;
mod reading;
pub mod settings;
mod spool;
pub mod wire;

pub use settings::IdoSell;
