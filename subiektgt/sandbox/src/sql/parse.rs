//! From a text to a statement that has nothing in it but what is understood here.

use sqlparser::ast::{
    Expr, GroupByExpr, JoinConstraint, JoinOperator, ObjectName, OrderByExpr, OrderByKind, OrderBySort,
    Query, Select, SelectFlavor, SelectItem, SetExpr, Statement, TableFactor, Top, TopQuantity,
};
use sqlparser::dialect::MsSqlDialect;
use sqlparser::parser::{Parser, ParserError};

use crate::sql::fault::Fault;

/// A `SELECT`.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) top: Option<Expr>,
    pub(crate) items: Vec<(Expr, Option<String>)>,
    pub(crate) sources: Vec<SourceName>,
    pub(crate) filter: Option<Expr>,
    pub(crate) group: Vec<Expr>,
    pub(crate) having: Option<Expr>,
    /// What it is ordered by, and whether downwards.
    pub(crate) order: Vec<(Expr, bool)>,
}

/// A table of the `FROM`.
#[derive(Debug)]
pub(crate) struct SourceName {
    pub(crate) table: String,
    /// What it is called in the statement.
    pub(crate) alias: String,
    /// How it is joined; the first one is not.
    pub(crate) on: Option<Expr>,
    /// Whether rows without a match stay.
    pub(crate) is_left: bool,
}

/// Reads a statement.
pub(crate) fn parse(sql: &str) -> Result<Parsed, Fault> {
    let mut statements =
        Parser::parse_sql(&MsSqlDialect {}, sql).map_err(|error| Fault::syntax(near(&error)))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(Statement::Query(query)), true) => select(*query),
        (Some(other), _) => Err(Fault::syntax(other)),
        (None, _) => Err(Fault::syntax("")),
    }
}

/// What the parser stumbled over.
fn near(error: &ParserError) -> String {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
        ParserError::RecursionLimitExceeded => "(",
    };
    let found = message.split_once("found: ").map_or(message, |(_, found)| found);
    found.split_once(" at Line").map_or(found, |(found, _)| found).to_owned()
}

// Everything is taken apart by name, so that what is not understood cannot be overlooked.
fn select(query: Query) -> Result<Parsed, Fault> {
    let whole = query.to_string();
    let refused = || Fault::syntax(&whole);
    let Query {
        with: None,
        body,
        order_by,
        limit_clause: None,
        fetch: None,
        locks,
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators,
    } = query
    else {
        return Err(refused());
    };
    let SetExpr::Select(select) = *body else { return Err(refused()) };
    let Select {
        select_token: _,
        optimizer_hints,
        distinct: None,
        select_modifiers: None,
        top,
        top_before_distinct: _,
        projection,
        exclude: None,
        into: None,
        from,
        lateral_views,
        prewhere: None,
        selection,
        connect_by,
        group_by: GroupByExpr::Expressions(group, group_modifiers),
        cluster_by,
        distribute_by,
        sort_by,
        having,
        named_window,
        qualify: None,
        window_before_qualify: _,
        value_table_mode: None,
        flavor: SelectFlavor::Standard,
    } = *select
    else {
        return Err(refused());
    };
    let is_plain = locks.is_empty()
        && pipe_operators.is_empty()
        && optimizer_hints.is_empty()
        && lateral_views.is_empty()
        && connect_by.is_empty()
        && group_modifiers.is_empty()
        && cluster_by.is_empty()
        && distribute_by.is_empty()
        && sort_by.is_empty()
        && named_window.is_empty();
    if !is_plain || projection.is_empty() {
        return Err(refused());
    }
    let mut sources = Vec::new();
    let mut from = from.into_iter();
    if let Some(first) = from.next() {
        sources.push(source(first.relation, None, false)?);
        for join in first.joins {
            let (on, is_left) = match join.join_operator {
                JoinOperator::Join(JoinConstraint::On(on)) | JoinOperator::Inner(JoinConstraint::On(on)) => {
                    (on, false)
                }
                JoinOperator::Left(JoinConstraint::On(on))
                | JoinOperator::LeftOuter(JoinConstraint::On(on)) => (on, true),
                _ => return Err(Fault::syntax(join.relation)),
            };
            if join.global {
                return Err(Fault::syntax("GLOBAL"));
            }
            sources.push(source(join.relation, Some(on), is_left)?);
        }
    }
    if from.next().is_some() {
        return Err(Fault::syntax(","));
    }
    let order = match order_by.map(|order| (order.kind, order.interpolate)) {
        None => Vec::new(),
        Some((OrderByKind::Expressions(order), None)) => {
            order.into_iter().map(ordered).collect::<Result<_, _>>()?
        }
        Some(_) => return Err(Fault::syntax("ORDER BY")),
    };
    Ok(Parsed {
        top: top.map(quantity).transpose()?,
        items: projection.into_iter().map(item).collect::<Result<_, _>>()?,
        sources,
        filter: selection,
        group,
        having,
        order,
    })
}

fn quantity(top: Top) -> Result<Expr, Fault> {
    match top {
        Top { with_ties: false, percent: false, quantity: Some(TopQuantity::Expr(expr)) } => Ok(expr),
        Top { with_ties: false, percent: false, quantity: Some(TopQuantity::Constant(count)) } => {
            Ok(Expr::value(sqlparser::ast::Value::Number(count.to_string(), false)))
        }
        other => Err(Fault::syntax(other)),
    }
}

fn item(item: SelectItem) -> Result<(Expr, Option<String>), Fault> {
    match item {
        SelectItem::UnnamedExpr(expr) => Ok((expr, None)),
        SelectItem::ExprWithAlias { expr, alias } => Ok((expr, Some(alias.value))),
        other => Err(Fault::syntax(other)),
    }
}

fn ordered(order: OrderByExpr) -> Result<(Expr, bool), Fault> {
    let is_odd = order.with_fill.is_some() || order.options.nulls_first.is_some();
    match &order.options.sort {
        None | Some(OrderBySort::Asc) if !is_odd => Ok((order.expr, false)),
        Some(OrderBySort::Desc) if !is_odd => Ok((order.expr, true)),
        _ => Err(Fault::syntax(order)),
    }
}

fn source(relation: TableFactor, on: Option<Expr>, is_left: bool) -> Result<SourceName, Fault> {
    let whole = relation.to_string();
    let refused = || Fault::syntax(&whole);
    let TableFactor::Table {
        name,
        alias,
        args: None,
        with_hints,
        version: None,
        with_ordinality: false,
        partitions,
        json_path: None,
        sample: None,
        index_directives,
        inheritance: None,
    } = relation
    else {
        return Err(refused());
    };
    let has_columns = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty() || alias.at.is_some());
    if has_columns || !with_hints.is_empty() || !partitions.is_empty() || !index_directives.is_empty() {
        return Err(refused());
    }
    let table = table_name(&name).ok_or_else(refused)?;
    let alias = alias.map_or_else(|| table.clone(), |alias| alias.name.value);
    Ok(SourceName { table, alias, on, is_left })
}

/// The name of a table, which may stand behind that of its schema.
fn table_name(name: &ObjectName) -> Option<String> {
    let mut parts = name.0.iter().rev().map(|part| part.as_ident().map(|ident| ident.value.clone()));
    let table = parts.next()??;
    let schema = parts.next().unwrap_or_else(|| Some("dbo".to_owned()))?;
    let is_known = schema.eq_ignore_ascii_case("dbo") && parts.next().is_none();
    Some(if is_known { table } else { name.to_string() })
}
