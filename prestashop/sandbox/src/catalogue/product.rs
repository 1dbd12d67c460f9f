//! A product as the shop keeps it.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::words;

/// A product with its combinations.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Product {
    pub(crate) id: u32,
    pub(crate) texts: Texts,
    pub(crate) kind: Kind,
    /// Net, without any impact.
    pub(crate) price: Decimal,
    /// A promotion on all its combinations: 0.2 is 20 % off.
    pub(crate) reduction: Option<Decimal>,
    pub(crate) weight: Decimal,
    pub(crate) tax_group: u32,
    pub(crate) reference: String,
    pub(crate) ean13: String,
    pub(crate) manufacturer: u32,
    pub(crate) supplier: u32,
    pub(crate) default_category: u32,
    pub(crate) categories: Vec<u32>,
    /// In the order of their positions, which need not begin with the cover.
    pub(crate) images: Vec<u32>,
    /// 0: none.
    pub(crate) cover: u32,
    pub(crate) combinations: Vec<Combination>,
    /// Feature and its value.
    pub(crate) features: Vec<(u32, u32)>,
    /// What is in a pack: product, combination, how many.
    pub(crate) bundle: Vec<(u32, u32, u32)>,
    pub(crate) active: bool,
    pub(crate) visibility: &'static str,
    pub(crate) available_for_order: bool,
    /// Not yet saved in the back office.
    pub(crate) draft: bool,
    /// `None`: never set, told as zeros.
    pub(crate) created: Option<DateTime<Utc>>,
    pub(crate) updated: Option<DateTime<Utc>>,
    /// Id of the stock row of the product itself.
    pub(crate) stock_row: u32,
    /// What that row held at first; see [`super::Store`].
    pub(crate) first_stock: i64,
}

/// What kind of product it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Standard,
    Combinations,
    Virtual,
    Pack,
    /// Made by a bare call of the API: no kind at all.
    Unset,
}

/// One combination of a product.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Combination {
    pub(crate) id: u32,
    pub(crate) reference: String,
    pub(crate) ean13: String,
    /// Added to the product's net price.
    pub(crate) impact: Decimal,
    pub(crate) weight_impact: Decimal,
    /// Option values.
    pub(crate) values: Vec<u32>,
    pub(crate) images: Vec<u32>,
    pub(crate) is_default: bool,
    pub(crate) stock_row: u32,
    pub(crate) first_stock: i64,
}

/// A product's texts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Texts {
    /// Made when they are asked for.
    Synthetic(words::Recipe),
    /// One of each per language, in the order of the shop's languages.
    Held(Box<HeldTexts>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HeldTexts {
    pub(crate) names: Vec<String>,
    pub(crate) descriptions: Vec<String>,
    pub(crate) shorts: Vec<String>,
}

/// Which of a product's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Name,
    Description,
    Short,
}

impl Product {
    /// What all products that are put in have in common: nothing odd, and nothing else.
    pub(crate) fn plain(id: u32, stock_row: u32) -> Self {
        Self {
            id,
            texts: Texts::Held(Box::default()),
            kind: Kind::Standard,
            price: Decimal::ZERO,
            reduction: None,
            weight: Decimal::ZERO,
            tax_group: 0,
            reference: String::new(),
            ean13: String::new(),
            manufacturer: 0,
            supplier: 0,
            default_category: 0,
            categories: Vec::new(),
            images: Vec::new(),
            cover: 0,
            combinations: Vec::new(),
            features: Vec::new(),
            bundle: Vec::new(),
            active: true,
            visibility: "both",
            available_for_order: true,
            draft: false,
            created: None,
            updated: None,
            stock_row,
            first_stock: 0,
        }
    }

    /// A text in every language of the shop, whose ISO codes are given.
    pub(crate) fn texts(&self, which: Text, languages: &[String]) -> Vec<String> {
        match &self.texts {
            Texts::Synthetic(recipe) => languages.iter().map(|iso| recipe.text(which, iso)).collect(),
            Texts::Held(held) => match which {
                Text::Name => held.names.clone(),
                Text::Description => held.descriptions.clone(),
                Text::Short => held.shorts.clone(),
            },
        }
    }

    /// Changes the texts; synthetic ones become held ones.
    pub(crate) fn change_texts(&mut self, languages: &[String], change: impl FnOnce(&mut HeldTexts)) {
        let [names, descriptions, shorts] =
            [Text::Name, Text::Description, Text::Short].map(|which| self.texts(which, languages));
        let mut held = HeldTexts { names, descriptions, shorts };
        change(&mut held);
        self.texts = Texts::Held(Box::new(held));
    }

    pub(crate) fn combination(&self, id: u32) -> Option<&Combination> {
        self.combinations.iter().find(|combination| combination.id == id)
    }

    pub(crate) fn default_combination(&self) -> Option<&Combination> {
        self.combinations.iter().find(|combination| combination.is_default)
    }

    /// The images, the cover first.
    pub(crate) fn cover_first(&self) -> Vec<u32> {
        let cover = self.images.iter().copied().filter(|image| *image == self.cover);
        cover.chain(self.images.iter().copied().filter(|image| *image != self.cover)).collect()
    }

    /// Its stock rows: the row's id, the combination (0 for the product itself) and what it held at first.
    pub(crate) fn stock_rows(&self) -> impl Iterator<Item = (u32, u32, i64)> + '_ {
        let own = (self.stock_row, 0, self.first_stock);
        let combinations = self.combinations.iter();
        std::iter::once(own).chain(combinations.map(|one| (one.stock_row, one.id, one.first_stock)))
    }
}
