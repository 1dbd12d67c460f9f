//! Bringing pictures to the Gateway: uploaded by us, or copied by the service from a public address.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::{Value, json};
use transport::{Content, FilePart, Form, Method, Outcome, Request, Safety};
use url::Url;

use super::client::json as json_of;
use super::{Error, ErrorKind, Gateway, read};
use crate::assumptions;
use crate::picture::Picture;

impl Content for Picture {
    fn length(&self) -> u64 {
        self.len()
    }

    fn stream(&self) -> BoxStream<'static, io::Result<Bytes>> {
        Picture::stream(self).boxed()
    }
}

impl Gateway {
    /// Uploads a picture and returns its address: the service tells where to (a presigned form), and the storage there
    /// takes it. `name` is what the file may be called; what of it cannot stand in a plain file name is left out.
    ///
    /// The storage is never sent our token: the form's fields are all it wants.
    ///
    /// # Errors
    /// When the service or the storage does not take it.
    pub async fn upload(&self, picture: &Arc<Picture>, name: &str) -> Result<String, Error> {
        const CALL: &str = "upload a picture";
        let file_name = file_name(name, picture.extension());
        let body = json!({ "filename": file_name, "content_type": picture.media_type().as_str() });
        let url = self.url(&["uploads", ""]);
        let answer = self.call_with(CALL, Method::POST, url, assumptions::PREPARING_A_PICTURE, &body).await?;
        let place = Presigned::read(&json_of(CALL, &answer)?)
            .ok_or_else(|| Error::malformed(CALL, "it holds no presigned form with a key"))?;
        let form = Form {
            fields: place.fields,
            file: FilePart {
                field: "file".to_owned(),
                file_name,
                media_type: picture.media_type().as_str().to_owned(),
                content: Arc::clone(picture) as Arc<dyn Content>,
            },
        };
        // The form names one key, so done twice it stores the same picture in the same place.
        let request = Request::post(place.url).safety(Safety::Idempotent).form(form);
        let answer = self.transport().send(&request).await.map_err(|error| {
            let outcome = error.outcome();
            Error::new(CALL, ErrorKind::StorageTransport(error), outcome)
        })?;
        if answer.status().is_success() {
            return Ok(place.address);
        }
        let kind = ErrorKind::Storage { status: answer.status(), message: answer.quote() };
        let outcome = if answer.status().is_server_error() { Outcome::Unknown } else { Outcome::NotDone };
        Err(Error::new(CALL, kind, outcome))
    }

    /// Has the service copy a picture from a public address, and returns the copy's address. Characters outside ASCII
    /// are percent-encoded, because the service takes no others.
    ///
    /// # Errors
    /// When the service does not do it.
    pub async fn copy_picture(&self, from: &Url) -> Result<String, Error> {
        const CALL: &str = "copy a picture";
        let url = self.url(&["downloads", ""]);
        let body = json!({ "url": ascii(from) });
        let answer = self.call_with(CALL, Method::POST, url, assumptions::PREPARING_A_PICTURE, &body).await?;
        let address = read::text(&json_of(CALL, &answer)?, "url");
        let is_address = |text: &String| {
            Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        };
        address.filter(is_address).ok_or_else(|| Error::malformed(CALL, "it holds no address of the copy"))
    }
}

/// An address in ASCII: path and query percent-encoded, the host in its ASCII form. A fragment is no part of what a
/// server is asked for.
fn ascii(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    // `Url` keeps everything it holds in ASCII.
    url.into()
}

/// Where and how a picture is uploaded.
struct Presigned {
    url: Url,
    fields: Vec<(String, String)>,
    address: String,
}

impl Presigned {
    fn read(body: &Value) -> Option<Self> {
        let url: Url = read::text(body, "url")?.parse().ok()?;
        let fields: Vec<(String, String)> = body
            .get("fields")?
            .as_object()?
            .keys()
            .map(|name| Some((name.clone(), read::text(body.get("fields")?, name)?)))
            .collect::<Option<_>>()?;
        let (_, key) = fields.iter().find(|(name, _)| name == "key")?;
        let address = address(&url, key);
        Some(Self { url, fields, address })
    }
}

/// A picture's address: the form's URL and the key behind it; see [`assumptions::A_SLASH_BEFORE_THE_KEY`].
fn address(url: &Url, key: &str) -> String {
    let mut address = url.clone();
    if let Ok(mut path) = address.path_segments_mut() {
        if assumptions::A_SLASH_BEFORE_THE_KEY {
            path.pop_if_empty();
        }
        path.extend(key.trim_start_matches('/').split('/'));
    }
    address.into()
}

/// A file name of ASCII letters, digits, `-` and `_`, not long, with the extension of what the picture really is.
fn file_name(name: &str, extension: &str) -> String {
    const LONGEST: usize = 60;
    let stem: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .take(LONGEST)
        .collect();
    let stem = stem.trim_matches('_');
    format!("{}.{extension}", if stem.is_empty() { "picture" } else { stem })
}
