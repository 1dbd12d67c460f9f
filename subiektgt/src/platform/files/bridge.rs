//! Levels beside files: the goods are those of the files, and a bridge to the firm's program tells how many there are of each, and has
//! documents made by which that changes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use connector::import::MOST_UNDELIVERABLE;
use connector::{AdjustmentKey, Common, End, Outcome, PlatformError, Scope, StockAdjustment, StockItem};
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::BoxStream;
use gateway_core::model::{ProductId, StockLevel, VariantId};
use rust_decimal::Decimal;
use transport::Transport;

use super::{Entries, Opened, Shop, entries, failed, known_symbol, next, told_of};
use crate::bridge::wire::{Position, Stock};
use crate::bridge::{Access, Answered, Bridge, Failure};
use crate::mapping;
use crate::settings::WAREHOUSES;
use crate::survey::Survey;
use crate::wire::Entry;

/// What is said of goods that the files have and the program does not.
const UNKNOWN_THERE: &str = "the bridge does not know it";

/// The bridge, and which of the firm's warehouses count.
pub(super) struct ByBridge {
    bridge: Bridge,
    /// Their symbols; none: of each good the one that the bridge names.
    chosen: Vec<String>,
    /// The ids of warehouses by their symbols, as far as goods lie in them.
    seen: Mutex<BTreeMap<String, i64>>,
}

/// A good as the files tell it: by its symbol the bridge is asked, unless there is a reason not to.
struct Wanted {
    product: ProductId,
    symbol: Result<String, String>,
}

impl ByBridge {
    pub(super) fn new(access: Access, chosen: Vec<String>, common: &Common, transport: &Transport) -> Self {
        Self { bridge: Bridge::new(access, common, transport), chosen, seen: Mutex::default() }
    }

    pub(super) fn requests(&self) -> u64 {
        self.bridge.requests()
    }

    pub(super) async fn trouble(&self) -> Option<String> {
        self.bridge.trouble().await
    }

    pub(super) fn remember_open(&self, keys: &[AdjustmentKey]) {
        self.bridge.remember_open(keys);
    }

