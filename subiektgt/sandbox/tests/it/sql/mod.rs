//! The firm's database, asked in SQL without a connection between.

mod errors;
mod grouping;
mod joins;
mod nothing;
mod rights;
mod values;

use rust_decimal::Decimal;
use subiektgt_sandbox::{Answers as _, Column, Firm, Good, Prices, Reply, Value};

/// A firm with a handful of goods.
pub(crate) fn firm() -> Firm {
    let firm = Firm::new();
    firm.put_group(1, "Koszule");
    firm.put_good(Good { group: Some(1), ..Good::new(1, "KOSZ-S", "Koszula lniana S") });
    firm.put_good(Good { group: Some(1), ..Good::new(2, "KOSZ-M", "Koszula lniana M") });
    firm.put_good(Good {
        characteristic: Some("Żółty dzban".to_owned()), ..Good::new(3, "DZBAN", "Dzban")
    });
    firm.put_good(Good { is_deleted: true, ..Good::new(4, "DZBAN", "Dzban") });
    firm.put_good(Good { vat: None, ..Good::new(5, "ŻURAW ", "Żuraw") });
    firm.set_prices(1, Prices::default().with(1, amount("81.2927"), amount("99.99")));
    firm.set_prices(3, Prices::default().with(1, amount("10"), amount("12.30")).in_currency(1, "EUR"));
    firm.set_stock(1, 1, amount("10"), amount("2"));
    firm.set_stock(1, 2, amount("0.5"), amount("0"));
    firm.set_stock(2, 1, amount("-3"), amount("0"));
    firm
}

/// No ids.
pub(crate) const NONE: [i64; 0] = [];

pub(crate) fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The columns and rows of an answer.
pub(crate) fn table(firm: &Firm, sql: &str, parameters: &[Value]) -> (Vec<Column>, Vec<Vec<Value>>) {
    match firm.answer(sql, parameters) {
        Reply::Rows(table) => (table.columns, table.rows.collect()),
        Reply::Done => panic!("no rows: {sql}"),
        Reply::Error { number, message, .. } => panic!("{number}: {message}: {sql}"),
    }
}

pub(crate) fn rows(firm: &Firm, sql: &str, parameters: &[Value]) -> Vec<Vec<Value>> {
    table(firm, sql, parameters).1
}

/// The only value of an answer.
pub(crate) fn single(firm: &Firm, sql: &str) -> Value {
    let rows = rows(firm, sql, &[]);
    assert_eq!(rows.len(), 1, "{sql}");
    rows[0][0].clone()
}

/// The whole numbers of the first column.
pub(crate) fn ids(firm: &Firm, sql: &str, parameters: &[Value]) -> Vec<i64> {
    rows(firm, sql, parameters).iter().map(|row| row[0].as_i64().unwrap()).collect()
}

/// The number, the class and the message of the error.
pub(crate) fn fault(firm: &Firm, sql: &str, parameters: &[Value]) -> (i32, u8, String) {
    match firm.answer(sql, parameters) {
        Reply::Error { number, class, message } => (number, class, message),
        Reply::Rows(table) => panic!("{} rows: {sql}", table.rows.count()),
        Reply::Done => panic!("it was done: {sql}"),
    }
}
