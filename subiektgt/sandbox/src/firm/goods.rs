//! Goods and what belongs to one.

use rust_decimal::Decimal;
use sandbox_kit::lock;

use super::{Firm, Good, Picture, Prices, key, number};
use crate::Value;
use crate::store::Row;

/// Where rows belong to a good, and the column that says to which.
const BELONGINGS: [(&str, &str); 7] = [
    ("tw_Cena", "tc_IdTowar"),
    ("tw_Stan", "st_TowId"),
    ("tw_CechaTw", "cht_IdTowar"),
    ("tw_KodKreskowy", "kk_IdTowar"),
    ("tw_ZdjecieTw", "zd_IdTowar"),
    ("tw_Komplet", "kpl_IdKomplet"),
    ("sl_ModelTowar", "mtw_IdTowar"),
];

impl Firm {
    /// Puts a good, in place of the one with its id (`tw__Towar`). What belongs to that stays.
    pub fn put_good(&self, good: Good) {
        let Good { id, symbol, name, description, characteristic, barcode, unit, kind, .. } = good;
        let Good { is_blocked, is_deleted, group, vat, mass, for_web_shop, for_auctions, .. } = good;
        let Good {
            maker_code,
            isbn,
            www,
            remarks,
            own: [own1, own2, own3, own4, own5, own6, own7, own8],
            ..
        } = good;
        let values: [(&str, Value); 28] = [
            ("tw_Id", id.into()),
            ("tw_Symbol", symbol.into()),
            ("tw_Nazwa", name.into()),
            ("tw_Opis", description.into()),
            ("tw_Charakter", characteristic.into()),
            ("tw_PodstKodKresk", barcode.into()),
            ("tw_JednMiary", unit.into()),
            ("tw_Rodzaj", kind.number().into()),
            ("tw_Zablokowany", is_blocked.into()),
            ("tw_Usuniety", is_deleted.into()),
            ("tw_IdGrupa", group.into()),
            ("tw_IdVatSp", vat.into()),
            ("tw_IdVatZak", vat.into()),
            ("tw_Masa", mass.into()),
            ("tw_SklepInternet", for_web_shop.into()),
            ("tw_SerwisAukcyjny", for_auctions.into()),
            ("tw_KodUProducenta", maker_code.into()),
            ("tw_isbn", isbn.into()),
            ("tw_WWW", www.into()),
            ("tw_Uwagi", remarks.into()),
            ("tw_Pole1", own1.into()),
            ("tw_Pole2", own2.into()),
            ("tw_Pole3", own3.into()),
            ("tw_Pole4", own4.into()),
            ("tw_Pole5", own5.into()),
            ("tw_Pole6", own6.into()),
            ("tw_Pole7", own7.into()),
            ("tw_Pole8", own8.into()),
        ];
        self.put("tw__Towar", key(id), values);
    }

    /// Takes away a good with all that belongs to it. A person who deletes one only marks it: [`Good::is_deleted`].
    pub fn remove_good(&self, id: i32) {
        self.change("tw__Towar", |table| table.take(key(id)));
        for (table, column) in BELONGINGS {
            self.take_all(table, column, id);
        }
    }

    /// Takes away all goods with all that belongs to them.
    pub fn clear_goods(&self) {
        self.change("tw__Towar", crate::store::Table::clear);
        for (table, _) in BELONGINGS {
            self.change(table, crate::store::Table::clear);
        }
    }

    /// The id of the good of a symbol, as a person finds it: one that has not been deleted.
    #[must_use]
    pub fn good_of(&self, symbol: &str) -> Option<i32> {
        let state = lock(&self.state);
        let table = state.database.table("tw__Towar")?;
        let (named, deleted) = (table.place("tw_Symbol")?, table.place("tw_Usuniety")?);
        let is_it = |row: &Row| {
            matches!(table.value(row, named), Value::Text(text) if **text == *symbol)
                && !matches!(table.value(row, deleted), Value::Bit(true))
        };
        let (id, _) = table.all().find(|(_, row)| is_it(row))?;
        i32::try_from(id).ok()
    }

