//! What the clock promises.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock, Moment};

fn start() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_wait_on_a_test_clock_ends_at_once_and_moves_the_time() {
    let clock = Clock::test(start());
    clock.sleep(Duration::from_secs(300)).await;
    assert_eq!(clock.now(), start() + TimeDelta::minutes(5));
    assert_eq!(clock.moment(), Moment::START + Duration::from_secs(300));
}

#[tokio::test]
async fn two_waits_at_once_do_not_add_up() {
    let clock = Clock::test(start());
    let (a, b) = (clock.sleep(Duration::from_secs(10)), clock.sleep(Duration::from_secs(7)));
    futures::join!(a, b);
    assert_eq!(clock.moment().since(Moment::START), Duration::from_secs(10));
}

#[tokio::test]
async fn a_wait_for_a_moment_that_has_passed_changes_nothing() {
    let clock = Clock::test(start());
    clock.advance(Duration::from_secs(20));
    clock.sleep_until(Moment::START + Duration::from_secs(5)).await;
    assert_eq!(clock.moment().since(Moment::START), Duration::from_secs(20));
}

#[tokio::test]
async fn a_wait_shorter_than_a_millisecond_is_not_lost() {
    let clock = Clock::test(start());
    clock.sleep(Duration::from_micros(1)).await;
    assert_eq!(clock.moment().since(Moment::START), Duration::from_millis(1));
}

#[test]
fn clones_share_one_time() {
    let clock = Clock::test(start());
    clock.clone().advance(Duration::from_secs(1));
    assert_eq!(clock.moment().since(Moment::START), Duration::from_secs(1));
}

#[tokio::test]
async fn the_machines_clock_goes_forward_and_cannot_be_moved() {
    let clock = Clock::system();
    let before = clock.moment();
    clock.advance(Duration::from_secs(3600));
    clock.sleep_until(before).await;
    let passed = clock.moment().since(before);
    assert!(passed < Duration::from_secs(3600), "the machine's clock was moved: {passed:?}");
    assert!(clock.now() > start(), "the machine's date is before this test was written");
}
