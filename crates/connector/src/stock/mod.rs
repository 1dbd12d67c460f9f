//! Stock levels: what the marketplace sells is taken off in the shop, and what the shop has is told to the marketplace.
//!
//! A pass reads the levels of everything that is linked on both sides in bulk, and makes of each variant what `merge` says. What is about
//! to be written is remembered before, and becomes the level last known only when it is read again: an answer that was lost, a process
//! that was killed, and an index that lags behind change nothing about what is counted. The shop is written first, then the marketplace;
//! at its end a pass waits until the marketplace shows what was written, for SETTLE at most.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta};
use clock::Clock;
use gateway_core::gateway::{Gateway, Guid};
use gateway_core::model::ProductId;
use serde::{Deserialize, Serialize};
use state::{LevelChanges, Store, VariantKey};
use tokio_util::sync::CancellationToken;

use crate::{
    AdjustmentKey, Event, Known, LevelNotice, LevelSummary, Listener, Memory, NoticeKind, Platform, RunError,
    Scope, ShopName, StockWriting, Summary,
};

mod confirm;
mod guards;
mod linked;
mod merge;
mod mirror;
mod options;
mod other_ids;
mod read;
mod recall;
mod settle;
mod told;
mod write;

pub use options::{Direction, FEW, MAX_CHANGE, Options};

use linked::Linked;
use merge::{Merged, Readings, Rules, merge};
use read::{Offered, TellsOf, Told};
use told::Teller;

/// The key of what passes note about the shop.
const NOTE: &str = "stock";

/// What passes note about the shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Note {
    /// A pass has taken down the levels of what was linked then.
    has_passed: bool,
    /// Digests of what the last pass told that a person should look at.
    told: BTreeSet<String>,
}

impl Note {
    /// What passes before this one noted. What cannot be read is as if it was not there.
    async fn of(store: &Store) -> Result<Self, RunError> {
        let note = store.note(NOTE).await?;
        Ok(note.and_then(|note| serde_json::from_value(note).ok()).unwrap_or_default())
    }
}

/// Whether the levels of this shop are kept alike by passes.
pub(crate) async fn has_passed(store: &Store) -> Result<bool, RunError> {
    Note::of(store).await.map(|note| note.has_passed)
}

/// One pass over all stock levels, or with a dry run what it would do. The summary stands in `summary` also when it fails.
///
/// A pass that is asked to stop begins nothing new and finishes what is in flight.
///
/// # Errors
/// When it cannot go on; single variants whose level is not taken are told as notices.
pub async fn run(
    sides: (&dyn Platform, &Gateway),
    memory: Memory<'_>,
    options: &Options,
    (clock, stop): (&Clock, &CancellationToken),
    listener: Listener<'_>,
    summary: &mut Summary,
) -> Result<(), RunError> {
    let teller = Teller::new(listener);
    let done = Box::pin(async {
        if !options.dry_run && matches!(memory, Memory::Seen(_)) {
            let what = "this pass would write without having the shop for itself".to_owned();
            return Err(RunError::Failed { what, hint: None });
        }
        let (platform, gateway) = sides;
        let rules = rules(platform, gateway, options)?;
        let info = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(RunError::Stopped),
            info = platform.check() => info?,
        };
        teller.tell(Event::Shop(&info));
        let shop = platform.known_name()?;
        let pass = Pass { platform, shop, gateway, memory, options, rules, clock, stop, teller: &teller };
        pass.run().await
    })
    .await;
    *summary = teller.summary();
    done
}

