//! Listing a shop's products, newest first.

use std::collections::HashSet;

use futures::{Stream, TryStreamExt as _, stream};
use serde::Serialize;
use serde_json::{Value, json};
use transport::{Method, Outcome, Safety};

use super::client::json as json_of;
use super::{Error, ErrorKind, Gateway, Guid, ListedProduct, read};
use crate::assumptions;

const CALL: &str = "list products";

/// Which products a listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Those that are not archived.
    Live,
    /// All, to rebuild links.
    All,
}

impl Gateway {
    /// Lists the shop's products, newest first, to the last one however many there are. Each comes once.
    ///
    /// It reads an index behind the writes: what it shows exists; what it does not show is absent only when the last
    /// attempt to create it is older than [`assumptions::SETTLE`].
    pub fn list(&self, which: Listing) -> impl Stream<Item = Result<ListedProduct, Error>> + Send + use<> {
        self.list_from(Paging::Start, which)
    }

    /// Lists, as [`Gateway::list`] does, all products that were created when this one was, or before it; it is among them.
    pub fn list_up_to(
        &self,
        product: &ListedProduct,
    ) -> impl Stream<Item = Result<ListedProduct, Error>> + Send + use<> {
        let start = match &product.created_as_sent {
            Some(created) if assumptions::SEARCH_AFTER_WORKS => {
                Paging::After { created: created.clone(), guid: Guid::NIL }
            }
            _ => Paging::Start,
        };
        self.list_from(start, Listing::All)
    }

    fn list_from(
        &self,
        start: Paging,
        which: Listing,
    ) -> impl Stream<Item = Result<ListedProduct, Error>> + Send + use<> {
        let gateway = self.clone();
        let start = Some(Position { paging: start, read: 0, seen: HashSet::new() });
        stream::try_unfold(start, move |position| {
            let gateway = gateway.clone();
            async move {
                match position {
                    Some(position) => gateway.next_page(position).await,
                    None => Ok(None),
                }
            }
        })
        .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
        .try_flatten()
        .try_filter(move |product| std::future::ready(which == Listing::All || !product.archived))
    }

