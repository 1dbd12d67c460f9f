//! A firm: its database, told in the firm's words.

mod documents;
mod goods;
mod initial;
mod lists;
mod rows;
mod stock;
mod synthetic;

use std::io;
use std::sync::{Arc, Mutex};

use sandbox_kit::lock;

use crate::schema::tables;
use crate::sql::Statements;
use crate::store::{Database, Key, Table};
use crate::{Answers, Options, Reply, Server, Value};

pub(crate) use documents::{Change, Stocked};
pub use rows::{Document, Good, GoodKind, Picture, Prices};

/// The id of the rate of VAT of 23 %, as in most firms.
pub const VAT_23: i32 = 100_001;

/// The id of the main warehouse.
pub const MAIN_WAREHOUSE: i32 = 1;

/// The id of the other warehouse.
pub const SECOND_WAREHOUSE: i32 = 2;

/// A firm's database, which answers the statements of a reader. A clone is the same database: what one changes, the other and
/// every open connection read from the next statement on.
///
/// A `SELECT` is checked against the tables, the columns and the types that there really are, and everything else is refused.
/// Money must be cast to `decimal`: the stand-in sends none, because clients read it as a binary float.
#[derive(Clone, Debug)]
pub struct Firm {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    database: Database,
    statements: Statements,
}

impl Default for Firm {
    fn default() -> Self {
        Self::new()
    }
}

impl Answers for Firm {
    fn answer(&self, sql: &str, parameters: &[Value]) -> Reply {
        let State { database, statements } = &mut *lock(&self.state);
        statements.answer(database, sql, parameters)
    }
}

impl Firm {
    /// A firm with rates of VAT, two warehouses and three levels of prices, and no goods.
    #[must_use]
    pub fn new() -> Self {
        let mut database = Database::new(tables());
        Options::default().database.clone_into(&mut database.name);
        let firm =
            Self { state: Arc::new(Mutex::new(State { database, statements: Statements::default() })) };
        firm.put_initial();
        firm
    }

    /// Serves it in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on, or no certificate can be made.
    pub async fn serve(&self, options: Options) -> io::Result<Server> {
        options.database.clone_into(&mut lock(&self.state).database.name);
        Server::start(options, Arc::new(self.clone())).await
    }

    /// Lets nobody read a table, as if the right had not been granted.
    pub fn deny(&self, table: &str) {
        lock(&self.state).database.set_denied(table, true);
    }

    /// Lets a table be read again.
    pub fn grant(&self, table: &str) {
        lock(&self.state).database.set_denied(table, false);
    }

    /// Takes a table away for good, as in an older version of the program.
    pub fn drop_table(&self, table: &str) {
        lock(&self.state).database.drop_table(table);
    }

    /// Takes a column away for good, as in an older version of the program.
    pub fn drop_column(&self, table: &str, column: &str) {
        self.change(table, |table| table.drop_column(column));
    }

    /// Changes a table, if it has not been dropped.
    fn change<R>(&self, table: &str, change: impl FnOnce(&mut Table) -> R) -> Option<R> {
        lock(&self.state).database.table_mut(table).map(change)
    }

    fn put<'n>(&self, table: &str, key: Key, values: impl IntoIterator<Item = (&'n str, Value)>) {
        self.change(table, |table| table.put(key, values));
    }

    /// Takes away the rows with this value in a column that is indexed.
    fn take_all(&self, table: &str, column: &str, value: i32) {
        self.change(table, |table| {
            for key in table.keys(column, i64::from(value)) {
                table.take(key);
            }
        });
    }
}

/// The key of a row whose table has one column for it.
fn key(id: i32) -> Key {
    (i64::from(id), 0)
}

/// The number of a row that nobody gave one.
fn number(key: i64) -> Value {
    i32::try_from(key).map_or(Value::Null, Value::Int)
}
