//! Goods from files, with their levels from a bridge.

use connector::{Common, PlatformError, Scope, StockItem, StockWriting};
use futures::TryStreamExt as _;
use gateway_core::model::ProductId;
use subiektgt_sandbox::{Bridge, BridgeOptions, Firm, Good, GoodKind, MAIN_WAREHOUSE, SECOND_WAREHOUSE};
use wiremock::ResponseTemplate;

use super::{Front, change, is_change, words};
use crate::firm::{self, Epp, good};
use crate::sql::decimal;

/// A firm whose files are exported, and a bridge to its program.
struct Desk {
    files: firm::Firm,
    firm: Firm,
    bridge: Bridge,
}

impl Desk {
    /// With two goods of the files, a service, a kit, and one that the program does not have any more.
    async fn new() -> Self {
        let mut goods = vec![good("lampa", "Lampa"), good("ŚWIECA 1/2", "Świeca"), good("STARA", "Stara")];
        for (kind, symbol) in [("2", "USŁUGA"), ("4", "BUTELKA"), ("8", "ZESTAW"), ("3", "RZECZ")] {
            goods.push(firm::Good { kind, ..good(symbol, "Inna") });
        }
        let files = firm::Firm::new().with("a.epp", &Epp::of(goods));
        let program = Firm::new();
        program.put_good(Good::new(1, "LAMPA", "Lampa"));
        program.put_good(Good { kind: GoodKind::Kit, ..Good::new(2, "ZESTAW", "Zestaw") });
        program.set_stock(1, MAIN_WAREHOUSE, decimal("10.5"), decimal("2"));
        program.set_stock(1, SECOND_WAREHOUSE, decimal("7"), decimal("0"));
        let bridge = Bridge::start(&program, BridgeOptions::default()).await.unwrap();
        Self { files, firm: program, bridge }
    }

