//! An image on its way from the shop to the marketplace.
//!
//! A small one is held in memory, a larger one in a temporary file without a name, so that many can be on their way at
//! once and nothing is left behind, not even by a `kill -9`.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use tokio::task::spawn_blocking;

/// Up to this size a picture is held in memory: 1 MiB.
pub const MEMORY_LIMIT: usize = 1 << 20;
/// The largest picture that is taken: 20 MiB.
pub const SIZE_LIMIT: u64 = 20 << 20;
/// How much is read, and handed on, at a time: 64 KiB.
const CHUNK: usize = 64 << 10;
/// So many bytes are enough to tell what something is.
const HEAD: usize = 8 << 10;

/// What kind of picture it is, by its first bytes; a name or a header may say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/gif`
    Gif,
    /// `image/webp`
    WebP,
}

impl MediaType {
    /// The media type as HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// The usual ending of a file's name, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    /// Tells by the first bytes; the error says what they seem to be.
    fn of(head: &[u8]) -> Result<Self, String> {
        let found = infer::get(head);
        match found.map(|kind| kind.mime_type()) {
            Some("image/jpeg") => Ok(Self::Jpeg),
            Some("image/png") => Ok(Self::Png),
            // Three letters alone could begin a sentence.
            Some("image/gif") if head.starts_with(b"GIF8") => Ok(Self::Gif),
            Some("image/webp") if head.starts_with(b"RIFF") => Ok(Self::WebP),
            None | Some("image/gif" | "image/webp" | "text/xml") => Err(without_magic(head).to_owned()),
            Some(other) => Err(other.to_owned()),
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What bytes without a known beginning seem to be.
fn without_magic(head: &[u8]) -> &'static str {
    // A character that is cut in two at the end of the head is still text.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => head
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())
            .unwrap_or_default(),
        Err(_) => return "data of an unknown kind",
    };
    if text.is_empty() || text.contains('\0') {
        return "data of an unknown kind";
    }
    let text = text.trim_start_matches('\u{FEFF}').trim_start().to_ascii_lowercase();
    if text.contains("<svg") {
        "image/svg+xml"
    } else if text.starts_with("<!doctype html") || text.contains("<html") || text.contains("<body") {
        "text/html"
    } else if text.starts_with("<?xml") {
        "text/xml"
    } else {
        "text"
    }
}

