//! The canonical model of a marketplace import, and what carries it to the marketplace.
//!
//! Architecture invariant: [`model`] knows no platform and no wire format. Its types are strict: a value of theirs is
//! right, or it does not exist.

pub mod model;
pub mod picture;
