//! The truth about the goods, told beside the wire, to compare with what a connector made of them.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::Options;
use crate::catalogue::{Combination, Kind, Product, Store, Text};

/// Texts by language id, in the order of the shop's languages.
pub type Texts = Vec<(u32, String)>;

/// What is sold by itself: a product without combinations, or one combination of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Id of its product.
    pub product: u32,
    /// Id of its combination; 0 for a product without any.
    pub combination: u32,
    /// Id of its stock row.
    pub stock_row: u32,
    /// Its product's name.
    pub names: Texts,
    /// Its product's description (HTML).
    pub descriptions: Texts,
    /// Its product's short description (HTML).
    pub shorts: Texts,
    /// Net price with the combination's impact and without promotions, with six decimals.
    pub price: String,
    /// Tax rate in the default country in percent, as the options told it; `None`: no tax group, or one that has no rule
    /// there or does not exist.
    pub tax_rate: Option<String>,
    /// Its product's tax group; 0 for none.
    pub tax_group: u32,
    /// What its stock row holds.
    pub stock: i64,
    /// Its own SKU, maybe empty; a combination does not inherit its product's.
    pub sku: String,
    /// Its product's SKU, maybe empty.
    pub product_sku: String,
    /// Its own EAN, maybe empty.
    pub ean: String,
    /// What distinguishes it from its product's other combinations, in the order of the wire.
    pub attributes: Vec<Attribute>,
    /// Its product's pictures, the cover first.
    pub images: Vec<u32>,
    /// The combination's own pictures.
    pub own_images: Vec<u32>,
    /// Its product's categories, as the wire lists them.
    pub categories: Vec<u32>,
    /// Its product's default category; 0 for none.
    pub default_category: u32,
    /// Whether its product is switched on.
    pub active: bool,
    /// `both`, `catalog`, `search` or `none`.
    pub visibility: String,
    /// Whether its product may be ordered.
    pub available_for_order: bool,
    /// Whether its product is a draft (state 0).
    pub draft: bool,
    /// Whether its product is a virtual one.
    pub is_virtual: bool,
    /// Whether its product is a pack.
    pub is_pack: bool,
    /// Whether it is its product's default combination.
    pub is_default: bool,
    /// When its product was last changed; `None`: zeros.
    pub updated: Option<DateTime<Utc>>,
}

/// One attribute of a combination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Id of the option ("Size").
    pub option: u32,
    /// Id of the value ("M").
    pub value: u32,
    /// The option's name.
    pub names: Texts,
    /// The value's name.
    pub values: Texts,
}

fn by_language(options: &Options, texts: Vec<String>) -> Texts {
    options.languages.iter().map(|language| language.id).zip(texts).collect()
}

fn attribute(options: &Options, store: &Store, value: u32) -> Option<Attribute> {
    let choice = store.choices.iter().find(|choice| choice.id == value)?;
    let group = store.groups.iter().find(|group| group.id == choice.group)?;
    Some(Attribute {
        option: group.id,
        value,
        names: by_language(options, group.names.clone()),
        values: by_language(options, choice.names.clone()),
    })
}

/// The items of a product: its combinations, or itself when it has none.
pub(crate) fn items(options: &Options, store: &Store, product: &Product) -> Vec<Item> {
    if product.combinations.is_empty() {
        return vec![item(options, store, product, None)];
    }
    product.combinations.iter().map(|combination| item(options, store, product, Some(combination))).collect()
}

fn item(options: &Options, store: &Store, product: &Product, combination: Option<&Combination>) -> Item {
    let texts = |which| by_language(options, product.texts(which, &store.languages));
    let group = options.tax_groups.iter().find(|group| group.id == product.tax_group);
    let impact = combination.map_or(Decimal::ZERO, |combination| combination.impact);
    let own = |of_combination: fn(&Combination) -> &String, of_product: &String| {
        combination.map_or(of_product, of_combination).clone()
    };
    let (stock_row, first) = combination.map_or((product.stock_row, product.first_stock), |combination| {
        (combination.stock_row, combination.first_stock)
    });
    let values = combination.map(|combination| combination.values.as_slice()).unwrap_or_default();
    Item {
        product: product.id,
        combination: combination.map_or(0, |combination| combination.id),
        stock_row,
        names: texts(Text::Name),
        descriptions: texts(Text::Description),
        shorts: texts(Text::Short),
        price: format!("{:.6}", product.price + impact),
        tax_rate: group.and_then(|group| group.rate.clone()),
        tax_group: product.tax_group,
        stock: store.level(stock_row, first),
        sku: own(|combination| &combination.reference, &product.reference),
        product_sku: product.reference.clone(),
        ean: own(|combination| &combination.ean13, &product.ean13),
        attributes: values.iter().filter_map(|value| attribute(options, store, *value)).collect(),
        images: product.cover_first(),
        own_images: combination.map(|combination| combination.images.clone()).unwrap_or_default(),
        categories: product.categories.clone(),
        default_category: product.default_category,
        active: product.active,
        visibility: product.visibility.to_owned(),
        available_for_order: product.available_for_order,
        draft: product.draft,
        is_virtual: product.kind == Kind::Virtual,
        is_pack: product.kind == Kind::Pack,
        is_default: combination.is_none_or(|combination| combination.is_default),
        updated: product.updated,
    }
}
