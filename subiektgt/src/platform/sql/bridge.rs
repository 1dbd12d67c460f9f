//! Changes of levels by a bridge, which knows goods by their symbols and puts the keys of changes into documents. The documents are read,
//! so what became of a change can be told though nobody answered.

use std::collections::{HashMap, HashSet};

use connector::{AdjustmentKey, Common, Known, Outcome, PlatformError, StockAdjustment};
use futures::future::join_all;
use gateway_core::model::ProductId;
use transport::Transport;

use super::opened::Opened;
use super::writing::{Named, named};
use super::{AT_ONCE, id_of, levels};
use crate::bridge::{Access, Answered, Bridge, Doubts, key_of};
use crate::mapping::{GOODS, has_no_level};
use crate::sql::{Asked, Database, Failure, in_list, statements};
use crate::wire::rows::Cells;

/// A firm whose levels are changed by a bridge.
pub(super) struct ByBridge {
    bridge: Bridge,
}

/// A change of a good that documents can change.
struct Task<'a> {
    /// Its place among all.
    place: usize,
    adjustment: &'a StockAdjustment,
    symbol: String,
    good: i32,
}

impl ByBridge {
    pub(super) fn new(access: Access, common: &Common, transport: &Transport) -> Self {
        Self { bridge: Bridge::new(access, common, transport) }
    }

    pub(super) fn requests(&self) -> u64 {
        self.bridge.requests()
    }

    pub(super) async fn trouble(&self) -> Option<String> {
        self.bridge.trouble().await
    }

    /// Which changes documents bear the keys of. A change that none bears may be done all the same, as long as it is asked for: it is
    /// asked for again by its own key.
    pub(super) async fn find(
        &self,
        database: &Database,
        keys: &[AdjustmentKey],
    ) -> Result<Vec<Known>, PlatformError> {
        self.bridge.remember_open(keys);
        // It is asked before levels are read: what documents show by now is in them.
        let Some(documents) = documents_of(database, keys).await? else {
            // Only who asks again finds out.
            return Ok(vec![Known::Repeatable; keys.len()]);
        };
        let known =
            |key: &AdjustmentKey| self.bridge.known(key, documents.contains(&key_of(key).to_lowercase()));
        Ok(keys.iter().map(known).collect())
    }

