//! How the shop writes and reads what is no plain text: times, numbers and what is made of secrets.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Europe::Warsaw;
use rust_decimal::Decimal;
use serde_json::{Number, Value};

/// What the shop tells as the time of what never happened.
const NEVER: &str = "0000-00-00 00:00:00";

/// The time on the shop's wall.
fn local(time: DateTime<Utc>) -> NaiveDateTime {
    time.with_timezone(&Warsaw).naive_local()
}

/// A day as a caller tells it: `2026-02-13`.
pub(crate) fn day(told: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(told, "%Y-%m-%d");
    day.ok().filter(|_| told.len() == "2026-02-13".len())
}

/// When a day begins in the shop.
pub(crate) fn start_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN).and_local_timezone(Warsaw);
    midnight.earliest().map(|midnight| midnight.to_utc())
}

/// A time of the shop's wall, without a zone.
pub(crate) fn time(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| NEVER.to_owned(), |time| local(time).format("%Y-%m-%d %H:%M:%S").to_string())
}

/// The key that proves a password on the day that it is in the shop.
pub(crate) fn daily_key(password: &str, now: DateTime<Utc>) -> String {
    let day = local(now).format("%Y%m%d").to_string();
    hash(&(day + &hash(password)))
}

/// The SHA-1 of a text in lower-case hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A JSON number of exactly this value, without zeros at its end.
pub(crate) fn number(value: Decimal) -> Value {
    let number = value.normalize().to_string().parse::<Number>();
    number.map_or(Value::Null, Value::Number)
}

/// An id, or another whole number from 0, told as a number or as a text.
pub(crate) fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A number told as one or as a text.
pub(crate) fn decimal(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}
