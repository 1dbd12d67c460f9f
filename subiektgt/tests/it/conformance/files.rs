//! A firm's files as the suites see them that every platform must pass.

use std::collections::HashMap;
use std::fs;
use std::sync::Mutex;

use ::conformance::{Cannot, Catalogue, Declared, Examined, LocalShop, Product, Reached, Tongue};
use bytes::Bytes;
use clock::Clock;
use connector::{Connector, Given};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use gateway_core::model::VariantId;
use rust_decimal::Decimal;
use subiektgt::SubiektGt;
use tempfile::TempDir;

/// Subiekt GT by its files, to be examined.
pub(super) struct ByFiles;

impl Examined for ByFiles {
    fn connector(&self) -> &dyn Connector {
        &SubiektGt
    }

    fn declared(&self) -> Declared {
        Declared {
            cannot: &[
                Cannot::OtherLanguage,
                // Each good is by itself, and for sale.
                Cannot::Families,
                Cannot::Hidden,
                // Files have one plain description, in code page 1250, and names as long as the program's.
                Cannot::Brief,
                Cannot::RichText,
                Cannot::OtherLetters,
                Cannot::LongNames,
                // A group is what its goods are in.
                Cannot::SeveralCategories,
                Cannot::NestedCategories,
                Cannot::EmptyCategories,
                // Files tell neither pictures nor levels.
                Cannot::Pictures,
                Cannot::PicturesOfVariants,
                Cannot::Stock,
                Cannot::UnknownStock,
                Cannot::NegativeStock,
                Cannot::FractionalStock,
                // A symbol is what a good is known by.
                Cannot::NoSku,
                Cannot::SameSku,
            ],
            requests_per_thousand: 0,
            requests_at_start: 0,
            requests_of_stock: 0,
            exempt: &[],
        }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async {
            let local = Local { folder: TempDir::new().expect("a folder"), symbols: Mutex::default() };
            local.hold(&Catalogue::default());
            Box::new(local) as Box<dyn LocalShop>
        }
        .boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

struct Local {
    /// What the program exports lies here.
    folder: TempDir,
    /// The symbols that goods were last held by, by the keys of product and variant.
    symbols: Mutex<HashMap<(u32, u32), String>>,
}

impl LocalShop for Local {
    fn reached(&self) -> Reached {
        Reached::File(self.folder.path().to_owned())
    }

    fn settings(&self, at: &str, _: Tongue) -> Given {
        let mut given = Given::default();
        given.insert("SUBIEKTGT_EPP", at);
        given
    }

    fn hold(&self, catalogue: &Catalogue) {
        let mut symbols = self.symbols.lock().unwrap();
        for product in &catalogue.products {
            let held = product.variants.iter().map(|told| ((product.key, told.key), told.sku.clone()));
            symbols.extend(held);
        }
        let text = exported(catalogue);
        let (bytes, _, is_missing) = encoding_rs::WINDOWS_1250.encode(&text);
        assert!(!is_missing, "a letter that the code page lacks");
        fs::write(self.folder.path().join("towary.epp"), bytes).expect("a file");
    }

    fn ids(&self, product: u32, variant: u32) -> (String, String) {
        let symbols = self.symbols.lock().unwrap();
        let symbol = symbols.get(&(product, variant)).expect("a good that was held");
        (format!("symbol:{}", symbol.to_uppercase()), VariantId::simple().to_string())
    }

    fn picture(&self, _: u32) -> Bytes {
        Bytes::new()
    }
}

/// What a section says of a good.
type Row = fn(&Catalogue, &Product) -> String;

/// A file as the program exports it, with prices and groups.
fn exported(catalogue: &Catalogue) -> String {
    let mut text = "[INFO]\r\n\"1.11\",3,1250,\"Subiekt GT\",\"FIRMA\",\"Firma\",\"Firma Testowa\",\"Miasto\",\"00-000\",\"Ulica 1\",\
                    \"525-000-00-00\",\"MAG\",\"Główny\",,,0,,,\"Szef\",20260301080000,\"Polska\",\"PL\",\"5250000000\",1\r\n\r\n"
        .to_owned();
    let sections: [(&str, Row); 3] = [("TOWARY", good), ("CENNIK", price), ("GRUPYTOWAROW", group)];
    for (keyword, row) in sections {
        text.push_str(&format!("[NAGLOWEK]\r\n\"{keyword}\"\r\n\r\n[ZAWARTOSC]\r\n"));
        for product in &catalogue.products {
            text.push_str(&row(catalogue, product));
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
    }
    text
}

fn good(_: &Catalogue, told: &Product) -> String {
    let variant = &told.variants[0];
    let (symbol, ean, name) = (quoted(&variant.sku), quoted(&variant.ean), quoted(&told.name.default));
    let (description, vat) = (quoted(&told.description.default), told.vat);
    format!(
        "1,{symbol},,{ean},{name},{description},{name},,,\"szt.\",\"{vat}\",{vat:.4},\"{vat}\",{vat:.4},0.0000,0.0000,,0,,,\"szt.\",\
         0.0000,0,,,0,\"szt.\",0.0000,0.0000,,0,,0,0,,,,,,,,"
    )
}

/// Net and gross, each as it is sold for.
fn price(_: &Catalogue, told: &Product) -> String {
    let variant = &told.variants[0];
    let gross = (variant.net * (Decimal::ONE_HUNDRED + told.vat) / Decimal::ONE_HUNDRED).round_dp(2);
    let (symbol, net) = (quoted(&variant.sku), variant.net);
    format!("{symbol},\"Detaliczna\",{net:.4},{gross:.4},0.0000,0.0000,0.0000")
}

fn group(catalogue: &Catalogue, told: &Product) -> String {
    let of_it = |key: &u32| catalogue.categories.iter().find(|known| known.key == *key).expect("a group");
    let name = told.categories.first().map(of_it).map_or("", |group| &group.name.default);
    format!("{},{},\"\"", quoted(&told.variants[0].sku), quoted(name))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
