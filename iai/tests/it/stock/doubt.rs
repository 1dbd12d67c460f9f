//! Changes that nobody answered: what became of them is told by looking.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connector::Common;
use transport::{Settings, Transport};
use wiremock::matchers::path;
use wiremock::{Mock, Request, ResponseTemplate};

use super::{adjust, lies, words};
use crate::shop::{KEY, SEARCH, STOCKS, forward, front, mugs, open, open_by, start, test_clock};

/// How a change stays without an answer.
#[derive(Clone, Copy, Debug)]
enum Silence {
    Dropped,
    TimedOut,
    /// An answer that says nothing.
    Words(u16, &'static str),
}

const SILENCES: [Silence; 7] = [
    Silence::Dropped,
    Silence::TimedOut,
    Silence::Words(200, "<html>Zapisano"),
    Silence::Words(200, ""),
    Silence::Words(200, "{\"results\":[{\"ident\""),
    Silence::Words(500, "Fatal error"),
    Silence::Words(503, "<html>Przerwa"),
];

/// What the shop shows afterwards.
#[derive(Clone, Copy, Debug)]
enum Afterwards {
    /// What is there.
    Shown,
    /// It fails.
    Failing,
}

/// Takes two of five of each of 150 mugs. The change is done or is not, and not answered; tells the outcomes of the first hundred, of
/// the others, and what lies of the first then.
async fn unanswered(silence: Silence, is_done: bool, afterwards: Afterwards) -> (String, String, String) {
    let shop = start(mugs(1..=150)).await;
    let url = shop.url();
    let (puts, searches) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = front(&shop, move |request| {
        let is_behind = request.url.path() == SEARCH && searches.fetch_add(1, Ordering::SeqCst) > 0;
        (is_behind && matches!(afterwards, Afterwards::Failing)).then(|| ResponseTemplate::new(500))
    })
    .await;
    let done = move |request: &Request| {
        puts.fetch_add(1, Ordering::SeqCst);
        if is_done {
            forward(&url, request);
        }
    };
    // Only the first document is left without an answer.
    let put = || Mock::given(path(STOCKS));
    let mock = match silence {
        Silence::Dropped => {
            let broken = move |request: &Request| {
                done(request);
                std::io::Error::from(std::io::ErrorKind::ConnectionReset)
            };
            put().respond_with_err(broken)
        }
        Silence::TimedOut => {
            let late = move |request: &Request| {
                done(request);
                ResponseTemplate::new(200).set_delay(Duration::from_secs(3600))
            };
            put().respond_with(late)
        }
        Silence::Words(status, words) => {
            let said = move |request: &Request| {
                done(request);
                ResponseTemplate::new(status).set_body_string(words)
            };
            put().respond_with(said)
        }
    };
    mock.up_to_n_times(1).with_priority(1).mount(&server).await;
    let mut settings = Settings::new("iai-tests", test_clock());
    (settings.connect_timeout, settings.read_timeout) = (Duration::from_secs(1), Duration::from_millis(500));
    let told = [("IAI_API_KEY", KEY)];
    let platform = open_by(&Transport::new(settings).unwrap(), &server.uri(), &told, &Common::default());
    let all: Vec<_> = (1..=150).map(|id| adjust(id, "uniw", "5", "3")).collect();
    let outcomes = words(&platform.adjust_stock(&all).await);
    let one = |outcomes: &[String]| {
        let word = |outcome: &String| outcome.split(':').next().unwrap().to_owned();
        assert!(outcomes.iter().all(|other| word(other) == word(&outcomes[0])), "{outcomes:?}");
        word(&outcomes[0])
    };
    let sent = server.received_requests().await.unwrap();
    let first_product = |request: &&Request| {
        request.url.path() == STOCKS && String::from_utf8_lossy(&request.body).contains("\"1-uniw\"")
    };
    assert_eq!(sent.iter().filter(first_product).count(), 1, "a change was sent again: {silence:?}");
    for outcome in &outcomes {
        assert!(!outcome.contains(KEY), "{outcome}");
    }
    (one(&outcomes[..100]), one(&outcomes[100..]), lies(&shop, 1, "uniw", 1))
}

#[tokio::test]
async fn a_change_that_was_done_unheard_is_seen_to_be_done() {
    for silence in SILENCES {
        let (first, others, lies) = unanswered(silence, true, Afterwards::Shown).await;
        assert_eq!([&first, &others, &lies], ["done 3", "done 3", "3"], "{silence:?}");
    }
}

#[tokio::test]
async fn a_change_of_which_nothing_is_seen_is_unknown_and_not_sent_again() {
    for silence in SILENCES {
        let (first, others, lies) = unanswered(silence, false, Afterwards::Shown).await;
        assert_eq!([&first, &others, &lies], ["unknown", "done 3", "5"], "{silence:?}");
    }
}

#[tokio::test]
async fn a_change_that_nobody_can_look_at_is_unknown() {
    for silence in SILENCES {
        for is_done in [true, false] {
            let (first, others, _) = unanswered(silence, is_done, Afterwards::Failing).await;
            // The next ones cannot be looked at before they would be written.
            assert_eq!([&first, &others], ["unknown", "not done"], "{silence:?}, done: {is_done}");
        }
    }
}

#[tokio::test]
async fn an_answered_change_that_nobody_can_look_at_is_done() {
    let shop = start(mugs([1])).await;
    let searches = AtomicUsize::new(0);
    let server = front(&shop, move |request| {
        let is_behind = request.url.path() == SEARCH && searches.fetch_add(1, Ordering::SeqCst) > 0;
        is_behind.then(|| ResponseTemplate::new(500))
    })
    .await;
    let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "3")]).await;
    assert_eq!(words(&outcomes), ["done 3"]);
    assert_eq!(lies(&shop, 1, "uniw", 1), "3");
}

#[tokio::test]
async fn a_sale_beside_a_lost_answer_leaves_the_change_unknown() {
    let shop = start(mugs([1])).await;
    let (url, held) = (shop.url(), std::sync::Arc::clone(&shop));
    let server = front(&shop, move |request| {
        (request.url.path() == STOCKS).then(|| {
            forward(&url, request);
            held.set_level(1, "uniw", 2.into());
            ResponseTemplate::new(502)
        })
    })
    .await;
    let outcomes = open(&server.uri(), &[]).adjust_stock(&[adjust(1, "uniw", "5", "3")]).await;
    assert!(words(&outcomes)[0].starts_with("unknown: "), "{outcomes:?}");
}
