//! What the model and a picture promise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod model_attributes;
mod model_data;
mod model_html;
mod model_identity;
mod model_money;
mod model_product;
mod model_text;
mod picture;
