//! What a platform declares about itself, as data.

use std::collections::BTreeSet;

use gateway_core::model::{Money, NetPrice, StockLevel, VatRate, net_from_gross};
use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::Suite;
use crate::catalogues::SIZE;
use crate::goods::{Catalogue, Category, Product, SIMPLE, Texts, mark};

/// What a platform cannot, and how many requests it needs.
#[derive(Clone, Debug)]
pub struct Declared {
    /// What it cannot express. The goods are put into the shop without it, and must come back without it.
    pub cannot: &'static [Cannot],
    /// The most requests for each thousand products, pictures aside.
    pub requests_per_thousand: u32,
    /// The requests that reading a shop without products takes: to log in, to learn what concerns the whole shop, its
    /// categories, and an empty list. Exactly so many.
    pub requests_at_start: u32,
    /// The most requests of a pass over the stock of ten thousand simple products, of which ten have changed: half of them in the
    /// shop and half at the marketplace, or all in the shop where its stock cannot be written.
    pub requests_of_stock: u32,
    /// Suites that make no sense for the platform, with the reason.
    pub exempt: &'static [(Suite, &'static str)],
}

/// Something that the test catalogue holds and a platform may have no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cannot {
    /// A second language.
    OtherLanguage,
    /// Products with several variants.
    Families,
    /// A short description.
    Brief,
    /// EANs.
    Ean,
    /// More than one category of a product.
    SeveralCategories,
    /// Goods that are kept from shoppers.
    Hidden,
    /// Pictures of single variants.
    PicturesOfVariants,
    /// Net prices of more than two decimal places.
    FinePrices,
    /// Net prices of which the gross price has more than two decimal places: the platform sells gross.
    FineGrossPrices,
    /// Stock that is not counted in whole pieces.
    FractionalStock,
    /// Stock below zero.
    NegativeStock,
    /// Single goods that are available in an unknown quantity.
    UnknownStock,
    /// Names of categories in a second language, where texts of products have one.
    TranslatedCategories,
    /// Names of options and of their values in a second language, where texts of products have one.
    TranslatedOptions,
    /// Variants that differ in anything but their size.
    OptionsBesideSize,
    /// Categories that no product is in, nor in any below them.
    EmptyCategories,
    /// Names of categories with a slash, which stands between the names of a path.
    SlashInCategories,
    /// Goods without an SKU: the platform gives each of them one.
    NoSku,
}

impl Cannot {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::OtherLanguage,
        Self::Families,
        Self::Brief,
        Self::Ean,
        Self::SeveralCategories,
        Self::Hidden,
        Self::PicturesOfVariants,
        Self::FinePrices,
        Self::FineGrossPrices,
        Self::FractionalStock,
        Self::NegativeStock,
        Self::UnknownStock,
        Self::TranslatedCategories,
        Self::TranslatedOptions,
        Self::OptionsBesideSize,
        Self::EmptyCategories,
        Self::SlashInCategories,
        Self::NoSku,
    ];

    /// Takes from a catalogue what a platform cannot express.
    pub(crate) fn take_from(self, catalogue: &mut Catalogue) {
        let Catalogue { categories, options, products } = catalogue;
        if matches!(self, Self::OtherLanguage | Self::TranslatedCategories) {
            for category in categories.iter_mut() {
                category.name.other.clear();
            }
        }
        if matches!(self, Self::OtherLanguage | Self::TranslatedOptions) {
            for option in options {
                option.name.other.clear();
                for value in &mut option.values {
                    value.name.other.clear();
                }
            }
        }
        match self {
            Self::Families => products.retain(Product::is_simple),
            Self::SlashInCategories => {
                for name in categories.iter_mut().map(|category| &mut category.name) {
                    for text in [&mut name.default, &mut name.other] {
                        *text = text.replace(" / ", ", ").replace('/', ",");
                    }
                }
            }
            Self::EmptyCategories => {
                let kept = with_goods(categories, products);
                categories.retain(|category| kept.contains(&category.key));
            }
            _ => {}
        }
        for product in products {
            match self {
                Self::OtherLanguage => {
                    for text in [&mut product.name, &mut product.description, &mut product.brief] {
                        text.other.clear();
                    }
                }
                Self::Brief => product.brief = Texts::default(),
                Self::OptionsBesideSize => in_sizes(product),
                Self::SeveralCategories => product.categories.truncate(1),
                Self::Hidden => product.for_sale = true,
                _ => {}
            }
            for variant in &mut product.variants {
                let quantity = variant.stock.quantity();
                match (self, quantity) {
                    (Self::NoSku, _) if variant.sku.is_empty() => {
                        variant.sku = format!("{}-{}", mark(product.key), variant.key);
                    }
                    (Self::Ean, _) => variant.ean.clear(),
                    (Self::PicturesOfVariants, _) => variant.pictures.clear(),
                    (Self::FinePrices, _) => variant.net = variant.net.round_dp(2),
                    (Self::FineGrossPrices, _) => variant.net = of_gross(variant.net, product.vat),
                    (Self::FractionalStock, Some(quantity)) => {
                        variant.stock = StockLevel::Quantity(quantity.trunc());
                    }
                    (Self::NegativeStock, Some(quantity)) => {
                        variant.stock = StockLevel::Quantity(quantity.max(Decimal::ZERO));
                    }
                    (Self::UnknownStock, None) => variant.stock = StockLevel::Quantity(Decimal::ONE),
                    _ => {}
                }
            }
        }
    }
}

/// The categories that products are in, and those above them.
fn with_goods(categories: &[Category], products: &[Product]) -> BTreeSet<u32> {
    let mut open: Vec<u32> = products.iter().flat_map(|product| product.categories.iter().copied()).collect();
    let mut found = BTreeSet::new();
    while let Some(key) = open.pop() {
        if found.insert(key) {
            let known = categories.iter().find(|category| category.key == key);
            open.extend(known.and_then(|category| category.parent));
        }
    }
    found
}

/// Leaves of what a product's variants differ in their size alone, and of those of one size the first.
fn in_sizes(product: &mut Product) {
    let mut seen = BTreeSet::new();
    product.variants.retain_mut(|variant| {
        variant.choices.retain(|(option, _)| *option == SIZE);
        seen.insert(variant.choices.clone())
    });
    // What is left without a choice is a simple product, whose variant has nothing of its own.
    if product.is_simple() {
        for variant in &mut product.variants {
            variant.key = SIMPLE;
            variant.pictures.clear();
        }
    }
}

/// The net price that the nearest gross price of two decimal places has.
fn of_gross(net: Decimal, vat: Decimal) -> Decimal {
    let gross = (net * (Decimal::ONE_HUNDRED + vat) / Decimal::ONE_HUNDRED).round_dp(2);
    let (gross, vat) = (Money::new(gross, Currency::PLN), VatRate::percent(vat));
    vat.ok().and_then(|vat| net_from_gross(gross, vat).ok()).map_or(net, NetPrice::amount)
}

impl Catalogue {
    /// The same goods as far as a platform can express them.
    #[must_use]
    pub fn without(mut self, cannot: &[Cannot]) -> Self {
        // Which categories are empty is known when it is known which goods are left, and where.
        let is_last = |cannot: &&Cannot| **cannot == Cannot::EmptyCategories;
        for cannot in cannot.iter().filter(|cannot| !is_last(cannot)).chain(cannot.iter().filter(is_last)) {
            cannot.take_from(&mut self);
        }
        self
    }
}
