//! Which calls are repeated, when, and what is known of those that are not.

use std::time::Duration;

use clock::Moment;
use transport::{ErrorKind, Outcome, Request, Safety, StatusCode};

use crate::support::{Act, RawHost, ok, settings, status, test_clock, transport};

const ALL_TRIES: usize = 5;

async fn sent(
    acts: Vec<Act>,
    request: impl Fn(&RawHost) -> Request,
) -> (usize, Result<StatusCode, transport::Error>) {
    let host = RawHost::start(acts).await;
    let answer = transport(&test_clock()).send(&request(&host)).await;
    (host.requests().len(), answer.map(|answer| answer.status()))
}

fn read(host: &RawHost) -> Request {
    Request::get(host.url.clone())
}

fn create(host: &RawHost) -> Request {
    Request::post(host.url.clone()).json("new")
}

fn query(host: &RawHost) -> Request {
    create(host).safety(Safety::Safe)
}

#[tokio::test]
async fn a_read_is_repeated_until_the_host_recovers() {
    for fault in [status("500 Oops", ""), status("503 Busy", ""), status("502 Bad", ""), Act::Close] {
        for call in [read, query] {
            let (requests, answer) = sent(vec![fault.clone(), fault.clone(), ok("fine")], call).await;
            assert_eq!((requests, answer.unwrap()), (3, StatusCode::OK));
        }
    }
}

