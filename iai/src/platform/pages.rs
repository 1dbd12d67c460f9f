//! The pages of products, and what is done about one that fails.

use std::collections::HashSet;

use chrono::{DateTime, Days, Utc};
use connector::import::MOST_UNDELIVERABLE;
use connector::{PlatformError, Scope};
use gateway_core::model::ProductId;
use serde_json::{Value, json};

use super::opened::Opened;
use crate::client::{Client, Failure, PAGE, TRIES_OF_A_PART, USUAL_TRIES};
use crate::key::day_of;
use crate::wire;

/// How often a list is looked through once more because goods went while it was read.
const MOST_LOOKS: usize = 3;

/// Elements that tell nothing: a product that cannot be delivered is listed with them all the same.
const ONLY_IDS: [&str; 1] = ["deleted"];

/// How a list of changed products is narrowed. A change of a price is no modification, as far as the documentation tells.
const CHANGED: [&str; 2] = ["modified_and_quantity_changed", "price_changed"];

/// The pages of products in a scope. Pages are asked for by their number, so what goes while they are read moves others to a page that
/// was read already: who reads them all is told which these are.
pub(super) struct Pages {
    elements: &'static [&'static str],
    /// What is left of the lists that make the scope, the last one first. Each is narrowed by this.
    lists: Vec<Value>,
    /// What is left of the products that were asked for by their ids.
    wanted: Option<Vec<u64>>,
    /// How many products there were when the shop was opened, and the id of the newest one, where that tells what goes.
    before: Option<(u64, u64)>,
    page: usize,
    /// Products of this list that have come.
    listed: HashSet<u64>,
    /// Products that came in an earlier list.
    came: HashSet<u64>,
    /// How many there are in this list, as the shop told last.
    total: Option<u64>,
    looks: usize,
    undeliverable: usize,
}

/// A page of products, as far as the shop delivers them.
#[derive(Default)]
pub(super) struct Page {
    pub(super) rows: Vec<(u64, Value)>,
    /// Products at which the shop fails.
    pub(super) undeliverable: Vec<ProductId>,
    /// Products that the shop does not have.
    pub(super) absent: Vec<ProductId>,
}

