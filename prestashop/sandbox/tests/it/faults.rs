//! Faults befall calls as scripts, rates and poisoned products say.

use http::Method;
use prestashop_sandbox::{Fault, Options, Shop, special};

use crate::client::{basic, json, options, send, start};

async fn list(shop: &Shop) -> Option<u16> {
    let path = "/api/products?output_format=JSON&display=full";
    let answer = send(shop, Method::GET, path, &[basic(shop.key())], "").await;
    answer.map(|answer| answer.status.as_u16())
}

#[tokio::test]
async fn scripts_befall_the_calls_they_name() {
    let shop = start().await;
    let faults =
        [Fault::TooMany, Fault::Pass, Fault::ServerError, Fault::Drop, Fault::LostAnswer, Fault::Cut];
    shop.script(Method::GET, "/api/products", faults);
    assert_eq!(json(&shop, "languages").await.status, 200, "another resource");
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(list(&shop).await);
    }
    assert_eq!(statuses, [Some(429), Some(200), Some(500), None, None, None, Some(200)]);
    let calls = shop.calls();
    assert_eq!(calls.iter().filter(|call| call.done).count(), 5, "done: one other, two in peace, lost, cut");
    assert_eq!(shop.calls_by_resource().get("products"), Some(&7));
}

#[tokio::test]
async fn a_lost_answer_has_been_done() {
    let shop = start().await;
    let row = shop.truth_of(special::MUG)[0].stock_row;
    shop.script(Method::PATCH, "/api/stock_availables", [Fault::LostAnswer, Fault::ServerError]);
    let send = async |quantity: u32| {
        let body = format!("<prestashop><s><id>{row}</id><quantity>{quantity}</quantity></s></prestashop>");
        send(&shop, Method::PATCH, "/api/stock_availables", &[basic(shop.key())], &body).await
    };
    assert!(send(77).await.is_none(), "no answer");
    assert_eq!(shop.truth_of(special::MUG)[0].stock, 77, "a lost answer is done");
    assert_eq!(send(78).await.map(|answer| answer.status.as_u16()), Some(500));
    assert_eq!(shop.truth_of(special::MUG)[0].stock, 77, "a server error is not");
}

#[tokio::test]
async fn a_page_can_repeat() {
    let shop = start().await;
    shop.script(Method::GET, "/api/products", [Fault::Pass, Fault::Repeat]);
    let first = json(&shop, "products?limit=0,3").await.ids("products");
    let second = json(&shop, "products?limit=3,3").await.ids("products");
    let third = json(&shop, "products?limit=6,3").await.ids("products");
    assert_eq!((first, second, third), (vec![1, 2, 3], vec![1, 2, 3], vec![7, 8, 9]));
}

#[tokio::test]
async fn a_poisoned_product_breaks_every_page_that_shows_it() {
    let shop = Shop::start(Options { poisoned: vec![5], ..options() }).await.unwrap();
    let status = async |path: &str| json(&shop, path).await.status.as_u16();
    assert_eq!(status("products?display=full&limit=0,4").await, 200, "the page before it");
    assert_eq!(status("products?display=full&limit=4,4").await, 500, "the page with it");
    assert_eq!(status("products?display=[id,name]&filter[id]=[4|5]").await, 500, "fields of it");
    assert_eq!(status("products/5").await, 500, "it alone");
    assert_eq!(status("products?limit=10").await, 200, "its id alone is harmless");
    assert_eq!(status("products?display=[id]").await, 200, "its id alone is harmless");
    shop.heal(5);
    assert_eq!(status("products/5").await, 200, "healed");
}

#[tokio::test]
async fn rates_are_thrown_alike_with_the_same_seed() {
    let statuses = async |seed: u64| {
        let fault_rates = vec![(Fault::TooMany, 30), (Fault::ServerError, 30)];
        let shop = Shop::start(Options { fault_rates, seed, ..options() }).await.unwrap();
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(json(&shop, "languages").await.status.as_u16());
        }
        statuses
    };
    let first = statuses(1).await;
    assert_eq!(first, statuses(1).await, "the same seed");
    for status in [200, 429, 500] {
        assert!(first.contains(&status), "no {status} among {first:?}");
    }
}

#[tokio::test]
async fn too_many_at_once_are_sent_away() {
    let shop = Shop::start(Options { max_in_flight: Some(1), ..options() }).await.unwrap();
    shop.script(Method::GET, "/api/languages", [Fault::Hang]);
    let others = async {
        while shop.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        json(&shop, "products").await
    };
    let others = tokio::select! {
        answer = json(&shop, "languages") => panic!("{} should hang", answer.text()),
        others = others => others,
    };
    assert_eq!((others.status.as_u16(), others.header("retry-after")), (429, Some("1")));
}
