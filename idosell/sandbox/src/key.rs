//! What is made of secrets and of days: the key of a login, and the shop's local time.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Europe::Warsaw;

/// The key that proves a password on the day that it is in the shop.
pub(crate) fn key(password: &str, now: DateTime<Utc>) -> String {
    let day = local(now).format("%Y%m%d");
    sha1(format!("{day}{}", sha1(password)))
}

/// The time on the shop's wall.
pub(crate) fn local(time: DateTime<Utc>) -> NaiveDateTime {
    time.with_timezone(&Warsaw).naive_local()
}

/// A time as files tell it: of the shop's wall, without a zone.
pub(crate) fn told(time: DateTime<Utc>) -> String {
    local(time).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// In lower-case hexadecimal digits.
pub(crate) fn sha1(text: impl AsRef<[u8]>) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_ref());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