/// What holds for every variant.
fn rules(platform: &dyn Platform, gateway: &Gateway, options: &Options) -> Result<Rules, RunError> {
    let abilities = platform.abilities();
    let cannot_write = abilities.stock_writing == StockWriting::No;
    let direction = match options.direction {
        Some(Direction::Both | Direction::ToShop) if cannot_write => {
            return Err(RunError::settings(
                "stock levels of this shop cannot be written",
                "give --direction to-gateway, or leave --direction (DIRECTION) out: then the marketplace gets the shop's levels",
            ));
        }
        Some(direction) => direction,
        // A file has to be taken in by somebody, who must have asked for it.
        None if cannot_write || abilities.stock_writing == StockWriting::File => Direction::ToGateway,
        None => Direction::Both,
    };
    Ok(Rules {
        terms: gateway.terms(),
        direction,
        buffer: options.buffer.into(),
        writing: abilities.stock_writing,
        below_zero: abilities.stock_below_zero,
        settle: options.settle,
        shown_within: abilities.stock_shown_within.unwrap_or(options.settle),
        begins_anew: options.take_base && matches!(options.scope, Scope::Products(_)),
    })
}

/// A pass that is at work.
struct Pass<'a> {
    platform: &'a dyn Platform,
    shop: &'a ShopName,
    gateway: &'a Gateway,
    memory: Memory<'a>,
    options: &'a Options,
    rules: Rules,
    clock: &'a Clock,
    stop: &'a CancellationToken,
    teller: &'a Teller<'a>,
}

/// A variant with all that a pass knows of it.
struct Case {
    linked: Linked,
    /// By which id the shop knows its product.
    id_at_shop: ProductId,
    offered: Offered,
    merged: Merged,
}

