//! What expressions come to, and of which type they are.

use rust_decimal::Decimal;
use subiektgt_sandbox::{Firm, Picture, Type, Value};

use super::{NONE, amount, firm, ids, single, table};

const fn decimal(precision: u8, scale: u8) -> Type {
    Type::Decimal { precision, scale }
}

/// The type of an item of `tw__Towar` and its prices, and its value for the first good.
fn item(firm: &Firm, item: &str) -> (Type, Value) {
    let from = "FROM tw__Towar t INNER JOIN tw_Cena c ON c.tc_IdTowar = t.tw_Id WHERE t.tw_Id = 1";
    let (columns, rows) = table(firm, &format!("SELECT {item} {from}"), &[]);
    assert_eq!((columns.len(), rows.len()), (1, 1), "{item}");
    (columns[0].ty, rows[0][0].clone())
}

#[test]
fn columns_are_of_the_types_of_the_tables() {
    let firm = firm();
    for (of, ty) in [
        ("tw_Id", Type::Int),
        ("tw_Symbol", Type::VarChar(20)),
        ("tw_Charakter", Type::Text),
        ("tw_Zablokowany", Type::Bit),
        ("tc_IdWaluta10", Type::Char(3)),
        ("SUM(CAST(tc_CenaNetto1 AS decimal(9,2)))", decimal(28, 2)),
        ("COUNT(*)", Type::Int),
        ("MIN(tw_Symbol)", Type::VarChar(20)),
        ("CAST(tc_CenaNetto1 - tc_CenaNetto2 AS decimal(19,4))", decimal(19, 4)),
        ("CAST(tc_CenaNetto1 AS decimal(9,2)) + tw_Id", decimal(13, 2)),
        ("DATALENGTH(tw_Charakter)", Type::Int),
        ("tw_Symbol + tw_Nazwa", Type::VarChar(70)),
        ("UPPER(tw_Symbol)", Type::VarChar(20)),
        ("SUBSTRING(tw_Charakter, 1, 3)", Type::VarChar(8000)),
        ("CAST(tw_Symbol AS varchar(max))", Type::VarCharMax),
    ] {
        assert_eq!(item(&firm, of).0, ty, "{of}");
    }
    let (columns, _) = table(&firm, "SELECT zd_Zdjecie, zd_CRC, zd_Glowne FROM tw_ZdjecieTw", &[]);
    assert_eq!(
        columns.iter().map(|column| column.ty).collect::<Vec<_>>(),
        [Type::Image, Type::Int, Type::Bit]
    );
    let (columns, _) = table(&firm, "SELECT dok_DataWyst FROM dok__Dokument", &[]);
    assert_eq!(columns[0].ty, Type::DateTime);
}

#[test]
fn columns_are_named_by_the_statement() {
    let sql = "SELECT t.tw_Id, t.TW_SYMBOL, [tw_Nazwa] AS nazwa, tw_Opis opis, 1, CAST(tw_Id AS int) FROM dbo.TW__towar AS t";
    let (columns, _) = table(&firm(), sql, &[]);
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["tw_Id", "TW_SYMBOL", "nazwa", "opis", "", ""]);
}

#[test]
fn money_is_exact_once_it_is_cast() {
    let firm = firm();
    let of = |text: &str| Value::Decimal(amount(text));
    assert_eq!(item(&firm, "CAST(c.tc_CenaNetto1 AS decimal(19,4))").1, of("81.2927"));
    assert_eq!(item(&firm, "CAST(c.tc_CenaNetto1 AS decimal(19,2))").1, of("81.29"));
    assert_eq!(item(&firm, "CAST(c.tc_CenaNetto1 + 0.005 AS decimal(19,2))").1, of("81.30"));
    assert_eq!(item(&firm, "CAST(-c.tc_CenaNetto1 AS decimal(19,3))").1, of("-81.293"));
    assert_eq!(item(&firm, "CAST(tc_CenaBrutto1 AS varchar(20))").1, Value::from("99.99"));
    assert_eq!(item(&firm, "CAST(ISNULL(tc_CenaBrutto2, 0) AS decimal(19,4))").1, of("0"));
    let Value::Decimal(four) = item(&firm, "CAST(tc_CenaBrutto1 AS decimal(19,4))").1 else { panic!() };
    assert_eq!(four.scale(), 4);
}

