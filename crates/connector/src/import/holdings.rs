//! What the marketplace holds before a run: which of its goods are ours, and which bear no mark.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use gateway_core::gateway::{Error, Gateway, Guid, ListedProduct, Listing, SourceMark};
use gateway_core::model::{ProductId, ShopKey, VariantId};
use rust_decimal::prelude::ToPrimitive as _;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::family::SHARED_FAMILY;
use super::fingerprint::Fingerprint;
use super::pictures::Place;
use crate::{Event, Listener, ShopName};

/// A key of 128 bits instead of a text: two texts of one shop never share it by chance.
pub(crate) type Key = u128;

pub(crate) fn key(text: &str) -> Key {
    xxh3_128(text.as_bytes())
}

fn product_key(product: &ProductId) -> Key {
    key(product.as_str())
}

/// Half a key, for what is kept of every product that was read. Should two products ever share one, the second is told of
/// as one that was listed twice, and nothing is lost.
pub(crate) fn short_product_key(product: &ProductId) -> u64 {
    shortened(product_key(product))
}

fn shortened(key: Key) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = key.to_be_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// A variant of ours at the marketplace: what a run must know of each at once, in less than 100 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    product: Key,
    variant: u64,
    pub(crate) guid: Guid,
    /// Of what was sent, as the mark says.
    pub(crate) fingerprint: Fingerprint,
    pub(crate) is_archived: bool,
    /// It was archived by us, because the shop did not have it any more.
    pub(crate) is_gone: bool,
    /// It bears the tag of its product's family.
    pub(crate) has_family: bool,
    /// Its stock level, where that is a whole number.
    pub(crate) stock_level: Option<u32>,
}

const _: () = assert!(size_of::<Link>() <= 100, "the memory for it grows with the catalogue");

impl Link {
    pub(crate) fn new(product: &ListedProduct, mark: &SourceMark) -> Self {
        Self {
            product: product_key(&mark.id.product),
            variant: xxh3_64(mark.id.variant.as_str().as_bytes()),
            guid: product.guid,
            fingerprint: Fingerprint::of_mark(mark),
            is_archived: product.archived,
            is_gone: mark.is_gone,
            has_family: mark.family.is_some(),
            stock_level: product.stock_level.and_then(|level| level.to_u32()),
        }
    }

    /// Of its product and of itself.
    pub(crate) fn key(&self) -> (Key, u64) {
        (self.product, self.variant)
    }

    pub(crate) fn short_product_key(&self) -> u64 {
        shortened(self.product)
    }

    pub(crate) fn is_of(&self, variant: &VariantId) -> bool {
        self.variant == xxh3_64(variant.as_str().as_bytes())
    }

    /// It is archived, and not by us: that stays so.
    pub(crate) fn is_archived_by_a_person(&self) -> bool {
        self.is_archived && !self.is_gone
    }
}

/// Goods at the marketplace that bear no mark of where they came from: made by hand, or by an earlier connector.
#[derive(Clone, Debug, Default)]
pub struct Unmarked {
    /// How many of them are not archived.
    pub live: u64,
    by_sku: HashMap<Key, Bearers>,
}

/// Who bears an SKU.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bearers {
    pub(crate) count: u64,
    /// One of them.
    pub(crate) guid: Guid,
}

impl Unmarked {
    fn add(&mut self, product: &ListedProduct) {
        self.live += 1;
        if let Some(sku) = product.sku.as_deref().map(str::trim).filter(|sku| !sku.is_empty()) {
            let bearers = self.by_sku.entry(key(sku)).or_insert(Bearers { count: 0, guid: product.guid });
            bearers.count += 1;
        }
    }

    pub(crate) fn bearers(&self, sku: &str) -> Option<Bearers> {
        self.by_sku.get(&key(sku)).copied()
    }
}

