//! Entities: what a resource is made of, field by field, as the shop tells it.

mod goods;
mod settings;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::catalogue::{Product, Store};
use crate::query::Price;
use crate::schema::{Field, Resource};
use crate::{Options, Version};

pub(crate) use goods::computed_price;
pub(crate) use settings::IMAGE_TYPES;

/// A field's value, by its type in JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Int(i64),
    Text(Cow<'static, str>),
    Null,
    False,
    /// One per language of the shop.
    Multi(Vec<String>),
}

impl Value {
    /// What PHP takes for false: JSON answers of 8.x leave such fields out of a single entity.
    pub(crate) fn is_falsy(&self) -> bool {
        match self {
            Self::Int(number) => *number == 0,
            Self::Text(text) => text.is_empty() || text == "0",
            Self::Null | Self::False => true,
            Self::Multi(texts) => texts.is_empty(),
        }
    }

    /// As text, for comparing and for XML; a multi-language one by its texts.
    pub(crate) fn texts(&self) -> Vec<Cow<'_, str>> {
        match self {
            Self::Int(number) => vec![Cow::Owned(number.to_string())],
            Self::Text(text) => vec![Cow::Borrowed(text)],
            Self::Null | Self::False => vec![Cow::Borrowed("")],
            Self::Multi(texts) => texts.iter().map(|text| Cow::Borrowed(text.as_str())).collect(),
        }
    }
}

/// A number as text.
pub(crate) fn number<N: std::fmt::Display>(number: N) -> Value {
    Value::Text(Cow::Owned(number.to_string()))
}

/// A text.
pub(crate) fn text(text: impl Into<Cow<'static, str>>) -> Value {
    Value::Text(text.into())
}

/// "1" or "0".
pub(crate) fn flag(on: bool) -> Value {
    Value::Text(Cow::Borrowed(if on { "1" } else { "0" }))
}

/// A list of links from one entity to others.
pub(crate) struct Association {
    pub(crate) name: &'static str,
    pub(crate) node: &'static str,
    /// What XML names as its resource.
    pub(crate) api: &'static str,
    /// Where XML's links to its entries lead, without the id; empty: there are none.
    pub(crate) path: Cow<'static, str>,
    pub(crate) entries: Vec<Entry>,
}

/// One link, with what belongs to it: name, value and the resource it is an id of.
pub(crate) struct Entry {
    pub(crate) id: u32,
    pub(crate) more: Vec<(&'static str, u32, Option<&'static str>)>,
}

impl Association {
    fn new(name: &'static str, node: &'static str, ids: impl IntoIterator<Item = u32>) -> Self {
        let entries = ids.into_iter().map(|id| Entry { id, more: Vec::new() }).collect();
        Self { name, node, api: name, path: Cow::Borrowed(name), entries }
    }
}

/// An entity.
pub(crate) trait Row {
    fn id(&self) -> u32;
    /// The value of a field that has no fixed one.
    fn value(&self, field: &str, view: &View<'_>) -> Value;
    /// In XML all of them are there, in JSON those that are not empty.
    fn associations(&self, view: &View<'_>) -> Vec<Association>;
    /// The product it is, or belongs to.
    fn product(&self) -> Option<&Product> {
        None
    }
}

/// The ids of the products in each category.
type CategoryIndex = HashMap<u32, Vec<u32>>;

/// The shop as one request sees it.
pub(crate) struct View<'a> {
    pub(crate) options: &'a Options,
    pub(crate) store: &'a Store,
    /// Address of the shop without a trailing slash, as the caller knows it.
    pub(crate) base: String,
    /// Computed prices that were asked for.
    pub(crate) prices: Vec<Price>,
    /// The product that was made last: rows of combinations and of stock ask for it one after the other.
    last: RefCell<Option<Arc<Product>>>,
    by_category: RefCell<Option<Arc<CategoryIndex>>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(options: &'a Options, store: &'a Store, base: String, prices: Vec<Price>) -> Self {
        Self { options, store, base, prices, last: RefCell::default(), by_category: RefCell::default() }
    }

    pub(crate) fn product(&self, id: u32) -> Option<Arc<Product>> {
        if let Some(last) = self.last.borrow().as_ref().filter(|last| last.id == id) {
            return Some(Arc::clone(last));
        }
        let product = self.store.product(id)?;
        *self.last.borrow_mut() = Some(Arc::clone(&product));
        Some(product)
    }

    fn by_category(&self) -> Arc<CategoryIndex> {
        let mut index = self.by_category.borrow_mut();
        Arc::clone(index.get_or_insert_with(|| Arc::new(self.store.by_category())))
    }

    pub(crate) fn is_8(&self) -> bool {
        self.options.version == Version::V8_2_1
    }

    /// A date in the shop's zone; zeros for none.
    pub(crate) fn date(&self, date: Option<DateTime<Utc>>) -> Value {
        let local = |date: DateTime<Utc>| date.with_timezone(&self.options.time_zone);
        match date {
            Some(date) => Value::Text(Cow::Owned(local(date).format("%Y-%m-%d %H:%M:%S").to_string())),
            None => Value::Text(Cow::Borrowed("0000-00-00 00:00:00")),
        }
    }

    /// The value of any field of a row, computed prices among them.
    pub(crate) fn value(&self, row: &dyn Row, field: &Field) -> Value {
        match field.fixed {
            _ if field.name == "id" => Value::Int(row.id().into()),
            Some(value) if field.kind == crate::schema::Kind::Multi => {
                Value::Multi(vec![value.to_owned(); self.options.languages.len()])
            }
            Some(value) => Value::Text(Cow::Borrowed(value)),
            None => {
                let overwritten = self.prices.iter().find(|price| price.name == field.name);
                match (overwritten, row.product()) {
                    (Some(price), Some(product)) => computed_price(self, product, price),
                    _ => row.value(field.name, self),
                }
            }
        }
    }

    /// The ids that a resource may have from this one on, in their order. An id may turn out to be of nothing.
    pub(crate) fn ids(&self, resource: &Resource, from: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match resource.name {
            "products" => Box::new(self.store.product_ids(from)),
            "combinations" => Box::new(self.store.combination_ids(from)),
            "stock_availables" => Box::new(self.store.stock_ids(from)),
            "specific_prices" => {
                let reduced = self.store.products().filter(|product| product.reduction.is_some());
                Box::new(reduced.map(|product| product.id).filter(move |id| *id >= from))
            }
            name => {
                let rows = settings::rows(name, self);
                Box::new(rows.into_iter().map(|row| row.id()).filter(move |id| *id >= from))
            }
        }
    }

    /// The ids of the rows that belong to a product; `None` where rows belong to none.
    pub(crate) fn ids_of_product(&self, resource: &Resource, product: u32) -> Option<Vec<u32>> {
        let found = self.product(product);
        match resource.name {
            "combinations" => Some(found.map_or_else(Vec::new, |product| {
                product.combinations.iter().map(|combination| combination.id).collect()
            })),
            "stock_availables" => Some(
                found.map_or_else(Vec::new, |product| product.stock_rows().map(|(row, ..)| row).collect()),
            ),
            _ => None,
        }
    }

    /// One entity.
    pub(crate) fn row(&self, resource: &Resource, id: u32) -> Option<Box<dyn Row>> {
        match resource.name {
            "products" | "combinations" | "stock_availables" | "specific_prices" => {
                goods::row(resource.name, id, self)
            }
            name => settings::rows(name, self)
                .into_iter()
                .find(|row| row.id() == id)
                .map(|row| Box::new(row) as Box<dyn Row>),
        }
    }
}
