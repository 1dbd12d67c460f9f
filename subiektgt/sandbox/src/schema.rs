//! The tables of a firm's database that have to do with goods, with the names and types that they have there.

use crate::sql::kind::Kind;
use crate::store::{Field, Table};
use crate::{Type, Value};

/// How many levels of prices there are: that of purchase is 0, those of sale are 1 to 10.
pub(crate) const LEVELS: usize = 11;

const INT: Kind = Kind::INT;
const BIT: Kind = Kind::BIT;
const MONEY: Kind = Kind::Money;
const TEXT: Kind = Kind::TEXT;

const fn varchar(length: u16) -> Kind {
    Kind::Of(Type::VarChar(length))
}

/// All tables, without rows.
pub(crate) fn tables() -> Vec<Table> {
    let mut all = vec![goods(), prices(), parameters()];
    all.extend([
        table("tw_Stan", "st_TowId", &[], STOCK),
        table("tw_CechaTw", "cht_Id", &["cht_IdTowar"], TAGGED),
        table("tw_KodKreskowy", "kk_Id", &["kk_IdTowar"], BARCODES),
        table("tw_ZdjecieTw", "zd_Id", &["zd_IdTowar"], PICTURES),
        table("tw_Komplet", "kpl_Id", &["kpl_IdKomplet", "kpl_IdSkladnik"], COMPONENTS),
        table("sl_StawkaVAT", "vat_Id", &[], VAT),
        table("sl_Magazyn", "mag_Id", &[], WAREHOUSES),
        table("sl_GrupaTw", "grt_Id", &[], GROUPS),
        table("sl_CechaTw", "ctw_Id", &[], &[("ctw_Id", INT), ("ctw_Nazwa", varchar(50))]),
        table("sl_WlasciwCechTw", "wct_Id", &[], &[("wct_Id", INT), ("wct_Nazwa", varchar(50))]),
        table("sl_WlasciwoscCecha", "wch_Id", &["wch_IdCecha"], TAG_PROPERTIES),
        table("sl_ModelTw", "mdt_Id", &[], &[("mdt_Id", INT), ("mdt_Nazwa", varchar(50))]),
        table("sl_ModelTowar", "mtw_Id", &["mtw_IdTowar", "mtw_IdModel"], IN_MODELS),
        table("dok__Dokument", "dok_Id", &[], DOCUMENTS),
        table("dok_Pozycja", "ob_Id", &["ob_DokHanId", "ob_DokMagId"], LINES),
    ]);
    all
}

