//! What the canonical model, a picture, the token and the Gateway's client promise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod client_amounts;
mod client_calls;
mod client_errors;
mod client_faults;
mod client_listing;
mod client_secrets;
mod client_support;
mod model_attributes;
mod model_data;
mod model_html;
mod model_identity;
mod model_money;
mod model_product;
mod model_text;
mod picture;
mod token;