impl Pages {
    /// Products in a scope with these elements of each.
    pub(super) fn new(
        scope: Scope,
        elements: &'static [&'static str],
        opened: &Opened,
        now: DateTime<Utc>,
    ) -> Self {
        let mut pages = Self {
            elements,
            lists: Vec::new(),
            wanted: None,
            before: None,
            page: 0,
            listed: HashSet::new(),
            came: HashSet::new(),
            total: None,
            looks: 0,
            undeliverable: 0,
        };
        match scope {
            Scope::All => {
                pages.lists.push(json!({}));
                pages.before = opened.before;
                // So that a shop which finds nothing at all any more is not taken for an empty one.
                pages.total = opened.before.map(|(count, _)| count);
            }
            Scope::Since(since) => {
                pages.lists.extend(CHANGED.iter().rev().map(|mode| changed(mode, since, now)));
            }
            Scope::Products(ids) => {
                let mut ids: Vec<u64> = ids.iter().filter_map(number).collect();
                ids.sort_unstable();
                ids.dedup();
                pages.wanted = Some(ids);
            }
        }
        pages
    }

    /// The next page; `None` at the end, which is a request past the last product that finds nothing.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Option<Page>, PlatformError> {
        if self.undeliverable > MOST_UNDELIVERABLE {
            // More than a run bears, so nobody needs the rest, and the shop is spared.
            return Ok(None);
        }
        if let Some(wanted) = &mut self.wanted {
            let ids = wanted.split_off(wanted.len().saturating_sub(PAGE));
            return if ids.is_empty() { Ok(None) } else { self.parts(client, ids).await.map(Some) };
        }
        while let Some(narrowed) = self.lists.last().cloned() {
            let page = match self.list(client, &narrowed, self.elements).await {
                Ok(Some(rows)) => Some(Page { rows, ..Page::default() }),
                Ok(None) => None,
                Err(Failure::Here(what)) => {
                    tracing::warn!(what, "a page of products fails; asking for its parts");
                    match self.list(client, &narrowed, &ONLY_IDS).await.map_err(Failure::of_run)? {
                        Some(listed) => Some(self.listed_parts(client, listed).await?),
                        None => None,
                    }
                }
                Err(other) => return Err(other.of_run()),
            };
            self.page += 1;
            let page = match page {
                Some(page) => Some(page),
                None => self.moved(client).await?,
            };
            if page.is_some() {
                return Ok(page);
            }
            self.lists.pop();
            self.came.extend(self.listed.drain());
            (self.page, self.total) = (0, None);
        }
        Ok(None)
    }

    /// The rows of this page that have not come yet; `None` at the end, when as many have come as the shop told.
    async fn list(
        &mut self,
        client: &Client,
        narrowed: &Value,
        elements: &[&str],
    ) -> Result<Option<Vec<(u64, Value)>>, Failure> {
        let found = client.search(&question(elements, narrowed, self.page), USUAL_TRIES).await?;
        let failed = |what| Failure::Shop(PlatformError::Failed { what });
        self.total = found.all.id().or(self.total);
        if found.results.is_empty() {
            let listed = self.listed.len() as u64;
            let is_end = |total: Option<u64>| total.is_none_or(|total| total <= listed);
            if !is_end(self.total) {
                // What went since the page before has emptied this one: then there are no more than have come.
                let again = client.search(&question(&ONLY_IDS, narrowed, 0), USUAL_TRIES).await?;
                self.total = again.all.id().or(self.total);
            }
            return match self.total {
                Some(total) if !is_end(self.total) => Err(failed(format!(
                    "the shop's list of products ended after {listed} of {total} products"
                ))),
                _ => Ok(None),
            };
        }
        let rows = with_ids(found.results)?;
        // Which were listed is known when the page is there: one that is asked for once more, by parts, must list them again.
        let fresh: Vec<(u64, Value)> = rows.into_iter().filter(|(id, _)| self.listed.insert(*id)).collect();
        if fresh.is_empty() {
            // A shop that answers every page with the first one would be read for ever.
            return Err(failed(format!(
                "the shop's list of products repeats: page {} holds none that had not come before",
                self.page
            )));
        }
        Ok(Some(fresh.into_iter().filter(|(id, _)| !is_template(*id) && !self.came.contains(id)).collect()))
    }

    /// At the end of a list of everything: products that were moved to a page which had been read already.
    async fn moved(&mut self, client: &Client) -> Result<Option<Page>, PlatformError> {
        let Some((count, newest)) = self.before else { return Ok(None) };
        let new = self.listed.iter().filter(|id| **id > newest).count() as u64;
        let there = self.total.unwrap_or_default();
        if self.looks >= MOST_LOOKS || count.saturating_add(new) <= there {
            return Ok(None);
        }
        self.looks += 1;
        tracing::info!(
            count,
            new,
            there,
            "products went while they were listed; looking once more for those that moved"
        );
        let (mut missing, mut page) = (Vec::new(), 0);
        let mut there = None;
        loop {
            let found = client.search(&question(&ONLY_IDS, &json!({}), page), USUAL_TRIES).await;
            let found = found.map_err(Failure::of_run)?;
            if found.results.is_empty() {
                break;
            }
            there = found.all.id().or(there);
            let ids = with_ids(found.results).map_err(Failure::of_run)?;
            let fresh: Vec<u64> =
                ids.into_iter().map(|(id, _)| id).filter(|id| self.listed.insert(*id)).collect();
            missing.extend(fresh.into_iter().filter(|id| !is_template(*id)));
            page += 1;
            if page > self.listed.len() / PAGE + 1 {
                let what = "the shop's list of products goes on behind its end".to_owned();
                return Err(PlatformError::Failed { what });
            }
        }
        self.total = there.or(self.total);
        // From here on it is known what there was.
        let newest = self.listed.iter().copied().max().unwrap_or(newest);
        self.before = self.total.map(|count| (count, newest));
        let mut all = Page::default();
        for ids in missing.chunks(PAGE) {
            let mut page = self.parts(client, ids.to_vec()).await?;
            all.rows.append(&mut page.rows);
            all.undeliverable.append(&mut page.undeliverable);
        }
        let is_empty = all.rows.is_empty() && all.undeliverable.is_empty();
        Ok((!is_empty).then_some(all))
    }

    /// Products that the shop listed a moment ago, so that none of them is gone.
    async fn listed_parts(
        &mut self,
        client: &Client,
        listed: Vec<(u64, Value)>,
    ) -> Result<Page, PlatformError> {
        let mut page = self.parts(client, listed.into_iter().map(|(id, _)| id).collect()).await?;
        self.undeliverable += page.absent.len();
        page.undeliverable.append(&mut page.absent);
        Ok(page)
    }

    /// Asks for products by their ids; for those of an answer that fails for good, in halves, down to the single ones that the shop
    /// cannot deliver.
    async fn parts(&mut self, client: &Client, ids: Vec<u64>) -> Result<Page, PlatformError> {
        let mut page = Page::default();
        let mut open = vec![ids];
        while let Some(ids) = open.pop().filter(|_| self.undeliverable <= MOST_UNDELIVERABLE) {
            if ids.is_empty() {
                continue;
            }
            match named(client, &ids, self.elements, TRIES_OF_A_PART).await {
                Ok(rows) => {
                    let absent = ids.iter().filter(|id| !rows.iter().any(|(found, _)| found == *id));
                    page.absent.extend(absent.filter_map(|id| product(*id)));
                    page.rows.extend(rows);
                }
                Err(Failure::Here(what)) => match ids.split_at(ids.len() / 2) {
                    ([], _) => {
                        tracing::warn!(?ids, what, "the shop cannot deliver a product");
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

/// Products by their ids, at most a page of them, in their order.
pub(super) async fn named(
    client: &Client,
    ids: &[u64],
    elements: &[&str],
    tries: usize,
) -> Result<Vec<(u64, Value)>, Failure> {
    // A list of numbers by any other name is ignored in silence, and everything is answered.
    let wanted: Vec<Value> = ids.iter().map(|id| json!({ "productId": id })).collect();
    let found = client.search(&question(elements, &json!({ "productParams": wanted }), 0), tries).await?;
    let mut rows = with_ids(found.results)?;
    // A shop that ignores the question must not double its goods.
    rows.retain(|(id, _)| ids.contains(id));
    rows.sort_by_key(|(id, _)| *id);
    rows.dedup_by_key(|(id, _)| *id);
    Ok(rows)
}

/// A row whose id cannot be read spoils them all: nobody could say which product was not read.
fn with_ids(rows: Vec<Value>) -> Result<Vec<(u64, Value)>, Failure> {
    let with_id = |row: Value| match wire::row_id(&row) {
        Some(id) => Ok((id, row)),
        None => Err(Failure::Here("a product of the shop has no id".to_owned())),
    };
    rows.into_iter().map(with_id).collect()
}

/// The template of new products is none of the goods. A shop that lists it all the same counts it too.
fn is_template(id: u64) -> bool {
    id == 0
}

/// A page of a search.
pub(super) fn question(elements: &[&str], narrowed: &Value, page: usize) -> Value {
    let mut question = json!({
        "returnProducts": "active",
        "returnElements": elements,
        "skipDefaultProduct": "y",
        // What is new comes last, so that it moves nothing.
        "ordersBy": [{ "elementName": "id", "sortDirection": "ASC" }],
        "resultsPage": page,
        "resultsLimit": PAGE,
        // Otherwise what is reserved in a stock that is empty would not be told.
        "returnEmptyStocksWithReservation": true,
        "alwaysReturnProductShopSizesAttributes": true,
    });
    if let (Some(question), Some(narrowed)) = (question.as_object_mut(), narrowed.as_object()) {
        question.extend(narrowed.clone());
    }
    question
}

/// Products that were changed since a moment. The shop tells that by the day, by its own clock: a day more is asked for at both ends.
fn changed(mode: &str, since: DateTime<Utc>, now: DateTime<Utc>) -> Value {
    let first = day_of(since);
    let first = first.checked_sub_days(Days::new(1)).unwrap_or(first);
    let last = day_of(now);
    let last = last.checked_add_days(Days::new(1)).unwrap_or(last);
    json!({ "productDate": {
        "productDateMode": mode,
        "productDateBegin": first.to_string(),
        "productDateEnd": last.to_string(),
    } })
}

/// A product's id as the shop has them; no other is one of its products.
pub(super) fn number(id: &ProductId) -> Option<u64> {
    let number: u64 = id.as_str().parse().ok()?;
    (number > 0 && number.to_string() == id.as_str()).then_some(number)
}

/// The number as an id, which every number is.
pub(super) fn product(number: u64) -> Option<ProductId> {
    ProductId::new(&number.to_string()).ok()
}
