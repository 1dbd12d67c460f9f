//! Changes of which the shop refuses some, by its answer or without a word.

use std::sync::Arc;

use iai_sandbox::{Goods, Shop};
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use super::{adjust, lies, words};
use crate::shop::{STOCKS, asked, calls, forward, front, mugs, of_sizes, open, size, start, with_body};

fn is_put(request: &Request) -> bool {
    request.url.path() == STOCKS
}

/// A document of changes without that of a size.
fn without(body: &Value, index: &str) -> Value {
    let mut body = body.clone();
    for product in body["params"]["products"].as_array_mut().unwrap() {
        let sizes = product["sizes"].as_array_mut().unwrap();
        sizes.retain(|size| size["ident"]["identValue"] != index);
    }
    body
}

/// What a shop in which a change of this size is not done answers, with what it says of that.
fn refusing(url: &str, request: &Request, index: &str, size: Option<Value>) -> ResponseTemplate {
    let answer = forward(url, &with_body(request, &without(&asked(request), index)));
    let mut body = answer.json();
    if let Some(size) = size {
        let (product, _) = index.split_once('-').unwrap();
        let results = body["results"].as_array_mut().unwrap();
        let product = results.iter_mut().find(|told| told["ident"]["identValue"] == product).unwrap();
        product["sizes"].as_array_mut().unwrap().push(size);
        (product["isSizesErrors"], body["isErrors"]) = (json!(true), json!(true));
    }
    ResponseTemplate::new(207).set_body_json(body)
}

fn two_and_one() -> Vec<iai_sandbox::Product> {
    let sizes = vec![size("S", &[(1, "5", "0")]), size("M", &[(1, "5", "0")])];
    vec![of_sizes(1, sizes), of_sizes(2, vec![size("S", &[(1, "5", "0")])])]
}

/// Takes one of each size of a shop whose changes `rule` answers.
async fn adjusted(
    rule: impl Fn(&str, &Request) -> ResponseTemplate + Send + Sync + 'static,
) -> (Arc<Shop>, Vec<String>) {
    let shop = start(two_and_one()).await;
    let url = shop.url();
    let server = front(&shop, move |request| is_put(request).then(|| rule(&url, request))).await;
    let outcomes = open(&server.uri(), &[])
        .adjust_stock(&[adjust(1, "S", "5", "4"), adjust(1, "M", "5", "4"), adjust(2, "S", "5", "4")])
        .await;
    let puts = server.received_requests().await.unwrap().into_iter().filter(is_put).count();
    assert_eq!(puts, 1, "it was sent once more");
    (shop, words(&outcomes))
}

#[tokio::test]
async fn a_size_that_is_refused_is_told_in_the_shops_words_and_the_others_are_done() {
    let (shop, outcomes) = adjusted(|url, request| {
        let error = json!({ "faultCode": 20, "faultString": "Not enough products in stock" });
        let ident = json!({ "identType": "index", "identValue": "1-M" });
        refusing(url, request, "1-M", Some(json!({ "ident": ident, "error": error })))
    })
    .await;
    let refused = "refused: the shop refuses it (fault 20): Not enough products in stock";
    assert_eq!(outcomes, ["done 4", refused, "done 4"]);
    assert_eq!((lies(&shop, 1, "M", 1), lies(&shop, 1, "S", 1)), ("5".to_owned(), "4".to_owned()));
}

#[tokio::test]
async fn a_product_that_is_refused_is_so_in_all_its_sizes() {
    let shop = start(two_and_one()).await;
    let (url, held) = (shop.url(), Arc::clone(&shop));
    let server = front(&shop, move |request| {
        is_put(request).then(|| {
            // It is thrown away between the look and the change.
            held.hold(Goods { products: two_and_one().split_off(1), ..Goods::default() });
            crate::shop::template(&forward(&url, request))
        })
    })
    .await;
    let outcomes = open(&server.uri(), &[])
        .adjust_stock(&[adjust(1, "S", "5", "4"), adjust(2, "S", "5", "4"), adjust(1, "M", "5", "4")])
        .await;
    let refused = "refused: the shop refuses it (fault 4): Incorrect product";
    assert_eq!(words(&outcomes), [refused, "done 4", refused]);
    assert_eq!(calls(&shop, STOCKS)[0].status, 207);
}

#[tokio::test]
async fn an_error_of_a_product_counts_for_a_size_that_tells_none() {
    let (_, outcomes) = adjusted(|_, request| {
        let products = asked(request)["params"]["products"].as_array().unwrap().clone();
        let result = |told: &Value| {
            json!({
                "ident": told["ident"],
                "error": { "faultCode": 6, "faultString": "Product is locked" },
                "sizes": told["sizes"].as_array().unwrap().iter().map(|size| json!({ "ident": size["ident"] })).collect::<Vec<_>>(),
            })
        };
        let results: Vec<Value> = products.iter().map(result).collect();
        ResponseTemplate::new(207).set_body_json(json!({ "results": results, "isErrors": true }))
    })
    .await;
    assert_eq!(outcomes, ["refused: the shop refuses it (fault 6): Product is locked"; 3]);
}

