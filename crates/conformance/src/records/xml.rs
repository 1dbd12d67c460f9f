//! The records of a product in XML of any shape, and their fields.
//!
//! A field is an attribute or the text of an element. Elements are never taken out as a whole: nobody can know that one was there.

use std::collections::{BTreeSet, HashMap};

use super::Break;
use super::tree::{Document, Element, Node};
use crate::detour::marks;

/// What stands behind the name of an element that is the second of that name.
pub(super) const SECOND: &str = "[2]";

/// The place of the record's own text.
const ITSELF: &str = ".";

/// The records of products, each with its product: the outermost elements that name one product by its mark, and no other, or
/// else by its id. `by_id` are the products by their ids.
pub(super) fn each_record(
    document: &mut Document,
    by_id: &HashMap<String, u32>,
    found: &mut impl FnMut(u32, &mut Element),
) {
    let root = &mut document.root;
    let mut named = named(root).into_iter();
    match (named.next(), named.next()) {
        // A list of one product is not its product: the record bears the product's id.
        (Some(key), None) => {
            let ids: Vec<&str> =
                by_id.iter().filter(|(_, of)| **of == key).map(|(id, _)| id.as_str()).collect();
            match bearing(root, key, &ids) {
                Some(record) => found(key, record),
                None => found(key, root),
            }
        }
        _ => records(root, by_id, found),
    }
}

fn records(element: &mut Element, by_id: &HashMap<String, u32>, found: &mut impl FnMut(u32, &mut Element)) {
    let mut named = named(element).into_iter();
    let key = match (named.next(), named.next()) {
        (Some(key), None) => Some(key),
        (Some(_), Some(_)) => None,
        (None, _) => {
            let only = product_id(element).filter(|_| product_ids(element).len() == 1);
            only.and_then(|id| by_id.get(&id)).copied()
        }
    };
    match key {
        Some(key) => found(key, element),
        None => elements_mut(element).for_each(|child| records(child, by_id, found)),
    }
}

