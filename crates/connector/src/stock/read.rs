//! Reading both sides: levels in bulk.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use gateway_core::assumptions::LIST_PAGE;
use gateway_core::gateway::{self, Guid, ListedProduct, Listing, ShopItem};
use gateway_core::model::{ProductId, StockLevel, VariantId};
use rust_decimal::Decimal;
use state::{LevelRow, StateError, VariantKey};

use super::Pass;
use super::linked::Linked;
use super::other_ids::{KnownBy, OtherIds};
use crate::import::Fate;
use crate::{End, RunError, Scope, StockItem};

/// A variant as the marketplace shows it.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    /// Its place in the web shop, to be sent back with another level.
    pub(super) item: ShopItem,
    /// Its level, where it shows one.
    pub(super) level: Option<Decimal>,
}

impl Offered {
    fn new(listed: &ListedProduct) -> Self {
        Self { item: listed.shop_item(), level: listed.stock_level }
    }
}

/// What the shop tells.
#[derive(Default)]
pub(super) struct Told {
    levels: HashMap<VariantKey, StockLevel>,
    unclear: HashMap<VariantKey, String>,
    /// Products of which no variant is clear.
    unclear_products: HashMap<ProductId, String>,
    /// The ids by which products were told that are linked by others.
    told_as: HashMap<ProductId, ProductId>,
    /// Linked products that the shop may tell by ids by which they are not known yet.
    strangers: HashSet<ProductId>,
    /// Whether what did not come is gone.
    is_complete: bool,
}

/// What the shop tells of one variant.
pub(super) enum TellsOf<'a> {
    Level(StockLevel),
    Gone,
    /// It may be there, or not; a part of a sentence says why nobody knows.
    Unclear(&'a str),
    /// It did not come, and nothing follows from that.
    Nothing,
}

/// Why it is not clear how much there is of what the shop may tell by another id.
const NOT_GONE_OVER: &str = "it was imported by another way, and no import has found it by the way by which the shop is read now; where \
                             the shop does not have it any more, import with --prune";

impl Told {
    fn add(&mut self, item: StockItem) {
        match item {
            StockItem::Level { product, variant, level } => {
                self.levels.insert((product, variant), level);
            }
            StockItem::Unclear { product, variant: Some(variant), why } => {
                self.unclear.insert((product, variant), why);
            }
            StockItem::Unclear { product, variant: None, why } => {
                self.unclear_products.insert(product, why);
            }
            StockItem::End(end) => self.is_complete = end == End::Complete,
        }
    }

    pub(super) fn of(&self, linked: &Linked) -> TellsOf<'_> {
        let key = (self.id_at_shop(&linked.product), linked.variant.clone());
        if let Some(why) = self.unclear.get(&key) {
            return TellsOf::Unclear(why);
        }
        match (self.levels.get(&key), self.unclear_products.get(&key.0)) {
            (Some(level), _) => TellsOf::Level(*level),
            (None, Some(why)) => TellsOf::Unclear(why),
            (None, None) if self.strangers.contains(&linked.product) => TellsOf::Unclear(NOT_GONE_OVER),
            (None, None) if self.is_complete => TellsOf::Gone,
            (None, None) => TellsOf::Nothing,
        }
    }

    /// Whether nothing was told of it at all.
    pub(super) fn is_unknown(&self, linked: &Linked) -> bool {
        matches!(self.of(linked), TellsOf::Gone | TellsOf::Unclear(NOT_GONE_OVER))
    }

    /// What was told of products by their other ids is told of them, unless they were told by their own.
    fn know(&mut self, others: &OtherIds) {
        if others.is_empty() {
            return;
        }
        let told = self.levels.keys().chain(self.unclear.keys()).map(|(product, _)| product);
        let told: HashSet<&ProductId> = told.chain(self.unclear_products.keys()).collect();
        let is_told_so =
            |(also, own): &(&ProductId, &ProductId)| told.contains(*also) && !told.contains(*own);
        let told_as = others.all().filter(is_told_so).map(|(also, own)| (own.clone(), also.clone()));
        self.told_as = told_as.collect();
    }

    /// The id by which the shop knows a product.
    pub(super) fn id_at_shop(&self, product: &ProductId) -> ProductId {
        self.told_as.get(product).unwrap_or(product).clone()
    }

    /// Whether the shop told of anything at all.
    pub(super) fn is_empty(&self) -> bool {
        self.levels.is_empty() && self.unclear.is_empty() && self.unclear_products.is_empty()
    }
}

