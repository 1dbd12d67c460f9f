//! What is at the marketplace, as a run must know it at once: of each variant of ours less than 100 bytes.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;
use gateway_core::gateway::{Error, Gateway, Guid, ListedProduct, Listing, SourceMark};
use gateway_core::model::{ProductId, ShopKey, VariantId};
use rust_decimal::prelude::ToPrimitive as _;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::family::SHARED_FAMILY;
use super::fingerprint::Fingerprint;
use super::identity::{ALSO, Aliases};
use crate::{Event, Listener, ShopName};

/// A key of 128 bits instead of a text: two texts of one shop never share it by chance.
pub(crate) type Key = u128;

/// Of a product and of its variant.
pub(crate) type LinkKey = (Key, u64);

pub(crate) fn key(text: &str) -> Key {
    xxh3_128(text.as_bytes())
}

fn product_key(product: &ProductId) -> Key {
    key(product.as_str())
}

pub(crate) fn link_key(product: &ProductId, variant: &VariantId) -> LinkKey {
    (product_key(product), xxh3_64(variant.as_str().as_bytes()))
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

/// A variant of ours at the marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    product: Key,
    variant: u64,
    pub(crate) guid: Guid,
    /// Of what was last sent.
    pub(crate) fingerprint: Fingerprint,
    /// Which mapping made that.
    pub(crate) mapping: u32,
    /// It is archived, as far as is known: what people archive is seen in a listing, or when it is read to be changed.
    pub(crate) is_archived: bool,
    /// It was archived by us, because the shop did not have it any more.
    pub(crate) is_gone: bool,
    /// It bears the tag of its product's family.
    pub(crate) has_family: bool,
    /// Its mark tells another id of its product.
    pub(crate) has_also: bool,
    /// The stock level that was last known of it, where that is a whole number.
    pub(crate) stock_level: Option<u32>,
}

const _: () = assert!(size_of::<Link>() <= 80, "the memory for it grows with the catalogue");

impl Link {
    /// As a listing shows it.
    pub(crate) fn new(product: &ListedProduct, mark: &SourceMark) -> Self {
        let (product_key, variant) = link_key(&mark.id.product, &mark.id.variant);
        Self {
            product: product_key,
            variant,
            guid: product.guid,
            fingerprint: Fingerprint::of_mark(mark),
            mapping: mark.mapping,
            is_archived: product.archived,
            is_gone: mark.is_gone,
            has_family: mark.family.is_some(),
            has_also: mark.sent.contains_key(ALSO),
            stock_level: product.stock_level.and_then(|level| level.to_u32()),
        }
    }

    /// As it is remembered.
    pub(crate) fn remembered(link: &state::Link) -> Self {
        let (product, variant) = link_key(&link.product, &link.variant);
        let pictures = link.images.iter().map(|(identity, _)| identity.as_str());
        Self {
            product,
            variant,
            guid: link.guid,
            fingerprint: Fingerprint::of(&link.sent, &link.tags, pictures),
            mapping: link.mapping,
            is_archived: link.is_gone,
            is_gone: link.is_gone,
            has_family: link.family.is_some(),
            has_also: link.sent.contains_key(ALSO),
            stock_level: link.stock_base.and_then(|level| level.to_u32()),
        }
    }

    /// Of its product and of itself.
    pub(crate) fn key(&self) -> LinkKey {
        (self.product, self.variant)
    }

    pub(crate) fn short_product_key(&self) -> u64 {
        shortened(self.product)
    }

    pub(crate) fn is_same_variant(&self, other: &Self) -> bool {
        self.variant == other.variant
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

/// The links of a shop, in order, and what else is known by them.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// By product and variant.
    links: Vec<Link>,
    /// Of each family of several products of ours one that tells its tag, by the family's digest.
    pub(crate) shared_families: HashMap<String, Guid>,
    /// The products of ours that have another id beside their own.
    pub(crate) aliases: Aliases,
    /// Whether any of them has a picture.
    pub(crate) have_pictures: bool,
}

impl Links {
    pub(crate) fn add(&mut self, link: &state::Link, is_live: bool) {
        self.have_pictures |= !link.images.is_empty();
        if let Some(shared) = link.sent.get(SHARED_FAMILY).filter(|_| link.family.is_some() && is_live) {
            self.shared_families.insert(shared.clone(), link.guid);
        }
        self.aliases.add(&link.sent, &link.product, is_live);
        self.links.push(Link::remembered(link));
    }

    /// Puts the links in order. Of two with one key the later one stays.
    pub(crate) fn sort(&mut self) {
        self.links.sort_by_key(Link::key);
        self.links.reverse();
        self.links.dedup_by_key(|link| link.key());
        self.links.reverse();
        self.links.shrink_to_fit();
    }

    /// This mapping made what was last sent of all of them, or would have made the same.
    pub(crate) fn set_mapping(&mut self, mapping: u32) {
        self.links.iter_mut().for_each(|link| link.mapping = mapping);
    }

