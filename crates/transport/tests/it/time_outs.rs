//! Every wait for a host ends.

use std::time::Duration;

use futures::StreamExt as _;
use transport::{ErrorKind, Outcome, Request, RetryPolicy, Transport};

use crate::support::{Act, RawHost, ok, settings, test_clock};

fn impatient() -> Transport {
    let mut settings = settings(&test_clock());
    settings.connect_timeout = Duration::from_millis(20);
    settings.read_timeout = Duration::from_millis(60);
    settings.retry = RetryPolicy { tries: 2, ..RetryPolicy::default() };
    Transport::new(settings).unwrap()
}

/// A host whose answers stop in the middle, and whose connections stay.
async fn stalling_host() -> url::Url {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: url::Url = format!("http://{}/", server.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut open = Vec::new();
        loop {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut buffer = [0; 4096];
            let _head = stream.read(&mut buffer).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await.unwrap();
            open.push(stream);
        }
    });
    url
}

#[tokio::test]
async fn a_host_that_never_answers_is_given_up() {
    let host = RawHost::start(vec![Act::Hang]).await;
    let error = impatient().send(&Request::get(host.url.clone())).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimedOut(_)), "{error}");
    assert_eq!(host.requests().len(), 2, "a read is tried again");

    let host = RawHost::start(vec![Act::Hang]).await;
    let error = impatient().send(&Request::post(host.url.clone()).json("new")).await.unwrap_err();
    assert_eq!((host.requests().len(), error.outcome()), (1, Outcome::Unknown), "a create is not");
}

#[tokio::test]
async fn a_host_that_is_slow_by_nature_is_waited_for_longer() {
    let host = RawHost::start(vec![Act::Hang]).await;
    let request = Request::post(host.url.clone()).json("new").patience(4);
    let error = impatient().send(&request).await.unwrap_err();
    let ErrorKind::TimedOut(after) = error.kind() else { panic!("{error}") };
    assert_eq!(*after, Duration::from_millis(20 + 4 * 60));
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_given_up() {
    let url = stalling_host().await;
    let transport = impatient();
    let error = transport.send(&Request::get(url.clone())).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimedOut(_)), "{error}");

    let mut download = transport.download(&Request::get(url)).await.unwrap();
    assert_eq!(download.stream.next().await.unwrap().unwrap().as_ref(), b"half");
    let error = download.stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimedOut(_)), "{error}");
    assert!(download.stream.next().await.is_none(), "a failed download is at its end");
}

#[tokio::test]
async fn a_download_hands_on_the_whole_body_and_tries_again_before_the_head() {
    let host = RawHost::start(vec![Act::Close, ok("all of it")]).await;
    let download = impatient().download(&Request::get(host.url.clone())).await.unwrap();
    assert_eq!(download.status, 200);
    assert_eq!(download.headers["content-length"], "9");
    let chunks: Vec<_> = download.stream.map(Result::unwrap).collect().await;
    assert_eq!(chunks.concat(), b"all of it");
}

#[tokio::test]
async fn a_time_out_in_the_middle_of_an_answer_counts_as_overload() {
    let url = stalling_host().await;
    let transport = impatient();
    transport.limit(&url, transport::HostLimits { in_flight: 8, adaptive: true, rate: None });
    transport.send(&Request::post(url.clone())).await.unwrap_err();
    assert_eq!(transport.in_flight_limit(&url), 4);
}
