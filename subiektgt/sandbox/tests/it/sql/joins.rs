//! Joins, `TOP`, `ORDER BY` and what is found by a key or an index.

use subiektgt_sandbox::{Firm, Good, Value};

use super::{NONE, firm, ids, rows, table};

#[test]
fn a_left_join_keeps_what_has_no_match() {
    let sql = "SELECT t.tw_Id, g.grt_Nazwa, c.tc_IdWaluta1 FROM tw__Towar t \
               LEFT JOIN sl_GrupaTw g ON g.grt_Id = t.tw_IdGrupa \
               LEFT OUTER JOIN tw_Cena c ON t.tw_Id = c.tc_IdTowar ORDER BY t.tw_Id";
    let shirts = Value::from("Koszule");
    assert_eq!(
        rows(&firm(), sql, &[]),
        [
            [1.into(), shirts.clone(), "PLN".into()],
            [2.into(), shirts, Value::Null],
            [3.into(), Value::Null, "EUR".into()],
            [4.into(), Value::Null, Value::Null],
            [5.into(), Value::Null, Value::Null],
        ]
    );
}

#[test]
fn an_inner_join_leaves_it_out() {
    for join in ["JOIN", "INNER JOIN"] {
        let sql = format!(
            "SELECT tw_Id, grt_Id FROM tw__Towar {join} sl_GrupaTw ON grt_Id = tw_IdGrupa ORDER BY tw_Id DESC"
        );
        assert_eq!(ids(&firm(), &sql, &[]), [2, 1]);
    }
}

#[test]
fn a_condition_of_a_join_is_not_one_of_the_filter() {
    let on = "SELECT t.tw_Id, s.st_MagId FROM tw__Towar t \
              LEFT JOIN tw_Stan s ON s.st_TowId = t.tw_Id AND s.st_MagId = 2 WHERE t.tw_Id < 3 ORDER BY t.tw_Id";
    let expected: [[Value; 2]; 2] = [[1.into(), 2.into()], [2.into(), Value::Null]];
    assert_eq!(rows(&firm(), on, &[]), expected);
    let filter = "SELECT t.tw_Id FROM tw__Towar t \
                  LEFT JOIN tw_Stan s ON s.st_TowId = t.tw_Id WHERE s.st_MagId = 2";
    assert_eq!(ids(&firm(), filter, &[]), [1]);
    let alone = "SELECT t.tw_Id FROM tw__Towar t LEFT JOIN tw_Stan s ON s.st_TowId = t.tw_Id \
                 WHERE s.st_TowId IS NULL ORDER BY t.tw_Id";
    assert_eq!(ids(&firm(), alone, &[]), [3, 4, 5]);
}

#[test]
fn a_join_multiplies_rows() {
    let sql = "SELECT t.tw_Id, s.st_MagId FROM tw__Towar t JOIN tw_Stan s ON s.st_TowId = t.tw_Id \
               ORDER BY t.tw_Id, s.st_MagId DESC";
    let expected: [[Value; 2]; 3] = [[1.into(), 2.into()], [1.into(), 1.into()], [2.into(), 1.into()]];
    assert_eq!(rows(&firm(), sql, &[]), expected);
    let top =
        "SELECT TOP (2) t.tw_Id FROM tw__Towar t JOIN tw_Stan s ON s.st_TowId = t.tw_Id ORDER BY t.tw_Id";
    assert_eq!(ids(&firm(), top, &[]), [1, 1]);
}

#[test]
fn a_join_needs_no_index() {
    let sql = "SELECT a.tw_Id, b.tw_Id FROM tw__Towar a JOIN tw__Towar b ON b.tw_Symbol = a.tw_Symbol \
               AND b.tw_Id > a.tw_Id";
    let expected: [[Value; 2]; 1] = [[3.into(), 4.into()]];
    assert_eq!(rows(&firm(), sql, &[]), expected);
}

