//! What an answer to a change means.

use std::io;
use std::time::Duration;

use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

use super::{Desk, Front, change, is_change, on_hand, open, words};

const REJECTED: &str = r#"{"success":false,"data":null,"error":{"code":"sfera_error","reason":"Brak towaru","correlationId":null,"failureMode":"rejected"}}"#;
const IN_DOUBT: &str = r#"{"success":false,"data":null,"error":{"code":"sfera_error","reason":"Okno","failureMode":"in-doubt"}}"#;
const UNKNOWN_GOOD: &str = r#"{"success":false,"data":null,"error":{"code":"not_found","reason":"Nie ma","failureMode":"rejected"}}"#;
const UNAUTHORIZED: &str =
    r#"{"success":false,"data":null,"error":{"code":"unauthorized","reason":"bad or missing bridge token"}}"#;

/// Takes two of five; the bridge answers so, and does nothing. Tells the outcome and how often it was asked.
async fn answered(status: u16, body: &'static str) -> (String, usize) {
    let desk = Desk::new([1]).await;
    let front = Front::of(&desk.bridge, move |request| {
        is_change(request).then(|| ResponseTemplate::new(status).set_body_raw(body, "application/json"))
    })
    .await;
    let outcomes = desk.open_at(&front.url(), &[]).adjust_stock(&[change("1", "5", "-2")]).await;
    assert_eq!(desk.documents(), []);
    let changes = front.changes();
    assert!(changes.iter().all(|asked| *asked == changes[0]), "not the same each time: {changes:?}");
    (words(&outcomes).remove(0), changes.len())
}

