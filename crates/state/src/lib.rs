//! What a run must remember, in a file of SQLite or in PostgreSQL.
//!
//! A [`State`] is one database of one platform. Everything in it belongs to an [`Owner`] (a marketplace, its shop, and the
//! vendor's shop), and is reached by that owner's [`Store`] only: links to the marketplace's products, levels of both sides, intents to create
//! some, tags of families, addresses of pictures, rejects, runs, a platform's own notes. A [`Lease`] keeps two runs of one
//! owner apart.
//!
//! The code, the schema and its migrations are the same on both databases. Amounts are decimals as text, because neither
//! SQLite nor JSON has a number that keeps them. Times are whole milliseconds since 1970 in UTC, because they are compared
//! and reckoned with, and both databases do that alike with integers; what is finer is cut off. JSON is text with sorted
//! keys, so that equal values are equal texts.
//!
//! Architecture invariant: no query lacks its owner, and no secret is stored.

mod changes;
mod connection;
mod entity;
mod error;
mod families;
mod images;
mod intents;
mod lease;
mod levels;
mod links;
mod migration;
mod notes;
mod open;
mod postgres;
mod rejects;
mod renamed;
mod runs;
mod sqlite;
mod store;
mod url;
mod values;

pub use changes::Changes;
pub use error::StateError;
pub use families::FamilyKey;
pub use intents::Intent;
pub use lease::{BEAT, EXPIRY, Heard, Holder, Lease, LeaseError, LeaseKind};
pub use levels::{LevelChanges, LevelRow, LevelWrite};
pub use links::{Link, VariantKey};
pub use open::State;
pub use rejects::{RejectRow, StoredReject};
pub use runs::{Run, RunEnd, RunId};
pub use store::{Owner, Store};
pub use url::{StateUrl, StateUrlError};
