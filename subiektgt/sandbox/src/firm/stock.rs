//! Warehouses and what lies in them.

use rust_decimal::Decimal;
use sandbox_kit::lock;

use super::{Firm, key};
use crate::Value;
use crate::store::Table;

impl Firm {
    /// Puts a warehouse (`sl_Magazyn`); its symbol has at most three letters.
    pub fn put_warehouse(&self, id: i32, symbol: &str, name: &str, is_main: bool) {
        let values: [(&str, Value); 5] = [
            ("mag_Id", id.into()),
            ("mag_Symbol", symbol.into()),
            ("mag_Nazwa", name.into()),
            ("mag_Glowny", is_main.into()),
            ("mag_Status", 1.into()),
        ];
        self.put("sl_Magazyn", key(id), values);
    }

    /// Takes a warehouse away. What is said to lie in it stays.
    pub fn remove_warehouse(&self, id: i32) {
        self.change("sl_Magazyn", |table| table.take(key(id)));
    }

    /// Sets how much of a good lies in a warehouse, and how much of that is reserved (`tw_Stan`).
    pub fn set_stock(&self, good: i32, warehouse: i32, on_hand: Decimal, reserved: Decimal) {
        self.change("tw_Stan", |table| put_stock(table, good, warehouse, (on_hand, reserved)));
    }

    /// Takes away what is said of a good in a warehouse, as of one that was never assigned to it.
    pub fn remove_stock(&self, good: i32, warehouse: i32) {
        self.change("tw_Stan", |table| table.take((i64::from(good), i64::from(warehouse))));
    }

    /// How much of a good lies in a warehouse, and how much of that is reserved; nothing where nothing is said of it.
    #[must_use]
    pub fn stock(&self, good: i32, warehouse: i32) -> Option<(Decimal, Decimal)> {
        let state = lock(&self.state);
        let table = state.database.table("tw_Stan")?;
        let row = table.row((i64::from(good), i64::from(warehouse)))?;
        let amount = |column| match table.value(row, table.place(column)?) {
            Value::Decimal(amount) => Some(*amount),
            _ => None,
        };
        Some((amount("st_Stan")?, amount("st_StanRez")?))
    }
}

pub(super) fn put_stock(
    table: &mut Table,
    good: i32,
    warehouse: i32,
    (on_hand, reserved): (Decimal, Decimal),
) {
    let values: [(&str, Value); 6] = [
        ("st_TowId", good.into()),
        ("st_MagId", warehouse.into()),
        ("st_Stan", on_hand.into()),
        ("st_StanMin", Decimal::ZERO.into()),
        ("st_StanRez", reserved.into()),
        ("st_StanMax", Decimal::ZERO.into()),
    ];
    table.put((i64::from(good), i64::from(warehouse)), values);
}
