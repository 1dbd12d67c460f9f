//! The canonical model of a marketplace import, and what carries it to the marketplace.
//!
//! - [`model`]: products, variants, prices, stock, texts, as every platform's mapping makes them.
//! - [`picture`]: a picture on its way from a shop to the marketplace.
//! - [`gateway`]: the client of The Gateway; [`token`]: what it authorises with; [`assumptions`]: what it guesses.
//!
//! Architecture invariant: [`model`] knows no platform and no wire format. Its types are strict: a value of theirs is
//! right, or it does not exist.

pub mod assumptions;
pub mod gateway;
pub mod model;
pub mod picture;
pub mod token;
