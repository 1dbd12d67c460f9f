//! A file on its way: made as fast as it is taken, and never held as a whole.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use sandbox_kit::lock;

use crate::offer::{Kind, Pieces};
use crate::server::Shared;

/// Pieces are sent together until they are at least this large.
const CHUNK: usize = 64 * 1024;

/// The body of an answer that is a file with goods. Once it was taken to its end, the file counts as downloaded.
pub(crate) struct Download {
    pub(crate) pieces: Pieces,
    pub(crate) kind: Kind,
    pub(crate) generation: u64,
    /// Where to note that it was sent.
    pub(crate) shared: Option<Arc<Shared>>,
}

impl Body for Download {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let download = self.get_mut();
        let mut chunk = String::new();
        while chunk.len() < CHUNK
            && let Some(piece) = download.pieces.next()
        {
            chunk.push_str(&piece);
        }
        if chunk.is_empty() {
            if let Some(shared) = download.shared.take() {
                lock(&shared.feed).sent(download.kind, download.generation);
            }
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }
}
