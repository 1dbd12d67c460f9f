//! A product, as the search tells it when it is asked for these elements.

use serde::Deserialize;
use serde_json::Value;

use super::{Scalar, Stocks, object, rows, values};

/// A product. Its id is read before everything else, by [`row_id`](super::row_id).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Product {
    /// The number on its card; all its sizes have it.
    pub product_displayed_code: Scalar,
    pub category_id: Scalar,
    /// The currency of its prices, an ISO 4217 code.
    pub currency_id: Scalar,
    /// Gross.
    pub product_retail_price: Scalar,
    /// In percent.
    pub product_vat: Scalar,
    /// `y` for goods that are exempt.
    pub product_vat_free: Scalar,
    /// `y` or `n`.
    pub product_is_visible: Scalar,
    #[serde(deserialize_with = "rows")]
    pub product_descriptions_lang_data: Vec<ProductText>,
    #[serde(deserialize_with = "rows")]
    pub product_images: Vec<Image>,
    /// The sizes that it has. Each is read by itself, as [`SizeName`], so that a broken one is one variant.
    #[serde(deserialize_with = "values")]
    pub product_sizes: Vec<Value>,
    /// What its sizes are told by, each read by itself, as [`SizeCodes`].
    #[serde(deserialize_with = "values")]
    pub product_sizes_attributes: Vec<Value>,
    /// Its prices in each shop of the panel.
    #[serde(deserialize_with = "rows")]
    pub product_shops_attributes: Vec<ShopPrices>,
    #[serde(deserialize_with = "object")]
    pub product_stocks_data: Option<Stocks>,
    #[serde(deserialize_with = "object")]
    pub product_version: Option<Version>,
}

impl Product {
    /// The rows that say which sizes it has.
    #[must_use]
    pub fn listed_sizes(&self) -> &[Value] {
        if self.product_sizes.is_empty() { &self.product_sizes_attributes } else { &self.product_sizes }
    }
}

/// Whether a product's row says that it is a set or a collection of others.
#[must_use]
pub fn is_made_of_others(row: &Value) -> bool {
    matches!(row.get("productType").and_then(Value::as_str), Some("product_bundle" | "product_collection"))
}

/// The id of a size's row, whatever else may be wrong with it.
#[must_use]
pub fn size_id(row: &Value) -> Scalar {
    row.get("sizeId").and_then(|id| Scalar::deserialize(id).ok()).unwrap_or_default()
}

/// The texts of a product in a language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct ProductText {
    pub lang_id: Scalar,
    /// Plain text.
    pub product_name: Scalar,
    /// The short one, HTML.
    pub product_description: Scalar,
    /// HTML.
    pub product_long_description: Scalar,
}

/// A picture.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Image {
    pub product_image_large_url: Scalar,
    pub product_image_priority: Scalar,
    /// The MD5 of the file.
    pub product_image_hash: Scalar,
}

/// A size that a product has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizeName {
    pub size_id: Scalar,
    pub size_panel_name: Scalar,
}

/// What a size of a product is told by.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizeCodes {
    pub size_id: Scalar,
    pub size_panel_name: Scalar,
    /// The vendor's own number of it.
    pub product_size_code_external: Scalar,
    /// The number under its bar code.
    pub product_size_code_producer: Scalar,
    /// Gross; not told where it costs what the product costs.
    pub product_retail_price: Scalar,
}

/// The prices of a product in one shop of the panel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct ShopPrices {
    pub shop_id: Scalar,
    /// Gross.
    pub product_retail_price: Scalar,
    /// Its sizes there. All of them come when that is asked for.
    #[serde(deserialize_with = "rows")]
    pub product_shop_sizes_attributes: Vec<SizePrice>,
}

/// The price of a size in one shop of the panel.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizePrice {
    pub size_id: Scalar,
    /// Gross.
    pub product_retail_price: Scalar,
}

/// The group that a product is one of: the same goods in several colours, say, each a product of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Version {
    /// The group's main product, which names itself; 0 where there is no group.
    pub version_parent_id: Scalar,
    #[serde(deserialize_with = "object")]
    pub version_names: Option<VersionNames>,
    #[serde(deserialize_with = "object")]
    pub version_group_names: Option<VersionGroupNames>,
    /// Those of the group.
    #[serde(deserialize_with = "rows")]
    pub version_products_ids: Vec<Scalar>,
}

/// What a product is among those of its group, by language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct VersionNames {
    #[serde(deserialize_with = "rows")]
    pub version_names_lang_data: Vec<VersionName>,
}

/// What a product is among those of its group: "grey".
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct VersionName {
    pub lang_id: Scalar,
    pub version_name: Scalar,
}

/// What the products of a group differ in, by language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct VersionGroupNames {
    #[serde(deserialize_with = "rows")]
    pub version_group_names_lang_data: Vec<GroupName>,
}

/// What the products of a group differ in: "colour".
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct GroupName {
    pub lang_id: Scalar,
    pub version_group_name: Scalar,
}
