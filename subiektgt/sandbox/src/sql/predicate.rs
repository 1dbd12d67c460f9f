//! Conditions, which are true, false or unknown.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::Value;
use crate::sql::compare::{compare, whole};
use crate::sql::fault::Fault;
use crate::sql::scalar::{Context, Scalar};

/// A condition whose names are those of tables that exist, and whose types fit.
#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Compare(Scalar, Comparison, Scalar),
    IsNull(Scalar),
    In(Scalar, List),
}

/// A way to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }

    /// The same with the sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// What stands in the parentheses of `IN`.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// All of it, when it is nothing but whole numbers, so that a long list costs no more than a short one.
    pub(crate) whole: Option<BTreeSet<i64>>,
    values: Vec<Value>,
    has_null: bool,
}

impl List {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        let count = values.len();
        let values: Vec<_> = values.into_iter().filter(|value| *value != Value::Null).collect();
        Self { whole: values.iter().map(whole).collect(), has_null: values.len() < count, values }
    }

    fn has(&self, value: &Value) -> Result<Option<bool>, Fault> {
        if *value == Value::Null {
            return Ok(None);
        }
        let is_there = match (&self.whole, whole(value)) {
            (Some(all), Some(value)) => all.contains(&value),
            _ => {
                let mut is_there = false;
                for other in &self.values {
                    is_there |= compare(value, other)?.is_some_and(Ordering::is_eq);
                }
                is_there
            }
        };
        Ok(if is_there || !self.has_null { Some(is_there) } else { None })
    }
}

impl Predicate {
    /// Whether it holds there; none is unknown.
    pub(crate) fn holds(&self, context: Context<'_, '_>) -> Result<Option<bool>, Fault> {
        match self {
            Self::And(all) => Self::until(all, false, context),
            Self::Or(any) => Self::until(any, true, context),
            Self::Not(inner) => Ok(inner.holds(context)?.map(|holds| !holds)),
            Self::Compare(left, comparison, right) => {
                let (left, right) = (left.value(context)?, right.value(context)?);
                let ordering = compare(&left, &right)?;
                Ok(ordering.map(|ordering| comparison.holds(ordering)))
            }
            Self::IsNull(scalar) => Ok(Some(*scalar.value(context)? == Value::Null)),
            Self::In(scalar, list) => list.has(&*scalar.value(context)?),
        }
    }

    /// One that decides is enough; otherwise one that is unknown makes all of it unknown.
    fn until(parts: &[Self], decides: bool, context: Context<'_, '_>) -> Result<Option<bool>, Fault> {
        let mut result = Some(!decides);
        for part in parts {
            match part.holds(context)? {
                Some(holds) if holds == decides => return Ok(Some(decides)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }
}
