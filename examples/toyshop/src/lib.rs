//! `Toy Shop`, read through its JSON service.
//!
//! - [`settings`]: what the user must tell.
//! - `client`: calls, authentication, errors.
//! - `pages`: the pages of a list, and what is done about one that fails.
//! - [`wire`]: exactly what the shop sends.
//! - [`mapping`]: from there to canonical products, as pure functions.
//! - `stock`: changes of stock levels, and what became of them.
//! - `platform`: all of it as a [`connector::Platform`].

mod client;
pub mod mapping;
mod pages;
mod platform;
pub mod settings;
mod stock;
pub mod wire;

pub use platform::{Shop, open};
pub use settings::Toyshop;
