//! Going once through the shop's products, many of them in work at a time.

use std::collections::HashSet;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use gateway_core::model::{ProductId, Reject, RejectReason, VariantId};

use super::compare::Goods;
use super::holdings::{Link, short_product_key};
use super::identity::Identity;
use super::{Import, MOST_UNDELIVERABLE};
use crate::{End, Event, Item, Platform, PlatformError, RunError, Scope, Skip, Warning};

/// Products in work at once for each call of the marketplace's that may be: while some wait for pictures, others are
/// created.
const PRODUCTS_PER_CALL: usize = 4;

/// What has been read of a product before the product itself: the shop tells of variants that cannot be imported first.
struct Before {
    /// The id by which it came.
    came: ProductId,
    /// The id under which it is worked at.
    product: ProductId,
    rejected: Vec<VariantId>,
    /// Whether every variant is known that cannot be imported.
    is_whole: bool,
    /// Whether the shop's word can be relied on as to which variants there are, should the product itself not come.
    is_readable: bool,
}

impl Before {
    fn of(came: &ProductId, product: &ProductId) -> Self {
        let (came, product) = (came.clone(), product.clone());
        Self { came, product, rejected: Vec::new(), is_whole: true, is_readable: true }
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
        Goods { id: self.product, was: None, product: None, rejected: self.rejected, is_whole }
    }
}

/// What the shop told of.
#[derive(Default)]
pub(crate) struct Read {
    products: HashSet<u64>,
    /// Whether it tells other ids of its products.
    tells_also: bool,
    /// How many products could not be imported and are not linked, by the ids that are known of them.
    pub(crate) strangers: u64,
}

impl Read {
    /// Nothing yet.
    pub(crate) fn of(platform: &dyn Platform) -> Self {
        Self { tells_also: platform.tells_other_ids(), ..Self::default() }
    }

    /// Whether it is new.
    fn add(&mut self, product: &ProductId) -> bool {
        self.products.insert(short_product_key(product))
    }

    pub(crate) fn contains(&self, product: &ProductId) -> bool {
        self.products.contains(&short_product_key(product))
    }

    pub(crate) fn has(&self, link: &Link) -> bool {
        self.products.contains(&link.short_product_key())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// Whether something that it did not tell of may be a product of which it told: one that cannot be imported tells only one id, and
    /// that may be another than the one by which it is linked.
    pub(crate) fn may_be_told_of(&self, link: &Link) -> bool {
        self.tells_also && self.strangers > 0 && !link.has_also
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
    pub(crate) async fn go_through(&self, read: &mut Read) -> Result<End, RunError> {
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

    /// Whether a product is asked for, by any id that is known of it.
    pub(crate) fn is_wanted(&self, came: &ProductId, identity: &Identity) -> bool {
        let Some(wanted) = &self.wanted else { return true };
        wanted.contains(came) || identity.others(came).any(|id| wanted.contains(id))
    }

    fn take(
        &self,
        item: Option<Result<Item, PlatformError>>,
        reading: &mut Reading,
        read: &mut Read,
    ) -> Result<(), RunError> {
        let Some(item) = item.transpose()? else {
            return Err(RunError::broke_off(&self.shop.shop));
        };
        let Some(came) = of(&item).cloned() else {
            self.come_alone(reading.before.take(), reading, read);
            if let Item::End(end) = item {
                reading.end = Some(end);
            }
            return Ok(());
        };
        let is_same = reading.before.as_ref().is_some_and(|before| before.came == came);
        let Some((identity, item)) = self.identify(&came, item, read, is_same) else { return Ok(()) };
        if !is_same {
            // What came before is of another product, which therefore does not come.
            self.come_alone(reading.before.take(), reading, read);
        }
        match item {
            Item::Product(product, warnings) => {
                warnings.iter().for_each(|warning| self.tally.warn(warning));
                let before = reading.before.take();
                if before.is_none() {
                    self.tally.read_one();
                }
                if !read.add(&identity.id) && before.is_none() {
                    return Err(RunError::Failed {
                        what: format!("the shop listed product {} twice", identity.id),
                        hint: Some(
                            "start again; if it happens again, look into the error log of the shop"
                                .to_owned(),
                        ),
                    });
                }
                read.products.extend(identity.was.as_ref().map(short_product_key));
                let before = before.unwrap_or_else(|| Before::of(&came, &identity.id));
                let Before { rejected, is_whole, .. } = before;
                let Identity { id, also, was, .. } = identity;
                let product = Some(product.known_as(id.clone(), also));
                reading.ready.push(Goods { id, was, product, rejected, is_whole });
            }
            Item::Reject(reject) => {
                let reject = Reject { product: identity.id, ..reject };
                read.add(&reject.product);
                read.products.extend(identity.was.as_ref().map(short_product_key));
                if reading.before.is_none() {
                    self.tally.read_one();
                }
                reading.before.get_or_insert_with(|| Before::of(&came, &reject.product)).add(&reject);
                self.tally.reject(&reject);
                self.too_many_undeliverable(&reject)?;
            }
            Item::Skipped(skip) => {
                let skip = Skip { product: identity.id, ..skip };
                self.tally.count(|summary| summary.skipped += skip.variants);
                self.tally.tell(Event::Skipped(&skip));
            }
            Item::End(_) => {}
        }
        Ok(())
    }

    /// What a product is that came by this id, and what is to be done about it; `None` when it is not asked for. What may be one that has
    /// come already, or any of several, is not taken for a new one.
    fn identify(
        &self,
        came: &ProductId,
        item: Item,
        read: &mut Read,
        is_same: bool,
    ) -> Option<(Identity, Item)> {
        let also = match &item {
            Item::Product(product, _) => product.also(),
            _ => None,
        };
        let knows_itself = also.is_some() || !self.known.links.of_product(came).is_empty();
        let identity = self.identity(came, also);
        if !self.is_wanted(came, &identity) {
            return None;
        }
        // None of them is gone: it may be this one.
        read.products.extend(identity.rivals.iter().map(short_product_key));
        let has_come = |other: &&ProductId| !is_same && read.contains(other);
        let taken = identity.others(came).find(has_come).cloned();
        if taken.is_some() && knows_itself {
            let what = "what it is by its other id has come already: it is taken for itself alone".to_owned();
            self.tally.warn(&Warning { product: Some(came.clone()), variant: None, what });
            return Some((Identity::own(came, None), item));
        }
        let Some(other) = taken.or_else(|| identity.rivals.first().cloned()) else {
            return Some((identity, item));
        };
        let item = match item {
            Item::Product(product, _) => Item::Reject(Reject {
                product: came.clone(),
                variant: None,
                name: Some(product.name().to_string()),
                sku: product.variants().first().and_then(|variant| variant.sku.clone()),
                reason: RejectReason::OneOfSeveral(other),
            }),
            other => other,
        };
        Some((Identity::own(came, None), item))
    }

    /// A product of which nothing can be imported has come to its end.
    fn come_alone(&self, before: Option<Before>, reading: &mut Reading, read: &mut Read) {
        let Some(goods) = before.map(Before::alone) else { return };
        read.strangers += u64::from(self.known.links.of_product(&goods.id).is_empty());
        reading.ready.push(goods);
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