/// All that was found. Of ours it remembers less than 100 bytes each, 48 for each picture, and about as much for each family of several
/// products.
#[derive(Debug, Default)]
pub struct Holdings {
    /// By product and variant.
    links: Vec<Link>,
    /// Of two with one external id the one that is not the link.
    pub(crate) doubles: Vec<Guid>,
    /// Pictures of ours by their identity, each in the mark of a product that shows it.
    pub(crate) pictures: HashMap<Key, Place>,
    /// Of each family of several products of ours one that tells its tag, by the family's digest.
    pub(crate) shared_families: HashMap<String, Guid>,
    /// When the newest product of the marketplace was created: what comes to light from now on is younger, as far as its
    /// clocks agree.
    pub(crate) newest: Option<DateTime<Utc>>,
    /// Goods without a mark.
    pub unmarked: Unmarked,
    /// How many of this platform's other shops' goods there are that are not archived, by their shop keys; of more than
    /// [`Holdings::MOST_KEYS`] only the first.
    pub other_shops: BTreeMap<ShopKey, u64>,
    /// How many goods bear this shop's mark, archived ones and doubles too.
    pub of_this_shop: u64,
    /// How many goods there are in all, archived ones too.
    pub products: u64,
    /// How many of them bear another platform's mark, or another shop's.
    pub of_others: u64,
}

impl Holdings {
    /// How many goods are listed between two tellings of it.
    const TELL_EVERY: u64 = 1000;

    /// More shop keys than this are not told apart.
    const MOST_KEYS: usize = 20;

    /// Lists all that the marketplace holds for its shop. Of a shop that is not known nothing is there.
    ///
    /// # Errors
    /// When the listing cannot be read to its end.
    pub async fn read(
        gateway: &Gateway,
        shop: Option<&ShopName>,
        listener: Listener<'_>,
    ) -> Result<Self, Error> {
        let mut holdings = Self::default();
        let mut listing = std::pin::pin!(gateway.list(Listing::All));
        while let Some(product) = listing.try_next().await? {
            holdings.add(&product, shop);
            if holdings.products.is_multiple_of(Self::TELL_EVERY) {
                listener(Event::Listed { products: holdings.products });
            }
        }
        holdings.sort();
        Ok(holdings)
    }

    fn add(&mut self, product: &ListedProduct, shop: Option<&ShopName>) {
        self.products += 1;
        self.newest = self.newest.max(product.created);
        let Some(mark) = product.data.source() else {
            if !product.archived {
                self.unmarked.add(product);
            }
            return;
        };
        let is_of_platform = shop.is_some_and(|shop| mark.id.platform == shop.platform);
        if !is_of_platform || shop.is_none_or(|shop| mark.id.shop != shop.shop) {
            self.of_others += 1;
            let is_new = !self.other_shops.contains_key(&mark.id.shop);
            if is_of_platform && !product.archived && !(is_new && self.other_shops.len() == Self::MOST_KEYS) {
                *self.other_shops.entry(mark.id.shop).or_default() += 1;
            }
            return;
        }
        self.of_this_shop += 1;
        for (identity, _) in &mark.images {
            self.pictures.insert(key(identity), Place::At(product.guid));
        }
        let bears_its_tag = mark.family.is_some_and(|family| product.tags.contains(&family));
        if let Some(shared) = mark.sent.get(SHARED_FAMILY).filter(|_| bears_its_tag && !product.archived) {
            self.shared_families.insert(shared.clone(), product.guid);
        }
        self.links.push(Link::new(product, &mark));
    }

    /// Puts the links in order, and parts them from their doubles: the oldest that is not archived is the link, else the
    /// oldest.
    fn sort(&mut self) {
        // The listing is newest first, so of equals the last is the oldest. The sort keeps their order.
        self.links.sort_by_key(Link::key);
        let mut links: Vec<Link> = Vec::with_capacity(self.links.len());
        for link in self.links.drain(..) {
            match links.last_mut() {
                Some(last) if last.key() == link.key() => {
                    let newer = if link.is_archived && !last.is_archived {
                        link
                    } else {
                        std::mem::replace(last, link)
                    };
                    // What is archived already needs no healing.
                    if !newer.is_archived {
                        self.doubles.push(newer.guid);
                    }
                }
                _ => links.push(link),
            }
        }
        links.shrink_to_fit();
        self.links = links;
    }

    /// All links.
    pub(crate) fn links(&self) -> &[Link] {
        &self.links
    }

    /// The links of a product.
    pub(crate) fn of_product(&self, product: &ProductId) -> &[Link] {
        let wanted = product_key(product);
        let start = self.links.partition_point(|link| link.product < wanted);
        let rest = self.links.get(start..).unwrap_or_default();
        let end = rest.partition_point(|link| link.product == wanted);
        rest.get(..end).unwrap_or_default()
    }
}
