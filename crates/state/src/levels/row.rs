//! What is remembered of one variant's levels, and how columns have it.

use chrono::{DateTime, Utc};
use gateway_core::gateway::Guid;
use gateway_core::model::{ProductId, StockLevel, VariantId};
use rust_decimal::Decimal;
use sea_orm::ActiveValue::Set;
use serde::Deserialize;

use crate::entity::levels::{ActiveModel, Model};
use crate::error::Place;
use crate::store::guid_text;
use crate::values::{self, decimal_text, json, json_text, millis};
use crate::{StateError, VariantKey};

/// How a column says that the shop has it and nobody knows how much of it.
const UNKNOWN: &str = "unknown";

/// What is remembered of a variant's stock level on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelRow {
    /// The product at the source.
    pub product: ProductId,
    /// Its variant.
    pub variant: VariantId,
    /// The product at the marketplace whose level was seen. When the variant's link names another one, the row says nothing of that.
    pub guid: Guid,
    /// The level that was last seen in the shop; `None`: it was not there.
    pub shop: Option<StockLevel>,
    /// The level that was last seen at the marketplace; `None`: none was seen yet.
    pub market: Option<Decimal>,
    /// What happened at the marketplace and the shop has not taken yet, with its sign.
    pub owed: Decimal,
    /// By how much the marketplace is told less, because it is not certain what became of a write.
    pub held: Decimal,
    /// A write to the shop that is not confirmed yet.
    pub shop_write: Option<LevelWrite>,
    /// A write to the marketplace that is not confirmed yet.
    pub market_write: Option<LevelWrite>,
}

/// A write of a level of which it is not seen yet what became of it. Committed before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelWrite {
    /// The level that was there before; `None` where none was known.
    pub old: Option<Decimal>,
    /// The level that is to be there then.
    pub intended: Decimal,
    /// A name for it that stays the same when it is tried again.
    pub key: String,
    /// When it was about to be sent; to the millisecond.
    pub at: DateTime<Utc>,
    /// Whether the other side has said that it took it.
    pub is_answered: bool,
}

/// A write as a column has it. What a later version adds is passed over.
#[derive(Deserialize)]
struct StoredWrite {
    old: Option<String>,
    intended: String,
    key: String,
    at: i64,
    answered: bool,
}

impl LevelWrite {
    fn text(&self) -> String {
        json_text(&serde_json::json!({
            "old": self.old.map(decimal_text),
            "intended": decimal_text(self.intended),
            "key": self.key,
            "at": millis(self.at),
            "answered": self.is_answered,
        }))
    }

    pub(super) fn read(place: &Place, text: &str) -> Result<Self, StateError> {
        let StoredWrite { old, intended, key, at, answered } = json(place, "a write of a level", text)?;
        Ok(Self {
            old: old.map(|old| values::decimal(place, &old)).transpose()?,
            intended: values::decimal(place, &intended)?,
            key,
            at: values::time(place, at)?,
            is_answered: answered,
        })
    }
}

fn level_text(level: StockLevel) -> String {
    level.quantity().map_or_else(|| UNKNOWN.to_owned(), decimal_text)
}

fn read_level(place: &Place, text: &str) -> Result<StockLevel, StateError> {
    match text {
        UNKNOWN => Ok(StockLevel::Unknown),
        quantity => values::decimal(place, quantity).map(StockLevel::Quantity),
    }
}

impl LevelRow {
    /// Whether the shop has taken all that happened at the marketplace, as far as anybody can know.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.shop_write.is_none() && self.owed.is_zero() && self.held.is_zero()
    }

    /// The variant.
    #[must_use]
    pub fn key(&self) -> VariantKey {
        (self.product.clone(), self.variant.clone())
    }

    /// A row that is new; of one that is there `touched` stays.
    pub(super) fn row(&self, owner: i64) -> ActiveModel {
        ActiveModel {
            owner: Set(owner),
            product: Set(self.product.to_string()),
            variant: Set(self.variant.to_string()),
            guid: Set(guid_text(self.guid)),
            shop: Set(self.shop.map(level_text)),
            market: Set(self.market.map(decimal_text)),
            owed: Set(decimal_text(self.owed)),
            held: Set(decimal_text(self.held)),
            shop_write: Set(self.shop_write.as_ref().map(LevelWrite::text)),
            market_write: Set(self.market_write.as_ref().map(LevelWrite::text)),
            touched: Set(None),
        }
    }

    pub(super) fn read(place: &Place, row: Model) -> Result<Self, StateError> {
        let write = |text: Option<String>| text.map(|text| LevelWrite::read(place, &text)).transpose();
        Ok(Self {
            product: values::product(place, &row.product)?,
            variant: values::variant(place, &row.variant)?,
            guid: values::guid(place, &row.guid)?,
            shop: row.shop.map(|level| read_level(place, &level)).transpose()?,
            market: row.market.map(|level| values::decimal(place, &level)).transpose()?,
            owed: values::decimal(place, &row.owed)?,
            held: values::decimal(place, &row.held)?,
            shop_write: write(row.shop_write)?,
            market_write: write(row.market_write)?,
        })
    }
}
