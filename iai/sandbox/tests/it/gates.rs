//! The older gates.

use std::time::Duration;

use serde_json::json;

use crate::client::{gate, goods, search, start};

/// The keys of the password `FAKE-PASSWORD`, reckoned elsewhere.
const ON_FEB_12: &str = "f38b92d1598581ae696e2d7432552fa339843ee8";
const ON_FEB_13: &str = "9292d9481df2116916b75a7b936fd4d34b5c33d5";

#[tokio::test]
async fn the_key_is_that_of_the_day_in_warsaw() {
    let (shop, clock) = start().await;
    shop.hold(goods());
    let refused = json!({ "errors": { "faultCode": 1, "faultString": "Login failed" } });
    let params = || json!({ "skipDefaultProduct": "y" });
    for (today, others) in [(ON_FEB_12, [ON_FEB_13, ""]), (ON_FEB_13, [ON_FEB_12, shop.password()])] {
        assert_eq!(gate(&shop, "products/get/142/json", today, params()).await.ids(), [842, 7]);
        for key in others {
            assert_eq!(gate(&shop, "products/get/142/json", key, params()).await.ok(), refused);
        }
        clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn gates_answer_as_the_calls_that_they_are() {
    let (shop, _) = start().await;
    assert!(
        gate(&shop, "products/get/100/json", ON_FEB_12, json!({ "skipDefaultProduct": "y" }))
            .await
            .is_empty(200)
    );
    assert!(gate(&shop, "productscategories/get/100/json", ON_FEB_12, json!({})).await.is_empty(200));
    shop.hold(goods());
    let params = || json!({ "resultsLimit": 2, "returnElements": ["lang_data", "quantities"] });
    let answer = gate(&shop, "products%2Fget%2F142%2Fjson&lang=pol", ON_FEB_12, params()).await;
    assert_eq!(answer.ok(), search(&shop, params()).await.ok());
    let params = json!({ "results_page": 1, "results_limit": "1" });
    let categories = gate(&shop, "productscategories/get/142/json", ON_FEB_12, params).await.ok();
    assert_eq!(
        (&categories["categories"][0]["id"], &categories["results_number_page"]),
        (&json!(117), &json!(2))
    );

    let stocks =
        json!([{ "stock_id": 1, "quantity_operation": { "operation": "substract", "quantity": 2 } }]);
    let size = json!({ "ident": { "identType": "index", "identValue": "7-uniw" }, "quantity": { "stocks": stocks } });
    let product = json!({ "ident": { "identType": "id", "identValue": "7" }, "sizes": [size] });
    let answer =
        gate(&shop, "productsstocks/set/142/json", ON_FEB_12, json!({ "products": [product] })).await.ok();
    assert_eq!(
        (&answer["isErrors"], &answer["results"][0]["sizes"][0]["error"]["faultCode"]),
        (&json!(true), &json!(20))
    );
}

#[tokio::test]
async fn other_gates_are_nothing() {
    let (shop, _) = start().await;
    for name in
        ["products/get/99/json", "products/get/x/json", "products/get/142/xml", "products/set/142/json", ""]
    {
        assert_eq!(gate(&shop, name, ON_FEB_12, json!({})).await.status, 404, "{name}");
    }
}
