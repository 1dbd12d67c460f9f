//! The rows of the database, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::Value;
use crate::sql::kind::Kind;

/// The key of a row; where a table has one column for it, the second part is 0.
pub(crate) type Key = (i64, i64);

/// The rows by the values of a column. `NULL` is among them, so that each row is in it once.
type Index = BTreeSet<(Option<i64>, Key)>;

/// A row: what differs in it from a new row, by the places of the columns.
#[derive(Debug, Default)]
pub(crate) struct Row(Box<[(usize, Value)]>);

/// A column.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// What a new row has there. Only what differs from it is kept of a row, since most of the columns are never used.
    default: Value,
    is_dropped: bool,
}

impl Field {
    pub(crate) fn new(name: impl Into<String>, kind: Kind, default: Value) -> Self {
        Self { name: name.into(), kind, default, is_dropped: false }
    }
}

/// A table, in the order of its key.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    fields: Vec<Field>,
    /// The places of the columns by their names, as these are written here.
    places: HashMap<String, usize>,
    /// The column whose values are the first parts of the keys.
    key: Option<usize>,
    rows: BTreeMap<Key, Row>,
    indices: Vec<(usize, Index)>,
}

impl Table {
    /// A table with these columns, without rows.
    pub(crate) fn new(name: &'static str, key: &str, indexed: &[&str], fields: Vec<Field>) -> Self {
        let places: HashMap<_, _> =
            fields.iter().enumerate().map(|(place, field)| (field.name.clone(), place)).collect();
        let place = |name: &str| places.get(name).copied();
        let indices = indexed.iter().filter_map(|name| Some((place(name)?, BTreeSet::new()))).collect();
        Self { name, key: place(key), fields, rows: BTreeMap::new(), indices, places }
    }

