//! What becomes of a good.

use connector::{End, Item};
use gateway_core::model::RejectReason;
use serde_json::json;

use crate::firm::{Epp, Firm, Good, good};

/// Everything that comes of a firm, as text.
async fn shown(epp: Epp) -> String {
    let items = Firm::new().with("a.epp", &epp).items().await.unwrap();
    let told = items.iter().map(|item| match item {
        Item::Product(product, warnings) => json!({ "product": product, "warnings": warnings }),
        Item::Reject(reject) => json!({ "reject": reject }),
        Item::Skipped(skip) => json!({ "skipped": skip }),
        Item::End(end) => json!({ "end": format!("{end:?}") }),
    });
    serde_json::to_string_pretty(&told.collect::<Vec<_>>()).unwrap()
}

/// Why the one good that there is was rejected.
async fn reason(epp: Epp) -> RejectReason {
    match Firm::new().with("a.epp", &epp).items().await.unwrap().as_slice() {
        [Item::Reject(reject), Item::End(End::Complete)] => reject.reason.clone(),
        other => panic!("not one reject: {other:?}"),
    }
}

#[tokio::test]
async fn goods_come_with_their_price_group_and_tags() {
    let lamp = Good {
        barcode: "5901234123457",
        description: "Lampa z mosiądzu, na świecę. Nie parzy.",
        ..good("LAMP-1", "Lampa Świetlik")
    };
    let mut epp = Epp::of(vec![lamp, Good { kind: "8", ..good("ZEST-1", "Zestaw: lampa i świeca") }]);
    epp.groups = vec![["LAMP-1", "Lampy"], ["ZEST-1", "Zestawy"]];
    epp.tags = vec![["LAMP-1", "mosiądz"], ["LAMP-1", "na dwór"]];
    insta::assert_snapshot!(shown(epp).await);
}

#[tokio::test]
async fn services_and_packaging_are_skipped_and_what_is_no_kind_is_rejected() {
    let epp = Epp::of(vec![
        Good { kind: "2", ..good("MONTAZ", "Montaż") },
        Good { kind: "4", ..good("KARTON", "Karton 30 x 40") },
        Good { kind: "7", ..good("NIECO", "Nie wiadomo co") },
    ]);
    insta::assert_snapshot!(shown(epp).await);
}

#[tokio::test]
async fn the_net_price_goes_first_and_the_gross_one_stands_in_for_it() {
    let net = |epp: Epp| async move {
        let product = Firm::new().with("a.epp", &epp).only().await;
        product.variants()[0].price.amount().to_string()
    };
    assert_eq!(net(Epp::of(vec![good("A", "Lampa")])).await, "81.29");
    let mut gross = Epp::of(vec![good("A", "Lampa")]);
    gross.prices = vec![["A", "Detaliczna", "", "99.9900"]];
    assert_eq!(net(gross).await, "81.2927");
    let mut zero = Epp::of(vec![good("A", "Lampa")]);
    zero.prices = vec![["A", "Detaliczna", "0.0000", "99.9900"]];
    assert_eq!(reason(zero).await, RejectReason::PriceZero);
    let mut none = Epp::of(vec![good("A", "Lampa")]);
    none.prices = vec![["B", "Detaliczna", "5.0000", "6.1500"]];
    assert_eq!(reason(none).await, RejectReason::NoPrice);
}

#[tokio::test]
async fn what_is_no_rate_of_vat_is_rejected() {
    for (vat, wanted) in [
        (("zw", "-1.0000"), RejectReason::VatExempt),
        (("npo", "-4.0000"), RejectReason::VatUntold),
        (("oo", "-5.0000"), RejectReason::VatUntold),
        (("", ""), RejectReason::VatUntold),
        (("23", "23 %"), RejectReason::broken("vat", "23 %")),
    ] {
        assert_eq!(reason(Epp::of(vec![Good { vat, ..good("A", "Lampa") }])).await, wanted, "{vat:?}");
    }
}

#[tokio::test]
async fn a_symbol_that_stands_twice_in_a_file_is_rejected_whatever_its_case() {
    let epp = Epp::of(vec![good("lamp-1", "Lampa"), good("B", "Świeca"), good("LAMP-1", "Lampa druga")]);
    let items = Firm::new().with("a.epp", &epp).items().await.unwrap();
    let rejected: Vec<&str> = items
        .iter()
        .filter_map(|item| match item {
            Item::Reject(reject) => Some(reject.product.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(rejected, ["symbol:LAMP-1", "symbol:LAMP-1"]);
    assert!(
        items
            .iter()
            .any(|item| matches!(item, Item::Product(product, _) if product.id().as_str() == "symbol:B"))
    );
}

#[tokio::test]
async fn a_broken_bar_code_is_left_out_with_a_warning() {
    let epp = Epp::of(vec![Good { barcode: "5901234123458", ..good("A", "Lampa") }]);
    let items = Firm::new().with("a.epp", &epp).items().await.unwrap();
    let [Item::Product(product, warnings), Item::End(End::Complete)] = items.as_slice() else {
        panic!("{items:?}")
    };
    assert_eq!(product.variants()[0].ean, None);
    assert!(warnings[0].what.contains("EAN"), "{warnings:?}");
}
