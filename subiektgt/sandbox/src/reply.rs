//! What the server is told to answer.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

/// What the server does with a statement.
pub trait Answers: Send + Sync {
    /// The answer to a statement with the values of its parameters, `@P1` first. A statement that names one which was not sent
    /// is an error before it comes here. It is asked in the midst of a connection,
    /// and must not take long.
    fn answer(&self, sql: &str, parameters: &[Value]) -> Reply;
}

impl<F> Answers for F
where
    F: Fn(&str, &[Value]) -> Reply + Send + Sync,
{
    fn answer(&self, sql: &str, parameters: &[Value]) -> Reply {
        self(sql, parameters)
    }
}

/// An answer to a statement.
pub enum Reply {
    /// A table, whose rows are sent one by one.
    Rows(Table),
    /// It was done, and there is nothing to show: what `SET` answers.
    Done,
    /// It was not done.
    Error {
        /// The number of the error, by which clients know it.
        number: i32,
        /// How grave it is: from 11 for what the caller did wrong, to 19.
        class: u8,
        /// What it is, for people.
        message: String,
    },
}

impl Reply {
    /// The answer to a statement that asks for a table which is not there.
    #[must_use]
    pub fn no_such_table(name: &str) -> Self {
        Self::Error { number: 208, class: 16, message: format!("Invalid object name '{name}'.") }
    }
}

/// The rows of a table, each made when it is about to be sent. Those that are left are dropped with the connection.
pub type Rows = Box<dyn Iterator<Item = Vec<Value>> + Send>;

/// A table: what a `SELECT` answers.
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a value for every column. A value that does not fit its column ends the table with an error.
    pub rows: Rows,
}

impl Table {
    /// A table of these columns and rows.
    pub fn new<R>(columns: impl IntoIterator<Item = Column>, rows: R) -> Self
    where
        R: IntoIterator<Item = Vec<Value>>,
        R::IntoIter: Send + 'static,
    {
        Self { columns: columns.into_iter().collect(), rows: Box::new(rows.into_iter()) }
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name; empty when it is an expression without one.
    pub name: String,
    /// The type of its values. Each column may have `NULL`.
    pub ty: Type,
}

impl Column {
    /// A column of this name and type.
    #[must_use]
    pub fn new(name: &str, ty: Type) -> Self {
        Self { name: name.to_owned(), ty }
    }
}

/// The type of a column. Texts are of the code page 1250, and what it lacks becomes a question mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `int`
    Int,
    /// `bigint`
    BigInt,
    /// `bit`
    Bit,
    /// `decimal`
    Decimal {
        /// The most digits that a value has, 1 to 28.
        precision: u8,
        /// How many of them stand behind the point.
        scale: u8,
    },
    /// `varchar` of at most so many characters, 1 to 8000.
    VarChar(u16),
    /// `varchar(max)`
    VarCharMax,
    /// `char` of so many characters, 1 to 8000; shorter texts are filled up with spaces.
    Char(u16),
    /// `varbinary(max)`
    VarBinaryMax,
    /// `text`
    Text,
    /// `image`
    Image,
    /// `datetime`, which counts in three hundredths of a second, from the year 1753 on.
    DateTime,
}

/// A value of a row or of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `NULL` of any type
    Null,
    /// `int`, and of parameters the smaller ones too
    Int(i32),
    /// `bigint`
    BigInt(i64),
    /// `bit`
    Bit(bool),
    /// `decimal`; it must not have more places than its column.
    Decimal(Decimal),
    /// A text: `varchar`, `char` or `text` in a row, `nvarchar` as a parameter.
    Text(String),
    /// Bytes
    Bytes(Vec<u8>),
    /// `datetime`, without a time zone
    DateTime(NaiveDateTime),
}

impl Value {
    /// The whole number that it is, whether it came as `int` or `bigint`.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(i64::from(*number)),
            Self::BigInt(number) => Some(*number),
            _ => None,
        }
    }

    /// The text that it is.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    /// `NULL` for nothing
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! made_of {
    ($($kind:ty => $variant:ident),*) => {
        $(impl From<$kind> for Value {
            fn from(value: $kind) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

made_of!(i32 => Int, i64 => BigInt, bool => Bit, Decimal => Decimal, &str => Text, String => Text, Vec<u8> => Bytes, NaiveDateTime => DateTime);
