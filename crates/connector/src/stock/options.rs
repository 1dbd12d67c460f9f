//! What a pass over the stock levels is told.

use std::time::Duration;

use gateway_core::assumptions;
use gateway_core::gateway::GatewaySettings;

use crate::Scope;

/// Which way levels go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What is sold or corrected on one side is taken off or put right on the other.
    Both,
    /// The marketplace gets the shop's levels, and the shop is never written.
    ToGateway,
    /// The shop gets what happened at the marketplace, which is never written.
    ToShop,
}

/// What a pass is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which products.
    pub scope: Scope,
    /// Which way levels go; unless told, both, or to the marketplace alone where the shop's cannot be written, or by a file alone.
    pub direction: Option<Direction>,
    /// How many pieces of each variant the marketplace is not told of.
    pub buffer: u32,
    /// The most variants, in percent of all, that may be set to 0 in a pass, which stops before it writes when it would be more. It
    /// does not count as long as they are few: [`FEW`].
    pub max_change: u32,
    /// Whether that limit does not count.
    pub force: bool,
    /// Whether levels that are there are taken as they are, where nothing is remembered of the passes before; with products that are named,
    /// whatever is remembered of these, but for what stands in a file that nobody has made the shop read.
    pub take_base: bool,
    /// Whether everything is read and nothing written.
    pub dry_run: bool,
    /// How long after a write a side may not show it.
    pub settle: Duration,
    /// How many calls of the marketplace may be in flight.
    pub concurrency: usize,
}

/// The most variants, in percent, that may be set to 0 in one pass, unless told.
pub const MAX_CHANGE: u32 = 50;

/// So many variants may be set to 0 whatever their share is: of two products one sells out.
pub const FEW: u64 = 10;

impl Default for Options {
    fn default() -> Self {
        Self {
            scope: Scope::All,
            direction: None,
            buffer: 0,
            max_change: MAX_CHANGE,
            force: false,
            take_base: false,
            dry_run: false,
            settle: assumptions::SETTLE,
            concurrency: GatewaySettings::CONCURRENCY,
        }
    }
}