type Columns = [(&'static str, Kind)];

const STOCK: &Columns = &[
    ("st_TowId", INT),
    ("st_MagId", INT),
    ("st_Stan", MONEY),
    ("st_StanMin", MONEY),
    ("st_StanRez", MONEY),
    ("st_StanMax", MONEY),
];

const TAGGED: &Columns = &[("cht_Id", INT), ("cht_IdTowar", INT), ("cht_IdCecha", INT)];

const BARCODES: &Columns =
    &[("kk_Id", INT), ("kk_IdTowar", INT), ("kk_Kod", varchar(20)), ("kk_Ilosc", MONEY)];

const PICTURES: &Columns =
    &[("zd_Id", INT), ("zd_IdTowar", INT), ("zd_Zdjecie", Kind::IMAGE), ("zd_Glowne", BIT), ("zd_CRC", INT)];

const COMPONENTS: &Columns =
    &[("kpl_Id", INT), ("kpl_IdKomplet", INT), ("kpl_IdSkladnik", INT), ("kpl_Liczba", MONEY)];

const VAT: &Columns = &[
    ("vat_Id", INT),
    ("vat_Nazwa", varchar(50)),
    ("vat_Stawka", MONEY),
    ("vat_Symbol", varchar(20)),
    ("vat_CzySystemowa", BIT),
    ("vat_CzyWidoczna", BIT),
    ("vat_PozSprzedaz", BIT),
    ("vat_PozZakup", BIT),
    ("vat_IdPanstwo", INT),
];

const WAREHOUSES: &Columns = &[
    ("mag_Id", INT),
    ("mag_Symbol", varchar(3)),
    ("mag_Nazwa", varchar(50)),
    ("mag_Opis", varchar(255)),
    ("mag_Glowny", BIT),
    ("mag_Status", INT),
    ("mag_POS", BIT),
];

const GROUPS: &Columns = &[("grt_Id", INT), ("grt_Nazwa", varchar(50)), ("grt_NrAnalityka", varchar(3))];

const TAG_PROPERTIES: &Columns = &[("wch_Id", INT), ("wch_IdCecha", INT), ("wch_IdWlasciwosc", INT)];

const IN_MODELS: &Columns = &[("mtw_Id", INT), ("mtw_IdModel", INT), ("mtw_IdTowar", INT)];

const DOCUMENTS: &Columns = &[
    ("dok_Id", INT),
    ("dok_Typ", INT),
    ("dok_Status", INT),
    ("dok_MagId", INT),
    ("dok_NrPelny", varchar(30)),
    ("dok_NrPelnyOryg", varchar(30)),
    ("dok_DataWyst", Kind::DATETIME),
    ("dok_Uwagi", varchar(500)),
];

const LINES: &Columns = &[
    ("ob_Id", INT),
    ("ob_TowId", INT),
    ("ob_DokHanId", INT),
    ("ob_DokMagId", INT),
    ("ob_Ilosc", MONEY),
    ("ob_IloscMag", MONEY),
];

const GOODS: &Columns = &[
    ("tw_Id", INT),
    ("tw_Symbol", varchar(20)),
    ("tw_Nazwa", varchar(50)),
    ("tw_Opis", varchar(255)),
    ("tw_Charakter", TEXT),
    ("tw_Rodzaj", INT),
    ("tw_Zablokowany", BIT),
    ("tw_Usuniety", BIT),
    ("tw_PodstKodKresk", varchar(20)),
    ("tw_JednMiary", varchar(10)),
    ("tw_IdVatSp", INT),
    ("tw_IdVatZak", INT),
    ("tw_IdGrupa", INT),
    ("tw_IdProducenta", INT),
    ("tw_IdPodstDostawca", INT),
    ("tw_DostSymbol", varchar(20)),
    ("tw_KodUProducenta", varchar(255)),
    ("tw_KodTowaru", varchar(20)),
    ("tw_isbn", varchar(255)),
    ("tw_Masa", MONEY),
    ("tw_MasaNetto", MONEY),
    ("tw_Objetosc", MONEY),
    ("tw_Wysokosc", MONEY),
    ("tw_Szerokosc", MONEY),
    ("tw_Glebokosc", MONEY),
    ("tw_StanMin", MONEY),
    ("tw_StanMaks", MONEY),
    ("tw_JednStanMin", varchar(10)),
    ("tw_SklepInternet", BIT),
    ("tw_SerwisAukcyjny", BIT),
    ("tw_SprzedazMobilna", BIT),
    ("tw_WWW", varchar(255)),
    ("tw_Uwagi", varchar(255)),
    ("tw_UrzNazwa", varchar(50)),
    ("tw_PKWiU", varchar(20)),
];

fn table(name: &'static str, key: &str, indexed: &[&str], columns: &Columns) -> Table {
    Table::new(name, key, indexed, fields(columns))
}

fn fields(columns: &Columns) -> Vec<Field> {
    columns.iter().map(|(name, kind)| Field::new(*name, *kind, usual(*kind))).collect()
}

/// What a new row has in a column: texts of a known length and flags are never `NULL` there.
fn usual(kind: Kind) -> Value {
    match kind {
        Kind::Of(Type::VarChar(_) | Type::Char(_)) => "".into(),
        Kind::BIT => false.into(),
        _ => Value::Null,
    }
}

fn numbered(fields: &mut Vec<Field>, name: &str, from: usize, to: usize, kind: Kind, usual: &Value) {
    fields.extend((from..=to).map(|number| Field::new(format!("{name}{number}"), kind, usual.clone())));
}

fn goods() -> Table {
    let mut all = fields(GOODS);
    numbered(&mut all, "tw_Pole", 1, 8, varchar(50), &"".into());
    Table::new("tw__Towar", "tw_Id", &["tw_IdGrupa"], all)
}

fn prices() -> Table {
    let mut all = fields(&[("tc_Id", INT), ("tc_IdTowar", INT)]);
    let last = LEVELS - 1;
    numbered(&mut all, "tc_CenaNetto", 0, last, MONEY, &Value::Null);
    numbered(&mut all, "tc_CenaBrutto", 0, last, MONEY, &Value::Null);
    numbered(&mut all, "tc_IdWaluta", 0, last, Kind::Of(Type::Char(3)), &"PLN".into());
    Table::new("tw_Cena", "tc_Id", &["tc_IdTowar"], all)
}

fn parameters() -> Table {
    let mut all = Vec::new();
    numbered(&mut all, "twp_NazwaCeny", 0, LEVELS - 1, varchar(50), &"".into());
    numbered(&mut all, "twp_Nazwa", 1, 8, varchar(50), &"".into());
    // It has one row, and nothing that would be its key.
    Table::new("tw_Parametr", "", &[], all)
}
