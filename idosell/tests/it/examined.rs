//! IdoSell as the suites see it that every platform must pass.

use bytes::Bytes;
use clock::Clock;
use conformance::{Cannot, Catalogue, Declared, Examined, LocalShop, Reached, Suite, Tongue};
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;
use idosell::IdoSell;
use idosell_sandbox::{Category, Goods, Options, Product, Shop, Size, Stock, Texts};
use rust_decimal::Decimal;

/// The id of the one size of goods that have none.
const NO_SIZE: &str = "uniw";

const IN_ONE_PIECE: &str =
    "the shop sends all of its goods in one file, which has no pages and no parts to ask for";

/// IdoSell, to be examined.
pub(crate) struct IdoSellExamined {
    /// Whether it is told the address of the feed, and not an account.
    pub(crate) by_address: bool,
}

impl Examined for IdoSellExamined {
    fn connector(&self) -> &dyn Connector {
        &IdoSell
    }

    fn declared(&self) -> Declared {
        Declared {
            cannot: &[
                Cannot::TranslatedCategories,
                Cannot::TranslatedOptions,
                Cannot::OptionsBesideSize,
                Cannot::EmptyCategories,
                Cannot::SlashInCategories,
                Cannot::NoSku,
                Cannot::PicturesOfVariants,
                Cannot::FineGrossPrices,
            ],
            requests_per_thousand: 0,
            // The login, where there is one, the gateway file, and the offer.
            requests_at_start: if self.by_address { 2 } else { 3 },
            // A pass reads the same files as an import.
            requests_of_stock: if self.by_address { 2 } else { 3 },
            exempt: &[
                (Suite::RepeatingPage, IN_ONE_PIECE),
                (Suite::FailingPage, IN_ONE_PIECE),
                (Suite::Poison, IN_ONE_PIECE),
            ],
        }
    }

    fn is_identity(&self, field: &str) -> bool {
        field == "sizes/size@id"
    }

    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            // Each reader of the suites has an empty folder, and so has the file for itself.
            let options = Options { clock: clock.clone(), ..Options::default() };
            let shop = Shop::start(options).await.expect("a free port");
            Box::new(Local { shop, by_address: self.by_address }) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![("IDOSELL_PASSWORD", "FAKE-WRONG-PASSWORD")]
    }
}

struct Local {
    shop: Shop,
    by_address: bool,
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Http(self.shop.url())
    }

    fn settings(&self, url: &str, tongue: Tongue) -> Given {
        let mut given = Given::default();
        if self.by_address {
            given.insert("IDOSELL_FEED", &self.shop.feed_url().replace(&self.shop.url(), url));
        } else {
            given.insert("IDOSELL_BASE_URL", url);
            given.insert("IDOSELL_LOGIN", self.shop.login());
            given.insert("IDOSELL_PASSWORD", self.shop.password());
        }
        if tongue == Tongue::Other {
            given.insert("IDOSELL_LANGUAGE", "eng");
        }
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        let products = catalogue.products.iter().map(|told| product(catalogue, told)).collect();
        self.shop.hold(Goods { products, ..Goods::default() });
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        (product.to_string(), size_id(variant))
    }

    fn picture(&self, picture: u32) -> Bytes {
        self.shop.picture(picture.into())
    }
}

/// Variants of the catalogue have keys from 1 on where there are several, and a simple product's is 0.
fn size_id(variant: u32) -> String {
    if variant == 0 { NO_SIZE.to_owned() } else { variant.to_string() }
}

fn product(catalogue: &Catalogue, told: &conformance::Product) -> Product {
    let category = |key: &u32| Category { id: (*key).into(), path: path(catalogue, *key) };
    let sizes: Vec<Size> = told.variants.iter().map(|variant| size(catalogue, told, variant)).collect();
    Product {
        id: told.key.into(),
        name: both(&told.name),
        short_desc: both(&told.brief),
        long_desc: both(&told.description),
        categories: told.categories.iter().map(category).collect(),
        vat: told.vat,
        visible: (!told.for_sale).then_some(false),
        pictures: told.pictures.iter().copied().map(u64::from).collect(),
        gross: sizes.first().and_then(|size| size.gross).unwrap_or_default(),
        sizes,
        ..Product::default()
    }
}

fn size(catalogue: &Catalogue, product: &conformance::Product, told: &conformance::Variant) -> Size {
    let name = told.choices.first().map(|(option, value)| {
        let option = catalogue.options.iter().find(|own| own.key == *option).expect("an option");
        option.values.iter().find(|own| own.key == *value).expect("a value").name.default.clone()
    });
    let name = name.unwrap_or_else(|| "uniwersalny".to_owned());
    let quantity = match told.stock {
        StockLevel::Quantity(quantity) => quantity,
        StockLevel::Unknown => Decimal::NEGATIVE_ONE,
    };
    Size {
        id: size_id(told.key),
        panel_name: name.to_lowercase(),
        name,
        code_external: told.sku.clone(),
        code_producer: told.ean.clone(),
        gross: Some((told.net * (Decimal::ONE_HUNDRED + product.vat) / Decimal::ONE_HUNDRED).round_dp(2)),
        available: Some("in_stock".to_owned()),
        stocks: vec![Stock { id: 1, quantity }],
    }
}

fn path(catalogue: &Catalogue, key: u32) -> String {
    let category = catalogue.categories.iter().find(|known| known.key == key).expect("a category");
    match category.parent {
        Some(parent) => format!("{}/{}", path(catalogue, parent), category.name.default),
        None => category.name.default.clone(),
    }
}

fn both(told: &conformance::Texts) -> Texts {
    let told =
        [("pol", &told.default), ("eng", &told.other)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.clone())).collect()
}