impl Pass<'_> {
    async fn run(&self) -> Result<(), RunError> {
        let note = Note::of(self.memory.store()).await?;
        self.teller.recall(&note.told);
        let (mut linked, others) = self.linked().await?;
        if linked.is_empty() {
            return self.nothing_linked().await;
        }
        self.recall_files(&mut linked).await;
        // A person may take a file in at any time. What is found out of that before its levels are read is never newer than they are.
        let early = match self.rules.writing {
            StockWriting::File | StockWriting::Delta => Some(self.known_changes(&linked).await?),
            StockWriting::Set | StockWriting::No => None,
        };
        let (told, offered) = self.read(&linked, others).await?;
        if told.is_empty() && self.options.scope == Scope::All {
            // Who sets everything to 0 because of an empty answer takes the whole shop off sale.
            return Err(RunError::Failed {
                what: format!(
                    "the shop {} tells no stock level at all, of {} linked variants",
                    self.shop.shop,
                    linked.len()
                ),
                hint: Some(
                    "look whether the shop has goods, and whether the key may read their stock levels"
                        .to_owned(),
                ),
            });
        }
        self.is_read_as_linked(&linked, &told)?;
        self.remembers_a_pass(&note, &linked, &told)?;
        let known = match early {
            Some(known) => known,
            None => self.known_changes(&linked).await?,
        };
        self.remembers_files(&linked, &known)?;
        let mut cases = self.cases(linked, (&told, &offered), &known);
        self.stays_below_max_change(&cases)?;
        self.tell_merged(&cases);
        if self.options.dry_run {
            self.tell_planned(&cases);
            return Ok(());
        }
        let changed = self.change_shop(&mut cases).await;
        let written = match changed {
            // What became of the shop's levels is known; what the marketplace is to be told follows from that, whatever failed.
            Err(RunError::Stopped) => Err(RunError::Stopped),
            failed => self.write_market(&mut cases, &note).await.and(failed),
        };
        let confirmed = match written {
            Ok(()) => self.confirm(&mut cases).await,
            Err(error) => Err(error),
        };
        confirmed.map_err(|error| if self.teller.has_written() { error.after_writes() } else { error })
    }

    /// What becomes of each variant.
    fn cases(
        &self,
        linked: Vec<Linked>,
        (told, offered): (&Told, &HashMap<Guid, Offered>),
        known: &HashMap<AdjustmentKey, Known>,
    ) -> Vec<Case> {
        let now = self.clock.now();
        let mut cases = Vec::with_capacity(linked.len());
        for linked in linked {
            let Some(offered) = offered.get(&linked.guid).cloned() else {
                self.teller.count(|levels| levels.not_offered += 1);
                continue;
            };
            let shop = match told.of(&linked) {
                TellsOf::Level(level) => Some(level),
                TellsOf::Gone => {
                    self.teller.count(|levels| levels.gone += 1);
                    None
                }
                TellsOf::Unclear(why) => {
                    self.teller.notice(notice(
                        &linked,
                        NoticeKind::Unclear,
                        format!("its level in the shop is not clear: {why}"),
                    ));
                    continue;
                }
                TellsOf::Nothing => {
                    let what = "the shop's list of levels is not whole, and this one is not in it".to_owned();
                    self.teller.notice(notice(&linked, NoticeKind::Unclear, what));
                    continue;
                }
            };
            let key = linked.open_change();
            let known = key.and_then(|key| known.get(&key).copied()).unwrap_or(Known::Unknown);
            let readings = Readings { shop, market: offered.level, known };
            let merged = merge(&linked, readings, &self.rules, now);
            let id_at_shop = told.id_at_shop(&linked.product);
            let mut case = Case { linked, id_at_shop, offered, merged };
            if case.offered.item.archived {
                // What was sold before that is still owed to the shop.
                self.teller.count(|levels| levels.not_offered += 1);
                case.leave_archived();
            }
            cases.push(case);
        }
        cases
    }

    /// What the shop knows of changes that it was asked for and did not answer.
    async fn known_changes(&self, linked: &[Linked]) -> Result<HashMap<AdjustmentKey, Known>, RunError> {
        let keys: Vec<AdjustmentKey> = linked.iter().filter_map(Linked::open_change).collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let known = self.platform.find_adjustments(&keys).await?;
        Ok(keys.into_iter().zip(known).collect())
    }

    fn tell_merged(&self, cases: &[Case]) {
        for Case { linked, merged, .. } in cases {
            self.teller.count(|levels: &mut LevelSummary| {
                levels.first += u64::from(merged.is_first);
                levels.waiting += u64::from(merged.is_waiting);
                levels.not_carried += u64::from(merged.is_not_carried);
            });
            for (kind, what) in &merged.notices {
                self.teller.notice(notice(linked, *kind, what.clone()));
            }
            if merged.change.is_none() && merged.target.is_none() && !merged.is_waiting {
                self.teller.unchanged();
            }
        }
        let levels = self.teller.levels();
        if levels.first > 0 {
            self.teller.warn_of_run(format!(
                "of {} variants no level was known: theirs are taken as they are in the shop, which is not written because of what \
                 happened at the marketplace before",
                levels.first
            ));
        }
        if levels.not_carried > 0 {
            self.teller.warn_of_run(format!(
                "the levels of {} variants have changed at the marketplace, and this direction does not carry that to the shop",
                levels.not_carried
            ));
        }
    }

    /// Remembers levels. With `begin` they tell of writes to the marketplace that are about to begin: answers then with the variants that
    /// an import is just writing, which are not to be written.
    async fn remember(&self, changes: &LevelChanges, begin: bool) -> Result<Vec<VariantKey>, RunError> {
        let Memory::Held(lease) = self.memory else { return Ok(Vec::new()) };
        let settle = TimeDelta::from_std(self.options.settle).unwrap_or(TimeDelta::MAX);
        let since = self.clock.now().checked_sub_signed(settle).unwrap_or(DateTime::UNIX_EPOCH);
        let untouched_since = begin.then_some(since);
        Ok(self.memory.store().remember_levels(lease, changes, untouched_since).await?)
    }
}

fn notice(linked: &Linked, kind: NoticeKind, what: String) -> LevelNotice {
    LevelNotice {
        kind,
        product: linked.product.clone(),
        variant: linked.variant.clone(),
        guid: linked.guid,
        what,
        is_new: true,
    }
}
