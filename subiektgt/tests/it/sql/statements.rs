//! What the database is sent.

use std::collections::BTreeSet;

use connector::{AdjustmentKey, Item, Known, Outcome, Scope, StockAdjustment};
use futures::TryStreamExt as _;
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use subiektgt_sandbox::{Bridge, BridgeOptions, Good, GoodKind, Picture};

use super::{JPEG, Office, items, levels};

/// Everything that can be asked of a firm, once.
async fn ask(office: &Office, more: &[(&'static str, &str)]) {
    let platform = office.open(more);
    platform.check().await.unwrap();
    platform.categories().await.unwrap();
    let goods = items(&*platform).await.unwrap();
    levels(&*platform).await.unwrap();
    let wanted = vec![ProductId::new("1").unwrap(), ProductId::new("2").unwrap()];
    let _some: Vec<_> = platform.products(Scope::Products(wanted.clone())).try_collect().await.unwrap();
    let _some: Vec<_> = platform.stock(Scope::Products(wanted)).try_collect().await.unwrap();
    for item in &goods {
        if let Item::Product(product, _) = item
            && let Some(image) = product.variants()[0].images.first()
        {
            platform.image(image).await.unwrap();
        }
    }
}

/// Changes of levels, and what became of some.
async fn change(office: &Office, more: &[(&'static str, &str)]) {
    let platform = office.open(more);
    let changes: Vec<_> = (1..=3)
        .map(|id| StockAdjustment {
            product: ProductId::new(&id.to_string()).unwrap(),
            variant: VariantId::simple(),
            key: AdjustmentKey::new(format!("{id:032x}")),
            delta: Decimal::TWO,
            read: 5.into(),
            target: 7.into(),
        })
        .collect();
    let outcomes = platform.adjust_stock(&changes).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_))), "{outcomes:?}");
    for count in 1..=changes.len() {
        let keys: Vec<_> = changes.iter().take(count).map(|change| change.key.clone()).collect();
        let _levels: Vec<_> = platform.stock(Scope::All).try_collect().await.unwrap();
        let known = platform.find_adjustments(&keys).await.unwrap();
        assert!(known.iter().all(|known| *known == Known::Done), "{known:?}");
    }
}

#[tokio::test]
async fn nothing_but_a_select_is_ever_sent() {
    let office = Office::new().await;
    office.put_many(1..=3);
    office.put(Good { kind: GoodKind::Kit, ..Good::new(4, "S4", "Zestaw") });
    office.firm.put_component(4, 1, super::decimal("2"));
    office.firm.put_model(1, "Towar");
    office.firm.put_in_model(1, 1);
    office.firm.put_in_model(2, 1);
    office.firm.put_picture(Picture { id: 1, good: 1, bytes: JPEG.to_vec(), ..Picture::default() });
    ask(&office, &[]).await;
    ask(&office, &[("SUBIEKTGT_ONLY_WEB_SHOP", "1"), ("SUBIEKTGT_PRICE_LEVEL", "Hurtowa")]).await;
    ask(&office, &[("SUBIEKTGT_WAREHOUSES", "MAG,SKL")]).await;
    let bridge = Bridge::start(&office.firm, BridgeOptions::default()).await.unwrap();
    let (url, token) = (bridge.url(), bridge.token().to_owned());
    let told = [("SUBIEKTGT_BRIDGE_URL", &*url), ("SUBIEKTGT_BRIDGE_TOKEN", &*token)];
    ask(&office, &told).await;
    change(&office, &told).await;
    office.firm.deny("sl_ModelTw");
    ask(&office, &[]).await;
    let statements: BTreeSet<String> =
        office.server.statements().into_iter().map(|statement| statement.sql).collect();
    let reads = |sql: &String| {
        sql.starts_with("SELECT ") && !sql.contains(';') && !sql.to_uppercase().contains(" INTO ")
    };
    assert!(statements.iter().all(reads), "{statements:#?}");
    insta::assert_snapshot!(statements.into_iter().collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn a_page_of_goods_costs_four_statements_and_few_more() {
    let office = Office::new().await;
    office.put_many(1..=1000);
    let platform = office.open(&[]);
    platform.check().await.unwrap();
    let at_start = platform.requests();
    assert!(at_start <= 22, "{at_start}");
    assert_eq!(items(&*platform).await.unwrap().len(), 1001);
    // Two pages with tags, pictures and levels; the ends of goods and of models; the ids once more, and their end.
    assert_eq!(platform.requests() - at_start, 2 * 4 + 2 + 2);
}
