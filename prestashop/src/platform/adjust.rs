//! Writing stock. `PrestaShop` takes levels and no changes of them, so each is read again just before it is written, and once
//! more behind that.

use std::collections::HashMap;
use std::str::FromStr as _;
use std::sync::atomic::Ordering;

use connector::{Outcome, PlatformError, StockAdjustment};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize as _;
use serde_json::Value;
use transport::Method;

use super::opened::Opened;
use super::pages::{TRIES_OF_A_PART, number};
use super::stock::STOCK;
use super::{Shop, one_of};
use crate::client::{Failure, USUAL_TRIES, WriteFailure};
use crate::mapping::{Place, StockTable};
use crate::wire;

/// Levels that are read, written and read again together.
const BATCH: usize = 100;

/// An adjustment that can be written as it is.
#[derive(Clone, Copy)]
struct Task<'a> {
    /// Its place among all.
    place: usize,
    adjustment: &'a StockAdjustment,
    product: u64,
    target: i32,
}

/// A task with the row that it is about.
struct Write<'a> {
    task: Task<'a>,
    row: u64,
}

/// What became of some tasks.
#[derive(Default)]
struct Progress<'a> {
    outcomes: Vec<(usize, Outcome)>,
    /// Those of a request that failed as a whole, to be tried again in smaller ones.
    again: Vec<Task<'a>>,
    /// Why the rows of a product cannot be read.
    unreadable: Option<String>,
    /// Why nothing more can be written.
    stop: Option<PlatformError>,
}

impl Progress<'_> {
    fn add(&mut self, task: &Task<'_>, outcome: Outcome) {
        self.outcomes.push((task.place, outcome));
    }
}

impl Shop {
    /// Writes levels that are as they were read.
    pub(super) async fn adjust(&self, adjustments: &[StockAdjustment]) -> Vec<Outcome> {
        let opened = match self.opened().await {
            Ok(opened) => opened,
            Err(error) => return vec![Outcome::NotDone(error); adjustments.len()],
        };
        let mut outcomes = HashMap::new();
        let mut tasks = Vec::new();
        for (place, adjustment) in adjustments.iter().enumerate() {
            match task(opened, place, adjustment) {
                Ok(task) => tasks.push(task),
                Err(why) => {
                    outcomes.insert(place, Outcome::Refused(why));
                }
            }
        }
        let mut open: Vec<(Vec<Task<'_>>, usize)> =
            tasks.chunks(BATCH).rev().map(|tasks| (tasks.to_vec(), USUAL_TRIES)).collect();
        let mut unreadable = 0;
        let mut stop = None;
        while stop.is_none()
            && let Some((tasks, tries)) = open.pop()
        {
            let mut progress = Box::pin(self.adjust_some(opened, &tasks, tries)).await;
            outcomes.extend(progress.outcomes);
            stop = progress.stop;
            if let Some(what) = progress.unreadable {
                unreadable += 1;
                if unreadable > connector::import::MOST_UNDELIVERABLE {
                    stop = Some(PlatformError::Failed { what });
                }
            }
            let second = progress.again.split_off(progress.again.len() / 2);
            let halves = [second, progress.again].into_iter().filter(|half| !half.is_empty());
            open.extend(halves.map(|half| (half, TRIES_OF_A_PART)));
        }
        let left = || stop.clone().unwrap_or_else(|| failed("it was not written".to_owned()));
        let outcome = |place| outcomes.remove(&place).unwrap_or_else(|| Outcome::NotDone(left()));
        (0..adjustments.len()).map(outcome).collect()
    }

    /// Reads the rows, writes in one request those that are as they were read, and looks what they are then.
    async fn adjust_some<'a>(&self, opened: &Opened, tasks: &[Task<'a>], tries: usize) -> Progress<'a> {
        let mut progress = Progress::default();
        let mut products: Vec<u64> = tasks.iter().map(|task| task.product).collect();
        products.sort_unstable();
        products.dedup();
        let rows = match self.rows_of(&products, "full", tries).await {
            Ok(rows) => rows,
            Err(Failure::Here(_)) if products.len() > 1 => {
                progress.again = tasks.to_vec();
                return progress;
            }
            Err(Failure::Here(what)) => {
                for task in tasks {
                    progress.add(task, Outcome::NotDone(failed(what.clone())));
                }
                progress.unreadable = Some(what);
                return progress;
            }
            Err(other) => {
                progress.stop = Some(other.of_run());
                return progress;
            }
        };
        let table = StockTable::from_rows(&rows, &opened.context.shop);
        let mut writes = Vec::new();
        for task in tasks {
            match row_of(&table, task.adjustment) {
                Ok(row) => writes.push(Write { task: *task, row }),
                Err(outcome) => progress.add(task, outcome),
            }
        }
        if writes.is_empty() {
            return progress;
        }
        let written = match self.write_levels(opened, &writes, &rows).await {
            Err(WriteFailure::NotDone(error) | WriteFailure::Method(error)) => {
                progress.stop = Some(error);
                return progress;
            }
            written => written,
        };
        let shown = self.shown(&writes).await;
        for write in &writes {
            match judge(write, &written, shown.get(&write.row).copied(), writes.len() == 1) {
                Some(outcome) => progress.add(&write.task, outcome),
                None => progress.again.push(write.task),
            }
        }
        progress
    }

    /// Writes levels, and tells which ones the answer shows.
    async fn write_levels(
        &self,
        opened: &Opened,
        writes: &[Write<'_>],
        rows: &[Value],
    ) -> Result<HashMap<u64, Decimal>, WriteFailure> {
        let is_old = opened.info.version.as_deref().is_some_and(|version| version.starts_with("1."));
        if !is_old && !self.refuses_patch.load(Ordering::Relaxed) {
            let changes: Vec<String> =
                writes.iter().map(|write| wire::stock_patch(write.row, write.task.target)).collect();
            match self.client.write(Method::PATCH, STOCK, wire::stock_document(&changes)).await {
                Ok(answer) => return Ok(wire::written_levels(answer.body())),
                Err(WriteFailure::Method(why)) => {
                    tracing::info!(%why, "writing whole rows of stock instead");
                    self.refuses_patch.store(true, Ordering::Relaxed);
                }
                Err(other) => return Err(other),
            }
        }
        let row = |id: u64| {
            let row = rows.iter().find(|row| wire::row_id(row) == Some(id));
            row.and_then(|row| wire::StockAvailable::deserialize(row).ok()).unwrap_or_default()
        };
        let changes: Vec<String> = writes.iter().map(|write| row(write.row).put(write.task.target)).collect();
        let answer = self.client.write(Method::PUT, STOCK, wire::stock_document(&changes)).await?;
        Ok(wire::written_levels(answer.body()))
    }

    /// The levels that rows show now, as far as the shop tells.
    async fn shown(&self, writes: &[Write<'_>]) -> HashMap<u64, Decimal> {
        let rows = one_of(&writes.iter().map(|write| write.row).collect::<Vec<_>>());
        let query = [("filter[id]", rows.as_str()), ("sort", "[id_ASC]"), ("display", "[id,quantity]")];
        let level = |row: &Value| {
            let quantity = wire::Scalar::deserialize(row.get("quantity")?).ok()?;
            Some((wire::row_id(row)?, Decimal::from_str(quantity.text()?).ok()?))
        };
        match self.client.list(STOCK, &query, USUAL_TRIES).await {
            Ok(rows) => rows.iter().filter_map(level).collect(),
            Err(failure) => {
                let why = failure.of_run();
                tracing::warn!(%why, "the shop does not tell what was written");
                HashMap::new()
            }
        }
    }
}

/// What can be written without looking at the shop's rows, or why it cannot.
fn task<'a>(opened: &Opened, place: usize, adjustment: &'a StockAdjustment) -> Result<Task<'a>, String> {
    if !opened.context.stock_is_managed {
        return Err("stock is not managed in the shop".to_owned());
    }
    let target = adjustment.target;
    let pieces = target.is_integer().then(|| target.to_i32()).flatten();
    let pieces = pieces
        .ok_or_else(|| format!("{} is no number of pieces that PrestaShop can hold", target.normalize()))?;
    let product = number(&adjustment.product).ok_or(NO_ROW)?;
    Ok(Task { place, adjustment, product, target: pieces })
}

