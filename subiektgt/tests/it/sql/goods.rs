//! What becomes of a row.

use connector::{End, Item, Scope};
use futures::TryStreamExt as _;
use gateway_core::model::{ProductId, RejectReason, StockLevel};
use subiektgt_sandbox::{Good, GoodKind, MAIN_WAREHOUSE, Prices, SECOND_WAREHOUSE, VAT_23};

use super::{Office, decimal, ids, items};

/// A good of which everything is told.
async fn shirt() -> Office {
    let office = Office::new().await;
    office.firm.put_group(7, "Koszule");
    office.firm.put_tag(7, "Nowość");
    office.firm.put_tag(8, "Len");
    office.put(Good {
        description: "Koszula z lnu, zażółć gęślą jaźń".to_owned(),
        characteristic: Some("<p>Uszyta z <b>lnu</b>.</p>".to_owned()),
        barcode: "5901234123457".to_owned(),
        group: Some(7),
        ..Good::new(101, " KOSZ-M ", "Koszula lniana M ")
    });
    office.firm.tag(101, 8);
    office.firm.tag(101, 7);
    office.firm.set_stock(101, MAIN_WAREHOUSE, decimal("12.5"), decimal("2"));
    office.firm.set_stock(101, SECOND_WAREHOUSE, decimal("30"), decimal("0"));
    office
}

#[tokio::test]
async fn a_good_comes_with_all_that_is_told_of_it() {
    let office = shirt().await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&office.only().await).unwrap());
    let categories = office.open(&[]).categories().await.unwrap();
    let paths: Vec<_> =
        categories.iter().filter_map(|category| categories.printed_path(&category.id)).collect();
    assert_eq!(paths, ["Koszule", "Cechy", "Cechy - Nowość", "Cechy - Len"]);
}

#[tokio::test]
async fn additional_bar_codes_change_nothing() {
    let office = shirt().await;
    let before = office.only().await;
    for code in ["5900000000015", "5900000000022", "5900000000039"] {
        office.firm.add_barcode(101, code);
    }
    assert_eq!(office.only().await, before);
}

#[tokio::test]
async fn levels_of_the_chosen_warehouses_are_added_up() {
    let office = shirt().await;
    for (told, level) in [("MAG", "10.5"), ("skl", "30"), ("SKL,MAG", "40.5")] {
        let items = items(&*office.open(&[("SUBIEKTGT_WAREHOUSES", told)])).await.unwrap();
        let [Item::Product(product, _), _] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!(product.variants()[0].stock, StockLevel::Quantity(decimal(level)), "{told}");
    }
    let error = office.open(&[("SUBIEKTGT_WAREHOUSES", "NIC")]).check().await.unwrap_err();
    insta::assert_debug_snapshot!(error);
}

#[tokio::test]
async fn the_price_level_is_a_number_or_a_label() {
    let office = shirt().await;
    let prices = Prices::default().with(1, decimal("10"), decimal("12.3"));
    let prices =
        prices.with(2, decimal("20"), decimal("24.6")).with(10, decimal("100.1234"), decimal("123.15"));
    office.firm.set_prices(101, prices);
    office.firm.label_price(10, "Cena VIP");
    for (told, net) in
        [("1", "10"), ("2", "20"), ("hurtowa", "20"), ("10", "100.1234"), ("Cena VIP", "100.1234")]
    {
        let items = items(&*office.open(&[("SUBIEKTGT_PRICE_LEVEL", told)])).await.unwrap();
        let [Item::Product(product, _), _] = items.as_slice() else { panic!("{items:?}") };
        assert_eq!(product.variants()[0].price.amount(), decimal(net), "{told}");
    }
    let error = office.open(&[("SUBIEKTGT_PRICE_LEVEL", "Złota")]).check().await.unwrap_err();
    insta::assert_debug_snapshot!(error);
}

#[tokio::test]
async fn the_net_price_is_taken_as_it_stands_and_derived_only_where_it_is_not_told() {
    let office = shirt().await;
    let price = |net: Option<&str>, gross: Option<&str>| {
        let mut prices = Prices::default();
        (prices.net[1], prices.gross[1]) = (net.map(decimal), gross.map(decimal));
        office.firm.set_prices(101, prices);
    };
    price(Some("81.2927"), Some("99.9900"));
    assert_eq!(office.only().await.variants()[0].price.amount(), decimal("81.2927"));
    price(None, Some("99.9900"));
    assert_eq!(office.only().await.variants()[0].price.amount(), decimal("81.2927"));
    price(None, None);
    assert_eq!(office.only_reject().await.reason, RejectReason::NoPrice);
    price(Some("0"), Some("99.99"));
    assert_eq!(office.only_reject().await.reason, RejectReason::PriceZero);
    office.firm.remove_prices(101);
    assert_eq!(office.only_reject().await.reason, RejectReason::NoPrice);
}

#[tokio::test]
async fn a_price_in_another_currency_keeps_it() {
    let office = shirt().await;
    let prices = Prices::default().with(1, decimal("10"), decimal("12.3"));
    office.firm.set_prices(101, prices.clone().in_currency(1, "EUR"));
    assert_eq!(office.only().await.variants()[0].price.currency().code(), "EUR");
    office.firm.set_prices(101, prices.in_currency(1, "???"));
    assert!(matches!(office.only_reject().await.reason, RejectReason::Broken { .. }));
}