#[test]
fn top_takes_the_first_in_the_order_that_is_asked_for() {
    let firm = firm();
    assert_eq!(ids(&firm, "SELECT TOP 2 tw_Id FROM tw__Towar ORDER BY tw_Id DESC", &[]), [5, 4]);
    assert_eq!(ids(&firm, "SELECT TOP (2) tw_Id FROM tw__Towar ORDER BY tw_Nazwa DESC", &[]), [5, 1]);
    let sql = "SELECT TOP (@P1) tw_Id FROM tw__Towar WHERE tw_Id > @P2 AND tw_Usuniety = 0 ORDER BY tw_Id";
    assert_eq!(ids(&firm, sql, &[2.into(), 2.into()]), [3, 5]);
    assert_eq!(ids(&firm, sql, &[Value::BigInt(1), Value::BigInt(2)]), [3]);
    assert_eq!(ids(&firm, sql, &[50.into(), i64::MAX.into()]), NONE);
    let (columns, rows) = table(&firm, "SELECT TOP (0) tw_Id, tw_Symbol FROM tw__Towar", &[]);
    assert_eq!((columns.len(), rows.len()), (2, 0));
    assert_eq!(super::fault(&firm, sql, &[(-1).into(), 2.into()]).0, 1060);
    assert_eq!(super::fault(&firm, sql, &[Value::Null, 2.into()]).0, 1060);
}

#[test]
fn it_is_ordered_by_names_of_items_too() {
    let sql = "SELECT tw_Id AS numer, UPPER(tw_Symbol) AS s FROM tw__Towar ORDER BY s, numer DESC";
    assert_eq!(ids(&firm(), sql, &[]), [4, 3, 2, 1, 5]);
}

/// What is found by ranges, lists and alternatives of a key or an index is what is found by looking at all.
#[test]
fn the_way_to_find_rows_does_not_change_what_is_found() {
    let firm = Firm::new();
    for id in 1..=40 {
        firm.put_good(Good {
            group: (id % 7 != 0).then_some(id % 5),
            ..Good::new(id, &format!("S{id}"), "x")
        });
        if id % 3 == 0 {
            firm.put_in_model(id, id % 4);
        }
    }
    for (column, hidden) in [("tw_Id", "tw_Id + 0"), ("tw_IdGrupa", "tw_IdGrupa + 0")] {
        for condition in [
            "# > 3",
            "# >= 3 AND # < 5",
            "3 < # AND NOT # = 4",
            "# IN (1, 3, 99, 3)",
            "# IN (1, 2, 3) AND # > 1",
            "# IN (1, 2) AND # IN (2, 3)",
            "# = 2 OR # = 4",
            "# > 30 OR # < 2",
            "# > 2 OR (# = 2 AND tw_Id > 10)",
            "# > 3 OR tw_Id = 1",
            "# = 1 AND # = 2 OR # = 3",
            "# > 5 AND # < 2",
            "# <> 3",
            "# NOT IN (1, 2)",
            "# IS NULL",
            "NOT (# > 3 OR # IS NULL)",
            "# = 2.0",
            "# = '2'",
        ] {
            let asked = |by: &str| {
                let sql = "SELECT tw_Id FROM tw__Towar WHERE ".to_owned() + &condition.replace('#', by);
                ids(&firm, &(sql + " ORDER BY tw_Id"), &[])
            };
            assert_eq!(asked(column), asked(hidden), "{condition} of {column}");
        }
    }
}

/// A page ends with a whole row, and the next one begins behind it: by the model first, by the good then.
#[test]
fn models_are_paged_by_two_columns() {
    let firm = Firm::new();
    for id in 1..=30 {
        firm.put_good(Good { is_deleted: id % 11 == 0, ..Good::new(id, &format!("S{id}"), "x") });
        firm.put_in_model(id, 10 - id % 4);
    }
    let sql = "SELECT TOP (@P1) t.tw_Id, mt.mtw_IdModel FROM sl_ModelTowar mt \
               INNER JOIN tw__Towar t ON t.tw_Id = mt.mtw_IdTowar \
               WHERE t.tw_Usuniety = 0 AND (mt.mtw_IdModel > @P2 OR (mt.mtw_IdModel = @P2 AND t.tw_Id > @P3)) \
               ORDER BY mt.mtw_IdModel, t.tw_Id";
    let (mut last, mut all) = ((0, 0), Vec::new());
    loop {
        let page = rows(&firm, sql, &[4.into(), Value::BigInt(last.0), Value::BigInt(last.1)]);
        assert!(page.len() <= 4);
        let page: Vec<_> =
            page.iter().map(|row| (row[1].as_i64().unwrap(), row[0].as_i64().unwrap())).collect();
        let Some(end) = page.last() else { break };
        last = *end;
        all.extend(page);
    }
    let mut expected: Vec<_> = (1..=30).filter(|id| id % 11 != 0).map(|id| (10 - id % 4, id)).collect();
    expected.sort_unstable();
    assert_eq!(all, expected);
}
