//! The part of the Elasticsearch DSL that `_query` understands. Whatever else is asked is refused by name.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use chrono::DateTime;
use serde_json::{Map, Value};

use super::error::Refusal;
use super::index::{Hit, Place};
use super::validate::{object, only};

/// Elasticsearch's `index.max_result_window`.
const WINDOW: u64 = 10_000;
const DEFAULT_SIZE: u64 = 10;

/// The fields that `exists` may ask for.
const EXISTS: [&str; 12] = [
    "archived",
    "brief",
    "data",
    "desc",
    "for_sale",
    "images",
    "name",
    "sku",
    "stock_level",
    "tag_guids",
    "vat",
    "guid",
];

/// A query that was understood.
pub(super) struct Query {
    size: usize,
    from: usize,
    sort: Vec<(Field, Direction)>,
    after: Option<Vec<Key>>,
    clauses: Vec<(bool, Clause)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Created,
    Guid,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

/// The value of a sort field.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Created(i64),
    Guid(String),
}

enum Clause {
    Owner(String),
    Guids(HashSet<String>),
    Exists(String),
}

use Direction::{Ascending, Descending};

impl Query {
    /// Reads the body `{"dsl": …}`.
    pub(super) fn parse(body: &Value) -> Result<Self, Refusal> {
        let body = object(body, "the body")?;
        only(body, &["dsl"], "the body")?;
        let dsl = object(body.get("dsl").unwrap_or(&Value::Null), "dsl")?;
        only(dsl, &["size", "from", "sort", "search_after", "query"], "dsl")?;
        let size = count(dsl, "size")?.unwrap_or(DEFAULT_SIZE);
        let from = count(dsl, "from")?.unwrap_or(0);
        if from.saturating_add(size) > WINDOW {
            return Err(Refusal::bad(format!(
                "search_phase_execution_exception: Result window is too large, from + size must be less than or \
                 equal to: [{WINDOW}] but was [{}]. See the scroll api for a more efficient way to request large data \
                 sets.",
                from.saturating_add(size)
            )));
        }
        let sort = sort(dsl.get("sort"))?;
        let after = dsl.get("search_after").map(|values| search_after(values, &sort)).transpose()?;
        if after.is_some() && from > 0 {
            return Err(Refusal::bad("dsl.from must be 0 or left out when dsl.search_after is used"));
        }
        let clauses = dsl.get("query").map(clauses).transpose()?.unwrap_or_default();
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(Self { size: whole(size), from: whole(from), sort, after, clauses })
    }

    /// The goods of `shop` that the query asks for.
    pub(super) fn run(&self, shop: &str, goods: &BTreeMap<Place, Arc<Hit>>) -> Vec<Arc<Hit>> {
        let wanted = |hit: &&Arc<Hit>| hit.owner == shop && self.matches(hit);
        let page = |hits: &mut dyn Iterator<Item = &Arc<Hit>>| {
            hits.filter(wanted).skip(self.from).take(self.size).cloned().collect()
        };
        // The order that connectors use is the order the goods lie in: no sorting, and a later page costs what the
        // first one does.
        match (self.sort.as_slice(), self.after.as_deref()) {
            ([(Field::Created, Descending), (Field::Guid, Ascending)], None) => page(&mut goods.values()),
            (
                [(Field::Created, Descending), (Field::Guid, Ascending)],
                Some([Key::Created(created), Key::Guid(guid)]),
            ) => {
                let place = (Reverse(*created), guid.clone());
                page(&mut goods.range((Excluded(place), Unbounded)).map(|(_, hit)| hit))
            }
            _ => {
                let mut hits: Vec<_> = goods.values().filter(|hit| self.is_after(hit)).collect();
                hits.sort_by(|a, b| self.compare(a, &self.keys(b)));
                page(&mut hits.into_iter())
            }
        }
    }

    fn keys(&self, hit: &Hit) -> Vec<Key> {
        self.sort.iter().map(|(field, _)| key(hit, *field)).collect()
    }

