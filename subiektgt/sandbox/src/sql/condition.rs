//! From parsed conditions to those that can be evaluated.

use sqlparser::ast::{BinaryOperator, Expr, InTarget, UnaryOperator};

use crate::Value;
use crate::sql::expression::Binder;
use crate::sql::fault::Fault;
use crate::sql::kind::{Family, Kind};
use crate::sql::predicate::{Comparison, List, Predicate};
use crate::sql::scalar::Scalar;

impl Binder<'_, '_> {
    /// What a condition means here.
    pub(crate) fn predicate(&mut self, expr: &Expr) -> Result<Predicate, Fault> {
        match expr {
            Expr::Nested(inner) => self.predicate(inner),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                Ok(Predicate::Not(Box::new(self.predicate(expr)?)))
            }
            Expr::IsNull(inner) => Ok(Predicate::IsNull(self.scalar(inner)?.0)),
            Expr::IsNotNull(inner) => Ok(Predicate::Not(Box::new(Predicate::IsNull(self.scalar(inner)?.0)))),
            Expr::In { expr, target: InTarget::List(list), negated, global: false } => {
                let is_in = self.is_in(expr, list)?;
                Ok(if *negated { Predicate::Not(Box::new(is_in)) } else { is_in })
            }
            Expr::BinaryOp { op: op @ (BinaryOperator::And | BinaryOperator::Or), .. } => {
                let mut parts = Vec::new();
                for part in chain(expr, op) {
                    parts.push(self.predicate(part)?);
                }
                Ok(if *op == BinaryOperator::And { Predicate::And(parts) } else { Predicate::Or(parts) })
            }
            Expr::BinaryOp { left, op, right } => {
                let (comparison, name) = match op {
                    BinaryOperator::Eq => (Comparison::Equal, "equal to"),
                    BinaryOperator::NotEq => (Comparison::NotEqual, "not equal to"),
                    BinaryOperator::Lt => (Comparison::Less, "less than"),
                    BinaryOperator::LtEq => (Comparison::LessOrEqual, "less than or equal to"),
                    BinaryOperator::Gt => (Comparison::Greater, "greater than"),
                    BinaryOperator::GtEq => (Comparison::GreaterOrEqual, "greater than or equal to"),
                    BinaryOperator::Plus | BinaryOperator::Minus => return Err(Fault::no_condition(expr)),
                    _ => return Err(Fault::syntax(op)),
                };
                let (left, right) = (self.scalar(left)?, self.scalar(right)?);
                comparable(&left, &right, name)?;
                Ok(Predicate::Compare(left.0, comparison, right.0))
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::Function(_) => {
                Err(Fault::no_condition(expr))
            }
            other => Err(Fault::syntax(other)),
        }
    }

    fn is_in(&mut self, expr: &Expr, list: &[Expr]) -> Result<Predicate, Fault> {
        let scalar = self.scalar(expr)?;
        let mut values = Vec::with_capacity(list.len());
        for one in list {
            let other = self.scalar(one)?;
            comparable(&scalar, &other, "equal to")?;
            let (Scalar::Constant(value), _) = other else { return Err(Fault::syntax(one)) };
            values.push(value);
        }
        if values.is_empty() {
            return Err(Fault::syntax(")"));
        }
        Ok(Predicate::In(scalar.0, List::new(values)))
    }
}

/// The parts of `a AND b AND c`, which is parsed as a pair of a pair.
fn chain<'e>(expr: &'e Expr, operator: &BinaryOperator) -> Vec<&'e Expr> {
    let mut parts = Vec::new();
    let mut rest = expr;
    while let Expr::BinaryOp { left, op, right } = rest
        && op == operator
    {
        parts.push(&**right);
        rest = left;
    }
    parts.push(rest);
    parts.reverse();
    parts
}

fn comparable(left: &(Scalar, Kind), right: &(Scalar, Kind), operator: &str) -> Result<(), Fault> {
    let is_null = |scalar: &Scalar| matches!(scalar, Scalar::Constant(Value::Null));
    let (left_family, right_family) = (left.1.family(), right.1.family());
    let is_old = left_family == Family::Old || right_family == Family::Old;
    let mixes = matches!(
        (left_family, right_family),
        (Family::Text, Family::Number) | (Family::Number, Family::Text)
    );
    if !is_old && (left_family == right_family || mixes || is_null(&left.0) || is_null(&right.0)) {
        return Ok(());
    }
    Err(Fault::incompatible(left.1, right.1, operator))
}