fn elements(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(|child| match child {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

fn elements_mut(element: &mut Element) -> impl Iterator<Item = &mut Element> {
    element.children.iter_mut().filter_map(|child| match child {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

/// The element's own text.
fn text(element: &Element) -> String {
    let texts = element.children.iter().filter_map(|child| match child {
        Node::Element(_) => None,
        Node::Text(text) => Some(text.as_str()),
    });
    texts.collect::<String>().trim().to_owned()
}

/// The products whose marks stand in an element.
fn named(element: &Element) -> BTreeSet<u32> {
    let mut all: BTreeSet<u32> =
        element.attributes.iter().flat_map(|(_, value)| marks(value.as_bytes())).collect();
    for child in &element.children {
        match child {
            Node::Element(element) => all.append(&mut named(element)),
            Node::Text(text) => all.append(&mut marks(text.as_bytes())),
        }
    }
    all
}

/// What an element tells by attributes or by elements without attributes, by name.
fn told(element: &Element) -> impl Iterator<Item = (String, String)> {
    let attributes = element.attributes.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
    let leaves = elements(element).filter(|child| child.attributes.is_empty() && is_leaf(child));
    attributes.chain(leaves.map(|child| (child.name.to_lowercase(), text(child))))
}

/// The outermost element that names a product and bears one of these ids.
fn bearing<'a>(element: &'a mut Element, product: u32, ids: &[&str]) -> Option<&'a mut Element> {
    if !named(element).contains(&product) {
        return None;
    }
    let is_id = |(name, value): (String, String)| name.ends_with("id") && ids.contains(&value.as_str());
    if told(element).any(is_id) {
        return Some(element);
    }
    elements_mut(element).find_map(|child| bearing(child, product, ids))
}

/// The id by which an element says which product it belongs to: as its own, where it is called a product, or as another's.
fn product_id(element: &Element) -> Option<String> {
    let is_product = element.name.to_lowercase().contains("product");
    let own = element.attributes.iter().find(|(name, _)| is_product && name == "id");
    let others = || told(element).find(|(name, value)| name.contains("product") && !value.is_empty());
    own.map(|(_, id)| id.clone()).or_else(|| others().map(|(_, id)| id))
}

/// The ids of products that an element and those in it tell.
fn product_ids(element: &Element) -> BTreeSet<String> {
    product_id(element).into_iter().chain(elements(element).flat_map(product_ids)).collect()
}

fn is_leaf(element: &Element) -> bool {
    elements(element).next().is_none()
}

/// Whether an attribute says how the document is to be read. What is in another namespace is another element, and taking that
/// away would be taking out an element.
fn is_grammar(attribute: &str) -> bool {
    attribute == "xmlns" || attribute.starts_with("xmlns:")
}

/// Every field of a record by its way down from there: `vat`, `sizes/size@id`, `sizes/size[2]@id`.
pub(super) fn each_field(record: &Element, found: &mut impl FnMut(String, Vec<Break>)) {
    below(record, "", found);
}

fn below(element: &Element, at: &str, found: &mut impl FnMut(String, Vec<Break>)) {
    let is_field = |(name, _): &&(String, String)| !is_grammar(name);
    for (name, value) in element.attributes.iter().filter(is_field) {
        let ways = of_text(value).chain([Break::Missing]);
        found(format!("{at}@{name}"), ways.collect());
    }
    let text = text(element);
    let mut ways = Vec::new();
    if !text.is_empty() {
        ways.extend(of_text(&text));
    }
    if is_leaf(element) && element.attributes.iter().any(|attribute| is_field(&attribute)) {
        ways.push(Break::Missing);
    }
    if !ways.is_empty() {
        found(if at.is_empty() { ITSELF } else { at }.to_owned(), ways);
    }
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for child in elements(element) {
        let (name, place) = (child.name.as_str(), seen.entry(&child.name).or_default());
        *place += 1;
        let second = match *place {
            1 => "",
            2 => SECOND,
            _ => continue,
        };
        let slash = if at.is_empty() { "" } else { "/" };
        below(child, &format!("{at}{slash}{name}{second}"), found);
    }
}

/// The ways to break a text.
fn of_text(text: &str) -> impl Iterator<Item = Break> {
    let ways = Break::ALL.into_iter().filter(|how| how.text().is_some() && how.concerns(text));
    // What is empty already is not broken by being that.
    ways.filter(|how| !text.is_empty() || *how != Break::Empty)
}

/// Breaks a field, where the record has it, and says whether it does.
pub(super) fn put(record: &mut Element, place: &str, how: Break) -> bool {
    let (way, attribute) = match place.split_once('@') {
        Some((way, attribute)) => (way, Some(attribute)),
        None => (place, None),
    };
    let mut steps = way.split('/').filter(|step| !matches!(*step, "" | ITSELF));
    let Some(element) = steps.try_fold(record, child_mut) else { return false };
    match (attribute, how.text()) {
        (Some(attribute), None) => {
            let before = element.attributes.len();
            element.attributes.retain(|(name, _)| name != attribute);
            element.attributes.len() < before
        }
        (Some(attribute), Some(value)) => {
            let told = element.attributes.iter_mut().find(|(name, _)| name == attribute);
            told.map(|(_, old)| *old = value).is_some()
        }
        (None, None) => {
            element.attributes.retain(|(name, _)| is_grammar(name));
            element.children.retain(|child| matches!(child, Node::Element(_)));
            true
        }
        (None, Some(text)) => {
            element.children.retain(|child| matches!(child, Node::Element(_)));
            if !text.is_empty() {
                element.children.insert(0, Node::Text(text));
            }
            true
        }
    }
}

/// The child of an element that a step down leads to.
fn child_mut<'a>(element: &'a mut Element, step: &str) -> Option<&'a mut Element> {
    let (name, before) = step.strip_suffix(SECOND).map_or((step, 0), |name| (name, 1));
    elements_mut(element).filter(|child| child.name == name).nth(before)
}
