//! What is refused, and how.

use super::{fault, firm};

#[test]
fn what_is_no_select_is_refused() {
    let firm = firm();
    for sql in [
        "UPDATE tw_Stan SET st_Stan = 5 WHERE st_TowId = 1",
        "INSERT INTO tw_Stan (st_TowId) VALUES (1)",
        "DELETE FROM tw__Towar",
        "TRUNCATE TABLE tw__Towar",
        "DROP TABLE tw__Towar",
        "EXEC sp_help",
        "MERGE INTO tw_Stan USING tw_Cena ON 1 = 1 WHEN MATCHED THEN DELETE",
        "BEGIN TRAN",
        "SELECT tw_Id INTO kopia FROM tw__Towar",
        "SELECT tw_Id FROM tw__Towar; DELETE FROM tw__Towar",
        "SELECT tw_Id FROM tw__Towar DELETE FROM tw__Towar",
        "",
        "   ",
        "-- nothing",
        "SELECT",
        "sękate drzewo",
    ] {
        let (number, class, message) = fault(&firm, sql, &[]);
        assert_eq!((number, class), (102, 15), "{sql}: {message}");
        assert!(message.starts_with("Incorrect syntax near '"), "{message}");
    }
    assert_eq!(super::ids(&firm, "SELECT tw_Id FROM tw__Towar", &[]).len(), 5);
}

#[test]
fn no_part_of_a_select_is_passed_over() {
    let firm = firm();
    for sql in [
        "SELECT * FROM tw__Towar",
        "SELECT t.* FROM tw__Towar t",
        "SELECT DISTINCT tw_Symbol FROM tw__Towar",
        "SELECT TOP (50) PERCENT tw_Id FROM tw__Towar",
        "SELECT TOP (1) WITH TIES tw_Id FROM tw__Towar ORDER BY tw_Id",
        "SELECT tw_Id FROM tw__Towar, tw_Stan",
        "SELECT tw_Id FROM tw__Towar CROSS JOIN tw_Stan",
        "SELECT tw_Id FROM tw__Towar RIGHT JOIN tw_Stan ON st_TowId = tw_Id",
        "SELECT tw_Id FROM tw__Towar FULL JOIN tw_Stan ON st_TowId = tw_Id",
        "SELECT tw_Id FROM tw__Towar WITH (NOLOCK)",
        "SELECT tw_Id FROM (SELECT tw_Id FROM tw__Towar) x",
        "WITH x AS (SELECT tw_Id FROM tw__Towar) SELECT tw_Id FROM x",
        "SELECT tw_Id FROM tw__Towar UNION SELECT st_TowId FROM tw_Stan",
        "SELECT tw_Id FROM tw__Towar ORDER BY tw_Id OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
        "SELECT tw_Id FROM tw__Towar LIMIT 5",
        "SELECT tw_Id FROM tw__Towar FOR XML AUTO",
        "SELECT tw_Id FROM tw__Towar WHERE tw_Symbol LIKE 'K%'",
        "SELECT tw_Id FROM tw__Towar WHERE tw_Id BETWEEN 1 AND 2",
        "SELECT tw_Id FROM tw__Towar WHERE EXISTS (SELECT 1 FROM tw_Stan)",
        "SELECT tw_Id FROM tw__Towar WHERE tw_Id IN (SELECT st_TowId FROM tw_Stan)",
        "SELECT tw_Id FROM tw__Towar WHERE tw_Id IN ()",
        "SELECT tw_Id FROM tw__Towar WHERE tw_Id IN (tw_IdGrupa)",
        "SELECT CASE WHEN tw_Id = 1 THEN 1 ELSE 2 END FROM tw__Towar",
        "SELECT ROW_NUMBER() OVER (ORDER BY tw_Id) FROM tw__Towar",
        "SELECT COUNT(DISTINCT tw_Symbol) FROM tw__Towar",
        "SELECT LOWER(tw_Symbol) FROM tw__Towar",
        "SELECT tw_Id * 2 FROM tw__Towar",
        "SELECT TRY_CAST(tw_Symbol AS int) FROM tw__Towar",
        "SELECT COUNT(*) FROM tw__Towar GROUP BY ROLLUP(tw_IdGrupa)",
        "SELECT tw_Id FROM tw__Towar ORDER BY 1",
    ] {
        let (number, class, message) = fault(&firm, sql, &[]);
        assert_eq!((number, class), (102, 15), "{sql}: {message}");
    }
}

