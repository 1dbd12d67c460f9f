//! Calls about products.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

use super::json;
use crate::gateway::auth::Caller;
use crate::gateway::catalogue::Catalogue;
use crate::gateway::error::Refusal;
use crate::gateway::query::Query;
use crate::gateway::server::{Half, Shared};
use crate::gateway::validate::{self, Item, MOST_ITEMS, What};

/// `POST /dashboard/webshops/{shop}/products`: creates products in the web shop, or sets flags and stock of those that
/// exist. The whole list is checked before anything is done.
pub(super) async fn create_list(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    half: Option<Extension<Half>>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let body = json(&body)?;
    let fields = validate::object(&body, "the body")?;
    validate::only(fields, &["products"], "the body")?;
    let list = fields.get("products").and_then(Value::as_array);
    let list = list.ok_or_else(|| Refusal::bad("`products` is not a list, or is missing"))?;
    if list.len() > MOST_ITEMS {
        return Err(Refusal::too_large(format!("{} items, more than {MOST_ITEMS}", list.len())));
    }
    let mut catalogue = shared.catalogue();
    let mut items = Vec::new();
    for (index, value) in list.iter().enumerate() {
        items.push(checked_item(&catalogue, &shop, value, &format!("products[{index}]"))?);
    }
    if half.is_some() {
        items.truncate(items.len() / 2);
    }
    let done: Vec<Value> = items.into_iter().map(|item| carry_out(&mut catalogue, &shop, item)).collect();
    Ok(Json(json!({"products": done})))
}

fn checked_item(catalogue: &Catalogue, shop: &str, value: &Value, at: &str) -> Result<Item, Refusal> {
    let item = validate::item(value, at, &|guid| catalogue.tags.usable(shop, guid).is_some())?;
    match &item.what {
        What::Existing(guid) if catalogue.get(shop, guid).is_none() => {
            Err(Refusal::missing(format!("{at}.product_guid: no such product in this shop: {guid}")))
        }
        _ => Ok(item),
    }
}

fn carry_out(catalogue: &mut Catalogue, shop: &str, item: Item) -> Value {
    let guid = match item.what {
        What::New(fields) => catalogue.create(shop, fields),
        What::Existing(guid) => guid,
    };
    catalogue.list(&guid, item.listing);
    let mut shape =
        catalogue.get(shop, &guid).map(|product| catalogue.read_shape(product)).unwrap_or_default();
    if let Some(fields) = shape.as_object_mut() {
        fields.insert("product_guid".to_owned(), guid.into());
    }
    shape
}

/// `POST /organizations/{shop}/products/`: a product that is not in the web shop yet.
pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = json(&body)?;
    let mut catalogue = shared.catalogue();
    let fields = validate::product(&body, "product", &|guid| catalogue.tags.usable(&shop, guid).is_some())?;
    let guid = catalogue.create(&shop, fields);
    let product = existing(&catalogue, &shop, &guid)?;
    Ok(super::created(&catalogue.read_shape(product)))
}

/// `PUT /organizations/{shop}/products/{guid}/`: the whole PRODUCT; what is left out is wiped.
pub(super) async fn replace(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    Path((_, guid)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let body = json(&body)?;
    let mut catalogue = shared.catalogue();
    existing(&catalogue, &shop, &guid)?;
    let fields = validate::product(&body, "product", &|guid| catalogue.tags.usable(&shop, guid).is_some())?;
    catalogue.change(&guid, |product| product.fields = fields);
    let product = existing(&catalogue, &shop, &guid)?;
    Ok(Json(catalogue.read_shape(product)))
}

/// `DELETE /organizations/{shop}/products/{guid}/`: deletes a product for good.
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    Path((_, guid)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let mut catalogue = shared.catalogue();
    existing(&catalogue, &shop, &guid)?;
    catalogue.delete(&guid);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /dashboard/webshops/{shop}/products/{guid}/`: takes a product out of the web shop.
pub(super) async fn unlist(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    Path((_, guid)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let mut catalogue = shared.catalogue();
    if existing(&catalogue, &shop, &guid)?.activated.is_none() {
        return Err(Refusal::missing(format!("the product {guid} is not in the web shop")));
    }
    catalogue.unlist(&guid);
    Ok(StatusCode::NO_CONTENT)
}

fn existing<'a>(
    catalogue: &'a Catalogue,
    shop: &str,
    guid: &str,
) -> Result<&'a crate::gateway::product::Product, Refusal> {
    catalogue.get(shop, guid).ok_or_else(|| Refusal::missing(format!("no such product in this shop: {guid}")))
}

/// `POST /dashboard/webshop_products/_query`: what the index shows of the caller's goods.
pub(super) async fn query(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Found<'a> {
        products: Vec<&'a Value>,
    }
    let query = Query::parse(&json(&body)?)?;
    let now = shared.clock.moment();
    let hits = query.run(&shop, shared.catalogue().index.newest_first(now));
    let found = Found { products: hits.iter().map(|hit| &hit.shape).collect() };
    let text = serde_json::to_vec(&found)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
