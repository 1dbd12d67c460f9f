//! Writing products: create, update, set stock and flags, archive, take out of the shop.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use transport::{Answer, Method, Outcome, Safety, StatusCode};

use super::client::json;
use super::{
    Error, ErrorKind, Gateway, Guid, ListedProduct, NewItem, ProductFields, ShopItem, SourceMark, read,
};
use crate::assumptions;

impl Gateway {
    /// Creates the variants of one product and puts them into the web shop, in as few calls as the service takes. The
    /// results are in the order of `items`.
    ///
    /// A create call is never repeated unless it is certain that it was not done: done twice, it makes two products. A
    /// result with [`Outcome::Unknown`] is to be looked up by its external id.
    pub async fn create(&self, items: &[NewItem]) -> Vec<Result<Guid, Error>> {
        let prepared =
            items.iter().map(|item| Prepared::new(item, None, item.product.data.source())).collect();
        self.post_items("create products", Safety::Once, prepared).await
    }

    /// Sets the stock level and the flags of products that exist. The results are in the order of `items`.
    pub async fn set_items(&self, items: &[ShopItem]) -> Vec<Result<Guid, Error>> {
        let prepared = items.iter().map(|item| Prepared::new(item, Some(item.guid), None)).collect();
        self.post_items("set stock levels", assumptions::SETTING_AN_ITEM, prepared).await
    }

    /// Archives a product: takes it out of the shop, its stock level and `for_sale` left as they were read.
    ///
    /// # Errors
    /// When the service does not do it.
    pub async fn archive(&self, product: &ListedProduct) -> Result<(), Error> {
        let item = ShopItem { archived: true, ..product.shop_item() };
        let prepared = vec![Prepared::new(&item, Some(item.guid), None)];
        let results = self.post_items("archive a product", assumptions::SETTING_AN_ITEM, prepared).await;
        results.into_iter().try_for_each(|result| result.map(drop))
    }

    /// Replaces what a product is by `fields`. To change some of it, begin with [`ListedProduct::to_fields`].
    ///
    /// # Errors
    /// When the service does not do it.
    pub async fn update(&self, guid: Guid, fields: &ProductFields) -> Result<(), Error> {
        let url = self.url(&["organizations", &self.shop().to_string(), "products", &guid.to_string(), ""]);
        self.call_with("update a product", Method::PUT, url, Safety::Idempotent, fields).await?;
        Ok(())
    }

    /// Takes a product out of the web shop, as the earlier connectors did it.
    ///
    /// # Errors
    /// When the service does not do it. One that is not there any more is no error: that is what was wanted.
    pub async fn remove_from_shop(&self, guid: Guid) -> Result<(), Error> {
        let (shop, guid) = (self.shop().to_string(), guid.to_string());
        let url = self.url(&["dashboard", "webshops", &shop, "products", &guid, ""]);
        gone(self.call("take a product out of the shop", Method::DELETE, url).await)
    }

    /// Deletes a product of the shop's organisation for good.
    ///
    /// # Errors
    /// When the service does not do it. One that is not there any more is no error: that is what was wanted.
    pub async fn delete(&self, guid: Guid) -> Result<(), Error> {
        let url = self.url(&["organizations", &self.shop().to_string(), "products", &guid.to_string(), ""]);
        gone(self.call("delete a product", Method::DELETE, url).await)
    }

    /// The results are in the order of `prepared`. What may be done twice is sent again, alone, when its list was
    /// answered without it.
    async fn post_items(
        &self,
        call: &'static str,
        safety: Safety,
        prepared: Vec<Result<Prepared, Error>>,
    ) -> Vec<Result<Guid, Error>> {
        const TRIES: usize = 3;
        let mut results = Vec::with_capacity(prepared.len());
        let mut items = Vec::with_capacity(prepared.len());
        for (place, item) in prepared.into_iter().enumerate() {
            match item {
                Ok(item) => items.push((place, item)),
                Err(error) => results.push((place, Err(error))),
            }
        }
        for batch in batches(items) {
            let (places, batch): (Vec<usize>, Vec<Prepared>) = batch.into_iter().unzip();
            let mut own = self.post_batch(call, safety, &batch).await;
            for (item, result) in batch.iter().zip(&mut own) {
                let mut tries = 1;
                while safety != Safety::Once && tries < TRIES && is_unanswered(result) {
                    tries += 1;
                    let again = self.post_list(call, safety, std::slice::from_ref(item)).await;
                    *result = again.and_then(|mut results| results.pop().unwrap_or_else(|| Err(lost(call))));
                }
            }
            results.extend(places.into_iter().zip(own));
        }
        results.sort_by_key(|(place, _)| *place);
        results.into_iter().map(|(_, result)| result).collect()
    }

    async fn post_batch(
        &self,
        call: &'static str,
        safety: Safety,
        items: &[Prepared],
    ) -> Vec<Result<Guid, Error>> {
        match self.post_list(call, safety, items).await {
            Ok(results) => results,
            // One refused item refuses its list: sent singly, only that one is refused.
            Err(error) if items.len() > 1 && may_be_one_item(&error) => {
                let mut results = Vec::with_capacity(items.len());
                for item in items {
                    let single = self.post_list(call, safety, std::slice::from_ref(item)).await;
                    results.extend(single.unwrap_or_else(|error| vec![Err(error)]));
                }
                results
            }
            Err(error) => vec![Err(error); items.len()],
        }
    }

