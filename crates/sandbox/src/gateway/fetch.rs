//! Fetching a picture from a shop, for `POST /downloads/`.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, header};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::{Position, Url};

use super::pictures::{LARGEST_PICTURE, Picture};

/// How long a fetch may take in all. It waits for a foreign server, so it is counted in real time even under a test
/// clock, whose waits end at once.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// The picture at an http address, or why there is none.
pub(super) async fn picture(url: &Url) -> Result<Picture, String> {
    if url.scheme() != "http" {
        return Err("the sandbox copies from http addresses only".to_owned());
    }
    match tokio::time::timeout(TIME_LIMIT, get(url)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("the picture did not come within {} s", TIME_LIMIT.as_secs())),
    }
}

async fn get(url: &Url) -> Result<Picture, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the picture cannot be fetched: {error}");
    let host = url.host_str().unwrap_or_default();
    let address = format!("{host}:{}", url.port_or_known_default().unwrap_or(80));
    let stream = TcpStream::connect(&address).await.map_err(|error| failed(&error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    let driver = tokio::spawn(connection);
    let request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::ACCEPT, "image/*")
        .body(Empty::<Bytes>::new())
        .map_err(|error| failed(&error))?;
    let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
    if response.status() != http::StatusCode::OK {
        return Err(failed(&format_args!("its server answered {}", response.status())));
    }
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    if !content_type.starts_with("image/") {
        return Err(failed(&format_args!("its server says it is `{content_type}`, which is not a picture")));
    }
    let mut body = response.into_body();
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|error| failed(&error))?.into_data() {
            bytes.extend_from_slice(&data);
        }
        if bytes.len() > LARGEST_PICTURE {
            return Err(failed(&format_args!("it is larger than {LARGEST_PICTURE} bytes")));
        }
    }
    driver.abort();
    if bytes.is_empty() {
        return Err(failed(&"it is empty"));
    }
    Ok(Picture { content_type, bytes: bytes.freeze() })
}
