//! Runs a statement.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::Value;
use crate::sql::aggregate::Tally;
use crate::sql::bind::Bound;
use crate::sql::compare::{Sortable, whole};
use crate::sql::fault::Fault;
use crate::sql::scalar::{Context, Scalar};
use crate::sql::span::Span;
use crate::store::Row;

/// A row of each table; none of one that has nothing to add.
type Joined<'s> = Vec<Option<&'s Row>>;

/// What is done with each.
type Take<'t, 's> = dyn FnMut(&[Option<&'s Row>]) -> Result<(), Fault> + 't;

/// A row of the answer behind what it is ordered by.
type Ordered = (Vec<Sortable>, Vec<Value>);

/// The rows of the first table with the value of the column that they come in the order of, which this is.
struct Driver<'s> {
    rows: Box<dyn Iterator<Item = (i64, &'s Row)> + 's>,
    column: Option<usize>,
}

struct Group<'s> {
    first: Joined<'s>,
    tallies: Vec<Tally>,
}

impl<'s> Bound<'s> {
    /// The rows that it answers.
    pub(crate) fn run(&self) -> Result<Vec<Vec<Value>>, Fault> {
        if self.top == Some(0) {
            return Ok(Vec::new());
        }
        let mut rows = match &self.group {
            Some(by) => self.grouped(by)?,
            None => self.plain()?,
        };
        rows.sort_by(|(left, _), (right, _)| {
            let each = left.iter().zip(right).zip(&self.order);
            each.fold(std::cmp::Ordering::Equal, |so_far, ((left, right), (_, is_downwards))| {
                let ordering = left.cmp(right);
                so_far.then(if *is_downwards { ordering.reverse() } else { ordering })
            })
        });
        rows.truncate(self.top.unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(|(_, values)| values).collect())
    }

    fn plain(&self) -> Result<Vec<Ordered>, Fault> {
        let mut rows = Vec::new();
        self.each(&mut |joined| {
            rows.push(self.row(joined, &[])?);
            Ok(())
        })?;
        Ok(rows)
    }

    fn grouped(&self, by: &[Scalar]) -> Result<Vec<Ordered>, Fault> {
        let mut places: HashMap<Vec<Sortable>, usize> = HashMap::new();
        let mut groups: Vec<Group<'s>> = Vec::new();
        let start = || self.aggregates.iter().map(super::aggregate::Aggregate::start).collect();
        if by.is_empty() {
            // All that there is is one group, even when there is nothing.
            places.insert(Vec::new(), 0);
            groups.push(Group { first: self.tables.iter().map(|_| None).collect(), tallies: start() });
        }
        self.each(&mut |joined| {
            let context = self.context(joined, &[]);
            let key = by.iter().map(|by| Ok(Sortable::from(&*by.value(context)?)));
            let place = *places.entry(key.collect::<Result<_, Fault>>()?).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Group { first: joined.to_vec(), tallies: start() });
            }
            if let Some(group) = groups.get_mut(place) {
                for (aggregate, tally) in self.aggregates.iter().zip(&mut group.tallies) {
                    aggregate.add(tally, aggregate.of.value(context)?)?;
                }
            }
            Ok(())
        })?;
        let mut rows = Vec::new();
        for Group { first, tallies } in groups {
            let tallies = self.aggregates.iter().zip(tallies);
            let values: Vec<_> =
                tallies.map(|(aggregate, tally)| aggregate.end(tally)).collect::<Result<_, _>>()?;
            let is_in = match &self.having {
                Some(having) => having.holds(self.context(&first, &values))? == Some(true),
                None => true,
            };
            if is_in {
                rows.push(self.row(&first, &values)?);
            }
        }
        Ok(rows)
    }

    fn context<'c>(&'c self, rows: &'c [Option<&'s Row>], aggregates: &'c [Value]) -> Context<'c, 's> {
        Context { tables: &self.tables, rows, aggregates }
    }

    fn row(&self, joined: &[Option<&'s Row>], aggregates: &[Value]) -> Result<Ordered, Fault> {
        let context = self.context(joined, aggregates);
        let order = self.order.iter().map(|(by, _)| Ok(Sortable::from(&*by.value(context)?)));
        let items = self.items.iter().map(|item| item.value(context).map(Cow::into_owned));
        Ok((order.collect::<Result<_, Fault>>()?, items.collect::<Result<_, _>>()?))
    }

    /// Takes each joined row that the filter lets through, up to where they are enough and no later one can come before them.
    fn each(&self, take: &mut Take<'_, 's>) -> Result<(), Fault> {
        if self.tables.is_empty() {
            return self.extend(&mut Vec::new(), take).map(drop);
        }
        let Driver { rows, column } = self.driver();
        let in_order = match (self.order.first(), column) {
            (None, _) => true,
            (Some((Scalar::Column(0, by), false)), Some(column)) => *by == column,
            _ => false,
        };
        let enough = self.top.filter(|_| in_order && self.group.is_none());
        let (mut count, mut last) = (0, None);
        let mut joined = Vec::with_capacity(self.tables.len());
        for (value, row) in rows {
            if enough.is_some_and(|enough| count >= enough) && last != Some(value) {
                break;
            }
            last = Some(value);
            joined.clear();
            joined.push(Some(row));
            count += self.extend(&mut joined, take)?;
        }
        Ok(())
    }

    /// Joins the rows so far with those of the tables behind them, and answers how many of them were taken.
    fn extend(&self, joined: &mut Joined<'s>, take: &mut Take<'_, 's>) -> Result<usize, Fault> {
        let place = joined.len();
        let next = self.tables.get(place).zip(place.checked_sub(1).and_then(|at| self.joins.get(at)));
        let Some((table, join)) = next else {
            let is_in = match &self.filter {
                Some(filter) => filter.holds(self.context(joined, &[]))? == Some(true),
                None => true,
            };
            return if is_in { take(joined).map(|()| 1) } else { Ok(0) };
        };
        let value = match &join.lookup {
            Some((column, by)) => Some((*column, by.value(self.context(joined, &[]))?.into_owned())),
            None => None,
        };
        let found: Vec<&'s Row> = match &value {
            Some((_, Value::Null)) => Vec::new(),
            Some((column, value)) => match whole(value) {
                Some(value) => table.between(*column, value, value).map(|(_, row)| row).collect(),
                None => table.all().map(|(_, row)| row).collect(),
            },
            None => table.all().map(|(_, row)| row).collect(),
        };
        let (mut taken, mut is_alone) = (0, true);
        for row in found {
            joined.push(Some(row));
            if join.on.holds(self.context(joined, &[]))? == Some(true) {
                is_alone = false;
                taken += self.extend(joined, take)?;
            }
            joined.truncate(place);
        }
        if is_alone && join.is_left {
            joined.push(None);
            taken += self.extend(joined, take)?;
            joined.truncate(place);
        }
        Ok(taken)
    }

    /// Begins with as few rows of the first table as the filter makes possible.
    fn driver(&self) -> Driver<'s> {
        let Some(table) = self.tables.first().copied() else {
            return Driver { rows: Box::new(std::iter::empty()), column: None };
        };
        let spans = table.indexed().map(|column| {
            let span = self.filter.as_ref().map_or(Span::All, |filter| Span::of(filter, 0, column));
            (column, span)
        });
        let best = spans.min_by_key(|(_, span)| span.rank());
        match best {
            Some((column, Span::Points(points))) => {
                let rows = points.into_iter().flat_map(move |point| table.between(column, point, point));
                Driver { rows: Box::new(rows), column: Some(column) }
            }
            Some((column, Span::Range(low, high))) => {
                Driver { rows: Box::new(table.between(column, low, high)), column: Some(column) }
            }
            _ => Driver { rows: Box::new(table.all()), column: table.key_place() },
        }
    }
}
