//! A firm's database with a bridge beside it, by which levels are written: what has to do with stock.

use std::sync::Arc;

use ::conformance::{Catalogue, Declared, Examined, LocalShop, Reached, Shelves, Suite, Tongue};
use bytes::Bytes;
use clock::Clock;
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;
use rust_decimal::Decimal;
use subiektgt_sandbox::{Bridge, BridgeOptions, MAIN_WAREHOUSE};

use super::database::{ByDatabase, Local as Database, number};

/// Subiekt GT by its database and a bridge, to be examined.
pub(super) struct ByBridge;

/// Why a suite is not run once more.
const NOT_OF_STOCK: &str = "goods come from the database alone, whose own examination has it";

/// Why that about secrets is not run.
const SECRETS: &str = "a bridge that does not let us in must not keep goods from being read, which the suite wants of a shop; what \
                       becomes of its token has tests of its own";

impl Examined for ByBridge {
    fn connector(&self) -> &dyn Connector {
        ByDatabase.connector()
    }

    fn declared(&self) -> Declared {
        Declared {
            // By HTTP: five changes, and whether the bridge is there, which a pass asks at its beginning and whoever opens the shop too.
            requests_of_stock: 7,
            exempt: &[
                (Suite::Arrival, NOT_OF_STOCK),
                (Suite::Languages, NOT_OF_STOCK),
                (Suite::Paging, NOT_OF_STOCK),
                (Suite::RepeatingPage, NOT_OF_STOCK),
                (Suite::FailingPage, NOT_OF_STOCK),
                (Suite::Poison, NOT_OF_STOCK),
                (Suite::Torn, NOT_OF_STOCK),
                (Suite::Patience, NOT_OF_STOCK),
                (Suite::Failures, NOT_OF_STOCK),
                (Suite::Refusal, NOT_OF_STOCK),
                (Suite::BrokenFields, NOT_OF_STOCK),
                (Suite::Odd, NOT_OF_STOCK),
                (Suite::HostileTexts, NOT_OF_STOCK),
                (Suite::ManyVariants, NOT_OF_STOCK),
                (Suite::Requests, NOT_OF_STOCK),
                (Suite::Memory, NOT_OF_STOCK),
                (Suite::Chosen, NOT_OF_STOCK),
                (Suite::ComeAndGo, NOT_OF_STOCK),
                (Suite::Repetition, NOT_OF_STOCK),
                (Suite::Secrets, SECRETS),
                (Suite::Pictures, NOT_OF_STOCK),
            ],
            ..ByDatabase.declared()
        }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let database = Database::start().await;
            let options = BridgeOptions { keep_calls: false, ..BridgeOptions::default() };
            let bridge = Bridge::start(&database.firm, options).await.expect("a bridge");
            Box::new(Local { database, bridge: Arc::new(bridge) }) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![("SUBIEKTGT_BRIDGE_TOKEN", "FAKE-WRONG-TOKEN")]
    }
}

struct Local {
    database: Database,
    bridge: Arc<Bridge>,
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::Http(self.bridge.url())
    }

    fn settings(&self, at: &str, tongue: Tongue) -> Given {
        let mut given = self.database.settings(&self.database.server.address().to_string(), tongue);
        given.insert("SUBIEKTGT_BRIDGE_URL", at);
        given.insert("SUBIEKTGT_BRIDGE_TOKEN", self.bridge.token());
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        self.database.hold(catalogue);
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        self.database.ids(product, variant)
    }

    fn picture(&self, picture: u32) -> Bytes {
        self.database.picture(picture)
    }

    fn shelves(&self) -> Option<&dyn Shelves> {
        Some(self)
    }
}

impl Shelves for Local {
    fn level(&self, product: u32, _: u32) -> StockLevel {
        let (on_hand, reserved) = self.stock(product);
        StockLevel::Quantity(on_hand - reserved)
    }

    fn set_level(&self, product: u32, _: u32, level: StockLevel) {
        let (_, reserved) = self.stock(product);
        let level = level.quantity().expect("a quantity that is known");
        self.database.firm.set_stock(number(product), MAIN_WAREHOUSE, level + reserved, reserved);
    }
}

impl Local {
    fn stock(&self, product: u32) -> (Decimal, Decimal) {
        self.database.firm.stock(number(product), MAIN_WAREHOUSE).expect("a good that is held")
    }
}
