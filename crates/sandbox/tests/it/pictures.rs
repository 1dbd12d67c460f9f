//! Pictures: the presigned form with everything it insists on, and copies from public addresses.

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use sandbox::gateway::{Fault, Gateway};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{Answer, gateway, get, lagging, post, send};

const BOUNDARY: &str = "a-boundary-of-the-test";

/// The parts of a form: name and bytes.
type Parts = Vec<(String, Vec<u8>)>;

fn form(parts: &Parts) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in parts {
        let file = if name == "file" { "; filename=\"a.png\"" } else { "" };
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn upload(parts: &Parts) -> Request<Full<Bytes>> {
    Request::post("/s3/")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Full::new(Bytes::from(form(parts))))
        .unwrap()
}

/// Asks for a form and answers where to send it and its parts, the file at the end.
async fn asked(gateway: &Gateway, file: &[u8]) -> (String, Parts) {
    let ask = json!({"filename": "zdjęcie 1.png", "content_type": "image/png"});
    let answer = post(gateway, "/uploads/", &ask).await.ok();
    let fields = answer["fields"].as_object().unwrap().clone();
    let mut parts: Parts =
        fields.into_iter().map(|(name, value)| (name, value.as_str().unwrap().as_bytes().to_vec())).collect();
    parts.push(("file".to_owned(), file.to_vec()));
    (answer["url"].as_str().unwrap().to_owned(), parts)
}

fn value(parts: &Parts, name: &str) -> String {
    let (_, value) = parts.iter().find(|(other, _)| other == name).expect("the field");
    String::from_utf8(value.clone()).unwrap()
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    assert!(answer.text().contains(&format!("<Code>{code}</Code>")), "{code} in {}", answer.text());
}

#[tokio::test]
async fn an_upload_by_the_form_is_stored_and_served() {
    let gateway = gateway().await;
    let (url, parts) = asked(&gateway, b"\x89PNG picture").await;
    assert_eq!(url, format!("{}/s3/", gateway.url()));
    let names: Vec<_> = parts.iter().map(|(name, _)| name.as_str()).collect();
    let known = [
        "Content-Type",
        "key",
        "policy",
        "success_action_status",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-signature",
        "file",
    ];
    assert_eq!(names, known);
    let answer = send(&gateway, upload(&parts)).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.text());
    let address = format!("{url}{}", value(&parts, "key"));
    assert!(address.is_ascii() && address.ends_with(".png"), "{address}");
    assert_eq!(gateway.picture(&address).unwrap(), b"\x89PNG picture"[..]);
    assert_eq!(gateway.pictures(), 1);

    let shown = get(&gateway, address.strip_prefix(&gateway.url()).unwrap()).await;
    assert_eq!((shown.status.as_u16(), &shown.body[..]), (200, &b"\x89PNG picture"[..]));
    assert_eq!(shown.headers["content-type"], "image/png");
    assert_eq!(shown.headers["x-content-type-options"], "nosniff");
    refused(&get(&gateway, "/s3/uploads/none.png").await, 404, "NoSuchKey");
    let put = send(&gateway, Request::put("/s3/").body(Full::default()).unwrap()).await.unwrap();
    assert_eq!(put.status, 405);
}

#[tokio::test]
async fn every_field_has_to_come_back_as_it_is() {
    let gateway = gateway().await;
    let (_, parts) = asked(&gateway, b"picture").await;
    for index in 0..parts.len() - 1 {
        let mut without = parts.clone();
        let (name, _) = without.remove(index);
        let answer = send(&gateway, upload(&without)).await.unwrap();
        refused(&answer, 403, "AccessDenied");
        assert!(answer.text().contains(&format!("`{name}`")), "{name} in {}", answer.text());
        let mut changed = parts.clone();
        changed[index].1.push(b'x');
        refused(&send(&gateway, upload(&changed)).await.unwrap(), 403, "AccessDenied");
    }
    let mut more = parts.clone();
    more.insert(0, ("acl".to_owned(), b"public-read".to_vec()));
    refused(&send(&gateway, upload(&more)).await.unwrap(), 403, "AccessDenied");
    let mut twice = parts.clone();
    twice.insert(0, parts[0].clone());
    refused(&send(&gateway, upload(&twice)).await.unwrap(), 400, "InvalidArgument");
    assert_eq!(gateway.pictures(), 0);
}

#[tokio::test]
async fn the_file_is_the_last_part_and_not_empty() {
    let gateway = gateway().await;
    let (_, mut parts) = asked(&gateway, b"picture").await;
    parts.rotate_right(1);
    let early = send(&gateway, upload(&parts)).await.unwrap();
    refused(&early, 400, "InvalidArgument");
    assert!(early.text().contains("has to be the last"), "{}", early.text());
    parts.remove(0);
    refused(&send(&gateway, upload(&parts)).await.unwrap(), 400, "InvalidArgument");
    parts.push(("file".to_owned(), Vec::new()));
    refused(&send(&gateway, upload(&parts)).await.unwrap(), 400, "EntityTooSmall");
    assert_eq!(gateway.pictures(), 0);
}

#[tokio::test]
async fn an_upload_bears_no_gateway_token() {
    let gateway = gateway().await;
    let (_, parts) = asked(&gateway, b"picture").await;
    let mut request = upload(&parts);
    request.headers_mut().insert("authorization", "Bearer x".parse().unwrap());
    refused(&send(&gateway, request).await.unwrap(), 400, "InvalidArgument");
}

