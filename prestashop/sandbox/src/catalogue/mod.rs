//! The shop's goods: what is made from a seed, and what was put in or changed by hand.

mod categories;
mod choices;
mod edit;
mod goods;
mod hold;
mod product;
pub mod special;
mod synthetic;
pub(crate) mod words;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

pub(crate) use categories::{Category, HOME, ROOT};
pub(crate) use choices::{Choice, Group};
pub use edit::{NewCombination, NewProduct};
pub use goods::{Contradiction, Goods, HeldCategory, HeldCombination, HeldOption, HeldProduct, HeldValue};
pub(crate) use product::{Combination, Kind, Product, Text};
use synthetic::Synthetic;

pub(crate) use choices::{COLORS, FEATURES, MANUFACTURERS, SIZES, feature_values};

/// Which goods a shop begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    special: bool,
    seed: u64,
    products: u32,
}

impl Catalogue {
    /// No goods at all, but the categories, options and tax groups to put some in.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Hand-made goods, one for each odd case: see [`special`].
    #[must_use]
    pub fn special() -> Self {
        Self { special: true, ..Self::default() }
    }

    /// So many goods made from a seed, with the ids from 1 on. The same seed makes the same goods, and the first of them
    /// are the same however many there are.
    #[must_use]
    pub fn synthetic(seed: u64, products: u32) -> Self {
        Self::empty().and_synthetic(seed, products)
    }

    /// The same goods, and so many synthetic ones behind them.
    #[must_use]
    pub fn and_synthetic(self, seed: u64, products: u32) -> Self {
        Self { seed, products, ..self }
    }
}

/// The ids with which something begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) product: u32,
    pub(crate) combination: u32,
    pub(crate) image: u32,
    pub(crate) stock: u32,
}

impl Default for Start {
    fn default() -> Self {
        Self { product: 1, combination: 1, image: 1, stock: 1 }
    }
}

/// Everything in the shop that can be sold, and how much of it.
pub(crate) struct Store {
    /// ISO codes, in the order of the shop's languages.
    pub(crate) languages: Vec<String>,
    pub(crate) categories: Vec<Category>,
    pub(crate) groups: Vec<Group>,
    pub(crate) choices: Vec<Choice>,
    synthetic: Synthetic,
    /// Products that are not synthetic any more, or never were; `None` for those that were removed.
    held: BTreeMap<u32, Option<Arc<Product>>>,
    /// Product of each combination, image and stock row that is not synthetic.
    combinations: BTreeMap<u32, u32>,
    images: BTreeMap<u32, u32>,
    stock_rows: BTreeMap<u32, u32>,
    /// Levels that are not the first ones any more, by stock row.
    levels: HashMap<u32, i64>,
    next: Start,
}

/// The ids from this one on of what is kept and of what is made, in their order, each once.
fn all_ids<T>(kept: &BTreeMap<u32, T>, made: Range<u32>, from: u32) -> impl Iterator<Item = u32> + '_ {
    let Range { start, end } = made;
    let before = kept.range(from..).map(|(id, _)| *id).take_while(move |id| *id < start);
    before.chain(from.max(start)..end).chain(kept.range(from.max(end)..).map(|(id, _)| *id))
}

impl Store {
    pub(crate) fn new(catalogue: Catalogue, languages: Vec<String>) -> Self {
        let mut store = Self {
            categories: categories::tree(&languages),
            groups: choices::groups(&languages),
            choices: choices::choices(&languages),
            languages,
            synthetic: Synthetic::default(),
            held: BTreeMap::new(),
            combinations: BTreeMap::new(),
            images: BTreeMap::new(),
            stock_rows: BTreeMap::new(),
            levels: HashMap::new(),
            next: Start::default(),
        };
        if catalogue.special {
            special::fill(&mut store);
        }
        store.synthetic = Synthetic::new(catalogue.seed, catalogue.products, store.next);
        store.next = store.synthetic.end();
        store
    }

    /// The product of this id, made anew when it is synthetic.
    pub(crate) fn product(&self, id: u32) -> Option<Arc<Product>> {
        match self.held.get(&id) {
            Some(held) => held.clone(),
            None => self.synthetic.product(id).map(Arc::new),
        }
    }

    pub(crate) fn has_product(&self, id: u32) -> bool {
        match self.held.get(&id) {
            Some(held) => held.is_some(),
            None => (self.synthetic.first().product..self.synthetic.end().product).contains(&id),
        }
    }

    /// The ids of all products from this one on, in their order.
    pub(crate) fn product_ids(&self, from: u32) -> impl Iterator<Item = u32> + '_ {
        let made = self.synthetic.first().product..self.synthetic.end().product;
        all_ids(&self.held, made, from).filter(|id| self.has_product(*id))
    }

    /// All products, in the order of their ids.
    pub(crate) fn products(&self) -> impl Iterator<Item = Arc<Product>> + '_ {
        self.product_ids(1).filter_map(|id| self.product(id))
    }

    /// The ids of combinations from this one on, in their order; some of them may not be there any more.
    pub(crate) fn combination_ids(&self, from: u32) -> impl Iterator<Item = u32> + '_ {
        let made = self.synthetic.first().combination..self.synthetic.end().combination;
        all_ids(&self.combinations, made, from)
    }

    /// The ids of stock rows from this one on, in their order; some of them may not be there any more.
    pub(crate) fn stock_ids(&self, from: u32) -> impl Iterator<Item = u32> + '_ {
        let made = self.synthetic.first().stock..self.synthetic.end().stock;
        all_ids(&self.stock_rows, made, from)
    }

    /// The product that a combination is, or was, one of.
    pub(crate) fn product_of_combination(&self, id: u32) -> Option<u32> {
        self.combinations.get(&id).copied().or_else(|| self.synthetic.of_combination(id))
    }

    /// The product that an image is, or was, one of.
    pub(crate) fn product_of_image(&self, id: u32) -> Option<u32> {
        self.images.get(&id).copied().or_else(|| self.synthetic.of_image(id))
    }

    /// The product that a stock row is, or was, one of.
    pub(crate) fn product_of_stock(&self, id: u32) -> Option<u32> {
        self.stock_rows.get(&id).copied().or_else(|| self.synthetic.of_stock(id))
    }

    /// What a stock row holds now, which held `first` at first.
    pub(crate) fn level(&self, row: u32, first: i64) -> i64 {
        self.levels.get(&row).copied().unwrap_or(first)
    }

    /// Sets a stock row as the API and the back office do: the row of the product itself follows the sum of its
    /// combinations' rows when one of those changes, and stays as it is set when it is set itself.
    pub(crate) fn set_level(&mut self, row: u32, level: i64) -> bool {
        let Some(product) = self.product_of_stock(row).and_then(|id| self.product(id)) else { return false };
        if !product.stock_rows().any(|(id, ..)| id == row) {
            return false;
        }
        self.levels.insert(row, level);
        if row != product.stock_row {
            self.sum_up(&product);
        }
        true
    }

    /// Sets the row of a product with combinations to their sum.
    fn sum_up(&mut self, product: &Product) {
        let rows = product.stock_rows().filter(|(_, combination, _)| *combination != 0);
        let sum = rows.map(|(row, _, first)| self.level(row, first)).sum();
        self.levels.insert(product.stock_row, sum);
    }

    /// The index of products by category, made anew; see [`Product::categories`].
    pub(crate) fn by_category(&self) -> HashMap<u32, Vec<u32>> {
        let mut index: HashMap<u32, Vec<u32>> = HashMap::new();
        for product in self.products() {
            for category in &product.categories {
                index.entry(*category).or_default().push(product.id);
            }
        }
        index
    }
}
