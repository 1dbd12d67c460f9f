//! What goods are sorted and told by: groups, tags, models, rates of VAT, labels of prices; and documents.

use rust_decimal::Decimal;
use sandbox_kit::lock;

use super::{Document, Firm, key, number};
use crate::Value;
use crate::schema::LEVELS;

impl Firm {
    /// Puts a group of goods (`sl_GrupaTw`).
    pub fn put_group(&self, id: i32, name: &str) {
        self.put("sl_GrupaTw", key(id), [("grt_Id", id.into()), ("grt_Nazwa", name.into())]);
    }

    /// Puts a tag (`sl_CechaTw`).
    pub fn put_tag(&self, id: i32, name: &str) {
        self.put("sl_CechaTw", key(id), [("ctw_Id", id.into()), ("ctw_Nazwa", name.into())]);
    }

    /// Puts a property that tags can be of (`sl_WlasciwCechTw`).
    pub fn put_property(&self, id: i32, name: &str) {
        self.put("sl_WlasciwCechTw", key(id), [("wct_Id", id.into()), ("wct_Nazwa", name.into())]);
    }

    /// Says that a tag is of a property, and of no other any more (`sl_WlasciwoscCecha`).
    pub fn tag_is_of(&self, tag: i32, property: i32) {
        self.take_all("sl_WlasciwoscCecha", "wch_IdCecha", tag);
        self.change("sl_WlasciwoscCecha", |table| {
            let id = table.next_key();
            let values =
                [("wch_Id", number(id)), ("wch_IdCecha", tag.into()), ("wch_IdWlasciwosc", property.into())];
            table.put((id, 0), values);
        });
    }

    /// Puts a model, which goods can be variants of (`sl_ModelTw`).
    pub fn put_model(&self, id: i32, name: &str) {
        self.put("sl_ModelTw", key(id), [("mdt_Id", id.into()), ("mdt_Nazwa", name.into())]);
    }

    /// Makes a good a variant of a model, and of no other any more (`sl_ModelTowar`).
    pub fn put_in_model(&self, good: i32, model: i32) {
        self.take_from_models(good);
        self.change("sl_ModelTowar", |table| {
            let id = table.next_key();
            let values =
                [("mtw_Id", number(id)), ("mtw_IdModel", model.into()), ("mtw_IdTowar", good.into())];
            table.put((id, 0), values);
        });
    }

    /// Makes a good a variant of nothing.
    pub fn take_from_models(&self, good: i32) {
        self.take_all("sl_ModelTowar", "mtw_IdTowar", good);
    }

    /// Puts a rate of VAT (`sl_StawkaVAT`). A percent below zero is none: -1 is exempt.
    pub fn put_vat(&self, id: i32, symbol: &str, percent: Decimal) {
        self.put_rate(id, symbol, percent, None);
    }

    /// Puts a rate of VAT of another country.
    pub fn put_foreign_vat(&self, id: i32, symbol: &str, percent: Decimal, country: i32) {
        self.put_rate(id, symbol, percent, Some(country));
    }

    fn put_rate(&self, id: i32, symbol: &str, percent: Decimal, country: Option<i32>) {
        let values: [(&str, Value); 9] = [
            ("vat_Id", id.into()),
            ("vat_Nazwa", format!("Stawka {symbol}").into()),
            ("vat_Stawka", percent.into()),
            ("vat_Symbol", symbol.into()),
            ("vat_CzySystemowa", country.is_none().into()),
            ("vat_CzyWidoczna", true.into()),
            ("vat_PozSprzedaz", true.into()),
            ("vat_PozZakup", true.into()),
            ("vat_IdPanstwo", country.into()),
        ];
        self.put("sl_StawkaVAT", key(id), values);
    }

    /// Labels a level of prices, 0 to 10 (`tw_Parametr`).
    pub fn label_price(&self, level: usize, label: &str) {
        self.change("tw_Parametr", |table| {
            let fields = (0..LEVELS).map(|level| format!("twp_NazwaCeny{level}"));
            let fields = fields.chain((1..=8).map(|number| format!("twp_Nazwa{number}")));
            let values: Vec<_> = fields
                .enumerate()
                .filter_map(|(at, field)| {
                    let old = || Some(table.value(table.row(key(1))?, table.place(&field)?).clone());
                    let value = if at == level { Some(label.into()) } else { old() };
                    value.map(|value| (field, value))
                })
                .collect();
            table.put(key(1), values.iter().map(|(field, value)| (field.as_str(), value.clone())));
        });
    }

    /// How many documents there are (`dok__Dokument`).
    #[must_use]
    pub fn count_documents(&self) -> usize {
        let state = lock(&self.state);
        state.database.table("dok__Dokument").map_or(0, |table| table.all().count())
    }

    /// Puts a document (`dok__Dokument`).
    pub fn put_document(&self, document: Document) {
        let Document { id, kind, status, warehouse, number, original_number, issued, remarks } = document;
        let values: [(&str, Value); 8] = [
            ("dok_Id", id.into()),
            ("dok_Typ", kind.into()),
            ("dok_Status", status.into()),
            ("dok_MagId", warehouse.into()),
            ("dok_NrPelny", number.into()),
            ("dok_NrPelnyOryg", original_number.into()),
            ("dok_DataWyst", issued.into()),
            ("dok_Uwagi", remarks.into()),
        ];
        self.put("dok__Dokument", key(id), values);
    }
}
