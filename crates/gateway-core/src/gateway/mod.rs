//! The client of The Gateway.
//!
//! Calls are typed and each says, when it fails, whether it may have been done ([`Error::outcome`]). What the service is
//! known to do is told where it is used, by its source; what we assume is in [`crate::assumptions`].
//!
//! Architecture invariant: this module decides nothing about goods (what to create, when to look up again); it carries
//! one call at a time. It knows no platform.

mod categories;
mod client;
mod error;
mod guid;
mod listing;
mod pictures;
mod product;
mod products;
mod read;
mod source;
mod tags;
mod terms;

pub use categories::{Category, CategoryLookup, CategoryTree};
pub use client::{DEFAULT_BASE_URL, Gateway, GatewaySettings, InvalidBaseUrl};
pub use error::{Error, ErrorKind};
pub use guid::Guid;
pub use listing::Listing;
pub use product::{ListedProduct, NewItem, ProductData, ProductFields, ShopItem};
pub use source::SourceMark;
pub use tags::Tag;
pub use terms::{Terms, VatClass};
