//! What every platform must pass.

use conformance::Suite;

use crate::examined::IaiExamined;

conformance::examine!(IaiExamined { by_gates: false });

/// The older gates tell the same goods by other addresses and another login; so what concerns these is tried with them too.
#[test]
fn the_older_gates_pass_what_concerns_the_way_to_the_shop() {
    const ON_THE_WAY: [Suite; 10] = [
        Suite::Arrival,
        Suite::Languages,
        Suite::Torn,
        Suite::Patience,
        Suite::Failures,
        Suite::Refusal,
        Suite::Requests,
        Suite::Secrets,
        Suite::Sold,
        Suite::Unanswered,
    ];
    for suite in ON_THE_WAY {
        conformance::run(suite, &IaiExamined { by_gates: true });
    }
}
