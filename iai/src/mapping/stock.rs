//! Stock: how much of a size can be sold, and where that lies.

use std::collections::{HashMap, HashSet};

use gateway_core::model::{RejectReason, StockLevel, VariantId};
use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;

use super::{broken, numbers};
use crate::wire::{self, Scalar};

/// The stock of the supplier, which is nobody's own.
const SUPPLIER: u64 = 0;

/// The stocks whose goods are sold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stocks {
    /// All own ones.
    #[default]
    Own,
    /// These, in the order in which they are written to.
    These(Vec<u64>),
}

impl Stocks {
    /// The place of a stock among those that are chosen, by which they are written to; `None` when it is none of them.
    #[must_use]
    pub fn place(&self, stock: u64) -> Option<u64> {
        match self {
            Self::Own => (stock != SUPPLIER).then_some(stock),
            Self::These(stocks) => {
                stocks.iter().position(|own| *own == stock).and_then(|place| place.try_into().ok())
            }
        }
    }
}

/// What lies of a size in one stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// The stock.
    pub stock: u64,
    /// What lies there, what is reserved of it included.
    pub quantity: Decimal,
    /// What orders have reserved of it.
    pub reserved: Decimal,
}

impl Shelf {
    /// What can be sold of it, which may be less than nothing.
    #[must_use]
    pub fn salable(self) -> Option<Decimal> {
        self.quantity.checked_sub(self.reserved)
    }
}

/// What is told of a size in one stock.
type Row = (u64, Result<Shelf, RejectReason>);

/// Where the sizes of a product lie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stocked {
    /// By size. What cannot be read matters only where its stock is chosen.
    rows: HashMap<String, Vec<Row>>,
    /// Sizes of which the shop says that there are some.
    offered: HashMap<String, String>,
}

impl Stocked {
    /// Reads where the sizes of a product lie.
    ///
    /// # Errors
    /// When it is not told, or a row does not say of which size or stock it is: then nothing is known of any size.
    pub fn read(told: Option<&wire::Stocks>) -> Result<Self, RejectReason> {
        let nothing = |field| RejectReason::broken(field, "nothing");
        let told = told.ok_or_else(|| nothing("productStocksData"))?;
        let stocks =
            told.product_stocks_quantities.as_ref().ok_or_else(|| nothing("productStocksQuantities"))?;
        let mut stocked = Self::default();
        for of_stock in stocks {
            let stock = of_stock.stock_id.id().ok_or_else(|| broken("stockId", &of_stock.stock_id))?;
            for row in &of_stock.product_sizes_data {
                let size =
                    row.size_id.text().ok_or_else(|| broken("productSizesData.sizeId", &row.size_id))?;
                let rows = stocked.rows.entry(size.to_owned()).or_default();
                if let Some((_, known)) = rows.iter_mut().find(|(known, _)| *known == stock) {
                    *known = Err(RejectReason::broken("productSizesData", "a size that is there twice"));
                } else {
                    rows.push((stock, shelf(stock, row)));
                }
            }
        }
        let sales = told.product_sizes_dispositions.iter();
        for disposition in sales.flat_map(|all| &all.product_sizes_dispositions_in_sales) {
            let all = &disposition.product_size_quantity_all_stocks;
            if let (Some(size), Some(quantity)) = (disposition.size_id.text(), all.text())
                && numbers::decimal(quantity).is_none_or(|quantity| quantity > Decimal::ZERO)
            {
                stocked.offered.insert(size.to_owned(), quantity.to_owned());
            }
        }
        Ok(stocked)
    }

    /// Where a size lies, in the chosen stocks and in the order in which they are written to. A stock that does not come holds none.
    ///
    /// # Errors
    /// When a row of these cannot be read, or the shop has some and does not tell where.
    pub fn shelves(&self, size: &str, stocks: &Stocks) -> Result<Vec<Shelf>, RejectReason> {
        let Some(rows) = self.rows.get(size) else {
            return match self.offered.get(size) {
                None => Ok(Vec::new()),
                Some(quantity) => {
                    let found = format!("nothing of the size {size}, of which {quantity} can be sold");
                    Err(RejectReason::broken("productStocksQuantities", &found))
                }
            };
        };
        let chosen = rows.iter().filter_map(|(stock, shelf)| Some((stocks.place(*stock)?, shelf)));
        let mut chosen: Vec<_> = chosen.collect();
        chosen.sort_by_key(|(place, _)| *place);
        chosen.into_iter().map(|(_, shelf)| shelf.clone()).collect()
    }

    /// How much of a size can be sold: in the chosen stocks together, without what orders have reserved.
    ///
    /// # Errors
    /// As [`shelves`](Self::shelves).
    pub fn level(&self, size: &str, stocks: &Stocks) -> Result<StockLevel, RejectReason> {
        let mut level = Decimal::ZERO;
        for shelf in self.shelves(size, stocks)? {
            let sum = shelf.salable().and_then(|salable| level.checked_add(salable));
            level = sum.ok_or_else(|| RejectReason::broken("productSizeQuantity", "too large"))?;
        }
        Ok(StockLevel::Quantity(level))
    }
}

fn shelf(stock: u64, row: &wire::Stock) -> Result<Shelf, RejectReason> {
    let number = |field: &str, told: &Scalar| {
        told.text().and_then(numbers::decimal).ok_or_else(|| broken(field, told))
    };
    let quantity = number("productSizeQuantity", &row.product_size_quantity)?;
    let reserved = row.product_size_reservations.as_ref().map(|all| &all.product_size_reservation_order);
    let reserved = match reserved.filter(|told| told.text().is_some()) {
        Some(told) => number("productSizeReservationOrder", told)?,
        None => Decimal::ZERO,
    };
    Ok(Shelf { stock, quantity, reserved })
}

/// The sizes of a product's row, and where they lie.
///
/// # Errors
/// When which sizes it has cannot be read, or nothing of where they lie.
pub fn sizes_of(row: &Value) -> Result<(Vec<VariantId>, Stocked), RejectReason> {
    let row = wire::Product::deserialize(row)
        .map_err(|error| RejectReason::broken("product", &error.to_string()))?;
    let id = |told: &Value| {
        let id = wire::size_id(told);
        id.text().and_then(|id| VariantId::new(id).ok()).ok_or_else(|| broken("productSizes.sizeId", &id))
    };
    let sizes = row.listed_sizes().iter().map(id).collect::<Result<Vec<_>, _>>()?;
    if sizes.is_empty() {
        return Err(RejectReason::broken("productSizes", "nothing"));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = sizes.iter().find(|size| !seen.insert(*size)) {
        return Err(RejectReason::broken("productSizes", &format!("{twice} is there twice")));
    }
    Ok((sizes, Stocked::read(row.product_stocks_data.as_ref())?))
}
