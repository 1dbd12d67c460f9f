//! Levels, as they are read.

use connector::{End, Scope};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::told;
use crate::shop::{
    SEARCH, asked, calls, forward, front, is_page, mug, mugs, of_sizes, open, pages, product_id, size, start,
    these,
};

/// A mug in the supplier's stock and two own ones, of some of which orders have reserved something.
fn in_three_stocks() -> Vec<iai_sandbox::Product> {
    vec![of_sizes(1, vec![size("uniw", &[(0, "50", "5"), (1, "5", "2"), (2, "4.5", "1")])])]
}

#[tokio::test]
async fn all_own_stocks_count_without_what_orders_have_reserved() {
    let shop = start(in_three_stocks()).await;
    let told = told(&*open(&shop.url(), &[]), Scope::All).await.unwrap();
    assert_eq!(told.of(1), [("uniw", "6.5".to_owned())]);
    assert_eq!(told.end, End::Complete);
    assert_eq!(shop.level(1, "uniw"), told.levels.values().next().copied(), "the shop's own reckoning");
}

#[tokio::test]
async fn of_chosen_stocks_only_these_count_and_the_suppliers_too_when_it_is_chosen() {
    let shop = start(in_three_stocks()).await;
    for (stocks, level) in
        [("2", "3.5"), ("1", "3"), ("2,1", "6.5"), ("0", "45"), ("2,0", "48.5"), ("7", "0")]
    {
        let told = told(&*open(&shop.url(), &[("IAI_STOCKS", stocks)]), Scope::All).await.unwrap();
        assert_eq!(told.of(1), [("uniw", level.to_owned())], "of the stocks {stocks}");
    }
}

#[tokio::test]
async fn sizes_of_which_nothing_lies_anywhere_are_sold_out() {
    let some = of_sizes(1, vec![size("S", &[]), size("M", &[(1, "3", "0")]), size("L", &[])]);
    let none = of_sizes(2, vec![size("S", &[]), size("M", &[(1, "0", "0")])]);
    let shop = start(vec![some, none]).await;
    let told = told(&*open(&shop.url(), &[]), Scope::All).await.unwrap();
    let level = |size, level: &str| (size, level.to_owned());
    assert_eq!(told.of(1), [level("L", "0"), level("M", "3"), level("S", "0")]);
    assert_eq!(told.of(2), [level("M", "0"), level("S", "0")]);
    assert_eq!((told.unclear, told.end), (vec![], End::Complete));
}

#[tokio::test]
async fn what_is_reserved_beyond_what_lies_there_is_owed() {
    let shop = start(vec![
        of_sizes(1, vec![size("uniw", &[(1, "1", "3")])]),
        of_sizes(2, vec![size("uniw", &[(1, "0", "2"), (2, "5", "0")])]),
    ])
    .await;
    let told = told(&*open(&shop.url(), &[]), Scope::All).await.unwrap();
    assert_eq!(told.of(1), [("uniw", "-2".to_owned())]);
    assert_eq!(told.of(2), [("uniw", "3".to_owned())], "a reservation in a stock that is empty was missed");
}

/// Whether a search would tell more than the id of this product.
fn would_tell(body: &Value, product: u64) -> bool {
    let named = body["params"]["productParams"].as_array();
    let is_asked = named.is_none_or(|named| named.iter().any(|row| row["productId"] == product));
    is_page(body) && is_asked && body["params"]["returnElements"] != json!(["deleted"])
}

#[tokio::test]
async fn a_product_at_which_the_shop_fails_is_unclear_and_the_end_partial() {
    let shop = start(mugs(1..=120)).await;
    let server = front(&shop, |request| {
        would_tell(&asked(request), 77).then(|| ResponseTemplate::new(500).set_body_string("Fatal error"))
    })
    .await;
    let told = told(&*open(&server.uri(), &[]), Scope::All).await.unwrap();
    assert_eq!(told.unclear, [("77".to_owned(), None)]);
    assert_eq!((told.levels.len(), told.end), (119, End::Partial));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_makes_its_size_unclear_and_no_other() {
    let sizes = || vec![size("S", &[(1, "3", "0")]), size("M", &[(1, "4", "0")])];
    let shop = start(vec![of_sizes(1, sizes()), of_sizes(2, sizes()), mug(3)]).await;
    let url = shop.url();
    let server = front(&shop, move |request| {
        let is_one = request.url.path() == SEARCH && is_page(&asked(request));
        let answer = is_one.then(|| forward(&url, request)).filter(|answer| answer.status == 200)?;
        let mut body = answer.json();
        body["results"][0]["productStocksData"]["productStocksQuantities"][0]["productSizesData"][1]
            ["productSizeQuantity"] = json!("kilka");
        body["results"][1].as_object_mut().unwrap().remove("productStocksData");
        Some(answer.with(&body))
    })
    .await;
    let told = told(&*open(&server.uri(), &[]), Scope::All).await.unwrap();
    assert_eq!(told.unclear, [("1".to_owned(), Some("M".to_owned())), ("2".to_owned(), None)]);
    assert_eq!(told.of(1), [("S", "3".to_owned())]);
    assert_eq!(told.of(3), [("uniw", "5".to_owned())]);
    // The shop has them, and did not fail: what does not come of such a stream is gone.
    assert_eq!(told.end, End::Complete);
}

#[tokio::test]
async fn of_chosen_products_those_come_that_the_shop_has() {
    let shop = start(mugs(1..=5)).await;
    let platform = open(&shop.url(), &[]);
    let told = told(&*platform, these([4, 2, 9, 2])).await.unwrap();
    let ids: Vec<&str> = told.levels.keys().map(|(product, _)| product.as_str()).collect();
    assert_eq!((ids, told.unclear, told.end), (vec!["2", "4"], vec![], End::Complete));
    let asked: Vec<Value> = pages(&shop).iter().map(|page| page["productParams"].clone()).collect();
    assert_eq!(asked, [json!([{ "productId": 2 }, { "productId": 4 }, { "productId": 9 }])]);
}

#[tokio::test]
async fn ids_that_are_none_of_this_platforms_are_not_asked_for() {
    let shop = start(mugs(1..=2)).await;
    let ids = ["0", "02", "+2", "-1", "2x", "99999999999999999999", "x"].map(product_id);
    let told = told(&*open(&shop.url(), &[]), Scope::Products(ids.to_vec())).await.unwrap();
    assert_eq!((told.levels.len(), told.unclear, told.end), (0, vec![], End::Complete));
    assert_eq!(pages(&shop), Vec::<Value>::new());
}

#[tokio::test]
async fn levels_are_read_by_the_page_and_without_texts() {
    let shop = start(mugs(1..=201)).await;
    let told = told(&*open(&shop.url(), &[]), Scope::All).await.unwrap();
    assert_eq!(told.levels.len(), 201);
    let pages = pages(&shop);
    assert_eq!(pages.len(), 4, "three pages, and one behind the last product");
    let elements = json!(["product_type", "sizes", "sizes_attributes", "quantities"]);
    assert!(pages.iter().all(|page| page["returnElements"] == elements), "{pages:?}");
    assert_eq!(calls(&shop, "/api/admin/v7/products/categories"), []);
}
