//! Changes that the shop refuses as a whole.

use std::sync::Arc;

use connector::{Outcome, PlatformError};
use iai_sandbox::Shop;
use serde_json::json;
use wiremock::{MockServer, Request, ResponseTemplate};

use super::{adjust, lies, words};
use crate::shop::{KEY, SEARCH, STOCKS, forward, front, mugs, open, sentences, start, template};

fn puts(requests: &[Request]) -> Vec<&Request> {
    requests.iter().filter(|request| request.url.path() == STOCKS).collect()
}

/// A shop of mugs that answers changes so.
async fn answering(count: u64, answer: ResponseTemplate) -> (Arc<Shop>, MockServer) {
    let shop = start(mugs(1..=count)).await;
    let server = front(&shop, move |request| (request.url.path() == STOCKS).then(|| answer.clone())).await;
    (shop, server)
}

/// Takes one of each of 150 mugs of a shop that answers changes so, and sees that it does so once and then nothing more is sent.
async fn stopped_by(answer: ResponseTemplate) -> PlatformError {
    let (_shop, server) = answering(150, answer).await;
    let all: Vec<_> = (1..=150).map(|id| adjust(id, "uniw", "5", "4")).collect();
    let outcomes = open(&server.uri(), &[]).adjust_stock(&all).await;
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 2, "a look, and a change: {outcomes:?}");
    let why = |outcome: &Outcome| match outcome {
        Outcome::NotDone(error) => error.clone(),
        other => panic!("{other:?}"),
    };
    let errors: Vec<PlatformError> = outcomes.iter().map(why).collect();
    assert!(errors.iter().all(|error| error.to_string() == errors[0].to_string()), "{errors:?}");
    errors[0].clone()
}

#[tokio::test]
async fn without_the_right_to_write_nothing_is_done_and_the_right_is_named() {
    let error = stopped_by(
        ResponseTemplate::new(403)
            .insert_header("x-error", "Missing right: PIM products/stocks (write)")
            .set_body_string("<html>403"),
    )
    .await;
    let (what, hint) = sentences(&error);
    assert!(what.contains("Missing right: PIM products/stocks (write)") && what.contains(STOCKS), "{what}");
    assert!(hint.contains("IAI_API_KEY"), "{hint}");
}

#[tokio::test]
async fn by_a_key_that_is_not_accepted_any_more_nothing_is_done() {
    for answer in [
        ResponseTemplate::new(401).insert_header("x-error", "Unauthorized"),
        ResponseTemplate::new(200)
            .set_body_json(json!({ "errors": { "faultCode": 1, "faultString": "Login failed" } })),
        ResponseTemplate::new(207)
            .set_body_json(json!({ "errors": [{ "faultCode": "1", "faultString": "Login failed" }] })),
    ] {
        let (what, hint) = sentences(&stopped_by(answer).await);
        assert!(what.contains("does not accept the API key"), "{what}");
        assert!(hint.contains("IAI_API_KEY"), "{hint}");
    }
}

#[tokio::test]
async fn of_a_shop_that_is_blocked_nothing_is_done() {
    let (what, hint) = sentences(
        &stopped_by(
            ResponseTemplate::new(200)
                .set_body_json(json!({ "errors": { "faultCode": 4, "faultString": "Panel blocked" } })),
        )
        .await,
    );
    assert!(what.contains("is blocked: Panel blocked"), "{what}");
    assert!(hint.contains("pay"), "{hint}");
}

#[tokio::test]
async fn where_there_is_no_such_service_nothing_is_done() {
    for status in [404, 405] {
        let (what, hint) = sentences(&stopped_by(ResponseTemplate::new(status)).await);
        assert!(what.contains("there is nothing at") && what.contains(STOCKS), "{what}");
        assert!(hint.contains("IAI_BASE_URL"), "{hint}");
    }
}

#[tokio::test]
async fn a_shop_that_wants_more_patience_than_a_run_has_is_left_alone() {
    let answer = ResponseTemplate::new(429).insert_header("Retry-After", "7200");
    let error = stopped_by(answer).await;
    assert!(matches!(&error, PlatformError::TryLater { what } if what.contains("7200")), "{error:?}");
}

#[tokio::test]
async fn a_shop_that_wants_a_little_patience_is_sent_the_change_once_more() {
    let shop = start(mugs([1])).await;
    let puts = std::sync::atomic::AtomicUsize::new(0);
    let server = front(&shop, move |request| {
        let is_first =
            request.url.path() == STOCKS && puts.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        is_first.then(|| ResponseTemplate::new(429).insert_header("Retry-After", "30"))
    })
    .await;
    let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "4")]).await;
    assert_eq!(words(&outcomes), ["done 4"]);
    assert_eq!(lies(&shop, 1, "uniw", 1), "4");
}

