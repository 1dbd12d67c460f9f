//! The pages of products in a scope, and what is done about one that fails.

use chrono::{DateTime, TimeDelta, Utc};
use connector::{PlatformError, Scope};
use gateway_core::model::ProductId;
use serde_json::Value;

use super::one_of;
use crate::client::{Client, Failure, USUAL_TRIES};
use crate::wire;

/// Products in one page. A row of `display=full` takes a shop some 4 ms, so a page takes a slow one some seconds.
pub(super) const PAGE: usize = 200;

/// Tries of a request that is made because a larger one has failed for good.
pub(super) const TRIES_OF_A_PART: usize = 2;

/// Times are told in the shop's own time zone, without saying which. Everything that changed since a moment is found
/// by asking for everything since the same time of day as far west as zones go.
const WESTERNMOST: TimeDelta = TimeDelta::hours(12);

/// The pages of products in a scope.
pub(super) struct Pages {
    last: u64,
    since: Option<String>,
    /// What is left of the products that were asked for by their ids.
    wanted: Option<Vec<u64>>,
}

pub(super) enum Page {
    Rows(Vec<(u64, Value)>),
    /// Products that were named, to be asked for by their ids.
    Named(Vec<u64>),
    /// Products of a page that fails for good, to be asked for by their ids.
    Failed(Vec<u64>),
}

impl Pages {
    pub(super) fn new(scope: Scope) -> Self {
        let (since, wanted) = match scope {
            Scope::All => (None, None),
            Scope::Since(since) => (Some(changed_since(since)), None),
            Scope::Products(ids) => (None, Some(ids.iter().filter_map(number).rev().collect())),
        };
        Self { last: 0, since, wanted }
    }

    /// The next page; `None` at the end, which is a request past the last product that answers empty.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Option<Page>, PlatformError> {
        if let Some(wanted) = &mut self.wanted {
            let mut ids = wanted.split_off(wanted.len().saturating_sub(PAGE));
            ids.sort_unstable();
            ids.dedup();
            return Ok((!ids.is_empty()).then_some(Page::Named(ids)));
        }
        let mut query = Vec::new();
        if let Some(since) = &self.since {
            query.extend([("filter[date_upd]", since.as_str()), ("date", "1")]);
        }
        let page = match client.page("products", self.last, PAGE, &query, USUAL_TRIES).await {
            Ok(rows) => Page::Rows(rows),
            Err(Failure::Here(what)) => {
                tracing::warn!(what, "a page of products fails; asking for its parts");
                query.push(("display", "[id]"));
                let ids = client
                    .page("products", self.last, PAGE, &query, USUAL_TRIES)
                    .await
                    .map_err(Failure::of_run)?;
                Page::Failed(ids.into_iter().map(|(id, _)| id).collect())
            }
            Err(other) => return Err(other.of_run()),
        };
        let last = match &page {
            Page::Rows(rows) => rows.last().map(|(id, _)| *id),
            Page::Named(ids) | Page::Failed(ids) => ids.last().copied(),
        };
        let Some(last) = last else { return Ok(None) };
        self.last = last;
        Ok(Some(page))
    }
}

/// A product's id as `PrestaShop` has them.
pub(super) fn number(id: &ProductId) -> Option<u64> {
    id.as_str().parse().ok()
}

/// Products asked for whose ids are no numbers, and so none of this platform's.
pub(super) fn strangers(scope: &Scope) -> Vec<ProductId> {
    match scope {
        Scope::Products(ids) => ids.iter().filter(|id| number(id).is_none()).cloned().collect(),
        Scope::All | Scope::Since(_) => Vec::new(),
    }
}

/// The filter for products changed since then, in whatever time zone the shop writes its times.
fn changed_since(since: DateTime<Utc>) -> String {
    let earliest = since.checked_sub_signed(WESTERNMOST).unwrap_or(since);
    format!(">[{}]", earliest.format("%Y-%m-%d %H:%M:%S"))
}

/// What became of products that were asked for by their ids.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) rows: Vec<(u64, Value)>,
    /// Products at which the shop fails.
    pub(super) undeliverable: Vec<ProductId>,
    /// Products that the shop does not have, or not any more.
    pub(super) absent: Vec<ProductId>,
}

/// Asks for products by their ids; for those of an answer that fails for good, in halves, down to the single ones that
/// the shop cannot deliver.
pub(super) async fn parts(client: &Client, ids: Vec<u64>) -> Result<Parts, PlatformError> {
    let mut parts = Parts::default();
    let mut open = vec![ids];
    while let Some(ids) = open.pop() {
        let wanted = one_of(&ids);
        let query = [("filter[id]", wanted.as_str()), ("sort", "[id_ASC]")];
        match client.list("products", &query, TRIES_OF_A_PART).await {
            Ok(rows) => {
                let rows = rows.into_iter().filter_map(|row| Some((wire::row_id(&row)?, row)));
                // A shop that ignores the question must not double its goods.
                let mut rows: Vec<_> = rows.filter(|(id, _)| ids.contains(id)).collect();
                rows.sort_unstable_by_key(|(id, _)| *id);
                rows.dedup_by_key(|(id, _)| *id);
                let absent = ids.iter().filter(|id| !rows.iter().any(|(found, _)| found == *id));
                parts.absent.extend(absent.filter_map(|id| ProductId::new(&id.to_string()).ok()));
                parts.rows.extend(rows);
            }
            Err(Failure::Here(what)) => match ids.as_slice() {
                [] => {}
                [id] => {
                    tracing::warn!(product = id, what, "the shop cannot deliver a product");
                    parts.undeliverable.extend(ProductId::new(&id.to_string()).ok());
                }
                ids => {
                    let (first, second) = ids.split_at(ids.len() / 2);
                    open.push(second.to_vec());
                    open.push(first.to_vec());
                }
            },
            Err(other) => return Err(other.of_run()),
        }
        if parts.undeliverable.len() > connector::import::MOST_UNDELIVERABLE {
            break;
        }
    }
    Ok(parts)
}
