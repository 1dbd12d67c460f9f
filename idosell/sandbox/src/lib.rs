//! A local IdoSell shop with a marketplace feed, to try, test and measure the connector against: [`Shop::start`] serves it in
//! the background, and the [`Shop`] handle puts goods into it.
//!
//! It speaks the wire format by itself and shares no type with the connector, so that a mistake in the connector cannot
//! hide in its mirror. It is always well and tells the truth: what goes wrong between a shop and its reader is the business
//! of whoever stands in between. Synthetic goods are made when they are read, so that an offer of any size takes next to no
//! memory.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

mod answer;
mod download;
mod feed;
mod goods;
mod handle;
mod key;
mod offer;
mod options;
mod product;
mod server;
mod synthetic;
mod xml;

pub use goods::{Category, Goods, Group, Parameter, Product, Size, Stock, Texts};
pub use handle::Shop;
pub use offer::write_offer;
pub use options::Options;
pub use server::Call;
pub use synthetic::synthetic;
