//! The one place that asks what time it is.
//!
//! Everything that waits or compares times is handed a [`Clock`]. A program runs on [`Clock::system`]; a test runs on
//! [`Clock::test`], whose waits end at once and move its time forward, so that a test of "five minutes later" takes no
//! time and no test sleeps.
//!
//! Architecture invariant: no other crate calls `SystemTime::now`, `Instant::now` or `sleep` (`clippy.toml` refuses it).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

/// A moment on a clock that never goes back: time passed since the clock was made.
///
/// Good for measuring and for deadlines; it says nothing about the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Duration);

impl Moment {
    /// The moment the clock was made.
    pub const START: Self = Self(Duration::ZERO);

    /// Time passed from `earlier` to this moment; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl std::ops::Sub<Duration> for Moment {
    type Output = Self;

    /// A moment before this one, at most the one at which the clock was made.
    fn sub(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(wait))
    }
}

impl std::ops::Add<Duration> for Moment {
    type Output = Self;

    fn add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }
}

/// What time it is, and waiting for it. Cheap to clone; clones share one time.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System { made: std::time::Instant },
    Test(Arc<TestTime>),
}

struct TestTime {
    start: DateTime<Utc>,
    /// Milliseconds since `start`: whole ones, so that a wait is never shorter than asked.
    passed: AtomicU64,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub fn system() -> Self {
        Self(Source::System { made: std::time::Instant::now() })
    }

    /// A clock for tests: it stands still until somebody waits on it or calls [`Clock::advance`]. A wait ends at once
    /// and puts the time to the wait's end, unless it is there already, so that two waits at once do not add up.
    #[must_use]
    pub fn test(start: DateTime<Utc>) -> Self {
        Self(Source::Test(Arc::new(TestTime { start, passed: AtomicU64::new(0) })))
    }

    /// The date and time, for what is stored or compared with other machines' times.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System { .. } => std::time::SystemTime::now().into(),
            Source::Test(time) => time.start + time.passed(),
        }
    }

    /// The moment on this clock, for measuring and for deadlines.
    #[must_use]
    pub fn moment(&self) -> Moment {
        match &self.0 {
            Source::System { made } => Moment(made.elapsed()),
            Source::Test(time) => Moment(time.passed()),
        }
    }

    /// Waits for `wait`; see [`Clock::test`] for what that means in a test.
    pub fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        self.sleep_until(self.moment() + wait)
    }

    /// Waits until `moment`; returns at once when it has passed.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub fn sleep_until(&self, moment: Moment) -> BoxFuture<'static, ()> {
        match &self.0 {
            Source::System { made } => {
                let until = made.checked_add(moment.0).map(tokio::time::Instant::from_std);
                Box::pin(async move {
                    match until {
                        Some(until) => tokio::time::sleep_until(until).await,
                        None => futures::future::pending().await,
                    }
                })
            }
            Source::Test(time) => {
                let time = Arc::clone(time);
                Box::pin(async move {
                    time.passed.fetch_max(whole_millis(moment.0), Ordering::SeqCst);
                    tokio::task::yield_now().await;
                })
            }
        }
    }

    /// Moves a test clock forward. On the machine's clock it does nothing: nobody can move that.
    pub fn advance(&self, by: Duration) {
        if let Source::Test(time) = &self.0 {
            time.passed.fetch_add(whole_millis(by), Ordering::SeqCst);
        }
    }
}

impl TestTime {
    fn passed(&self) -> Duration {
        Duration::from_millis(self.passed.load(Ordering::SeqCst))
    }
}

fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Source::System { .. } => f.write_str("Clock(system)"),
            Source::Test(time) => write!(f, "Clock(test, {:?} after its start)", time.passed()),
        }
    }
}

/// Rate limiters count on the same time as everything else.
impl governor::clock::Clock for Clock {
    type Instant = governor::nanos::Nanos;

    fn now(&self) -> Self::Instant {
        governor::nanos::Nanos::from(self.moment().0)
    }
}
