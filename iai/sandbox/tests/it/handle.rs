//! What the handle tells and changes.

use http::Method;
use iai_sandbox::{Options, Shop};
use serde_json::{Value, json};

use crate::client::{gate, get, goods, search, send, start, stock};

#[tokio::test]
async fn a_level_is_what_is_free_in_the_own_stocks() {
    let (shop, _) = start().await;
    shop.hold(goods());
    assert_eq!(shop.level(842, "3"), Some("2.5".parse().unwrap()));
    assert_eq!(shop.level(842, "4"), Some(0.into()), "the supplier's is not the shop's");
    assert!(shop.set_level(842, "3", 10.into()) && shop.set_level(842, "4", 3.into()));
    assert_eq!((shop.level(842, "3"), shop.level(842, "4")), (Some(10.into()), Some(3.into())));
    assert_eq!((shop.quantity(842, "3", 1), shop.quantity(842, "3", 2)), (Some(13.into()), Some(0.into())));
    assert_eq!((shop.quantity(842, "4", 0), shop.quantity(842, "4", 1)), (Some(7.into()), Some(3.into())));
    assert!(shop.set_stock(842, "4", stock(5, "1", 2)) && shop.set_stock(842, "4", stock(1, "9", 0)));
    assert_eq!(shop.level(842, "4"), Some(8.into()));
    assert_eq!((shop.level(842, "5"), shop.level(8, "3"), shop.quantity(842, "4", 2)), (None, None, None));
    assert!(!shop.set_level(842, "5", 1.into()) && !shop.set_stock(8, "3", stock(1, "1", 0)));
}

#[tokio::test]
async fn calls_are_taken_down_where_that_is_wanted() {
    let shop = Shop::start(Options { keep_calls: true, ..Options::default() }).await.unwrap();
    get(&shop, "products/categories?results_page=4").await;
    search(&shop, json!({ "resultsLimit": 7 })).await;
    gate(&shop, "no/such/1/json", "", json!({})).await;
    send(&shop, Method::GET, "/data/gfx/pictures/1.png", None, String::new()).await;
    let calls = shop.calls();
    let told: Vec<_> =
        calls.iter().map(|call| (call.method.as_str(), call.path.as_str(), call.status)).collect();
    let found = ("POST", "/api/admin/v7/products/products/search", 200);
    assert_eq!(told, [("GET", "/api/admin/v7/products/categories", 207), found, ("POST", "/api/", 404)]);
    let queries = [0, 1, 2].map(|place: usize| calls[place].query.as_str());
    assert_eq!(queries, ["results_page=4", "", "gate=no/such/1/json"]);
    assert_eq!((&calls[0].body, &calls[1].body["params"]["resultsLimit"]), (&Value::Null, &json!(7)));
    shop.forget_calls();
    assert!(shop.calls().is_empty());
    let (forgetful, _) = start().await;
    get(&forgetful, "sizes/sizes").await;
    assert!(forgetful.calls().is_empty());
}