#[test]
fn what_is_not_there_is_named() {
    let firm = firm();
    for (sql, number, told) in [
        ("SELECT a FROM tw_Towar", 208, "'tw_Towar'"),
        ("SELECT tw_Id FROM inny.tw__Towar", 208, "'inny.tw__Towar'"),
        ("SELECT tw_Aktywny FROM tw__Towar", 207, "'tw_Aktywny'"),
        ("SELECT t.tw_DataMod FROM tw__Towar t", 207, "'tw_DataMod'"),
        ("SELECT tw_Id FROM tw__Towar WHERE tc_TowId = 1", 207, "'tc_TowId'"),
        ("SELECT tw_Id FROM tw__Towar ORDER BY nic", 207, "'nic'"),
        ("SELECT x.tw_Id FROM tw__Towar t", 4104, "\"x.tw_Id\""),
        ("SELECT tw__Towar.tw_Id FROM tw__Towar t", 4104, "\"tw__Towar.tw_Id\""),
        ("SELECT t.tw_Id FROM tw__Towar t LEFT JOIN tw_Stan s ON c.tc_Id = 1", 4104, "\"c.tc_Id\""),
        ("SELECT tw_Id FROM tw__Towar a JOIN tw__Towar b ON a.tw_Id = b.tw_Id", 209, "'tw_Id'"),
        ("SELECT 1 FROM tw__Towar t JOIN tw_Stan T ON 1 = 1", 1013, "\"T\""),
        ("SELECT tw_Id FROM tw__Towar WHERE tw_Id = @P1", 137, "\"@P1\""),
    ] {
        let (is, _, message) = fault(&firm, sql, &[]);
        assert_eq!(is, number, "{sql}: {message}");
        assert!(message.contains(told), "{message}");
    }
}

#[test]
fn money_does_not_get_onto_the_wire() {
    let firm = firm();
    for item in ["st_Stan", "st_Stan AS stan", "st_Stan - st_StanRez", "ISNULL(st_Stan, 0)", "SUM(st_Stan)"] {
        let (number, class, message) = fault(&firm, &format!("SELECT {item} FROM tw_Stan"), &[]);
        assert_eq!((number, class), (50000, 16));
        assert!(message.contains("cast money to decimal"), "{message}");
    }
    let sql = "SELECT TOP (0) tc_CenaNetto1 FROM tw_Cena";
    assert_eq!(fault(&firm, sql, &[]).0, 50000);
}

#[test]
fn types_that_do_not_go_together_are_refused() {
    let firm = firm();
    for (sql, number) in [
        ("SELECT tw_Id FROM tw__Towar WHERE tw_Charakter = 'x'", 402),
        ("SELECT tw_Id FROM tw__Towar WHERE tw_Charakter IN ('x')", 402),
        ("SELECT tw_Id FROM tw__Towar ORDER BY tw_Charakter", 306),
        ("SELECT tw_Charakter FROM tw__Towar GROUP BY tw_Charakter", 306),
        ("SELECT zd_Id FROM tw_ZdjecieTw WHERE zd_Zdjecie = 1", 402),
        ("SELECT SUM(tw_Symbol) FROM tw__Towar", 8117),
        ("SELECT SUM(tw_Usuniety) FROM tw__Towar", 8117),
        ("SELECT MIN(tw_Charakter) FROM tw__Towar", 8117),
        ("SELECT tw_Id, COUNT(*) FROM tw__Towar", 8120),
        ("SELECT tw_Nazwa FROM tw__Towar GROUP BY tw_Symbol", 8120),
        ("SELECT tw_Symbol FROM tw__Towar GROUP BY tw_Symbol HAVING tw_Id > 1", 8120),
        ("SELECT tw_Symbol FROM tw__Towar GROUP BY tw_Symbol ORDER BY tw_Id", 8120),
        ("SELECT tw_Id FROM tw__Towar WHERE COUNT(*) > 1", 147),
        ("SELECT SUM(COUNT(*)) FROM tw__Towar", 147),
        ("SELECT tw_Id FROM tw__Towar WHERE tw_Usuniety", 4145),
        ("SELECT tw_Id FROM tw__Towar WHERE 1", 4145),
        ("SELECT ISNULL(tw_Id) FROM tw__Towar", 174),
        ("SELECT DATALENGTH(tw_Id, 1) FROM tw__Towar", 174),
        ("SELECT TOP (tw_Id) tw_Id FROM tw__Towar", 1060),
    ] {
        let (is, _, message) = fault(&firm, sql, &[]);
        assert_eq!(is, number, "{sql}: {message}");
    }
}
