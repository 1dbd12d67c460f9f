//! How a firm takes changes of its levels. Its tables are never written to: levels follow from documents.

use std::collections::HashMap;
use std::time::Duration;

use connector::{AdjustmentKey, Common, Known, Outcome, PlatformError, StockAdjustment, StockWriting};
use gateway_core::model::ProductId;
use transport::Transport;

use super::bridge::ByBridge;

use super::opened::Opened;
use crate::bridge::SHOWN_WITHIN;
use crate::settings::Sql;
use crate::sql::{Asked, Database, Failure, in_list, statements};
use crate::wire::rows::Cells;

/// The way by which changes reach the firm.
pub(super) enum Writing {
    /// None: the firm is only followed.
    None,
    /// A bridge, which has documents made of changes.
    Bridge(Box<ByBridge>),
}

/// A good as documents name it.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "a bridge needs only what it asks for by; other documents name more")]
pub(super) struct Named {
    pub(super) symbol: String,
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) kind: i32,
}

impl Writing {
    pub(super) fn of(sql: &Sql, common: &Common, transport: &Transport) -> Self {
        match &sql.bridge {
            Some(access) => Self::Bridge(Box::new(ByBridge::new(access.clone(), common, transport))),
            None => Self::None,
        }
    }

    /// How long what was asked for may not be shown, where that is longer than usual.
    pub(super) fn shown_within(&self) -> Option<Duration> {
        match self {
            Self::None => None,
            Self::Bridge(_) => Some(SHOWN_WITHIN),
        }
    }

    /// What people should know before there is a change.
    pub(super) async fn trouble(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Bridge(bridge) => bridge.trouble().await,
        }
    }

    /// Takes note of what is there before levels are read.
    pub(super) async fn before_levels(&self, database: &Database) {
        match self {
            Self::None => {}
            Self::Bridge(bridge) => bridge.before_levels(database).await,
        }
    }

    /// How many requests it took, the database's aside.
    pub(super) fn requests(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Bridge(bridge) => bridge.requests(),
        }
    }

    pub(super) fn way(&self) -> StockWriting {
        match self {
            Self::None => StockWriting::No,
            Self::Bridge(_) => StockWriting::Delta,
        }
    }

    /// Changes levels. What is no good that is stocked is refused here; a kit has no level of its own.
    pub(super) async fn adjust(
        &self,
        database: &Database,
        opened: &Opened,
        adjustments: &[StockAdjustment],
    ) -> Vec<Outcome> {
        match self {
            Self::None => adjustments
                .iter()
                .map(|_| Outcome::Refused("levels of this firm are only read".to_owned()))
                .collect(),
            Self::Bridge(bridge) => bridge.adjust(database, opened, adjustments).await,
        }
    }

    /// What became of changes that were asked for earlier.
    pub(super) async fn find(
        &self,
        database: &Database,
        keys: &[AdjustmentKey],
    ) -> Result<Vec<Known>, PlatformError> {
        match self {
            Self::None => Ok(vec![Known::Unknown; keys.len()]),
            Self::Bridge(bridge) => bridge.find(database, keys).await,
        }
    }
}

/// The goods of these ids that are there, by their ids.
pub(super) async fn named(
    database: &Database,
    products: &[&ProductId],
) -> Result<HashMap<ProductId, Named>, Failure> {
    let ids: Vec<i32> = products.iter().filter_map(|product| product.as_str().parse().ok()).collect();
    let mut named = HashMap::new();
    for ids in ids.chunks(500) {
        let parameters = in_list(ids);
        let statement = statements::named(parameters.len());
        for row in database.rows(&statement, &parameters, Asked::Usually).await? {
            let row = Cells(&row);
            let text = |at| row.text(at).ok().flatten();
            let (Some(id), Some(symbol)) = (row.id(0), text(1)) else { continue };
            let Ok(product) = ProductId::new(&id.to_string()) else { continue };
            let good = Named {
                symbol,
                name: text(2).unwrap_or_default(),
                unit: text(3).unwrap_or_default(),
                kind: row.id(4).unwrap_or_default(),
            };
            named.insert(product, good);
        }
    }
    Ok(named)
}
