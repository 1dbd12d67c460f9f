//! Values that people write: durations, moments, rates, choices.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, Utc};
use connector::import::{Images, Unmapped};
use connector::stock::Direction;

/// A duration with its unit: `90s`, `30m`, `12h`, `3d`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no duration: write a whole number with s, m, h or d, like 30m or 3d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(wrong()),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// A moment before `now`: by its date (RFC 3339), or by how long ago it was.
pub(crate) fn since(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let wrong =
        || format!("{text:?} is no time: write 2026-11-22T08:00:00Z, or how long ago, like 3d, 12h or 30m");
    let moment = match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => moment.to_utc(),
        Err(_) => {
            let ago = duration(text).ok().and_then(|ago| chrono::Duration::from_std(ago).ok());
            ago.and_then(|ago| now.checked_sub_signed(ago)).ok_or_else(wrong)?
        }
    };
    if moment > now { Err(format!("{text} is in the future")) } else { Ok(moment) }
}

/// So many a minute: `60/min`, or `60`.
pub(crate) fn per_minute(text: &str) -> Result<NonZeroU32, String> {
    let number = text.strip_suffix("/min").unwrap_or(text).trim();
    number.parse().map_err(|_| format!("{text:?} is no rate: write requests a minute from 1 on, like 60/min"))
}

/// A whole number from 1 on.
pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| format!("{text:?} is no whole number from 1 on"))
}

/// How pictures come to the marketplace, by the words for it.
pub(crate) const IMAGES: [(&str, Images); 4] = [
    ("upload", Images::Upload),
    ("copy", Images::Copy),
    ("hotlink", Images::Hotlink),
    ("none", Images::None),
];

/// The word for a way of pictures.
pub(crate) fn name_of_images(images: Images) -> &'static str {
    IMAGES.into_iter().find_map(|(name, known)| (known == images).then_some(name)).unwrap_or_default()
}

/// A way of pictures.
pub(crate) fn images(text: &str) -> Result<Images, String> {
    let found = IMAGES.into_iter().find_map(|(name, images)| (name == text).then_some(images));
    found.ok_or_else(|| format!("{text:?} is none of upload, copy, hotlink and none"))
}

/// Which way stock levels go, by the words for it.
pub(crate) const DIRECTIONS: [(&str, Direction); 3] =
    [("both", Direction::Both), ("to-gateway", Direction::ToGateway), ("to-shop", Direction::ToShop)];

/// A way of stock levels.
pub(crate) fn direction(text: &str) -> Result<Direction, String> {
    let found = DIRECTIONS.into_iter().find_map(|(name, direction)| (name == text).then_some(direction));
    found.ok_or_else(|| format!("{text:?} is none of both, to-gateway and to-shop"))
}

/// A whole number of pieces.
pub(crate) fn pieces(text: &str) -> Result<u32, String> {
    let wrong = || format!("{text:?} is no whole number from 0 on");
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// What becomes of categories that are not mapped.
pub(crate) fn unmapped(text: &str) -> Result<Unmapped, String> {
    match text.split_once(':') {
        None if text == "skip" => Ok(Unmapped::Skip),
        None if text == "fail" => Ok(Unmapped::Fail),
        Some(("use", name)) if !name.trim().is_empty() => Ok(Unmapped::Use(name.trim().to_owned())),
        _ => Err(format!("{text:?} is none of skip, fail and use:NAME")),
    }
}

/// A whole number of percent, from 0 to 100: `20`, or `20%`.
pub(crate) fn percent(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim();
    let wrong = || format!("{text:?} is no whole number of percent from 0 to 100, like 20%");
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    number.parse().ok().filter(|percent| *percent <= 100).ok_or_else(wrong)
}

/// Seconds, whole ones.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.strip_suffix('s').unwrap_or(text).trim();
    let seconds = number.parse().map_err(|_| format!("{text:?} is no whole number of seconds"))?;
    Ok(Duration::from_secs(seconds))
}
