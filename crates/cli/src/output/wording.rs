//! Words that several texts share.

use gateway_core::model::{ProductId, VariantId};

/// What people find a variant by, or a whole product.
pub(crate) fn of_variant(product: &ProductId, variant: Option<&VariantId>) -> String {
    match variant {
        Some(variant) if !variant.is_simple() => format!("{product}/{variant}"),
        _ => product.to_string(),
    }
}

/// So many of something.
pub(crate) fn number(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
