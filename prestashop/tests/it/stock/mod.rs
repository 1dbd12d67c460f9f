//! Stock, read and written.

use std::collections::BTreeMap;

use connector::{
    AdjustmentKey, Common, End, Outcome, Platform, PlatformError, Scope, StockAdjustment, StockItem,
};
use futures::TryStreamExt as _;
use gateway_core::model::{ProductId, StockLevel, VariantId};
use prestashop_sandbox::Shop;
use rust_decimal::Decimal;

use crate::shop::open;

mod fake;
mod killed;
mod program;
mod read;
mod read_broken;
mod write;
mod write_refused;

/// What the README has a key read.
const RESOURCES: [&str; 13] = [
    "categories",
    "combinations",
    "configurations",
    "currencies",
    "images",
    "languages",
    "product_option_values",
    "product_options",
    "products",
    "shops",
    "stock_availables",
    "tax_rules",
    "taxes",
];

/// What a stream told.
#[derive(Debug)]
struct Told {
    levels: BTreeMap<(String, String), StockLevel>,
    /// Product, variant.
    unclear: Vec<(String, Option<String>)>,
    end: End,
}

impl Told {
    fn of(&self, product: u32) -> Vec<(&str, StockLevel)> {
        let own = self.levels.iter().filter(|((id, _), _)| *id == product.to_string());
        own.map(|((_, variant), level)| (variant.as_str(), *level)).collect()
    }
}

async fn told(platform: &dyn Platform, scope: Scope) -> Result<Told, PlatformError> {
    let items: Vec<StockItem> = platform.stock(scope).try_collect().await?;
    let (mut levels, mut unclear, mut ends) = (BTreeMap::new(), Vec::new(), Vec::new());
    for item in items {
        assert_eq!(ends, [], "something behind the end");
        match item {
            StockItem::Level { product, variant, level } => {
                let double = levels.insert((product.to_string(), variant.to_string()), level);
                assert_eq!(double, None, "{product} {variant} came twice");
            }
            StockItem::Unclear { product, variant, .. } => {
                unclear.push((product.to_string(), variant.map(|variant| variant.to_string())));
            }
            StockItem::End(end) => ends.push(end),
        }
    }
    Ok(Told { levels, unclear, end: ends[0] })
}

fn truth(shop: &Shop) -> BTreeMap<(String, String), StockLevel> {
    let level = |item: prestashop_sandbox::Item| {
        let id = (item.product.to_string(), item.combination.to_string());
        (id, StockLevel::Quantity(Decimal::from(item.stock)))
    };
    shop.truth().into_iter().map(level).collect()
}

/// The connector of a local shop.
fn connect(shop: &Shop, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
    let mut given = vec![("PRESTASHOP_API_KEY", shop.key())];
    given.extend(more);
    open(&shop.url(), &given, &Common::default())
}

fn ids(ids: impl IntoIterator<Item = u32>) -> Vec<ProductId> {
    ids.into_iter().map(|id| ProductId::new(&id.to_string()).unwrap()).collect()
}

/// An adjustment of a variant from the level that was read to another.
fn adjust(product: u32, variant: u32, read: i64, target: i64) -> StockAdjustment {
    StockAdjustment {
        product: ProductId::new(&product.to_string()).unwrap(),
        variant: VariantId::new(&variant.to_string()).unwrap(),
        key: AdjustmentKey::new(format!("k{product}x{variant}")),
        delta: Decimal::from(target - read),
        read: Decimal::from(read),
        target: Decimal::from(target),
    }
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
