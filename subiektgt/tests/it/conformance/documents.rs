//! A firm to which changes of levels come as documents.

use std::fs;

use ::conformance::{Catalogue, Declared, Examined, LocalShop, Reached, Shelves, Tongue};
use bytes::Bytes;
use clock::Clock;
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;
use rust_decimal::Decimal;
use subiektgt::SubiektGt;
use subiektgt_sandbox::MAIN_WAREHOUSE;
use tempfile::TempDir;

use super::database::{ByDatabase, Local, number};
use crate::documents::office::take_in;

/// So many are reserved, whatever there is.
const RESERVED: Decimal = Decimal::TWO;

/// Subiekt GT by its database, with documents for what changes, to be examined.
pub(super) struct ByDocuments;

impl Examined for ByDocuments {
    fn connector(&self) -> &dyn Connector {
        &SubiektGt
    }

    fn declared(&self) -> Declared {
        Declared { exempt: super::GOODS, ..ByDatabase.declared() }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let folder = TempDir::new().expect("a folder");
            Box::new(Office { local: Local::start().await, folder }) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        ByDatabase.wrong_secrets()
    }
}

/// A firm where somebody takes files in.
struct Office {
    local: Local,
    /// Files are put here.
    folder: TempDir,
}

impl LocalShop for Office {
    fn reached(&self) -> Reached {
        self.local.reached()
    }

    fn settings(&self, at: &str, tongue: Tongue) -> Given {
        let mut given = self.local.settings(at, tongue);
        given.insert("SUBIEKTGT_EPP_OUT", &self.folder.path().display().to_string());
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        self.local.hold(catalogue);
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        self.local.ids(product, variant)
    }

    fn picture(&self, picture: u32) -> Bytes {
        self.local.picture(picture)
    }

    fn asks_for_picture(&self, question: &str) -> bool {
        self.local.asks_for_picture(question)
    }

    fn shelves(&self) -> Option<&dyn Shelves> {
        Some(self)
    }

    fn read_files(&self) {
        let files = fs::read_dir(self.folder.path()).expect("a folder");
        let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "epp")) {
            take_in(&self.local.firm, &fs::read(file).expect("a file"));
            fs::remove_file(file).expect("a file");
        }
    }
}

impl Shelves for Office {
    fn level(&self, product: u32, _: u32) -> StockLevel {
        let stock = self.local.firm.stock(number(product), MAIN_WAREHOUSE);
        stock.map_or(StockLevel::Unknown, |(on_hand, reserved)| {
            StockLevel::Quantity((on_hand - reserved).normalize())
        })
    }

    fn set_level(&self, product: u32, _: u32, level: StockLevel) {
        let level = level.quantity().expect("a number");
        self.local.firm.set_stock(number(product), MAIN_WAREHOUSE, level + RESERVED, RESERVED);
    }
}
