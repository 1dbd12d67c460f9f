//! The service: a request in, an answer out.

use std::collections::HashMap;
use std::ops::Bound;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::goods::{Product, Store, Variant};
use crate::stock;

type Answer = Response<Full<Bytes>>;
pub(crate) type Refusal = (StatusCode, &'static str);

/// Products in an answer unless the caller wants fewer.
const MOST_ROWS: usize = 50;

pub(crate) fn answer(store: &mut Store, key: &str, request: &Request<Bytes>, now: DateTime<Utc>) -> Answer {
    match content(store, key, request, now) {
        Ok(answer) => answer,
        Err((status, error)) => send(status, "application/json", json!({ "error": error }).to_string()),
    }
}

fn content(
    store: &mut Store,
    key: &str,
    request: &Request<Bytes>,
    now: DateTime<Utc>,
) -> Result<Answer, Refusal> {
    let told = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if told.and_then(|told| told.strip_prefix("Bearer ")) != Some(key) {
        return Err((StatusCode::UNAUTHORIZED, "key"));
    }
    if request.method() == Method::POST && request.uri().path() == "/api/stock" {
        let body = stock::change(store, request.body(), now)?;
        return Ok(send(StatusCode::OK, "application/json", body.to_string()));
    }
    if request.method() != Method::GET {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "method"));
    }
    let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let query: HashMap<String, String> = query.into_owned().collect();
    let body = match request.uri().path() {
        "/api/shop" => shop(),
        "/api/categories" => categories(store),
        "/api/products" => products(store, &query)?,
        "/api/stock" => stock::known(store, &query),
        path => {
            let id = path.strip_prefix("/pictures/").and_then(|id| id.parse().ok());
            let id =
                id.filter(|id| store.pictures.contains(id)).ok_or((StatusCode::NOT_FOUND, "nothing here"))?;
            return Ok(send(StatusCode::OK, "image/png", sandbox_kit::png(id)));
        }
    };
    Ok(send(StatusCode::OK, "application/json", body.to_string()))
}

fn send(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
    answer
}

fn shop() -> Value {
    json!({
        "name": "A shop of toys",
        "version": "1.0",
        "currency": "PLN",
        "languages": [
            { "id": "pl", "name": "Polski", "default": true },
            { "id": "en", "name": "English", "default": false },
        ],
    })
}

fn categories(store: &Store) -> Value {
    let row = |category: &crate::Category| json!({ "id": category.id, "parent": category.parent, "name": category.name });
    json!({ "categories": store.categories.iter().map(row).collect::<Vec<_>>() })
}

/// `ids`: these, or `after`: those behind an id, at most `limit`; `changed_since`: only what was changed at that moment or
/// later; `fields=id`: nothing but their ids. `total` is how many there are without `after` and `limit`.
fn products(store: &Store, query: &HashMap<String, String>) -> Result<Value, Refusal> {
    let wrong = |what| (StatusCode::BAD_REQUEST, what);
    let number = |name: &'static str, default: u64| match query.get(name) {
        Some(text) => text.parse().map_err(|_| wrong(name)),
        None => Ok(default),
    };
    let (after, limit) = (number("after", 0)?, number("limit", MOST_ROWS as u64)?);
    let ids = match query.get("ids") {
        Some(ids) => {
            let ids: Result<Vec<u64>, _> = ids.split(',').map(str::parse).collect();
            Some(ids.map_err(|_| wrong("ids"))?)
        }
        None => None,
    };
    let since = match query.get("changed_since") {
        Some(since) => {
            let since = DateTime::parse_from_rfc3339(since).map_err(|_| wrong("changed_since"))?;
            Some(since.with_timezone(&Utc))
        }
        None => None,
    };
    let only_ids = query.get("fields").is_some_and(|fields| fields == "id");
    let is_asked_for = |(id, (_, changed)): &(&u64, &(Product, DateTime<Utc>))| {
        ids.as_ref().is_none_or(|ids| ids.contains(id)) && since.is_none_or(|since| *changed >= since)
    };
    let total = if ids.is_none() && since.is_none() {
        store.products.len()
    } else {
        store.products.iter().filter(&is_asked_for).count()
    };
    let limit = usize::try_from(limit).unwrap_or(MOST_ROWS).min(MOST_ROWS);
    let rows =
        store.products.range((Bound::Excluded(after), Bound::Unbounded)).filter(is_asked_for).take(limit);
    let rows = rows
        .map(|(id, (product, changed))| if only_ids { json!({ "id": id }) } else { row(product, *changed) });
    Ok(json!({ "products": rows.collect::<Vec<_>>(), "total": total }))
}

fn row(product: &Product, changed: DateTime<Utc>) -> Value {
    json!({
        "id": product.id,
        "name": product.name,
        "description": product.description,
        "brief": product.brief,
        "categories": product.categories,
        "vat": places(product.vat, 2),
        "visible": product.visible,
        "pictures": product.pictures,
        "variants": product.variants.iter().map(variant).collect::<Vec<_>>(),
        "changed": changed.to_rfc3339_opts(SecondsFormat::Millis, true),
    })
}

fn variant(variant: &Variant) -> Value {
    let choices = variant.choices.iter();
    json!({
        "id": variant.id.to_string(),
        "sku": variant.sku,
        "ean": variant.ean,
        "net": places(variant.net, 4),
        "stock": variant.stock.map_or_else(|| "uncounted".to_owned(), |stock| places(stock, 3)),
        "choices": choices
            .map(|choice| json!({ "option": choice.option, "value": choice.value }))
            .collect::<Vec<_>>(),
        "pictures": variant.pictures,
    })
}

/// A number with at least so many decimal places, as the service writes it.
pub(crate) fn places(mut number: Decimal, least: u32) -> String {
    number.rescale(number.scale().max(least));
    number.to_string()
}
