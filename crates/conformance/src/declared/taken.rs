//! What is taken from a catalogue for a platform that has no place for it.

use std::collections::{BTreeMap, BTreeSet};

use gateway_core::model::{Money, NetPrice, StockLevel, VatRate, net_from_gross};
use iso_currency::Currency;
use rust_decimal::Decimal;

use super::{Cannot, texts};
use crate::catalogues::SIZE;
use crate::goods::{Catalogue, Category, Product, SIMPLE, Texts, Tongue, mark};

impl Cannot {
    /// Takes from a catalogue what a platform cannot express.
    pub(crate) fn take_from(self, catalogue: &mut Catalogue) {
        match self {
            Self::RichText => return texts::make_plain(catalogue),
            Self::RichBriefs => return texts::make_briefs_plain(catalogue),
            Self::OtherLetters => return texts::leave_code_page(catalogue),
            Self::LongNames => return texts::shorten(catalogue),
            _ => {}
        }
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
            Self::Families => {
                products.retain(|product| !product.variants.is_empty());
                products.iter_mut().for_each(to_simple);
            }
            Self::SameSku => with_own_skus(products),
            Self::NestedCategories => flatten(categories),
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
                Self::Pictures => product.pictures.clear(),
                _ => {}
            }
            for variant in &mut product.variants {
                let quantity = variant.stock.quantity();
                match (self, quantity) {
                    (Self::NoSku, _) if variant.sku.is_empty() => {
                        variant.sku = format!("{}-{}", mark(product.key), variant.key);
                    }
                    (Self::Ean, _) => variant.ean.clear(),
                    (Self::Pictures | Self::PicturesOfVariants, _) => variant.pictures.clear(),
                    (Self::Stock, _) => variant.stock = StockLevel::Quantity(Decimal::ZERO),
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
    // What is left without a choice is a simple product.
    if product.is_simple() {
        to_simple(product);
    }
}

/// Leaves of a product its first variant, as that of a simple product, which has nothing of its own.
fn to_simple(product: &mut Product) {
    product.variants.truncate(1);
    for variant in &mut product.variants {
        variant.key = SIMPLE;
        variant.choices.clear();
        variant.pictures.clear();
    }
}

/// Gives each good whose SKU another one has too an SKU of its own.
fn with_own_skus(products: &mut [Product]) {
    let mut goods = BTreeMap::<String, usize>::new();
    for variant in products.iter().flat_map(|product| &product.variants) {
        *goods.entry(variant.sku.clone()).or_default() += 1;
    }
    for product in products {
        for variant in &mut product.variants {
            if !variant.sku.is_empty() && goods.get(&variant.sku).is_some_and(|goods| *goods > 1) {
                variant.sku = format!("{}-{}", mark(product.key), variant.key);
            }
        }
    }
}

/// Stands between the names of a path where that is one name.
const BETWEEN: &str = " - ";

/// Makes each category one of the topmost, with its path for a name: so names stay what tells one from another.
fn flatten(categories: &mut [Category]) {
    let nested = categories.to_vec();
    for category in categories {
        let (mut name, mut parent) = (category.name.clone(), category.parent.take());
        while let Some(above) = parent.and_then(|key| nested.iter().find(|known| known.key == key)) {
            if !(name.other.is_empty() && above.name.other.is_empty()) {
                let read = |texts: &Texts| texts.read_in(Tongue::Other).to_owned();
                name.other = format!("{}{BETWEEN}{}", read(&above.name), read(&name));
            }
            name.default = format!("{}{BETWEEN}{}", above.name.default, name.default);
            parent = above.parent;
        }
        category.name = name;
    }
}

/// The net price that the nearest gross price of two decimal places has.
fn of_gross(net: Decimal, vat: Decimal) -> Decimal {
    let gross = (net * (Decimal::ONE_HUNDRED + vat) / Decimal::ONE_HUNDRED).round_dp(2);
    let (gross, vat) = (Money::new(gross, Currency::PLN), VatRate::percent(vat));
    vat.ok().and_then(|vat| net_from_gross(gross, vat).ok()).map_or(net, NetPrice::amount)
}
