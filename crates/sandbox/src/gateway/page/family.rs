//! Families: products that share a variant tag.

use std::collections::HashMap;

use crate::gateway::catalogue::Catalogue;
use crate::gateway::product::Product;

/// Products that share a variant tag, oldest first; or a single one that has none.
pub(super) struct Family<'a> {
    pub(super) products: Vec<&'a Product>,
}

/// The families of a shop, the one with the newest product first.
pub(super) fn of_shop<'a>(catalogue: &'a Catalogue, shop: &str) -> Vec<Family<'a>> {
    let mut families: Vec<Family<'_>> = Vec::new();
    let mut by_tag: HashMap<&str, usize> = HashMap::new();
    for product in catalogue.all().into_iter().rev().filter(|product| product.owner == shop) {
        let tag = tag(catalogue, product);
        let known = tag.and_then(|tag| by_tag.get(tag)).and_then(|index| families.get_mut(*index));
        if let Some(family) = known {
            family.products.insert(0, product);
        } else {
            if let Some(tag) = tag {
                by_tag.insert(tag, families.len());
            }
            families.push(Family { products: vec![product] });
        }
    }
    families
}

/// The tag that makes a product's family: the first that is the shop's own.
fn tag<'a>(catalogue: &Catalogue, product: &'a Product) -> Option<&'a str> {
    product.list("tag_guids").find(|guid| catalogue.tags.get(guid).is_some_and(|tag| tag.owner.is_some()))
}

/// The other products of a product's family, oldest first.
pub(super) fn siblings<'a>(catalogue: &'a Catalogue, product: &Product) -> Vec<&'a Product> {
    let Some(own) = tag(catalogue, product) else { return Vec::new() };
    let mut siblings = catalogue.all();
    siblings.retain(|other| other.guid != product.guid && tag(catalogue, other) == Some(own));
    siblings
}

impl Family<'_> {
    /// Whether every word of a text occurs in what people see of its products, or is the guid of one.
    pub(super) fn matches(&self, catalogue: &Catalogue, text: &str) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        let mut seen = String::new();
        for product in &self.products {
            let texts = ["name", "brief", "sku"].map(|name| product.text(name));
            let data = product.field("data");
            let ean = data.get("ean").and_then(serde_json::Value::as_str);
            let tags = product
                .list("tag_guids")
                .filter_map(|guid| catalogue.tags.get(guid))
                .map(|tag| tag.name.as_str());
            let variants = super::parts::variants(product).into_iter().map(|(_, value)| value);
            for text in texts.into_iter().chain(ean).chain(tags).chain(variants) {
                seen.push_str(&text.to_lowercase());
                seen.push('\n');
            }
        }
        // A guid is found only as a whole: every short number is in some guid.
        let is_guid = |word: &str| self.products.iter().any(|product| product.guid == word);
        text.to_lowercase().split_whitespace().all(|word| seen.contains(word) || is_guid(word))
    }
}
