//! How much there is of what stands in the database.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use super::{GOODS, KIT, PACKAGING, SERVICE};
use crate::wire::rows::{Component, Level};

/// So many decimal places an amount has in the program.
pub(crate) const PLACES: u32 = 4;

/// How much of a good can be sold: what is there, less what is reserved. It may be below 0.
#[must_use]
pub fn available(level: Level) -> Option<Decimal> {
    level.on_hand.checked_sub(level.reserved).map(|available| available.normalize())
}

/// How many of a kit can be put together: a kit is not stocked, its components are. Services in it are always there.
///
/// # Errors
/// Why nobody can tell, as a part of a sentence.
pub fn of_kit(components: &[Component], levels: &HashMap<i32, Level>) -> Result<Decimal, String> {
    let mut least: Option<Decimal> = None;
    // A component may stand in several rows, which take it together.
    let mut counts: BTreeMap<i32, Decimal> = BTreeMap::new();
    for component in components {
        let good = component.good;
        match component.kind {
            Some(SERVICE) => continue,
            Some(GOODS | PACKAGING) => {}
            Some(KIT) => return Err(format!("its component {good} is a kit too")),
            _ => return Err(format!("nobody can tell what its component {good} is")),
        }
        let count = component.count.filter(|count| *count > Decimal::ZERO);
        let count =
            count.ok_or_else(|| format!("it does not tell how many it takes of its component {good}"))?;
        let so_far = counts.entry(good).or_default();
        *so_far =
            so_far.checked_add(count).ok_or_else(|| format!("it takes too many of its component {good}"))?;
        let count = *so_far;
        // What was deleted cannot be put into anything any more.
        let level = if component.is_deleted {
            Level::default()
        } else {
            levels.get(&good).copied().unwrap_or_default()
        };
        let kits = available(level).and_then(|available| available.checked_div(count));
        let kits =
            kits.ok_or_else(|| format!("the level of its component {good} has too many digits"))?.floor();
        least = Some(least.map_or(kits, |least| least.min(kits)));
    }
    least.map(|least| least.normalize()).ok_or_else(|| "it has no component that is stocked".to_owned())
}