#[test]
fn casts_say_what_does_not_fit() {
    let firm = firm();
    for (of, number) in [
        ("CAST(tc_CenaNetto1 AS decimal(3,2))", 8115),
        ("CAST(tw_Symbol AS int)", 245),
        ("CAST(tw_Symbol AS decimal(9,2))", 245),
        ("CAST(tw_Charakter AS varbinary(max))", 529),
        ("CAST(tw_Charakter AS decimal(9,2))", 529),
        ("SUBSTRING(tw_Id, 1, 2)", 8116),
        ("SUBSTRING(tw_Symbol, 1, -1)", 537),
        ("UPPER(tw_Charakter)", 8116),
        ("tw_Id + tw_Symbol", 402),
        ("tw_Symbol - tw_Nazwa", 402),
        ("2147483647 + tw_Id", 8115),
        ("CAST(tw_Symbol AS varchar(0))", 102),
        ("CAST(tw_Symbol AS decimal(9,10))", 102),
        ("CAST(tw_Symbol AS float)", 102),
    ] {
        let sql =
            format!("SELECT {of} FROM tw__Towar INNER JOIN tw_Cena ON tc_IdTowar = tw_Id WHERE tw_Id = 1");
        assert_eq!(super::fault(&firm, &sql, &[]).0, number, "{of}");
    }
    assert_eq!(single(&firm, "SELECT CAST(123456 AS varchar(3))"), Value::from("*"));
    assert_eq!(single(&firm, "SELECT CAST(' 12 ' AS int)"), Value::Int(12));
    assert_eq!(single(&firm, "SELECT CAST('żółw' AS varchar(3))"), Value::from("żół"));
    assert_eq!(single(&firm, "SELECT CAST('żź' AS varbinary(max))"), Value::Bytes(vec![0xBF, 0x9F]));
    assert_eq!(single(&firm, "SELECT CAST(1.5 AS int)"), Value::Int(1));
}

#[test]
fn a_part_of_a_text_is_counted_from_one_and_may_begin_before_it() {
    let firm = firm();
    for (start, length, expected) in [
        (1, 3, "Żół"),
        (3, 2, "łt"),
        (7, 99, "dzban"),
        (11, 1, "n"),
        (12, 5, ""),
        (100, 5, ""),
        (0, 3, "Żó"),
        (-1, 3, "Ż"),
        (-2, 3, ""),
        (-50, 10, ""),
        (-50, 52, "Ż"),
        (1, 0, ""),
        (i32::MIN, i32::MAX, ""),
        (i32::MAX, i32::MAX, ""),
    ] {
        let sql = "SELECT SUBSTRING(tw_Charakter, @P1, @P2) FROM tw__Towar WHERE tw_Id = 3";
        let rows = super::rows(&firm, sql, &[start.into(), length.into()]);
        assert_eq!(rows, [[Value::from(expected)]], "from {start}, {length}");
    }
}

