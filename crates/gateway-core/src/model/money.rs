//! Amounts of money and VAT. Never a binary float.

use std::fmt;

use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// Decimal places of a net price that is derived from a gross one.
const NET_PLACES: u32 = 4;

/// An amount in a currency; it may be zero or negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// An amount, without the zeros at its end.
    #[must_use]
    pub fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount: amount.normalize(), currency }
    }

    /// The amount, in whole units of the currency (złotys, not groszes).
    #[must_use]
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency (ISO 4217).
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency.code())
    }
}

/// `{"amount": 12.5, "currency": "PLN"}`, the amount with all its digits.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Money", 2)?;
        fields.serialize_field("amount", &Number(self.amount))?;
        fields.serialize_field("currency", self.currency.code())?;
        fields.end()
    }
}

/// A decimal that serialises as a JSON number with all its digits.
pub(super) struct Number(pub(super) Decimal);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        rust_decimal::serde::arbitrary_precision::serialize(&self.0.normalize(), serializer)
    }
}

/// Why a price is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrice {
    /// The price is 0, or so small that it is 0 at four decimal places.
    #[error("the price is 0")]
    Zero,
    /// The price is below zero.
    #[error("the price is below zero: {0}")]
    Negative(Decimal),
    /// The price has more digits than can be reckoned with.
    #[error("the price {0} has too many digits")]
    Overflow(Decimal),
}

/// The regular price of one piece without VAT: above zero. A promotion's price is never put here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct NetPrice(Money);

impl NetPrice {
    /// Takes a price that the platform gives without VAT, with all its decimal places.
    ///
    /// # Errors
    /// When it is zero or negative.
    pub fn new(net: Money) -> Result<Self, InvalidPrice> {
        if net.amount.is_zero() {
            Err(InvalidPrice::Zero)
        } else if net.amount.is_sign_negative() {
            Err(InvalidPrice::Negative(net.amount))
        } else {
            Ok(Self(net))
        }
    }

    /// The price as money.
    #[must_use]
    pub fn money(self) -> Money {
        self.0
    }

    /// The amount, in whole units of the currency.
    #[must_use]
    pub fn amount(self) -> Decimal {
        self.0.amount
    }

    /// The currency (ISO 4217).
    #[must_use]
    pub fn currency(self) -> Currency {
        self.0.currency
    }
}

impl fmt::Display for NetPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number that is no VAT rate: below 0 or above 100 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a VAT rate of {0} % is not between 0 and 100 %")]
pub struct InvalidVatRate(
    /// The number found.
    pub Decimal,
);

/// A VAT rate in percent, 0 to 100. Exempt is not a rate; it is a [`super::RejectReason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VatRate(Decimal);

impl VatRate {
    /// A rate in percent: 23 for 23 %.
    ///
    /// # Errors
    /// When it is below 0 or above 100.
    pub fn percent(percent: Decimal) -> Result<Self, InvalidVatRate> {
        if (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&percent) {
            // -0 is in the range too, and would print its sign.
            Ok(Self(percent.abs().normalize()))
        } else {
            Err(InvalidVatRate(percent))
        }
    }

    /// The rate in percent, without zeros at its end: 23, 5.5.
    #[must_use]
    pub fn as_percent(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for VatRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

/// A JSON number: the percent.
impl Serialize for VatRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Number(self.0).serialize(serializer)
    }
}

/// The net price of a gross one: `gross × 100 / (100 + percent)`, rounded to 4 decimal places, a half to the even
/// neighbour. The only place where net is derived.
///
/// It is reckoned in whole numbers, so that there is one rounding: a decimal quotient is itself rounded, and could make a
/// half out of what is none.
///
/// # Errors
/// When the price is zero (also after rounding), negative, or has too many digits for 128 bits.
pub fn net_from_gross(gross: Money, vat: VatRate) -> Result<NetPrice, InvalidPrice> {
    if gross.amount.is_sign_negative() && !gross.amount.is_zero() {
        return Err(InvalidPrice::Negative(gross.amount));
    }
    let net = net_amount(gross.amount, vat.0).ok_or(InvalidPrice::Overflow(gross.amount))?;
    NetPrice::new(Money::new(net, gross.currency))
}

/// With `gross = g / 10^a` and `percent = v / 10^b`: `net = g × 100 × 10^b / (10^a × (100 × 10^b + v))`.
fn net_amount(gross: Decimal, percent: Decimal) -> Option<Decimal> {
    let power = |exponent: u32| 10_i128.checked_pow(exponent);
    let hundred = power(percent.scale())?.checked_mul(100)?;
    let dividend = gross.mantissa().checked_mul(hundred)?.checked_mul(power(NET_PLACES)?)?;
    let divisor = power(gross.scale())?.checked_mul(hundred.checked_add(percent.mantissa())?)?;
    let quotient = dividend.checked_div(divisor)?;
    let twice_rest = dividend.checked_rem(divisor)?.checked_mul(2)?;
    let up = twice_rest > divisor || (twice_rest == divisor && quotient % 2 != 0);
    Decimal::try_from_i128_with_scale(quotient.checked_add(i128::from(up))?, NET_PLACES).ok()
}