    fn open(&self, url: &str, more: &[(&'static str, &str)]) -> Box<dyn connector::Platform> {
        let told = [("SUBIEKTGT_BRIDGE_URL", url), ("SUBIEKTGT_BRIDGE_TOKEN", self.bridge.token())];
        self.files.open(&[&told, more].concat())
    }

    async fn levels(&self, more: &[(&'static str, &str)]) -> Result<Vec<String>, PlatformError> {
        told(&*self.open(&self.bridge.url(), more), Scope::All).await
    }
}

async fn told(platform: &dyn connector::Platform, scope: Scope) -> Result<Vec<String>, PlatformError> {
    let items: Vec<StockItem> = platform.stock(scope).try_collect().await?;
    let word = |item: &StockItem| match item {
        StockItem::Level { product, level, .. } => format!("{product}: {}", level.quantity().unwrap()),
        StockItem::Unclear { product, why, .. } => format!("{product}: unclear, {why}"),
        StockItem::End(end) => format!("{end:?}"),
    };
    Ok(items.iter().map(word).collect())
}

#[tokio::test]
async fn each_good_of_the_files_has_its_level_or_a_reason() {
    let desk = Desk::new().await;
    insta::assert_debug_snapshot!(desk.levels(&[]).await.unwrap());
    let asked: Vec<String> = desk.bridge.calls().into_iter().map(|call| call.path).collect();
    let paths =
        ["lampa", "%C5%9AWIECA%201%2F2", "STARA"].map(|symbol| format!("/api/inventory/{symbol}/stock"));
    assert_eq!(asked, paths, "what has no level is not asked for");
    // A symbol with a slash cannot be asked for at this bridge, and the good is not taken for gone.
    desk.firm.put_good(Good::new(3, "Świeca 1/2", "Świeca"));
    assert!(
        desk.levels(&[]).await.unwrap().iter().any(|level| level.starts_with("symbol:ŚWIECA 1/2: unclear"))
    );
}

#[tokio::test]
async fn levels_of_the_chosen_warehouses_are_added_up() {
    let desk = Desk::new().await;
    for (warehouses, level) in [("SKL", "7"), ("mag,skl", "15.5"), ("MAG", "8.5")] {
        let levels = desk.levels(&[("SUBIEKTGT_WAREHOUSES", warehouses)]).await.unwrap();
        assert_eq!(levels[0], format!("symbol:LAMPA: {level}"), "{warehouses}");
    }
    let error = desk.levels(&[("SUBIEKTGT_WAREHOUSES", "MAG,SLK")]).await.unwrap_err();
    assert!(
        matches!(&error, PlatformError::Settings { what, hint } if what.contains("SLK") && hint.contains("MAG, SKL")),
        "{error:?}"
    );
    // Never stocked is not there; so is what lies only elsewhere.
    desk.firm.remove_stock(1, MAIN_WAREHOUSE);
    assert_eq!(desk.levels(&[]).await.unwrap()[0], "symbol:LAMPA: 7", "the bridge's own choice");
    desk.firm.remove_stock(1, SECOND_WAREHOUSE);
    assert_eq!(desk.levels(&[]).await.unwrap()[0], "symbol:LAMPA: 0");
    assert_eq!(desk.levels(&[("SUBIEKTGT_WAREHOUSES", "MAG")]).await.unwrap()[0], "symbol:LAMPA: 0");
}

#[tokio::test]
async fn the_goods_that_are_asked_for_are_read_and_no_others() {
    let desk = Desk::new().await;
    let these = ["symbol:LAMPA", "symbol:NIE MA"].map(|id| ProductId::new(id).unwrap());
    let platform = desk.open(&desk.bridge.url(), &[]);
    assert_eq!(
        told(&*platform, Scope::Products(these.into())).await.unwrap(),
        ["symbol:LAMPA: 8.5", "Complete"]
    );
    assert_eq!((desk.bridge.calls().len(), platform.requests()), (1, 1));
}

#[tokio::test]
async fn a_symbol_that_means_another_place_in_an_address_is_never_asked_for() {
    let desk = Desk::new().await;
    let files = firm::Firm::new().with("a.epp", &Epp::of(vec![good("..", "Kropki"), good("%2e", "Kropka")]));
    let desk = Desk { files, ..desk };
    let levels = desk.levels(&[]).await.unwrap();
    assert!(levels[0].contains("unclear") && levels[0].contains("cannot stand in an address"), "{levels:?}");
    let asked: Vec<String> = desk.bridge.calls().into_iter().map(|call| call.path).collect();
    assert_eq!(asked, ["/api/inventory/%252e/stock"]);
}

#[tokio::test]
async fn several_goods_are_asked_for_at_once_where_the_user_says_so() {
    let desk = Desk::new().await;
    let plain = desk.levels(&[]).await.unwrap();
    for at_once in [2, 3, 7, 8, 100] {
        let mut given = connector::Given::default();
        given.insert("SUBIEKTGT_EPP", &desk.files.path().display().to_string());
        given.insert("SUBIEKTGT_BRIDGE_URL", &desk.bridge.url());
        given.insert("SUBIEKTGT_BRIDGE_TOKEN", desk.bridge.token());
        let common = Common { shop_concurrency: Some(at_once), ..Common::default() };
        let platform = crate::sql::open(&given, &common).unwrap();
        assert_eq!(told(&*platform, Scope::All).await.unwrap(), plain, "{at_once}");
    }
}

#[tokio::test]
async fn a_level_that_the_bridge_cannot_tell_is_unclear_and_a_bridge_that_fails_ends_the_reading() {
    let desk = Desk::new().await;
    for body in [
        "",
        "{\"success\":true,\"data\":{}}",
        "{\"success\":true,\"data\":{\"positions\":[{\"magazynId\":1}]}}",
    ] {
        let front = Front::of(&desk.bridge, move |request| {
            request.url.path().contains("lampa").then(|| ResponseTemplate::new(200).set_body_string(body))
        })
        .await;
        let levels = told(&*desk.open(&front.url(), &[]), Scope::All).await.unwrap();
        assert!(levels[0].starts_with("symbol:LAMPA: unclear") && levels.len() == 8, "{levels:?}");
    }
    for (status, what) in [(401, "does not accept the token"), (404, "there is nothing at")] {
        let front = Front::of(&desk.bridge, move |_| Some(ResponseTemplate::new(status))).await;
        let error = told(&*desk.open(&front.url(), &[]), Scope::All).await.unwrap_err();
        assert!(
            matches!(&error, PlatformError::Settings { what: told, .. } if told.contains(what)),
            "{error:?}"
        );
    }
    let error = told(&*desk.open("http://127.0.0.1:1", &[]), Scope::All).await.unwrap_err();
    assert!(
        matches!(&error, PlatformError::Failed { what } if what.contains("cannot be reached")),
        "{error:?}"
    );
    // One after the other is no longer single goods.
    let many: Vec<_> = (0..30).map(|number| good(String::leak(format!("S{number}")), "Towar")).collect();
    let files = firm::Firm::new().with("a.epp", &Epp::of(many));
    let front = Front::of(&desk.bridge, |_| Some(ResponseTemplate::new(500))).await;
    let desk = Desk { files, ..desk };
    let platform = desk.open(&front.url(), &[]);
    let error = told(&*platform, Scope::All).await.unwrap_err();
    assert!(matches!(&error, PlatformError::Failed { what } if what.contains("too many goods")), "{error:?}");
}

#[tokio::test]
async fn a_change_is_made_in_the_warehouse_whose_goods_are_sold() {
    let desk = Desk::new().await;
    let platform = desk.open(&desk.bridge.url(), &[]);
    assert_eq!(platform.abilities().stock_writing, StockWriting::Delta);
    assert_eq!(words(&platform.adjust_stock(&[change("symbol:LAMPA", "8.5", "-2")]).await), ["done 6.5"]);
    let platform = desk.open(&desk.bridge.url(), &[("SUBIEKTGT_WAREHOUSES", "SKL,MAG")]);
    let more = connector::StockAdjustment { key: super::key(2), ..change("symbol:LAMPA", "13.5", "-1.5") };
    assert_eq!(words(&platform.adjust_stock(&[more]).await), ["done 12"]);
    assert_eq!(desk.firm.stock(1, SECOND_WAREHOUSE), Some((decimal("5.5"), decimal("0"))));
    assert_eq!(desk.firm.stock(1, MAIN_WAREHOUSE), Some((decimal("8.5"), decimal("2"))));
    let warehouses: Vec<_> = desk.firm.documents().iter().map(|document| document.warehouse).collect();
    assert_eq!(warehouses, [Some(MAIN_WAREHOUSE), Some(SECOND_WAREHOUSE)]);
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_and_nothing_is_asked_behind_a_silence() {
    let desk = Desk::new().await;
    let refused = ["symbol:USŁUGA", "symbol:BUTELKA", "symbol:ZESTAW", "symbol:STARA", "symbol:NIE MA", "5"];
    let changes: Vec<_> = refused.iter().map(|id| change(id, "5", "-1")).collect();
    let platform = desk.open(&desk.bridge.url(), &[]);
    insta::assert_debug_snapshot!(words(&platform.adjust_stock(&changes).await));
    assert!(desk.firm.documents().is_empty());
    let front =
        Front::of(&desk.bridge, |request| is_change(request).then(|| ResponseTemplate::new(500))).await;
    let platform = desk.open(&front.url(), &[]);
    let changes = [change("symbol:LAMPA", "8.5", "-1"), change("symbol:STARA", "5", "-1")];
    let outcomes = words(&platform.adjust_stock(&changes).await);
    assert!(outcomes[0].starts_with("unknown: ") && outcomes[1].starts_with("not done: "), "{outcomes:?}");
    // The next process asks for the same by the same key, and nobody else does it meanwhile.
    let platform = desk.open("http://127.0.0.1:1", &[]);
    platform.find_adjustments(&[changes[0].key.clone()]).await.unwrap();
    assert!(words(&platform.adjust_stock(&changes[..1]).await)[0].starts_with("unknown: "));
}

#[tokio::test]
async fn a_firm_says_that_levels_follow_with_the_next_pass() {
    let desk = Desk::new().await;
    let warnings = desk.open(&desk.bridge.url(), &[]).check().await.unwrap().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("next pass"), "{warnings:?}");
    let warnings = desk.open("http://127.0.0.1:1", &[]).check().await.unwrap().warnings;
    assert!(warnings.len() == 2 && warnings[1].contains("cannot be reached"), "{warnings:?}");
}
