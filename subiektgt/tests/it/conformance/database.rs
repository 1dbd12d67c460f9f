//! A firm's database as the suites see it that every platform must pass.

use std::net::SocketAddr;

use ::conformance::{Cannot, Catalogue, Declared, Examined, LocalShop, Product, Reached, Tongue};
use bytes::Bytes;
use clock::Clock;
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::VariantId;
use rust_decimal::Decimal;
use subiektgt::SubiektGt;
use subiektgt_sandbox::{
    Firm, Good, MAIN_WAREHOUSE, Options, Picture, Prices, SECOND_WAREHOUSE, Server, VAT_23,
};

/// Subiekt GT by its database, to be examined.
pub(super) struct ByDatabase;

impl Examined for ByDatabase {
    fn connector(&self) -> &dyn Connector {
        &SubiektGt
    }

    fn declared(&self) -> Declared {
        Declared {
            cannot: &[
                Cannot::OtherLanguage,
                // Variants are goods of their own, which a model holds together.
                Cannot::Families,
                Cannot::PicturesOfVariants,
                // Texts are in code page 1250, and names as long as their column.
                Cannot::OtherLetters,
                Cannot::LongNames,
                Cannot::RichBriefs,
                // A good is in one group, and groups are in none.
                Cannot::SeveralCategories,
                Cannot::NestedCategories,
                Cannot::UnknownStock,
                // The program lets nobody make a good without a symbol.
                Cannot::NoSku,
            ],
            requests_per_thousand: 12,
            requests_at_start: 21,
            requests_of_stock: 30,
            exempt: super::STOCK,
        }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async { Box::new(Local::start().await) as Box<dyn LocalShop> }.boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![("SUBIEKTGT_SQL_PASSWORD", "FAKE-WRONG-PASSWORD")]
    }
}

/// A firm with its database.
pub(super) struct Local {
    pub(super) firm: Firm,
    pub(super) server: Server,
}

/// The number of a product. No number of a product is one of anything else, so that nothing is known by another's.
pub(super) fn number(product: u32) -> i32 {
    100_000 + i32::try_from(product).expect("a key")
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        let address: SocketAddr = self.server.address();
        Reached::Tcp(address)
    }

    fn settings(&self, at: &str, _: Tongue) -> Given {
        let mut given = Given::default();
        given.insert("SUBIEKTGT_SQL", &format!("{at}/{}", self.server.database()));
        given.insert("SUBIEKTGT_SQL_USER", self.server.user());
        given.insert("SUBIEKTGT_SQL_PASSWORD", self.server.password());
        given.insert("SUBIEKTGT_SQL_ENCRYPT", "off");
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        self.firm.clear_goods();
        for group in &catalogue.categories {
            self.firm.put_group(i32::try_from(group.key).expect("a key"), &group.name.default);
        }
        catalogue.products.iter().for_each(|product| self.put(product));
    }

    fn ids(&self, product: u32, _: u32) -> (String, String) {
        (number(product).to_string(), VariantId::simple().to_string())
    }

    fn picture(&self, picture: u32) -> Bytes {
        let mut bytes = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00".to_vec();
        bytes.extend_from_slice(format!("what picture {picture} shows").as_bytes());
        bytes.into()
    }

    fn asks_for_picture(&self, question: &str) -> bool {
        question.contains("SELECT zd_Zdjecie")
    }
}

impl Local {
    pub(super) async fn start() -> Self {
        let firm = Firm::new();
        let server = firm.serve(Options::default()).await.expect("a server");
        Self { firm, server }
    }

    fn put(&self, told: &Product) {
        let (id, variant) = (number(told.key), &told.variants[0]);
        let rates = [23, 8, 5, 0].map(Decimal::from);
        let vat = (VAT_23..).zip(rates).find(|(_, percent)| *percent == told.vat).map(|(id, _)| id);
        self.firm.put_good(Good {
            description: told.brief.default.clone(),
            characteristic: Some(told.description.default.clone()),
            barcode: variant.ean.clone(),
            is_blocked: !told.for_sale,
            group: told.categories.first().map(|key| i32::try_from(*key).expect("a key")),
            vat,
            ..Good::new(id, &variant.sku, &told.name.default)
        });
        let gross = (variant.net * (Decimal::ONE_HUNDRED + told.vat) / Decimal::ONE_HUNDRED).round_dp(2);
        self.firm.set_prices(id, Prices::default().with(1, variant.net, gross));
        let level = variant.stock.quantity().expect("a number");
        // Some of it is reserved, and what the other warehouse has is not sold.
        self.firm.set_stock(id, MAIN_WAREHOUSE, level + Decimal::TWO, Decimal::TWO);
        self.firm.set_stock(id, SECOND_WAREHOUSE, Decimal::ONE_THOUSAND, Decimal::ZERO);
        for (place, key) in told.pictures.iter().enumerate() {
            self.firm.put_picture(Picture {
                id: i32::try_from(*key).expect("a key"),
                good: id,
                is_main: place == 0,
                bytes: self.picture(*key).to_vec(),
                ..Picture::default()
            });
        }
    }
}
