//! Calls about pictures: the API's two, and the S3-like store that uploads go to.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::json;
use crate::gateway::auth::Caller;
use crate::gateway::error::Refusal;
use crate::gateway::fetch;
use crate::gateway::pictures::{LARGEST_PICTURE, Picture};
use crate::gateway::server::{Shared, TooLarge};
use crate::gateway::validate;

/// `POST /uploads/`: the form for an upload.
pub(super) async fn upload_form(
    State(shared): State<Arc<Shared>>,
    _caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let body = json(&body)?;
    let fields = validate::object(&body, "the body")?;
    validate::only(fields, &["filename", "content_type"], "the body")?;
    let filename = validate::required_text(fields, "filename", "the body")?;
    let content_type = validate::required_text(fields, "content_type", "the body")?;
    if !content_type.starts_with("image/") || HeaderValue::from_str(content_type).is_err() {
        return Err(Refusal::bad(format!("content_type `{content_type}` is not that of a picture")));
    }
    let form = shared.pictures().form(filename, content_type, shared.clock.now());
    Ok(Json(json!({"url": format!("{}/s3/", shared.base(&headers)), "fields": form})))
}

/// `POST /downloads/`: copies a picture from a public address.
pub(super) async fn copy(
    State(shared): State<Arc<Shared>>,
    _caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let body = json(&body)?;
    let fields = validate::object(&body, "the body")?;
    validate::only(fields, &["url"], "the body")?;
    let url = validate::address(validate::required_text(fields, "url", "the body")?, "url")?;
    let picture = fetch::picture(&url).await.map_err(Refusal::bad)?;
    let key = shared.pictures().store_copy(picture);
    Ok(Json(json!({"url": format!("{}/s3/{key}", shared.base(&headers))})))
}

/// A refusal of the store, in the XML of S3.
pub(super) struct StoreRefusal(StatusCode, &'static str, String);

impl IntoResponse for StoreRefusal {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        (status, [(header::CONTENT_TYPE, "application/xml")], xml).into_response()
    }
}

fn invalid(message: impl Into<String>) -> StoreRefusal {
    StoreRefusal(StatusCode::BAD_REQUEST, "InvalidArgument", message.into())
}

/// `POST /s3/`: an upload by a form that [`upload_form`] made. As strict as S3 about it.
pub(super) async fn receive(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Response, StoreRefusal> {
    let headers = request.headers();
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(invalid(
            "Only one auth mechanism allowed: the form is signed, so send no Authorization header",
        ));
    }
    if !headers.contains_key(header::CONTENT_LENGTH) {
        let message = "You must provide the Content-Length HTTP header.".to_owned();
        return Err(StoreRefusal(StatusCode::LENGTH_REQUIRED, "MissingContentLength", message));
    }
    if request.extensions().get::<TooLarge>().is_some() {
        return Err(too_large());
    }
    let base = shared.base(headers);
    let form = Multipart::from_request(request, &()).await.map_err(|error| invalid(error.body_text()))?;
    let (fields, file) = read(form).await?;
    let denied = |message| StoreRefusal(StatusCode::FORBIDDEN, "AccessDenied", message);
    let mut pictures = shared.pictures();
    pictures.check(&fields, shared.clock.now()).map_err(denied)?;
    if file.len() > LARGEST_PICTURE {
        return Err(too_large());
    }
    if file.is_empty() {
        let message = "Your proposed upload is smaller than the minimum allowed size".to_owned();
        return Err(StoreRefusal(StatusCode::BAD_REQUEST, "EntityTooSmall", message));
    }
    let key = fields.get("key").cloned().unwrap_or_default();
    let content_type = fields.get("Content-Type").cloned().unwrap_or_default();
    pictures.store(&key, Picture { content_type, bytes: file });
    let location = format!("{base}/s3/{key}");
    let xml = format!("<PostResponse><Location>{location}</Location><Key>{key}</Key></PostResponse>");
    let headers = [(header::LOCATION, location.as_str()), (header::CONTENT_TYPE, "application/xml")];
    Ok((StatusCode::CREATED, headers, xml).into_response())
}

fn too_large() -> StoreRefusal {
    let message = format!("Your proposed upload exceeds the maximum allowed size of {LARGEST_PICTURE} bytes");
    StoreRefusal(StatusCode::BAD_REQUEST, "EntityTooLarge", message)
}

/// The form's fields and its `file`, which has to be the last part.
async fn read(mut form: Multipart) -> Result<(BTreeMap<String, String>, Bytes), StoreRefusal> {
    let broken = |error: MultipartError| invalid(format!("the form cannot be read: {}", error.body_text()));
    let mut fields = BTreeMap::new();
    let mut file = None;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if file.is_some() {
            return Err(invalid(format!("the part `{name}` comes after `file`, which has to be the last")));
        }
        if name == "file" {
            file = Some(part.bytes().await.map_err(broken)?);
        } else if fields.insert(name.clone(), part.text().await.map_err(broken)?).is_some() {
            return Err(invalid(format!("the field `{name}` is there twice")));
        }
    }
    let file =
        file.ok_or_else(|| invalid("POST requires exactly one file upload per request: no part `file`"))?;
    Ok((fields, file))
}

/// `GET /s3/{key}`: a stored picture. It comes from a stranger, so a browser must not run anything in it.
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path(key): Path<String>,
) -> Result<Response, StoreRefusal> {
    let picture = shared.pictures().get(&key).cloned().ok_or_else(|| {
        StoreRefusal(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.".to_owned())
    })?;
    let headers = [
        (header::CONTENT_TYPE, picture.content_type.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ];
    Ok((headers, picture.bytes).into_response())
}
