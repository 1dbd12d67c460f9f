//! The bridge to a firm's program.

use futures::future::join_all;
use http::{Method, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use subiektgt_sandbox::{Bridge, BridgeOptions, Firm, Good, GoodKind, MAIN_WAREHOUSE, SECOND_WAREHOUSE};

async fn office() -> (Firm, Bridge) {
    let firm = Firm::new();
    firm.put_good(Good::new(1, "LAMPA/1", "Lampa"));
    firm.put_good(Good::new(2, "Świeca 2", "Świeca"));
    firm.put_good(Good { is_deleted: true, ..Good::new(3, "STARA", "Stara") });
    firm.put_good(Good { kind: GoodKind::Kit, ..Good::new(4, "ZESTAW", "Zestaw") });
    firm.set_stock(2, MAIN_WAREHOUSE, "10.5".parse().unwrap(), Decimal::TWO);
    firm.set_stock(2, SECOND_WAREHOUSE, Decimal::ONE, Decimal::ZERO);
    firm.set_stock(3, MAIN_WAREHOUSE, Decimal::ONE, Decimal::ZERO);
    let bridge = Bridge::start(&firm, BridgeOptions::default()).await.unwrap();
    (firm, bridge)
}

/// Status and body of an answer; null where there is none.
async fn send(bridge: &Bridge, method: Method, path: &str, token: &str, body: &str) -> (u16, Value) {
    let authority = bridge.url().strip_prefix("http://").unwrap().to_owned();
    let stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header(header::HOST, authority);
    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(Full::new(bytes::Bytes::copy_from_slice(body.as_bytes()))).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn stock(bridge: &Bridge, symbol: &str) -> (u16, Value) {
    send(bridge, Method::GET, &format!("/api/inventory/{symbol}/stock"), bridge.token(), "").await
}

async fn adjust(bridge: &Bridge, body: &Value) -> (u16, Value) {
    send(bridge, Method::POST, "/api/inventory/adjust", bridge.token(), &body.to_string()).await
}

#[tokio::test]
async fn what_lies_where_is_told_by_symbol() {
    let (_firm, bridge) = office().await;
    let (status, told) = stock(&bridge, "%C5%9BWIECA%202").await;
    let positions = json!([
        { "magazynId": 1, "magazynSymbol": "MAG", "stan": 10.5, "stanRez": 2 },
        { "magazynId": 2, "magazynSymbol": "SKL", "stan": 1, "stanRez": 0 },
    ]);
    let data = json!({ "towarSymbol": "śWIECA 2", "positions": positions, "domyslnyMagazynId": 1 });
    assert_eq!((status, told), (200, json!({ "success": true, "data": data, "error": null })));
    let (status, told) = stock(&bridge, "zestaw").await;
    assert_eq!((status, &told["data"]["positions"]), (200, &json!([])));
    for unknown in ["STARA", "NIE-MA", "LAMPA%2F1"] {
        let (status, told) = stock(&bridge, unknown).await;
        assert_eq!((status, &told["error"]["code"]), (404, &json!("not_found")), "{unknown}");
    }
    assert_eq!(stock(&bridge, "A/B").await, (404, Value::Null));
}

#[tokio::test]
async fn a_change_is_a_document_and_is_made_once() {
    let (firm, bridge) = office().await;
    let key = "0123456789abcdef0123456789abcd";
    let body = json!({ "towarSymbol": "ŚWIECA 2", "magazynId": 2, "delta": -0.25, "uwagi": "uwaga", "idempotencyKey": format!("{key}ef") });
    let (status, told) = adjust(&bridge, &body).await;
    let data =
        json!({ "deduplicated": false, "documentId": 1, "documentNumber": "RW 1/MAG", "stanAfter": 0.75 });
    assert_eq!((status, &told["data"]), (200, &data));
    let again = json!({ "towarSymbol": "ŚWIECA 2", "magazynId": 2, "delta": 7, "idempotencyKey": format!("{key}00") });
    let all = join_all((0..5).map(|_| adjust(&bridge, &again))).await;
    assert!(all.iter().all(|(status, told)| *status == 200 && told["data"]["deduplicated"] == json!(true)));
    let received = json!({ "towarSymbol": "Świeca 2", "delta": 3 });
    assert_eq!(adjust(&bridge, &received).await.1["data"]["documentNumber"], json!("PW 2/MAG"));
    let documents: Vec<_> = firm
        .documents()
        .into_iter()
        .map(|document| (document.kind, document.warehouse, document.original_number))
        .collect();
    assert_eq!(documents, [(13, Some(2), key.to_owned()), (12, Some(1), String::new())]);
    assert_eq!(firm.stock(2, SECOND_WAREHOUSE), Some(("0.75".parse().unwrap(), Decimal::ZERO)));
    assert_eq!(firm.stock(2, MAIN_WAREHOUSE), Some(("13.5".parse().unwrap(), Decimal::TWO)));
}

#[tokio::test]
async fn what_cannot_be_done_is_told_and_not_done() {
    let (firm, bridge) = office().await;
    for (symbol, delta, status) in [
        ("ŚWIECA 2", json!(-11), 422),
        ("STARA", json!(1), 422),
        ("ZESTAW", json!(1), 422),
        ("ŚWIECA 2", json!(0), 400),
        ("ŚWIECA 2", json!("1"), 400),
        ("", json!(1), 400),
    ] {
        let (came, told) = adjust(&bridge, &json!({ "towarSymbol": symbol, "delta": delta })).await;
        let error = &told["error"];
        assert_eq!(
            (came, &error["failureMode"], &told["success"]),
            (status, &json!("rejected"), &json!(false)),
            "{symbol} {delta}"
        );
    }
    let token = bridge.token();
    assert_eq!(send(&bridge, Method::POST, "/api/inventory/adjust", token, "{").await.0, 400);
    assert_eq!(send(&bridge, Method::GET, "/api/inventory/adjust", token, "").await.0, 405);
    assert_eq!(
        send(&bridge, Method::POST, "/api/inventory/adjust", "FAKE-WRONG", "{}").await.1["error"]["code"],
        "unauthorized"
    );
    assert_eq!(firm.documents(), []);
    let statuses: Vec<u16> = bridge.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [422, 422, 422, 400, 400, 400, 400, 405, 401]);
}

fn change_of(symbol: &str, key: &str) -> Value {
    json!({ "towarSymbol": symbol, "magazynId": 1, "delta": -2, "idempotencyKey": key })
}

fn keys(firm: &Firm) -> Vec<String> {
    firm.documents().into_iter().map(|document| document.original_number).collect()
}

#[tokio::test]
async fn a_change_at_which_the_program_hangs_is_in_doubt_and_made_when_that_goes_on() {
    let (firm, bridge) = office().await;
    firm.set_stock(1, MAIN_WAREHOUSE, Decimal::TEN, Decimal::ZERO);
    bridge.hang("lampa/1", 2);
    let (status, told) = adjust(&bridge, &change_of("LAMPA/1", "a")).await;
    let error = json!({
        "code": "sfera_error",
        "reason": "Sfera nie odpowiedziala w wyznaczonym czasie - najczesciej Subiekt czeka na okno dialogowe.",
        "correlationId": null,
        "failureMode": "in-doubt",
    });
    assert_eq!((status, told), (422, json!({ "success": false, "data": null, "error": error })));
    assert_eq!((firm.documents(), bridge.hanging()), (vec![], vec!["a".to_owned()]));
    // Another good, and what is refused, never come to the window.
    assert_eq!(adjust(&bridge, &change_of("ŚWIECA 2", "b")).await.0, 200);
    let too_much = json!({ "towarSymbol": "LAMPA/1", "delta": -11, "idempotencyKey": "c" });
    assert_eq!(adjust(&bridge, &too_much).await.1["error"]["failureMode"], "rejected");
    bridge.go_on();
    assert_eq!((keys(&firm), bridge.hanging()), (vec!["b".to_owned(), "a".to_owned()], vec![]));
    assert_eq!(firm.stock(1, MAIN_WAREHOUSE), Some((Decimal::from(8), Decimal::ZERO)));
    let (status, told) = adjust(&bridge, &change_of("LAMPA/1", "a")).await;
    assert_eq!((status, &told["data"]["deduplicated"]), (200, &json!(true)));
    assert_eq!(adjust(&bridge, &change_of("LAMPA/1", "d")).await.0, 200, "nothing hangs any more");
}

#[tokio::test]
async fn what_is_given_up_is_never_made_and_can_be_asked_for_again() {
    let (firm, bridge) = office().await;
    bridge.hang("ŚWIECA 2", 1);
    assert_eq!(adjust(&bridge, &change_of("ŚWIECA 2", "a")).await.0, 422);
    bridge.give_up();
    bridge.go_on();
    assert_eq!((firm.documents(), bridge.hanging()), (vec![], vec![]));
    let (status, told) = adjust(&bridge, &change_of("ŚWIECA 2", "a")).await;
    assert_eq!((status, &told["data"]["deduplicated"]), (200, &json!(false)));
}

#[tokio::test]
async fn a_key_does_not_keep_out_a_second_change_while_the_first_hangs() {
    let (firm, bridge) = office().await;
    firm.set_stock(1, MAIN_WAREHOUSE, Decimal::TEN, Decimal::ZERO);
    bridge.hang("LAMPA/1", 2);
    for status in [422, 422, 200] {
        assert_eq!(adjust(&bridge, &change_of("LAMPA/1", "a")).await.0, status);
    }
    assert_eq!((keys(&firm).len(), bridge.hanging().len()), (1, 2));
    bridge.go_on();
    assert_eq!(keys(&firm), ["a", "a", "a"]);
    assert_eq!(firm.stock(1, MAIN_WAREHOUSE), Some((Decimal::from(4), Decimal::ZERO)));
}
