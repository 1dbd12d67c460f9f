//! The shop's categories.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::id::id;
use super::text::Name;

/// What stands between the names of a printed path, as in the mapping files of earlier connectors (the Gateway's known
/// facts).
pub const TREE_SEPARATOR: &str = " - ";

id! {
    /// A category's id at its platform.
    CategoryId
}

/// A category of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its name in the chosen language.
    pub name: Name,
    /// The category above it; none for one at the top.
    pub parent: Option<CategoryId>,
}

/// All categories of a shop, in the order in which the shop told them.
#[derive(Debug, Clone, Default)]
pub struct CategoryTree {
    categories: Vec<Category>,
    places: HashMap<CategoryId, usize>,
}

impl CategoryTree {
    /// Takes what the shop told, cycles and missing parents included. Of two categories with one id the first stays.
    #[must_use]
    pub fn new(categories: impl IntoIterator<Item = Category>) -> Self {
        let mut tree = Self::default();
        for category in categories {
            if !tree.places.contains_key(&category.id) {
                tree.places.insert(category.id.clone(), tree.categories.len());
                tree.categories.push(category);
            }
        }
        tree
    }

    /// A category by its id.
    #[must_use]
    pub fn get(&self, id: &CategoryId) -> Option<&Category> {
        self.places.get(id).and_then(|place| self.categories.get(*place))
    }

    /// All categories.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.categories.iter()
    }

    /// How many categories there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.categories.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty()
    }

    /// The names from the top down to the category; none when the shop has no such category.
    ///
    /// A path ends, upwards, at a parent that the shop does not tell, and at one that is on the path already.
    #[must_use]
    pub fn path(&self, id: &CategoryId) -> Option<Vec<&str>> {
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        let mut next = Some(self.get(id)?);
        while let Some(category) = next {
            if !seen.insert(&category.id) {
                break;
            }
            names.push(category.name.as_str());
            next = category.parent.as_ref().and_then(|parent| self.get(parent));
        }
        names.reverse();
        Some(names)
    }

    /// The path as earlier mapping files print it: `A - B - C`. It is not to be parsed: a name may hold the separator.
    #[must_use]
    pub fn printed_path(&self, id: &CategoryId) -> Option<String> {
        self.path(id).map(|names| names.join(TREE_SEPARATOR))
    }
}
