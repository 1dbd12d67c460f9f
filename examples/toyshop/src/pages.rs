//! The pages of the list of products, and what is done about one that fails.

use chrono::SecondsFormat;
use connector::import::MOST_UNDELIVERABLE;
use connector::{PlatformError, Scope};
use gateway_core::model::ProductId;
use serde_json::Value;

use crate::client::{Client, Failure, Rows, USUAL_TRIES};

/// Products in one page: as many as the service gives at once.
pub(crate) const PAGE: usize = 50;

/// Tries of a request that is made because a larger one has failed for good.
const TRIES_OF_A_PART: usize = 2;

/// The pages of products in a scope.
pub(crate) struct Pages {
    /// The last id so far.
    after: u64,
    since: Option<String>,
    /// What is left of the products that were asked for by their ids.
    wanted: Option<Vec<ProductId>>,
    /// How many products were listed so far.
    listed: u64,
    /// How many there are, as the shop says: the least number, because goods may go while we read.
    total: Option<u64>,
    undeliverable: usize,
}

/// A page of products, as far as the shop delivers them.
#[derive(Default)]
pub(crate) struct Page {
    pub(crate) rows: Vec<(u64, Value)>,
    /// Products at which the shop fails.
    pub(crate) undeliverable: Vec<ProductId>,
    /// Products that the shop does not have.
    pub(crate) absent: Vec<ProductId>,
}

impl Pages {
    pub(crate) fn new(scope: Scope) -> Self {
        let (since, wanted) = match scope {
            Scope::All => (None, None),
            // Whole seconds are not later than the moment, so nothing is missed.
            Scope::Since(since) => (Some(since.to_rfc3339_opts(SecondsFormat::Secs, true)), None),
            Scope::Products(mut ids) => {
                ids.sort();
                ids.dedup();
                (None, Some(ids))
            }
        };
        Self { after: 0, since, wanted, listed: 0, total: None, undeliverable: 0 }
    }

    /// The next page; `None` at the end, which is a request past the last product that answers empty.
    pub(crate) async fn next(&mut self, client: &Client) -> Result<Option<Page>, PlatformError> {
        if self.undeliverable > MOST_UNDELIVERABLE {
            // More than a run bears, so nobody needs the rest, and the shop is spared.
            return Ok(None);
        }
        if let Some(wanted) = &mut self.wanted {
            let ids = wanted.split_off(wanted.len().saturating_sub(PAGE));
            return if ids.is_empty() { Ok(None) } else { self.named(client, ids).await.map(Some) };
        }
        let page = match self.list(client, &[]).await {
            Ok(rows) => Page { rows, ..Page::default() },
            Err(Failure::Here(what)) => {
                tracing::warn!(what, "a page of products fails; asking for its parts");
                let ids = self.list(client, &[("fields", "id")]).await.map_err(Failure::of_run)?;
                let mut page = self.parts(client, ids.into_iter().map(|(id, _)| id).collect()).await?;
                // The shop listed them a moment ago, so they are not gone.
                self.undeliverable += page.absent.len();
                page.undeliverable.append(&mut page.absent);
                page
            }
            Err(other) => return Err(other.of_run()),
        };
        let is_end = page.rows.is_empty() && page.undeliverable.is_empty();
        Ok((!is_end).then_some(page))
    }

    /// The rows behind the last id, which must grow, and at the end be as many as the shop says.
    async fn list(&mut self, client: &Client, more: &[(&str, &str)]) -> Result<Vec<(u64, Value)>, Failure> {
        let (after, limit) = (self.after.to_string(), PAGE.to_string());
        let mut query = vec![("after", after.as_str()), ("limit", &limit)];
        query.extend(self.since.as_deref().map(|since| ("changed_since", since)));
        query.extend_from_slice(more);
        let Rows { rows, total } = client.products(&query, USUAL_TRIES).await?;
        let failed = |what| Failure::Shop(PlatformError::Failed { what });
        let mut after = self.after;
        for (id, _) in &rows {
            if *id <= after {
                // A shop that ignores `after` would be read for ever.
                return Err(failed(format!(
                    "the shop's list of products repeats: after id {after} comes {id}"
                )));
            }
            after = *id;
        }
        self.after = after;
        self.listed += rows.len() as u64;
        self.total = [self.total, total].into_iter().flatten().min();
        match self.total {
            Some(total) if rows.is_empty() && self.listed < total => Err(failed(format!(
                "the shop's list of products ended after {} of {total} products",
                self.listed
            ))),
            _ => Ok(rows),
        }
    }

    /// Products that were named. What is no id of this shop's is none of its products.
    async fn named(&mut self, client: &Client, ids: Vec<ProductId>) -> Result<Page, PlatformError> {
        let number = |id: &ProductId| {
            let number: u64 = id.as_str().parse().ok()?;
            (number.to_string() == id.as_str()).then_some(number)
        };
        let mut numbers: Vec<u64> = ids.iter().filter_map(number).collect();
        numbers.sort_unstable();
        let mut page = self.parts(client, numbers).await?;
        page.absent.extend(ids.into_iter().filter(|id| number(id).is_none()));
        Ok(page)
    }

    /// Asks for products by their ids; for those of an answer that fails for good, in halves, down to the single ones that
    /// the shop cannot deliver.
    async fn parts(&mut self, client: &Client, ids: Vec<u64>) -> Result<Page, PlatformError> {
        let mut page = Page::default();
        let mut open = vec![ids];
        while let Some(ids) = open.pop().filter(|_| self.undeliverable <= MOST_UNDELIVERABLE) {
            if ids.is_empty() {
                continue;
            }
            let list = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
            match client.products(&[("ids", &list)], TRIES_OF_A_PART).await {
                Ok(Rows { mut rows, .. }) => {
                    // A shop that ignores the question must not double its goods.
                    rows.retain(|(id, _)| ids.contains(id));
                    rows.sort_by_key(|(id, _)| *id);
                    rows.dedup_by_key(|(id, _)| *id);
                    let absent = ids.iter().filter(|id| !rows.iter().any(|(found, _)| found == *id));
                    page.absent.extend(absent.filter_map(|id| product(*id)));
                    page.rows.extend(rows);
                }
                Err(Failure::Here(what)) => match ids.split_at(ids.len() / 2) {
                    ([], _) => {
                        tracing::warn!(product = list, what, "the shop cannot deliver a product");
                        page.undeliverable.extend(ids.iter().filter_map(|id| product(*id)));
                        self.undeliverable += 1;
                    }
                    (first, second) => open.extend([second.to_vec(), first.to_vec()]),
                },
                Err(other) => return Err(other.of_run()),
            }
        }
        Ok(page)
    }
}

/// The number as an id, which every number is.
pub(crate) fn product(number: u64) -> Option<ProductId> {
    ProductId::new(&number.to_string()).ok()
}
