//! Tables that may not be read, and what an older version of the program does not have.

use super::{fault, firm, ids};

#[test]
fn a_table_that_is_denied_is_refused_in_the_words_of_the_server() {
    let firm = firm();
    firm.deny("TW_Cena");
    let sentence =
        "The SELECT permission was denied on the object 'tw_Cena', database 'Sandbox', schema 'dbo'.";
    for sql in [
        "SELECT TOP (0) tc_Id FROM tw_Cena",
        "SELECT tw_Id FROM tw__Towar LEFT JOIN tw_Cena ON tc_IdTowar = tw_Id",
    ] {
        assert_eq!(fault(&firm, sql, &[]), (229, 14, sentence.to_owned()));
    }
    assert_eq!(ids(&firm, "SELECT tw_Id FROM tw__Towar", &[]).len(), 5);
    firm.grant("tw_cena");
    assert_eq!(ids(&firm, "SELECT tc_IdTowar FROM tw_Cena", &[]), [1, 3]);
}

#[test]
fn a_table_that_was_dropped_is_not_there_and_can_be_filled_in_vain() {
    let firm = firm();
    firm.drop_table("sl_ModelTowar");
    firm.put_in_model(1, 1);
    firm.remove_good(1);
    firm.clear_goods();
    let (number, class, message) = fault(&firm, "SELECT mtw_Id FROM sl_ModelTowar", &[]);
    assert_eq!((number, class), (208, 16));
    assert!(message.contains("'sl_ModelTowar'"), "{message}");
}

#[test]
fn a_column_that_was_dropped_is_not_there() {
    let firm = firm();
    firm.drop_column("tw__towar", "TW_SklepInternet");
    let sql = "SELECT tw_Id FROM tw__Towar WHERE tw_SklepInternet = 1";
    assert_eq!(fault(&firm, sql, &[]).0, 207);
    assert_eq!(ids(&firm, "SELECT tw_Id FROM tw__Towar", &[]).len(), 5);
}
