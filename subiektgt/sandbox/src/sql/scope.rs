//! What names mean in a statement.

use crate::Value;
use crate::sql::fault::Fault;
use crate::sql::kind::Kind;
use crate::store::Table;

/// The tables and parameters of a statement.
pub(crate) struct Scope<'s> {
    pub(crate) tables: Vec<&'s Table>,
    aliases: Vec<String>,
    parameters: &'s [Value],
}

/// A column, by the places of its table and of itself.
pub(crate) struct Found {
    pub(crate) table: usize,
    pub(crate) column: usize,
    pub(crate) kind: Kind,
    /// Its name with that of its table, for people.
    pub(crate) name: String,
}

impl<'s> Scope<'s> {
    pub(crate) fn new(parameters: &'s [Value]) -> Self {
        Self { tables: Vec::new(), aliases: Vec::new(), parameters }
    }

    /// Adds a table under the name that the statement gives it.
    pub(crate) fn add(&mut self, table: &'s Table, alias: &str) -> Result<(), Fault> {
        if self.aliases.iter().any(|other| other.eq_ignore_ascii_case(alias)) {
            return Err(Fault::same_source(alias));
        }
        self.tables.push(table);
        self.aliases.push(alias.to_owned());
        Ok(())
    }

    /// The column of this name, of the table that is called so or of the only one that has it.
    pub(crate) fn column(&self, of: Option<&str>, name: &str) -> Result<Found, Fault> {
        let mut is_known = of.is_none();
        let mut found = None;
        for (place, (table, alias)) in self.tables.iter().zip(&self.aliases).enumerate() {
            if of.is_some_and(|of| !of.eq_ignore_ascii_case(alias)) {
                continue;
            }
            is_known = true;
            let Some((column, field)) = table.place(name).and_then(|at| Some((at, table.field(at)?))) else {
                continue;
            };
            if found.is_some() {
                return Err(Fault::ambiguous(name));
            }
            let name = format!("{}.{}", table.name, field.name);
            found = Some(Found { table: place, column, kind: field.kind, name });
        }
        match (found, of) {
            (Some(found), _) => Ok(found),
            (None, Some(of)) if !is_known => Err(Fault::no_such_source(&format!("{of}.{name}"))),
            (None, _) => Err(Fault::no_column(name)),
        }
    }

    /// The value of a parameter, `@P1` or so.
    pub(crate) fn parameter(&self, name: &str) -> Result<&'s Value, Fault> {
        let number = name.strip_prefix("@P").or_else(|| name.strip_prefix("@p"));
        let number =
            number.and_then(|number| number.parse::<usize>().ok()).and_then(|number| number.checked_sub(1));
        number.and_then(|at| self.parameters.get(at)).ok_or_else(|| Fault::undeclared(name))
    }
}
