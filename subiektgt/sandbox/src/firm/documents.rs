//! Documents by which levels change, as the program itself makes them.

use rust_decimal::Decimal;
use sandbox_kit::lock;

use super::stock::put_stock;
use super::{Document, Firm, GoodKind, MAIN_WAREHOUSE, State};
use crate::Value;
use crate::store::{Row, Table};

/// What is received into a warehouse (PW).
const RECEIVED: i32 = 12;

/// What is given out of a warehouse (RW).
const GIVEN_OUT: i32 = 13;

/// What lies of a good in a warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) warehouse: i32,
    pub(crate) symbol: Option<String>,
    pub(crate) on_hand: Decimal,
    pub(crate) reserved: Decimal,
}

/// What there is of a good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stocked {
    pub(crate) positions: Vec<Position>,
    /// The warehouse that a change goes to when none is named.
    pub(crate) usual: i32,
}

/// A change of a level that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) symbol: String,
    pub(crate) warehouse: Option<i32>,
    pub(crate) delta: Decimal,
    pub(crate) remarks: String,
    /// What the document bears as the number that it has elsewhere, cut to what fits there.
    pub(crate) key: String,
}

impl Change {
    fn key(&self) -> String {
        self.key.chars().take(30).collect()
    }
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Booked {
    /// It was there already.
    pub(crate) is_known: bool,
    pub(crate) id: i32,
    pub(crate) number: String,
    /// What lies in the warehouse then.
    pub(crate) on_hand: Decimal,
}

impl Firm {
    /// The documents, in the order in which they were made (`dok__Dokument`).
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        let state = lock(&self.state);
        let Some(table) = state.database.table("dok__Dokument") else { return Vec::new() };
        table.all().map(|(_, row)| document(table, row)).collect()
    }

    /// What there is of a good that is not deleted, by its symbol in any case.
    pub(crate) fn stocked(&self, symbol: &str) -> Option<Stocked> {
        let state = lock(&self.state);
        let (good, _) = state.good(symbol)?;
        Some(state.stocked(good))
    }

    /// Makes the document of a change and changes the level, unless a document bears the key already.
    ///
    /// # Errors
    /// Why the program makes no such document.
    pub(crate) fn book(&self, change: &Change) -> Result<Booked, String> {
        let mut state = lock(&self.state);
        match state.known(change)? {
            Some(known) => Ok(known),
            None => state.make(change),
        }
    }

    /// Makes the document of a change and changes the level, whether or not a document bears the key.
    ///
    /// # Errors
    /// Why the program makes no such document.
    pub(crate) fn make(&self, change: &Change) -> Result<Booked, String> {
        lock(&self.state).make(change)
    }

    /// Whether [`book`](Self::book) would make a document.
    pub(crate) fn would_make(&self, change: &Change) -> bool {
        let state = lock(&self.state);
        matches!(state.known(change), Ok(None)) && state.checked(change).is_ok()
    }
}

/// A change that the program makes a document of.
struct Checked {
    good: i32,
    warehouse: i32,
    after: Decimal,
    reserved: Decimal,
}

impl State {
    /// The document that bears the key of a change.
    fn known(&self, change: &Change) -> Result<Option<Booked>, String> {
        let (good, _, warehouse) = self.named(change)?;
        let key = change.key();
        if key.is_empty() {
            return Ok(None);
        }
        let booked =
            |(id, number)| Booked { is_known: true, id, number, on_hand: self.level(good, warehouse).0 };
        Ok(self.by_key(&key).map(booked))
    }

    fn make(&mut self, change: &Change) -> Result<Booked, String> {
        let Checked { good, warehouse, after, reserved } = self.checked(change)?;
        let booked = self.put_document(change, &change.key(), warehouse, after)?;
        // Under the same lock, so that nobody reads the one without the other.
        if let Some(table) = self.database.table_mut("tw_Stan") {
            put_stock(table, good, warehouse, (after, reserved));
        }
        Ok(booked)
    }

    fn checked(&self, change: &Change) -> Result<Checked, String> {
        let (good, kind, warehouse) = self.named(change)?;
        if kind != GoodKind::Goods.number() && kind != GoodKind::Packaging.number() {
            return Err("Pozycja nie jest towarem".to_owned());
        }
        if !self.has_warehouse(warehouse) {
            return Err(format!("Nie znaleziono magazynu {warehouse}"));
        }
        let (on_hand, reserved) = self.level(good, warehouse);
        let after = on_hand.saturating_add(change.delta);
        if after < Decimal::ZERO && change.delta < Decimal::ZERO {
            return Err("Brak towaru w magazynie".to_owned());
        }
        Ok(Checked { good, warehouse, after, reserved })
    }

    /// The good of a change, its kind, and the warehouse.
    fn named(&self, change: &Change) -> Result<(i32, i32, i32), String> {
        let unknown = || format!("Nie znaleziono towaru o symbolu {}", change.symbol);
        let (good, kind) = self.good(&change.symbol).ok_or_else(unknown)?;
        Ok((good, kind, change.warehouse.unwrap_or_else(|| self.stocked(good).usual)))
    }

