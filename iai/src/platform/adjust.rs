//! Changing stock. What can be sold is read, what lies there is changed, by how much there is to be more or less. The shop does not
//! remember changes, so what became of one is told by looking again.

use std::collections::HashMap;

use connector::import::MOST_UNDELIVERABLE;
use connector::{Outcome, PlatformError, StockAdjustment};
use rust_decimal::Decimal;

use super::Shop;
use super::pages::{named, number};
use super::plan::changes;
use super::stock::LEVELS;
use crate::client::{Failure, PAGE, TRIES_OF_A_PART, USUAL_TRIES, WriteFailure};
use crate::mapping::{Shelf, Stocks, sizes_of};
use crate::wire::{
    self, Changed, Changes, Fault, Ident, ProductChange, QuantityChange, SizeChange, StockChange,
};

/// An adjustment of one of this platform's products.
#[derive(Clone, Copy)]
struct Task<'a> {
    /// Its place among all.
    place: usize,
    adjustment: &'a StockAdjustment,
    product: u64,
}

/// A task with the changes that make it.
struct Write<'a> {
    task: Task<'a>,
    changes: Vec<StockChange>,
}

/// What lies of a size, and how much of it can be sold; or why nobody knows.
type Shown = Result<(Vec<Shelf>, Decimal), String>;

/// What became of some tasks.
#[derive(Default)]
struct Progress<'a> {
    outcomes: Vec<(usize, Outcome)>,
    /// Those of a request that failed as a whole, to be tried again in smaller ones.
    again: Vec<Task<'a>>,
    /// Why a product cannot be read.
    unreadable: Option<String>,
    /// Why nothing more can be written.
    stop: Option<PlatformError>,
}

impl Progress<'_> {
    fn add(&mut self, task: &Task<'_>, outcome: Outcome) {
        self.outcomes.push((task.place, outcome));
    }
}

/// What the shop said to a change.
enum Answered {
    Done,
    Refused(String),
    Unknown(PlatformError),
}

