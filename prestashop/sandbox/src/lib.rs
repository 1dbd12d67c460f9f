//! A local PrestaShop webservice, to try, test and measure a connector against: [`Shop::start`] serves it in the
//! background, the [`Shop`] handle looks behind it and changes goods as a shop owner would.
//!
//! It speaks the wire format by itself and shares no type with the connector, so that a mistake in the connector cannot
//! hide in its mirror. Shapes, types, headers, statuses and error codes are those of the PrestaShop webservice's known
//! facts, seen on 8.2.1 and 1.7.8.11; the goods are its own. Synthetic goods are made anew from a seed whenever they are
//! read, so that a catalogue of 100 000 products takes next to no memory.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

mod answer;
mod api;
mod catalogue;
mod fault;
mod handle;
mod home;
mod images;
mod options;
mod picture;
mod query;
mod render;
mod rows;
mod schema;
mod select;
mod server;
mod truth;
mod write;

pub use catalogue::{
    Catalogue, Contradiction, Goods, HeldCategory, HeldCombination, HeldOption, HeldProduct, HeldValue,
    NewCombination, NewProduct, special,
};
pub use fault::{Fault, UnknownFault};
pub use handle::Shop;
pub use options::{Country, Currency, Key, Language, Options, Permissions, TaxGroup, Version};
pub use server::{Call, StartError};
pub use truth::{Attribute, Item, Texts};
