//! Where a request may be sent on to.

use transport::{ErrorKind, Method, Outcome, Redirects, Request};

use crate::support::{RawHost, ok, status, test_clock, transport};

#[tokio::test]
async fn a_read_is_followed_on_the_same_host_with_its_key() {
    let host = RawHost::start(vec![status("301 Moved", "Location: /there?page=2\r\n"), ok("found")]).await;
    let request = Request::get(host.url.clone()).bearer(&"fake-key-1".into());
    let answer = transport(&test_clock()).send(&request).await.unwrap();
    assert_eq!(answer.body().as_ref(), b"found");
    assert!(answer.url().to_string().ends_with("/there?page=2"), "{}", answer.url());
    let requests = host.requests();
    assert!(requests[1].starts_with("GET /there?page=2 "), "{}", requests[1]);
    assert!(requests[1].contains("Bearer fake-key-1"));
}

#[tokio::test]
async fn another_host_port_or_scheme_is_never_followed() {
    let other = RawHost::start(vec![ok("gotcha")]).await;
    let port = other.url.port().unwrap();
    for place in [other.url.to_string(), format!("http://localhost:{port}/"), "https://127.0.0.1/".to_owned()]
    {
        for code in ["301 A", "302 B", "303 C", "307 D", "308 E"] {
            let host = RawHost::start(vec![status(code, &format!("Location: {place}\r\n"))]).await;
            let request = Request::get(host.url.clone()).bearer(&"fake-key-1".into());
            let error = transport(&test_clock()).send(&request).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Redirected { .. }), "{error}");
            assert_eq!(error.outcome(), Outcome::NotDone);
            assert!(error.to_string().contains(&place), "does not say where to: {error}");
        }
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn a_write_is_followed_only_where_it_stays_a_write() {
    for code in ["301 A", "302 B", "303 C"] {
        let host = RawHost::start(vec![status(code, "Location: /there\r\n")]).await;
        let error =
            transport(&test_clock()).send(&Request::post(host.url.clone()).json("new")).await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{code} may be said after the deed");
    }
    for (code, followed) in
        [("301 A", false), ("302 B", false), ("303 C", false), ("307 D", true), ("308 E", true)]
    {
        let host = RawHost::start(vec![status(code, "Location: /there\r\n"), ok("done")]).await;
        let answer = transport(&test_clock()).send(&Request::post(host.url.clone()).json("new")).await;
        assert_eq!(answer.is_ok(), followed, "{code}");
        let requests = host.requests();
        assert_eq!(requests.len(), if followed { 2 } else { 1 });
        assert!(requests.iter().all(|request| request.starts_with("POST ") && request.ends_with("\"new\"")));
    }
}

#[tokio::test]
async fn a_caller_can_refuse_all_redirects() {
    let host = RawHost::start(vec![status("302 Home", "Location: /\r\n")]).await;
    let request = Request::get(host.url.clone()).redirects(Redirects::Never);
    let error = transport(&test_clock()).send(&request).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Redirected { .. }), "{error}");
    assert_eq!(host.requests().len(), 1);
}

#[tokio::test]
async fn a_ring_of_redirects_ends() {
    let host = RawHost::start(vec![status("302 Again", "Location: /again\r\n")]).await;
    let error = transport(&test_clock()).send(&Request::get(host.url.clone())).await.unwrap_err();
    assert!(error.to_string().contains("redirects"), "{error}");
    assert_eq!(host.requests().len(), 6);
}

#[tokio::test]
async fn a_redirect_without_a_place_and_one_that_is_none_are_answers() {
    for code in ["302 Nowhere", "304 Same", "300 Choose"] {
        let host = RawHost::start(vec![status(code, "")]).await;
        let answer =
            transport(&test_clock()).send(&Request::new(Method::GET, host.url.clone())).await.unwrap();
        assert!(code.starts_with(answer.status().as_str()));
    }
}
