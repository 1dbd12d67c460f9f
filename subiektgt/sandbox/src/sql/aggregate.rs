//! `COUNT`, `SUM`, `MIN` and `MAX`.

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::sql::compare::{compare, number, whole};
use crate::sql::fault::Fault;
use crate::sql::function::cast;
use crate::sql::kind::{Family, Kind, MOST_DIGITS};
use crate::sql::scalar::Scalar;
use crate::{Type, Value};

/// What is told of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Count,
    Sum,
    Least,
    Greatest,
}

/// An aggregate of a statement.
#[derive(Clone, Debug)]
pub(crate) struct Aggregate {
    what: What,
    pub(crate) of: Scalar,
    pub(crate) kind: Kind,
}

/// What it comes to so far.
#[derive(Clone, Debug)]
pub(crate) enum Tally {
    Whole(Option<i64>),
    Number(Option<Decimal>),
    Best(Value),
}

impl Aggregate {
    pub(crate) fn new(what: What, (of, kind): (Scalar, Kind)) -> Result<Self, Fault> {
        let kind = match (what, kind.family()) {
            (What::Count, _) => Kind::INT,
            (What::Sum, Family::Number) if kind != Kind::BIT => match kind {
                Kind::Of(Type::Decimal { scale, .. }) => Kind::decimal(MOST_DIGITS, scale),
                same => same,
            },
            (What::Sum, _) => return Err(Fault::operand(kind, "sum")),
            (What::Least | What::Greatest, Family::Old) => return Err(Fault::operand(kind, "min")),
            (What::Least | What::Greatest, _) if kind == Kind::BIT => {
                return Err(Fault::operand(kind, "min"));
            }
            (What::Least | What::Greatest, _) => kind,
        };
        Ok(Self { what, of, kind })
    }

    /// What it comes to before the first row.
    pub(crate) fn start(&self) -> Tally {
        match (self.what, self.kind) {
            (What::Count, _) => Tally::Whole(Some(0)),
            (What::Sum, Kind::INT | Kind::BIGINT) => Tally::Whole(None),
            (What::Sum, _) => Tally::Number(None),
            _ => Tally::Best(Value::Null),
        }
    }

    /// Adds the value of a row. What is `NULL` is passed over.
    pub(crate) fn add(&self, tally: &mut Tally, value: Cow<'_, Value>) -> Result<(), Fault> {
        if *value == Value::Null {
            return Ok(());
        }
        match tally {
            Tally::Whole(sum) => {
                let more = whole(&value).unwrap_or_default();
                *sum = Some(sum.unwrap_or_default().checked_add(more).ok_or_else(Fault::overflow)?);
            }
            Tally::Number(sum) => {
                let more = number(&value)?;
                *sum = Some(sum.unwrap_or_default().checked_add(more).ok_or_else(Fault::overflow)?);
            }
            Tally::Best(best) => {
                let better = if self.what == What::Least { Ordering::Less } else { Ordering::Greater };
                if compare(&value, best)?.is_none_or(|ordering| ordering == better) {
                    *best = value.into_owned();
                }
            }
        }
        Ok(())
    }

    /// What it came to.
    pub(crate) fn end(&self, tally: Tally) -> Result<Value, Fault> {
        let value = match tally {
            Tally::Whole(sum) => Value::from(sum),
            Tally::Number(sum) => Value::from(sum),
            Tally::Best(best) => return Ok(best),
        };
        let from = Kind::of(&value);
        cast(Cow::Owned(value), from, self.kind).map(Cow::into_owned)
    }
}
