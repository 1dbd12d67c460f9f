//! The routes of the API, of the S3-like store and of the browser's page.

mod pictures;
mod products;
mod tags;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use bytes::Bytes;
use http::{Method, StatusCode, Uri};
use serde_json::Value;

use super::error::Refusal;
use super::page;
use super::server::Shared;

/// The largest body of an API call, in bytes.
const LARGEST_BODY: usize = 1_000_000;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/dashboard/webshops/{shop}/products", post(products::create_list))
        .route("/dashboard/webshops/{shop}/products/{guid}/", delete(products::unlist))
        .route("/dashboard/webshop_products/_query", post(products::query))
        .route("/organizations/{shop}/products/", post(products::create))
        .route("/organizations/{shop}/products/{guid}/", put(products::replace).delete(products::delete))
        .route("/tags/", get(tags::categories))
        .route("/webshops/{shop}/tags/", get(tags::of_shop).post(tags::create))
        .route("/webshops/{shop}/tags/{guid}/", delete(tags::delete))
        .route("/product_tags/{tag_guid}", put(tags::assign))
        .route("/bootstrap", get(tags::bootstrap))
        .route("/uploads/", post(pictures::upload_form))
        .route("/downloads/", post(pictures::copy))
        .route("/s3/", post(pictures::receive))
        .route("/s3/{*key}", get(pictures::show))
        .route("/", get(page::shop))
        .route("/view/{guid}", get(page::product))
        .route("/favicon.ico", get(|| async { StatusCode::NO_CONTENT }))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        // The server in front of the router has read the body already.
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

async fn unknown_route(uri: Uri) -> Refusal {
    Refusal::missing(format!("no such route: {}", uri.path()))
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not allowed for {}", uri.path()))
}

/// The body as JSON.
fn json(body: &Bytes) -> Result<Value, Refusal> {
    if body.len() > LARGEST_BODY {
        return Err(Refusal::too_large(format!("the body is larger than {LARGEST_BODY} bytes")));
    }
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("the body is not JSON: {error}")))
}

fn created(value: &Value) -> Response {
    (StatusCode::CREATED, axum::Json(value)).into_response()
}
