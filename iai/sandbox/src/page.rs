//! Pages: the first has the number 0, and none has more than a hundred rows.

use serde_json::Value;

use crate::answer::Reply;
use crate::told;

const MOST_ROWS: u64 = 100;

/// The part of a list that is asked for.
pub(crate) struct Page {
    pub(crate) number: u64,
    pub(crate) limit: u64,
}

impl Page {
    /// Reads the two fields of these names.
    pub(crate) fn read(params: &Value, [number, limit]: [&str; 2]) -> Result<Self, Reply> {
        let field = |name: &str, default: u64| match params.get(name) {
            None => Ok(default),
            Some(told) => told::whole(told).ok_or_else(|| Reply::wrong(name)),
        };
        let page = Self { number: field(number, 0)?, limit: field(limit, MOST_ROWS)? };
        if (1..=MOST_ROWS).contains(&page.limit) { Ok(page) } else { Err(Reply::wrong(limit)) }
    }

    /// How many pages so many rows make.
    pub(crate) fn pages(&self, rows: u64) -> u64 {
        rows.div_ceil(self.limit)
    }

    /// The rows on it.
    pub(crate) fn of<T>(&self, rows: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        rows.skip(whole(self.number.saturating_mul(self.limit))).take(whole(self.limit))
    }
}

/// How many these are.
pub(crate) fn count<T>(rows: impl Iterator<Item = T>) -> u64 {
    u64::try_from(rows.count()).unwrap_or(u64::MAX)
}
