//! What migrations make tables of.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Alias, ColumnDef, Index, Table, TableCreateStatement};

/// Columns of one backend.
pub(super) struct Columns(pub(super) DbBackend);

impl Columns {
    /// A text by which rows are found and paged. PostgreSQL is told to compare bytes, as SQLite does: an order of a
    /// language changes with the system's libraries, and takes longer.
    pub(super) fn key(&self, name: &str) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        column.text().not_null();
        if self.0 == DbBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        column
    }

    pub(super) fn text(name: &str) -> ColumnDef {
        ColumnDef::new(Alias::new(name)).text().not_null().take()
    }

    pub(super) fn text_or_null(name: &str) -> ColumnDef {
        ColumnDef::new(Alias::new(name)).text().null().take()
    }

    pub(super) fn number(name: &str) -> ColumnDef {
        ColumnDef::new(Alias::new(name)).big_integer().not_null().take()
    }

    pub(super) fn number_or_null(name: &str) -> ColumnDef {
        ColumnDef::new(Alias::new(name)).big_integer().null().take()
    }

    pub(super) fn boolean(name: &str) -> ColumnDef {
        ColumnDef::new(Alias::new(name)).boolean().not_null().take()
    }

    /// A number that is never given twice, not even when its row is gone.
    pub(super) fn id(name: &str) -> ColumnDef {
        ColumnDef::new(Alias::new(name)).big_integer().not_null().auto_increment().primary_key().take()
    }
}

/// A table with these columns.
pub(super) fn table(name: &str, columns: Vec<ColumnDef>, primary_key: &[&str]) -> TableCreateStatement {
    let mut table = Table::create().table(Alias::new(name)).to_owned();
    for column in columns {
        table.col(column);
    }
    if !primary_key.is_empty() {
        let mut index = Index::create();
        for column in primary_key {
            index.col(Alias::new(*column));
        }
        table.primary_key(&mut index);
    }
    table
}