    fn compare(&self, hit: &Hit, keys: &[Key]) -> Ordering {
        let mut fields = self.sort.iter().zip(keys).map(|((field, direction), other)| {
            let order = key(hit, *field).cmp(other);
            if *direction == Ascending { order } else { order.reverse() }
        });
        fields.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    fn is_after(&self, hit: &Hit) -> bool {
        self.after.as_ref().is_none_or(|keys| self.compare(hit, keys).is_gt())
    }

    fn matches(&self, hit: &Hit) -> bool {
        self.clauses.iter().all(|(must, clause)| clause.holds(hit) == *must)
    }
}

impl Clause {
    fn holds(&self, hit: &Hit) -> bool {
        match self {
            Self::Owner(guid) => hit.owner == *guid,
            Self::Guids(guids) => guids.contains(&hit.guid),
            Self::Exists(field) => match hit.shape.get(field) {
                None | Some(Value::Null) => false,
                Some(Value::Array(list)) => !list.is_empty(),
                Some(_) => true,
            },
        }
    }
}

fn key(hit: &Hit, field: Field) -> Key {
    match field {
        Field::Created => Key::Created(hit.created),
        Field::Guid => Key::Guid(hit.guid.clone()),
    }
}

fn count(dsl: &Map<String, Value>, name: &str) -> Result<Option<u64>, Refusal> {
    let Some(value) = dsl.get(name) else { return Ok(None) };
    let number =
        value.as_u64().ok_or_else(|| Refusal::bad(format!("dsl.{name} is not a whole number from 0")))?;
    Ok(Some(number))
}

fn sort(value: Option<&Value>) -> Result<Vec<(Field, Direction)>, Refusal> {
    let Some(value) = value else { return Ok(vec![(Field::Created, Ascending), (Field::Guid, Ascending)]) };
    let list = value.as_array().ok_or_else(|| Refusal::bad("dsl.sort is not a list"))?;
    list.iter()
        .map(|entry| {
            let unknown = || Refusal::bad(format!("dsl.sort: `{entry}` is not supported"));
            let mut fields = entry.as_object().ok_or_else(unknown)?.iter();
            let (Some((name, direction)), None) = (fields.next(), fields.next()) else {
                return Err(unknown());
            };
            let field = match name.as_str() {
                "timestamps.created" => Field::Created,
                "guid" => Field::Guid,
                _ => return Err(unknown()),
            };
            match direction.as_str().or_else(|| direction.get("order")?.as_str()) {
                Some("asc") => Ok((field, Ascending)),
                Some("desc") => Ok((field, Descending)),
                _ => Err(unknown()),
            }
        })
        .collect()
}

fn search_after(value: &Value, sort: &[(Field, Direction)]) -> Result<Vec<Key>, Refusal> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if values.len() != sort.len() || values.is_empty() {
        return Err(Refusal::bad(format!(
            "dsl.search_after has {} value(s) but dsl.sort has {}",
            values.len(),
            sort.len()
        )));
    }
    values
        .iter()
        .zip(sort)
        .map(|(value, (field, _))| {
            let parsed = match field {
                Field::Guid => value.as_str().map(|guid| Key::Guid(guid.to_owned())),
                Field::Created => match value {
                    Value::String(text) => {
                        DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis())
                    }
                    other => other.as_i64(),
                }
                .map(Key::Created),
            };
            parsed.ok_or_else(|| {
                Refusal::bad(format!("dsl.search_after: `{value}` does not fit its sort field"))
            })
        })
        .collect()
}

/// The clauses of a `bool` query, each with whether it has to hold (or has not to).
fn clauses(query: &Value) -> Result<Vec<(bool, Clause)>, Refusal> {
    let query = object(query, "dsl.query")?;
    only(query, &["bool"], "dsl.query")?;
    let parts = object(query.get("bool").unwrap_or(&Value::Null), "dsl.query.bool")?;
    only(parts, &["must", "filter", "must_not"], "dsl.query.bool")?;
    let mut clauses = Vec::new();
    for (name, part) in parts {
        let must = name != "must_not";
        match part {
            Value::Array(list) => {
                for entry in list {
                    clauses.push((must, clause(entry)?));
                }
            }
            single => clauses.push((must, clause(single)?)),
        }
    }
    Ok(clauses)
}

fn clause(value: &Value) -> Result<Clause, Refusal> {
    let unknown = || Refusal::bad(format!("dsl.query: the clause `{value}` is not supported"));
    let sole = |value: &Value| -> Option<(String, Value)> {
        let mut fields = value.as_object()?.iter();
        let (name, inner) = fields.next()?;
        fields.next().is_none().then(|| (name.clone(), inner.clone()))
    };
    let (kind, inner) = sole(value).ok_or_else(unknown)?;
    let (field, wanted) = sole(&inner).ok_or_else(unknown)?;
    match (kind.as_str(), field.as_str(), &wanted) {
        ("match" | "term", "owner_guid", Value::String(guid)) => Ok(Clause::Owner(guid.clone())),
        ("match" | "term", "guid", Value::String(guid)) => Ok(Clause::Guids(HashSet::from([guid.clone()]))),
        ("terms", "guid", Value::Array(guids)) => {
            let guids = guids.iter().map(|guid| guid.as_str().map(str::to_owned)).collect::<Option<_>>();
            guids.map(Clause::Guids).ok_or_else(unknown)
        }
        ("exists", "field", Value::String(name)) if EXISTS.contains(&name.as_str()) => {
            Ok(Clause::Exists(name.clone()))
        }
        _ => Err(unknown()),
    }
}
