//! Calls about tags.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use super::json;
use crate::gateway::auth::Caller;
use crate::gateway::catalogue::Catalogue;
use crate::gateway::error::Refusal;
use crate::gateway::server::Shared;
use crate::gateway::tags::Tag;
use crate::gateway::validate;

/// `GET /tags/?type=category`: the categories, which all shops share.
pub(super) async fn categories(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    if query.as_deref() != Some("type=category") {
        return Err(Refusal::bad("only `?type=category` is supported"));
    }
    Ok(Json(read(&shared.catalogue(), &shop, |tag| tag.owner.is_none())))
}

/// `GET /webshops/{shop}/tags/`: the shop's own tags.
pub(super) async fn of_shop(State(shared): State<Arc<Shared>>, Caller(shop): Caller) -> Json<Value> {
    Json(read(&shared.catalogue(), &shop, |tag| tag.owner.as_deref() == Some(shop.as_str())))
}

/// The read shapes of the tags that `wanted` picks.
fn read(catalogue: &Catalogue, shop: &str, wanted: impl Fn(&Tag) -> bool) -> Value {
    let by_tag = catalogue.by_tag(shop);
    let products = |tag: &Tag| by_tag.get(tag.guid.as_str()).map(Vec::as_slice).unwrap_or_default();
    catalogue.tags.all().filter(|tag| wanted(tag)).map(|tag| tag.read_shape(products(tag))).collect()
}

/// `POST /webshops/{shop}/tags/`: a family of variants.
pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = json(&body)?;
    let fields = validate::object(&body, "tag")?;
    validate::only(fields, &["name", "type"], "tag")?;
    let name = validate::name(fields, "tag")?;
    if validate::required_text(fields, "type", "tag")? != "variant" {
        return Err(Refusal::bad("tag.type is not `variant`: a shop makes no other tags"));
    }
    let mut catalogue = shared.catalogue();
    let guid = catalogue
        .tags
        .create(&shop, name)
        .map_err(|taken| Refusal::new(StatusCode::CONFLICT, format!("Tag ({taken}) already exists")))?;
    let tag = catalogue.tags.get(&guid).map(|tag| tag.read_shape(&[])).unwrap_or_default();
    Ok(super::created(&tag))
}

/// `DELETE /webshops/{shop}/tags/{guid}/`: deletes one of the shop's own tags and takes it off the goods.
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    Path((_, guid)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    if shared.catalogue().delete_tag(&shop, &guid) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::missing(format!("no such tag in this shop: {guid}")))
    }
}

/// `PUT /product_tags/{tag_guid}`: puts the tag on products and takes it off others.
pub(super) async fn assign(
    State(shared): State<Arc<Shared>>,
    Caller(shop): Caller,
    Path(tag): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let body = json(&body)?;
    let fields = validate::object(&body, "the body")?;
    validate::only(fields, &["add", "delete"], "the body")?;
    let add = validate::texts(fields, "add", "the body")?;
    let delete = validate::texts(fields, "delete", "the body")?;
    let mut catalogue = shared.catalogue();
    if catalogue.tags.usable(&shop, &tag).is_none() {
        return Err(Refusal::missing(format!("no such tag in this shop: {tag}")));
    }
    if let Some(guid) = add.iter().chain(&delete).find(|guid| catalogue.get(&shop, guid).is_none()) {
        return Err(Refusal::missing(format!("no such product in this shop: {guid}")));
    }
    for guid in add {
        catalogue.tag(guid, &tag);
    }
    for guid in delete {
        catalogue.untag(guid, &tag);
    }
    let Value::Array(mut shapes) = read(&catalogue, &shop, |other| other.guid == tag) else {
        return Ok(Json(Value::Null));
    };
    Ok(Json(shapes.pop().unwrap_or_default()))
}

/// `GET /bootstrap`: the category tree.
pub(super) async fn bootstrap(State(shared): State<Arc<Shared>>, _caller: Caller) -> Json<Value> {
    Json(json!({"tag_hierarchy": shared.catalogue().tags.hierarchy()}))
}
