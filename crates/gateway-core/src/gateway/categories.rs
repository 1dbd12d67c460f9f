//! The marketplace's category tree. Categories are looked up there, never created.

use serde_json::Value;

use super::{Error, Gateway, Guid, read};

/// Between the names of a path, as people write it in a mapping file.
const PATH_SEPARATOR: &str = ">";

/// A deeper tree is no tree of categories; deeper branches are left off.
const DEEPEST: usize = 32;

/// A category at the Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its guid, which is put on products as a tag.
    pub guid: Guid,
    /// Its own name.
    pub name: String,
    /// The names from the top down to it.
    pub path: Vec<String>,
    /// The guids from the top down to it.
    pub guids: Vec<Guid>,
}

impl Category {
    /// The path as people write it: `A > B > C`.
    #[must_use]
    pub fn written(&self) -> String {
        self.path.join(" > ")
    }
}

/// The tree, as a list from the top down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryTree {
    categories: Vec<Category>,
}

/// What a name or a path means in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CategoryLookup<'a> {
    /// One category.
    Found(&'a Category),
    /// Several bear that name: the path has to be told.
    Ambiguous(Vec<&'a Category>),
    /// None does. These have names that are alike.
    Unknown(Vec<&'a Category>),
}

impl CategoryTree {
    /// Every category, each after the one above it.
    pub fn iter(&self) -> impl Iterator<Item = &Category> {
        self.categories.iter()
    }

    /// How many names a target as it stands in a mapping file consists of.
    #[must_use]
    pub fn parts(target: &str) -> usize {
        target.split(PATH_SEPARATOR).count()
    }

    /// Looks a target up as it stands in a mapping file: the name of a category, or a path `A > B > C` that may begin
    /// at any level. Names compare without case and white space around them.
    #[must_use]
    pub fn find(&self, target: &str) -> CategoryLookup<'_> {
        let wanted: Vec<String> = target.split(PATH_SEPARATOR).map(folded).collect();
        let ends_so = |category: &&Category| {
            let path = category.path.iter().rev().map(|name| folded(name));
            category.path.len() >= wanted.len()
                && path.zip(wanted.iter().rev()).all(|(name, want)| name == *want)
        };
        let found: Vec<&Category> = self.categories.iter().filter(ends_so).collect();
        // A path from the top is exact, also when a longer path ends in the same names. A name alone is no path.
        let is_whole = |category: &&&Category| wanted.len() > 1 && category.path.len() == wanted.len();
        let whole: Vec<&Category> = found.iter().filter(is_whole).copied().collect();
        match (found.as_slice(), whole.as_slice()) {
            ([category], _) | (_, [category]) => CategoryLookup::Found(category),
            ([], _) => CategoryLookup::Unknown(self.alike(wanted.last().map_or("", String::as_str))),
            _ => CategoryLookup::Ambiguous(found),
        }
    }

    /// Categories whose name holds the wanted one, or is held by it.
    fn alike(&self, wanted: &str) -> Vec<&Category> {
        const MOST: usize = 5;
        let is_alike = |category: &&Category| {
            let name = folded(&category.name);
            !wanted.is_empty() && !name.is_empty() && (name.contains(wanted) || wanted.contains(&name))
        };
        self.categories.iter().filter(is_alike).take(MOST).collect()
    }

    fn read(hierarchy: &[Value]) -> Self {
        let mut categories = Vec::new();
        let mut open: Vec<(&Value, Vec<String>, Vec<Guid>)> =
            hierarchy.iter().rev().map(|node| (node, Vec::new(), Vec::new())).collect();
        while let Some((node, mut path, mut guids)) = open.pop() {
            let (Some(guid), Some(name)) = (read::guid(node, "guid"), read::text(node, "name")) else {
                continue;
            };
            if path.len() == DEEPEST {
                continue;
            }
            path.push(name.clone());
            guids.push(guid);
            let children = read::list(node, "children").iter().rev();
            open.extend(children.map(|child| (child, path.clone(), guids.clone())));
            categories.push(Category { guid, name, path, guids });
        }
        Self { categories }
    }
}

fn folded(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    name.trim().nfc().collect::<String>().to_lowercase()
}

impl Gateway {
    /// Reads the marketplace's categories.
    ///
    /// # Errors
    /// When the service does not answer, or answers without a tree.
    pub async fn category_tree(&self) -> Result<CategoryTree, Error> {
        const CALL: &str = "read the category tree";
        let body = self.read(CALL, self.url(&["bootstrap"])).await?;
        match body.get("tag_hierarchy").and_then(Value::as_array) {
            Some(hierarchy) => Ok(CategoryTree::read(hierarchy)),
            None => Err(Error::malformed(CALL, "it holds no tag_hierarchy").of_a_read()),
        }
    }
}