    async fn post_list(
        &self,
        call: &'static str,
        safety: Safety,
        items: &[Prepared],
    ) -> Result<Vec<Result<Guid, Error>>, Error> {
        #[derive(Serialize)]
        struct List<'a> {
            products: Vec<&'a RawValue>,
        }
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let url = self.url(&["dashboard", "webshops", &self.shop().to_string(), "products"]);
        let list = List { products: items.iter().map(|item| &*item.json).collect() };
        let answer = self.call_with(call, Method::POST, url, safety, &list).await?;
        let body = json(call, &answer);
        let has_list = body.as_ref().is_ok_and(|body| body.get("products").is_some_and(Value::is_array));
        if assumptions::SETTING_NEEDS_NO_LIST && !has_list {
            let guids: Option<Vec<Guid>> = items.iter().map(|item| item.guid).collect();
            if let Some(guids) = guids {
                return Ok(guids.into_iter().map(Ok).collect());
            }
        }
        Ok(match body {
            Ok(body) => match_answers(call, items, &body),
            Err(error) => vec![Err(error); items.len()],
        })
    }
}

impl ListedProduct {
    /// Its place in the web shop as it was read, to be sent back with a change.
    #[must_use]
    pub fn shop_item(&self) -> ShopItem {
        ShopItem {
            guid: self.guid,
            archived: self.archived,
            for_sale: self.for_sale.unwrap_or(assumptions::FOR_SALE_WHEN_UNTOLD),
            stock_level: self.stock_level.unwrap_or(assumptions::STOCK_LEVEL_WHEN_UNTOLD.into()),
        }
    }
}

/// A deletion whose first try was done but not told answers 404 to the second.
pub(super) fn gone(result: Result<Answer, Error>) -> Result<(), Error> {
    match result {
        Err(error)
            if assumptions::DELETED_IS_DELETED && matches!(error.kind(), ErrorKind::Missing { .. }) =>
        {
            Ok(())
        }
        other => other.map(drop),
    }
}

/// An item as it goes into a list.
struct Prepared {
    json: Box<RawValue>,
    /// The product, when it exists already.
    guid: Option<Guid>,
    /// Whose it is, by which an answer can be told apart from others.
    source: Option<SourceMark>,
}

impl Prepared {
    fn new<T: Serialize>(item: &T, guid: Option<Guid>, source: Option<SourceMark>) -> Result<Self, Error> {
        let json = serde_json::value::to_raw_value(item).map_err(|error| {
            let kind = ErrorKind::Malformed(format!("an item cannot be written as JSON: {error}"));
            Error::new("prepare a product", kind, Outcome::NotDone)
        })?;
        Ok(Self { json, guid, source })
    }
}

/// Parts items into lists that one call carries. An item too large for any call is sent alone, so that the service may
/// judge it.
fn batches(items: Vec<(usize, Prepared)>) -> Vec<Vec<(usize, Prepared)>> {
    let mut batches: Vec<Vec<(usize, Prepared)>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        // With the comma, or the list's brackets.
        let own = item.1.json.get().len() + 16;
        match batches.last_mut() {
            Some(batch)
                if batch.len() < assumptions::MOST_ITEMS_IN_A_CALL
                    && bytes + own <= assumptions::MOST_BYTES_IN_A_CALL =>
            {
                bytes += own;
                batch.push(item);
            }
            _ => {
                bytes = own;
                batches.push(vec![item]);
            }
        }
    }
    batches
}

fn is_unanswered(result: &Result<Guid, Error>) -> bool {
    result.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::Unanswered { .. }))
}

fn lost(call: &'static str) -> Error {
    Error::new(call, ErrorKind::Unanswered { answered: 0, sent: 1 }, Outcome::Unknown)
}

/// Whether a list may have been refused for the sake of one item, as when one of its products is there no more, or a guard
/// in front of the service does not like its text (403). A token that is not known (401) has nothing to do with items.
fn may_be_one_item(error: &Error) -> bool {
    let of_item = match error.kind() {
        ErrorKind::Missing { .. } => true,
        ErrorKind::Unauthorized { status, .. } => *status == StatusCode::FORBIDDEN,
        _ => error.is_refusal(),
    };
    assumptions::A_REFUSED_LIST_DID_NOTHING && of_item
}

/// Finds each item's guid in the answer to its list: by what the answer says of itself, else by its place, and by that
/// only when nothing is missing.
fn match_answers(call: &'static str, items: &[Prepared], body: &Value) -> Vec<Result<Guid, Error>> {
    let answers: Vec<(Option<Guid>, Option<SourceMark>)> =
        read::list(body, "products").iter().map(guid_and_source).collect();
    let all_answered = answers.len() == items.len();
    let find = |index: usize, item: &Prepared| -> Option<Guid> {
        if let Some(guid) = item.guid {
            return answers.iter().any(|(answered, _)| *answered == Some(guid)).then_some(guid);
        }
        let of_item = |source: &Option<SourceMark>| {
            source.as_ref().is_some_and(|source| item.source.as_ref().is_some_and(|own| own.id == source.id))
        };
        if let Some((guid, _)) = answers.iter().find(|(_, source)| of_item(source)) {
            return *guid;
        }
        let (guid, source) = answers.get(index)?;
        (assumptions::A_LIST_IS_ANSWERED_IN_ORDER && all_answered && source.is_none()).then_some(*guid)?
    };
    let unanswered = || {
        let kind = ErrorKind::Unanswered { answered: answers.len(), sent: items.len() };
        Error::new(call, kind, Outcome::Unknown)
    };
    items.iter().enumerate().map(|(index, item)| find(index, item).ok_or_else(unanswered)).collect()
}

fn guid_and_source(answer: &Value) -> (Option<Guid>, Option<SourceMark>) {
    let product = answer.get("product").unwrap_or(answer);
    let guid = [answer, product]
        .into_iter()
        .find_map(|value| read::guid(value, "guid").or_else(|| read::guid(value, "product_guid")));
    (guid, SourceMark::read(&read::object(product, "data")))
}
