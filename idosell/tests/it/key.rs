//! The key of the day.

use chrono::NaiveDate;
use idosell::key::{days, of_day};
use secrecy::ExposeSecret as _;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn it_is_made_of_the_day_and_the_password() {
    // printf %s "20260301$(printf %s FAKE-PASSWORD | sha1sum | cut -c1-40)" | sha1sum
    let key = of_day(day("2026-03-01"), &"FAKE-PASSWORD".into());
    assert_eq!(key.expose_secret(), "67acb534e153c7927b98888fbea47a341ade7380");
    // A password is bytes in UTF-8.
    let key = of_day(day("2026-12-31"), &"zażółć".into());
    assert_eq!(key.expose_secret(), "d8636ea7974a2577250b75281a23738835ec6153");
}

#[test]
fn it_turns_at_midnight_in_poland() {
    for (now, today) in [
        // Winter: an hour before midnight in UTC.
        ("2026-01-14T22:30:00Z", "2026-01-14"),
        ("2026-01-14T23:30:00Z", "2026-01-15"),
        // Summer: two hours before.
        ("2026-07-14T21:30:00Z", "2026-07-14"),
        ("2026-07-14T22:30:00Z", "2026-07-15"),
        // The days on which the clocks are changed.
        ("2026-03-28T22:59:59Z", "2026-03-28"),
        ("2026-03-29T21:30:00Z", "2026-03-29"),
        ("2026-10-25T22:30:00Z", "2026-10-25"),
        ("2026-10-25T23:30:00Z", "2026-10-26"),
        ("2024-02-28T23:30:00Z", "2024-02-29"),
    ] {
        assert_eq!(days(now.parse().unwrap())[0], day(today), "{now}");
    }
}

#[test]
fn near_midnight_the_other_day_is_known_too() {
    let days = |now: &str| days(now.parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(days("2026-01-14T22:50:00Z"), ["2026-01-14", "2026-01-15"]);
    assert_eq!(days("2026-01-14T23:00:00Z"), ["2026-01-15", "2026-01-14"]);
    assert_eq!(days("2026-01-14T23:16:00Z"), ["2026-01-15"]);
    assert_eq!(days("2026-01-14T12:00:00Z"), ["2026-01-14"]);
}