    /// The newest products, archived ones too: one page. What a broken call may have created is among them.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn newest(&self) -> Result<Vec<ListedProduct>, Error> {
        self.page(&Paging::Start).await
    }

    /// Products by their guids, as the index shows them now, archived ones too; the order is not told. What is not there
    /// is not in the answer.
    ///
    /// # Errors
    /// When the service does not answer, or has not found too many already, see [`assumptions::A_QUERY_FINDS_GUIDS`].
    pub async fn find(&self, guids: &[Guid]) -> Result<Vec<ListedProduct>, Error> {
        let mut found = match self.search_for(guids).await {
            Err(error) if error.is_refusal() => {
                tracing::warn!(%error, "the Gateway does not look products up by guid; the whole listing is read");
                Vec::new()
            }
            other => other?,
        };
        let is_found = |guid: &Guid| found.iter().any(|product| product.guid == *guid);
        let mut missing: HashSet<Guid> = guids.iter().copied().filter(|guid| !is_found(guid)).collect();
        if missing.is_empty() || self.searches_find() {
            return Ok(found);
        }
        if self.count_search_of_all() > assumptions::MOST_SEARCHES_OF_ALL {
            let why = format!(
                "{} products are not found by their guids, and the whole listing was searched {} times already",
                missing.len(),
                assumptions::MOST_SEARCHES_OF_ALL
            );
            return Err(Error::new(CALL, ErrorKind::Listing(why), Outcome::NotDone));
        }
        let mut listing = std::pin::pin!(self.list(Listing::All));
        while !missing.is_empty() {
            let Some(product) = listing.try_next().await? else { break };
            if missing.remove(&product.guid) {
                found.push(product);
            }
        }
        Ok(found)
    }

    /// As [`Gateway::find`], but without looking further for what the first answer does not hold.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn search_for(&self, guids: &[Guid]) -> Result<Vec<ListedProduct>, Error> {
        let mut found: Vec<ListedProduct> = Vec::with_capacity(guids.len());
        if !assumptions::A_QUERY_FINDS_GUIDS {
            return Ok(found);
        }
        for guids in guids.chunks(assumptions::LIST_PAGE) {
            let page = self.page(&Paging::These(guids.to_vec())).await?;
            // A service that ignores the question must not answer another one.
            found.extend(page.into_iter().filter(|product| guids.contains(&product.guid)));
        }
        if !found.is_empty() {
            self.search_has_found();
        }
        Ok(found)
    }

    async fn next_page(
        &self,
        mut position: Position,
    ) -> Result<Option<(Vec<ListedProduct>, Option<Position>)>, Error> {
        let page = match self.page(&position.paging).await {
            Err(error) if error.is_refusal() && matches!(position.paging, Paging::After { .. }) => {
                tracing::warn!(%error, "the Gateway refuses search_after; listing goes on by position");
                position.paging = Paging::From(position.read);
                self.page(&position.paging).await?
            }
            other => other?,
        };
        let Some(last) = page.last() else { return Ok(None) };
        position.read += page.len();
        let next = match (&position.paging, &last.created_as_sent) {
            (Paging::From(_), _) | (_, None) => Paging::From(position.read),
            _ if !assumptions::SEARCH_AFTER_WORKS => Paging::From(position.read),
            (_, Some(created)) => Paging::After { created: created.clone(), guid: last.guid },
        };
        if matches!(next, Paging::From(from) if from >= assumptions::LAST_FROM) {
            let why = format!("it does not go on after {} products", position.read);
            return Err(Error::new(CALL, ErrorKind::Listing(why), Outcome::NotDone));
        }
        // While goods are being created, positions shift and a product can come a second time. A page of nothing but
        // those that have been seen says that the listing does not go on, and must not be asked for for ever.
        let fresh: Vec<ListedProduct> =
            page.into_iter().filter(|product| position.seen.insert(product.guid)).collect();
        if fresh.is_empty() {
            let why = "a page repeats".to_owned();
            return Err(Error::new(CALL, ErrorKind::Listing(why), Outcome::NotDone));
        }
        position.paging = next;
        Ok(Some((fresh, Some(position))))
    }

    async fn page(&self, paging: &Paging) -> Result<Vec<ListedProduct>, Error> {
        self.search(paging).await.map_err(Error::of_a_read)
    }

    async fn search(&self, paging: &Paging) -> Result<Vec<ListedProduct>, Error> {
        let url = self.url(&["dashboard", "webshop_products", "_query"]);
        let body = query(&self.shop().to_string(), paging);
        let answer = self.call_with(CALL, Method::POST, url, Safety::Safe, &body).await?;
        let body = json_of(CALL, &answer)?;
        if body.get("products").is_none_or(|products| !products.is_array()) {
            return Err(Error::malformed(CALL, "it holds no list of products"));
        }
        read::list(&body, "products")
            .iter()
            .map(|product| {
                ListedProduct::read(product).ok_or_else(|| Error::malformed(CALL, "a product has no guid"))
            })
            .collect()
    }
}

/// How far a listing has come.
struct Position {
    paging: Paging,
    read: usize,
    /// 16 bytes for each product.
    seen: HashSet<Guid>,
}

enum Paging {
    Start,
    /// Behind this product in the order of the listing: goes on however long the list is, and misses nothing when
    /// something before it comes or goes.
    After {
        created: Value,
        guid: Guid,
    },
    From(usize),
    /// These alone, all in one page.
    These(Vec<Guid>),
}

/// The search as the earlier connectors wrote it, but for archived goods: see [`assumptions::is_archived`].
fn query(shop: &str, paging: &Paging) -> Value {
    #[derive(Serialize)]
    struct Dsl<'a> {
        size: usize,
        sort: Value,
        query: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        search_after: Option<(&'a Value, Guid)>,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<usize>,
    }
    let mut must = vec![json!({ "match": { "owner_guid": shop } })];
    let (search_after, from) = match paging {
        Paging::Start => (None, None),
        Paging::After { created, guid } => (Some((created, *guid)), None),
        Paging::From(from) => (None, Some(*from)),
        Paging::These(guids) => {
            must.push(json!({ "terms": { "guid": guids } }));
            (None, None)
        }
    };
    let query = json!({ "bool": { "must": must } });
    // The last page by position is cut so that it ends where such paging ends.
    let size = assumptions::LIST_PAGE.min(assumptions::LAST_FROM.saturating_sub(from.unwrap_or(0)));
    let sort = json!([{ "timestamps.created": "desc" }, { "guid": "asc" }]);
    json!({ "dsl": Dsl { size, sort, query, search_after, from } })
}
