//! Products that are asked for by their ids.

use connector::{End, Item, Scope};
use serde_json::{Value, json};

use crate::shop::{
    SEARCH, asked, came, forward, front, items, mugs, open, pages, product_id, start, template, these,
    with_body,
};

/// The ids by which the shop was asked, page by page.
fn named(page: &Value) -> Vec<u64> {
    let named = page["productParams"].as_array().expect("products by their ids");
    named.iter().map(|row| row["productId"].as_u64().unwrap()).collect()
}

fn skipped(items: &[Item]) -> Vec<String> {
    let id = |item: &Item| match item {
        Item::Skipped(skip) => Some(skip.product.to_string()),
        _ => None,
    };
    items.iter().filter_map(id).collect()
}

#[tokio::test]
async fn products_are_asked_for_by_a_list_of_their_ids_and_nothing_else_is_read() {
    let shop = start(mugs(1..=250)).await;
    let items = items(&*open(&shop.url(), &[]), these([240, 7, 7, 3])).await.unwrap();
    assert_eq!(came(&items), [3, 7, 240]);
    assert_eq!(items.last(), Some(&Item::End(End::Complete)));
    let pages = pages(&shop);
    assert_eq!(pages.len(), 1);
    assert_eq!(
        pages[0]["productParams"],
        json!([{ "productId": 3 }, { "productId": 7 }, { "productId": 240 }])
    );
}

#[tokio::test]
async fn more_than_a_hundred_are_asked_for_in_lists_of_a_hundred() {
    let shop = start(mugs(1..=250)).await;
    let items = items(&*open(&shop.url(), &[]), these(1..=250)).await.unwrap();
    let mut all = came(&items);
    all.sort_unstable();
    assert_eq!(all, (1..=250).collect::<Vec<_>>());
    let mut sizes: Vec<usize> = pages(&shop).iter().map(|page| named(page).len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [50, 100, 100]);
}

#[tokio::test]
async fn what_the_shop_does_not_have_is_told_and_nothing_is_made_of_it() {
    let shop = start(mugs(1..=5)).await;
    let ids = ["2", "9", "KUB-1", "0", "02", "4"].map(product_id).to_vec();
    let items = items(&*open(&shop.url(), &[]), Scope::Products(ids)).await.unwrap();
    assert_eq!(came(&items), [2, 4]);
    let mut skipped = skipped(&items);
    skipped.sort_unstable();
    assert_eq!(skipped, ["0", "02", "9", "KUB-1"]);
    assert_eq!(named(&pages(&shop)[0]), [2, 4, 9], "an id of another platform was asked for");
    assert_eq!(items.last(), Some(&Item::End(End::Complete)));
}

#[tokio::test]
async fn a_shop_that_ignores_the_question_doubles_nothing() {
    let shop = start(mugs(1..=90)).await;
    let url = shop.url();
    let server = front(&shop, move |request| {
        let mut body = asked(request);
        let is_named = request.url.path() == SEARCH && body["params"].get("productParams").is_some();
        is_named.then(|| {
            body["params"].as_object_mut().unwrap().remove("productParams");
            template(&forward(&url, &with_body(request, &body)))
        })
    })
    .await;
    let items = items(&*open(&server.uri(), &[]), these([80, 3])).await.unwrap();
    assert_eq!(came(&items), [3, 80]);
    assert_eq!(items.len(), 3, "something beside them: {items:?}");
}

#[tokio::test]
async fn none_is_asked_for_where_none_is_wanted() {
    let shop = start(mugs(1..=5)).await;
    let items = items(&*open(&shop.url(), &[]), these([])).await.unwrap();
    assert_eq!(items, [Item::End(End::Complete)]);
    assert_eq!(pages(&shop), Vec::<Value>::new());
}
