//! How a firm takes changes of its levels. Its tables are never written to: levels follow from documents.

use std::collections::HashMap;
use std::time::Duration;

use connector::{
    AdjustmentKey, Common, Known, Outcome, Outstanding, PlatformError, Settled, StockAdjustment, StockWriting,
};
use gateway_core::model::{ProductId, ShopKey};
use transport::Transport;

use super::bridge::{self, ByBridge};
use super::documents::Documents;
use super::opened::Opened;
use super::{AT_ONCE, id_of};
use crate::bridge::{Doubts, SHOWN_WITHIN};
use crate::settings::{EPP_OUT, Sql};
use crate::sql::{Asked, Database, Failure, in_list, statements};
use crate::wire::rows::Cells;

/// The way by which changes reach the firm.
pub(super) struct Writing {
    /// A bridge, which has documents made of changes.
    bridge: Option<ByBridge>,
    /// Files of documents, which a person makes the program take in. They are written where there is no bridge; those that were written
    /// before there was one are known all the same.
    documents: Documents,
    /// What hangs in the program since a bridge asked for it, whether or not there is one still.
    doubts: Doubts,
}

/// A good as documents name it.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) symbol: String,
    pub(super) name: String,
    pub(super) unit: String,
    /// `None`: the database does not tell.
    pub(super) kind: Option<i32>,
}

impl Writing {
    pub(super) fn of(sql: &Sql, shop: &ShopKey, common: &Common, transport: &Transport) -> Self {
        let (told, firm, clock) = (sql.epp_out.clone(), &sql.address.database, transport.clock().clone());
        Self {
            bridge: sql.bridge.clone().map(|access| ByBridge::new(access, common, transport)),
            doubts: Doubts::new(common.keep.as_deref(), &clock),
            documents: Documents::new(told, firm, shop, common, clock),
        }
    }

    pub(super) fn way(&self) -> StockWriting {
        match self.bridge {
            Some(_) => StockWriting::Delta,
            None => StockWriting::File,
        }
    }

    /// How long what was asked for may not be shown, where that is longer than usual.
    pub(super) fn shown_within(&self) -> Option<Duration> {
        self.bridge.as_ref().map(|_| SHOWN_WITHIN)
    }

    /// What people should know before there is a change.
    pub(super) async fn troubles(&self) -> Vec<String> {
        let Some(bridge) = &self.bridge else { return self.documents.obstacle().into_iter().collect() };
        let is_idle = self.documents.has_a_folder();
        let idle = is_idle.then(|| format!("{EPP_OUT} is left aside: the bridge takes all changes"));
        bridge.trouble().await.into_iter().chain(idle).collect()
    }

    /// How many requests it took, the database's aside.
    pub(super) fn requests(&self) -> u64 {
        self.bridge.as_ref().map_or(0, ByBridge::requests)
    }

    /// Changes levels. What is no good that is stocked is refused here; a kit has no level of its own.
    pub(super) async fn adjust(
        &self,
        firm: (&Database, &Opened),
        adjustments: &[StockAdjustment],
    ) -> Vec<Outcome> {
        match &self.bridge {
            Some(bridge) => bridge.adjust(firm, adjustments).await,
            None => self.documents.adjust(firm, adjustments).await,
        }
    }

    /// What became of changes that were asked for earlier.
    pub(super) async fn find(
        &self,
        (database, opened): (&Database, &Opened),
        keys: &[AdjustmentKey],
    ) -> Result<Vec<Known>, PlatformError> {
        let mut known = self.documents.find((database, opened), keys).await?;
        // What stands in a file is not asked for by the bridge as well, and what a bridge did is not written into a file.
        let is_forgotten = |known: &Known| *known == Known::Forgotten;
        let forgotten: Vec<AdjustmentKey> = keys
            .iter()
            .zip(&known)
            .filter(|(_, known)| is_forgotten(known))
            .map(|(key, _)| key.clone())
            .collect();
        if forgotten.is_empty() {
            return Ok(known);
        }
        let by_bridge = match &self.bridge {
            Some(bridge) => bridge.find(database, &forgotten).await?,
            None => bridge::find_done(database, &self.doubts, &forgotten).await?,
        };
        for (known, by_bridge) in known.iter_mut().filter(|known| is_forgotten(known)).zip(by_bridge) {
            *known = by_bridge;
        }
        Ok(known)
    }

    /// Documents that the program has not taken in as far as is known.
    pub(super) async fn outstanding(
        &self,
        database: &Database,
        opened: Result<&Opened, PlatformError>,
    ) -> Result<Vec<Outstanding>, PlatformError> {
        self.documents.outstanding(database, opened).await
    }

    /// What a person says that became of a file of documents. Who discards one must tell the firm.
    pub(super) async fn settle(
        &self,
        firm: Option<(&Database, &Opened)>,
        name: &str,
        settled: Settled,
    ) -> Result<Outstanding, PlatformError> {
        self.documents.settle(firm, name, settled).await
    }
}

/// The goods of these ids that are there, by their ids.
pub(super) async fn named(
    database: &Database,
    products: &[&ProductId],
) -> Result<HashMap<ProductId, Named>, Failure> {
    let ids: Vec<i32> = products.iter().filter_map(|product| id_of(product)).collect();
    let mut named = HashMap::new();
    for ids in ids.chunks(AT_ONCE) {
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
                kind: row.id(4),
            };
            named.insert(product, good);
        }
    }
    Ok(named)
}
