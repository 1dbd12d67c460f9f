//! What a request sends.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;

/// Content of a known length that can be read again for a retry: a picture in memory or in a temporary file.
pub trait Content: Send + Sync {
    /// The length in bytes; exactly so many come from each [`stream`](Content::stream).
    fn length(&self) -> u64;

    /// The bytes from the start.
    fn stream(&self) -> BoxStream<'static, io::Result<Bytes>>;
}

/// A file in a multipart form.
#[derive(Clone)]
pub struct FilePart {
    /// The form field's name.
    pub field: String,
    /// The file's name as the host shall see it. Keep it ASCII: hosts differ in what they make of others.
    pub file_name: String,
    /// The media type, such as `image/png`.
    pub media_type: String,
    /// The bytes.
    pub content: Arc<dyn Content>,
}

/// A multipart form: text fields in order, then one file as the last part. It is sent with a Content-Length, on which
/// presigned uploads insist.
#[derive(Clone)]
pub struct Form {
    /// Text fields, sent in this order.
    pub fields: Vec<(String, String)>,
    /// The last part.
    pub file: FilePart,
}

#[derive(Clone)]
pub(crate) enum Body {
    Empty,
    Bytes { media_type: &'static str, bytes: Bytes },
    Form(Form),
}

impl Body {
    /// The length of what the caller gave, for the time that sending it may take.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Bytes { bytes, .. } => bytes.len() as u64,
            Self::Form(form) => form.file.content.length(),
        }
    }
}