    /// Asks for changes, all of them in the first of the firm's warehouses, and looks what there is then.
    pub(super) async fn adjust(
        &self,
        (database, opened): (&Database, &Opened),
        adjustments: &[StockAdjustment],
    ) -> Vec<Outcome> {
        let not_asked = |why: &PlatformError| {
            adjustments.iter().map(|adjustment| self.bridge.not_asked(adjustment, why.clone())).collect()
        };
        let products: Vec<&ProductId> = adjustments.iter().map(|adjustment| &adjustment.product).collect();
        let goods = match named(database, &products).await {
            Ok(goods) => goods,
            Err(failure) => return not_asked(&failure.of_run()),
        };
        let Some(warehouse) = opened.warehouses.first().copied() else {
            return not_asked(&failed("the firm has no warehouse".to_owned()));
        };
        let mut outcomes: HashMap<usize, Outcome> = HashMap::new();
        let mut tasks = Vec::new();
        for (place, adjustment) in adjustments.iter().enumerate() {
            match to_change(goods.get(&adjustment.product), opened) {
                Ok(symbol) => {
                    let good = id_of(&adjustment.product).unwrap_or_default();
                    tasks.push(Task { place, adjustment, symbol, good });
                }
                Err(why) => {
                    outcomes.insert(place, self.bridge.refused(adjustment, why));
                }
            }
        }
        let (mut done, mut stop): (Vec<&Task<'_>>, Option<PlatformError>) = (Vec::new(), None);
        let mut has_hung = false;
        for some in tasks.chunks(self.bridge.in_flight()) {
            if let Some(why) = &stop {
                let left =
                    some.iter().map(|task| (task.place, self.bridge.not_asked(task.adjustment, why.clone())));
                outcomes.extend(left);
                continue;
            }
            let asked =
                some.iter().map(|task| self.bridge.change(task.adjustment, &task.symbol, warehouse.into()));
            for (task, answered) in some.iter().zip(join_all(asked).await) {
                let outcome = match answered {
                    Answered::Done => {
                        done.push(task);
                        continue;
                    }
                    Answered::Refused(why) => Outcome::Refused(why),
                    Answered::NotDone(why) => {
                        stop.get_or_insert_with(|| why.clone());
                        Outcome::NotDone(why)
                    }
                    // The bridge has another session of the program for the next change. What hangs there too hangs at all of them.
                    Answered::InDoubt(why) => {
                        if has_hung {
                            stop.get_or_insert_with(|| why.clone());
                        }
                        has_hung = true;
                        Outcome::Unknown(why)
                    }
                    Answered::Unknown(why) => {
                        stop.get_or_insert_with(|| why.clone());
                        Outcome::Unknown(why)
                    }
                };
                outcomes.insert(task.place, outcome);
            }
        }
        let shown = shown(database, opened, &done).await;
        for task in done {
            let level = shown.get(&task.good).copied().unwrap_or(task.adjustment.target);
            outcomes.insert(task.place, Outcome::Done(level));
        }
        let untold = || Outcome::NotDone(failed("it was not asked for".to_owned()));
        (0..adjustments.len()).map(|place| outcomes.remove(&place).unwrap_or_else(untold)).collect()
    }
}

/// What became of changes that a bridge was asked for, where there is none any more: they were done where a document bears their keys.
pub(super) async fn find_done(
    database: &Database,
    doubts: &Doubts,
    keys: &[AdjustmentKey],
) -> Result<Vec<Known>, PlatformError> {
    let documents = documents_of(database, keys).await?.unwrap_or_default();
    let known = |key: &AdjustmentKey| match documents.contains(&key_of(key).to_lowercase()) {
        true => Known::Done,
        // It still hangs where the bridge was.
        false if doubts.is_open(key) => Known::Outstanding,
        false => Known::Forgotten,
    };
    Ok(keys.iter().map(known).collect())
}

/// Which of these keys a document bears; `None` where nobody may look.
async fn documents_of(
    database: &Database,
    keys: &[AdjustmentKey],
) -> Result<Option<HashSet<String>>, PlatformError> {
    let cut: Vec<String> = keys.iter().map(key_of).collect();
    let mut borne = HashSet::new();
    for some in cut.chunks(AT_ONCE) {
        let parameters = in_list(some);
        let statement = statements::documents_of(parameters.len());
        let rows = match database.rows(&statement, &parameters, Asked::Usually).await {
            Ok(rows) => rows,
            Err(Failure::Denied { .. }) => return Ok(None),
            Err(failure) => return Err(failure.of_run()),
        };
        borne.extend(rows.iter().filter_map(|row| Some(Cells(row).text(0).ok()??.to_lowercase())));
    }
    Ok(Some(borne))
}

/// The symbol of a good whose level documents can change.
fn to_change(good: Option<&Named>, opened: &Opened) -> Result<String, String> {
    let Some(Named { symbol, kind, .. }) = good else { return Err("the shop does not have it".to_owned()) };
    if let Some(why) = has_no_level(*kind) {
        return Err(why);
    }
    if opened.firm.shared_symbols.contains(&symbol.to_uppercase()) {
        return Err(format!("several goods have the symbol {symbol}, by which the bridge knows them"));
    }
    Ok(symbol.clone())
}

/// What can be sold now of goods that were changed. What cannot be read is what was to be: that the change was made is known.
async fn shown(
    database: &Database,
    opened: &Opened,
    done: &[&Task<'_>],
) -> HashMap<i32, rust_decimal::Decimal> {
    if done.is_empty() {
        return HashMap::new();
    }
    let kinds: Vec<(i32, i32)> = done.iter().map(|task| (task.good, GOODS)).collect();
    match levels::of(database, opened, &kinds, Asked::Usually).await {
        Ok(told) => told.into_iter().filter_map(|(good, level)| Some((good, level.ok()?))).collect(),
        Err(failure) => {
            tracing::warn!("what was changed cannot be read: {}", failure.what());
            HashMap::new()
        }
    }
}

fn failed(what: String) -> PlatformError {
    PlatformError::Failed { what }
}
