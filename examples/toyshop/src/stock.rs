//! Changes of stock. The service takes changes and remembers their keys, so one that was not answered can be asked about.

use std::collections::BTreeSet;

use connector::{AdjustmentKey, Known, Outcome, PlatformError, StockAdjustment};

use crate::client::{Client, Unchanged};
use crate::wire;

/// Keys asked about in one request.
const KEYS: usize = 100;

/// Asks for all changes at once.
pub(crate) async fn adjust(client: &Client, adjustments: &[StockAdjustment]) -> Vec<Outcome> {
    let change = |adjustment: &StockAdjustment| wire::Change {
        key: adjustment.key.to_string(),
        product: adjustment.product.to_string(),
        variant: adjustment.variant.to_string(),
        delta: adjustment.delta.to_string(),
    };
    let changes = wire::Changes { changes: adjustments.iter().map(change).collect() };
    let results = match client.change(&changes).await {
        Ok(changed) => changed.results,
        Err(Unchanged::NotDone(error)) => {
            return adjustments.iter().map(|_| Outcome::NotDone(error.clone())).collect();
        }
        Err(Unchanged::Unknown(error)) => {
            return adjustments.iter().map(|_| Outcome::Unknown(error.clone())).collect();
        }
    };
    let outcome = |adjustment: &StockAdjustment| {
        let own = results.iter().find(|result| result.key.text() == Some(adjustment.key.as_str()));
        own.map_or_else(|| untold(adjustment), |result| outcome_of(adjustment, result))
    };
    adjustments.iter().map(outcome).collect()
}

fn outcome_of(adjustment: &StockAdjustment, result: &wire::Changing) -> Outcome {
    let stock = result.stock.text().and_then(|stock| stock.parse().ok());
    match (result.error.text(), stock) {
        (None, Some(stock)) => Outcome::Done(stock),
        (Some(wire::BELOW_ZERO), Some(stock)) => Outcome::Moved(stock),
        (Some(why), _) => Outcome::Refused(format!("the shop says: {why}")),
        (None, None) => untold(adjustment),
    }
}

fn untold(adjustment: &StockAdjustment) -> Outcome {
    let what = format!("the shop does not tell what became of the change {}", adjustment.key);
    Outcome::Unknown(PlatformError::Failed { what })
}

/// What the shop knows of changes that it was asked for. It does them at once, so one that it does not know was not done.
pub(crate) async fn find(client: &Client, keys: &[AdjustmentKey]) -> Result<Vec<Known>, PlatformError> {
    let mut done = BTreeSet::new();
    for some in keys.chunks(KEYS) {
        let asked: Vec<&str> = some.iter().map(AdjustmentKey::as_str).collect();
        done.extend(client.done(&asked.join(",")).await?);
    }
    let known = |key: &AdjustmentKey| if done.contains(key.as_str()) { Known::Done } else { Known::NotDone };
    Ok(keys.iter().map(known).collect())
}
