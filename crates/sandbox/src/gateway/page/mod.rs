//! The browser's page: what is in the marketplace, for people. It shows the truth, not what the index shows.

mod family;
mod overview;
mod parts;
mod single;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use maud::Markup;
use serde::Deserialize;

use super::server::Shared;

/// What the overview is asked for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The guid of the shop to show; the first one when left out.
    #[serde(default)]
    shop: String,
    /// A text to search for.
    #[serde(default)]
    q: String,
    /// The page, from 1. A text, so that nonsense in it is the first page and not an error.
    #[serde(default)]
    page: String,
}

/// `GET /`: the goods of a shop, family by family.
pub(super) async fn shop(State(shared): State<Arc<Shared>>, Query(wanted): Query<Wanted>) -> Response {
    answer(StatusCode::OK, overview::page(&shared, &wanted))
}

/// `GET /view/{guid}`: everything about one product.
pub(super) async fn product(State(shared): State<Arc<Shared>>, Path(guid): Path<String>) -> Response {
    match single::page(&shared.catalogue(), &guid) {
        Some(page) => answer(StatusCode::OK, page),
        None => answer(StatusCode::NOT_FOUND, single::missing(&guid)),
    }
}

/// Goods are foreign text: should some of it get through as markup, the browser still runs and loads nothing of it.
fn answer(status: StatusCode, page: Markup) -> Response {
    let policy = "default-src 'none'; img-src http: https:; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, page.into_string()).into_response()
}