/// Why bytes make no picture. But for [`PictureError::Source`], [`PictureError::DiskFull`] and [`PictureError::Disk`] it
/// is the picture's own fault: it is left out with a warning.
#[derive(Debug, thiserror::Error)]
pub enum PictureError<E> {
    /// The source failed in the middle.
    #[error("the image could not be read from its source")]
    Source(#[source] E),
    /// There is not one byte.
    #[error("the image is empty")]
    Empty,
    /// More than [`SIZE_LIMIT`] bytes.
    #[error("the image is larger than 20 MiB")]
    TooLarge,
    /// It is neither JPEG nor PNG, GIF or WebP.
    #[error("it is no JPEG, PNG, GIF or WebP image; it seems to be {seems}")]
    NotAPicture {
        /// What it seems to be: a media type, or a few words.
        seems: String,
    },
    /// There is no room left for the temporary file.
    #[error("no room left for a temporary file in {}: make room there, or name another folder", folder.display())]
    DiskFull {
        /// Where the file would have been.
        folder: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The temporary file could not be made or written, for another reason than a full disk.
    #[error("a temporary file in {} cannot be written", folder.display())]
    Disk {
        /// Where the file would have been.
        folder: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl<E> PictureError<E> {
    fn disk(folder: &Path, source: io::Error) -> Self {
        let folder = folder.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { folder, source },
            _ => Self::Disk { folder, source },
        }
    }
}

/// A picture that is here as a whole, to be sent as often as it takes. Clones share the bytes.
#[derive(Debug, Clone)]
pub struct Picture {
    media_type: MediaType,
    len: u64,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Memory(Bytes),
    /// Readers share the file's one position, so each seeks and reads under the lock.
    File(Arc<Mutex<File>>),
}

impl Picture {
    /// Reads a picture to its end. Up to [`MEMORY_LIMIT`] it stays in memory; a larger one goes into a temporary file in
    /// `folder`, by default the system's folder for such files.
    ///
    /// It stops reading as soon as it knows that this is no picture, or one that is too large.
    ///
    /// # Errors
    /// When the source fails, it is empty, too large or no picture, or the temporary file cannot be written.
    pub async fn collect<S, B, E>(source: S, folder: Option<&Path>) -> Result<Self, PictureError<E>>
    where
        S: Stream<Item = Result<B, E>>,
        B: AsRef<[u8]>,
    {
        let mut source = std::pin::pin!(source);
        let mut held: Vec<u8> = Vec::new();
        let mut media_type = None;
        let mut spool = Spool { folder: folder.map_or_else(std::env::temp_dir, Path::to_owned), file: None };
        let mut len = 0_u64;
        while let Some(piece) = source.next().await {
            let piece = piece.map_err(PictureError::Source)?;
            let piece = piece.as_ref();
            len = len.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
            if len > SIZE_LIMIT {
                return Err(PictureError::TooLarge);
            }
            held.extend_from_slice(piece);
            if media_type.is_none() && held.len() >= HEAD {
                media_type = Some(told(&held)?);
            }
            if held.len() > MEMORY_LIMIT {
                held = spool.write(held).await?;
            }
        }
        if len == 0 {
            return Err(PictureError::Empty);
        }
        let media_type = match media_type {
            Some(media_type) => media_type,
            None => told(&held)?,
        };
        if spool.file.is_some() {
            spool.write(held).await?;
            held = Vec::new();
        }
        let body = match spool.file {
            Some(file) => Body::File(Arc::new(Mutex::new(file))),
            None => Body::Memory(held.into()),
        };
        Ok(Self { media_type, len, body })
    }

    /// How many bytes it has.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a picture is never empty")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// What kind of picture it is.
    #[must_use]
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// The usual ending of such a file's name, without the dot.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        self.media_type.extension()
    }

    /// Whether it is held in memory, and not in a temporary file.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        matches!(self.body, Body::Memory(_))
    }

    /// Its bytes from the beginning, in pieces of at most 64 KiB. It may be called as often as needed, and several at
    /// once; what is held in memory is not copied.
    ///
    /// A piece is an error when the temporary file cannot be read; the stream then ends.
    pub fn stream(&self) -> BoxStream<'static, io::Result<Bytes>> {
        match &self.body {
            Body::Memory(bytes) => {
                let pieces = stream::unfold(bytes.clone(), |mut rest| async move {
                    let piece = rest.split_to(rest.len().min(CHUNK));
                    (!piece.is_empty()).then_some((Ok(piece), rest))
                });
                pieces.boxed()
            }
            Body::File(file) => stream::unfold(Some((Arc::clone(file), 0, self.len)), next_piece).boxed(),
        }
    }
}

fn told<E>(held: &[u8]) -> Result<MediaType, PictureError<E>> {
    let head = held.get(..HEAD).unwrap_or(held);
    MediaType::of(head).map_err(|seems| PictureError::NotAPicture { seems })
}

/// Where a picture goes that is too large for memory.
struct Spool {
    folder: PathBuf,
    file: Option<File>,
}

impl Spool {
    /// Writes bytes to the end of the file, which is made first if need be; hands the memory back, empty.
    async fn write<E>(&mut self, mut bytes: Vec<u8>) -> Result<Vec<u8>, PictureError<E>> {
        let file = self.file.take();
        let folder = self.folder.clone();
        let written = spawn_blocking(move || {
            let mut file = match file {
                Some(file) => file,
                None => tempfile::tempfile_in(folder)?,
            };
            file.write_all(&bytes)?;
            bytes.clear();
            Ok((file, bytes))
        });
        match written.await.unwrap_or_else(|stopped| Err(io::Error::other(stopped))) {
            Ok((file, bytes)) => {
                self.file = Some(file);
                Ok(bytes)
            }
            Err(error) => Err(PictureError::disk(&self.folder, error)),
        }
    }
}

/// A file that is read: itself, how far, and how long it is; none after an error.
type Reading = Option<(Arc<Mutex<File>>, u64, u64)>;

async fn next_piece(reading: Reading) -> Option<(io::Result<Bytes>, Reading)> {
    let (file, offset, len) = reading?;
    let wanted = usize::try_from(len.saturating_sub(offset)).unwrap_or(CHUNK).min(CHUNK);
    if wanted == 0 {
        return None;
    }
    let read = spawn_blocking(move || {
        let mut piece = vec![0; wanted];
        let mut position = file.lock().unwrap_or_else(PoisonError::into_inner);
        position.seek(SeekFrom::Start(offset))?;
        position.read_exact(&mut piece)?;
        drop(position);
        Ok((file, piece))
    });
    match read.await.unwrap_or_else(|stopped| Err(io::Error::other(stopped))) {
        Ok((file, piece)) => {
            let read = u64::try_from(piece.len()).unwrap_or(u64::MAX);
            Some((Ok(piece.into()), Some((file, offset.saturating_add(read), len))))
        }
        Err(error) => Some((Err(error), None)),
    }
}
