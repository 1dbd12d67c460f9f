//! From parsed expressions to those that can be evaluated.

use std::borrow::Cow;

use rust_decimal::Decimal;
use sqlparser::ast::{
    BinaryLength, BinaryOperator, CastKind, CharacterLength, DataType, ExactNumberInfo, Expr, Function,
    FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, UnaryOperator,
    Value as Literal,
};

use crate::sql::aggregate::{Aggregate, What};
use crate::sql::fault::Fault;
use crate::sql::function;
use crate::sql::kind::{Family, Kind, LONGEST_TEXT};
use crate::sql::scalar::{Context, Scalar};
use crate::sql::scope::{Found, Scope};
use crate::{Type, Value};

/// What the server says that it is: 2008 R2, the oldest that is met often.
const PRODUCT_VERSION: &str = "10.50.1600.1";

/// Finds out what expressions mean.
pub(crate) struct Binder<'b, 's> {
    pub(crate) scope: &'b Scope<'s>,
    /// Whether there may be aggregates here.
    pub(crate) may_aggregate: bool,
    pub(crate) aggregates: Vec<Aggregate>,
    /// Columns outside of aggregates.
    pub(crate) plain: Vec<Found>,
}

impl Binder<'_, '_> {
    /// What an expression means here, and its type.
    pub(crate) fn scalar(&mut self, expr: &Expr) -> Result<(Scalar, Kind), Fault> {
        match expr {
            Expr::Nested(inner) => self.scalar(inner),
            Expr::Identifier(name) if name.quote_style.is_none() && name.value.starts_with('@') => {
                Ok(constant(self.scope.parameter(&name.value)?.clone()))
            }
            Expr::Identifier(name) => self.column(None, name),
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [of, name] => self.column(Some(of), name),
                _ => Err(Fault::no_such_source(&expr.to_string())),
            },
            Expr::Value(literal) => value(&literal.value).map(constant),
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.scalar(expr),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                let right = self.scalar(expr)?;
                calculated(constant(Value::Int(0)), right, "subtract")
            }
            Expr::BinaryOp { left, op: BinaryOperator::Plus, right } => {
                calculated(self.scalar(left)?, self.scalar(right)?, "add")
            }
            Expr::BinaryOp { left, op: BinaryOperator::Minus, right } => {
                calculated(self.scalar(left)?, self.scalar(right)?, "subtract")
            }
            Expr::Cast { kind: CastKind::Cast, expr, data_type, format: None } => {
                let (inner, from) = self.scalar(expr)?;
                let to = kind(data_type)?;
                if !function::can_cast(from, to) {
                    return Err(Fault::no_cast(from, to));
                }
                Ok((Scalar::Cast(Box::new(inner), from, to), to))
            }
            Expr::Substring {
                expr,
                substring_from: Some(start),
                substring_for: Some(length),
                special: true,
                ..
            } => self.substring(expr, start, length),
            Expr::Function(function) => self.function(function),
            other => Err(Fault::syntax(other)),
        }
    }

    fn column(&mut self, of: Option<&Ident>, name: &Ident) -> Result<(Scalar, Kind), Fault> {
        let found = self.scope.column(of.map(|of| of.value.as_str()), &name.value)?;
        let bound = (Scalar::Column(found.table, found.column), found.kind);
        self.plain.push(found);
        Ok(bound)
    }

    fn substring(&mut self, expr: &Expr, start: &Expr, length: &Expr) -> Result<(Scalar, Kind), Fault> {
        let (inner, kind) = self.scalar(expr)?;
        let (start, start_kind) = self.scalar(start)?;
        let (length, length_kind) = self.scalar(length)?;
        for kind in [start_kind, length_kind] {
            if !matches!(kind, Kind::Of(Type::Int | Type::BigInt | Type::Bit)) {
                return Err(Fault::argument(kind, "substring"));
            }
        }
        let result = match kind.family() {
            Family::Text => kind.letters().map_or(Kind::Of(Type::VarCharMax), Kind::varchar),
            Family::Bytes => kind,
            Family::Old if kind == Kind::TEXT => Kind::varchar(LONGEST_TEXT),
            Family::Old => Kind::Of(Type::VarBinaryMax),
            Family::Number | Family::Moment => return Err(Fault::argument(kind, "substring")),
        };
        Ok((Scalar::Substring(Box::new([inner, start, length])), result))
    }

    fn function(&mut self, function: &Function) -> Result<(Scalar, Kind), Fault> {
        let name = function.name.to_string().to_ascii_uppercase();
        let arguments = arguments(function).ok_or_else(|| Fault::syntax(function))?;
        match (name.as_str(), arguments.as_slice()) {
            ("COUNT", [FunctionArgExpr::Wildcard]) => self.aggregate(What::Count, None),
            ("SUM", [FunctionArgExpr::Expr(of)]) => self.aggregate(What::Sum, Some(of)),
            ("MIN", [FunctionArgExpr::Expr(of)]) => self.aggregate(What::Least, Some(of)),
            ("MAX", [FunctionArgExpr::Expr(of)]) => self.aggregate(What::Greatest, Some(of)),
            ("ISNULL", [FunctionArgExpr::Expr(first), FunctionArgExpr::Expr(second)]) => {
                let (first, second) = (self.scalar(first)?, self.scalar(second)?);
                if matches!(first.0, Scalar::Constant(Value::Null)) {
                    return Ok(second);
                }
                let is_null = matches!(second.0, Scalar::Constant(Value::Null));
                if !is_null && !function::can_cast(second.1, first.1) {
                    return Err(Fault::incompatible(first.1, second.1, "isnull"));
                }
                Ok((Scalar::IsNull(Box::new(first.0), Box::new(second.0), first.1), first.1))
            }
            ("DATALENGTH", [FunctionArgExpr::Expr(of)]) => {
                let (of, kind) = self.scalar(of)?;
                let is_long = matches!(kind, Kind::Of(Type::VarBinaryMax | Type::VarCharMax));
                let result = if is_long { Kind::BIGINT } else { Kind::INT };
                Ok((Scalar::DataLength(Box::new(of), kind), result))
            }
            ("UPPER", [FunctionArgExpr::Expr(of)]) => {
                let (of, kind) = self.scalar(of)?;
                if kind.family() != Family::Text {
                    return Err(Fault::argument(kind, "upper"));
                }
                Ok((Scalar::Upper(Box::new(of)), kind))
            }
            ("SERVERPROPERTY", [FunctionArgExpr::Expr(of)]) => {
                let (of, _) = self.scalar(of)?;
                let Scalar::Constant(Value::Text(property)) = of else { return Err(Fault::syntax(function)) };
                let is_version = property.eq_ignore_ascii_case("ProductVersion");
                let value = if is_version { Value::from(PRODUCT_VERSION) } else { Value::Null };
                Ok((Scalar::Constant(value), Kind::varchar(128)))
            }
            ("ISNULL", _) => Err(Fault::arguments("isnull", 2)),
            ("DATALENGTH" | "UPPER" | "SUM" | "MIN" | "MAX" | "SERVERPROPERTY", _) => {
                Err(Fault::arguments(&name.to_ascii_lowercase(), 1))
            }
            _ => Err(Fault::syntax(function)),
        }
    }

    fn aggregate(&mut self, what: What, of: Option<&Expr>) -> Result<(Scalar, Kind), Fault> {
        if !self.may_aggregate {
            return Err(Fault::no_aggregate_here());
        }
        let argument = match of {
            Some(of) => {
                // Columns within are not outside, and there is no aggregate of aggregates.
                let before = self.plain.len();
                self.may_aggregate = false;
                let bound = self.scalar(of);
                self.may_aggregate = true;
                self.plain.truncate(before);
                bound?
            }
            None => constant(Value::Int(1)),
        };
        let aggregate = Aggregate::new(what, argument)?;
        let kind = aggregate.kind;
        self.aggregates.push(aggregate);
        Ok((Scalar::Aggregate(self.aggregates.len() - 1), kind))
    }
}