#[tokio::test]
async fn a_size_of_which_nothing_is_said_and_that_shows_its_old_level_is_unknown() {
    let (shop, outcomes) = adjusted(|url, request| refusing(url, request, "1-M", None)).await;
    let unknown = "unknown: the shop does not tell what became of the change k1xM";
    assert_eq!(outcomes, ["done 4", unknown, "done 4"]);
    assert_eq!(lies(&shop, 1, "M", 1), "5");
}

#[tokio::test]
async fn a_size_of_which_nothing_is_said_and_that_shows_the_new_level_is_done() {
    for silence in ["a size", "a product", "everything"] {
        let (_, outcomes) = adjusted(move |url, request| {
            let answer = forward(url, request);
            let mut body = answer.json();
            let results = body["results"].as_array_mut().unwrap();
            match silence {
                "a size" => results[0]["sizes"].as_array_mut().unwrap().truncate(1),
                "a product" => results.truncate(1),
                _ => results.clear(),
            }
            answer.with(&body)
        })
        .await;
        assert_eq!(outcomes, ["done 4"; 3], "without {silence}");
    }
}

#[tokio::test]
async fn a_change_that_the_shop_says_it_did_and_that_nobody_sees_is_unknown() {
    let (_, outcomes) = adjusted(|url, request| {
        let ident = json!({ "identType": "index", "identValue": "1-M" });
        let error = json!({ "faultCode": 0, "faultString": "" });
        refusing(url, request, "1-M", Some(json!({ "ident": ident, "error": error })))
    })
    .await;
    assert_eq!(outcomes[0], "done 4");
    assert_eq!(outcomes[1], "unknown: the shop took a change by -1 and shows 5 as before");
}

#[tokio::test]
async fn numbers_and_texts_name_the_same_in_an_answer() {
    let (_, outcomes) = adjusted(|url, request| {
        let answer = forward(url, request);
        let mut body = answer.json();
        for product in body["results"].as_array_mut().unwrap() {
            let id: u64 = product["ident"]["identValue"].as_str().unwrap().parse().unwrap();
            product["ident"]["identValue"] = json!(id);
            // As PHP writes what there is none of.
            product["error"] = json!([]);
            for size in product["sizes"].as_array_mut().unwrap() {
                size["error"]["faultCode"] = json!("0");
            }
        }
        answer.with(&body)
    })
    .await;
    assert_eq!(outcomes, ["done 4"; 3]);
}

#[tokio::test]
async fn a_sale_between_the_look_and_the_change_is_told_as_what_is_shown() {
    for (sold, outcome) in [
        // Two of five were sold, and then one is taken.
        ("3", "done 2"),
        // All were sold, so that the shop refuses.
        ("0", "moved 0"),
        // What came in was sold for.
        ("9", "done 8"),
    ] {
        let shop = start(mugs([1])).await;
        let (url, held) = (shop.url(), Arc::clone(&shop));
        let server = front(&shop, move |request| {
            is_put(request).then(|| {
                held.set_level(1, "uniw", sold.parse().unwrap());
                crate::shop::template(&forward(&url, request))
            })
        })
        .await;
        let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "4")]).await;
        assert_eq!(words(&outcomes), [outcome], "when {sold} were left");
        assert_eq!(calls(&shop, STOCKS).len(), 1);
    }
}

/// Takes one of 1-M in a shop that refuses it with these words, while it sells so many by itself.
async fn refused_with(words_of_shop: String, sold: u64) -> Vec<String> {
    let shop = start(two_and_one()).await;
    let (url, held) = (shop.url(), Arc::clone(&shop));
    let server = front(&shop, move |request| {
        is_put(request).then(|| {
            assert!(held.set_level(1, "M", (5 - sold).into()));
            let error = json!({ "faultCode": 21, "faultString": words_of_shop });
            let ident = json!({ "identType": "index", "identValue": "1-M" });
            refusing(&url, request, "1-M", Some(json!({ "ident": ident, "error": error })))
        })
    })
    .await;
    words(&open(&server.uri(), &[]).adjust_stock(&[adjust(1, "M", "5", "4")]).await)
}

#[tokio::test]
async fn a_change_that_is_refused_is_not_done_by_a_sale_that_leaves_the_same_level() {
    assert_eq!(refused_with("No".to_owned(), 1).await, ["moved 4"]);
    assert_eq!(refused_with("No".to_owned(), 0).await, ["refused: the shop refuses it (fault 21): No"]);
}

#[tokio::test]
async fn the_words_of_a_refusal_are_told_short_and_without_the_key() {
    let outcomes = refused_with(format!("{} {}", crate::shop::KEY, "no ".repeat(2000)), 0).await;
    assert!(outcomes[0].starts_with("refused: the shop refuses it (fault 21): *** no no"), "{outcomes:?}");
    assert!(outcomes[0].chars().count() < 400, "{outcomes:?}");
}

#[tokio::test]
async fn a_set_whose_level_the_shop_reckons_is_left_alone() {
    let mut goods = two_and_one();
    goods[0].product_type = "product_bundle".to_owned();
    let shop = start(goods).await;
    let platform = open(&shop.url(), &[]);
    let outcomes = platform.adjust_stock(&[adjust(1, "S", "5", "4"), adjust(2, "S", "5", "4")]).await;
    let set = "refused: it is made of other products, from whose levels the shop reckons its own";
    assert_eq!(words(&outcomes), [set, "done 4"]);
    assert_eq!(lies(&shop, 1, "S", 1), "5");
}
