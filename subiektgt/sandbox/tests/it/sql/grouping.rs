//! `GROUP BY`, `HAVING` and aggregates.

use subiektgt_sandbox::{Good, Type, Value};

use super::{amount, firm, rows, single, table};

#[test]
fn symbols_that_are_there_twice_are_found_in_any_case() {
    let firm = firm();
    let sql = "SELECT tw_Symbol FROM tw__Towar WHERE tw_Usuniety = 0 GROUP BY tw_Symbol HAVING COUNT(*) > 1";
    assert_eq!(rows(&firm, sql, &[]), Vec::<Vec<Value>>::new());
    firm.put_good(Good::new(6, "kosz-m ", "Koszula"));
    assert_eq!(rows(&firm, sql, &[]), [[Value::from("KOSZ-M")]]);
}

#[test]
fn stock_of_all_warehouses_is_summed() {
    let sql = "SELECT st_TowId, SUM(CAST(st_Stan AS decimal(19,4))), SUM(CAST(st_StanRez AS decimal(19,4))) AS rez, \
               COUNT(*), MIN(st_MagId), MAX(st_MagId) FROM tw_Stan GROUP BY st_TowId ORDER BY st_TowId DESC";
    let (columns, rows) = table(&firm(), sql, &[]);
    assert_eq!(columns[1].ty, Type::Decimal { precision: 28, scale: 4 });
    let of = |text: &str| Value::Decimal(amount(text));
    assert_eq!(
        rows,
        [
            [2.into(), of("-3"), of("0"), 1.into(), 1.into(), 1.into()],
            [1.into(), of("10.5"), of("2"), 2.into(), 1.into(), 2.into()],
        ]
    );
}

#[test]
fn nothing_is_passed_over_and_is_a_group_of_its_own() {
    let firm = firm();
    let sql = "SELECT tw_IdGrupa, COUNT(*) FROM tw__Towar GROUP BY tw_IdGrupa ORDER BY tw_IdGrupa";
    assert_eq!(rows(&firm, sql, &[]), [[Value::Null, 3.into()], [1.into(), 2.into()]]);
    assert_eq!(single(&firm, "SELECT SUM(tw_IdGrupa) FROM tw__Towar"), Value::Int(2));
    assert_eq!(single(&firm, "SELECT MAX(tw_Nazwa) FROM tw__Towar"), Value::from("Żuraw"));
}

#[test]
fn without_groups_all_is_one_even_when_there_is_nothing() {
    let firm = firm();
    let sql = "SELECT COUNT(*), SUM(tw_Id), MIN(tw_Id) FROM tw__Towar WHERE tw_Id > 99";
    assert_eq!(rows(&firm, sql, &[]), [[0.into(), Value::Null, Value::Null]]);
    let sql = "SELECT tw_Id, COUNT(*) FROM tw__Towar WHERE tw_Id > 99 GROUP BY tw_Id";
    assert_eq!(rows(&firm, sql, &[]), Vec::<Vec<Value>>::new());
    let sql = "SELECT COUNT(*) FROM tw__Towar HAVING COUNT(*) > 5";
    assert_eq!(rows(&firm, sql, &[]), Vec::<Vec<Value>>::new());
}

#[test]
fn groups_are_ordered_and_cut_by_their_aggregates() {
    let sql =
        "SELECT TOP (1) tw_Symbol, COUNT(*) AS razem FROM tw__Towar GROUP BY tw_Symbol ORDER BY razem DESC";
    assert_eq!(rows(&firm(), sql, &[]), [[Value::from("DZBAN"), 2.into()]]);
}
