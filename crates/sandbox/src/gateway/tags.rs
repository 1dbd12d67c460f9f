//! Tags: the marketplace's categories and the shops' families of variants.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::Category;

/// A category (owned by nobody) or a shop's own tag.
#[derive(Clone)]
pub(super) struct Tag {
    pub(super) guid: String,
    pub(super) name: String,
    /// The shop it belongs to; `None` for a category.
    pub(super) owner: Option<String>,
    pub(super) parent: Option<String>,
    children: Vec<String>,
}

impl Tag {
    pub(super) fn kind(&self) -> &'static str {
        if self.owner.is_none() { "category" } else { "variant" }
    }

    /// TAG as the Gateway shows it; `product_guids` are the products of the reader's shop that bear it.
    pub(super) fn read_shape(&self, product_guids: &[String]) -> Value {
        json!({
            "guid": self.guid,
            "name": self.name,
            "type": self.kind(),
            "owner": self.owner,
            "parent_guid": self.parent,
            "product_guids": product_guids,
            "subtags": self.children,
            "images": [],
            "active": true,
            "data": {},
            "duration": null,
            "item_count": product_guids.len(),
        })
    }
}

/// All tags of the marketplace.
#[derive(Default)]
pub(super) struct Tags {
    by_guid: HashMap<String, Tag>,
    /// Guids in the order they were made.
    order: Vec<String>,
    /// Guids by owner and name, to tell at once whether a name is taken.
    names: HashMap<(String, String), String>,
}

impl Tags {
    pub(super) fn with_categories(tree: &[Category]) -> Self {
        let mut tags = Self::default();
        tags.plant(tree, None);
        tags
    }

    fn plant(&mut self, tree: &[Category], parent: Option<&str>) -> Vec<String> {
        let mut planted = Vec::new();
        for category in tree {
            let guid = self.insert(&category.name, None, parent);
            let children = self.plant(&category.children, Some(&guid));
            if let Some(tag) = self.by_guid.get_mut(&guid) {
                tag.children = children;
            }
            planted.push(guid);
        }
        planted
    }

    fn insert(&mut self, name: &str, owner: Option<&str>, parent: Option<&str>) -> String {
        let guid = Uuid::new_v4().to_string();
        self.order.push(guid.clone());
        let tag = Tag {
            guid: guid.clone(),
            name: name.to_owned(),
            owner: owner.map(str::to_owned),
            parent: parent.map(str::to_owned),
            children: Vec::new(),
        };
        self.by_guid.insert(guid.clone(), tag);
        guid
    }

    /// Makes a tag of a shop. `Err` is the guid of the shop's tag that bears this very name.
    pub(super) fn create(&mut self, owner: &str, name: &str) -> Result<String, String> {
        let key = (owner.to_owned(), name.to_owned());
        if let Some(taken) = self.names.get(&key) {
            return Err(taken.clone());
        }
        let guid = self.insert(name, Some(owner), None);
        self.names.insert(key, guid.clone());
        Ok(guid)
    }

    /// Gives a tag of a shop another name; `false` when the shop has no such tag, or has another one of that name.
    pub(super) fn rename(&mut self, owner: &str, guid: &str, name: &str) -> bool {
        let key = (owner.to_owned(), name.to_owned());
        let Some(tag) = self.by_guid.get_mut(guid).filter(|tag| tag.owner.as_deref() == Some(owner)) else {
            return false;
        };
        if self.names.contains_key(&key) {
            return false;
        }
        let before = std::mem::replace(&mut tag.name, name.to_owned());
        self.names.remove(&(owner.to_owned(), before));
        self.names.insert(key, guid.to_owned());
        true
    }

    /// Removes a tag of a shop; `false` when the shop has no such tag.
    pub(super) fn remove(&mut self, owner: &str, guid: &str) -> bool {
        let Some(tag) = self.by_guid.get(guid).filter(|tag| tag.owner.as_deref() == Some(owner)) else {
            return false;
        };
        self.names.remove(&(owner.to_owned(), tag.name.clone()));
        self.by_guid.remove(guid);
        self.order.retain(|other| other != guid);
        true
    }

    pub(super) fn get(&self, guid: &str) -> Option<&Tag> {
        self.by_guid.get(guid)
    }

    /// The tag, when goods of this shop may bear it.
    pub(super) fn usable(&self, shop: &str, guid: &str) -> Option<&Tag> {
        self.get(guid).filter(|tag| tag.owner.as_deref().is_none_or(|owner| owner == shop))
    }

    /// All tags in the order they were made.
    pub(super) fn all(&self) -> impl Iterator<Item = &Tag> {
        self.order.iter().filter_map(|guid| self.by_guid.get(guid))
    }

    /// The category tree, in the shape of `GET /bootstrap`.
    pub(super) fn hierarchy(&self) -> Value {
        let roots = self.all().filter(|tag| tag.owner.is_none() && tag.parent.is_none());
        roots.map(|tag| self.branch(tag)).collect()
    }

    fn branch(&self, tag: &Tag) -> Value {
        let children: Value =
            tag.children.iter().filter_map(|guid| self.get(guid)).map(|child| self.branch(child)).collect();
        json!({"name": tag.name, "guid": tag.guid, "children": children})
    }
}
