//! What every platform must pass.

use conformance::Suite;

use crate::examined::IdoSellExamined;

conformance::examine!(IdoSellExamined { by_address: false });

/// What an account changes is how the feed is found; so these are tried without one.
#[test]
fn a_feed_by_its_address_passes_what_concerns_the_way_to_it() {
    for suite in [Suite::Arrival, Suite::Torn, Suite::Patience, Suite::Failures, Suite::Requests] {
        conformance::run(suite, &IdoSellExamined { by_address: true });
    }
}
