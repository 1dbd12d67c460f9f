//! IAI as the suites see it that every platform must pass.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use clock::Clock;
use conformance::{Cannot, Catalogue, Declared, Examined, LocalShop, Reached, Shelves, Tongue};
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;
use iai::Iai;
use iai::mapping::NO_SIZE;
use iai_sandbox::{Category, Goods, Options, Product, Shop, Size, Stock, Texts};
use rust_decimal::Decimal;

/// IAI, to be examined.
pub(crate) struct IaiExamined {
    /// Whether it is asked through its older gates.
    pub(crate) by_gates: bool,
}

impl Examined for IaiExamined {
    fn connector(&self) -> &dyn Connector {
        &Iai
    }

    fn declared(&self) -> Declared {
        // The newest products, the categories, and the page behind the last product; by a key the languages and the sizes too.
        let at_start = if self.by_gates { 3 } else { 5 };
        let cannot = &[
            // It sells gross, a product is in one category, and the sizes of a product share its pictures.
            Cannot::FineGrossPrices,
            Cannot::SeveralCategories,
            Cannot::PicturesOfVariants,
            Cannot::OptionsBesideSize,
            // It counts everything.
            Cannot::UnknownStock,
        ];
        Declared {
            cannot,
            // Pages of a hundred.
            requests_per_thousand: 10,
            requests_at_start: at_start,
            // The newest products and by a key the languages, a hundred pages and the one behind them, and for all changes three.
            requests_of_stock: if self.by_gates { 1 } else { 2 } + 101 + 3,
            exempt: &[],
        }
    }

    /// The words that sizes and stocks are told by.
    fn is_identity(&self, field: &str) -> bool {
        field.ends_with("/sizeId") || field.ends_with("/stockId")
    }

    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let options = Options { clock: clock.clone(), ..Options::default() };
            let shop = Shop::start(options).await.expect("a free port");
            Box::new(Local { shop, by_gates: self.by_gates, sizes: Mutex::default() }) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        match self.by_gates {
            true => vec![("IAI_PASSWORD", "FAKE-WRONG-PASSWORD")],
            false => vec![("IAI_API_KEY", "FAKE-WRONG-API-KEY")],
        }
    }
}

struct Local {
    shop: Shop,
    by_gates: bool,
    /// The sizes that variants were last held as, by the keys of product and variant.
    sizes: Mutex<HashMap<(u32, u32), String>>,
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Http(self.shop.url())
    }

    fn settings(&self, url: &str, tongue: Tongue) -> Given {
        let mut given = Given::default();
        given.insert("IAI_BASE_URL", url);
        if self.by_gates {
            given.insert("IAI_LOGIN", self.shop.login());
            given.insert("IAI_PASSWORD", self.shop.password());
        } else {
            given.insert("IAI_API_KEY", self.shop.key());
        }
        if tongue == Tongue::Other {
            given.insert("IAI_LANGUAGE", "eng");
        }
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        let category = |category: &conformance::Category| Category {
            id: category.key.into(),
            parent: category.parent.map(u64::from),
            name: both(&category.name),
        };
        let goods = Goods {
            categories: catalogue.categories.iter().map(category).collect(),
            products: catalogue.products.iter().map(|told| product(catalogue, told)).collect(),
        };
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        for product in &catalogue.products {
            let held = product.variants.iter().map(|told| ((product.key, told.key), size_id(told)));
            sizes.extend(held);
        }
        self.shop.hold(goods);
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        (product.to_string(), self.size(product, variant))
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
        let level = self.shop.level(product.into(), &self.size(product, variant));
        StockLevel::Quantity(level.expect("a variant that is held"))
    }

    fn set_level(&self, product: u32, variant: u32, level: StockLevel) {
        let level = level.quantity().expect("a quantity that is known");
        assert!(
            self.shop.set_level(product.into(), &self.size(product, variant), level),
            "a variant that is held"
        );
    }
}

impl Local {
    fn size(&self, product: u32, variant: u32) -> String {
        let sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.get(&(product, variant)).expect("a variant that was held").clone()
    }
}

/// The panel has one list of sizes for all products: M is the same size in each.
fn size_id(variant: &conformance::Variant) -> String {
    variant.choices.first().map_or_else(|| NO_SIZE.to_owned(), |(_, value)| value.to_string())
}

fn product(catalogue: &Catalogue, told: &conformance::Product) -> Product {
    let sizes: Vec<Size> = told.variants.iter().map(|variant| size(catalogue, told, variant)).collect();
    Product {
        id: told.key.into(),
        name: both(&told.name),
        brief: both(&told.brief),
        description: both(&told.description),
        category: told.categories.first().copied().map(u64::from),
        vat: told.vat,
        visible: told.for_sale,
        pictures: told.pictures.iter().copied().map(u64::from).collect(),
        gross: sizes.first().and_then(|size| size.gross).unwrap_or_default(),
        sizes,
        ..Product::default()
    }
}

fn size(catalogue: &Catalogue, product: &conformance::Product, told: &conformance::Variant) -> Size {
    let name = told.choices.first().map(|(option, value)| {
        let option = catalogue.options.iter().find(|own| own.key == *option).expect("an option");
        &option.values.iter().find(|own| own.key == *value).expect("a value").name
    });
    let quantity = told.stock.quantity().expect("a quantity that is known");
    Size {
        id: size_id(told),
        panel_name: name.map_or("uniwersalny", |name| &name.default).to_owned(),
        name: name.map(both).unwrap_or_default(),
        code_external: told.sku.clone(),
        code_producer: told.ean.clone(),
        gross: Some((told.net * (Decimal::ONE_HUNDRED + product.vat) / Decimal::ONE_HUNDRED).round_dp(2)),
        stocks: vec![Stock { id: 1, quantity, reserved: Decimal::ZERO }],
    }
}

fn both(told: &conformance::Texts) -> Texts {
    let told =
        [("pol", &told.default), ("eng", &told.other)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.clone())).collect()
}
