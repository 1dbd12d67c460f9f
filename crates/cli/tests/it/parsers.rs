//! Values that people write, texts that others wrote, and the pace of progress: functions that a program alone shows too
//! little of.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

#[path = "../../src/output/pace.rs"]
mod pace;
#[path = "../../src/parse.rs"]
mod parse;
#[path = "../../src/output/plain.rs"]
mod plain;

fn now() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[test]
fn percents_are_whole_and_at_most_a_hundred() {
    for (text, percent) in [("0", 0), ("20", 20), ("20%", 20), ("20 %", 20), ("100%", 100)] {
        assert_eq!(parse::percent(text), Ok(percent), "{text}");
    }
    for text in ["", "%", "101", "-1", "+1", "1.5%", "20%%", "many", "99999999999"] {
        assert!(parse::percent(text).is_err(), "{text:?} is taken");
    }
}

#[test]
fn pieces_are_whole_and_none_is_missing() {
    for (text, pieces) in [("0", 0), ("7", 7), ("007", 7)] {
        assert_eq!(parse::pieces(text), Ok(pieces), "{text}");
    }
    for text in ["", "-1", "+1", "1.5", "two", "4294967296"] {
        assert!(parse::pieces(text).is_err(), "{text:?} is taken");
    }
}

#[test]
fn ways_of_levels_have_their_words() {
    for (word, direction) in parse::DIRECTIONS {
        assert_eq!(parse::direction(word), Ok(direction));
    }
    assert!(parse::direction("Both").is_err());
}

#[test]
fn durations_have_a_unit() {
    for (text, seconds) in [("90s", 90), ("30m", 1800), ("12h", 43_200), ("3d", 259_200), ("0s", 0)] {
        assert_eq!(parse::duration(text), Ok(Duration::from_secs(seconds)), "{text}");
    }
    for text in [
        "",
        "5",
        "m",
        "1.5h",
        "-3d",
        "+3d",
        "3 d",
        "3D",
        "3w",
        "99999999999999999999d",
        "18446744073709551615d",
        "3ż",
    ] {
        assert!(parse::duration(text).is_err(), "{text:?} is taken");
    }
}

#[test]
fn times_are_dates_or_how_long_ago() {
    assert_eq!(parse::since("3d", now()), Ok(now() - TimeDelta::days(3)));
    let dated = parse::since("2026-11-22T10:00:00+02:00", now()).unwrap();
    assert_eq!(dated.to_rfc3339(), "2026-11-22T08:00:00+00:00");
    for text in ["", "2026-11-22", "2026-11-22 10:00", "2026-11-23T00:00:00Z", "9999999999999d"] {
        assert!(parse::since(text, now()).is_err(), "{text:?} is taken");
    }
}

#[test]
fn choices_are_words() {
    use connector::import::{Images, Unmapped};
    for (text, images) in parse::IMAGES {
        assert_eq!(parse::images(text), Ok(images));
        assert_eq!(parse::name_of_images(images), text);
    }
    assert!(parse::images("Upload").is_err());
    assert_eq!(parse::images("hotlink"), Ok(Images::Hotlink));
    assert_eq!(parse::unmapped("skip"), Ok(Unmapped::Skip));
    assert_eq!(parse::unmapped("fail"), Ok(Unmapped::Fail));
    assert_eq!(parse::unmapped("use: Dom > Kuchnia"), Ok(Unmapped::Use("Dom > Kuchnia".to_owned())));
    for text in ["", "use", "use:", "use: ", "skip:x", "Dom"] {
        assert!(parse::unmapped(text).is_err(), "{text:?} is taken");
    }
}

#[test]
fn a_settling_time_is_in_seconds() {
    assert_eq!(parse::seconds("60"), Ok(Duration::from_secs(60)));
    assert_eq!(parse::seconds("5s"), Ok(Duration::from_secs(5)));
    for text in ["", "1m", "-1", "1.5", "99999999999999999999"] {
        assert!(parse::seconds(text).is_err(), "{text:?} is taken");
    }
}

#[test]
fn rates_are_a_minute() {
    for text in ["60", "60/min", " 60 /min"] {
        assert_eq!(parse::per_minute(text).unwrap().get(), 60, "{text}");
    }
    for text in ["", "0", "0/min", "-1", "60/s", "60/hour", "1.5", "4294967296"] {
        assert!(parse::per_minute(text).is_err(), "{text:?} is taken");
    }
}

#[test]
fn switches_are_true_or_false() {
    for (text, value) in
        [("1", true), ("TRUE", true), ("yes", true), ("0", false), ("No", false), ("off", false)]
    {
        assert_eq!(connector::switch(text), Ok(value), "{text}");
    }
    assert!(connector::switch("2").is_err());
}

#[test]
fn lines_of_progress_are_five_seconds_apart() {
    let clock = clock::Clock::test(now());
    let mut pace = pace::Pace::new(&clock);
    let due: Vec<u64> = (0..=17)
        .filter(|_| {
            let is_due = pace.is_due(&clock);
            clock.advance(Duration::from_secs(1));
            is_due
        })
        .collect();
    assert_eq!(due, [5, 10, 15]);
}

proptest! {
    #[test]
    fn a_wrong_value_is_told_in_one_line_and_never_panics(text in any::<String>()) {
        let wrong = [
            parse::duration(&text).err(),
            parse::since(&text, now()).err(),
            parse::per_minute(&text).err(),
            parse::at_least_one(&text).err(),
            connector::switch(&text).err(),
        ];
        prop_assert!(wrong.iter().filter(|wrong| wrong.is_some()).count() >= 2, "{:?} is taken for everything", text);
        for told in wrong.into_iter().flatten() {
            prop_assert!(!told.contains(char::is_control), "{:?}", told);
        }
    }

    #[test]
    fn a_duration_is_its_number_times_its_unit(number in 0_u64..1_000_000, unit in prop::sample::select(vec![("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)])) {
        prop_assert_eq!(parse::duration(&format!("{number}{}", unit.0)), Ok(Duration::from_secs(number * unit.1)));
    }

    #[test]
    fn a_time_never_lies_in_the_future(text in "[0-9]{1,6}[smhd]") {
        if let Ok(since) = parse::since(&text, now()) {
            prop_assert!(since <= now());
        }
    }

    #[test]
    fn a_line_for_a_terminal_holds_nothing_that_it_obeys(text in any::<String>()) {
        let line = plain::line(&text);
        prop_assert!(!line.contains(plain::is_harmful), "{:?}", line);
        prop_assert!(!line.contains(char::is_control), "{:?}", line);
        prop_assert_eq!(line.chars().count(), text.chars().count());
    }
}
