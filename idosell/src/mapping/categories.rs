//! The categories, which an offer tells only of its products.

use std::collections::{BTreeMap, HashMap};

use gateway_core::model::{Category, CategoryId, CategoryTree, Name};

use crate::wire;

/// What stands between the names of a path. A name that holds it itself cannot be told from two.
const SEPARATOR: char = '/';

/// The most categories that are kept. Large shops have some thousand.
const MAX_CATEGORIES: usize = 50_000;

/// The longest path that is kept, in bytes.
const MAX_PATH_BYTES: usize = 1_000;

/// What the ids of categories begin with that no product is in, and of which nothing but the path is known.
const BY_PATH: &str = "path:";

/// Collects the categories of products that are told one by one: each id once, whatever the number of products.
#[derive(Clone, Debug, Default)]
pub struct Categories {
    /// Paths by id, in the order of ids, so that the same categories make the same tree however the goods are sorted.
    paths: BTreeMap<CategoryId, String>,
    left_out: u64,
}

impl Categories {
    /// Takes those of a product. Of two paths of one id the first stays.
    pub fn add(&mut self, product: &wire::Product) {
        for category in &product.categories {
            let (Some(id), Some(path)) = (&category.id, &category.name) else { continue };
            let Ok(id) = CategoryId::new(id) else { continue };
            if self.paths.contains_key(&id) {
                continue;
            }
            if self.paths.len() >= MAX_CATEGORIES || path.len() > MAX_PATH_BYTES {
                self.left_out += 1;
            } else {
                self.paths.insert(id, path.clone());
            }
        }
    }

    /// How often a category was left out, because there are too many or its path is too long.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The tree. A category above another one, which no product is in, has an id made of its path, because the offer tells none.
    #[must_use]
    pub fn tree(&self) -> CategoryTree {
        let mut by_path: HashMap<Vec<Name>, CategoryId> = HashMap::new();
        for (id, path) in &self.paths {
            by_path.entry(names(path)).or_insert_with(|| id.clone());
        }
        let mut categories = Vec::new();
        for (id, path) in &self.paths {
            let mut names = names(path);
            let Some(name) = names.pop() else { continue };
            let parent = above(&mut by_path, &mut categories, names);
            categories.push(Category { id: id.clone(), name, parent });
        }
        CategoryTree::new(categories)
    }
}

/// The category with this path, with those above it; it is made if there is none yet.
fn above(
    by_path: &mut HashMap<Vec<Name>, CategoryId>,
    categories: &mut Vec<Category>,
    mut path: Vec<Name>,
) -> Option<CategoryId> {
    let mut lowest = None;
    let mut made: Option<usize> = None;
    loop {
        let known = by_path.get(&path).cloned();
        let joined: Vec<&str> = path.iter().map(Name::as_str).collect();
        let id = known.clone().or_else(|| CategoryId::new(&format!("{BY_PATH}{}", joined.join("/"))).ok());
        // A path too long for an id ends here, upwards.
        let id = id.filter(|_| !path.is_empty());
        lowest = lowest.or_else(|| id.clone());
        if let Some(below) = made.and_then(|place| categories.get_mut(place)) {
            below.parent.clone_from(&id);
        }
        let (Some(id), None) = (id, known) else { return lowest };
        by_path.insert(path.clone(), id.clone());
        let Some(name) = path.pop() else { return lowest };
        made = Some(categories.len());
        categories.push(Category { id, name, parent: None });
    }
}

/// The names from the top down.
fn names(path: &str) -> Vec<Name> {
    path.split(SEPARATOR).filter_map(|name| Name::new(name).ok()).collect()
}
