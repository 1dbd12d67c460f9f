//! A local IAI shop, to try, test and measure the connector against: [`Shop::start`] serves it in the background, and the
//! [`Shop`] handle puts goods into it.
//!
//! It is read through its Admin API and, where a shop has no key for that, through the older gates. It speaks the wire format
//! by itself and shares no type with the connector, so that a mistake in the connector cannot hide in its mirror. It is always
//! well and tells the truth: what goes wrong between a shop and its reader is the business of whoever stands in between.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

mod answer;
mod gates;
mod goods;
mod handle;
mod lists;
mod options;
mod page;
mod row;
mod search;
mod server;
mod stocks;
mod store;
mod synthetic;
mod told;

pub use goods::{Category, Goods, Product, Size, Stock, Texts, Version};
pub use handle::Shop;
pub use options::Options;
pub use server::Call;
pub use synthetic::synthetic;
