//! Answers of lists, and what goes wrong with them.

use serde::Deserialize;
use serde_json::Value;

use super::{Scalar, rows, told_values};

/// The fault of an answer that finds nothing.
pub const EMPTY: &str = "2";
/// The fault of a login that is not accepted.
pub const LOGIN_FAILED: &str = "1";
/// The fault of a shop that is blocked because of unpaid bills.
pub const UNPAID: &str = "4";

/// What an answer says is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Fault {
    #[serde(rename = "faultCode")]
    pub code: Scalar,
    #[serde(rename = "faultString")]
    pub words: Scalar,
}

/// The fault that an answer tells as a whole, if it tells one: `errors` holds it as an object or as the first of a list, and the oldest
/// gates tell it without `errors`.
#[must_use]
pub fn fault(answer: &Value) -> Option<Fault> {
    let errors = match answer.get("errors") {
        Some(Value::Array(list)) => list.first(),
        told => told,
    };
    let told = errors.filter(|told| told.is_object()).or(Some(answer).filter(|answer| answer.is_object()))?;
    let fault = Fault::deserialize(told).ok()?;
    let is_one = fault.code.text().is_some_and(|code| !matches!(code, "0" | "false"));
    is_one.then_some(fault)
}

/// Products, or their absence. An answer without `results` is none: who took it for an empty list would take all goods for gone.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Found {
    /// Each is read by itself, as [`Product`](super::Product), so that a broken one is one product.
    #[serde(deserialize_with = "told_values")]
    pub results: Vec<Value>,
    /// How many there are on all pages.
    #[serde(default, rename = "resultsNumberAll")]
    pub all: Scalar,
}

/// The id of a product's row, whatever else may be wrong with it.
#[must_use]
pub fn row_id(row: &Value) -> Option<u64> {
    Scalar::deserialize(row.get("productId")?).ok()?.id()
}

/// A page of the shop's categories.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Categories {
    #[serde(deserialize_with = "rows")]
    pub categories: Vec<Category>,
    /// How many there are on all pages.
    #[serde(default, rename = "results_number_all")]
    pub all: Scalar,
}

/// A category.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Category {
    pub id: Scalar,
    /// 0 at the top.
    pub parent_id: Scalar,
    #[serde(deserialize_with = "rows")]
    pub lang_data: Vec<CategoryText>,
}

/// A category's name in a language. Of several things it is called by the plural one, as in the shop's navigation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct CategoryText {
    pub lang_id: Scalar,
    pub singular_name: Scalar,
    pub plural_name: Scalar,
}

/// The sizes of the whole panel.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Sizes {
    #[serde(deserialize_with = "rows")]
    pub size_groups: Vec<SizeGroup>,
}

/// Sizes that a product can have together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizeGroup {
    #[serde(deserialize_with = "rows")]
    pub sizes: Vec<Size>,
}

/// A size.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Size {
    pub size_id: Scalar,
    /// In the panel.
    pub size_name: Scalar,
    #[serde(deserialize_with = "rows")]
    pub lang_data: Vec<SizeText>,
}

/// A size's name in a language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizeText {
    pub lang_id: Scalar,
    pub name: Scalar,
}

/// The languages of the shops of a panel.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Languages {
    #[serde(deserialize_with = "rows")]
    pub shops: Vec<ShopLanguages>,
}

/// The languages of a shop.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct ShopLanguages {
    #[serde(rename = "shopName")]
    pub name: Scalar,
    #[serde(deserialize_with = "rows")]
    pub languages: Vec<Language>,
}

/// A language of a shop.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Language {
    pub id: Scalar,
    pub name: Scalar,
    pub enabled: Scalar,
    #[serde(rename = "isDefault")]
    pub is_default: Scalar,
}
