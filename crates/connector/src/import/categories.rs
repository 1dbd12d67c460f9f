//! The shop's categories as tags of the marketplace.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use gateway_core::gateway::{self, CategoryLookup, Gateway, Guid};
use gateway_core::model::{CategoryId, CategoryTree, Product};

use super::tally::Tally;
use crate::mapping_file::{self, MappingFile};
use crate::{Event, Platform, RunError, Warning};

/// What becomes of a category that the mapping file does not map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unmapped {
    /// It is left off, with a warning; the product is imported without it.
    #[default]
    Skip,
    /// The run stops before it writes anything.
    Fail,
    /// It becomes this category of the marketplace: a name, or a path `A > B > C`.
    Use(String),
}

/// How the shop's categories become the marketplace's.
pub(crate) struct Categories {
    tags: HashMap<CategoryId, Vec<Guid>>,
    /// Of categories that are not mapped.
    other: Option<Vec<Guid>>,
    shop: CategoryTree,
    /// Categories of which it has been told that they are not mapped.
    told: Mutex<HashSet<CategoryId>>,
}

impl Categories {
    /// Looks all targets up; `None` when nobody told how to map: then categories are not this run's affair, and those
    /// that goods bear stay.
    ///
    /// # Errors
    /// When a target is not there or ambiguous, a category is not mapped and that is not to be, or either side does not
    /// answer.
    pub(crate) async fn resolve(
        platform: &dyn Platform,
        gateway: &Gateway,
        file: Option<&MappingFile>,
        unmapped: &Unmapped,
        tally: &Tally<'_>,
    ) -> Result<Option<Self>, RunError> {
        let none = MappingFile::default();
        let file = match (file, unmapped) {
            (None, Unmapped::Skip) => return Ok(None),
            (file, _) => file.unwrap_or(&none),
        };
        let marketplace = gateway.category_tree().await?;
        let faults = file.check(&marketplace);
        faults.iter().for_each(|fault| tally.tell(Event::Fault(fault)));
        mapping_file::all_right(&faults)?;
        let other = match unmapped {
            Unmapped::Use(target) => Some(used_for_others(&marketplace, target)?),
            Unmapped::Skip | Unmapped::Fail => None,
        };
        let shop = platform.categories().await?;
        if *unmapped == Unmapped::Fail {
            all_are_mapped(file, &shop)?;
        }
        let tags = shop.iter().filter_map(|category| {
            let row = file.row(&category.id, &shop)?;
            Some((category.id.clone(), targets(&marketplace, &row.targets)))
        });
        let mut tags: HashMap<CategoryId, Vec<Guid>> = tags.collect();
        // Goods may stand in categories that the shop's tree does not show.
        for row in file.rows() {
            if let Ok(id) = CategoryId::new(&row.id) {
                tags.entry(id).or_insert_with(|| targets(&marketplace, &row.targets));
            }
        }
        Ok(Some(Self { tags, other, shop, told: Mutex::default() }))
    }

    /// The tags of a product's categories, each once; of a category that is not mapped it is told once.
    pub(crate) fn of(&self, product: &Product, tally: &Tally<'_>) -> Vec<Guid> {
        for id in product.categories() {
            if self.tags_for(id).is_none() {
                self.tell_unmapped(id, tally);
            }
        }
        self.tags_of(product)
    }

    fn tags_for(&self, id: &CategoryId) -> Option<&Vec<Guid>> {
        self.tags.get(id).or(self.other.as_ref())
    }

    /// The tags of a product's categories, each once; nothing is told.
    pub(crate) fn tags_of(&self, product: &Product) -> Vec<Guid> {
        let mut tags: Vec<Guid> =
            product.categories().iter().filter_map(|id| self.tags_for(id)).flatten().copied().collect();
        let mut seen = HashSet::new();
        tags.retain(|tag| seen.insert(*tag));
        tags
    }

    fn tell_unmapped(&self, id: &CategoryId, tally: &Tally<'_>) {
        let is_new = self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
        if is_new {
            let path = self.shop.printed_path(id).map(|path| format!(" ({path})")).unwrap_or_default();
            let what = format!(
                "category {id}{path} is not mapped; goods in it are imported without a category for it"
            );
            tally.warn(&Warning { product: None, variant: None, what });
        }
    }
}

fn all_are_mapped(file: &MappingFile, shop: &CategoryTree) -> Result<(), RunError> {
    const MOST_NAMED: usize = 10;
    let unmapped = file.unmapped(shop);
    if unmapped.is_empty() {
        return Ok(());
    }
    let named = |id: &&&CategoryId| format!("{id} ({})", shop.printed_path(id).unwrap_or_default());
    let mut names: Vec<String> = unmapped.iter().take(MOST_NAMED).map(|id| named(&id)).collect();
    if unmapped.len() > MOST_NAMED {
        names.push(format!("{} more", unmapped.len() - MOST_NAMED));
    }
    Err(RunError::settings(
        format!("{} categories are not mapped: {}", unmapped.len(), names.join(", ")),
        "map them in the file, or leave --unmapped fail out",
    ))
}

fn used_for_others(marketplace: &gateway::CategoryTree, target: &str) -> Result<Vec<Guid>, RunError> {
    let written = |found: Vec<&gateway::Category>| {
        found.into_iter().map(gateway::Category::written).collect::<Vec<_>>().join(" | ")
    };
    let wrong = |what: String| {
        let hint = "name a category that the marketplace has, by its path A > B > C if need be";
        RunError::settings(format!("--unmapped use:{target}: {what}"), hint)
    };
    match marketplace.find(target) {
        CategoryLookup::Found(category) => Ok(own_part(category, target)),
        CategoryLookup::Unknown(alike) if alike.is_empty() => {
            Err(wrong("the marketplace has no such category".to_owned()))
        }
        CategoryLookup::Unknown(alike) => {
            Err(wrong(format!("the marketplace has no such category; alike are: {}", written(alike))))
        }
        CategoryLookup::Ambiguous(found) => {
            Err(wrong(format!("several categories bear that name: {}", written(found))))
        }
    }
}

fn targets(marketplace: &gateway::CategoryTree, targets: &[String]) -> Vec<Guid> {
    let found = targets.iter().filter_map(|target| match marketplace.find(target) {
        CategoryLookup::Found(category) => Some(own_part(category, target)),
        _ => None,
    });
    found.flatten().collect()
}

/// The tags of what is written: of a name its category's, of a path those of all its parts (the earlier connectors'
/// rule).
fn own_part(category: &gateway::Category, target: &str) -> Vec<Guid> {
    let parts = gateway::CategoryTree::parts(target);
    category.guids.iter().skip(category.guids.len().saturating_sub(parts)).copied().collect()
}
