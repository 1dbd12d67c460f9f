//! Expressions that have a value.

use std::borrow::Cow;

use crate::Value;
use crate::sql::fault::Fault;
use crate::sql::function;
use crate::sql::kind::Kind;
use crate::store::{Row, Table};

/// `NULL`, to be borrowed.
const NULL: Value = Value::Null;

/// An expression whose names are those of tables that exist, and whose types fit.
#[derive(Clone, Debug)]
pub(crate) enum Scalar {
    Constant(Value),
    /// A column, by the places of its table and of itself.
    Column(usize, usize),
    /// An aggregate, by its place among those of the statement.
    Aggregate(usize),
    Cast(Box<Self>, Kind, Kind),
    IsNull(Box<Self>, Box<Self>, Kind),
    DataLength(Box<Self>, Kind),
    Substring(Box<[Self; 3]>),
    Upper(Box<Self>),
    Add(Box<Self>, Box<Self>, Kind),
    Subtract(Box<Self>, Box<Self>, Kind),
}

/// What an expression is about: a row of each table, and the aggregates of the group.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c, 's> {
    pub(crate) tables: &'c [&'s Table],
    /// None is for a table of a left join that has nothing to add.
    pub(crate) rows: &'c [Option<&'s Row>],
    pub(crate) aggregates: &'c [Value],
}

impl Scalar {
    /// The value that it has there.
    pub(crate) fn value<'v>(&'v self, context: Context<'v, 'v>) -> Result<Cow<'v, Value>, Fault> {
        Ok(match self {
            Self::Constant(value) => Cow::Borrowed(value),
            Self::Column(table, column) => {
                let row = context.rows.get(*table).copied().flatten();
                let found = row.zip(context.tables.get(*table));
                Cow::Borrowed(found.map_or(&NULL, |(row, table)| table.value(row, *column)))
            }
            Self::Aggregate(place) => Cow::Borrowed(context.aggregates.get(*place).unwrap_or(&NULL)),
            Self::Cast(inner, from, to) => function::cast(inner.value(context)?, *from, *to)?,
            Self::IsNull(first, second, kind) => {
                let value = first.value(context)?;
                if *value == Value::Null {
                    let value = second.value(context)?;
                    let from = Kind::of(&value);
                    return function::cast(value, from, *kind);
                }
                value
            }
            Self::DataLength(inner, kind) => {
                let inner = inner.value(context)?;
                Cow::Owned(function::data_length(&inner, *kind))
            }
            Self::Substring(inner) => {
                let [inner, start, length] = &**inner;
                let (inner, start) = (inner.value(context)?, start.value(context)?);
                Cow::Owned(function::substring(&inner, &start, &*length.value(context)?)?)
            }
            Self::Upper(inner) => {
                let inner = inner.value(context)?;
                Cow::Owned(function::upper(&inner))
            }
            Self::Add(left, right, kind) => {
                let (left, right) = (left.value(context)?, right.value(context)?);
                Cow::Owned(function::add(&left, &right, *kind)?)
            }
            Self::Subtract(left, right, kind) => {
                let (left, right) = (left.value(context)?, right.value(context)?);
                Cow::Owned(function::subtract(&left, &right, *kind)?)
            }
        })
    }

    /// Whether it can be told from the rows of the tables before this one alone.
    pub(crate) fn is_before(&self, table: usize) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::Column(of, _) => *of < table,
            Self::Aggregate(_) => false,
            Self::Cast(inner, ..) | Self::DataLength(inner, _) | Self::Upper(inner) => inner.is_before(table),
            Self::IsNull(left, right, _) | Self::Add(left, right, _) | Self::Subtract(left, right, _) => {
                left.is_before(table) && right.is_before(table)
            }
            Self::Substring(inner) => inner.iter().all(|inner| inner.is_before(table)),
        }
    }
}
