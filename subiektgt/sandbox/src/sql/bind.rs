//! From a parsed statement to one that can be run: its tables and columns exist, may be read, and their types fit.

use sqlparser::ast::Expr;

use crate::sql::aggregate::Aggregate;
use crate::sql::expression::Binder;
use crate::sql::fault::Fault;
use crate::sql::kind::{Family, Kind};
use crate::sql::parse::Parsed;
use crate::sql::predicate::{Comparison, Predicate};
use crate::sql::scalar::Scalar;
use crate::sql::scope::Scope;
use crate::store::{Database, Table};
use crate::{Column, Value};

/// A statement that can be run.
pub(crate) struct Bound<'s> {
    pub(crate) tables: Vec<&'s Table>,
    /// How the tables but the first are joined.
    pub(crate) joins: Vec<Join>,
    pub(crate) filter: Option<Predicate>,
    pub(crate) columns: Vec<Column>,
    pub(crate) items: Vec<Scalar>,
    /// What it is grouped by, where it is.
    pub(crate) group: Option<Vec<Scalar>>,
    pub(crate) aggregates: Vec<Aggregate>,
    pub(crate) having: Option<Predicate>,
    /// What it is ordered by, and whether downwards.
    pub(crate) order: Vec<(Scalar, bool)>,
    pub(crate) top: Option<usize>,
}

/// How a table is joined with those before it.
pub(crate) struct Join {
    pub(crate) on: Predicate,
    pub(crate) is_left: bool,
    /// A column by which its rows are found, and the value that it must have.
    pub(crate) lookup: Option<(usize, Scalar)>,
}

/// What a statement means in this database.
pub(crate) fn bind<'s>(
    parsed: &Parsed,
    database: &'s Database,
    parameters: &'s [Value],
) -> Result<Bound<'s>, Fault> {
    let mut scope = Scope::new(parameters);
    let mut joins = Vec::new();
    for (place, source) in parsed.sources.iter().enumerate() {
        let table = database.table(&source.table).ok_or_else(|| Fault::no_table(&source.table))?;
        scope.add(table, &source.alias)?;
        if let Some(on) = &source.on {
            let on = binder(&scope, false).predicate(on)?;
            let lookup = lookup(&on, place, table);
            joins.push(Join { on, is_left: source.is_left, lookup });
        }
    }
    let filter = parsed.filter.as_ref().map(|filter| binder(&scope, false).predicate(filter)).transpose()?;
    let top = parsed.top.as_ref().map(|top| quantity(&scope, top)).transpose()?;
    let group: Vec<_> = parsed.group.iter().map(|expr| grouped_by(&scope, expr)).collect::<Result<_, _>>()?;

    let mut binder = binder(&scope, true);
    let (mut columns, mut items) = (Vec::new(), Vec::new());
    for (expr, alias) in &parsed.items {
        let (scalar, kind) = binder.scalar(expr)?;
        let Kind::Of(ty) = kind else { return Err(Fault::is_money(expr)) };
        columns.push(Column { name: alias.clone().unwrap_or_else(|| name(expr)), ty });
        items.push(scalar);
    }
    let having = parsed.having.as_ref().map(|having| binder.predicate(having)).transpose()?;
    let mut order = Vec::new();
    for (expr, is_downwards) in &parsed.order {
        order.push((ordered_by(&mut binder, parsed, expr)?, *is_downwards));
    }
    let is_grouped = !group.is_empty() || !binder.aggregates.is_empty() || having.is_some();
    let is_in_group = |table, column| {
        let is_it = |by: &Scalar| matches!(by, Scalar::Column(of, at) if (*of, *at) == (table, column));
        group.iter().any(is_it)
    };
    if let Some(loose) =
        binder.plain.iter().find(|found| is_grouped && !is_in_group(found.table, found.column))
    {
        return Err(Fault::not_grouped(&loose.name));
    }
    if let Some(table) = scope.tables.iter().find(|table| database.is_denied(table.name)) {
        return Err(Fault::denied(table.name, &database.name));
    }
    let aggregates = binder.aggregates;
    let group = is_grouped.then_some(group);
    Ok(Bound { tables: scope.tables, joins, filter, columns, items, group, aggregates, having, order, top })
}

fn binder<'b, 's>(scope: &'b Scope<'s>, may_aggregate: bool) -> Binder<'b, 's> {
    Binder { scope, may_aggregate, aggregates: Vec::new(), plain: Vec::new() }
}

fn quantity(scope: &Scope<'_>, top: &Expr) -> Result<usize, Fault> {
    match binder(scope, false).scalar(top)? {
        (Scalar::Constant(value), _) => {
            value.as_i64().and_then(|count| usize::try_from(count).ok()).ok_or_else(Fault::top)
        }
        _ => Err(Fault::top()),
    }
}

fn grouped_by(scope: &Scope<'_>, expr: &Expr) -> Result<Scalar, Fault> {
    match binder(scope, false).scalar(expr)? {
        (_, kind) if kind.family() == Family::Old => Err(Fault::not_sortable()),
        (scalar @ Scalar::Column(..), _) => Ok(scalar),
        _ => Err(Fault::syntax(expr)),
    }
}

/// What it is ordered by: an item that has been given this name, or an expression.
fn ordered_by(binder: &mut Binder<'_, '_>, parsed: &Parsed, expr: &Expr) -> Result<Scalar, Fault> {
    let named = parsed.items.iter().find_map(|(item, alias)| match expr {
        Expr::Identifier(name) => {
            alias.as_ref().filter(|alias| alias.eq_ignore_ascii_case(&name.value)).map(|_| item)
        }
        _ => None,
    });
    match binder.scalar(named.unwrap_or(expr))? {
        (_, kind) if kind.family() == Family::Old => Err(Fault::not_sortable()),
        (Scalar::Constant(_), _) => Err(Fault::syntax(expr)),
        (scalar, _) => Ok(scalar),
    }
}

/// The name of a column that has not been given any.
fn name(expr: &Expr) -> String {
    match expr {
        Expr::Identifier(name) if !name.value.starts_with('@') => name.value.clone(),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()).unwrap_or_default(),
        Expr::Nested(inner) => name(inner),
        _ => String::new(),
    }
}

fn lookup(on: &Predicate, place: usize, table: &Table) -> Option<(usize, Scalar)> {
    let by = |one: &Scalar, other: &Scalar| match one {
        Scalar::Column(of, column) if *of == place && table.is_indexed(*column) && other.is_before(place) => {
            Some((*column, other.clone()))
        }
        _ => None,
    };
    match on {
        Predicate::And(parts) => parts.iter().find_map(|part| lookup(part, place, table)),
        Predicate::Compare(left, Comparison::Equal, right) => by(left, right).or_else(|| by(right, left)),
        _ => None,
    }
}
