//! Exactly what stands in the rows that the database sends.
//!
//! A value that is not of the kind that its column has at the program is no reason to lose the row: it is told by its column.

use rust_decimal::Decimal;
use tiberius::{ColumnData, Row};

/// A value that is none of its column's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// The column.
    pub column: String,
    /// What stands there.
    pub found: String,
}

/// A value of a column; nothing where it is `NULL`.
pub type Value<T> = Result<Option<T>, Odd>;

/// A good: a row of `tw__Towar`, with its prices and its model.
#[derive(Clone, Debug)]
pub struct Good {
    /// `tw_Id`
    pub id: Option<i32>,
    /// `tw_Symbol`
    pub symbol: Value<String>,
    /// `tw_Nazwa`
    pub name: Value<String>,
    /// `tw_Opis`
    pub description: Value<String>,
    /// `tw_Charakter`
    pub characteristic: Value<String>,
    /// `tw_PodstKodKresk`
    pub barcode: Value<String>,
    /// `tw_Rodzaj`: 1 goods, 2 a service, 4 packaging, 8 a kit
    pub kind: Value<i32>,
    /// `tw_Zablokowany`
    pub is_blocked: Value<bool>,
    /// `tw_IdGrupa`
    pub group: Value<i32>,
    /// `tw_IdVatSp`
    pub vat: Value<i32>,
    /// `tc_CenaNetto` of the level
    pub net: Value<Decimal>,
    /// `tc_CenaBrutto` of the level
    pub gross: Value<Decimal>,
    /// `tc_IdWaluta` of the level
    pub currency: Value<String>,
    /// `mtw_IdModel`
    pub model: Value<i32>,
    /// `mdt_Nazwa`
    pub model_name: Value<String>,
}

impl Good {
    /// Reads a row of [`goods`](crate::sql::statements::Reading::goods).
    pub(crate) fn read(row: &Row) -> Self {
        let row = Cells(row);
        Self {
            id: row.id(0),
            symbol: row.text(1),
            name: row.text(2),
            description: row.text(3),
            characteristic: row.text(4),
            barcode: row.text(5),
            kind: row.int(6),
            is_blocked: row.bit(7),
            group: row.int(8),
            vat: row.int(9),
            net: row.decimal(10),
            gross: row.decimal(11),
            currency: row.text(12),
            model: row.int(13),
            model_name: row.text(14),
        }
    }
}

/// A picture, without what it shows: a row of `tw_ZdjecieTw`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// `zd_Id`
    pub id: i32,
    /// `zd_CRC`, which the program does not always make
    pub crc: Option<i32>,
    /// How many bytes it takes.
    pub length: i64,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// Its last bytes.
    pub tail: Vec<u8>,
}

/// How much of a component a kit takes: a row of `tw_Komplet`, with what the component is.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// `kpl_IdSkladnik`
    pub good: i32,
    /// `kpl_Liczba`
    pub count: Option<Decimal>,
    /// `tw_Rodzaj` of the component
    pub kind: Option<i32>,
    /// `tw_Usuniety` of the component
    pub is_deleted: bool,
}

/// What there is of a good in the chosen warehouses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// The sum of `st_Stan`.
    pub on_hand: Decimal,
    /// The sum of `st_StanRez`.
    pub reserved: Decimal,
}

/// The cells of a row, by their places.
pub(crate) struct Cells<'r>(pub(crate) &'r Row);

impl Cells<'_> {
    fn cell(&self, at: usize) -> Option<&ColumnData<'static>> {
        self.0.get_column_data(at).ok()
    }

    fn odd(&self, at: usize) -> Odd {
        let column = self.0.columns().get(at).map(|column| column.name().to_owned());
        // Of what an unknown kind holds nothing is known, and a blob would be long.
        let found: String =
            self.cell(at).map(|cell| format!("{cell:?}")).unwrap_or_default().chars().take(60).collect();
        Odd {
            column: column.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("column {}", at + 1)),
            found,
        }
    }

    /// A whole number that is there and is an id.
    pub(crate) fn id(&self, at: usize) -> Option<i32> {
        self.int(at).ok().flatten()
    }

    /// A whole number.
    pub(crate) fn int(&self, at: usize) -> Value<i32> {
        Ok(match self.cell(at) {
            None => None,
            Some(ColumnData::U8(number)) => number.map(i32::from),
            Some(ColumnData::I16(number)) => number.map(i32::from),
            Some(ColumnData::I32(number)) => *number,
            Some(ColumnData::Bit(bit)) => bit.map(i32::from),
            Some(ColumnData::I64(number)) => {
                number.map(i32::try_from).transpose().map_err(|_| self.odd(at))?
            }
            Some(_) => return Err(self.odd(at)),
        })
    }

    /// A text without white space around it; an empty one is nothing.
    pub(crate) fn text(&self, at: usize) -> Value<String> {
        Ok(match self.cell(at) {
            None => None,
            Some(ColumnData::String(text)) => {
                text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
            }
            // What was left out of the statement, or is empty in all rows, has no kind of its own.
            Some(ColumnData::I32(None)) => None,
            Some(_) => return Err(self.odd(at)),
        })
    }

    /// A yes or a no.
    pub(crate) fn bit(&self, at: usize) -> Value<bool> {
        Ok(match self.cell(at) {
            None => None,
            Some(ColumnData::Bit(bit)) => *bit,
            Some(ColumnData::U8(number)) => number.map(|number| number != 0),
            Some(ColumnData::I32(number)) => number.map(|number| number != 0),
            Some(_) => return Err(self.odd(at)),
        })
    }

    /// An exact number.
    pub(crate) fn decimal(&self, at: usize) -> Value<Decimal> {
        match self.cell(at) {
            None => Ok(None),
            Some(ColumnData::Numeric(None)) => Ok(None),
            Some(ColumnData::Numeric(Some(number))) => {
                let exact = Decimal::try_from_i128_with_scale(number.value(), number.scale().into());
                exact.map(|number| Some(number.normalize())).map_err(|_| self.odd(at))
            }
            Some(ColumnData::I32(number)) => Ok(number.map(Decimal::from)),
            // A binary float is not what was asked for, and would be another number.
            Some(_) => Err(self.odd(at)),
        }
    }

    /// A count, however wide it is.
    pub(crate) fn count(&self, at: usize) -> Option<i64> {
        match self.cell(at)? {
            ColumnData::I64(number) => *number,
            _ => self.int(at).ok().flatten().map(i64::from),
        }
    }

    /// Bytes.
    pub(crate) fn bytes(&self, at: usize) -> Option<&[u8]> {
        match self.cell(at)? {
            ColumnData::Binary(bytes) => bytes.as_deref(),
            _ => None,
        }
    }
}