#[test]
fn the_ends_of_a_picture_can_be_read_without_the_rest() {
    let firm = firm();
    let long: Vec<u8> = (0..200).collect();
    firm.put_picture(Picture { id: 7, good: 1, bytes: long.clone(), ..Picture::default() });
    firm.put_picture(Picture { id: 8, good: 1, bytes: long[..20].to_vec(), ..Picture::default() });
    firm.put_picture(Picture { id: 9, good: 1, ..Picture::default() });
    let sql = "SELECT DATALENGTH(zd_Zdjecie), SUBSTRING(CAST(zd_Zdjecie AS varbinary(max)), 1, 16), \
               SUBSTRING(CAST(zd_Zdjecie AS varbinary(max)), DATALENGTH(zd_Zdjecie) - 63, 64) \
               FROM tw_ZdjecieTw ORDER BY zd_Id";
    let (columns, rows) = table(&firm, sql, &[]);
    let types: Vec<_> = columns.iter().map(|column| column.ty).collect();
    assert_eq!(types, [Type::Int, Type::VarBinaryMax, Type::VarBinaryMax]);
    let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    assert_eq!(
        rows,
        [
            [Value::Int(200), bytes(&long[..16]), bytes(&long[136..])],
            [Value::Int(20), bytes(&long[..16]), bytes(&long[..20])],
            [Value::Int(0), bytes(&[]), bytes(&[])],
        ]
    );
}

#[test]
fn texts_are_told_apart_neither_by_case_nor_by_spaces_at_the_end() {
    let firm = firm();
    let by = |symbol: &str| ids(&firm, "SELECT tw_Id FROM tw__Towar WHERE tw_Symbol = @P1", &[symbol.into()]);
    assert_eq!(by("kosz-m"), [2]);
    assert_eq!(by("KOSZ-M   "), [2]);
    assert_eq!(by(" KOSZ-M"), NONE);
    assert_eq!(by("żuraw"), [5]);
    assert_eq!(by("zuraw"), NONE);
    let sql = "SELECT tw_Id FROM tw__Towar WHERE tw_Symbol IN ('dzban', N'Żuraw') AND tw_Usuniety = 0";
    assert_eq!(ids(&firm, sql, &[]), [3, 5]);
    let sql = "SELECT tw_Id FROM tw__Towar WHERE tw_Symbol > 'l' AND tw_Symbol <= 'żz'";
    assert_eq!(ids(&firm, sql, &[]), [5]);
    assert_eq!(single(&firm, "SELECT UPPER('zażółć')"), Value::from("ZAŻÓŁĆ"));
}

#[test]
fn polish_letters_stand_behind_those_that_they_are_made_of() {
    let firm = Firm::new();
    for (id, name) in (1..).zip(["Zebra", "żaba", "źrebak", "łoś", "Lis", "mors", "Ćma", "cyranka", "dzik"])
    {
        firm.put_group(id, name);
    }
    let (_, rows) = table(&firm, "SELECT grt_Nazwa FROM sl_GrupaTw ORDER BY grt_Nazwa", &[]);
    let names: Vec<_> = rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(names, ["cyranka", "Ćma", "dzik", "Lis", "łoś", "mors", "Zebra", "źrebak", "żaba"]);
}

#[test]
fn numbers_of_all_types_compare() {
    let firm = firm();
    let count = |condition: &str| {
        let sql = format!("SELECT COUNT(*) FROM tw_Stan WHERE {condition}");
        single(&firm, &sql).as_i64().unwrap()
    };
    assert_eq!(count("st_Stan > 0"), 2);
    assert_eq!(count("st_Stan >= 0.5"), 2);
    assert_eq!(count("st_Stan < -2.9999"), 1);
    assert_eq!(count("st_Stan - st_StanRez = 8"), 1);
    assert_eq!(count("st_MagId = '2'"), 1);
    assert_eq!(count("-st_TowId = -1"), 2);
    let sql = "SELECT st_TowId FROM tw_Stan WHERE st_TowId = @P1 AND st_Stan = @P2";
    let found = ids(&firm, sql, &[Value::BigInt(1), Value::Decimal(Decimal::TEN)]);
    assert_eq!(found, [1]);
    let sql = "SELECT tw_Id FROM tw__Towar WHERE tw_Usuniety = @P1";
    assert_eq!(ids(&firm, sql, &[true.into()]), [4]);
    assert_eq!(super::fault(&firm, "SELECT tw_Id FROM tw__Towar WHERE tw_Id = 'x'", &[]).0, 245);
}