    /// How much there is of each good that the files have.
    pub(super) fn levels<'a>(
        &'a self,
        shop: &'a Shop,
        scope: Scope,
    ) -> BoxStream<'a, Result<StockItem, PlatformError>> {
        async_stream::try_stream! {
            let Opened { sources, survey, .. } = shop.opened().await?;
            let (these, is_all) = match scope {
                Scope::Products(products) => (Some(products.into_iter().collect::<HashSet<_>>()), false),
                Scope::All | Scope::Since(_) => (None, true),
            };
            let mut entries = entries(Arc::clone(sources));
            let (mut end, mut untold) = (End::Complete, 0);
            let mut is_over = false;
            while !is_over {
                let goods = some_of(&mut entries, survey, these.as_ref(), self.bridge.in_flight()).await?;
                is_over = goods.len() < self.bridge.in_flight();
                for told in join_all(goods.into_iter().map(|good| self.level(good))).await {
                    match told? {
                        Told::Item(item) => yield item,
                        Told::Untold(item) => {
                            untold += 1;
                            if untold > MOST_UNDELIVERABLE {
                                Err(failed(format!("the bridge fails at too many goods; at the last one: {}", why(&item))))?;
                            }
                            yield item;
                        }
                        Told::Nameless => end = End::Partial,
                    }
                }
            }
            if is_all {
                self.has_chosen_well()?;
            }
            yield StockItem::End(end);
        }
        .boxed()
    }

    async fn level(&self, good: Option<Wanted>) -> Result<Told, PlatformError> {
        let Some(Wanted { product, symbol }) = good else { return Ok(Told::Nameless) };
        let unclear = |product, why| StockItem::Unclear { product, variant: None, why };
        let symbol = match symbol {
            Ok(symbol) => symbol,
            Err(why) => return Ok(Told::Item(unclear(product, why))),
        };
        let stock = match self.bridge.stock(&symbol).await {
            Ok(stock) => stock,
            Err(Failure::Gone(said)) => {
                tracing::debug!(symbol, said, "a good of the files is not in the program");
                return Ok(Told::Item(unclear(product, format!("{UNKNOWN_THERE}: {symbol}"))));
            }
            Err(Failure::Here(why)) => return Ok(Told::Untold(unclear(product, why))),
            Err(Failure::All(error)) => return Err(error),
        };
        self.see(&stock);
        Ok(Told::Item(match self.available(&stock) {
            Ok(level) => {
                let (variant, level) = (VariantId::simple(), StockLevel::Quantity(level));
                StockItem::Level { product, variant, level }
            }
            Err(why) => unclear(product, why),
        }))
    }

    /// How much can be sold; what was never in a warehouse is not there.
    fn available(&self, stock: &Stock) -> Result<Decimal, String> {
        if self.chosen.is_empty() && stock.usual.is_none() && !stock.positions.is_empty() {
            return Err("the bridge does not tell which warehouse is meant".to_owned());
        }
        if !self.chosen.is_empty() && stock.positions.iter().any(|position| position.symbol.is_none()) {
            return Err("the bridge does not tell the symbols of warehouses".to_owned());
        }
        let of = |sum: Decimal, position: &Position| {
            sum.checked_add(position.on_hand.checked_sub(position.reserved)?)
        };
        let counted = stock.positions.iter().filter(|position| self.counts(position, stock));
        let level = counted.into_iter().try_fold(Decimal::ZERO, of);
        level.map(|level| level.normalize()).ok_or_else(|| "its level has too many digits".to_owned())
    }

    fn counts(&self, position: &Position, stock: &Stock) -> bool {
        if self.chosen.is_empty() {
            return Some(position.warehouse) == stock.usual;
        }
        let symbol = position.symbol.as_deref().map(str::to_uppercase);
        self.chosen.iter().any(|chosen| Some(chosen.to_uppercase()) == symbol)
    }

    fn see(&self, stock: &Stock) {
        let mut seen = self.seen();
        for position in &stock.positions {
            if let Some(symbol) = &position.symbol {
                seen.entry(symbol.to_uppercase()).or_insert(position.warehouse);
            }
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, i64>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is something in each warehouse that was chosen: a symbol that is no warehouse's would sell everything out.
    fn has_chosen_well(&self) -> Result<(), PlatformError> {
        let seen = self.seen();
        let is_missing = |chosen: &&String| !seen.is_empty() && !seen.contains_key(&chosen.to_uppercase());
        self.chosen.iter().find(is_missing).map_or(Ok(()), |missing| {
            let symbols: Vec<&str> = seen.keys().map(String::as_str).collect();
            Err(PlatformError::Settings {
                what: format!("none of the files' goods was ever in a warehouse {missing:?}"),
                hint: format!("set {WAREHOUSES} to some of: {}", symbols.join(", ")),
            })
        })
    }

    /// Asks for changes, one good after the other: what lies where is read, changed, and read again.
    pub(super) async fn adjust(&self, shop: &Shop, adjustments: &[StockAdjustment]) -> Vec<Outcome> {
        let wanted = adjustments.iter().map(|adjustment| adjustment.product.clone()).collect();
        let (goods, mut stop) = match self.goods(shop, &wanted).await {
            Ok(goods) => (goods, None),
            Err(error) => (HashMap::new(), Some(error)),
        };
        let (mut outcomes, mut has_hung) = (Vec::with_capacity(adjustments.len()), false);
        for adjustment in adjustments {
            let outcome = match (&stop, goods.get(&adjustment.product)) {
                (Some(why), _) => self.bridge.not_asked(adjustment, why.clone()),
                (None, None) => self.bridge.refused(adjustment, "the files do not have it".to_owned()),
                (None, Some(Err(why))) => self.bridge.refused(adjustment, why.clone()),
                (None, Some(Ok(symbol))) => {
                    self.adjust_one(adjustment, symbol, (&mut stop, &mut has_hung)).await
                }
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    async fn adjust_one(
        &self,
        adjustment: &StockAdjustment,
        symbol: &str,
        (stop, has_hung): (&mut Option<PlatformError>, &mut bool),
    ) -> Outcome {
        let stock = match self.bridge.stock(symbol).await {
            Ok(stock) => stock,
            Err(Failure::Gone(_)) => return Outcome::Refused(format!("{UNKNOWN_THERE}: {symbol}")),
            Err(Failure::Here(what)) => return self.bridge.not_asked(adjustment, failed(what)),
            Err(Failure::All(error)) => {
                *stop = Some(error.clone());
                return self.bridge.not_asked(adjustment, error);
            }
        };
        self.see(&stock);
        let warehouse = match self.chosen.first() {
            None => stock.usual.ok_or_else(|| "the bridge does not tell which warehouse is meant".to_owned()),
            Some(first) => self
                .seen()
                .get(&first.to_uppercase())
                .copied()
                .ok_or_else(|| format!("no good was ever in the warehouse {first}")),
        };
        let warehouse = match warehouse {
            Ok(warehouse) => warehouse,
            Err(why) => return Outcome::Refused(why),
        };
        match self.bridge.change(adjustment, symbol, warehouse).await {
            Answered::Done => {
                let level = self.bridge.stock(symbol).await.ok().and_then(|now| self.available(&now).ok());
                Outcome::Done(level.unwrap_or(adjustment.target))
            }
            Answered::Refused(why) => Outcome::Refused(why),
            Answered::NotDone(why) => {
                *stop = Some(why.clone());
                Outcome::NotDone(why)
            }
            // The bridge has another session of the program for the next change. What hangs there too hangs at all of them.
            Answered::InDoubt(why) => {
                if std::mem::replace(has_hung, true) {
                    *stop = Some(why.clone());
                }
                Outcome::Unknown(why)
            }
            Answered::Unknown(why) => {
                *stop = Some(why.clone());
                Outcome::Unknown(why)
            }
        }
    }

    /// By which symbols the bridge knows goods of the files, or why it is not asked for them.
    async fn goods(
        &self,
        shop: &Shop,
        wanted: &HashSet<ProductId>,
    ) -> Result<HashMap<ProductId, Result<String, String>>, PlatformError> {
        let Opened { sources, survey, .. } = shop.opened().await?;
        let mut entries = entries(Arc::clone(sources));
        let some = some_of(&mut entries, survey, Some(wanted), usize::MAX).await?;
        Ok(some.into_iter().flatten().map(|good| (good.product, good.symbol)).collect())
    }
}

/// What is told of a good.
enum Told {
    Item(StockItem),
    /// The bridge fails at it.
    Untold(StockItem),
    /// Which good it is, the file does not tell.
    Nameless,
}

fn why(item: &StockItem) -> &str {
    match item {
        StockItem::Unclear { why, .. } => why,
        _ => "",
    }
}

/// The next goods: so many, or fewer at the end. One of which nobody can tell which it is, is nothing.
async fn some_of(
    entries: &mut Entries,
    survey: &Survey,
    these: Option<&HashSet<ProductId>>,
    most: usize,
) -> Result<Vec<Option<Wanted>>, PlatformError> {
    let mut goods = Vec::new();
    while goods.len() < most
        && let Some(entry) = next(entries, survey).await?
    {
        let wanted = of_entry(survey, &entry);
        let is_asked_for = |wanted: &Wanted| these.is_none_or(|these| these.contains(&wanted.product));
        if wanted.as_ref().is_none_or(is_asked_for) {
            goods.push(wanted);
        }
    }
    Ok(goods)
}

fn of_entry(survey: &Survey, entry: &Entry) -> Option<Wanted> {
    match entry {
        Entry::Good(good) => {
            let symbol = good.symbol.as_deref()?;
            let product = mapping::product_id(Some(symbol))?;
            // What a file does not tell the kind of is goods.
            let no_level = good.kind.as_deref().and_then(|kind| mapping::has_no_level(kind.parse().ok()));
            let symbol = match no_level {
                _ if survey.is_twice(symbol) => Err("its symbol stands in the file twice".to_owned()),
                None => Ok(symbol.to_owned()),
                Some(why) => Err(why),
            };
            Some(Wanted { product, symbol })
        }
        Entry::Broken(broken) => {
            let product = mapping::product_id(known_symbol(broken))?;
            Some(Wanted { product, symbol: Err(told_of(broken)) })
        }
        Entry::Price(_) | Entry::Group(_) | Entry::Tag(_) => None,
    }
}