fn constant(value: Value) -> (Scalar, Kind) {
    let kind = Kind::of(&value);
    (Scalar::Constant(value), kind)
}

fn calculated(left: (Scalar, Kind), right: (Scalar, Kind), operator: &str) -> Result<(Scalar, Kind), Fault> {
    let kind = function::sum_kind(left.1, right.1, operator)?;
    let is_constant = matches!((&left.0, &right.0), (Scalar::Constant(_), Scalar::Constant(_)));
    let (left, right) = (Box::new(left.0), Box::new(right.0));
    let scalar =
        if operator == "add" { Scalar::Add(left, right, kind) } else { Scalar::Subtract(left, right, kind) };
    if is_constant {
        let value = scalar.value(Context { tables: &[], rows: &[], aggregates: &[] }).map(Cow::into_owned)?;
        return Ok((Scalar::Constant(value), kind));
    }
    Ok((scalar, kind))
}

fn value(literal: &Literal) -> Result<Value, Fault> {
    match literal {
        Literal::Null => Ok(Value::Null),
        Literal::SingleQuotedString(text) | Literal::NationalStringLiteral(text) => Ok(text.as_str().into()),
        Literal::Number(digits, false) => match digits.parse::<i32>() {
            Ok(number) => Ok(Value::Int(number)),
            Err(_) => digits.parse::<Decimal>().map(Value::Decimal).map_err(|_| Fault::syntax(digits)),
        },
        other => Err(Fault::syntax(other)),
    }
}

