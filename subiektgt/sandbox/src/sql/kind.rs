//! The types of columns and expressions.

use crate::{Type, Value};

/// The most digits of a decimal here, fewer than SQL Server's 38.
pub(crate) const MOST_DIGITS: u8 = 28;

/// The longest `varchar` that has a length.
pub(crate) const LONGEST_TEXT: u16 = 8000;

/// The type of a column or an expression: one of the wire's, or money, which must not get onto the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Money,
    Of(Type),
}

/// What types have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Number,
    Text,
    Bytes,
    Moment,
    /// `text` and `image`, of which hardly anything can be asked.
    Old,
}

impl Kind {
    pub(crate) const INT: Self = Self::Of(Type::Int);
    pub(crate) const BIGINT: Self = Self::Of(Type::BigInt);
    pub(crate) const BIT: Self = Self::Of(Type::Bit);
    pub(crate) const TEXT: Self = Self::Of(Type::Text);
    pub(crate) const IMAGE: Self = Self::Of(Type::Image);
    pub(crate) const DATETIME: Self = Self::Of(Type::DateTime);

    pub(crate) fn varchar(length: u16) -> Self {
        Self::Of(Type::VarChar(length.clamp(1, LONGEST_TEXT)))
    }

    /// A text of so many letters, or `varchar(max)` where these are too many.
    pub(crate) fn text_of(length: usize) -> Self {
        match u16::try_from(length) {
            Ok(length) if length <= LONGEST_TEXT => Self::varchar(length),
            _ => Self::Of(Type::VarCharMax),
        }
    }

    pub(crate) fn decimal(precision: u8, scale: u8) -> Self {
        let precision = precision.clamp(1, MOST_DIGITS);
        Self::Of(Type::Decimal { precision, scale: scale.min(precision) })
    }

    /// What a value is by itself.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null | Value::Int(_) => Self::INT,
            Value::BigInt(_) => Self::BIGINT,
            Value::Bit(_) => Self::BIT,
            Value::Decimal(number) => {
                let digits = number.mantissa().unsigned_abs().checked_ilog10().unwrap_or_default() + 1;
                let scale = u8::try_from(number.scale()).unwrap_or_default();
                Self::decimal(u8::try_from(digits).unwrap_or(MOST_DIGITS).max(scale), scale)
            }
            Value::Text(text) => Self::text_of(text.chars().count()),
            Value::Bytes(_) => Self::Of(Type::VarBinaryMax),
            Value::DateTime(_) => Self::DATETIME,
        }
    }

    pub(crate) fn family(self) -> Family {
        match self {
            Self::Money | Self::Of(Type::Int | Type::BigInt | Type::Bit | Type::Decimal { .. }) => {
                Family::Number
            }
            Self::Of(Type::VarChar(_) | Type::VarCharMax | Type::Char(_)) => Family::Text,
            Self::Of(Type::VarBinaryMax) => Family::Bytes,
            Self::Of(Type::DateTime) => Family::Moment,
            Self::Of(Type::Text | Type::Image) => Family::Old,
        }
    }

    /// How many digits a number has at most, and how many of them behind the point.
    pub(crate) fn digits(self) -> Option<(u8, u8)> {
        match self {
            Self::Money => Some((19, 4)),
            Self::Of(Type::Int) => Some((10, 0)),
            Self::Of(Type::BigInt) => Some((19, 0)),
            Self::Of(Type::Bit) => Some((1, 0)),
            Self::Of(Type::Decimal { precision, scale }) => Some((precision, scale)),
            Self::Of(_) => None,
        }
    }

    /// How many letters a text has at most; of some there is no telling.
    pub(crate) fn letters(self) -> Option<u16> {
        match self {
            Self::Of(Type::VarChar(length) | Type::Char(length)) => Some(length),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Of(Type::Int) => "int",
            Self::Of(Type::BigInt) => "bigint",
            Self::Of(Type::Bit) => "bit",
            Self::Of(Type::Decimal { .. }) => "decimal",
            Self::Of(Type::VarChar(_) | Type::VarCharMax) => "varchar",
            Self::Of(Type::Char(_)) => "char",
            Self::Of(Type::VarBinaryMax) => "varbinary(max)",
            Self::Of(Type::Text) => "text",
            Self::Of(Type::Image) => "image",
            Self::Of(Type::DateTime) => "datetime",
        }
    }
}
