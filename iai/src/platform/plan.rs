//! In which stocks a change is made: pure functions.

use rust_decimal::Decimal;

use crate::mapping::{Shelf, Stocks};
use crate::wire::{Change, StockChange};

/// The stock that every panel has of its own.
const MAIN: u64 = 1;

/// In which stocks a level changes by so much. What comes is put into the first one; what goes is taken from the first that has some that
/// nobody has reserved, and then from the next.
///
/// # Errors
/// When there is not enough, as a part of a sentence.
pub(super) fn changes(
    delta: Decimal,
    shelves: &[Shelf],
    stocks: &Stocks,
) -> Result<Vec<StockChange>, String> {
    if delta > Decimal::ZERO {
        return Ok(vec![change(first(shelves, stocks), "add", delta)]);
    }
    // What is owed in one stock is not there to be taken from another.
    let all: Decimal = shelves.iter().filter_map(|shelf| shelf.salable()).sum();
    if all + delta < Decimal::ZERO {
        return Err(format!("{} are to be taken, and {} can be", (-delta).normalize(), all.normalize()));
    }
    let mut open = -delta;
    let mut changes = Vec::new();
    for shelf in shelves {
        let salable = shelf.salable().unwrap_or_default().min(shelf.quantity);
        let taken = salable.min(open);
        if taken > Decimal::ZERO {
            changes.push(change(shelf.stock, "substract", taken));
            open -= taken;
        }
    }
    if open > Decimal::ZERO {
        return Err(format!("{} of it are not in the stocks that are chosen", open.normalize()));
    }
    Ok(changes)
}

/// The first of the chosen stocks: where all own ones are, the first in which some lies or is owed. The shop tells the rows of a stock
/// for all sizes of a product, so one in which there is nothing of this size says nothing.
fn first(shelves: &[Shelf], stocks: &Stocks) -> u64 {
    let chosen = match stocks {
        Stocks::These(stocks) => stocks.first().copied(),
        Stocks::Own => {
            let holds = |shelf: &&Shelf| !shelf.quantity.is_zero() || !shelf.reserved.is_zero();
            shelves.iter().find(holds).map(|shelf| shelf.stock)
        }
    };
    chosen.unwrap_or(MAIN)
}

fn change(stock: u64, operation: &'static str, quantity: Decimal) -> StockChange {
    StockChange { stock_id: stock, quantity_operation: Change { operation, quantity: quantity.normalize() } }
}
