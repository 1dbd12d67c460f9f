//! The sandbox's Gateway: [`Gateway::start`] serves it in the background, the [`Gateway`] handle looks behind it.

mod auth;
mod calls;
mod catalogue;
mod error;
mod fault;
mod fetch;
mod handle;
mod index;
mod options;
mod page;
mod pictures;
mod product;
mod query;
mod routes;
mod sample;
mod server;
mod tags;
mod validate;

pub use calls::Call;
pub use fault::{Fault, UnknownFault};
pub use handle::Gateway;
pub use options::{Category, DEFAULT_SECRET, DEFAULT_SHOP, Options, Shop};
pub use server::StartError;