#[tokio::test]
async fn a_read_is_given_up_after_all_tries_with_what_the_host_said_last() {
    let (requests, answer) = sent(vec![status("500 Oops", "")], read).await;
    assert_eq!((requests, answer.unwrap()), (ALL_TRIES, StatusCode::INTERNAL_SERVER_ERROR));

    let (requests, answer) = sent(vec![Act::Close], read).await;
    let error = answer.unwrap_err();
    assert_eq!(requests, ALL_TRIES);
    assert!(matches!(error.kind(), ErrorKind::Dropped(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::NotDone, "a read leaves nothing behind");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let half = Act::SayAndClose("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_owned());
    let (requests, answer) = sent(vec![half, ok("fine")], read).await;
    assert_eq!((requests, answer.unwrap()), (2, StatusCode::OK));
}

#[tokio::test]
async fn a_create_is_never_repeated_when_it_may_have_been_done() {
    let (requests, answer) = sent(vec![Act::Close, ok("a second one")], create).await;
    let error = answer.unwrap_err();
    assert_eq!((requests, error.outcome()), (1, Outcome::Unknown), "{error}");

    let (requests, answer) = sent(vec![status("500 Oops", ""), ok("a second one")], create).await;
    assert_eq!((requests, answer.unwrap()), (1, StatusCode::INTERNAL_SERVER_ERROR));

    let half = Act::SayAndClose("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_owned());
    let (requests, answer) = sent(vec![half, ok("a second one")], create).await;
    assert_eq!((requests, answer.unwrap_err().outcome()), (1, Outcome::Unknown));
}

#[tokio::test]
async fn a_create_that_the_host_refuses_for_now_is_repeated() {
    let (requests, answer) =
        sent(vec![status("429 Slow down", "Retry-After: 2\r\n"), ok("created")], create).await;
    assert_eq!((requests, answer.unwrap()), (2, StatusCode::OK));
}

#[tokio::test]
async fn a_create_is_tried_again_when_no_connection_came_about() {
    let url = {
        let host = RawHost::start(vec![ok("")]).await;
        host.url.clone()
    };
    let clock = test_clock();
    let transport = transport(&clock);
    let error = transport.send(&Request::post(url.clone()).json("new")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unreachable(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::NotDone);
    assert_eq!(transport.counts(&url).requests, ALL_TRIES as u64);
    assert!(error.to_string().contains("Connection refused"), "does not say why: {error}");
}

#[tokio::test]
async fn a_refusal_is_final() {
    for refusal in ["400 Bad", "401 Who", "403 No", "404 Where", "409 Taken", "422 Wrong", "501 Never"] {
        let (requests, answer) = sent(vec![status(refusal, ""), ok("")], read).await;
        assert_eq!(requests, 1, "{refusal} was asked again");
        assert!(refusal.starts_with(answer.unwrap().as_str()));
    }
}

#[tokio::test]
async fn waits_grow_and_are_bounded() {
    let host = RawHost::start(vec![Act::Close]).await;
    let clock = test_clock();
    transport(&clock).send(&read(&host)).await.unwrap_err();
    let waited = clock.moment().since(Moment::START);
    // Four waits of 0.5, 1, 2 and 4 s, each with up to as much again by chance.
    assert!(waited >= Duration::from_millis(7500), "{waited:?}");
    assert!(waited <= Duration::from_secs(15), "{waited:?}");
}

#[tokio::test]
async fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    for (header, least) in [
        ("Retry-After: 120\r\n", 120),
        ("Retry-After: Sun, 01 Mar 2026 12:02:00 GMT\r\n", 120),
        ("Retry-After: Sun, 01 Mar 2026 11:00:00 GMT\r\n", 0),
        ("Retry-After: soon\r\n", 0),
        ("", 0),
    ] {
        for refusal in ["429 Slow down", "503 Busy"] {
            let host = RawHost::start(vec![status(refusal, header), ok("")]).await;
            let clock = test_clock();
            transport(&clock).send(&read(&host)).await.unwrap();
            let waited = clock.moment().since(Moment::START).as_secs();
            assert!((least..least + 3).contains(&waited), "{refusal} with {header:?}: waited {waited} s");
        }
    }
}

#[tokio::test]
async fn patience_has_a_bound_and_says_try_later() {
    let (requests, answer) = sent(vec![status("429 Slow down", "Retry-After: 301\r\n")], read).await;
    let error = answer.unwrap_err();
    assert_eq!(requests, 1);
    assert!(matches!(error.kind(), ErrorKind::TryLater(wait) if wait.as_secs() == 301), "{error}");

    // A host that always asks for a little is not waited for without end either.
    let (requests, answer) = sent(vec![status("429 Slow down", "Retry-After: 300\r\n")], read).await;
    let error = answer.unwrap_err();
    assert_eq!(requests, 4, "three waits of five minutes, then the end");
    assert!(matches!(error.kind(), ErrorKind::TryLater(_)), "{error}");

    let (_, answer) =
        sent(vec![status("429 Slow down", "Retry-After: 99999999999999999999999\r\n")], read).await;
    assert!(
        matches!(answer.unwrap_err().kind(), ErrorKind::TryLater(_)),
        "an overlong number is no short wait"
    );
}

#[tokio::test]
async fn a_pause_asked_of_one_request_holds_back_the_others() {
    let host = RawHost::start(vec![status("429 Slow down", "Retry-After: 60\r\n"), ok("")]).await;
    let clock = test_clock();
    let transport = transport(&clock);
    transport.send(&read(&host)).await.unwrap();
    assert!(clock.moment().since(Moment::START) >= Duration::from_secs(60));
    let before = clock.moment();
    transport.send(&read(&host)).await.unwrap();
    assert_eq!(clock.moment(), before, "the pause is over");
}

#[tokio::test]
async fn counts_are_kept_for_each_host() {
    let busy = RawHost::start(vec![status("429 Slow", ""), status("500 Oops", ""), ok("")]).await;
    let other = RawHost::start(vec![ok("")]).await;
    let transport = transport(&test_clock());
    for host in [&busy, &other] {
        transport.send(&read(host)).await.unwrap();
    }
    let counts = transport.counts(&busy.url);
    assert_eq!((counts.requests, counts.repeated, counts.refused), (3, 2, 1));
    assert_eq!(transport.counts(&other.url).requests, 1);
    assert_eq!(transport.all_counts().len(), 2);
}

#[tokio::test]
async fn an_answer_too_large_to_hold_is_an_error_and_not_asked_again() {
    let host = RawHost::start(vec![ok("0123456789")]).await;
    let transport = transport(&test_clock());
    let request = read(&host).largest_answer(10);
    assert_eq!(transport.send(&request).await.unwrap().body().as_ref(), b"0123456789");
    let error = transport.send(&request.largest_answer(9)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 9 }), "{error}");
    assert_eq!(host.requests().len(), 2);
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_told_before_anything_is_sent() {
    let host = RawHost::start(vec![ok("")]).await;
    let request = read(&host).bearer(&"fake\nkey".into());
    let error = transport::Transport::new(settings(&test_clock())).unwrap().send(&request).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Invalid(_)), "{error}");
    assert_eq!(host.requests().len(), 0);
    assert!(!error.to_string().contains("fake"), "{error}");
}

#[tokio::test]
async fn a_failure_that_is_the_services_own_word_is_not_asked_again() {
    let own_word = || Act::Say("HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n{\"code\":1".to_owned());
    let judged = |host: &RawHost| read(host).final_if(|body| body.starts_with(b"{"));
    let (requests, answer) = sent(vec![own_word(), ok("")], judged).await;
    assert_eq!((requests, answer.unwrap()), (1, StatusCode::INTERNAL_SERVER_ERROR));
    let (requests, answer) = sent(vec![status("500 Oops", ""), ok("")], judged).await;
    assert_eq!((requests, answer.unwrap()), (2, StatusCode::OK));
}

#[tokio::test]
async fn a_call_that_is_expected_to_fail_is_tried_less_often() {
    let (requests, _) = sent(vec![status("500 Oops", "")], |host| read(host).tries(2)).await;
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn a_time_that_is_past_is_not_taken_as_at_once() {
    for header in ["Retry-After: 0\r\n", "Retry-After: Sun, 01 Mar 2026 11:00:00 GMT\r\n"] {
        let (requests, answer) = sent(vec![status("429 Slow down", header)], create).await;
        assert!(matches!(answer.unwrap_err().kind(), ErrorKind::TryLater(_)));
        assert!(requests < 200, "asked {requests} times");
    }
}

#[tokio::test]
async fn a_wait_longer_than_time_itself_breaks_nothing() {
    let acts = vec![
        status("429 Slow down", "Retry-After: 1\r\n"),
        status("429 Slow down", "Retry-After: 18446744073709551615\r\n"),
    ];
    let (_, answer) = sent(acts, read).await;
    assert!(matches!(answer.unwrap_err().kind(), ErrorKind::TryLater(_)));
}

#[tokio::test]
async fn many_calls_do_not_wait_one_after_the_other_for_a_host_that_never_gives_in() {
    let host = RawHost::start(vec![status("429 Slow down", "Retry-After: 60\r\n")]).await;
    let clock = test_clock();
    let transport = transport(&clock);
    let request = read(&host);
    let answers = futures::future::join_all((0..40).map(|_| transport.send(&request))).await;
    assert!(answers.iter().all(|a| matches!(a.as_ref().unwrap_err().kind(), ErrorKind::TryLater(_))));
    let waited = clock.moment().since(Moment::START);
    assert!(waited <= Duration::from_secs(16 * 60), "{waited:?}");
}

#[tokio::test]
async fn a_failure_that_asks_for_too_much_patience_is_left_for_later() {
    let (requests, answer) = sent(vec![status("503 Busy", "Retry-After: 3600\r\n")], read).await;
    assert_eq!(requests, 1);
    assert!(matches!(answer.unwrap_err().kind(), ErrorKind::TryLater(_)));
}

#[tokio::test]
async fn a_redirect_is_no_repetition() {
    let host = RawHost::start(vec![status("302 There", "Location: /there\r\n"), ok("")]).await;
    let transport = transport(&test_clock());
    transport.send(&read(&host)).await.unwrap();
    let counts = transport.counts(&host.url);
    assert_eq!((counts.requests, counts.repeated), (2, 0));
}
