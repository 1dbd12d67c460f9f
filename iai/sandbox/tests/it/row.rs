//! What is told of a product.

use http::Method;
use serde_json::{Value, json};

use crate::client::{goods, search, send, start, stock};

async fn row(shop: &iai_sandbox::Shop, with_reserved: bool) -> Value {
    let only = json!([{ "productId": 842 }]);
    let params = json!({ "productParams": only, "returnEmptyStocksWithReservation": with_reserved });
    search(shop, params).await.ok()["results"][0].clone()
}

#[tokio::test]
async fn a_product_is_told_with_all_its_elements() {
    let (shop, _) = start().await;
    let mut goods = goods();
    goods.products[1].version = Some(iai_sandbox::Version { parent: 842, ..Default::default() });
    shop.hold(goods);
    let row = row(&shop, false).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&row).unwrap());
}

fn stocks(row: &Value) -> Vec<u64> {
    let stocks = row["productStocksData"]["productStocksQuantities"].as_array().unwrap();
    stocks.iter().map(|stock| stock["stockId"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn an_empty_stock_is_told_only_for_its_reservations() {
    let (shop, _) = start().await;
    shop.hold(goods());
    assert_eq!(stocks(&row(&shop, false).await), [0, 1]);
    let told = row(&shop, true).await;
    assert_eq!(stocks(&told), [0, 1, 2]);
    let reserved = told.pointer("/productStocksData/productStocksQuantities/2/productSizesData/0");
    let reserved = reserved.unwrap();
    assert_eq!(reserved["productSizeReservations"]["productSizeReservationOrder"], 1);
    assert_eq!((&reserved["sizeId"], &reserved["productSizeQuantity"]), (&json!("3"), &json!(0)));
    shop.set_stock(842, "3", stock(1, "0", 0));
    shop.set_stock(842, "3", stock(2, "0", 0));
    assert_eq!(stocks(&row(&shop, true).await), [0]);
}

#[tokio::test]
async fn pictures_need_no_key_but_a_product_that_shows_them() {
    let (shop, _) = start().await;
    shop.hold(goods());
    let url =
        row(&shop, false).await["productImages"][1]["productImageLargeUrl"].as_str().unwrap().to_owned();
    let path = url.strip_prefix("http://sklep.example:81").unwrap();
    let answer = send(&shop, Method::GET, path, None, String::new()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    assert_eq!(answer.body, shop.picture(8422));
    for path in ["/data/gfx/pictures/9.png", "/data/gfx/pictures/8422", "/data/gfx/pictures/.png"] {
        assert_eq!(send(&shop, Method::GET, path, None, String::new()).await.status, 404, "{path}");
    }
    shop.hold(iai_sandbox::Goods::default());
    assert_eq!(send(&shop, Method::GET, path, None, String::new()).await.status, 404);
}
