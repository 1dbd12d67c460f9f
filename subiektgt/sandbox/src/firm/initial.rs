//! What a new firm has.

use rust_decimal::Decimal;

use super::{Firm, MAIN_WAREHOUSE, SECOND_WAREHOUSE};

/// The rates of VAT at home: symbol and percent, below zero for those that are none.
const RATES: [(&str, i64); 9] =
    [("23", 23), ("8", 8), ("5", 5), ("0", 0), ("zw", -1), ("ex", -2), ("ue", -3), ("np", -4), ("oo", -5)];

/// Rates of other countries, which are in the same table: country, symbol and tenths of a percent.
const FOREIGN: [(i32, &str, i64); 5] =
    [(2, "DE 19", 190), (2, "DE 7", 70), (3, "CZ 21", 210), (4, "FI 25,5", 255), (5, "FR 20", 200)];

impl Firm {
    pub(super) fn put_initial(&self) {
        for (id, (symbol, percent)) in (super::VAT_23..).zip(RATES) {
            self.put_vat(id, symbol, Decimal::from(percent));
        }
        for (id, (country, symbol, tenths)) in (200_001..).zip(FOREIGN) {
            self.put_foreign_vat(id, symbol, Decimal::new(tenths, 1), country);
        }
        self.put_warehouse(MAIN_WAREHOUSE, "MAG", "Magazyn główny", true);
        self.put_warehouse(SECOND_WAREHOUSE, "SKL", "Sklep", false);
        self.put("tw_Parametr", super::key(1), []);
        for (level, label) in ["Detaliczna", "Hurtowa", "Specjalna"].into_iter().enumerate() {
            self.label_price(level + 1, label);
        }
    }
}
