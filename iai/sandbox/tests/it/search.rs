//! Which products are found, and when.

use std::time::Duration;

use http::Method;
use iai_sandbox::{Goods, Product};
use serde_json::{Value, json};

use crate::client::{goods, jumper, search, send, start, stock, texts};

fn many(count: u64) -> Goods {
    let product = |id| Product { id, name: texts("Kubek", ""), ..Product::default() };
    Goods { categories: Vec::new(), products: (1..=count).map(product).collect() }
}

#[tokio::test]
async fn products_come_in_pages() {
    let (shop, _) = start().await;
    let ascending = json!([{ "elementName": "id", "sortDirection": "ASC" }]);
    let page = |page: u64, limit: u64| json!({ "skipDefaultProduct": "y", "ordersBy": ascending, "resultsPage": page, "resultsLimit": limit });
    assert!(search(&shop, page(0, 100)).await.is_empty(207));
    shop.hold(many(205));
    let last = search(&shop, page(2, 100)).await;
    assert_eq!(last.ids(), [201, 202, 203, 204, 205]);
    let told = last.ok();
    let told = ["resultsNumberAll", "resultsNumberPage", "resultsPage", "resultsLimit"]
        .map(|name| told[name].as_u64().unwrap());
    assert_eq!(told, [205, 3, 2, 100]);
    assert!(search(&shop, page(3, 100)).await.is_empty(207));
    assert!(search(&shop, page(u64::MAX, 100)).await.is_empty(207));
    for limit in [0, 101] {
        assert_eq!(search(&shop, page(0, limit)).await.status, 422);
    }
    let mut descending = page(0, 2);
    descending["ordersBy"][0]["sortDirection"] = json!("DESC");
    assert_eq!(search(&shop, descending).await.ids(), [205, 204]);
    for body in ["", "{", "[]", "{}", "{\"params\":1}"] {
        let path = "/api/admin/v7/products/products/search";
        let answer = send(&shop, Method::POST, path, Some(shop.key()), body.to_owned()).await;
        assert_eq!(answer.status, 400, "{body}");
    }
}

#[tokio::test]
async fn the_template_is_a_product_unless_it_is_skipped() {
    let (shop, _) = start().await;
    shop.hold(many(3));
    let first = search(&shop, json!({ "resultsLimit": 2 })).await;
    assert_eq!(first.ids(), [0, 3], "descending, behind the template");
    let told = first.ok();
    assert_eq!((&told["resultsNumberAll"], &told["resultsNumberPage"]), (&json!(4), &json!(2)));
    assert_eq!(told["results"][0]["productDescriptionsLangData"][0]["productName"], "");
    assert_eq!(search(&shop, json!({ "resultsLimit": 2, "resultsPage": 1 })).await.ids(), [2, 1]);
    assert_eq!(search(&shop, json!({ "skipDefaultProduct": "y" })).await.ids(), [3, 2, 1]);
}

#[tokio::test]
async fn only_what_is_asked_for_is_told() {
    let (shop, _) = start().await;
    shop.hold(goods());
    let some = json!([{ "productId": 842 }, { "productId": "7" }, { "productId": 9 }]);
    let told = search(&shop, json!({ "productParams": some, "returnElements": ["code", "vat", "no_such"] }))
        .await
        .ok();
    let rows = json!([
        { "productId": 842, "productDisplayedCode": "SWT", "productVat": 23 },
        { "productId": 7, "productDisplayedCode": "", "productVat": 23 },
    ]);
    assert_eq!((&told["results"], &told["resultsNumberAll"]), (&rows, &json!(2)));
    assert!(search(&shop, json!({ "productParams": [{ "productId": 9 }] })).await.is_empty(207));
    assert!(
        search(&shop, json!({ "skipDefaultProduct": "y", "returnProducts": "deleted" })).await.is_empty(207)
    );
    let by_another_name = search(&shop, json!({ "productIds": [7], "skipDefaultProduct": "y" })).await;
    assert_eq!(by_another_name.ids(), [842, 7], "a wish of an unknown name is no wish");
}

/// What is found by each mode between two days.
async fn found(shop: &iai_sandbox::Shop, begin: &str, end: &str) -> [Vec<u64>; 4] {
    let modes = ["modified", "quantity_changed", "price_changed", "modified_and_quantity_changed"];
    let mut all = Vec::new();
    for mode in modes {
        let date = json!({ "productDateMode": mode, "productDateBegin": begin, "productDateEnd": end });
        let params = |date: Value| json!({ "skipDefaultProduct": "y", "productDate": date });
        let one = search(shop, params(date.clone())).await.ids();
        assert_eq!(search(shop, params(json!([date]))).await.ids(), one, "in a list");
        all.push(one);
    }
    all.try_into().unwrap()
}

#[tokio::test]
async fn a_change_is_found_by_its_kind_and_its_day_in_warsaw() {
    let (shop, clock) = start().await;
    let none = Vec::<u64>::new;
    shop.hold(goods());
    assert_eq!(found(&shop, "2026-02-12", "2026-02-12").await, [vec![842, 7], none(), none(), vec![842, 7]]);
    // A day later in Warsaw, and still the same in Greenwich.
    clock.advance(Duration::from_secs(60));
    shop.hold(goods());
    assert_eq!(
        found(&shop, "2026-02-13", "2026-02-13").await,
        [const { Vec::<u64>::new() }; 4],
        "nothing changed"
    );

    let mut cheaper = goods();
    cheaper.products[0].gross = 99.into();
    cheaper.products[1].sizes[0].stocks = vec![stock(1, "3", 0)];
    shop.hold(cheaper.clone());
    assert_eq!(found(&shop, "2026-02-13", "2026-02-13").await, [none(), vec![7], vec![842], vec![7]]);
    cheaper.products[0].sizes[1].gross = None;
    clock.advance(Duration::from_secs(24 * 60 * 60));
    shop.hold(cheaper.clone());
    assert!(shop.set_level(842, "3", 1.into()) && shop.set_level(7, "uniw", 3.into()));
    assert_eq!(found(&shop, "2026-02-14", "2026-02-20").await, [none(), vec![842], vec![842], vec![842]]);
    clock.advance(Duration::from_secs(24 * 60 * 60));
    cheaper.products = vec![Product { visible: false, ..jumper() }];
    shop.hold(cheaper);
    assert_eq!(found(&shop, "2026-02-15", "2026-02-15").await, [[842]; 4].map(Vec::from), "in every way");
    assert_eq!(
        found(&shop, "2026-02-01", "2026-02-14").await,
        [none(), none(), none(), none()],
        "only the last counts"
    );
    for date in
        [json!({ "productDateMode": "changed" }), json!({}), json!([{ "productDateMode": "modified" }, {}])]
    {
        assert_eq!(search(&shop, json!({ "productDate": date })).await.status, 422);
    }
    for day in ["15.02.2026", "2026-2-15", "2026-02-30", "2026-02-15 00:00:00", ""] {
        let date = json!({ "productDateMode": "modified", "productDateBegin": day });
        assert_eq!(search(&shop, json!({ "productDate": date })).await.status, 422, "{day}");
    }
}
