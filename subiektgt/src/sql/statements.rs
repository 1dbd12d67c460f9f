//! Every statement that is sent. All of them read, and none takes a word of anybody's into its text: what varies is a parameter, or a
//! name from the lists here.
//!
//! They are understood by every server that the program runs on, from SQL Server 2005 on: pages go on behind a key, because there is no
//! `OFFSET` before 2012. Amounts are stored as `money`, which clients read as binary floats, and are therefore cast.
//!
//! Tables and columns: `reference/subiektgt.md`, section 1.2.

use std::fmt::Write as _;

/// A table that is read, with what is read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    columns: &'static str,
}

impl Table {
    const fn new(name: &'static str, columns: &'static str) -> Self {
        Self { name, columns }
    }

    /// Asks for none of its rows: answered by who may read all that is read of it.
    pub(crate) fn probe(self) -> String {
        format!("SELECT TOP (0) {} FROM {}", self.columns, self.name)
    }
}

pub(crate) const GOODS: Table = Table::new(
    "tw__Towar",
    "tw_Id, tw_Symbol, tw_Nazwa, tw_Opis, tw_Charakter, tw_PodstKodKresk, tw_Rodzaj, tw_Zablokowany, tw_Usuniety, tw_IdGrupa, \
     tw_IdVatSp, tw_SklepInternet",
);
pub(crate) const LEVELS: Table = Table::new(
    "tw_Stan",
    "st_TowId, st_MagId, CAST(st_Stan AS decimal(19,4)), CAST(st_StanRez AS decimal(19,4))",
);
pub(crate) const PRICES: Table = Table::new("tw_Cena", "tc_IdTowar");
pub(crate) const WAREHOUSES: Table = Table::new("sl_Magazyn", "mag_Id, mag_Symbol, mag_Nazwa, mag_Glowny");
pub(crate) const VAT_RATES: Table =
    Table::new("sl_StawkaVAT", "vat_Id, vat_Symbol, CAST(vat_Stawka AS decimal(19,4))");
pub(crate) const PARAMETERS: Table = Table::new("tw_Parametr", "twp_NazwaCeny1");
pub(crate) const GROUPS: Table = Table::new("sl_GrupaTw", "grt_Id, grt_Nazwa");
pub(crate) const TAGS: Table = Table::new("sl_CechaTw", "ctw_Id, ctw_Nazwa");
pub(crate) const TAGGED: Table = Table::new("tw_CechaTw", "cht_Id, cht_IdTowar, cht_IdCecha");
pub(crate) const PROPERTIES: Table = Table::new("sl_WlasciwCechTw", "wct_Id, wct_Nazwa");
pub(crate) const OF_PROPERTIES: Table = Table::new("sl_WlasciwoscCecha", "wch_IdCecha, wch_IdWlasciwosc");
pub(crate) const MODELS: Table = Table::new("sl_ModelTw", "mdt_Id, mdt_Nazwa");
pub(crate) const OF_MODELS: Table = Table::new("sl_ModelTowar", "mtw_IdModel, mtw_IdTowar");
pub(crate) const PICTURES: Table =
    Table::new("tw_ZdjecieTw", "zd_Id, zd_IdTowar, zd_Glowne, zd_CRC, zd_Zdjecie");
pub(crate) const COMPONENTS: Table =
    Table::new("tw_Komplet", "kpl_Id, kpl_IdKomplet, kpl_IdSkladnik, CAST(kpl_Liczba AS decimal(19,4))");

/// The warehouses.
pub(crate) const ALL_WAREHOUSES: &str =
    "SELECT mag_Id, mag_Symbol, mag_Glowny FROM sl_Magazyn ORDER BY mag_Id";

/// What the firm calls its price levels, 1 to 10.
pub(crate) const LABELS: &str = "SELECT twp_NazwaCeny1, twp_NazwaCeny2, twp_NazwaCeny3, twp_NazwaCeny4, twp_NazwaCeny5, twp_NazwaCeny6, \
                                 twp_NazwaCeny7, twp_NazwaCeny8, twp_NazwaCeny9, twp_NazwaCeny10 FROM tw_Parametr";

/// The VAT rates in percent; below 0 stand the cases that are no rate.
pub(crate) const ALL_VAT_RATES: &str =
    "SELECT vat_Id, vat_Symbol, CAST(vat_Stawka AS decimal(19,4)) FROM sl_StawkaVAT ORDER BY vat_Id";

