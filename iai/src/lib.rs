//! `IAI`, read and written through its Admin API, or through the gates that were there before it.
//!
//! - [`settings`]: what the user must tell.
//! - `client`: calls, authentication, errors; `key` is the key of the day by which the older gates are asked.
//! - [`wire`]: exactly what the shop sends.
//! - [`mapping`]: from there to canonical products and stock levels, as pure functions.
//! - `platform`: all of it as a [`connector::Platform`].

mod client;
pub mod key;
pub mod mapping;
mod platform;
pub mod settings;
pub mod wire;

pub use platform::{Shop, open};
pub use settings::Iai;
