//! `PrestaShop` as the suites see it that every platform must pass.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use clock::Clock;
use conformance::{Cannot, Declared, Examined, LocalShop, Product, Reached, Shelves, Texts, Tongue, Variant};
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;
use prestashop::PrestaShop;
use prestashop_sandbox::{
    Catalogue, Goods, HeldCategory, HeldCombination, HeldOption, HeldProduct, HeldValue, Options, Shop,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

const ENGLISH: u32 = 1;
const POLISH: u32 = 2;

/// The home category, below which the catalogue's topmost ones lie.
const HOME: u32 = 2;

/// What is added to a key to make an id of it: 0 is no id, and 1 and 2 are categories that every shop has.
const OFFSET: u32 = 10;

/// `PrestaShop`, to be examined.
pub(crate) struct PrestaShopExamined;

impl Examined for PrestaShopExamined {
    fn connector(&self) -> &dyn Connector {
        &PrestaShop
    }

    fn declared(&self) -> Declared {
        Declared {
            // It counts whole pieces, and whether it counts is a setting of the whole shop.
            cannot: &[Cannot::FractionalStock, Cannot::UnknownStock],
            // A page of two hundred, and what belongs to it: combinations and stock, each to an empty answer.
            requests_per_thousand: 25,
            // The key's rights, settings, languages, currencies, shops, options, their values, tax rules, taxes; then
            // the categories, and the empty page behind the last product.
            requests_at_start: 11,
            // What is asked at the start without the categories, pages of a thousand, and for all changes three.
            requests_of_stock: 23,
            exempt: &[],
        }
    }

    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let options = Options {
                clock: clock.clone(),
                keep_calls: false,
                catalogue: Catalogue::empty(),
                ..Options::default()
            };
            let shop = Shop::start(options).await.expect("a free port");
            // Without the categories and options that every sandbox begins with.
            shop.hold(Goods::default()).expect("nothing contradicts itself");
            Box::new(Local { shop, ids: Mutex::default() }) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![("PRESTASHOP_API_KEY", "WRONGFAKEWRONGFAKEWRONGFAKEWRONG")]
    }
}

struct Local {
    shop: Shop,
    ids: Mutex<Ids>,
}

/// The ids of variants, by the keys of their product and of their own.
#[derive(Default)]
struct Ids {
    /// Those that were given to combinations, from 1 on.
    combinations: HashMap<(u32, u32), u32>,
    /// What each variant was when it was last held: a combination, or with 0 the product itself.
    last: HashMap<(u32, u32), u32>,
}

impl Ids {
    /// The id of a variant that is held now.
    fn held(&mut self, product: &Product, variant: &Variant) -> u32 {
        let key = (product.key, variant.key);
        let next = u32::try_from(self.combinations.len()).expect("so many combinations") + 1;
        let id = if product.is_simple() { 0 } else { *self.combinations.entry(key).or_insert(next) };
        self.last.insert(key, id);
        id
    }
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Http(self.shop.url())
    }

    fn settings(&self, url: &str, tongue: Tongue) -> Given {
        let mut given = Given::default();
        given.insert("PRESTASHOP_BASE_URL", url);
        given.insert("PRESTASHOP_API_KEY", self.shop.key());
        if tongue == Tongue::Other {
            given.insert("PRESTASHOP_LANGUAGE_ID", &ENGLISH.to_string());
        }
        given
    }

    fn hold(&self, catalogue: &conformance::Catalogue) {
        let mut ids = self.ids();
        let category = |category: &conformance::Category| HeldCategory {
            id: category.key + OFFSET,
            parent: category.parent.map_or(HOME, |parent| parent + OFFSET),
            names: texts(&category.name),
        };
        let value = |value: &conformance::OptionValue| HeldValue {
            id: value.key + OFFSET,
            names: texts(&value.name),
        };
        let option = |option: &conformance::ProductOption| HeldOption {
            id: option.key + OFFSET,
            names: texts(&option.name),
            values: option.values.iter().map(value).collect(),
        };
        let goods = Goods {
            categories: catalogue.categories.iter().map(category).collect(),
            options: catalogue.options.iter().map(option).collect(),
            products: catalogue.products.iter().map(|product| held(product, &mut ids)).collect(),
        };
        self.shop.hold(goods).expect("a catalogue that a shop can hold");
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        (product.to_string(), self.last(product, variant).to_string())
    }

    fn picture(&self, picture: u32) -> Bytes {
        self.shop.picture(picture + OFFSET)
    }

    fn shelves(&self) -> Option<&dyn Shelves> {
        Some(self)
    }
}

