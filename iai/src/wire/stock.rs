//! Stock, as it is read with a product and as it is written.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Fault, Scalar, object, rows, told_rows};

/// How much of a product there is, in each stock.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Stocks {
    /// A stock in which nothing is need not be among them.
    #[serde(deserialize_with = "told_rows")]
    pub product_stocks_quantities: Option<Vec<Quantities>>,
    #[serde(deserialize_with = "object")]
    pub product_sizes_dispositions: Option<Dispositions>,
}

/// How much of a product there is in one stock.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Quantities {
    /// 0 is the supplier's.
    pub stock_id: Scalar,
    #[serde(deserialize_with = "rows")]
    pub product_sizes_data: Vec<Stock>,
}

/// How much of a size there is in one stock.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Stock {
    pub size_id: Scalar,
    /// What lies there, what is reserved of it included.
    pub product_size_quantity: Scalar,
    #[serde(deserialize_with = "object")]
    pub product_size_reservations: Option<Reservations>,
}

/// What is reserved of a size in one stock. Whether the other kinds of reservations are a part of this one is not known.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Reservations {
    /// By orders.
    pub product_size_reservation_order: Scalar,
}

/// How much of a product can be sold, by the shop's own reckoning over all of its stocks.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Dispositions {
    #[serde(deserialize_with = "rows")]
    pub product_sizes_dispositions_in_sales: Vec<Disposition>,
}

/// How much of a size can be sold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Disposition {
    pub size_id: Scalar,
    pub product_size_quantity_all_stocks: Scalar,
}

/// Changes of stock, as they are sent.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Changes {
    pub products: Vec<ProductChange>,
}

/// Changes of a product's stock.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct ProductChange {
    pub ident: Ident,
    pub sizes: Vec<SizeChange>,
}

/// Changes of a size's stock.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizeChange {
    pub ident: Ident,
    pub quantity: QuantityChange,
}

/// In which stocks a size's quantity changes.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct QuantityChange {
    pub stocks: Vec<StockChange>,
}

/// By how much a quantity changes in one stock.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct StockChange {
    pub stock_id: u64,
    pub quantity_operation: Change,
}

/// A change of a quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Change {
    /// `add`, or `substract`, as the shop spells it.
    pub operation: &'static str,
    #[serde(serialize_with = "rust_decimal::serde::arbitrary_precision::serialize")]
    pub quantity: Decimal,
}

/// What names a product or a size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Ident {
    /// `id` or `index`.
    #[serde(deserialize_with = "text")]
    pub ident_type: String,
    #[serde(deserialize_with = "text")]
    pub ident_value: String,
}

/// What became of changes of stock.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct Changed {
    #[serde(deserialize_with = "rows")]
    pub results: Vec<ProductChanged>,
}

impl Changed {
    /// The same with the shop's words as they may be shown.
    #[must_use]
    pub fn quoted(mut self, quote: impl Fn(&str) -> String) -> Self {
        let quote = |fault: &mut Fault| {
            fault.words = fault.words.text().map(&quote).map(Scalar::from).unwrap_or_default();
        };
        for product in &mut self.results {
            let sizes = product.sizes.iter_mut().map(|size| &mut size.error);
            sizes.chain([&mut product.error]).flatten().for_each(quote);
        }
        self
    }
}

/// What became of the changes of a product.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct ProductChanged {
    #[serde(deserialize_with = "object")]
    pub ident: Option<Ident>,
    #[serde(deserialize_with = "object")]
    pub error: Option<Fault>,
    #[serde(deserialize_with = "rows")]
    pub sizes: Vec<SizeChanged>,
}

/// What became of the change of a size.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the shop's own")]
pub struct SizeChanged {
    #[serde(deserialize_with = "object")]
    pub ident: Option<Ident>,
    #[serde(deserialize_with = "object")]
    pub error: Option<Fault>,
}

fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.text().unwrap_or_default().to_owned())
}