const NO_ROW: &str = "the shop has no stock row of it";

/// The row to write to, when it is as it was read.
fn row_of(table: &StockTable, adjustment: &StockAdjustment) -> Result<u64, Outcome> {
    let refused = |why: &str| Err(Outcome::Refused(why.to_owned()));
    match table.place(adjustment.product.as_str(), adjustment.variant.as_str()) {
        Place::Row(row, level) if level == adjustment.read => Ok(row),
        Place::Row(_, level) => Err(Outcome::Moved(level)),
        Place::Sum => refused("it has combinations, whose stock the shop adds up by itself"),
        Place::Broken => refused("its stock row cannot be read"),
        Place::Unclear => refused("a row of its stock does not say whose it is"),
        Place::Nowhere => refused(NO_ROW),
    }
}

/// What became of a write, by what was answered and what the row shows since; `None`: that can only be told by trying it
/// again in a smaller request, because the shop refused this one and has not written it.
fn judge(
    write: &Write<'_>,
    written: &Result<HashMap<u64, Decimal>, WriteFailure>,
    shown: Option<Decimal>,
    is_alone: bool,
) -> Option<Outcome> {
    let (read, target) = (write.task.adjustment.read, Decimal::from(write.task.target));
    if shown == Some(target) {
        return Some(Outcome::Done(target));
    }
    let shows =
        || shown.map_or_else(|| "does not tell what it is".to_owned(), |level| format!("shows {level}"));
    Some(match written {
        // Somebody took or brought some right behind it.
        Ok(answered) if answered.get(&write.row) == Some(&target) => Outcome::Done(shown.unwrap_or(target)),
        Ok(_) => Outcome::Unknown(failed(format!("the shop took a level of {target} and {}", shows()))),
        Err(WriteFailure::Refused(words)) => match shown {
            Some(level) if is_alone && level != read => Outcome::Moved(level),
            _ if is_alone => Outcome::Refused(words.clone()),
            Some(level) if level == read => return None,
            // A row before the one that was refused may have been written, and moved since.
            _ => Outcome::Unknown(failed(format!("{words}, with others in one request, and it {}", shows()))),
        },
        Err(WriteFailure::Unknown(error) | WriteFailure::NotDone(error) | WriteFailure::Method(error)) => {
            Outcome::Unknown(error.clone())
        }
    })
}

fn failed(what: String) -> PlatformError {
    PlatformError::Failed { what }
}
