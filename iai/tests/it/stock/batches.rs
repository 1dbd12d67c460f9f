//! Several levels at once.

use serde_json::{Value, json};

use super::{adjust, documents, lies, words};
use crate::shop::{SEARCH, STOCKS, calls, mugs, of_sizes, open, size, start};

#[tokio::test]
async fn several_sizes_and_products_go_in_one_document() {
    let sizes = || vec![size("S", &[(1, "3", "0")]), size("M", &[(1, "1", "0"), (2, "4", "0")])];
    let shop = start(vec![of_sizes(1, sizes()), of_sizes(2, sizes())]).await;
    let outcomes = open(&shop.url(), &[])
        .adjust_stock(&[
            adjust(1, "S", "3", "4"),
            adjust(2, "M", "5", "2"),
            adjust(1, "M", "5", "6"),
            adjust(2, "S", "3", "0"),
        ])
        .await;
    assert_eq!(words(&outcomes), ["done 4", "done 2", "done 6", "done 0"]);
    let size = |index: &str, stocks: Value| {
        json!({
            "ident": { "identType": "index", "identValue": index },
            "quantity": { "stocks": stocks },
        })
    };
    let stock = |id: u64, operation: &str, quantity: u64| {
        json!({
            "stock_id": id,
            "quantity_operation": { "operation": operation, "quantity": quantity },
        })
    };
    let product = |id: &str, sizes: [Value; 2]| json!({ "ident": { "identType": "id", "identValue": id }, "sizes": sizes });
    let wanted = vec![
        product("1", [size("1-S", json!([stock(1, "add", 1)])), size("1-M", json!([stock(1, "add", 1)]))]),
        product(
            "2",
            [
                size("2-M", json!([stock(1, "substract", 1), stock(2, "substract", 2)])),
                size("2-S", json!([stock(1, "substract", 3)])),
            ],
        ),
    ];
    assert_eq!(documents(&shop), [wanted]);
    assert_eq!(calls(&shop, SEARCH).len(), 2, "one look before, one behind");
}

#[tokio::test]
async fn a_hundred_adjustments_cost_three_requests() {
    let shop = start(mugs(1..=101)).await;
    let platform = open(&shop.url(), &[]);
    let all: Vec<_> = (1..=101).map(|id| adjust(id, "uniw", "5", "4")).collect();
    let outcomes = platform.adjust_stock(&all[..100]).await;
    assert_eq!(words(&outcomes), vec!["done 4"; 100]);
    let paths: Vec<String> = shop.calls().into_iter().map(|call| call.path).collect();
    assert_eq!(paths, [SEARCH, STOCKS, SEARCH]);
    assert_eq!(platform.requests(), 3);

    shop.forget_calls();
    let again: Vec<_> =
        (1..=101).map(|id| adjust(id, "uniw", if id == 101 { "5" } else { "4" }, "3")).collect();
    assert_eq!(words(&platform.adjust_stock(&again).await), vec!["done 3"; 101]);
    assert_eq!(shop.calls().len(), 6, "the next one begins three more");
}

#[tokio::test]
async fn of_several_only_those_are_sent_that_are_as_they_were_read() {
    let shop = start(mugs(1..=3)).await;
    let outcomes = open(&shop.url(), &[])
        .adjust_stock(&[
            adjust(1, "uniw", "5", "4"),
            adjust(2, "uniw", "4", "3"),
            adjust(3, "uniw", "5", "9"),
        ])
        .await;
    assert_eq!(words(&outcomes), ["done 4", "moved 5", "done 9"]);
    let sent = documents(&shop).concat();
    let ids: Vec<_> = sent.iter().map(|product| product["ident"]["identValue"].clone()).collect();
    assert_eq!(ids, ["1", "3"]);
    assert_eq!(lies(&shop, 2, "uniw", 1), "5");
}

#[tokio::test]
async fn outcomes_are_in_the_order_of_the_adjustments() {
    let shop = start(mugs(1..=150)).await;
    // From the last to the first, and each to a level of its own.
    let all: Vec<_> = (1..=150).rev().map(|id| adjust(id, "uniw", "5", &(id + 5).to_string())).collect();
    let outcomes = open(&shop.url(), &[]).adjust_stock(&all).await;
    let wanted: Vec<String> = (1..=150).rev().map(|id| format!("done {}", id + 5)).collect();
    assert_eq!(words(&outcomes), wanted);
    for id in 1..=150 {
        assert_eq!(lies(&shop, id, "uniw", 1), (id + 5).to_string());
    }
}

#[tokio::test]
async fn by_the_same_adjustment_twice_nothing_is_done_twice() {
    let shop = start(mugs([1])).await;
    let platform = open(&shop.url(), &[]);
    let sale = [adjust(1, "uniw", "5", "4")];
    assert_eq!(words(&platform.adjust_stock(&sale).await), ["done 4"]);
    assert_eq!(words(&platform.adjust_stock(&sale).await), ["moved 4"]);
    assert_eq!(lies(&shop, 1, "uniw", 1), "4");
}
