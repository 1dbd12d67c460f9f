//! Changes of stock.

use http::Method;
use iai_sandbox::Shop;
use serde_json::{Value, json};

use crate::client::{Answer, goods, send, start};

async fn put(shop: &Shop, products: Value) -> Answer {
    let body = json!({ "params": { "products": products } }).to_string();
    send(shop, Method::PUT, "/api/admin/v7/products/stocks", Some(shop.key()), body).await
}

fn operation(stock: u64, operation: &str, quantity: impl Into<Value>) -> Value {
    json!({ "stock_id": stock, "quantity_operation": { "operation": operation, "quantity": quantity.into() } })
}

fn size(kind: &str, value: &str, operations: &[Value]) -> Value {
    json!({ "ident": { "identType": kind, "identValue": value }, "quantity": { "stocks": operations } })
}

fn product(id: &str, sizes: &[Value]) -> Value {
    json!({ "ident": { "identType": "id", "identValue": id }, "sizes": sizes })
}

fn quantity(shop: &Shop, size: &str, stock: u64) -> Option<String> {
    shop.quantity(842, size, stock).map(|quantity| quantity.normalize().to_string())
}

#[tokio::test]
async fn operations_change_what_lies_there() {
    let (shop, _) = start().await;
    shop.hold(goods());
    let first = [operation(1, "substract", "1.25"), operation(3, "set", 4), operation(3, "add", 2)];
    let sizes = [size("index", "842-3", &first), size("codeExtern", "SWT-L", &[operation(0, "set", 0)])];
    let answer = put(&shop, json!([product("842", &sizes)])).await.ok();
    let done =
        |size: &Value| json!({ "ident": size["ident"], "error": { "faultCode": 0, "faultString": "" } });
    let ident = json!({ "identType": "id", "identValue": "842" });
    let result = json!({ "ident": ident, "sizes": sizes.iter().map(done).collect::<Vec<_>>(), "isSizesErrors": false });
    assert_eq!(answer, json!({ "results": [result], "isErrors": false }));
    let told =
        [("3", 1), ("3", 2), ("3", 3), ("4", 0), ("4", 1)].map(|(size, stock)| quantity(&shop, size, stock));
    assert_eq!(
        told,
        [Some("4.25"), Some("0"), Some("6"), Some("0"), None].map(|told| told.map(str::to_owned))
    );
    assert_eq!(shop.level(842, "3"), Some("7.25".parse().unwrap()), "less what is reserved");
}

#[tokio::test]
async fn a_size_that_fails_is_left_as_it_is_and_no_other() {
    let (shop, _) = start().await;
    shop.hold(goods());
    let add = || operation(1, "add", 1);
    let failing = [
        (size("index", "842-3", &[add(), operation(1, "substract", 7)]), 20),
        (size("index", "842-3", &[add(), operation(2, "substract", "0.5")]), 20),
        (size("index", "842-3", &[add(), operation(1, "subtract", 1)]), 21),
        (size("index", "842-3", &[add(), operation(1, "add", -1)]), 21),
        (size("index", "842-3", &[add(), operation(1, "add", "some")]), 21),
        (size("index", "842-9", &[add()]), 5),
        (size("index", "7-uniw", &[add()]), 5),
        (size("index", "842", &[add()]), 5),
        (size("codeExtern", "SWT", &[add()]), 5),
        (size("name", "M", &[add()]), 5),
        (json!({ "ident": { "identType": "index", "identValue": "842-3" } }), 21),
    ];
    for (failing, code) in failing {
        let sizes = [failing.clone(), size("index", "842-4", &[add()])];
        let answer = put(&shop, json!([product("842", &sizes), product("7", &[])])).await;
        assert_eq!(answer.status, 207, "{failing}");
        let answer = answer.json();
        let codes =
            [0, 1].map(|place| answer["results"][0]["sizes"][place]["error"]["faultCode"].as_i64().unwrap());
        assert_eq!(codes, [code, 0], "{failing}");
        let wrong = [
            &answer["isErrors"],
            &answer["results"][0]["isSizesErrors"],
            &answer["results"][1]["isSizesErrors"],
        ];
        assert_eq!(wrong, [true, true, false]);
        assert_eq!(quantity(&shop, "3", 1), Some("5.5".to_owned()), "{failing}");
    }
    assert_eq!(quantity(&shop, "4", 1), Some("11".to_owned()), "the other size each time");
}

#[tokio::test]
async fn a_product_that_is_unknown_fails_alone() {
    let (shop, _) = start().await;
    shop.hold(goods());
    let known = product("7", &[size("index", "7-uniw", &[operation(1, "add", 1)])]);
    let answer = put(&shop, json!([product("8", &[]), known])).await;
    let ident = json!({ "identType": "id", "identValue": "8" });
    let error = json!({ "faultCode": 4, "faultString": "Incorrect product" });
    let unknown = json!({ "ident": ident, "error": error, "sizes": [], "isSizesErrors": true });
    assert_eq!((answer.status.as_u16(), &answer.json()["results"][0]), (207, &unknown));
    assert_eq!(shop.level(7, "uniw"), Some(2.into()));
    for body in ["", "{}", "{\"params\":{}}"] {
        let path = "/api/admin/v7/products/stocks";
        assert_eq!(send(&shop, Method::PUT, path, Some(shop.key()), body.to_owned()).await.status, 400);
    }
}
