//! How much a host is asked at once and in a time.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clock::Moment;
use futures::future::join_all;
use tokio::sync::Semaphore;
use transport::{HostLimits, Rate, Request, StatusCode};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Act, RawHost, ok, settings, status, test_clock, transport};

/// A host that holds every request until it is let go, and knows how many it held at once.
struct Holding {
    url: url::Url,
    most: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
    let_go: Arc<Semaphore>,
}

async fn holding_host() -> Holding {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let holding =
        Holding { url, most: Arc::default(), held: Arc::default(), let_go: Arc::new(Semaphore::new(0)) };
    let (most, held, let_go) =
        (Arc::clone(&holding.most), Arc::clone(&holding.held), Arc::clone(&holding.let_go));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (most, held, let_go) = (Arc::clone(&most), Arc::clone(&held), Arc::clone(&let_go));
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                    most.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let_go.acquire().await.unwrap().forget();
                    held.fetch_sub(1, Ordering::SeqCst);
                    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
                }
            });
        }
    });
    holding
}

#[tokio::test]
async fn no_more_requests_are_in_flight_than_allowed_and_all_places_are_used() {
    let host = holding_host().await;
    let transport = transport(&test_clock());
    transport.limit(&host.url, HostLimits { in_flight: 3, adaptive: false, rate: None });
    let request = Request::get(host.url.clone());
    let all = join_all((0..10).map(|_| transport.send(&request)));
    let release = async {
        for _ in 0..10 {
            while host.held.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            // Give a fourth request, if one were let through, the chance to arrive.
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            host.let_go.add_permits(1);
            let before = host.held.load(Ordering::SeqCst);
            while host.held.load(Ordering::SeqCst) == before && before == 3 {
                tokio::task::yield_now().await;
            }
        }
    };
    let (answers, ()) = futures::join!(all, release);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(host.most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_rate_is_never_exceeded_in_any_window() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
    let url: url::Url = server.uri().parse().unwrap();
    for (rate, window, most) in [
        (Rate::PerSecond(NonZeroU32::new(2).unwrap()), Duration::from_secs(1), 2),
        (Rate::PerMinute(NonZeroU32::new(100).unwrap()), Duration::from_secs(60), 100),
    ] {
        let clock = test_clock();
        let transport = transport(&clock);
        transport.limit(&url, HostLimits { in_flight: 1, adaptive: false, rate: Some(rate) });
        let mut moments = Vec::new();
        for _ in 0..most * 3 {
            transport.send(&Request::get(url.clone())).await.unwrap();
            moments.push(clock.moment().since(Moment::START));
        }
        for (i, start) in moments.iter().enumerate() {
            let in_window = moments[i..].iter().take_while(|moment| **moment < *start + window).count();
            assert!(in_window <= most, "{in_window} requests in a window of {rate:?}");
        }
        let all = *moments.last().unwrap();
        assert!(all <= window * 3, "{rate:?} is not used up: {all:?}");
    }
}

#[tokio::test]
async fn an_overloaded_host_is_asked_half_as_much_at_once_and_more_again_slowly() {
    let host = RawHost::start(vec![
        status("503 Busy", ""),
        status("504 Late", ""),
        status("429 Slow down", ""),
        status("200 OK", ""),
    ])
    .await;
    let transport = transport(&test_clock());
    transport.limit(&host.url, HostLimits { in_flight: 16, adaptive: true, rate: None });
    let request = Request::get(host.url.clone());
    assert_eq!(transport.send(&request).await.unwrap().status(), StatusCode::OK);
    assert_eq!(transport.in_flight_limit(&host.url), 2, "16 halved three times");
    let mut answers = 1;
    for limit in 2..16 {
        for _ in answers..limit {
            transport.send(&request).await.unwrap();
        }
        answers = 0;
        assert_eq!(
            transport.in_flight_limit(&host.url),
            limit + 1,
            "grown by one after {limit} good answers"
        );
    }
    for _ in 0..100 {
        transport.send(&request).await.unwrap();
    }
    assert_eq!(transport.in_flight_limit(&host.url), 16, "never more than allowed");
}

#[tokio::test]
async fn one_wave_of_overload_halves_once() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(503)).up_to_n_times(8).mount(&server).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(501)).mount(&server).await;
    let url: url::Url = server.uri().parse().unwrap();
    let transport = transport(&test_clock());
    transport.limit(&url, HostLimits { in_flight: 8, adaptive: true, rate: None });
    let request = Request::post(url.clone());
    let answers = join_all((0..8).map(|_| transport.send(&request))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap().status() == 503));
    assert_eq!(transport.in_flight_limit(&url), 4);
}

#[tokio::test]
async fn a_fixed_limit_stays() {
    let host = RawHost::start(vec![status("503 Busy", ""), ok("")]).await;
    let transport = transport(&test_clock());
    transport.limit(&host.url, HostLimits { in_flight: 4, adaptive: false, rate: None });
    transport.send(&Request::get(host.url.clone())).await.unwrap();
    assert_eq!(transport.in_flight_limit(&host.url), 4);
}

#[tokio::test]
async fn a_time_out_counts_as_overload_and_its_place_is_free_again() {
    let host = RawHost::start(vec![Act::Hang, ok("")]).await;
    let mut settings = settings(&test_clock());
    settings.connect_timeout = Duration::from_millis(20);
    settings.read_timeout = Duration::from_millis(60);
    let transport = transport::Transport::new(settings).unwrap();
    transport.limit(&host.url, HostLimits { in_flight: 2, adaptive: true, rate: None });
    transport.send(&Request::get(host.url.clone())).await.unwrap();
    assert_eq!(transport.in_flight_limit(&host.url), 2, "halved to one, and grown back by the good answer");
    assert_eq!(transport.counts(&host.url).requests, 2);
}
