//! Which files hold, and what is said of those that cannot be read.

use connector::{Common, End, Item, Platform, PlatformError, Scope};
use futures::StreamExt as _;
use gateway_core::model::CategoryId;

use crate::firm::{Epp, Firm, good, open};

fn of(made: &'static str, name: &'static str) -> Epp {
    Epp { made, ..Epp::of(vec![good("A", name)]) }
}

/// The sentences of what is wrong with the settings: what, and what to do.
async fn wrong(firm: &dyn Platform) -> (String, String) {
    match firm.check().await {
        Err(PlatformError::Settings { what, hint }) => (what, hint),
        other => panic!("not a matter of settings: {other:?}"),
    }
}

#[tokio::test]
async fn what_the_newest_file_says_of_a_good_holds_whatever_the_files_are_called() {
    let firm = Firm::new()
        .with("z.epp", &of("20260101080000", "Stara"))
        .with("a.EPP", &of("20260201080000", "Nowa"));
    firm.write_bytes("notes.txt", b"no such file");
    assert_eq!(firm.only().await.name().as_str(), "Nowa");
    firm.write("z.epp", &of("20260301080000", "Najnowsza"));
    assert_eq!(firm.only().await.name().as_str(), "Najnowsza");
}

#[tokio::test]
async fn a_file_that_does_not_say_when_it_was_made_is_as_old_as_it_was_written() {
    let firm = Firm::new().with("a.epp", &of("", "Nowa")).with("b.epp", &of("", "Stara"));
    firm.written("b.epp", "2026-01-01T08:00:00Z");
    assert_eq!(firm.only().await.name().as_str(), "Nowa");
    firm.written("a.epp", "2025-12-31T08:00:00Z");
    assert_eq!(firm.only().await.name().as_str(), "Stara");
}

#[tokio::test]
async fn prices_and_tags_of_a_later_file_hold_for_goods_of_an_earlier_one() {
    let mut goods = of("20260101080000", "Lampa");
    goods.tags = vec![["A", "stara"]];
    let mut prices = Epp { made: "20260201080000", ..Epp::of(Vec::new()) };
    prices.prices = vec![["a", "detaliczna", "50.0000", "61.5000"]];
    prices.tags = vec![["A", "nowa"]];
    let product = Firm::new().with("1.epp", &goods).with("2.epp", &prices).only().await;
    assert_eq!(product.variants()[0].price.amount().to_string(), "50");
    let tags: Vec<&str> = product.categories().iter().map(CategoryId::as_str).collect();
    assert_eq!(tags, ["cecha:nowa"]);
}

#[tokio::test]
async fn the_firm_is_named_by_its_tax_number_or_by_who_runs_it() {
    let firm = Firm::new().with("a.epp", &of("20260101080000", "Lampa"));
    let platform = firm.open(&[]);
    assert!(platform.name().is_none(), "it was not read yet");
    let info = platform.check().await.unwrap();
    assert_eq!(platform.name().unwrap().shop.as_str(), "5250000000");
    assert_eq!((info.products, info.version.as_deref()), (Some(1), Some("EDI++ 1.05")));
    assert!(info.warnings[0].contains("no stock levels"), "{:?}", info.warnings);

    let firm = Firm::new().with("a.epp", &Epp { nip: "", ..of("20260101080000", "Lampa") });
    let (what, hint) = wrong(&*firm.open(&[])).await;
    assert!(what.contains("NIP") && hint.contains("--shop-key"), "{what}: {hint}");
    let common =
        Common { shop_key: Some(gateway_core::model::ShopKey::named("firma").unwrap()), ..Common::default() };
    let named = open(&firm.path().display().to_string(), &[], &common).unwrap();
    assert_eq!(named.name().unwrap().shop.as_str(), "firma");
    assert!(named.check().await.is_ok());
}

