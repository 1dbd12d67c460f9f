//! What the database is sent.

use std::collections::BTreeSet;

use connector::{Item, Scope};
use futures::TryStreamExt as _;
use gateway_core::model::ProductId;
use subiektgt_sandbox::{Good, GoodKind, Picture};

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
