//! Which values of a column a condition lets through at most, so that not every row has to be looked at.

use std::collections::BTreeSet;

use crate::sql::compare::whole;
use crate::sql::predicate::{Comparison, Predicate};
use crate::sql::scalar::Scalar;

/// Values of a column of whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// Any, and `NULL`
    All,
    /// From the first to the last
    Range(i64, i64),
    /// These
    Points(BTreeSet<i64>),
}

impl Span {
    /// What a condition lets through at most in this column of this table.
    pub(crate) fn of(predicate: &Predicate, table: usize, column: usize) -> Self {
        let is_it =
            |scalar: &Scalar| matches!(scalar, Scalar::Column(of, at) if (*of, *at) == (table, column));
        match predicate {
            Predicate::And(parts) => {
                parts.iter().map(|part| Self::of(part, table, column)).fold(Self::All, Self::and)
            }
            Predicate::Or(parts) => {
                let parts = parts.iter().map(|part| Self::of(part, table, column));
                parts.reduce(Self::or).unwrap_or(Self::All)
            }
            Predicate::Compare(left, comparison, right) if is_it(left) => Self::compared(*comparison, right),
            Predicate::Compare(left, comparison, right) if is_it(right) => {
                Self::compared(comparison.mirrored(), left)
            }
            Predicate::In(scalar, list) if is_it(scalar) => {
                list.whole.clone().map_or(Self::All, Self::Points)
            }
            _ => Self::All,
        }
    }

    fn compared(comparison: Comparison, with: &Scalar) -> Self {
        let Scalar::Constant(value) = with else { return Self::All };
        let Some(value) = whole(value) else { return Self::All };
        match comparison {
            Comparison::Equal => Self::Points(BTreeSet::from([value])),
            Comparison::NotEqual => Self::All,
            Comparison::Less => Self::Range(i64::MIN, value.saturating_sub(1)),
            Comparison::LessOrEqual => Self::Range(i64::MIN, value),
            Comparison::Greater => Self::Range(value.saturating_add(1), i64::MAX),
            Comparison::GreaterOrEqual => Self::Range(value, i64::MAX),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, other) | (other, Self::All) => other,
            (Self::Range(low, high), Self::Range(other_low, other_high)) => {
                Self::Range(low.max(other_low), high.min(other_high))
            }
            (Self::Points(points), Self::Range(low, high))
            | (Self::Range(low, high), Self::Points(points)) => {
                Self::Points(points.into_iter().filter(|point| (low..=high).contains(point)).collect())
            }
            (Self::Points(points), Self::Points(others)) => {
                Self::Points(points.intersection(&others).copied().collect())
            }
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Points(mut points), Self::Points(others)) => {
                points.extend(others);
                Self::Points(points)
            }
            (one, other) => match (one.ends(), other.ends()) {
                (Some((low, high)), Some((other_low, other_high))) => {
                    Self::Range(low.min(other_low), high.max(other_high))
                }
                _ => Self::All,
            },
        }
    }

    /// The least and the greatest; none where it may be anything.
    fn ends(&self) -> Option<(i64, i64)> {
        match self {
            Self::All => None,
            Self::Range(low, high) => Some((*low, *high)),
            // Without points there are no ends, and then the other side's hold.
            Self::Points(points) => Some(
                points.first().zip(points.last()).map_or((i64::MAX, i64::MIN), |(low, high)| (*low, *high)),
            ),
        }
    }

    /// How little it lets through: the less, the better to begin with.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Points(_) => 0,
            Self::Range(..) => 1,
            Self::All => 2,
        }
    }
}
