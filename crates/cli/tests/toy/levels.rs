//! The toy shop's stock levels, in a file that outlasts a run: a line `PRODUCT VARIANT LEVEL` for each that is not 5.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use connector::{Outcome, StockAdjustment};
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;

/// What the file does not tell.
const USUAL: i64 = 5;

/// The levels of a shop that can be written where there is such a file.
pub(crate) struct Levels {
    file: Option<PathBuf>,
    /// One writer at a time.
    turn: Mutex<()>,
}

impl Levels {
    /// The file need not be there.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file, turn: Mutex::default() }
    }

    pub(crate) fn can_be_written(&self) -> bool {
        self.file.is_some()
    }

    fn all(&self) -> BTreeMap<(String, String), Decimal> {
        let text = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
        let level = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let (product, variant) = (words.next()?, words.next()?);
            Some(((product, variant), words.next()?.parse().expect("a level")))
        };
        text.lines().filter_map(level).collect()
    }

    pub(crate) fn get(&self, product: &ProductId, variant: &VariantId) -> Decimal {
        let key = (product.to_string(), variant.to_string());
        self.all().get(&key).copied().unwrap_or_else(|| Decimal::from(USUAL))
    }

    pub(crate) fn adjust(&self, adjustment: &StockAdjustment) -> Outcome {
        let Some(file) = &self.file else {
            return Outcome::Refused("stock cannot be written to this shop".to_owned());
        };
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.get(&adjustment.product, &adjustment.variant);
        if now != adjustment.read {
            return Outcome::Moved(now);
        }
        let mut all = self.all();
        let key = (adjustment.product.to_string(), adjustment.variant.to_string());
        all.insert(key, adjustment.target);
        let line = |((product, variant), level): (&(String, String), &Decimal)| {
            format!("{product} {variant} {level}\n")
        };
        std::fs::write(file, all.iter().map(line).collect::<String>()).expect("the file of levels");
        Outcome::Done(adjustment.target)
    }
}
