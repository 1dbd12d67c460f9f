//! Faults, latency and the limit of calls in flight.

use std::time::Duration;

use http::Method;
use sandbox::gateway::{Fault, Gateway, Options};
use serde_json::json;

use crate::client::{LIST, QUERY, call, gateway, get, item, options, post, product, send};

fn one() -> String {
    json!({"products": [item(product("Kubek"))]}).to_string()
}

/// Sends the list call with one item under a fault, and answers its status and how many products there are then.
async fn suffer(fault: Fault) -> (Option<u16>, usize, Gateway) {
    let gateway = gateway().await;
    gateway.script(Method::POST, LIST, [fault]);
    let status =
        send(&gateway, call(Method::POST, LIST, one())).await.ok().map(|answer| answer.status.as_u16());
    let calls = gateway.calls();
    assert_eq!((calls.len(), calls[0].fault, calls[0].status), (1, fault, status));
    let products = gateway.products().len();
    assert_eq!(calls[0].done, products > 0 || fault == Fault::Half, "the log tells what was done");
    (status, products, gateway)
}

#[tokio::test]
async fn each_fault_does_what_its_name_says() {
    let outcome = async |fault| {
        let (status, products, _) = suffer(fault).await;
        (status, products)
    };
    assert_eq!(outcome(Fault::Pass).await, (Some(200), 1));
    assert_eq!(outcome(Fault::TooMany).await, (Some(429), 0));
    assert_eq!(outcome(Fault::ServerError).await, (Some(500), 0));
    assert_eq!(outcome(Fault::Drop).await, (None, 0));
    assert_eq!(outcome(Fault::LostAnswer).await, (None, 1));
    let (status, products) = outcome(Fault::DoneButError).await;
    assert!(matches!(status, Some(500 | 504)) && products == 1, "{status:?} {products}");
    assert_eq!(outcome(Fault::Half).await, (Some(200), 0), "half of one is none");
}

#[tokio::test]
async fn too_many_says_when_to_come_back() {
    let gateway = gateway().await;
    gateway.script(Method::GET, "/bootstrap", [Fault::TooMany]);
    let answer = get(&gateway, "/bootstrap").await;
    answer.refusal(429);
    assert_eq!(answer.headers["retry-after"], "1");
    get(&gateway, "/bootstrap").await.ok();
}

#[tokio::test]
async fn half_of_a_list_is_its_first_half() {
    let gateway = gateway().await;
    gateway.script(Method::POST, LIST, [Fault::Half]);
    let items: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| item(product(name))).into();
    let answer = post(&gateway, LIST, &json!({"products": items})).await.ok();
    let names: Vec<_> =
        answer["products"].as_array().unwrap().iter().map(|product| product["name"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(gateway.products().len(), 2);
}

#[tokio::test]
async fn a_script_befalls_only_the_calls_it_is_for_in_its_order() {
    let gateway = gateway().await;
    gateway.script(Method::GET, "/tags/?type=cat", [Fault::Pass, Fault::ServerError, Fault::TooMany]);
    gateway.script(Method::GET, "/tags/", [Fault::Drop]);
    get(&gateway, "/bootstrap").await.ok();
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = send(&gateway, call(Method::GET, "/tags/?type=category", "")).await;
        seen.push(answer.ok().map(|answer| answer.status.as_u16()));
    }
    assert_eq!(seen, [Some(200), Some(500), Some(429), None, Some(200)]);
}

#[tokio::test]
async fn the_same_seed_throws_the_same_faults() {
    let run = async |seed| {
        let fault_rates = vec![(Fault::ServerError, 30), (Fault::TooMany, 30)];
        let gateway = Gateway::start(Options { seed, fault_rates, ..options() }).await.unwrap();
        for _ in 0..60 {
            get(&gateway, "/bootstrap").await;
        }
        gateway.calls().iter().map(|call| call.status).collect::<Vec<_>>()
    };
    let first = run(1).await;
    assert_eq!(first, run(1).await);
    assert_ne!(first, run(2).await);
    for status in [200, 429, 500] {
        assert!(first.contains(&Some(status)), "{status} in {first:?}");
    }
}

#[tokio::test]
async fn the_page_and_stored_pictures_are_spared() {
    let fault_rates = vec![(Fault::Drop, 100)];
    let gateway = Gateway::start(Options { fault_rates, max_in_flight: Some(0), ..options() }).await.unwrap();
    let address = gateway.store_picture("image/png", "png".into());
    let path = address.strip_prefix(&gateway.url()).unwrap();
    for path in ["/", "/favicon.ico", path] {
        assert!(get(&gateway, path).await.status.is_success(), "{path}");
    }
    get(&gateway, "/bootstrap").await.refusal(429);
}

#[tokio::test]
async fn more_calls_at_once_than_allowed_are_refused() {
    let gateway = Gateway::start(Options { max_in_flight: Some(1), ..options() }).await.unwrap();
    gateway.script(Method::POST, QUERY, [Fault::Hang]);
    let mut hanging = Box::pin(send(&gateway, call(Method::POST, QUERY, "{}")));
    while gateway.calls().is_empty() {
        tokio::select! {
            _ = &mut hanging => panic!("a call that hangs was answered"),
            () = tokio::task::yield_now() => {}
        }
    }
    get(&gateway, "/bootstrap").await.refusal(429);
    assert_eq!(gateway.calls()[0].status, None);
    drop(hanging);
    while get(&gateway, "/bootstrap").await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn latency_is_waited_on_the_clock() {
    let options = Options { latency: Duration::from_secs(7), ..options() };
    let clock = options.clock.clone();
    let gateway = Gateway::start(options).await.unwrap();
    let before = clock.moment();
    get(&gateway, "/bootstrap").await.ok();
    assert_eq!(clock.moment().since(before), Duration::from_secs(7));
    get(&gateway, "/").await;
    assert_eq!(clock.moment().since(before), Duration::from_secs(7), "the page is quick");
}

#[tokio::test]
async fn the_log_tells_each_request() {
    let gateway = gateway().await;
    get(&gateway, "/tags/?type=category").await.ok();
    let body = one();
    send(&gateway, call(Method::POST, LIST, body.clone())).await.unwrap();
    send(&gateway, http::Request::get("/bootstrap").body(Default::default()).unwrap()).await.unwrap();
    let calls = gateway.calls();
    let seen: Vec<_> =
        calls.iter().map(|call| (call.method.as_str(), call.path.as_str(), call.status)).collect();
    let expected = [
        ("GET", "/tags/?type=category", Some(200)),
        ("POST", LIST, Some(200)),
        ("GET", "/bootstrap", Some(401)),
    ];
    assert_eq!(seen, expected);
    assert_eq!(calls[1].body, body.as_bytes());
    assert_eq!(calls[1].content_length, Some(body.len() as u64));
    assert_eq!(calls.iter().map(|call| call.authorization).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(calls.iter().map(|call| call.done).collect::<Vec<_>>(), [true, true, false]);
    let forgetful = Gateway::start(Options { keep_calls: false, ..options() }).await.unwrap();
    get(&forgetful, "/bootstrap").await.ok();
    assert!(forgetful.calls().is_empty());
}

#[tokio::test]
async fn a_dropped_sandbox_no_longer_listens() {
    let gateway = gateway().await;
    let address = gateway.url().replace("http://", "");
    drop(gateway);
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