#[tokio::test]
async fn each_answer_is_what_it_says() {
    for (status, body, outcome, asked) in [
        (200, r#"{"success":true,"data":{"deduplicated":false,"documentId":7},"error":null}"#, "done 5", 1),
        (200, r#"{"success":"true","data":{"more":[{}]}}"#, "done 5", 1),
        // What fails behind the document is refused too: only asking again tells.
        (422, REJECTED, "refused: the bridge refuses it: Brak towaru", 2),
        (400, REJECTED, "refused: the bridge refuses it: Brak towaru", 2),
        (404, UNKNOWN_GOOD, "refused: the bridge does not know SYM-1", 2),
        // Another document beside one that hangs would be one too many.
        (422, IN_DOUBT, "unknown: ", 1),
        (401, UNAUTHORIZED, "not done: ", 1),
        (403, "", "not done: ", 1),
        (404, "", "not done: ", 1),
        // Of these nothing is known.
        (200, "", "unknown: ", 4),
        (200, "<html>Zapisano</html>", "unknown: ", 4),
        (200, r#"{"success":true,"data":null}"#, "unknown: ", 4),
        (200, r#"{"success":true,"da"#, "unknown: ", 4),
        (200, r#"[true]"#, "unknown: ", 4),
        (400, "", "unknown: ", 4),
        (422, r#"{"success":false,"data":null,"error":"Sfera"}"#, "unknown: ", 4),
        (422, r#"{"success":false,"error":{"failureMode":"perhaps"}}"#, "unknown: ", 4),
        (422, r#"{"success":true,"data":{}}"#, "unknown: ", 4),
        (500, "", "unknown: ", 4),
        (500, REJECTED, "unknown: ", 4),
        (503, "<html>", "unknown: ", 4),
    ] {
        let (came, times) = answered(status, body).await;
        assert!(came.starts_with(outcome) && times == asked, "{status} {body}: {came}, asked {times} times");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_named() {
    for (status, body, what) in
        [(401, UNAUTHORIZED, "does not accept the token"), (403, "", "does not accept")]
    {
        let (came, _) = answered(status, body).await;
        assert!(came.contains(what) && came.contains("SUBIEKTGT_BRIDGE_TOKEN"), "{came}");
        assert!(came.contains("SUBIEKTGT_BRIDGE_URL"), "{came}");
    }
    let (came, _) = answered(404, "").await;
    assert!(came.contains("there is nothing at") && came.contains("SUBIEKTGT_BRIDGE_URL"), "{came}");
    let (came, _) = answered(422, IN_DOUBT).await;
    assert!(came.contains("Okno") && came.contains("window of Subiekt GT"), "{came}");
}

/// How a change stays without an answer.
#[derive(Clone, Copy, Debug)]
enum Silence {
    Dropped,
    TimedOut,
}

/// Takes two of five; the bridge does it or not, and so many times nobody hears of it.
async fn silent(silence: Silence, is_done: bool, times: u64) -> (String, Desk, usize) {
    let desk = Desk::new([1]).await;
    let front = Front::of(&desk.bridge, |_| None).await;
    let (url, changes) = (desk.bridge.url(), std::sync::Arc::clone(&front.changes));
    let done = move |request: &wiremock::Request| {
        changes.lock().unwrap().push(serde_json::from_slice(&request.body).unwrap());
        if is_done {
            super::forward(&url, request);
        }
    };
    let mock = Mock::given(method("POST"));
    let mock = match silence {
        Silence::Dropped => mock.respond_with_err(move |request: &wiremock::Request| {
            done(request);
            io::Error::from(io::ErrorKind::ConnectionReset)
        }),
        Silence::TimedOut => mock.respond_with(move |request: &wiremock::Request| {
            done(request);
            ResponseTemplate::new(200).set_delay(Duration::from_secs(3600))
        }),
    };
    mock.up_to_n_times(times).with_priority(1).mount(&front.server).await;
    let given = desk.given(&front.url(), &[]);
    let time_out = match silence {
        Silence::Dropped => Duration::from_secs(30),
        Silence::TimedOut => Duration::from_millis(300),
    };
    let platform = open(&given, time_out);
    let outcomes = platform.adjust_stock(&[change("1", "5", "-2")]).await;
    let changes = front.changes();
    assert!(changes.iter().all(|asked| *asked == changes[0]), "not the same each time: {changes:?}");
    (words(&outcomes).remove(0), desk, changes.len())
}

#[tokio::test]
async fn a_change_that_nobody_answers_is_asked_for_again_and_made_once() {
    for is_done in [false, true] {
        let (came, desk, asked) = silent(Silence::Dropped, is_done, 3).await;
        assert_eq!((came.as_str(), asked, desk.documents().len()), ("done 3", 4, 1), "{is_done}");
        assert_eq!(on_hand(desk.firm(), 1), 3.into());
        let (came, desk, asked) = silent(Silence::Dropped, is_done, 9).await;
        assert!(came.starts_with("unknown: ") && asked == 4, "{came}");
        assert_eq!(desk.documents().len(), usize::from(is_done));
    }
}

#[tokio::test]
async fn a_change_that_takes_too_long_is_asked_for_again_and_made_once() {
    let (came, desk, asked) = silent(Silence::TimedOut, true, 1).await;
    assert_eq!((came.as_str(), asked, desk.documents().len()), ("done 3", 2, 1));
}

#[tokio::test]
async fn behind_a_change_that_nobody_answers_no_other_is_asked_for() {
    let desk = Desk::new(1..=3).await;
    let front = Front::of(&desk.bridge, |request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        body.contains("SYM-2").then(|| ResponseTemplate::new(500))
    })
    .await;
    let changes = ["1", "2", "3"].map(|id| change(id, "5", "-2"));
    let outcomes = words(&desk.open_at(&front.url(), &[]).adjust_stock(&changes).await);
    assert_eq!(outcomes[0], "done 3");
    assert!(outcomes[1].starts_with("unknown: ") && outcomes[2].starts_with("not done: "), "{outcomes:?}");
    assert_eq!(front.changes().len(), 5, "one, and four tries of the other");
    // A refusal is of one good alone.
    let changes = [change("3", "5", "-9"), change("2", "5", "-1")];
    let outcomes = words(&desk.open(&[]).adjust_stock(&changes).await);
    assert!(outcomes[0].starts_with("refused: ") && outcomes[1] == "done 4", "{outcomes:?}");
}

#[tokio::test]
async fn a_bridge_that_is_not_there_has_done_nothing() {
    let desk = Desk::new([1]).await;
    let outcomes = desk.open_at("http://127.0.0.1:1", &[]).adjust_stock(&[change("1", "5", "-2")]).await;
    let came = words(&outcomes).remove(0);
    assert!(came.starts_with("not done: ") && came.contains("cannot be reached"), "{came}");
}
