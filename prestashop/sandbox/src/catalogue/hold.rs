//! Putting all goods in at once, under ids of their own.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::categories::{Category, HOME, ROOT};
use super::choices::{Choice, Group};
use super::goods::{Contradiction, Goods, HeldCategory, HeldCombination, HeldOption, HeldProduct};
use super::product::{Combination, HeldTexts, Kind, Product, Texts};
use super::synthetic::Synthetic;
use super::{Start, Store};

/// The ids of one kind, each once.
struct Ids {
    kind: &'static str,
    known: HashSet<u32>,
}

impl Ids {
    fn new(kind: &'static str, taken: &[u32]) -> Self {
        Self { kind, known: taken.iter().copied().collect() }
    }

    fn add(&mut self, id: u32) -> Result<(), Contradiction> {
        let is_new = id != 0 && self.known.insert(id);
        if is_new { Ok(()) } else { Err(Contradiction::Id { kind: self.kind, id }) }
    }

    fn need(&self, id: u32, of: impl FnOnce() -> String) -> Result<(), Contradiction> {
        let is_known = self.known.contains(&id);
        if is_known { Ok(()) } else { Err(Contradiction::Unknown { of: of(), kind: self.kind, id }) }
    }
}

fn check(goods: &Goods) -> Result<(), Contradiction> {
    let mut categories = Ids::new("category", &[ROOT, HOME]);
    for category in &goods.categories {
        categories.need(category.parent, || format!("category {}", category.id))?;
        categories.add(category.id)?;
    }
    let (mut options, mut values) = (Ids::new("option", &[]), Ids::new("option value", &[]));
    for option in &goods.options {
        options.add(option.id)?;
        option.values.iter().try_for_each(|value| values.add(value.id))?;
    }
    let [mut products, mut combinations, mut images] =
        ["product", "combination", "picture"].map(|kind| Ids::new(kind, &[]));
    for product in &goods.products {
        products.add(product.id)?;
        let named = || format!("product {}", product.id);
        let default = Some(product.default_category).filter(|category| *category != 0);
        product.categories.iter().copied().chain(default).try_for_each(|id| categories.need(id, named))?;
        product.images.iter().try_for_each(|image| images.add(*image))?;
        let own = Ids::new("picture", &product.images);
        for combination in &product.combinations {
            combinations.add(combination.id)?;
            let named = || format!("combination {}", combination.id);
            combination.values.iter().try_for_each(|value| values.need(*value, named))?;
            combination.images.iter().try_for_each(|image| own.need(*image, named))?;
        }
    }
    Ok(())
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// One text per language of the shop, whose ids are given.
fn in_all(mut texts: crate::Texts, languages: &[u32]) -> Vec<String> {
    let mut text = |language: &u32| {
        let found = texts.iter_mut().find(|(own, _)| own == language);
        found.map(|(_, text)| std::mem::take(text)).unwrap_or_default()
    };
    languages.iter().map(&mut text).collect()
}

impl Store {
    /// Holds these goods and no others; see [`crate::Shop::hold`]. `languages` are the ids of the shop's languages.
    pub(crate) fn hold(
        &mut self,
        goods: Goods,
        languages: &[u32],
        now: DateTime<Utc>,
    ) -> Result<(), Contradiction> {
        check(&goods)?;
        self.hold_categories(goods.categories, languages);
        self.hold_options(goods.options, languages);
        // An id that was given once is never given to something new.
        for product in &goods.products {
            let Start { product: next, combination, image, .. } = &mut self.next;
            let behind = |next: &mut u32, id: u32| *next = (*next).max(id.saturating_add(1));
            behind(next, product.id);
            product.images.iter().for_each(|id| behind(image, *id));
            product.combinations.iter().for_each(|one| behind(combination, one.id));
        }
        let mut held = BTreeMap::new();
        for product in goods.products {
            let before = self.product(product.id).map(|before| self.as_it_is(&before));
            let mut product = self.held_product(product, before.as_ref(), languages);
            match before {
                Some(before) => {
                    (product.created, product.updated) = (before.created, before.updated);
                    if product != before {
                        product.updated = Some(now);
                    }
                }
                None => (product.created, product.updated) = (Some(now), Some(now)),
            }
            held.insert(product.id, Some(Arc::new(product)));
        }
        self.replace(held);
        Ok(())
    }

    fn replace(&mut self, held: BTreeMap<u32, Option<Arc<Product>>>) {
        self.combinations.clear();
        self.images.clear();
        self.stock_rows.clear();
        for product in held.values().flatten() {
            self.combinations.extend(product.combinations.iter().map(|one| (one.id, product.id)));
            self.images.extend(product.images.iter().map(|image| (*image, product.id)));
            self.stock_rows.extend(product.stock_rows().map(|(row, ..)| (row, product.id)));
        }
        self.held = held;
        self.synthetic = Synthetic::default();
        self.levels.clear();
    }

    fn hold_categories(&mut self, categories: Vec<HeldCategory>, languages: &[u32]) {
        self.categories.retain(|category| [ROOT, HOME].contains(&category.id));
        let mut children: HashMap<u32, u32> = HashMap::new();
        for HeldCategory { id, parent, names } in categories {
            let above = self.categories.iter().find(|category| category.id == parent);
            let depth = above.map_or(0, |above| above.depth) + 1;
            let next = children.entry(parent).or_default();
            let position = *next;
            *next += 1;
            let names = in_all(names, languages);
            self.categories.push(Category { id, parent, depth, position, active: true, names });
        }
        self.categories.sort_by_key(|category| category.id);
    }

    fn hold_options(&mut self, options: Vec<HeldOption>, languages: &[u32]) {
        self.groups.clear();
        self.choices.clear();
        for (index, HeldOption { id: group, names, values }) in options.into_iter().enumerate() {
            let (position, names) = (number(index), in_all(names, languages));
            self.groups.push(Group { id: group, position, color: false, names });
            self.choices.extend(values.into_iter().enumerate().map(|(index, value)| Choice {
                id: value.id,
                group,
                position: number(index),
                color: "",
                names: in_all(value.names, languages),
            }));
        }
        self.groups.sort_by_key(|group| group.id);
        self.choices.sort_by_key(|choice| choice.id);
    }

    /// A product as if it had been put in as it is now: its texts, and what its stock rows hold.
    fn as_it_is(&self, product: &Product) -> Product {
        let mut copy = product.clone();
        copy.change_texts(&self.languages, |_| ());
        copy.first_stock = self.level(product.stock_row, product.first_stock);
        for combination in &mut copy.combinations {
            combination.first_stock = self.level(combination.stock_row, combination.first_stock);
        }
        copy
    }

    /// A product without dates. What it had a stock row for keeps it.
    fn held_product(&mut self, held: HeldProduct, before: Option<&Product>, languages: &[u32]) -> Product {
        let rows: HashMap<u32, u32> =
            before.into_iter().flat_map(Product::stock_rows).map(|(row, of, _)| (of, row)).collect();
        let mut row_of =
            |combination: u32| rows.get(&combination).copied().unwrap_or_else(|| self.new_stock_row(held.id));
        let stock_row = row_of(0);
        let combination = |(index, one): (usize, HeldCombination)| Combination {
            id: one.id,
            reference: one.reference,
            ean13: one.ean13,
            impact: one.impact,
            weight_impact: Decimal::ZERO,
            values: one.values,
            images: one.images,
            is_default: index == 0,
            stock_row: row_of(one.id),
            first_stock: one.stock,
        };
        let combinations: Vec<Combination> =
            held.combinations.into_iter().enumerate().map(combination).collect();
        let is_simple = combinations.is_empty();
        let sum = combinations.iter().map(|one| one.first_stock).sum();
        let [names, descriptions, shorts] =
            [held.names, held.descriptions, held.shorts].map(|texts| in_all(texts, languages));
        Product {
            texts: Texts::Held(Box::new(HeldTexts { names, descriptions, shorts })),
            kind: if is_simple { Kind::Standard } else { Kind::Combinations },
            price: held.price,
            tax_group: held.tax_group,
            reference: held.reference,
            ean13: held.ean13,
            default_category: held.default_category,
            categories: held.categories,
            cover: held.images.first().copied().unwrap_or(0),
            images: held.images,
            combinations,
            active: held.active,
            first_stock: if is_simple { held.stock } else { sum },
            ..Product::plain(held.id, stock_row)
        }
    }
}
