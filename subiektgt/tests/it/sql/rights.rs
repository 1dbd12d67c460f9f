//! What the login may not read costs only what needs it.

use connector::{Common, PlatformError, Untold};
use subiektgt_sandbox::{Good, GoodKind, Picture};

use super::{JPEG, Office, items, levels, open};

/// A firm of which every table has something.
async fn firm() -> Office {
    let office = Office::new().await;
    office.firm.put_group(1, "Grupa");
    office.firm.put_tag(1, "Cecha");
    office.firm.put_property(1, "Kolor");
    office.firm.tag_is_of(1, 1);
    office.firm.put_model(1, "Towar");
    for id in [1, 2] {
        office.put(Good { group: Some(1), ..Good::new(id, &format!("S{id}"), &format!("Towar {id}")) });
        office.firm.tag(id, 1);
        office.firm.put_in_model(id, 1);
        office.firm.put_picture(Picture { id, good: id, bytes: JPEG.to_vec(), ..Picture::default() });
    }
    office.put(Good { kind: GoodKind::Kit, ..Good::new(3, "S3", "Zestaw") });
    office.firm.put_component(3, 1, super::decimal("1"));
    office
}

#[tokio::test]
async fn what_may_not_be_read_is_told_with_the_right_that_is_missing() {
    let all = Untold::default();
    let mut told = Vec::new();
    for (table, untold) in [
        ("sl_GrupaTw", Untold { categories: true, ..all }),
        ("sl_CechaTw", Untold { categories: true, families: true, ..all }),
        ("tw_CechaTw", Untold { categories: true, families: true, ..all }),
        ("sl_WlasciwCechTw", Untold { families: true, ..all }),
        ("sl_WlasciwoscCecha", Untold { families: true, ..all }),
        ("sl_ModelTw", Untold { families: true, ..all }),
        ("sl_ModelTowar", Untold { families: true, ..all }),
        ("tw_ZdjecieTw", Untold { pictures: true, ..all }),
        ("tw_Komplet", all),
        // Nothing of these is needed.
        ("tw_Parametr", all),
        ("tw_KodKreskowy", all),
    ] {
        let office = firm().await;
        office.firm.deny(table);
        let platform = office.open(&[]);
        let info = platform.check().await.unwrap();
        assert_eq!(platform.untold(), untold, "{table}");
        let came = items(&*platform).await.unwrap();
        assert_eq!(came.len(), 4, "{table}: {came:?}");
        assert_eq!(levels(&*platform).await.unwrap().len(), 4, "{table}");
        told.push((table, info.warnings));
    }
    insta::assert_debug_snapshot!(told);
}

#[tokio::test]
async fn what_older_programs_do_not_have_is_not_missed() {
    let office = firm().await;
    office.firm.drop_table("sl_WlasciwCechTw");
    office.firm.drop_table("sl_WlasciwoscCecha");
    let platform = office.open(&[]);
    assert_eq!(platform.check().await.unwrap().warnings, [""; 0]);
    assert_eq!(platform.untold(), Untold::default());
    office.firm.drop_table("sl_ModelTw");
    let warnings = office.open(&[]).check().await.unwrap().warnings;
    insta::assert_debug_snapshot!(warnings);
}

#[tokio::test]
async fn without_goods_or_levels_nothing_is_read() {
    let mut told = Vec::new();
    for table in ["tw__Towar", "tw_Stan"] {
        let office = firm().await;
        office.firm.deny(table);
        let error = office.open(&[]).check().await.unwrap_err();
        assert!(matches!(error, PlatformError::Failed { .. }), "{error:?}");
        told.push(error);
        office.firm.drop_table(table);
        told.push(office.open(&[]).check().await.unwrap_err());
    }
    insta::assert_debug_snapshot!(told);
}

#[tokio::test]
async fn what_makes_all_goods_wrong_is_one_error_of_settings() {
    let mut told = Vec::new();
    for table in ["tw_Cena", "sl_StawkaVAT", "sl_Magazyn"] {
        let office = firm().await;
        office.firm.deny(table);
        let error = office.open(&[]).check().await.unwrap_err();
        assert!(matches!(error, PlatformError::Settings { .. }), "{error:?}");
        told.push(error);
    }
    insta::assert_debug_snapshot!(told);
    let office = firm().await;
    office.firm.deny("sl_StawkaVAT");
    let vat_default = gateway_core::model::VatRate::percent(super::decimal("8")).ok();
    let platform = open(&office.given(&[]), &Common { vat_default, ..Common::default() }).unwrap();
    let warnings = platform.check().await.unwrap().warnings;
    assert!(
        warnings[0].contains("sl_StawkaVAT") && warnings[0].contains("keep their VAT rates"),
        "{warnings:?}"
    );
    assert_eq!(platform.untold(), Untold { vat: true, ..Untold::default() });
    assert_eq!(items(&*platform).await.unwrap().len(), 4);
    let office = firm().await;
    office.firm.deny("tw_Parametr");
    let error = office.open(&[("SUBIEKTGT_PRICE_LEVEL", "Hurtowa")]).check().await.unwrap_err();
    assert!(
        matches!(&error, PlatformError::Settings { hint, .. } if hint.contains("tw_Parametr")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_firm_without_a_main_warehouse_has_to_name_one() {
    let office = firm().await;
    office.firm.put_warehouse(subiektgt_sandbox::MAIN_WAREHOUSE, "MAG", "Magazyn", false);
    let error = office.open(&[]).check().await.unwrap_err();
    assert!(matches!(&error, PlatformError::Settings { hint, .. } if hint.contains("MAG, SKL")), "{error:?}");
    assert!(office.open(&[("SUBIEKTGT_WAREHOUSES", "MAG")]).check().await.is_ok());
}