/// The groups.
pub(crate) const ALL_GROUPS: &str = "SELECT grt_Id, grt_Nazwa FROM sl_GrupaTw ORDER BY grt_Id";

/// The tags.
pub(crate) const ALL_TAGS: &str = "SELECT ctw_Id, ctw_Nazwa FROM sl_CechaTw ORDER BY ctw_Id";

/// Which tags are values of a property, and of which.
pub(crate) const TAGS_OF_PROPERTIES: &str = "SELECT o.wch_IdCecha, p.wct_Nazwa FROM sl_WlasciwoscCecha o \
                                             INNER JOIN sl_WlasciwCechTw p ON p.wct_Id = o.wch_IdWlasciwosc ORDER BY o.wch_IdCecha";

/// Symbols that several goods bear: the program lets nobody make such, and the database does.
pub(crate) const SHARED_SYMBOLS: &str =
    "SELECT tw_Symbol FROM tw__Towar WHERE tw_Usuniety = 0 GROUP BY tw_Symbol HAVING COUNT(*) > 1";

/// A picture, unless it takes more bytes than may be.
pub(crate) const PICTURE: &str =
    "SELECT zd_Zdjecie FROM tw_ZdjecieTw WHERE zd_Id = @P1 AND DATALENGTH(zd_Zdjecie) <= @P2";

/// The columns of the price levels 0 to 10: net, gross, currency.
const LEVEL_COLUMNS: [[&str; 3]; 11] = [
    ["tc_CenaNetto0", "tc_CenaBrutto0", "tc_IdWaluta0"],
    ["tc_CenaNetto1", "tc_CenaBrutto1", "tc_IdWaluta1"],
    ["tc_CenaNetto2", "tc_CenaBrutto2", "tc_IdWaluta2"],
    ["tc_CenaNetto3", "tc_CenaBrutto3", "tc_IdWaluta3"],
    ["tc_CenaNetto4", "tc_CenaBrutto4", "tc_IdWaluta4"],
    ["tc_CenaNetto5", "tc_CenaBrutto5", "tc_IdWaluta5"],
    ["tc_CenaNetto6", "tc_CenaBrutto6", "tc_IdWaluta6"],
    ["tc_CenaNetto7", "tc_CenaBrutto7", "tc_IdWaluta7"],
    ["tc_CenaNetto8", "tc_CenaBrutto8", "tc_IdWaluta8"],
    ["tc_CenaNetto9", "tc_CenaBrutto9", "tc_IdWaluta9"],
    ["tc_CenaNetto10", "tc_CenaBrutto10", "tc_IdWaluta10"],
];

/// Which goods a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sieve {
    /// Only those that are marked for the web shop.
    pub(crate) only_web_shop: bool,
}

impl Sieve {
    fn condition(self) -> &'static str {
        if self.only_web_shop { "t.tw_Usuniety = 0 AND t.tw_SklepInternet = 1" } else { "t.tw_Usuniety = 0" }
    }
}

/// Which goods a page holds, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those in no model, by their ids: `@P1` of them, behind `@P2`.
    Single,
    /// Those in models, by their models and ids: `@P1` of them, behind the model `@P2` and the id `@P3`.
    Members,
    /// So many by their ids, which are the parameters.
    These(usize),
}

/// How goods are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) sieve: Sieve,
    /// The price level, 1 to 10.
    pub(crate) level: u8,
    /// Whether models may be read.
    pub(crate) with_models: bool,
}

impl Reading {
    /// A page of goods: what `wire::sql::Good` is read from.
    pub(crate) fn goods(self, reach: Reach) -> String {
        let [net, gross, currency] = LEVEL_COLUMNS.get(usize::from(self.level)).copied().unwrap_or_default();
        let model = if self.with_models { ", mt.mtw_IdModel, m.mdt_Nazwa" } else { "" };
        let columns = format!(
            "t.tw_Id, t.tw_Symbol, t.tw_Nazwa, t.tw_Opis, t.tw_Charakter, t.tw_PodstKodKresk, t.tw_Rodzaj, t.tw_Zablokowany, \
             t.tw_IdGrupa, t.tw_IdVatSp, CAST(c.{net} AS decimal(19,4)), CAST(c.{gross} AS decimal(19,4)), c.{currency}{model}"
        );
        self.select(&columns, " LEFT JOIN tw_Cena c ON c.tc_IdTowar = t.tw_Id", reach)
    }