#[tokio::test]
async fn a_rate_of_vat_is_one_and_the_specials_are_none() {
    let office = shirt().await;
    let put = |vat| office.firm.put_good(Good { vat, ..Good::new(101, "A", "Towar") });
    put(Some(VAT_23 + 1));
    assert_eq!(office.only().await.variants()[0].vat.to_string(), "8 %");
    put(Some(VAT_23 + 4));
    assert_eq!(office.only_reject().await.reason, RejectReason::VatExempt, "zw");
    put(Some(VAT_23 + 7));
    assert_eq!(office.only_reject().await.reason, RejectReason::VatUntold, "np");
    put(None);
    assert_eq!(office.only_reject().await.reason, RejectReason::VatUntold);
    // What is no rate may stand there with a percent of 0.
    office.firm.put_vat(900, "ZW", decimal("0"));
    put(Some(900));
    assert_eq!(office.only_reject().await.reason, RejectReason::VatExempt);
    put(Some(77));
    assert!(matches!(office.only_reject().await.reason, RejectReason::Broken { .. }));
}

#[tokio::test]
async fn what_is_none_to_sell_is_skipped_and_what_is_blocked_is_not_for_sale() {
    let office = Office::new().await;
    let kinds = [GoodKind::Goods, GoodKind::Service, GoodKind::Packaging, GoodKind::Kit, GoodKind::Other(16)];
    for (id, kind) in (1..).zip(kinds) {
        office.put(Good { kind, ..Good::new(id, &format!("S{id}"), "Towar") });
    }
    office.put(Good { is_blocked: true, ..Good::new(6, "S6", "Towar") });
    office.put(Good { is_deleted: true, ..Good::new(7, "S7", "Towar") });
    let items = office.items().await;
    let told: Vec<String> = items
        .iter()
        .map(|item| match item {
            Item::Product(product, _) => {
                format!("{} for sale: {}", product.id(), product.variants()[0].for_sale)
            }
            Item::Reject(reject) => format!("{} rejected: {}", reject.product, reject.reason),
            Item::Skipped(skip) => format!("{} skipped: {}", skip.product, skip.why),
            Item::End(end) => format!("{end:?}"),
        })
        .collect();
    insta::assert_debug_snapshot!(told);
}

#[tokio::test]
async fn only_goods_for_the_web_shop_come_where_that_is_asked_for() {
    let office = Office::new().await;
    for id in 1..=3 {
        office.put(Good { for_web_shop: id == 2, ..Good::new(id, &format!("S{id}"), "Towar") });
    }
    let platform = office.open(&[("SUBIEKTGT_ONLY_WEB_SHOP", "1")]);
    assert_eq!(ids(&items(&*platform).await.unwrap()), ["2", "end"]);
    assert_eq!(platform.check().await.unwrap().products, Some(1));
    let wanted = vec![ProductId::new("1").unwrap()];
    let asked: Vec<Item> = platform.products(Scope::Products(wanted)).try_collect().await.unwrap();
    assert!(matches!(asked.as_slice(), [Item::Skipped(_), Item::End(End::Complete)]), "{asked:?}");
    assert_eq!(super::levels(&*platform).await.unwrap().len(), 2, "a level and the end");
}

#[tokio::test]
async fn a_symbol_is_another_id_where_nobody_else_bears_it() {
    let office = Office::new().await;
    for (id, symbol) in [(1, "abc"), (2, "D"), (3, "d "), (4, "E")] {
        office.put(Good::new(id, symbol, "Towar"));
    }
    office.put(Good { is_deleted: true, ..Good::new(5, "e", "Towar") });
    let also = |(product, _): &(gateway_core::model::Product, _)| product.also().map(ToString::to_string);
    let also: Vec<_> = office.products().await.iter().map(also).collect();
    assert_eq!(also, [Some("symbol:ABC".to_owned()), None, None, Some("symbol:E".to_owned())]);
}

#[tokio::test]
async fn a_text_is_html_where_it_is_written_so() {
    let office = Office::new().await;
    let text = |long: Option<&str>, short: &str| {
        office.put(Good {
            description: short.to_owned(),
            characteristic: long.map(str::to_owned),
            ..Good::new(1, "A", "Towar")
        });
    };
    let cases = [
        (None, "Krótki * opis"),
        (Some("Zwykły tekst, 3 < 5"), "Krótki"),
        (Some("Len &amp; jedwab"), ""),
        (Some("<ul><li>jeden</li></ul>"), "Krótki"),
        (Some("{\\rtf1 Tekst}"), "Krótki"),
        (Some("  "), ""),
    ];
    let mut told = Vec::new();
    for (long, short) in cases {
        text(long, short);
        let (product, warnings) = office.products().await.remove(0);
        let warnings: Vec<String> = warnings.into_iter().map(|warning| warning.what).collect();
        told.push((product.description().as_str().to_owned(), product.brief().as_str().to_owned(), warnings));
    }
    insta::assert_debug_snapshot!(told);
}

#[tokio::test]
async fn a_broken_bar_code_is_left_out_with_a_warning() {
    let office = Office::new().await;
    office.put(Good { barcode: "5901234123450".to_owned(), ..Good::new(1, "A", "Towar") });
    let (product, warnings) = office.products().await.remove(0);
    assert_eq!(product.variants()[0].ean, None);
    assert!(warnings[0].what.contains("EAN"), "{warnings:?}");
}
