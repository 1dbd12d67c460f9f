//! One host: how much it is asked at once, and what it has been asked.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clock::{Clock, Moment};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Notify;

/// How many requests a host is sent in a time. They are spread evenly, never sent in a burst, so that no window of that
/// time holds more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// So many a second.
    PerSecond(NonZeroU32),
    /// So many a minute.
    PerMinute(NonZeroU32),
}

impl Rate {
    fn quota(self) -> Option<Quota> {
        let (time, n) = match self {
            Self::PerSecond(n) => (Duration::from_secs(1), n),
            Self::PerMinute(n) => (Duration::from_secs(60), n),
        };
        // Rounded up, so that never one more than allowed fits in.
        let nanos = time.as_nanos().div_ceil(u128::from(n.get()));
        Quota::with_period(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }
}

/// How much a host is asked at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostLimits {
    /// The most requests in flight; at least one.
    pub in_flight: usize,
    /// Whether that number is halved when the host says that it has too much to do (429, 503, 504, time-out) and grown
    /// back by one for each full round of good answers.
    pub adaptive: bool,
    /// The most requests in a time, if there is such a limit.
    pub rate: Option<Rate>,
}

impl Default for HostLimits {
    /// 16 in flight, adaptive, no rate.
    fn default() -> Self {
        Self { in_flight: 16, adaptive: true, rate: None }
    }
}

/// What a host has been asked so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests sent, every repetition counted.
    pub requests: u64,
    /// How many of them repeated an earlier one.
    pub repeated: u64,
    /// How often the host asked for patience (429).
    pub refused: u64,
}

pub(crate) struct Host {
    limits: HostLimits,
    flow: Mutex<Flow>,
    /// Rings when a place may have become free.
    freed: Notify,
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, Clock, NoOpMiddleware<Nanos>>>,
    requests: AtomicU64,
    repeated: AtomicU64,
    refused: AtomicU64,
}

struct Flow {
    in_flight: usize,
    limit: usize,
    /// Good answers since the limit was last changed.
    good: usize,
    /// How often the limit was halved: an overload that concerns a request sent before the last halving is no news.
    cuts: u64,
    /// Nothing is sent before this moment: the host asked for it.
    not_before: Moment,
    /// Since when the host has been asking for patience without a good answer in between.
    refusing_since: Option<Moment>,
}

/// A place among a host's requests in flight; free again when dropped.
pub(crate) struct Place {
    host: Arc<Host>,
    cuts: u64,
}

impl Host {
    pub(crate) fn new(limits: HostLimits, clock: &Clock) -> Arc<Self> {
        let limits = HostLimits { in_flight: limits.in_flight.max(1), ..limits };
        Arc::new(Self {
            limits,
            flow: Mutex::new(Flow {
                in_flight: 0,
                limit: limits.in_flight,
                good: 0,
                cuts: 0,
                not_before: Moment::START,
                refusing_since: None,
            }),
            freed: Notify::new(),
            limiter: limits
                .rate
                .and_then(Rate::quota)
                .map(|quota| RateLimiter::direct_with_clock(quota, clock.clone())),
            requests: AtomicU64::new(0),
            repeated: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        })
    }

    /// Waits for a place, for the end of a pause that the host asked for, and for the rate to allow one more request.
    pub(crate) async fn enter(self: &Arc<Self>, clock: &Clock) -> Place {
        let place = loop {
            // Registered before looking, or a place that becomes free in between rings for nobody.
            let mut freed = std::pin::pin!(self.freed.notified());
            freed.as_mut().enable();
            if let Some(place) = self.try_place() {
                break place;
            }
            freed.await;
        };
        loop {
            let not_before = self.flow().not_before;
            if clock.moment() < not_before {
                clock.sleep_until(not_before).await;
                continue;
            }
            match self.limiter.as_ref().map(RateLimiter::check) {
                None | Some(Ok(())) => return place,
                Some(Err(not_until)) => {
                    let now = governor::clock::Clock::now(clock);
                    clock.sleep(not_until.wait_time_from(now)).await;
                }
            }
        }
    }

    fn try_place(self: &Arc<Self>) -> Option<Place> {
        let mut flow = self.flow();
        (flow.in_flight < flow.limit).then(|| {
            flow.in_flight += 1;
            Place { host: Arc::clone(self), cuts: flow.cuts }
        })
    }

    /// Nothing more is sent for `wait`, by anybody, unless the host would then have asked for patience longer than
    /// `longest` without a good answer in between; answers whether it is waited for.
    pub(crate) fn pause(&self, now: Moment, wait: Duration, longest: Duration) -> bool {
        let mut flow = self.flow();
        // What was asked long before a time when nobody asked it anything is another story.
        let is_old = now.since(flow.not_before) > longest;
        let since = flow.refusing_since.filter(|_| !is_old).unwrap_or(now);
        flow.refusing_since = Some(since);
        let until = now + wait;
        if until.since(since) > longest {
            return false;
        }
        flow.not_before = flow.not_before.max(until);
        true
    }

    pub(crate) fn count_request(&self, is_repetition: bool) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.repeated.fetch_add(u64::from(is_repetition), Ordering::Relaxed);
    }

    pub(crate) fn count_refusal(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            repeated: self.repeated.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    /// How many requests may be in flight now.
    pub(crate) fn limit(&self) -> usize {
        self.flow().limit
    }

    /// No code panics while it holds this lock, so a poisoned one still holds sound numbers.
    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The host answered well.
    pub(crate) fn good(&self) {
        let mut flow = self.host.flow();
        flow.refusing_since = None;
        if !self.host.limits.adaptive || flow.limit >= self.host.limits.in_flight {
            return;
        }
        flow.good += 1;
        if flow.good >= flow.limit {
            flow.good = 0;
            flow.limit += 1;
            drop(flow);
            self.host.freed.notify_one();
        }
    }

    /// The host has too much to do.
    pub(crate) fn overloaded(&self) {
        let mut flow = self.host.flow();
        if self.host.limits.adaptive && self.cuts == flow.cuts {
            flow.limit = (flow.limit / 2).max(1);
            flow.good = 0;
            flow.cuts += 1;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.host.flow().in_flight -= 1;
        self.host.freed.notify_one();
    }
}
