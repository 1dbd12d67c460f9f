//! Multipart forms, as presigned uploads want them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use transport::{Content, ErrorKind, FilePart, Form, Request, Safety};

use crate::support::{RawHost, ok, status, test_clock, transport};

struct Picture {
    chunks: Vec<&'static str>,
    read: AtomicUsize,
    breaks: bool,
}

impl Content for Picture {
    fn length(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.len() as u64).sum()
    }

    fn stream(&self) -> BoxStream<'static, io::Result<Bytes>> {
        self.read.fetch_add(1, Ordering::SeqCst);
        let mut chunks: Vec<_> =
            self.chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
        if self.breaks {
            chunks[1] = Err(io::Error::other("the disk has gone"));
        }
        stream::iter(chunks).boxed()
    }
}

fn picture(breaks: bool) -> Arc<Picture> {
    Arc::new(Picture { chunks: vec!["PIC", "TURE"], read: AtomicUsize::new(0), breaks })
}

fn upload(host: &RawHost, content: &Arc<Picture>) -> Request {
    let fields = vec![("key".to_owned(), "a/b.png".to_owned()), ("policy".to_owned(), "zażółć".to_owned())];
    let file = FilePart {
        field: "file".to_owned(),
        file_name: "b.png".to_owned(),
        media_type: "image/png".to_owned(),
        content: Arc::clone(content) as Arc<dyn Content>,
    };
    Request::post(host.url.clone()).safety(Safety::Idempotent).form(Form { fields, file })
}

#[tokio::test]
async fn a_form_has_a_length_its_fields_in_order_and_the_file_last() {
    let host = RawHost::start(vec![ok("")]).await;
    transport(&test_clock()).send(&upload(&host, &picture(false))).await.unwrap();
    let request = host.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_ascii_lowercase();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
    let order: Vec<_> = [
        "name=\"key\"",
        "a/b.png",
        "name=\"policy\"",
        "zażółć",
        "name=\"file\"; filename=\"b.png\"",
        "Content-Type: image/png",
        "PICTURE",
    ]
    .iter()
    .map(|part| body.find(part).unwrap_or_else(|| panic!("{part} is not in the form: {body}")))
    .collect();
    assert!(order.is_sorted(), "{body}");
}

#[tokio::test]
async fn the_content_is_read_anew_for_each_try() {
    let host = RawHost::start(vec![status("503 Busy", ""), ok("")]).await;
    let picture = picture(false);
    transport(&test_clock()).send(&upload(&host, &picture)).await.unwrap();
    assert_eq!(picture.read.load(Ordering::SeqCst), 2);
    assert!(host.requests().iter().all(|request| request.contains("PICTURE")));
}

#[tokio::test]
async fn content_that_cannot_be_read_is_told_as_such() {
    let host = RawHost::start(vec![ok("")]).await;
    let error = transport(&test_clock()).send(&upload(&host, &picture(true))).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Content(_)), "{error:?}");
    assert!(error.to_string().contains("the disk has gone"), "{error}");
}