    /// The id and the kind of a good that is not deleted.
    fn good(&self, symbol: &str) -> Option<(i32, i32)> {
        let table = self.database.table("tw__Towar")?;
        let wanted = symbol.trim().to_uppercase();
        let is_it = |row: &&Row| {
            let is_deleted = cell(table, row, "tw_Usuniety") == &Value::Bit(true);
            !is_deleted && text(table, row, "tw_Symbol").trim().to_uppercase() == wanted
        };
        let row = table.all().map(|(_, row)| row).find(is_it)?;
        Some((whole(table, row, "tw_Id")?, whole(table, row, "tw_Rodzaj")?))
    }

    fn stocked(&self, good: i32) -> Stocked {
        let position = |key| {
            let table = self.database.table("tw_Stan")?;
            let row = table.row(key)?;
            let warehouse = whole(table, row, "st_MagId")?;
            let (on_hand, reserved) = self.level(good, warehouse);
            Some(Position { warehouse, symbol: self.warehouse_symbol(warehouse), on_hand, reserved })
        };
        let keys = self
            .database
            .table("tw_Stan")
            .map(|table| table.keys("st_TowId", good.into()))
            .unwrap_or_default();
        let positions: Vec<Position> = keys.into_iter().filter_map(position).collect();
        let usual = positions.iter().map(|position| position.warehouse).min().unwrap_or(MAIN_WAREHOUSE);
        Stocked { positions, usual }
    }

    fn level(&self, good: i32, warehouse: i32) -> (Decimal, Decimal) {
        let levels = || {
            let table = self.database.table("tw_Stan")?;
            let row = table.row((good.into(), warehouse.into()))?;
            let amount = |column| match cell(table, row, column) {
                Value::Decimal(amount) => *amount,
                _ => Decimal::ZERO,
            };
            Some((amount("st_Stan"), amount("st_StanRez")))
        };
        levels().unwrap_or_default()
    }

    fn has_warehouse(&self, id: i32) -> bool {
        self.database.table("sl_Magazyn").is_some_and(|table| table.row((id.into(), 0)).is_some())
    }

    fn warehouse_symbol(&self, id: i32) -> Option<String> {
        let table = self.database.table("sl_Magazyn")?;
        Some(text(table, table.row((id.into(), 0))?, "mag_Symbol").to_owned())
    }

    /// Id and number of the document that bears a key.
    fn by_key(&self, key: &str) -> Option<(i32, String)> {
        let table = self.database.table("dok__Dokument")?;
        let is_it = |row: &&Row| text(table, row, "dok_NrPelnyOryg").eq_ignore_ascii_case(key);
        let row = table.all().map(|(_, row)| row).find(is_it)?;
        Some((whole(table, row, "dok_Id")?, text(table, row, "dok_NrPelny").to_owned()))
    }

    fn put_document(
        &mut self,
        change: &Change,
        key: &str,
        warehouse: i32,
        after: Decimal,
    ) -> Result<Booked, String> {
        let table = self.database.table_mut("dok__Dokument").ok_or("Brak tabeli dok__Dokument")?;
        let id = i32::try_from(table.next_key()).map_err(|error| error.to_string())?;
        let (kind, word) = if change.delta > Decimal::ZERO { (RECEIVED, "PW") } else { (GIVEN_OUT, "RW") };
        let number = format!("{word} {id}/MAG");
        let remarks: String = change.remarks.chars().take(500).collect();
        let values: [(&str, Value); 7] = [
            ("dok_Id", id.into()),
            ("dok_Typ", kind.into()),
            ("dok_Status", 1.into()),
            ("dok_MagId", warehouse.into()),
            ("dok_NrPelny", number.clone().into()),
            ("dok_NrPelnyOryg", key.into()),
            ("dok_Uwagi", remarks.into()),
        ];
        table.put((id.into(), 0), values);
        Ok(Booked { is_known: false, id, number, on_hand: after })
    }
}

fn document(table: &Table, row: &Row) -> Document {
    Document {
        id: whole(table, row, "dok_Id").unwrap_or_default(),
        kind: whole(table, row, "dok_Typ").unwrap_or_default(),
        status: whole(table, row, "dok_Status").unwrap_or_default(),
        warehouse: whole(table, row, "dok_MagId"),
        number: text(table, row, "dok_NrPelny").to_owned(),
        original_number: text(table, row, "dok_NrPelnyOryg").to_owned(),
        issued: match cell(table, row, "dok_DataWyst") {
            Value::DateTime(moment) => Some(*moment),
            _ => None,
        },
        remarks: text(table, row, "dok_Uwagi").to_owned(),
    }
}

fn cell<'v>(table: &'v Table, row: &'v Row, column: &str) -> &'v Value {
    table.place(column).map_or(&Value::Null, |place| table.value(row, place))
}

fn whole(table: &Table, row: &Row, column: &str) -> Option<i32> {
    cell(table, row, column).as_i64().and_then(|number| number.try_into().ok())
}

fn text<'v>(table: &'v Table, row: &'v Row, column: &str) -> &'v str {
    match cell(table, row, column) {
        Value::Text(text) => text,
        _ => "",
    }
}
