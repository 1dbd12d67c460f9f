//! Stock, read and written.

use std::collections::BTreeMap;

use connector::{AdjustmentKey, End, Outcome, Platform, PlatformError, Scope, StockAdjustment, StockItem};
use futures::TryStreamExt as _;
use gateway_core::model::VariantId;
use iai_sandbox::Shop;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::shop::{STOCKS, calls, decimal, product_id};

mod batches;
mod doubt;
mod read;
mod refused;
mod refused_whole;
mod write;

/// What a stream told.
#[derive(Debug)]
struct Told {
    levels: BTreeMap<(String, String), Decimal>,
    /// Product, variant.
    unclear: Vec<(String, Option<String>)>,
    end: End,
}

impl Told {
    /// The levels of a product by its sizes.
    fn of(&self, product: u64) -> Vec<(&str, String)> {
        let own = self.levels.iter().filter(|((id, _), _)| *id == product.to_string());
        own.map(|((_, size), level)| (size.as_str(), level.to_string())).collect()
    }
}

async fn told(platform: &dyn Platform, scope: Scope) -> Result<Told, PlatformError> {
    let items: Vec<StockItem> = platform.stock(scope).try_collect().await?;
    let (mut levels, mut unclear, mut ends) = (BTreeMap::new(), Vec::new(), Vec::new());
    for item in items {
        assert_eq!(ends, [], "something behind the end");
        match item {
            StockItem::Level { product, variant, level } => {
                let level = level.quantity().expect("the platform counts everything");
                let double = levels.insert((product.to_string(), variant.to_string()), level);
                assert_eq!(double, None, "{product} {variant} came twice");
            }
            StockItem::Unclear { product, variant, .. } => {
                unclear.push((product.to_string(), variant.map(|variant| variant.to_string())));
            }
            StockItem::End(end) => ends.push(end),
        }
    }
    Ok(Told { levels, unclear, end: *ends.first().expect("an end") })
}

/// An adjustment of a size from the level that was read to another.
fn adjust(product: u64, size: &str, read: &str, target: &str) -> StockAdjustment {
    let (product, read, target) = (product_id(&product.to_string()), decimal(read), decimal(target));
    let key = AdjustmentKey::new(format!("k{product}x{size}"));
    let variant = VariantId::new(size).unwrap();
    StockAdjustment { product, variant, key, delta: target - read, read, target }
}

/// Outcomes in a word each, with their level or what they say.
fn words(outcomes: &[Outcome]) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Done(level) => format!("done {level}"),
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Moved(level) => format!("moved {level}"),
        Outcome::Refused(why) => format!("refused: {why}"),
        Outcome::NotDone(error) => format!("not done: {error}"),
        Outcome::Unknown(error) => format!("unknown: {error}"),
    };
    outcomes.iter().map(word).collect()
}

/// The products of each document of changes that the shop was sent.
fn documents(shop: &Shop) -> Vec<Vec<Value>> {
    let products = |body: &Value| body["params"]["products"].as_array().unwrap().clone();
    calls(shop, STOCKS).iter().map(|call| products(&call.body)).collect()
}

/// The operations of the only change that the shop was sent: the stock, what is done there, by how much.
fn operations(shop: &Shop) -> Vec<(u64, String, String)> {
    let documents = documents(shop);
    assert_eq!(documents.len(), 1, "not one document: {documents:?}");
    let sizes = documents[0][0]["sizes"].as_array().unwrap();
    assert_eq!((documents[0].len(), sizes.len()), (1, 1), "not one size: {documents:?}");
    let stocks = sizes[0]["quantity"]["stocks"].as_array().unwrap();
    let operation = |told: &Value| {
        let operation = &told["quantity_operation"];
        let word = operation["operation"].as_str().unwrap().to_owned();
        (told["stock_id"].as_u64().unwrap(), word, operation["quantity"].to_string())
    };
    stocks.iter().map(operation).collect()
}

/// What truly lies of a size in a stock.
fn lies(shop: &Shop, product: u64, size: &str, stock: u64) -> String {
    shop.quantity(product, size, stock).map_or_else(|| "no row".to_owned(), |quantity| quantity.to_string())
}