/// The type that is named in a `CAST`.
fn kind(named: &DataType) -> Result<Kind, Fault> {
    let misfit = || Fault::syntax(named);
    Ok(match named {
        DataType::Int(None) | DataType::Integer(None) => Kind::INT,
        DataType::BigInt(None) => Kind::BIGINT,
        DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => {
            let (precision, scale) = match *info {
                ExactNumberInfo::None => (18, 0),
                ExactNumberInfo::Precision(precision) => (precision, 0),
                ExactNumberInfo::PrecisionAndScale(precision, scale) => (precision, scale),
            };
            let digits = u8::try_from(precision).ok().zip(u8::try_from(scale).ok());
            let digits =
                digits.filter(|(precision, scale)| (1..=38).contains(precision) && scale <= precision);
            digits.map(|(precision, scale)| Kind::decimal(precision, scale)).ok_or_else(misfit)?
        }
        DataType::Varchar(None) => Kind::varchar(30),
        DataType::Varchar(Some(CharacterLength::Max)) => Kind::Of(Type::VarCharMax),
        DataType::Varchar(Some(CharacterLength::IntegerLength { length, unit: None })) => {
            let length = u16::try_from(*length).ok().filter(|length| (1..=LONGEST_TEXT).contains(length));
            Kind::varchar(length.ok_or_else(misfit)?)
        }
        DataType::Varbinary(Some(BinaryLength::Max)) => Kind::Of(Type::VarBinaryMax),
        _ => return Err(misfit()),
    })
}

/// The arguments of a function that is called plainly.
fn arguments(function: &Function) -> Option<Vec<&FunctionArgExpr>> {
    let Function {
        name: _,
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList { duplicate_treatment: None, args, clauses }),
        within_group,
        filter: None,
        null_treatment: None,
        over: None,
    } = function
    else {
        return None;
    };
    if !within_group.is_empty() || !clauses.is_empty() {
        return None;
    }
    args.iter().map(unnamed).collect()
}

fn unnamed(argument: &FunctionArg) -> Option<&FunctionArgExpr> {
    match argument {
        FunctionArg::Unnamed(argument) => Some(argument),
        _ => None,
    }
}
