//! Amounts: prices and stock.

use gateway_core::model::{Money, NetPrice, RejectReason, StockLevel, VatRate, net_from_gross};
use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::wire;

/// "Available, quantity unknown" (IOF 3.0: both in `quantity` and in `available_stock_quantity`).
const UNCOUNTED: Decimal = Decimal::NEGATIVE_ONE;

/// A number in digits, with a point and a sign at most, of which no digit gets lost.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    // More digits than a decimal holds would be rounded otherwise.
    Decimal::from_str_exact(text).ok().filter(|_| is_plain)
}

/// The net price of a gross one. IOF's own net price is rounded to 2 places, so the gross price would not come back from it.
///
/// Several prices are no price, unless they are the same.
pub(super) fn price(
    field: &str,
    told: &[wire::Price],
    vat: VatRate,
    currency: Currency,
) -> Result<NetPrice, RejectReason> {
    let mut gross = None;
    for price in told {
        let text = price.gross.as_deref().unwrap_or("nothing");
        let amount = decimal(text).ok_or_else(|| RejectReason::broken(field, text))?;
        if gross.is_some_and(|other| other != amount) {
            return Err(RejectReason::broken(field, &format!("{text}, and another one")));
        }
        gross = Some(amount);
    }
    let gross = gross.ok_or(RejectReason::NoPrice)?;
    Ok(net_from_gross(Money::new(gross, currency), vat)?)
}

/// How much of a size there is, in all places together.
///
/// IOF 3.0: a size that is `unavailable`, or has no `stock`, is not there. The marketplace feed says `on_order` too, of what may be
/// bought as far as its stock tells.
pub(super) fn stock(size: &wire::Size) -> Result<StockLevel, RejectReason> {
    match size.available.as_deref() {
        Some("unavailable") => return Ok(StockLevel::Quantity(Decimal::ZERO)),
        None | Some("in_stock" | "on_order") => {}
        Some(other) => return Err(RejectReason::broken("size.available", other)),
    }
    let mut sum = Decimal::ZERO;
    let mut is_uncounted = false;
    for stock in &size.stocks {
        let told = stock.available_stock_quantity.as_deref().or(stock.quantity.as_deref());
        let told = told.unwrap_or("nothing");
        let quantity = decimal(told).ok_or_else(|| RejectReason::broken("stock", told))?;
        if quantity == UNCOUNTED {
            is_uncounted = true;
        } else {
            sum = sum.checked_add(quantity).ok_or_else(|| RejectReason::broken("stock", "too large"))?;
        }
    }
    Ok(if is_uncounted { StockLevel::Unknown } else { StockLevel::Quantity(sum) })
}
