//! The canonical types of an import: what a platform's mapping makes, and what everything after it works with.
//!
//! Architecture invariant: nothing here can hold a wrong value. Every constructor checks and answers with an error that
//! says what was found; fields that must agree with each other are private. The types serialise (for snapshots and
//! `--output json`), but do not deserialise, because that would be a way around the constructors.

mod attributes;
mod category;
mod ean;
mod id;
mod image;
mod money;
mod product;
mod reject;
mod sku;
mod stock;
mod text;

pub use attributes::{Attributes, COLOR_KEY, SIZE_KEY};
pub use category::{Category, CategoryId, CategoryTree, TREE_SEPARATOR};
pub use ean::{Ean, InvalidEan};
pub use id::{ExternalId, InvalidId, InvalidShopKey, MAX_ID_CHARS, Platform, ProductId, ShopKey, VariantId};
pub use image::{ImageRef, InvalidImageRef};
pub use money::{InvalidPrice, InvalidVatRate, Money, NetPrice, VatRate, net_from_gross};
pub use product::{Family, InvalidProduct, Product, ProductParts, Variant};
pub use reject::{Reject, RejectReason};
pub use sku::{InvalidSku, MAX_SKU_CHARS, Sku};
pub use stock::{StockError, StockLevel};
pub use text::{EmptyName, Line, Markdown, Name};
