//! The key of the day.

use chrono::NaiveDate;
use iai::key::{day_of, days, of_day};
use secrecy::ExposeSecret as _;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn it_is_made_of_the_day_and_the_password() {
    // printf %s "20260704$(printf %s FAKE-PANEL-PASSWORD | sha1sum | cut -c1-40)" | sha1sum
    let key = of_day(day("2026-07-04"), &"FAKE-PANEL-PASSWORD".into());
    assert_eq!(key.expose_secret(), "13782bfd9c2303e531abb35040e57dedab012947");
    // A password is bytes in UTF-8.
    let key = of_day(day("2027-01-01"), &"FAŁSZYWE-hasło".into());
    assert_eq!(key.expose_secret(), "d1d39f3e8c827ae7df39b9cf017b2936a8a5d81f");
}

#[test]
fn it_is_another_one_each_day_and_for_each_password() {
    let key = |on: &str, password: &str| of_day(day(on), &password.into()).expose_secret().to_owned();
    let first = key("2026-07-04", "FAKE-PANEL-PASSWORD");
    assert_eq!(key("2026-07-04", "FAKE-PANEL-PASSWORD"), first);
    assert_ne!(key("2026-07-05", "FAKE-PANEL-PASSWORD"), first);
    assert_ne!(key("2026-07-04", "FAKE-PANEL-PASSWORd"), first);
}

#[test]
fn nothing_that_is_shown_of_it_holds_the_key_or_the_password() {
    let shown = format!("{:?}", of_day(day("2026-07-04"), &"FAKE-PANEL-PASSWORD".into()));
    assert!(!shown.contains("13782b") && !shown.contains("FAKE"), "{shown}");
}

#[test]
fn the_day_turns_at_midnight_in_poland_in_winter_and_in_summer() {
    for (moment, today) in [
        // Winter: an hour before midnight in UTC.
        ("2026-12-10T22:59:59Z", "2026-12-10"),
        ("2026-12-10T23:00:00Z", "2026-12-11"),
        // Summer: two hours before.
        ("2026-06-10T21:59:59Z", "2026-06-10"),
        ("2026-06-10T22:00:00Z", "2026-06-11"),
        // The days on which the clocks are changed: by morning, so the day ends by the new time.
        ("2027-03-27T23:00:00Z", "2027-03-28"),
        ("2027-03-28T21:59:59Z", "2027-03-28"),
        ("2027-03-28T22:00:00Z", "2027-03-29"),
        ("2026-10-24T22:00:00Z", "2026-10-25"),
        ("2026-10-25T22:59:59Z", "2026-10-25"),
        ("2026-10-25T23:00:00Z", "2026-10-26"),
        ("2026-12-31T23:00:00Z", "2027-01-01"),
        ("2028-02-28T23:00:00Z", "2028-02-29"),
    ] {
        let moment = moment.parse().unwrap();
        assert_eq!(day_of(moment), day(today), "{moment}");
        assert_eq!(days(moment)[0], day(today), "{moment}: the shop's own day is tried first");
    }
}

#[test]
fn near_midnight_the_other_day_is_known_too_and_else_none() {
    let days = |now: &str| days(now.parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>();
    for (now, expected) in [
        ("2026-12-10T22:44:59Z", &["2026-12-10"][..]),
        ("2026-12-10T22:45:00Z", &["2026-12-10", "2026-12-11"]),
        ("2026-12-10T22:59:59Z", &["2026-12-10", "2026-12-11"]),
        ("2026-12-10T23:00:00Z", &["2026-12-11", "2026-12-10"]),
        ("2026-12-10T23:14:59Z", &["2026-12-11", "2026-12-10"]),
        ("2026-12-10T23:15:00Z", &["2026-12-11"]),
        ("2026-06-10T21:50:00Z", &["2026-06-10", "2026-06-11"]),
        ("2026-06-10T22:05:00Z", &["2026-06-11", "2026-06-10"]),
        ("2026-06-10T22:50:00Z", &["2026-06-11"]),
        ("2026-06-10T12:00:00Z", &["2026-06-10"]),
    ] {
        assert_eq!(days(now), expected, "{now}");
    }
}