impl Shop {
    /// Changes levels that are as they were read.
    pub(super) async fn adjust(&self, adjustments: &[StockAdjustment]) -> Vec<Outcome> {
        let mut outcomes = HashMap::new();
        let mut tasks = Vec::new();
        for (place, adjustment) in adjustments.iter().enumerate() {
            match number(&adjustment.product) {
                Some(product) => tasks.push(Task { place, adjustment, product }),
                None => {
                    outcomes.insert(place, Outcome::Refused(NOT_THERE.to_owned()));
                }
            }
        }
        let mut open: Vec<(Vec<Task<'_>>, usize)> =
            tasks.chunks(PAGE).rev().map(|tasks| (tasks.to_vec(), USUAL_TRIES)).collect();
        let (mut unreadable, mut stop) = (0, None);
        while stop.is_none()
            && let Some((tasks, tries)) = open.pop()
        {
            let mut progress = Box::pin(self.adjust_some(&tasks, tries)).await;
            outcomes.extend(progress.outcomes);
            stop = progress.stop;
            if let Some(what) = progress.unreadable {
                unreadable += 1;
                if unreadable > MOST_UNDELIVERABLE {
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

    /// Reads, changes in one request those that are as they were read, and looks what they are then.
    async fn adjust_some<'a>(&self, tasks: &[Task<'a>], tries: usize) -> Progress<'a> {
        let mut progress = Progress::default();
        let before = match self.shown(tasks, tries).await {
            Ok(shown) => shown,
            Err(Failure::Here(_)) if tasks.len() > 1 => {
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
        let stocks = &self.settings.stocks;
        let mut writes = Vec::new();
        for task in tasks {
            match write(*task, before.get(&task.place), stocks) {
                Ok(write) => writes.push(write),
                Err(outcome) => progress.add(task, outcome),
            }
        }
        if writes.is_empty() {
            return progress;
        }
        let written = match self.client.change(&document(&writes)).await {
            Err(WriteFailure::NotDone(error) | WriteFailure::Login(error)) => {
                progress.stop = Some(error);
                return progress;
            }
            Err(WriteFailure::Refused(_)) if writes.len() > 1 => {
                progress.again = writes.into_iter().map(|write| write.task).collect();
                return progress;
            }
            written => written,
        };
        let written_tasks: Vec<Task<'_>> = writes.iter().map(|write| write.task).collect();
        let after = self.shown(&written_tasks, USUAL_TRIES).await.unwrap_or_else(|failure| {
            let why = failure.of_run();
            tracing::warn!(%why, "the shop does not tell what was written");
            HashMap::new()
        });
        for Write { task, .. } in &writes {
            let shown = after.get(&task.place).and_then(|shown| shown.as_ref().ok()).map(|(_, level)| *level);
            progress.add(task, judge(task.adjustment, answered(&written, task), shown));
        }
        progress
    }

    /// What lies where of the sizes of some tasks, by their places. What the shop does not have is not among them.
    async fn shown(&self, tasks: &[Task<'_>], tries: usize) -> Result<HashMap<usize, Shown>, Failure> {
        let mut products: Vec<u64> = tasks.iter().map(|task| task.product).collect();
        products.sort_unstable();
        products.dedup();
        let rows: HashMap<u64, _> =
            named(&self.client, &products, &LEVELS, tries).await?.into_iter().collect();
        let stocks = &self.settings.stocks;
        let mut shown = HashMap::new();
        for task in tasks {
            let Some(row) = rows.get(&task.product) else { continue };
            if wire::is_made_of_others(row) {
                let why =
                    "it is made of other products, from whose levels the shop reckons its own".to_owned();
                shown.insert(task.place, Err(why));
                continue;
            }
            let told = sizes_of(row).and_then(|(sizes, stocked)| {
                if !sizes.contains(&task.adjustment.variant) {
                    return Ok(None);
                }
                let size = task.adjustment.variant.as_str();
                let level = stocked.level(size, stocks)?.quantity().unwrap_or_default();
                Ok(Some((stocked.shelves(size, stocks)?, level)))
            });
            match told {
                Ok(None) => {}
                Ok(Some(told)) => {
                    shown.insert(task.place, Ok(told));
                }
                Err(reason) => {
                    shown.insert(task.place, Err(reason.to_string()));
                }
            }
        }
        Ok(shown)
    }
}

const NOT_THERE: &str = "the shop does not have it";

/// The changes of a task whose level is as it was read.
fn write<'a>(task: Task<'a>, shown: Option<&Shown>, stocks: &Stocks) -> Result<Write<'a>, Outcome> {
    match shown {
        None => Err(Outcome::Refused(NOT_THERE.to_owned())),
        Some(Err(why)) => Err(Outcome::Refused(why.clone())),
        Some(Ok((_, level))) if *level != task.adjustment.read => Err(Outcome::Moved(*level)),
        Some(Ok((shelves, _))) => {
            let changes = changes(task.adjustment.delta, shelves, stocks).map_err(Outcome::Refused)?;
            Ok(Write { task, changes })
        }
    }
}

fn document(writes: &[Write<'_>]) -> Changes {
    let mut products: Vec<ProductChange> = Vec::new();
    for Write { task, changes } in writes {
        let size =
            SizeChange { ident: size_ident(task), quantity: QuantityChange { stocks: changes.clone() } };
        let ident = product_ident(task);
        match products.iter_mut().find(|product| product.ident == ident) {
            Some(product) => product.sizes.push(size),
            None => products.push(ProductChange { ident, sizes: vec![size] }),
        }
    }
    Changes { products }
}

fn product_ident(task: &Task<'_>) -> Ident {
    Ident { ident_type: "id".to_owned(), ident_value: task.product.to_string() }
}

/// A size is named by the shop's own index of it: the product's id, a dash and its own.
fn size_ident(task: &Task<'_>) -> Ident {
    let index = format!("{}-{}", task.product, task.adjustment.variant);
    Ident { ident_type: "index".to_owned(), ident_value: index }
}

fn answered(written: &Result<Changed, WriteFailure>, task: &Task<'_>) -> Answered {
    let changed = match written {
        Ok(changed) => changed,
        Err(WriteFailure::Refused(words)) => return Answered::Refused(words.clone()),
        Err(WriteFailure::Unknown(error) | WriteFailure::NotDone(error) | WriteFailure::Login(error)) => {
            return Answered::Unknown(error.clone());
        }
    };
    let is = |told: Option<&Ident>, wanted: &Ident| {
        told.is_some_and(|told| told.ident_value == wanted.ident_value)
    };
    let (product, size) = (product_ident(task), size_ident(task));
    let product = changed.results.iter().find(|told| is(told.ident.as_ref(), &product));
    let own = product.and_then(|told| told.sizes.iter().find(|told| is(told.ident.as_ref(), &size)));
    let refused = |fault: &Fault| {
        let code = fault.code.text().filter(|code| *code != "0")?;
        let words = fault.words.text().unwrap_or("no word");
        Some(Answered::Refused(format!("the shop refuses it (fault {code}): {words}")))
    };
    let of_product = product.and_then(|told| told.error.as_ref()).and_then(refused);
    let of_size = own.and_then(|told| told.error.as_ref()).and_then(refused);
    match (of_size.or(of_product), own) {
        (Some(refused), _) => refused,
        (None, Some(_)) => Answered::Done,
        (None, None) => {
            let key = &task.adjustment.key;
            Answered::Unknown(failed(format!("the shop does not tell what became of the change {key}")))
        }
    }
}

/// What became of a change, by what was answered and what is shown since.
fn judge(adjustment: &StockAdjustment, answered: Answered, shown: Option<Decimal>) -> Outcome {
    let StockAdjustment { read, target, .. } = adjustment;
    match (answered, shown) {
        // That the level is another one has nothing to do with this change, also where it is the one that was to be.
        (Answered::Refused(_), Some(level)) if level != *read => Outcome::Moved(level),
        (Answered::Refused(words), _) => Outcome::Refused(words),
        (_, Some(level)) if level == *target => Outcome::Done(level),
        (Answered::Done, Some(level)) if level == *read => Outcome::Unknown(failed(format!(
            "the shop took a change by {} and shows {level} as before",
            adjustment.delta.normalize()
        ))),
        // Somebody took or brought some right behind it.
        (Answered::Done, shown) => Outcome::Done(shown.unwrap_or(*target)),
        (Answered::Unknown(error), _) => Outcome::Unknown(error),
    }
}

fn failed(what: String) -> PlatformError {
    PlatformError::Failed { what }
}
