//! What every platform must pass, written once.
//!
//! A platform's tests tell how its local shop is filled ([`Examined`], [`LocalShop`]), declare what the platform cannot
//! express and how many requests it needs ([`Declared`]), and get a test of each [`Suite`] by one line:
//! `conformance::examine!(MyPlatform)`.
//!
//! The goods are a catalogue of this crate's own ([`Catalogue`]), which each local shop renders into its platform's wire
//! format. What the connector makes of that must be the catalogue again. Between the two stands a detour, which takes
//! every call down and lets answers be late, wrong or lost, so that no local shop has to know how. A shop may also be a database that
//! speaks a protocol of its own, or files ([`Reached`]): what a suite does to it follows from that.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

mod arena;
mod catalogues;
mod declared;
mod detour;
mod examined;
mod finding;
mod goods;
mod judge;
mod records;
mod suite;
mod suites;
mod tour;

pub use declared::{Cannot, Declared};
pub use examined::{Examined, LocalShop, Reached, Shelves};
pub use finding::{Finding, Verdict};
pub use goods::{Catalogue, Category, OptionValue, Product, ProductOption, Texts, Tongue, Variant, mark};
pub use suite::Suite;

use arena::Arena;

/// The longest that a suite may take. What takes longer waits for something that never comes.
const LONGEST: Duration = Duration::from_secs(300);

/// Runs a suite, as the test that bears its name.
///
/// # Panics
/// With what was found, so that the test fails.
#[expect(clippy::panic, reason = "it is how a test fails")]
#[expect(clippy::print_stdout, reason = "it is what a test says")]
pub fn run(suite: Suite, examined: &dyn Examined) {
    let declared = examined.declared();
    if let Some((_, why)) = declared.exempt.iter().find(|(exempt, _)| *exempt == suite) {
        println!("{suite}: exempt, because {why}");
        return;
    }
    if let Some(cannot) = suite.needs().iter().find(|needed| declared.cannot.contains(needed)) {
        println!("{suite}: does not apply, because the platform has no place for this: {cannot:?}");
        return;
    }
    match examine(suite, examined) {
        Ok(None) => {}
        Ok(Some(why)) => println!("{suite}: does not apply, because {why}"),
        Err(finding) => panic!("{suite}: {finding}"),
    }
}

/// Runs a suite and says what it found.
///
/// # Errors
/// What the platform does that it must not do.
pub fn verdict(suite: Suite, examined: &dyn Examined) -> Verdict {
    examine(suite, examined).map(drop)
}

/// The same; where the suite means nothing to the shop, why.
fn examine(suite: Suite, examined: &dyn Examined) -> Result<Option<&'static str>, Finding> {
    let runtime = |mut builder: tokio::runtime::Builder| {
        builder.enable_all().build().map_err(|error| Finding::new(format!("no runtime: {error}")))
    };
    let mut many = tokio::runtime::Builder::new_multi_thread();
    many.worker_threads(1);
    let servers = runtime(many)?;
    let own = runtime(tokio::runtime::Builder::new_current_thread())?;
    let arena = Arena::new(examined, &servers)?;
    if let Some(why) = suite.means_nothing(&arena.shop.reached()) {
        return Ok(Some(why));
    }
    let examine = || {
        own.block_on(async {
            let verdict = tokio::time::timeout(LONGEST, suites::run(suite, &arena)).await;
            verdict.unwrap_or_else(|_| {
                Err(Finding::new(format!("it is not over after {} s", LONGEST.as_secs())))
            })
        })
    };
    let verdict = catch_unwind(AssertUnwindSafe(examine)).unwrap_or_else(|panic| {
        let said =
            panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(Finding::new(format!("a panic: {}", said.unwrap_or("without a word"))))
    });
    verdict.map(|()| None)
}
