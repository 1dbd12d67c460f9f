//! Toy Shop as the suites see it that every platform must pass.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use clock::Clock;
use conformance::{Catalogue, Declared, Examined, LocalShop, Reached, Shelves, Tongue};
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;
use toyshop::Toyshop;
use toyshop_sandbox::{Category, Choice, Goods, Options, Product, Shop, Texts, Variant};

/// Toy Shop, to be examined.
pub(crate) struct ToyshopExamined;

impl Examined for ToyshopExamined {
    fn connector(&self) -> &dyn Connector {
        &Toyshop
    }

    fn declared(&self) -> Declared {
        Declared {
            cannot: &[],
            // Pages of fifty.
            requests_per_thousand: 20,
            // The shop itself, its categories, and the page behind the last product.
            requests_at_start: 3,
            // The shop itself, two hundred pages and the one behind them, and all changes at once.
            requests_of_stock: 203,
            exempt: &[],
        }
    }

    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let options = Options { clock: clock.clone(), ..Options::default() };
            let shop = Shop::start(options).await.expect("a free port");
            let local = Local { shop, ids: Mutex::default() };
            Box::new(local) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![("TOYSHOP_API_KEY", "FAKE-WRONG-KEY-FAKE")]
    }
}

struct Local {
    shop: Shop,
    /// The ids of variants that were held, by the keys of product and variant.
    ids: Mutex<HashMap<(u32, u32), u64>>,
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Http(self.shop.url())
    }

    fn settings(&self, url: &str, tongue: Tongue) -> Given {
        let mut given = Given::default();
        given.insert("TOYSHOP_BASE_URL", url);
        given.insert("TOYSHOP_API_KEY", self.shop.key());
        if tongue == Tongue::Other {
            given.insert("TOYSHOP_LANGUAGE", "en");
        }
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        let category = |category: &conformance::Category| Category {
            id: category.key.into(),
            parent: category.parent.map(u64::from),
            name: both(&category.name),
        };
        self.shop.hold(Goods {
            categories: catalogue.categories.iter().map(category).collect(),
            products: catalogue.products.iter().map(|told| self.product(catalogue, told)).collect(),
        });
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        (product.to_string(), self.variant(product, variant).to_string())
    }

    fn picture(&self, picture: u32) -> Bytes {
        self.shop.picture(picture.into())
    }

    fn shelves(&self) -> Option<&dyn Shelves> {
        Some(self)
    }
}

impl Shelves for Local {
    fn level(&self, product: u32, variant: u32) -> StockLevel {
        let level =
            self.shop.stock(product.into(), self.variant(product, variant)).expect("a variant that is held");
        level.map_or(StockLevel::Unknown, StockLevel::Quantity)
    }

    fn set_level(&self, product: u32, variant: u32, level: StockLevel) {
        let is_there = self.shop.set_stock(product.into(), self.variant(product, variant), level.quantity());
        assert!(is_there, "a variant that is held");
    }
}

impl Local {
    /// The id of a variant, by the keys of its product and its own.
    fn variant(&self, product: u32, variant: u32) -> u64 {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        *ids.get(&(product, variant)).expect("a variant that was held")
    }

    fn product(&self, catalogue: &Catalogue, told: &conformance::Product) -> Product {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let mut variant = |variant: &conformance::Variant| {
            // 0 is the variant of a simple product, so no other may bear it.
            let id = if told.is_simple() { 0 } else { u64::from(variant.key) + 1 };
            ids.insert((told.key, variant.key), id);
            Variant {
                id,
                sku: variant.sku.clone(),
                ean: variant.ean.clone(),
                net: variant.net,
                stock: variant.stock.quantity(),
                choices: variant.choices.iter().map(|keys| choice(catalogue, *keys)).collect(),
                pictures: variant.pictures.iter().copied().map(u64::from).collect(),
            }
        };
        Product {
            id: told.key.into(),
            name: both(&told.name),
            description: both(&told.description),
            brief: both(&told.brief),
            categories: told.categories.iter().copied().map(u64::from).collect(),
            vat: told.vat,
            visible: told.for_sale,
            pictures: told.pictures.iter().copied().map(u64::from).collect(),
            variants: told.variants.iter().map(&mut variant).collect(),
        }
    }
}

fn choice(catalogue: &Catalogue, (option, value): (u32, u32)) -> Choice {
    let option = catalogue.options.iter().find(|own| own.key == option).expect("an option");
    let value = option.values.iter().find(|own| own.key == value).expect("a value of the option");
    Choice { option: both(&option.name), value: both(&value.name) }
}

fn both(told: &conformance::Texts) -> Texts {
    let told = [("pl", &told.default), ("en", &told.other)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.clone())).collect()
}
