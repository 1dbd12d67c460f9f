//! The truth: every product and tag of every shop, with the index that lags behind it.

use std::collections::HashMap;
use std::time::Duration;

use clock::Clock;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Category;
use super::index::{Hit, Index};
use super::product::{Listing, Product};
use super::tags::Tags;

/// All that the marketplace knows. Every change of a product goes through it, so that the index hears of it.
pub(super) struct Catalogue {
    clock: Clock,
    products: HashMap<String, Product>,
    made: u64,
    pub(super) tags: Tags,
    pub(super) index: Index,
}

impl Catalogue {
    pub(super) fn new(clock: Clock, index_lag: Duration, categories: &[Category]) -> Self {
        Self {
            clock,
            products: HashMap::new(),
            made: 0,
            tags: Tags::with_categories(categories),
            index: Index::new(index_lag),
        }
    }

    /// Makes a product that is not in the web shop yet.
    pub(super) fn create(&mut self, owner: &str, fields: Map<String, Value>) -> String {
        let now = self.clock.now();
        let guid = Uuid::new_v4().to_string();
        self.insert(Product {
            guid: guid.clone(),
            owner: owner.to_owned(),
            number: 0,
            created: now,
            updated: now,
            activated: None,
            fields,
            listing: Listing::none(),
        });
        guid
    }

    fn insert(&mut self, mut product: Product) {
        self.made += 1;
        product.number = self.made;
        self.products.insert(product.guid.clone(), product);
    }

    /// Puts a product in as it is, and shows it in the index at once.
    pub(super) fn seed(&mut self, product: Product) {
        let guid = product.guid.clone();
        self.insert(product);
        if let Some(hit) = self.hit(&guid) {
            self.index.show_now(hit);
        }
    }

    pub(super) fn get(&self, shop: &str, guid: &str) -> Option<&Product> {
        self.products.get(guid).filter(|product| product.owner == shop)
    }

    /// The product of whatever shop: for people, who see them all.
    pub(super) fn any(&self, guid: &str) -> Option<&Product> {
        self.products.get(guid)
    }

    /// All products, oldest first.
    pub(super) fn all(&self) -> Vec<&Product> {
        let mut products: Vec<_> = self.products.values().collect();
        products.sort_by_key(|product| product.number);
        products
    }

    pub(super) fn read_shape(&self, product: &Product) -> Value {
        let tags = product.list("tag_guids").filter_map(|guid| self.tags.get(guid));
        let tags: Value = tags
            .map(|tag| serde_json::json!({"guid": tag.guid, "name": tag.name, "type": tag.kind()}))
            .collect();
        product.read_shape(&tags)
    }

    /// Changes a product of a shop; `false` when there is none of that guid.
    pub(super) fn change(&mut self, guid: &str, change: impl FnOnce(&mut Product)) -> bool {
        let now = self.clock.now();
        let Some(product) = self.products.get_mut(guid) else { return false };
        change(product);
        product.updated = now;
        self.reindex(guid);
        true
    }

    /// Puts a product into the web shop, or sets the flags and stock it has there.
    pub(super) fn list(&mut self, guid: &str, listing: Listing) {
        let now = self.clock.now();
        self.change(guid, |product| {
            product.listing.take(listing);
            product.activated.get_or_insert(now);
        });
    }

    /// Takes a product out of the web shop; it stays with the organization.
    pub(super) fn unlist(&mut self, guid: &str) {
        self.change(guid, |product| {
            product.activated = None;
            product.listing = Listing::none();
        });
    }

    pub(super) fn delete(&mut self, guid: &str) {
        self.products.remove(guid);
        self.index.remove(self.clock.moment(), guid);
    }

    /// The products of a shop that bear each tag, in no certain order.
    pub(super) fn by_tag(&self, shop: &str) -> HashMap<&str, Vec<String>> {
        let mut by_tag: HashMap<&str, Vec<String>> = HashMap::new();
        for product in self.products.values().filter(|product| product.owner == shop) {
            for tag in product.list("tag_guids") {
                by_tag.entry(tag).or_default().push(product.guid.clone());
            }
        }
        by_tag
    }

    /// Puts a tag on a product that does not bear it.
    pub(super) fn tag(&mut self, guid: &str, tag: &str) -> bool {
        self.change(guid, |product| {
            let mut tags: Vec<Value> =
                product.list("tag_guids").filter(|other| *other != tag).map(Value::from).collect();
            tags.push(tag.into());
            product.fields.insert("tag_guids".to_owned(), tags.into());
        })
    }

    /// Takes a tag off a product.
    pub(super) fn untag(&mut self, guid: &str, tag: &str) {
        self.change(guid, |product| {
            let tags: Vec<Value> =
                product.list("tag_guids").filter(|other| *other != tag).map(Value::from).collect();
            product.fields.insert("tag_guids".to_owned(), tags.into());
        });
    }

    /// Deletes a tag of a shop and takes it off its products; `false` when the shop has no such tag.
    pub(super) fn delete_tag(&mut self, shop: &str, tag: &str) -> bool {
        let removed = self.tags.remove(shop, tag);
        if removed {
            let bearers: Vec<String> = self
                .products
                .values()
                .filter(|product| product.list("tag_guids").any(|other| other == tag))
                .map(|product| product.guid.clone())
                .collect();
            for guid in bearers {
                self.untag(&guid, tag);
            }
        }
        removed
    }

    fn reindex(&mut self, guid: &str) {
        let now = self.clock.moment();
        match self.hit(guid) {
            Some(hit) => self.index.show(now, hit),
            None => self.index.remove(now, guid),
        }
    }

    /// What the index shows of a product: nothing unless it is in the web shop.
    fn hit(&self, guid: &str) -> Option<Hit> {
        let product = self.products.get(guid).filter(|product| product.activated.is_some())?;
        Some(Hit {
            guid: product.guid.clone(),
            owner: product.owner.clone(),
            created: product.created.timestamp_millis(),
            shape: self.read_shape(product),
        })
    }
}
