//! The part of SQL that a reading client uses: one `SELECT` of tables that are joined, filtered, grouped and ordered.
//!
//! A text becomes a tree (`parse`), the tree a statement whose tables and columns exist and whose types fit (`bind`), and
//! that is run: the first table row by row, from as few rows as the filter makes possible (`span`), each joined with the
//! rows of the other tables by their keys and indices (`run`).
//!
//! What is understood is a list, and everything else is an error: nothing is answered by half of a statement.

mod aggregate;
mod bind;
mod compare;
mod condition;
mod expression;
mod fault;
mod function;
pub(crate) mod kind;
mod parse;
mod predicate;
mod run;
mod scalar;
mod scope;
mod span;

use std::collections::HashMap;
use std::sync::Arc;

use crate::store::Database;
use crate::{Reply, Table, Value};
use fault::Fault;
use parse::{Parsed, parse};

/// How many statements are kept parsed. A client has far fewer.
const MOST_KEPT: usize = 500;

/// Statements that have been parsed, by their texts.
#[derive(Debug, Default)]
pub(crate) struct Statements(HashMap<String, Result<Arc<Parsed>, Fault>>);

impl Statements {
    /// Answers a statement.
    pub(crate) fn answer(&mut self, database: &Database, sql: &str, parameters: &[Value]) -> Reply {
        let parsed = self.parsed(sql);
        parsed.and_then(|parsed| select(&parsed, database, parameters)).map_or_else(Reply::from, Reply::Rows)
    }

    fn parsed(&mut self, sql: &str) -> Result<Arc<Parsed>, Fault> {
        if let Some(parsed) = self.0.get(sql) {
            return parsed.clone();
        }
        if self.0.len() >= MOST_KEPT {
            self.0.clear();
        }
        let parsed = parse(sql).map(Arc::new);
        self.0.insert(sql.to_owned(), parsed.clone());
        parsed
    }
}

fn select(parsed: &Parsed, database: &Database, parameters: &[Value]) -> Result<Table, Fault> {
    let bound = bind::bind(parsed, database, parameters)?;
    let rows = bound.run()?;
    Ok(Table::new(bound.columns, rows))
}
