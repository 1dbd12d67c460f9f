//! When a call is repeated, and after what wait.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};

/// How often and how long a call is tried.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// How often a call is tried in all, waits that the host asked for aside. Five, as the Gateway's earlier connectors.
    pub tries: usize,
    /// The wait after the first failure; it doubles with each further one, and up to as much again is added by chance
    /// so that many clients do not come back at once.
    pub first_wait: Duration,
    /// The longest such wait, chance aside.
    pub longest_wait: Duration,
    /// The longest single wait that a host may ask for. A host that asks for more is left for a later run.
    pub longest_asked: Duration,
    /// The longest time for which a host may go on asking for patience without a good answer in between.
    pub longest_asked_in_all: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(15),
            longest_asked: Duration::from_secs(5 * 60),
            longest_asked_in_all: Duration::from_secs(15 * 60),
        }
    }
}

impl RetryPolicy {
    /// The waits between tries, one for each failure. Endless: the number of tries is counted by who asks.
    pub(crate) fn waits(&self) -> impl Iterator<Item = Duration> + Send + use<> {
        ExponentialBuilder::new()
            .with_factor(2.0)
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .without_max_times()
            .with_jitter()
            .build()
    }
}

/// What an answer's status says about trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the answer.
    Final,
    /// The host refuses for now and has done nothing: wait, then ask again, whatever the call.
    NotNow,
    /// The host failed. Whether it has done something is not known.
    Failed,
}

impl Verdict {
    pub(crate) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::NotNow,
            // These say that the host will never do it, so asking again is of no use.
            StatusCode::NOT_IMPLEMENTED | StatusCode::HTTP_VERSION_NOT_SUPPORTED => Self::Final,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Self::Failed,
            status if status.is_server_error() => Self::Failed,
            _ => Self::Final,
        }
    }
}

/// Whether a status tells of a host that has too much to do.
pub(crate) fn is_overload(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    )
}

/// The wait that `Retry-After` asks for: seconds, or a date (RFC 9110, 10.2.3). A date in the past asks for none;
/// anything else is as if the header were not there.
pub(crate) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are a very long wait, not none.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or(Duration::ZERO))
}
