//! `NULL`: what is not known makes what is said of it unknown, and that is not true.

use subiektgt_sandbox::Value;

use super::{NONE, firm, ids, single};

fn good(condition: &str) -> Vec<i64> {
    ids(&firm(), &format!("SELECT tw_Id FROM tw__Towar WHERE {condition} ORDER BY tw_Id"), &[])
}

#[test]
fn a_comparison_with_nothing_is_not_true_and_neither_is_its_opposite() {
    assert_eq!(good("tw_IdGrupa = 1"), [1, 2]);
    assert_eq!(good("tw_IdGrupa <> 1"), NONE);
    assert_eq!(good("NOT (tw_IdGrupa = 1)"), NONE);
    assert_eq!(good("tw_IdGrupa = NULL"), NONE);
    assert_eq!(good("NOT tw_IdGrupa = NULL"), NONE);
    assert_eq!(good("tw_IdGrupa IS NULL"), [3, 4, 5]);
    assert_eq!(good("tw_IdGrupa IS NOT NULL"), [1, 2]);
    assert_eq!(good("NOT tw_IdGrupa IS NULL"), [1, 2]);
}

#[test]
fn and_and_or_know_what_the_known_side_decides() {
    assert_eq!(good("tw_IdGrupa = 1 OR tw_Id = 3"), [1, 2, 3]);
    assert_eq!(good("NOT (tw_IdGrupa = 1 AND tw_Id = 3)"), [1, 2, 4, 5]);
    assert_eq!(good("NOT (tw_IdGrupa = 1 OR tw_Id = 3)"), NONE);
    assert_eq!(good("(tw_IdGrupa = 1 OR tw_IdGrupa IS NULL) AND tw_Id > 2"), [3, 4, 5]);
    assert_eq!(good("tw_Id = 1 OR tw_Id = 3 AND tw_IdGrupa = 1"), [1]);
}

#[test]
fn a_list_with_nothing_in_it_excludes_nothing_for_sure() {
    assert_eq!(good("tw_Id IN (1, NULL, 3)"), [1, 3]);
    assert_eq!(good("tw_Id NOT IN (1, NULL, 3)"), NONE);
    assert_eq!(good("tw_Id NOT IN (1, 3)"), [2, 4, 5]);
    assert_eq!(good("tw_IdGrupa IN (1)"), [1, 2]);
    assert_eq!(good("tw_IdGrupa NOT IN (2)"), [1, 2]);
    assert_eq!(good("tw_IdGrupa NOT IN (2, NULL)"), NONE);
}

#[test]
fn nothing_makes_nothing() {
    let firm = firm();
    for item in [
        "NULL",
        "1 + NULL",
        "NULL - 1",
        "'a' + UPPER(tw_Symbol) + CAST(NULL AS varchar(5))",
        "CAST(NULL AS decimal(19,4))",
        "DATALENGTH(tw_Charakter)",
        "SUBSTRING(tw_Charakter, 1, 5)",
        "SUBSTRING(tw_Symbol, NULL, 5)",
        "ISNULL(tw_Charakter, NULL)",
        "SERVERPROPERTY('Unheard')",
    ] {
        let sql = format!("SELECT {item} FROM tw__Towar WHERE tw_Id = 1");
        assert_eq!(single(&firm, &sql), Value::Null, "{item}");
    }
    assert_eq!(single(&firm, "SELECT ISNULL(tw_IdGrupa, 7) FROM tw__Towar WHERE tw_Id = 3"), Value::Int(7));
    assert_eq!(single(&firm, "SELECT ISNULL(tw_IdGrupa, 7) FROM tw__Towar WHERE tw_Id = 1"), Value::Int(1));
}

#[test]
fn nothing_comes_first() {
    let sql = "SELECT tw_Id FROM tw__Towar ORDER BY tw_IdGrupa, tw_Id DESC";
    assert_eq!(ids(&firm(), sql, &[]), [5, 4, 3, 2, 1]);
    let sql = "SELECT tw_Id FROM tw__Towar ORDER BY tw_IdGrupa DESC, tw_Id";
    assert_eq!(ids(&firm(), sql, &[]), [1, 2, 3, 4, 5]);
}

#[test]
fn a_parameter_may_be_nothing() {
    let sql = "SELECT tw_Id FROM tw__Towar WHERE tw_Id > @P1 OR tw_IdVatSp IS NULL";
    assert_eq!(ids(&firm(), sql, &[Value::Null]), [5]);
    let sql = "SELECT tw_Id FROM tw__Towar WHERE tw_Symbol = @P1";
    assert_eq!(ids(&firm(), sql, &[Value::Null]), NONE);
}