/// An import may have given a variant another id between the reading of its link and that of its level, or may have made one of two links: what
/// is remembered of the same product of the marketplace is of the same variant.
fn take_over(linked: &mut [Linked], rows: HashMap<VariantKey, LevelRow>) {
    if rows.is_empty() {
        return;
    }
    let mut rows: HashMap<(Guid, VariantId), LevelRow> =
        rows.into_values().map(|row| ((row.guid, row.variant.clone()), row)).collect();
    for linked in linked.iter_mut().filter(|linked| linked.row.is_none()) {
        linked.row = rows.remove(&(linked.guid, linked.variant.clone()));
    }
}

impl Pass<'_> {
    /// The variants that are linked and at the marketplace as far as is known, with what is remembered of their levels.
    pub(super) async fn linked(&self) -> Result<(Vec<Linked>, OtherIds), RunError> {
        let store = self.memory.store();
        let (mut links, rows): (BoxStream<'_, Result<state::Link, StateError>>, Vec<LevelRow>) =
            match &self.options.scope {
                Scope::Products(products) => {
                    let links = store.links_of(products).await?;
                    (stream::iter(links).map(Ok).boxed(), store.levels_of(products).await?)
                }
                Scope::All | Scope::Since(_) => (store.links().boxed(), store.levels().try_collect().await?),
            };
        let mut rows: HashMap<VariantKey, LevelRow> = rows.into_iter().map(|row| (row.key(), row)).collect();
        let (mut linked, mut known) = (Vec::new(), Vec::new());
        while let Some(link) = links.try_next().await? {
            known.push(KnownBy::of(&link));
            if !link.is_gone {
                linked.push(Linked {
                    row: rows.remove(&link.key()),
                    product: link.product,
                    variant: link.variant,
                    guid: link.guid,
                    base: link.stock_base,
                });
            }
        }
        take_over(&mut linked, rows);
        Ok((linked, OtherIds::of(&known)))
    }

    /// Reads both sides at once.
    pub(super) async fn read(
        &self,
        linked: &[Linked],
        others: OtherIds,
    ) -> Result<(Told, HashMap<Guid, Offered>), RunError> {
        let guids: Vec<Guid> = linked.iter().map(|linked| linked.guid).collect();
        let both = async { futures::try_join!(self.shop_levels(others), self.market_levels(&guids)) };
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(RunError::Stopped),
            both = both => both,
        }
    }

    async fn shop_levels(&self, others: OtherIds) -> Result<Told, RunError> {
        let mut told = Told::default();
        let mut has_ended = false;
        let mut levels = self.platform.stock(others.scope(&self.options.scope));
        while let Some(item) = levels.try_next().await? {
            has_ended |= matches!(item, StockItem::End(_));
            told.add(item);
        }
        if !has_ended {
            let what = format!("the list of stock levels of {} broke off", self.shop.shop);
            return Err(RunError::Failed { what, hint: None });
        }
        told.know(&others);
        if self.platform.tells_other_ids() {
            told.strangers = others.into_without();
        }
        Ok(told)
    }

    /// The levels of these goods, archived ones too.
    pub(super) async fn market_levels(&self, guids: &[Guid]) -> Result<HashMap<Guid, Offered>, RunError> {
        let pages: Vec<Vec<Guid>> = guids.chunks(LIST_PAGE).map(<[Guid]>::to_vec).collect();
        // A page is much larger than what is kept of it.
        let search = |page: Vec<Guid>| {
            async move {
                let found = self.gateway.search_for(&page).await?;
                Ok(found.iter().map(Offered::new).collect::<Vec<_>>())
            }
            .boxed()
        };
        let searches: Vec<BoxFuture<'_, _>> = pages.into_iter().map(search).collect();
        let found: Result<Vec<Offered>, gateway::Error> =
            stream::iter(searches).buffer_unordered(self.options.concurrency.max(1)).try_concat().await;
        let mut found = found.map_err(|error| Fate::of(error).of_run())?;
        if found.is_empty() && !guids.is_empty() {
            // A marketplace that does not find goods by their guids shows them in its listing.
            let listed = self.gateway.list(Listing::All).map_ok(|listed| Offered::new(&listed));
            found = listed.try_collect().await.map_err(|error| Fate::of(error).of_run())?;
        }
        Ok(found.into_iter().map(|offered| (offered.item.guid, offered)).collect())
    }
}
