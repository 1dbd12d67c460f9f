//! Why a statement is not answered, in the words and numbers of SQL Server.

use crate::Reply;
use crate::sql::kind::Kind;

/// Why a statement is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    number: i32,
    class: u8,
    message: String,
}

impl Fault {
    fn new(number: i32, class: u8, message: String) -> Self {
        Self { number, class, message }
    }

    /// What is not SQL, or SQL that is not understood here.
    pub(crate) fn syntax(near: impl std::fmt::Display) -> Self {
        Self::new(102, 15, format!("Incorrect syntax near '{near:.100}'."))
    }

    pub(crate) fn no_condition(near: impl std::fmt::Display) -> Self {
        let what = "An expression of non-boolean type specified in a context where a condition is expected";
        Self::new(4145, 15, format!("{what}, near '{near:.100}'."))
    }

    pub(crate) fn no_table(name: &str) -> Self {
        Self::new(208, 16, format!("Invalid object name '{name}'."))
    }

    pub(crate) fn no_column(name: &str) -> Self {
        Self::new(207, 16, format!("Invalid column name '{name}'."))
    }

    pub(crate) fn no_such_source(name: &str) -> Self {
        Self::new(4104, 16, format!("The multi-part identifier \"{name}\" could not be bound."))
    }

    pub(crate) fn ambiguous(name: &str) -> Self {
        Self::new(209, 16, format!("Ambiguous column name '{name}'."))
    }

    pub(crate) fn same_source(name: &str) -> Self {
        let what = "have the same exposed names. Use correlation names to distinguish them.";
        Self::new(1013, 16, format!("The objects \"{name}\" and \"{name}\" in the FROM clause {what}"))
    }

    pub(crate) fn denied(table: &str, database: &str) -> Self {
        let what = "The SELECT permission was denied on the object";
        Self::new(229, 14, format!("{what} '{table}', database '{database}', schema 'dbo'."))
    }

    /// Clients read money as a binary float, which an amount does not survive.
    pub(crate) fn is_money(item: impl std::fmt::Display) -> Self {
        let what = "A client would read money as a binary float: cast money to decimal";
        Self::new(50000, 16, format!("{what} ('{item:.100}')."))
    }

    pub(crate) fn not_grouped(name: &str) -> Self {
        let what =
            "is invalid because it is not contained in either an aggregate function or the GROUP BY clause.";
        Self::new(8120, 16, format!("Column '{name}' {what}"))
    }

    pub(crate) fn no_aggregate_here() -> Self {
        Self::new(147, 15, "An aggregate may not appear here.".to_owned())
    }

    pub(crate) fn arguments(function: &str, count: usize) -> Self {
        Self::new(174, 15, format!("The {function} function requires {count} argument(s)."))
    }

    pub(crate) fn incompatible(left: Kind, right: Kind, operator: &str) -> Self {
        let (left, right) = (left.name(), right.name());
        let message =
            format!("The data types {left} and {right} are incompatible in the {operator} operator.");
        Self::new(402, 16, message)
    }

    pub(crate) fn operand(kind: Kind, function: &str) -> Self {
        let kind = kind.name();
        Self::new(8117, 16, format!("Operand data type {kind} is invalid for {function} operator."))
    }

    pub(crate) fn argument(kind: Kind, function: &str) -> Self {
        let kind = kind.name();
        Self::new(
            8116,
            16,
            format!("Argument data type {kind} is invalid for argument of {function} function."),
        )
    }

    pub(crate) fn not_sortable() -> Self {
        let what = "cannot be compared or sorted, except when using IS NULL or LIKE operator.";
        Self::new(306, 16, format!("The text and image data types {what}"))
    }

    pub(crate) fn no_cast(from: Kind, to: Kind) -> Self {
        let (from, to) = (from.name(), to.name());
        Self::new(529, 16, format!("Explicit conversion from data type {from} to {to} is not allowed."))
    }

    pub(crate) fn not_convertible(text: &str, kind: &str) -> Self {
        let message =
            format!("Conversion failed when converting the varchar value '{text:.50}' to data type {kind}.");
        Self::new(245, 16, message)
    }

    pub(crate) fn overflow() -> Self {
        Self::new(8115, 16, "Arithmetic overflow error converting expression to data type.".to_owned())
    }

    pub(crate) fn length() -> Self {
        Self::new(537, 16, "Invalid length parameter passed to the substring function.".to_owned())
    }

    pub(crate) fn undeclared(name: &str) -> Self {
        Self::new(137, 15, format!("Must declare the scalar variable \"{name}\"."))
    }

    pub(crate) fn top() -> Self {
        let what = "The number of rows provided for a TOP clause must be a whole number, not below zero.";
        Self::new(1060, 15, what.to_owned())
    }
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Self {
        Self::Error { number: fault.number, class: fault.class, message: fault.message }
    }
}