    /// The place of a column, by its name in any case.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| !field.is_dropped && field.name.eq_ignore_ascii_case(name))
    }

    /// A column, by its place.
    pub(crate) fn field(&self, place: usize) -> Option<&Field> {
        self.fields.get(place)
    }

    /// Lets nobody read a column any more.
    pub(crate) fn drop_column(&mut self, name: &str) {
        let place = self.place(name);
        if let Some(field) = place.and_then(|place| self.fields.get_mut(place)) {
            field.is_dropped = true;
        }
    }

    /// What a row has in a column.
    pub(crate) fn value<'v>(&'v self, row: &'v Row, place: usize) -> &'v Value {
        let own = row.0.binary_search_by_key(&place, |(place, _)| *place).ok();
        let own = own.and_then(|at| row.0.get(at)).map(|(_, value)| value);
        own.or_else(|| self.fields.get(place).map(|field| &field.default)).unwrap_or(&Value::Null)
    }

    /// Puts a row there, in place of what was there. What is said of no column is as in a new row.
    pub(crate) fn put<'n>(&mut self, key: Key, values: impl IntoIterator<Item = (&'n str, Value)>) {
        self.take(key);
        let mut own: Vec<(usize, Value)> = Vec::new();
        for (name, value) in values {
            let Some(place) = self.places.get(name).copied() else {
                debug_assert!(false, "{} has no column {name}", self.name);
                continue;
            };
            if self.fields.get(place).is_some_and(|field| field.default != value) {
                own.push((place, value));
            }
        }
        own.sort_by_key(|(place, _)| *place);
        let row = Row(own.into());
        self.index(key, &row, |index, entry| {
            index.insert(entry);
        });
        self.rows.insert(key, row);
    }

    /// Takes a row away, if it is there.
    pub(crate) fn take(&mut self, key: Key) {
        if let Some(row) = self.rows.remove(&key) {
            self.index(key, &row, |index, entry| {
                index.remove(&entry);
            });
        }
    }

    fn index(&mut self, key: Key, row: &Row, change: impl Fn(&mut Index, (Option<i64>, Key))) {
        let values: Vec<_> = self.indices.iter().map(|(place, _)| self.value(row, *place).as_i64()).collect();
        for ((_, index), value) in self.indices.iter_mut().zip(values) {
            change(index, (value, key));
        }
    }

    /// Takes all rows away.
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.indices.iter_mut().for_each(|(_, index)| index.clear());
    }

    /// The row with this key.
    pub(crate) fn row(&self, key: Key) -> Option<&Row> {
        self.rows.get(&key)
    }

    /// The key after the last one.
    pub(crate) fn next_key(&self) -> i64 {
        self.rows.last_key_value().map_or(1, |((last, _), _)| last + 1)
    }

    /// The keys of the rows with this value in a column that is the key or has an index.
    pub(crate) fn keys(&self, name: &str, value: i64) -> Vec<Key> {
        let place = self.places.get(name).copied();
        place.map(|place| self.entries(place, value, value).map(|(_, key)| key).collect()).unwrap_or_default()
    }

    /// Whether rows are found by a column without looking at all.
    pub(crate) fn is_indexed(&self, place: usize) -> bool {
        self.key == Some(place) || self.indices.iter().any(|(of, _)| *of == place)
    }

    /// The column that the table is in the order of.
    pub(crate) fn key_place(&self) -> Option<usize> {
        self.key
    }

    /// The columns by which rows are found without looking at all.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = usize> {
        self.key.into_iter().chain(self.indices.iter().map(|(place, _)| *place))
    }

    /// All rows in the order of their keys, each with the first part of its key.
    pub(crate) fn all(&self) -> impl Iterator<Item = (i64, &Row)> {
        self.rows.iter().map(|((first, _), row)| (*first, row))
    }

    /// The rows with a value from `low` to `high` in a column that [is indexed](Self::is_indexed), in the order of these values.
    pub(crate) fn between(&self, place: usize, low: i64, high: i64) -> impl Iterator<Item = (i64, &Row)> {
        self.entries(place, low, high).filter_map(|(value, key)| Some((value, self.rows.get(&key)?)))
    }

    fn entries(&self, place: usize, low: i64, high: i64) -> Box<dyn Iterator<Item = (i64, Key)> + '_> {
        const ENDS: (i64, i64) = (i64::MIN, i64::MAX);
        if low > high {
            return Box::new(std::iter::empty());
        }
        if self.key == Some(place) {
            let found = self.rows.range((low, ENDS.0)..=(high, ENDS.1));
            return Box::new(found.map(|(key, _)| (key.0, *key)));
        }
        let index = self.indices.iter().find(|(of, _)| *of == place).map(|(_, index)| index);
        let (low, high) = ((Some(low), (ENDS.0, ENDS.0)), (Some(high), (ENDS.1, ENDS.1)));
        let found = index.into_iter().flat_map(move |index| index.range(low..=high));
        Box::new(found.filter_map(|(value, key)| Some(((*value)?, *key))))
    }
}

/// The tables of a firm, and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) name: String,
    tables: HashMap<String, Table>,
    denied: BTreeSet<String>,
}

impl Database {
    pub(crate) fn new(tables: impl IntoIterator<Item = Table>) -> Self {
        let tables = tables.into_iter().map(|table| (table.name.to_ascii_lowercase(), table)).collect();
        Self { name: String::new(), tables, denied: BTreeSet::new() }
    }

    /// The table of this name, in any case.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(&name.to_ascii_lowercase())
    }

    /// The same, to be changed.
    pub(crate) fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.get_mut(&name.to_ascii_lowercase())
    }

    /// Takes a table away with all of its rows.
    pub(crate) fn drop_table(&mut self, name: &str) {
        self.tables.remove(&name.to_ascii_lowercase());
    }

    /// Lets a table be read or not.
    pub(crate) fn set_denied(&mut self, name: &str, is_denied: bool) {
        let name = name.to_ascii_lowercase();
        if is_denied {
            self.denied.insert(name);
        } else {
            self.denied.remove(&name);
        }
    }

    pub(crate) fn is_denied(&self, name: &str) -> bool {
        self.denied.contains(&name.to_ascii_lowercase())
    }
}
