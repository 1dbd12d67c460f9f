//! The key by which the older gates are asked: it is another one each day.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Warsaw;
use secrecy::{ExposeSecret as _, SecretString};

/// So near to midnight the shop's clock, or this machine's, may already say another day than the other one.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(15);

/// The key of a day: the SHA-1, in hexadecimal digits, of the day as `YYYYMMDD` and the password's SHA-1 in such digits. The day is
/// the shop's: that of Poland, wherever this machine is.
#[must_use]
pub fn of_day(day: NaiveDate, password: &SecretString) -> SecretString {
    let inner = hex_sha1(password.expose_secret().as_bytes());
    hex_sha1(format!("{}{inner}", day.format("%Y%m%d")).as_bytes()).into()
}

/// The day in Poland, and, near midnight, the one that another clock may tell.
#[must_use]
pub fn days(now: DateTime<Utc>) -> Vec<NaiveDate> {
    let today = day_of(now);
    let mut days = vec![today];
    let near = [now.checked_sub_signed(CLOCKS_APART), now.checked_add_signed(CLOCKS_APART)];
    days.extend(near.into_iter().flatten().map(day_of).find(|other| *other != today));
    days
}

/// The shop's day at a moment.
#[must_use]
pub fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&Warsaw).date_naive()
}

fn hex_sha1(bytes: &[u8]) -> String {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
