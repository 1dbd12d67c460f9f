//! Going once through the shop's products, many of them in work at a time.

use std::collections::HashSet;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use gateway_core::model::{ProductId, Reject, RejectReason, VariantId};

use super::compare::Goods;
use super::holdings::short_product_key;
use super::{Import, MOST_UNDELIVERABLE};
use crate::{End, Event, Item, PlatformError, RunError, Scope};

/// Products in work at once for each call of the marketplace's that may be: while some wait for pictures, others are
/// created.
const PRODUCTS_PER_CALL: usize = 4;

/// What has been read of a product before the product itself: the shop tells of variants that cannot be imported first.
struct Before {
    product: ProductId,
    rejected: Vec<VariantId>,
    /// Whether every variant is known that cannot be imported.
    is_whole: bool,
    /// Whether the shop's word can be relied on as to which variants there are, should the product itself not come.
    is_readable: bool,
}

impl Before {
    fn of(product: &ProductId) -> Self {
        Self { product: product.clone(), rejected: Vec::new(), is_whole: true, is_readable: true }
    }

    fn add(&mut self, reject: &Reject) {
        match &reject.variant {
            Some(variant) => self.rejected.push(variant.clone()),
            None => self.is_whole = false,
        }
        self.is_readable &= !matches!(reject.reason, RejectReason::Broken { .. });
    }

    /// A product of which nothing can be imported: what the marketplace has of it and the shop has not is gone all the
    /// same.
    fn alone(self) -> Goods {
        let is_whole = self.is_whole && self.is_readable;
        Goods { id: self.product, product: None, rejected: self.rejected, is_whole }
    }
}

/// A reading of the shop's products.
#[derive(Default)]
struct Reading {
    /// Of the product that is being told of.
    before: Option<Before>,
    /// What is to be done next.
    ready: Vec<Goods>,
    end: Option<End>,
}

impl Import<'_> {
    /// Reads the shop's products and does at once what has to be done about each, many at a time. What was begun is
    /// finished, however it ends. `read` is what was told of, by its product.
    pub(crate) async fn go_through(&self, read: &mut HashSet<u64>) -> Result<End, RunError> {
        let most = self.options.concurrency.max(1) * PRODUCTS_PER_CALL;
        let mut products = self.platform.products(self.readable_scope());
        let mut in_work = FuturesUnordered::new();
        let mut reading = Reading::default();
        let mut result = Ok(());
        loop {
            let is_reading = reading.end.is_none() && result.is_ok();
            tokio::select! {
                biased;
                () = self.stop.cancelled(), if is_reading => result = Err(RunError::Stopped),
                Some(done) = in_work.next(), if !in_work.is_empty() => result = result.and(done),
                item = products.next(), if is_reading && in_work.len() < most => {
                    result = self.take(item, &mut reading, read);
                    in_work.extend(reading.ready.drain(..).map(|goods| self.bring(goods)));
                }
                else => break,
            }
        }
        result?;
        reading.end.ok_or_else(|| RunError::broke_off(&self.shop.shop))
    }

    /// The scope as the platform reads it; what it does not read by itself is sorted out by [`Import::is_wanted`], or
    /// found to be unchanged.
    pub(crate) fn readable_scope(&self) -> Scope {
        let native = self.platform.abilities().native;
        match &self.options.scope {
            Scope::Since(_) if !native.since => Scope::All,
            Scope::Products(_) if !native.products => Scope::All,
            scope => scope.clone(),
        }
    }

    pub(crate) fn is_wanted(&self, product: &ProductId) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(product))
    }

    fn take(
        &self,
        item: Option<Result<Item, PlatformError>>,
        reading: &mut Reading,
        read: &mut HashSet<u64>,
    ) -> Result<(), RunError> {
        let Some(item) = item.transpose()? else {
            return Err(RunError::broke_off(&self.shop.shop));
        };
        if of(&item).is_some_and(|product| !self.is_wanted(product)) {
            return Ok(());
        }
        // What came before is of another product, which therefore does not come.
        let is_another = |before: &mut Before| of(&item) != Some(&before.product);
        reading.ready.extend(reading.before.take_if(is_another).map(Before::alone));
        match item {
            Item::Product(product, warnings) => {
                warnings.iter().for_each(|warning| self.tally.warn(warning));
                let is_new = read.insert(short_product_key(product.id()));
                let before = reading.before.take();
                if before.is_none() {
                    self.tally.read_one();
                }
                if !is_new && before.is_none() {
                    return Err(RunError::Failed {
                        what: format!("the shop listed product {} twice", product.id()),
                        hint: Some(
                            "start again; if it happens again, look into the error log of the shop"
                                .to_owned(),
                        ),
                    });
                }
                let before = before.unwrap_or_else(|| Before::of(product.id()));
                let Before { rejected, is_whole, .. } = before;
                reading.ready.push(Goods {
                    id: product.id().clone(),
                    product: Some(*product),
                    rejected,
                    is_whole,
                });
            }
            Item::Reject(reject) => {
                read.insert(short_product_key(&reject.product));
                if reading.before.is_none() {
                    self.tally.read_one();
                }
                reading.before.get_or_insert_with(|| Before::of(&reject.product)).add(&reject);
                self.tally.reject(&reject);
                self.too_many_undeliverable(&reject)?;
            }
            Item::Skipped(skip) => {
                self.tally.count(|summary| summary.skipped += skip.variants);
                self.tally.tell(Event::Skipped(&skip));
            }
            Item::End(end) => reading.end = Some(end),
        }
        Ok(())
    }

    fn too_many_undeliverable(&self, last: &Reject) -> Result<(), RunError> {
        let is_one = matches!(last.reason, RejectReason::Undeliverable(_));
        if !is_one || self.tally.summary().undeliverable <= MOST_UNDELIVERABLE as u64 {
            return Ok(());
        }
        Err(RunError::Failed {
            what: format!(
                "the shop {} cannot deliver more than {MOST_UNDELIVERABLE} products, the last of them {}",
                self.shop.shop, last.product
            ),
            hint: Some("look into the error log of the shop".to_owned()),
        })
    }
}

/// The product that an item is about.
fn of(item: &Item) -> Option<&ProductId> {
    match item {
        Item::Product(product, _) => Some(product.id()),
        Item::Reject(reject) => Some(&reject.product),
        Item::Skipped(skip) => Some(&skip.product),
        Item::End(_) => None,
    }
}
