//! PrestaShop 1.7 and 8, read through its webservice.
//!
//! - [`settings`]: what the user must tell.
//! - `client`: calls, authentication, paging, errors.
//! - [`wire`]: exactly what PrestaShop sends.
//! - [`mapping`]: from there to canonical products, as pure functions.
//! - `platform`: all of it as a [`connector::Platform`].
//!
//! What is known of the webservice was seen on running shops of 8.2.1 and 1.7.8; where a fact matters it is told where it
//! is used.

mod client;
pub mod mapping;
mod platform;
pub mod settings;
pub mod wire;

pub use platform::{Shop, open};
pub use settings::PrestaShop;