    /// The keys of a page of goods alone: model and id.
    pub(crate) fn keys(self, reach: Reach) -> String {
        let model = if self.with_models { ", mt.mtw_IdModel" } else { "" };
        self.select(&format!("t.tw_Id{model}"), "", reach)
    }

    fn select(self, columns: &str, join: &str, reach: Reach) -> String {
        let model_name =
            if join.is_empty() { "" } else { " LEFT JOIN sl_ModelTw m ON m.mdt_Id = mt.mtw_IdModel" };
        let sieve = self.sieve.condition();
        let from = match (reach, self.with_models) {
            (Reach::Members, _) => {
                format!(
                    "sl_ModelTowar mt INNER JOIN tw__Towar t ON t.tw_Id = mt.mtw_IdTowar{model_name}{join}"
                )
            }
            (_, true) => {
                format!(
                    "tw__Towar t LEFT JOIN sl_ModelTowar mt ON mt.mtw_IdTowar = t.tw_Id{model_name}{join}"
                )
            }
            (_, false) => format!("tw__Towar t{join}"),
        };
        match reach {
            Reach::Single => {
                let alone = if self.with_models { " AND mt.mtw_IdModel IS NULL" } else { "" };
                format!(
                    "SELECT TOP (@P1) {columns} FROM {from} WHERE {sieve}{alone} AND t.tw_Id > @P2 ORDER BY t.tw_Id"
                )
            }
            Reach::Members => format!(
                "SELECT TOP (@P1) {columns} FROM {from} WHERE {sieve} AND (mt.mtw_IdModel > @P2 OR (mt.mtw_IdModel = @P2 AND \
                 t.tw_Id > @P3)) ORDER BY mt.mtw_IdModel, t.tw_Id"
            ),
            Reach::These(count) => {
                format!(
                    "SELECT {columns} FROM {from} WHERE {sieve} AND t.tw_Id IN ({}) ORDER BY t.tw_Id",
                    list(1, count)
                )
            }
        }
    }
}

impl Sieve {
    /// Ids and kinds of goods: `@P1` of them, behind `@P2`.
    pub(crate) fn ids(self) -> String {
        let sieve = self.condition();
        format!(
            "SELECT TOP (@P1) t.tw_Id, t.tw_Rodzaj FROM tw__Towar t WHERE {sieve} AND t.tw_Id > @P2 ORDER BY t.tw_Id"
        )
    }

    /// The same of so many by their ids.
    pub(crate) fn ids_of(self, count: usize) -> String {
        let sieve = self.condition();
        format!(
            "SELECT t.tw_Id, t.tw_Rodzaj FROM tw__Towar t WHERE {sieve} AND t.tw_Id IN ({}) ORDER BY t.tw_Id",
            list(1, count)
        )
    }

    /// How many goods there are, services and packaging aside.
    pub(crate) fn count(self) -> String {
        format!("SELECT COUNT(*) FROM tw__Towar t WHERE {} AND t.tw_Rodzaj IN (1, 8)", self.condition())
    }

    /// How many goods are in each of so many models.
    pub(crate) fn members(self, count: usize) -> String {
        format!(
            "SELECT mt.mtw_IdModel, COUNT(*) FROM sl_ModelTowar mt INNER JOIN tw__Towar t ON t.tw_Id = mt.mtw_IdTowar \
             WHERE {} AND t.tw_Rodzaj IN (1, 8) AND mt.mtw_IdModel IN ({}) GROUP BY mt.mtw_IdModel",
            self.condition(),
            list(1, count)
        )
    }
}

/// What documents name so many goods by.
pub(crate) fn named(count: usize) -> String {
    format!(
        "SELECT tw_Id, tw_Symbol, tw_Nazwa, tw_JednMiary, tw_Rodzaj FROM tw__Towar WHERE tw_Usuniety = 0 AND tw_Id IN ({})",
        list(1, count)
    )
}

/// Which documents bear so many keys.
pub(crate) fn documents_of(keys: usize) -> String {
    format!("SELECT dok_NrPelnyOryg FROM dok__Dokument WHERE dok_NrPelnyOryg IN ({})", list(1, keys))
}