impl Shelves for Local {
    fn level(&self, product: u32, variant: u32) -> StockLevel {
        let combination = self.last(product, variant);
        let items = self.shop.truth_of(product);
        let item = items.iter().find(|item| item.combination == combination).expect("a variant that is held");
        StockLevel::Quantity(item.stock.into())
    }

    fn set_level(&self, product: u32, variant: u32, level: StockLevel) {
        let level = level.quantity().and_then(|level| level.to_i64()).expect("whole pieces");
        assert!(self.shop.set_stock(product, self.last(product, variant), level), "a variant that is held");
    }
}

impl Local {
    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a variant was when it was last held: a combination, or with 0 the product itself.
    fn last(&self, product: u32, variant: u32) -> u32 {
        let id = self.ids().last.get(&(product, variant)).copied();
        id.unwrap_or_else(|| panic!("variant {variant} of product {product} was never held"))
    }
}

fn texts(texts: &Texts) -> prestashop_sandbox::Texts {
    vec![(POLISH, texts.default.clone()), (ENGLISH, texts.other.clone())]
}

fn pictures(keys: &[u32]) -> Vec<u32> {
    keys.iter().map(|key| key + OFFSET).collect()
}

/// The group of a VAT rate: those of the sandbox are 23, 8, 5 and 0 %.
fn tax_group(vat: Decimal) -> u32 {
    let rates: [(i64, u32); 4] = [(23, 1), (8, 2), (5, 3), (0, 4)];
    let group = rates.into_iter().find(|(rate, _)| vat == Decimal::from(*rate));
    group.unwrap_or_else(|| panic!("the shop has no tax of {vat} %")).1
}

fn stock(variant: &Variant) -> i64 {
    let quantity = variant.stock.quantity().expect("a quantity that is known");
    assert!(quantity.is_integer(), "{quantity} is not whole pieces");
    quantity.to_i64().expect("a quantity of 64 bits")
}

/// A product as the sandbox is told it: its price is that of its first variant, and what others cost more is their impact.
fn held(product: &Product, ids: &mut Ids) -> HeldProduct {
    let first = product.variants.first().expect("a product has a variant");
    let categories: Vec<u32> = product.categories.iter().map(|key| key + OFFSET).collect();
    let mut held = HeldProduct {
        descriptions: texts(&product.description),
        shorts: texts(&product.brief),
        price: first.net,
        tax_group: tax_group(product.vat),
        active: product.for_sale,
        default_category: categories.first().copied().unwrap_or(HOME),
        categories: std::iter::once(HOME).chain(categories).collect(),
        images: pictures(&product.pictures),
        ..HeldProduct::new(product.key, texts(&product.name))
    };
    for variant in &product.variants {
        let id = ids.held(product, variant);
        if id == 0 {
            (held.reference, held.ean13) = (variant.sku.clone(), variant.ean.clone());
            held.stock = stock(variant);
        } else {
            held.combinations.push(HeldCombination {
                id,
                values: variant.choices.iter().map(|(_, value)| value + OFFSET).collect(),
                impact: variant.net - first.net,
                reference: variant.sku.clone(),
                ean13: variant.ean.clone(),
                stock: stock(variant),
                images: pictures(&variant.pictures),
            });
        }
    }
    held
}