#[tokio::test]
async fn of_a_document_that_the_shop_does_not_take_only_the_one_change_is_refused() {
    for status in [400, 413, 422] {
        let shop = start(mugs(1..=8)).await;
        let url = shop.url();
        let server = front(&shop, move |request| {
            let is_wrong =
                request.url.path() == STOCKS && String::from_utf8_lossy(&request.body).contains("\"6-uniw\"");
            is_wrong.then(|| {
                let error = json!({ "faultCode": status, "faultString": "Incorrect value: identValue" });
                ResponseTemplate::new(status).set_body_json(json!({ "errors": error }))
            })
        })
        .await;
        let all: Vec<_> = (1..=8).map(|id| adjust(id, "uniw", "5", "4")).collect();
        let outcomes = words(&open(&server.uri(), &[]).adjust_stock(&all).await);
        for (id, outcome) in (1..=8).zip(&outcomes) {
            let there = lies(&shop, id, "uniw", 1);
            if id == 6 {
                assert!(outcome.starts_with(&format!("refused: the shop answers {status} ")), "{outcome}");
                assert!(outcome.contains("Incorrect value: identValue"), "{outcome}");
                assert_eq!(there, "5");
            } else {
                assert_eq!((outcome.as_str(), there.as_str()), ("done 4", "4"), "{id}, {status}");
            }
        }
        let requests = server.received_requests().await.unwrap();
        let sizes: Vec<usize> = puts(&requests)
            .iter()
            .map(|put| crate::shop::asked(put)["params"]["products"].as_array().unwrap().len())
            .collect();
        // In halves down to the single one: 1–8, 1–4, 5–8, 5–6, 5, 6, 7–8.
        assert_eq!(sizes, [8, 4, 4, 2, 1, 1, 2], "{url}");
    }
}

#[tokio::test]
async fn a_document_of_which_the_shop_finds_nothing_changed_nothing() {
    let empty = json!({ "errors": { "faultCode": 2, "faultString": "Empty result" } });
    let (shop, server) = answering(1, ResponseTemplate::new(207).set_body_json(empty)).await;
    let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "4")]).await;
    assert_eq!(words(&outcomes), ["refused: the shop finds none of it"]);
    assert_eq!(lies(&shop, 1, "uniw", 1), "5");
}

#[tokio::test]
async fn a_fault_of_another_number_leaves_unknown_what_became_of_the_change() {
    let fault = json!({ "errors": { "faultCode": 3, "faultString": "Internal" } });
    let (_shop, server) = answering(1, ResponseTemplate::new(200).set_body_json(fault)).await;
    let outcomes = words(&open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "4")]).await);
    assert!(
        outcomes[0].starts_with("unknown: ") && outcomes[0].contains("fault 3: Internal"),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_read_before_is_not_written() {
    let shop = start(mugs(1..=4)).await;
    let server = front(&shop, |request| {
        let is_of_two = String::from_utf8_lossy(&request.body).contains("\"productId\":2");
        (request.url.path() == SEARCH && is_of_two).then(|| ResponseTemplate::new(500))
    })
    .await;
    let all: Vec<_> = (1..=4).map(|id| adjust(id, "uniw", "5", "4")).collect();
    let outcomes = words(&open(&server.uri(), &[]).adjust_stock(&all).await);
    assert!(outcomes[1].starts_with("not done: "), "{outcomes:?}");
    assert_eq!([&outcomes[0], &outcomes[2], &outcomes[3]], ["done 4"; 3]);
    assert_eq!(lies(&shop, 2, "uniw", 1), "5");
}

#[tokio::test]
async fn no_word_of_a_shop_that_repeats_the_key_gives_it_away() {
    for status in [200, 400, 401, 403, 404, 422, 500] {
        let said = format!("X-API-KEY {KEY} is not good");
        let answer =
            ResponseTemplate::new(status).insert_header("x-error", said.as_str()).set_body_string(&said);
        let (_shop, server) = answering(1, answer).await;
        let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "4")]).await;
        let (shown, seen) = (words(&outcomes), format!("{outcomes:?}"));
        assert!(!shown[0].contains(KEY) && !seen.contains(KEY), "{status}: {seen}");
        assert!(!shown[0].starts_with("done"), "{status}: {shown:?}");
    }
}

#[tokio::test]
async fn an_answer_of_the_shop_itself_is_given_as_it_is() {
    // What stands in front of the shop in these tests changes nothing by itself.
    let shop = start(mugs([1])).await;
    let url = shop.url();
    let server = front(&shop, move |request| Some(template(&forward(&url, request)))).await;
    let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "4")]).await;
    assert_eq!(words(&outcomes), ["done 4"]);
}