/// By what rates so many goods are taxed when they are sold and bought, and what they were bought for last.
pub(crate) fn terms(count: usize) -> String {
    format!(
        "SELECT t.tw_Id, t.tw_IdVatSp, t.tw_IdVatZak, CAST(c.tc_CenaNetto0 AS decimal(19,4)), c.tc_IdWaluta0 FROM tw__Towar t LEFT JOIN \
         tw_Cena c ON c.tc_IdTowar = t.tw_Id WHERE t.tw_Id IN ({})",
        list(1, count)
    )
}

/// A warehouse as documents name it.
pub(crate) const WAREHOUSE: &str = "SELECT mag_Symbol, mag_Nazwa FROM sl_Magazyn WHERE mag_Id = @P1";

/// What is shown of so many documents. Where the program keeps the number that a document bears elsewhere is not known for certain. The
/// table is looked through for it, and no date makes it less: who imports a file can give its documents an earlier one, and a document that
/// nobody sees waits for ever.
pub(crate) fn documents(count: usize) -> String {
    let numbers = list(1, count);
    format!(
        "SELECT dok_NrPelnyOryg, dok_NrPelny, dok_Uwagi, dok_Typ, dok_Status, dok_MagId FROM dok__Dokument WHERE dok_NrPelnyOryg IN ({numbers}) OR \
         dok_NrPelny IN ({numbers}) OR dok_Uwagi IN ({numbers})"
    )
}

/// The tags of so many goods.
pub(crate) fn tags_of(count: usize) -> String {
    format!(
        "SELECT cht_IdTowar, cht_IdCecha FROM tw_CechaTw WHERE cht_IdTowar IN ({}) ORDER BY cht_IdTowar, cht_Id",
        list(1, count)
    )
}

/// The pictures of so many goods, the main one first: how long each is, how it begins and how it ends, but not the picture.
pub(crate) fn pictures_of(count: usize) -> String {
    format!(
        "SELECT zd_Id, zd_IdTowar, zd_CRC, DATALENGTH(zd_Zdjecie), SUBSTRING(zd_Zdjecie, 1, 16), \
         SUBSTRING(zd_Zdjecie, DATALENGTH(zd_Zdjecie) - 63, 64) FROM tw_ZdjecieTw \
         WHERE zd_IdTowar IN ({}) ORDER BY zd_IdTowar, zd_Glowne DESC, zd_Id",
        list(1, count)
    )
}

/// What kits among so many goods are made of.
pub(crate) fn components_of(count: usize) -> String {
    format!(
        "SELECT k.kpl_IdKomplet, k.kpl_IdSkladnik, CAST(k.kpl_Liczba AS decimal(19,4)), t.tw_Rodzaj, t.tw_Usuniety FROM tw_Komplet k \
         INNER JOIN tw__Towar t ON t.tw_Id = k.kpl_IdSkladnik WHERE k.kpl_IdKomplet IN ({}) ORDER BY k.kpl_IdKomplet, k.kpl_Id",
        list(1, count)
    )
}

/// What there is of so many goods in so many warehouses, and what of that is reserved.
pub(crate) fn levels_of(goods: usize, warehouses: usize) -> String {
    levels(&format!("st_TowId IN ({})", list(1, goods)), goods + 1, warehouses)
}

/// The same of all goods behind `@P1` up to `@P2`.
pub(crate) fn levels_between(warehouses: usize) -> String {
    levels("st_TowId > @P1 AND st_TowId <= @P2", 3, warehouses)
}

fn levels(which: &str, first: usize, warehouses: usize) -> String {
    format!(
        "SELECT st_TowId, SUM(CAST(st_Stan AS decimal(19,4))), SUM(CAST(st_StanRez AS decimal(19,4))) FROM tw_Stan \
         WHERE {which} AND st_MagId IN ({}) GROUP BY st_TowId ORDER BY st_TowId",
        list(first, warehouses)
    )
}

/// So many parameters, from this one on.
fn list(first: usize, count: usize) -> String {
    let mut list = String::new();
    for number in first..first + count {
        let comma = if list.is_empty() { "" } else { ", " };
        let _never_fails = write!(list, "{comma}@P{number}");
    }
    list
}