    /// Sets the prices of a good (`tw_Cena`).
    pub fn set_prices(&self, good: i32, prices: Prices) {
        let Prices { net, gross, currency } = prices;
        self.change("tw_Cena", |table| {
            let id =
                table.keys("tc_IdTowar", i64::from(good)).first().map_or(table.next_key(), |(id, _)| *id);
            let mut values = vec![("tc_Id".to_owned(), number(id)), ("tc_IdTowar".to_owned(), good.into())];
            let amounts = [("tc_CenaNetto", net), ("tc_CenaBrutto", gross)];
            values.extend(amounts.into_iter().flat_map(|(name, amounts)| {
                let amounts = amounts.into_iter().enumerate();
                amounts.filter_map(move |(level, amount)| Some((format!("{name}{level}"), amount?.into())))
            }));
            let currencies = currency.into_iter().enumerate();
            values.extend(currencies.map(|(level, it)| (format!("tc_IdWaluta{level}"), it.into())));
            table.put((id, 0), values.iter().map(|(name, value)| (name.as_str(), value.clone())));
        });
    }

    /// Takes the prices of a good away, as of one that was never saved by the program itself.
    pub fn remove_prices(&self, good: i32) {
        self.take_all("tw_Cena", "tc_IdTowar", good);
    }

    /// Gives a good a tag, once more if it has it (`tw_CechaTw`).
    pub fn tag(&self, good: i32, tag: i32) {
        self.change("tw_CechaTw", |table| {
            let id = table.next_key();
            table.put(
                (id, 0),
                [("cht_Id", number(id)), ("cht_IdTowar", good.into()), ("cht_IdCecha", tag.into())],
            );
        });
    }

    /// Takes all tags of a good away.
    pub fn take_tags(&self, good: i32) {
        self.take_all("tw_CechaTw", "cht_IdTowar", good);
    }

    /// Gives a good one more barcode (`tw_KodKreskowy`).
    pub fn add_barcode(&self, good: i32, code: &str) {
        self.change("tw_KodKreskowy", |table| {
            let id = table.next_key();
            let values: [(&str, Value); 4] = [
                ("kk_Id", number(id)),
                ("kk_IdTowar", good.into()),
                ("kk_Kod", code.into()),
                ("kk_Ilosc", Decimal::ONE.into()),
            ];
            table.put((id, 0), values);
        });
    }

    /// Puts a picture, in place of the one with its id (`tw_ZdjecieTw`).
    pub fn put_picture(&self, picture: Picture) {
        let Picture { id, good, is_main, crc, bytes } = picture;
        let values: [(&str, Value); 5] = [
            ("zd_Id", id.into()),
            ("zd_IdTowar", good.into()),
            ("zd_Zdjecie", bytes.into()),
            ("zd_Glowne", is_main.into()),
            ("zd_CRC", crc.into()),
        ];
        self.put("tw_ZdjecieTw", key(id), values);
    }

    /// Takes a picture away.
    pub fn remove_picture(&self, id: i32) {
        self.change("tw_ZdjecieTw", |table| table.take(key(id)));
    }

    /// Puts so many of a component into a kit (`tw_Komplet`). Whether the kit is one says [`Good::kind`].
    pub fn put_component(&self, kit: i32, component: i32, count: Decimal) {
        self.change("tw_Komplet", |table| {
            let of_kit = table.keys("kpl_IdKomplet", i64::from(kit));
            let of_component = table.keys("kpl_IdSkladnik", i64::from(component));
            let same = of_kit.into_iter().find(|key| of_component.contains(key));
            let id = same.map_or(table.next_key(), |(id, _)| id);
            let values: [(&str, Value); 4] = [
                ("kpl_Id", number(id)),
                ("kpl_IdKomplet", kit.into()),
                ("kpl_IdSkladnik", component.into()),
                ("kpl_Liczba", count.into()),
            ];
            table.put((id, 0), values);
        });
    }

    /// Takes all components out of a kit.
    pub fn take_components(&self, kit: i32) {
        self.take_all("tw_Komplet", "kpl_IdKomplet", kit);
    }
}