#[tokio::test]
async fn the_price_level_is_chosen_by_its_label_and_an_unknown_one_lists_them() {
    let mut epp = of("20260101080000", "Lampa");
    epp.prices.push(["A", "Hurtowa", "70.0000", "86.1000"]);
    let firm = Firm::new().with("a.epp", &epp);
    for (level, net) in [("2", "70"), ("hurtowa", "70"), ("1", "81.29")] {
        let platform = firm.open(&[("SUBIEKTGT_PRICE_LEVEL", level)]);
        let mut items = platform.products(Scope::All);
        let Some(Ok(Item::Product(product, _))) = items.next().await else { panic!("no good") };
        assert_eq!(product.variants()[0].price.amount().to_string(), net, "{level}");
    }
    let (what, hint) = wrong(&*firm.open(&[("SUBIEKTGT_PRICE_LEVEL", "Specjalna")])).await;
    assert!(what.contains("Specjalna") && hint.contains("Detaliczna, Hurtowa"), "{what}: {hint}");
    epp.prices.clear();
    let (what, _) = wrong(&*Firm::new().with("a.epp", &epp).open(&[])).await;
    assert!(what.contains("CENNIK"), "{what}");
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let firm = Firm::new();
    let empty = wrong(&*firm.open(&[])).await;
    assert!(empty.0.contains("holds no file") && empty.1.contains("SUBIEKTGT_EPP"), "{empty:?}");
    let missing = wrong(&*open("/no/such/folder", &[], &Common::default()).unwrap()).await;
    assert!(missing.0.contains("/no/such/folder"), "{missing:?}");
    firm.write_bytes("page.epp", b"<html><body>Not here</body></html>");
    let page = wrong(&*firm.open(&[])).await;
    assert!(page.0.contains("page.epp"), "{page:?}");
}

#[tokio::test]
async fn from_a_torn_file_nothing_is_taken_for_gone() {
    let epp = Epp::of(vec![good("A", "Lampa"), good("B", "Świeca")]);
    let text = epp.text();
    let (whole, _, _) = encoding_rs::WINDOWS_1250.encode(&text);
    let end = whole.windows(3).rposition(|bytes| bytes == b"\"B\"").unwrap();
    let firm = Firm::new();
    // In the middle of the second good's price.
    firm.write_bytes("a.epp", &whole[..end + 10]);
    let items = firm.items().await.unwrap();
    assert!(matches!(items.last(), Some(Item::End(End::Partial))), "{items:?}");
    assert!(
        items
            .iter()
            .any(|item| matches!(item, Item::Product(product, _) if product.id().as_str() == "symbol:A"))
    );
}

#[tokio::test]
async fn files_that_change_while_they_are_read_are_read_another_time() {
    let goods: Vec<_> = ["A1", "A2", "A3"].map(|symbol| good(symbol, "Lampa")).into();
    let firm = Firm::new().with("a.epp", &Epp::of(goods));
    let platform = firm.open(&[]);
    platform.check().await.unwrap();
    firm.write("a.epp", &Epp::of(vec![good("A1", "Lampa")]));
    let items: Vec<_> = platform.products(Scope::All).collect().await;
    assert!(matches!(items.last(), Some(Err(PlatformError::TryLater { .. }))), "{items:?}");
}

#[tokio::test]
async fn a_pass_over_the_stock_levels_says_that_files_tell_none() {
    let firm = Firm::new().with("a.epp", &of("20260101080000", "Lampa"));
    let items: Vec<_> = firm.open(&[]).stock(Scope::All).collect().await;
    assert!(
        matches!(items.as_slice(), [Err(PlatformError::Settings { what, .. })] if what.contains("no stock levels")),
        "{items:?}"
    );
}

#[tokio::test]
async fn groups_and_tags_that_were_not_exported_are_not_told() {
    let untold = |epp: String| async move {
        let firm = Firm::new();
        firm.write_bytes("a.epp", epp.as_bytes());
        let platform = firm.open(&[]);
        platform.check().await.unwrap();
        platform.untold().categories
    };
    let text = Epp::of(vec![good("A", "Lampa")]).text();
    assert!(!untold(text.clone()).await, "sections without a row say that there is nothing");
    for keyword in ["GRUPYTOWAROW", "CECHYTOWAROW"] {
        assert!(untold(text.replace(keyword, "INNE")).await, "{keyword}");
    }
}
