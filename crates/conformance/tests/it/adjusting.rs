//! Faults in how stock is read and written.

use connector::{AdjustmentKey, End, Outcome, Platform, PlatformError, Scope, StockAdjustment, StockItem};
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::StockLevel;
use rust_decimal::Decimal;

use crate::fault::Fault;

type Levels<'a> = BoxStream<'a, Result<StockItem, PlatformError>>;

/// What is told of levels.
pub(crate) fn levels(levels: Levels<'_>, fault: Fault) -> Levels<'_> {
    let told = levels.map(move |item| match (fault, item) {
        (Fault::UnknownIsZero, Ok(StockItem::Level { product, variant, level: StockLevel::Unknown })) => {
            Ok(StockItem::Level { product, variant, level: StockLevel::Quantity(Decimal::ZERO) })
        }
        (Fault::NeverTellsAll, Ok(StockItem::End(_))) => Ok(StockItem::End(End::Partial)),
        (_, item) => item,
    });
    if fault != Fault::LeavesOutLevel {
        return told.boxed();
    }
    let left_out = told.collect::<Vec<_>>().map(|mut items| {
        drop(items.remove(items.len().saturating_sub(2)));
        stream::iter(items)
    });
    stream::once(left_out).flatten().boxed()
}

/// By another name, as if it was another change.
fn renamed(adjustments: &[StockAdjustment]) -> Vec<StockAdjustment> {
    let renamed = |adjustment: &StockAdjustment| StockAdjustment {
        key: AdjustmentKey::new(format!("{}again", adjustment.key)),
        ..adjustment.clone()
    };
    adjustments.iter().map(renamed).collect()
}

/// What is done about changes.
pub(crate) async fn adjust(
    inner: &dyn Platform,
    fault: Fault,
    adjustments: &[StockAdjustment],
) -> Vec<Outcome> {
    let done = |adjustment: &StockAdjustment| Outcome::Done(adjustment.target);
    match fault {
        Fault::WritesTwice => {
            inner.adjust_stock(adjustments).await;
            inner.adjust_stock(&renamed(adjustments)).await
        }
        Fault::ForgetsSign => {
            let mut positive = adjustments.to_vec();
            positive.iter_mut().for_each(|adjustment| adjustment.delta = adjustment.delta.abs());
            inner.adjust_stock(&positive).await
        }
        Fault::SetsBlindly => {
            let mut set = adjustments.to_vec();
            let now: Vec<_> = inner.stock(Scope::All).collect().await;
            for adjustment in &mut set {
                for item in &now {
                    if let Ok(StockItem::Level { product, variant, level: StockLevel::Quantity(level) }) =
                        item
                        && (product, variant) == (&adjustment.product, &adjustment.variant)
                    {
                        adjustment.delta = adjustment.target - level;
                    }
                }
            }
            inner.adjust_stock(&set).await
        }
        Fault::PretendsToWrite => adjustments.iter().map(done).collect(),
        Fault::TakesErrorsForDone => {
            inner.adjust_stock(adjustments).await;
            adjustments.iter().map(done).collect()
        }
        Fault::RepeatsUnanswered => {
            let outcomes = inner.adjust_stock(adjustments).await;
            if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Unknown(_))) {
                return inner.adjust_stock(&renamed(adjustments)).await;
            }
            outcomes
        }
        Fault::AdjustsEach => {
            let mut outcomes = Vec::new();
            for adjustment in adjustments.chunks(1) {
                outcomes.extend(inner.adjust_stock(adjustment).await);
            }
            outcomes
        }
        _ => inner.adjust_stock(adjustments).await,
    }
}
