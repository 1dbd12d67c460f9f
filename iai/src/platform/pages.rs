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
/// was read already, and what comes moves others to the next one. Where that may have been so, the list is looked through once more
/// for its ids alone.
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
    /// Whether it has told the same number with every page.
    is_steady: bool,
    /// Whether nobody can say that all of a list came.
    is_unsure: bool,
    undeliverable: usize,
}

/// What a look through a list for its ids has found.
struct Look {
    ids: HashSet<u64>,
    /// How many there are, as the shop told last.
    total: Option<u64>,
    /// Whether as many came as the shop told with every page.
    is_whole: bool,
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
            is_steady: true,
            is_unsure: false,
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
            if page.is_some() {
                return Ok(page);
            }
            let moved = if self.may_lack_some() { self.moved(client, &narrowed).await? } else { None };
            self.lists.pop();
            self.came.extend(self.listed.drain());
            (self.page, self.total, self.is_steady) = (0, None, true);
            if moved.is_some() {
                return Ok(moved);
            }
        }
        Ok(None)
    }

    /// Whether something may be there that did not come, although the shop delivers all it is asked for.
    pub(super) fn is_unsure(&self) -> bool {
        self.is_unsure
    }

    /// The rows of this page that have not come yet; `None` behind the last page.
    async fn list(
        &mut self,
        client: &Client,
        narrowed: &Value,
        elements: &[&str],
    ) -> Result<Option<Vec<(u64, Value)>>, Failure> {
        let found = client.search(&question(elements, narrowed, self.page), USUAL_TRIES).await?;
        if let Some(told) = found.all.id() {
            self.is_steady &= self.total.is_none_or(|total| total == told);
            self.total = Some(told);
        }
        if found.results.is_empty() {
            return Ok(None);
        }
        let rows = with_ids(found.results)?;
        // Which were listed is known when the page is there: one that is asked for once more, by parts, must list them again.
        let fresh: Vec<(u64, Value)> = rows.into_iter().filter(|(id, _)| self.listed.insert(*id)).collect();
        if fresh.is_empty() && (self.is_steady || is_past(self.page, self.total)) {
            // Nothing came that could have moved others here: a shop that answers every page with the first one would be read for ever.
            return Err(Failure::Shop(repeats(self.page)));
        }
        Ok(Some(fresh.into_iter().filter(|(id, _)| !is_template(*id) && !self.came.contains(id)).collect()))
    }

    /// Whether, at the end of a list, others may be there than those that came.
    fn may_lack_some(&mut self) -> bool {
        let listed = self.listed.len() as u64;
        let Some(total) = self.total else {
            // What ended may have been cut off, where the shop does not tell how many there are.
            self.is_unsure |= listed > 0;
            return false;
        };
        let some_went = match self.before {
            Some((count, newest)) => {
                let new = self.listed.iter().filter(|id| **id > newest).count() as u64;
                count.saturating_add(new) != total
            }
            None => !self.is_steady,
        };
        listed != total || some_went
    }

    /// Products that were moved to a page which had been read already.
    async fn moved(&mut self, client: &Client, narrowed: &Value) -> Result<Option<Page>, PlatformError> {
        let mut all = Page::default();
        let mut last = None;
        for _ in 0..MOST_LOOKS {
            tracing::info!(
                "goods came or went while they were listed; looking once more for those that moved"
            );
            let look = look(client, narrowed).await?;
            let mut missing: Vec<u64> =
                look.ids.iter().copied().filter(|id| self.listed.insert(*id)).collect();
            missing.retain(|id| !is_template(*id) && !self.came.contains(id));
            missing.sort_unstable();
            for ids in missing.chunks(PAGE) {
                let mut page = self.parts(client, ids.to_vec()).await?;
                all.rows.append(&mut page.rows);
                // The shop listed them a moment ago, so they are not gone.
                self.undeliverable += page.absent.len();
                all.undeliverable.extend(page.undeliverable.into_iter().chain(page.absent));
            }
            let is_whole = look.is_whole;
            last = Some(look);
            if is_whole {
                break;
            }
        }
        if let Some(Look { ids, total, is_whole: false }) = last {
            let total = total.or(self.total).unwrap_or_default();
            if (ids.len() as u64) < total {
                let what =
                    format!("the shop's list of products ended after {} of {total} products", ids.len());
                return Err(PlatformError::Failed { what });
            }
            self.is_unsure = true;
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

/// Looks through a list for its ids alone.
async fn look(client: &Client, narrowed: &Value) -> Result<Look, PlatformError> {
    let mut look = Look { ids: HashSet::new(), total: None, is_whole: true };
    for page in 0.. {
        let found = client.search(&question(&ONLY_IDS, narrowed, page), USUAL_TRIES).await;
        let found = found.map_err(Failure::of_run)?;
        if let Some(told) = found.all.id() {
            look.is_whole &= look.total.is_none_or(|total| total == told);
            look.total = Some(told);
        }
        if found.results.is_empty() {
            break;
        }
        if is_past(page, look.total) {
            return Err(repeats(page));
        }
        look.ids.extend(with_ids(found.results).map_err(Failure::of_run)?.into_iter().map(|(id, _)| id));
    }
    look.is_whole &= look.total == Some(look.ids.len() as u64);
    Ok(look)
}

/// Whether nothing can be on a page any more, by how many there are.
fn is_past(page: usize, total: Option<u64>) -> bool {
    total.is_none_or(|total| (page.saturating_mul(PAGE)) as u64 >= total.max(1))
}

fn repeats(page: usize) -> PlatformError {
    let what =
        format!("the shop's list of products repeats: page {page} holds none that had not come before");
    PlatformError::Failed { what }
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