#[tokio::test]
async fn an_upload_says_its_length() {
    let gateway = gateway().await;
    let (_, parts) = asked(&gateway, b"picture").await;
    let stream = tokio::net::TcpStream::connect(gateway.url().replace("http://", "")).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>(Frame::data(Bytes::from(form(&parts))))]);
    let request = upload(&parts).map(|_| StreamBody::new(chunks));
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 411);
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&text).contains("MissingContentLength"));
    assert_eq!(gateway.calls().last().unwrap().content_length, None);
}

#[tokio::test]
async fn a_picture_has_at_most_20_mebibytes() {
    let gateway = gateway().await;
    let (_, mut parts) = asked(&gateway, &vec![7; 20 * 1024 * 1024]).await;
    assert_eq!(send(&gateway, upload(&parts)).await.unwrap().status, 201);
    parts.last_mut().unwrap().1.push(7);
    refused(&send(&gateway, upload(&parts)).await.unwrap(), 400, "EntityTooLarge");
    parts.last_mut().unwrap().1.resize(23 * 1024 * 1024, 7);
    refused(&send(&gateway, upload(&parts)).await.unwrap(), 400, "EntityTooLarge");
}

#[tokio::test]
async fn a_form_holds_for_an_hour() {
    let (gateway, clock) = lagging(std::time::Duration::ZERO).await;
    let (_, parts) = asked(&gateway, b"picture").await;
    clock.advance(TimeDelta::hours(1).to_std().unwrap());
    assert_eq!(send(&gateway, upload(&parts)).await.unwrap().status, 201);
    clock.advance(std::time::Duration::from_millis(1));
    let late = send(&gateway, upload(&parts)).await.unwrap();
    refused(&late, 403, "AccessDenied");
    assert!(late.text().contains("Policy expired"), "{}", late.text());
}

#[tokio::test]
async fn uploads_suffer_faults() {
    let gateway = gateway().await;
    let (_, parts) = asked(&gateway, b"picture").await;
    gateway.script(Method::POST, "/s3/", [Fault::Drop, Fault::LostAnswer]);
    assert!(send(&gateway, upload(&parts)).await.is_err());
    assert_eq!(gateway.pictures(), 0);
    assert!(send(&gateway, upload(&parts)).await.is_err());
    assert_eq!(gateway.pictures(), 1);
}

#[tokio::test]
async fn forms_are_for_pictures() {
    let gateway = gateway().await;
    let cases = [
        (json!({"content_type": "image/png"}), "filename"),
        (json!({"filename": "a.png"}), "content_type"),
        (json!({"filename": "a.html", "content_type": "text/html"}), "text/html"),
        (json!({"filename": "a.png", "content_type": "image/png\n"}), "not that of a picture"),
        (json!({"filename": "a.png", "content_type": "image/png", "size": 1}), "size"),
    ];
    for (ask, named) in cases {
        let message = post(&gateway, "/uploads/", &ask).await.refusal(400);
        assert!(message.contains(named), "{named} in: {message}");
    }
}

/// A shop's web server that gives this answer to one request; answers its address.
async fn shop_with(answer: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        let length = stream.read(&mut request).await.unwrap();
        assert!(request[..length].starts_with(b"GET /a%20b.png?x=1 HTTP/1.1\r\n"), "the request line");
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    format!("http://{address}/a%20b.png?x=1")
}

async fn copy(gateway: &Gateway, url: &str) -> Answer {
    post(gateway, "/downloads/", &json!({"url": url})).await
}

#[tokio::test]
async fn a_public_picture_is_copied() {
    let gateway = gateway().await;
    let url = shop_with("HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: 3\r\n\r\ngif").await;
    let address = copy(&gateway, &url).await.ok()["url"].as_str().unwrap().to_owned();
    assert_eq!(gateway.picture(&address).unwrap(), "gif");
    let shown = get(&gateway, address.strip_prefix(&gateway.url()).unwrap()).await;
    assert_eq!(shown.headers["content-type"], "image/gif");
    let again = copy(&gateway, &address).await.ok();
    assert_ne!(again["url"], Value::from(address), "even its own pictures are copied");
}

#[tokio::test]
async fn addresses_that_cannot_be_copied_from_are_refused() {
    let gateway = gateway().await;
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/a.png", listener.local_addr().unwrap())
    };
    let cases = [
        ("http://shop.example/ą.png".to_owned(), "not ASCII"),
        ("http://shop.example/a b.png".to_owned(), "not ASCII"),
        ("file:///etc/hostname".to_owned(), "not an http or https URL"),
        ("a.png".to_owned(), "not an http or https URL"),
        (String::new(), "url"),
        ("https://shop.example/a.png".to_owned(), "from http addresses only"),
        (closed, "cannot be fetched"),
        (shop_with("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await, "404"),
        (shop_with("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n").await, "302"),
        (
            shop_with("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx").await,
            "text/html",
        ),
        (shop_with("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 0\r\n\r\n").await, "empty"),
        (
            shop_with("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\nx").await,
            "cannot be fetched",
        ),
    ];
    for (url, named) in cases {
        let message = copy(&gateway, &url).await.refusal(400);
        assert!(message.contains(named), "{url}: {named} in: {message}");
    }
    assert_eq!(gateway.pictures(), 0);
}