    pub(crate) fn all(&self) -> &[Link] {
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

    pub(crate) fn get(&self, key: LinkKey) -> Option<&Link> {
        let at = self.links.binary_search_by_key(&key, Link::key).ok()?;
        self.links.get(at)
    }
}

/// All that a listing of the marketplace shows.
#[derive(Debug, Default)]
pub struct Holdings {
    pub(crate) links: Links,
    /// Where each link is among them, while the listing is read.
    places: HashMap<LinkKey, usize>,
    /// Of two with one external id the one that is not the link.
    pub(crate) doubles: Vec<Guid>,
    /// Pictures of ours by their identity.
    pub(crate) pictures: HashSet<Key>,
    /// When the newest product of the marketplace was created: what comes to light from now on is younger, as far as its
    /// clocks agree.
    pub(crate) newest: Option<DateTime<Utc>>,
    /// Goods without a mark.
    pub unmarked: Unmarked,
    /// How many of this platform's other shops' goods there are that are not archived, by their shop keys; of more than
    /// [`Holdings::MOST_KEYS`] only the first.
    pub other_shops: BTreeMap<ShopKey, u64>,
    /// How many goods there are that are not archived and that another platform of ours has brought, which may be those of this shop; by
    /// its name.
    pub of_relatives: BTreeMap<&'static str, u64>,
    /// Which platforms these are.
    relatives: &'static [&'static str],
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

    /// None yet, beside platforms that may have brought the same goods.
    pub(crate) fn beside(relatives: &'static [&'static str]) -> Self {
        Self { relatives, ..Self::default() }
    }

    /// Lists all that the marketplace holds for its shop. Of a shop that is not known nothing is there. `relatives` are those of its
    /// platform.
    ///
    /// # Errors
    /// When the listing cannot be read to its end.
    pub async fn read(
        gateway: &Gateway,
        shop: Option<&ShopName>,
        relatives: &'static [&'static str],
        listener: Listener<'_>,
    ) -> Result<Self, Error> {
        let mut holdings = Self::beside(relatives);
        let mut listing = std::pin::pin!(gateway.list(Listing::All));
        while let Some(product) = listing.try_next().await? {
            holdings.add(&product, shop, listener);
        }
        holdings.sort();
        Ok(holdings)
    }

    /// Adds a product of the listing, which is newest first; answers with the link that it is, as it is to be remembered.
    pub(crate) fn add(
        &mut self,
        product: &ListedProduct,
        shop: Option<&ShopName>,
        listener: Listener<'_>,
    ) -> Option<state::Link> {
        self.products += 1;
        if self.products.is_multiple_of(Self::TELL_EVERY) {
            listener(Event::Listed { products: self.products });
        }
        self.newest = self.newest.max(product.created);
        let Some(mark) = product.data.source() else {
            if !product.archived {
                self.unmarked.add(product);
            }
            return None;
        };
        let is_of_platform = shop.is_some_and(|shop| mark.id.platform == shop.platform);
        if !is_of_platform || shop.is_none_or(|shop| mark.id.shop != shop.shop) {
            self.of_others += 1;
            let relative = self.relatives.iter().find(|name| **name == mark.id.platform.as_str());
            if let Some(name) = relative.filter(|_| !product.archived) {
                *self.of_relatives.entry(name).or_default() += 1;
            }
            let is_new = !self.other_shops.contains_key(&mark.id.shop);
            if is_of_platform && !product.archived && !(is_new && self.other_shops.len() == Self::MOST_KEYS) {
                *self.other_shops.entry(mark.id.shop).or_default() += 1;
            }
            return None;
        }
        self.of_this_shop += 1;
        self.pictures.extend(mark.images.iter().map(|(identity, _)| key(identity)));
        self.links.have_pictures |= !mark.images.is_empty();
        let bears_its_tag = mark.family.is_some_and(|family| product.tags.contains(&family));
        if let Some(shared) = mark.sent.get(SHARED_FAMILY).filter(|_| bears_its_tag && !product.archived) {
            self.links.shared_families.insert(shared.clone(), product.guid);
        }
        self.links.aliases.add(&mark.sent, &mark.id.product, !product.archived);
        self.link(Link::new(product, &mark)).then(|| state::Link::of_mark(product.guid, mark))
    }

    /// Takes a link up, and parts it from its double: the oldest that is not archived is the link, else the oldest. Answers whether
    /// it is the link.
    fn link(&mut self, link: Link) -> bool {
        let Some(newer) = self.places.get(&link.key()).and_then(|at| self.links.links.get_mut(*at)) else {
            self.places.insert(link.key(), self.links.links.len());
            self.links.links.push(link);
            return true;
        };
        let stays = link.is_archived && !newer.is_archived;
        let double = if stays { link } else { std::mem::replace(newer, link) };
        // What is archived already needs no healing.
        if !double.is_archived {
            self.doubles.push(double.guid);
        }
        !stays
    }

    pub(crate) fn sort(&mut self) {
        self.places = HashMap::new();
        self.links.sort();
    }
}
