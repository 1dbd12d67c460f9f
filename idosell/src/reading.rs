//! Reading a file of the shop: once through all of it for what must be known before its goods are told, and then for the goods. Both on
//! threads that may block.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;
use url::Url;
use xxhash_rust::xxh3::Xxh3;

use crate::mapping::{Categories, Groups};
use crate::spool::content;
use crate::wire::{self, Document, Entry, Head, ReadError};

/// How much is read at a time, in bytes.
const PIECE: usize = 64 << 10;

/// Products that are read ahead.
const AHEAD: usize = 8;

/// More hosts than these, or languages, are not told apart.
const MOST: usize = 50;

/// What must be known of an offer before its goods are told.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub(crate) head: Head,
    pub(crate) groups: Groups,
    pub(crate) categories: Categories,
    /// How many products there are, broken ones included.
    pub(crate) products: usize,
    /// How many of them the shop has removed, as only a file of changes tells.
    pub(crate) removed: usize,
    /// In which languages products have a name.
    pub(crate) languages: BTreeSet<String>,
    /// How many products' pages lie on each host.
    hosts: BTreeMap<String, usize>,
}

impl Survey {
    fn add(&mut self, entry: &Entry) {
        self.products += 1;
        let Entry::Product(product) = entry else { return };
        self.removed += usize::from(product.removed.as_deref() == Some("yes"));
        self.groups.add(product);
        self.categories.add(product);
        for language in product.name.languages() {
            let language = language.trim().to_ascii_lowercase();
            if self.languages.len() < MOST && !language.is_empty() && language.len() <= 10 {
                self.languages.insert(language);
            }
        }
        let page = product.card.as_deref().and_then(|page| Url::parse(page).ok());
        let host = page.as_ref().and_then(|page| {
            // A port belongs to the host: two shops on two ports are two shops.
            let port = page.port().map(|port| format!(":{port}")).unwrap_or_default();
            Some(format!("{}{port}", page.host_str()?))
        });
        if let Some(host) = host.filter(|host| self.hosts.len() < MOST || self.hosts.contains_key(host)) {
            *self.hosts.entry(host).or_default() += 1;
        }
    }

    /// The host on which most products' pages lie; of several the first by name, whatever the order of the goods.
    pub(crate) fn host(&self) -> Option<&str> {
        let most = self.hosts.values().max()?;
        self.hosts.iter().find(|(_, count)| *count == most).map(|(host, _)| host.as_str())
    }
}

/// A file, by what it is.
pub(crate) enum Surveyed {
    Gateway(wire::Gateway),
    Offer(Survey),
}

/// Reads all of a file, so that it is known to be whole. Ends soon when nobody waits for it any more.
pub(crate) async fn survey(file: Arc<File>) -> Result<Surveyed, ReadError> {
    let (guard, is_dropped) = Guard::new();
    let surveyed = tokio::task::spawn_blocking(move || {
        let mut offer = match wire::open(reader(file))? {
            Document::Gateway(gateway) => return Ok(Surveyed::Gateway(gateway)),
            Document::Offer(offer) => offer,
        };
        let mut survey = Survey { head: offer.head().clone(), ..Survey::default() };
        while let Some(entry) = offer.next_entry()? {
            if is_dropped.load(Ordering::Relaxed) {
                return Err(ReadError::Ended);
            }
            survey.add(&entry);
        }
        Ok(Surveyed::Offer(survey))
    })
    .await;
    drop(guard);
    surveyed.unwrap_or(Err(ReadError::Ended))
}

/// A digest of a file's content.
pub(crate) async fn digest(file: Arc<File>) -> io::Result<String> {
    let digest = tokio::task::spawn_blocking(move || {
        let (mut reader, mut digest) = (At { file, offset: 0 }, Xxh3::new());
        let mut piece = vec![0; PIECE];
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(content(&digest)),
                length => digest.update(piece.get(..length).unwrap_or_default()),
            }
        }
    });
    digest.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// What comes of reading an offer: its entries, and `None` behind the last. What ends without that was not read whole.
pub(crate) type Entries = mpsc::Receiver<Result<Option<Entry>, ReadError>>;

/// Reads the goods of an offer. It ends soon when the receiver is dropped.
pub(crate) fn entries(file: Arc<File>) -> Entries {
    let (sender, entries) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut offer = match wire::open(reader(file)) {
            Ok(Document::Offer(offer)) => offer,
            Ok(Document::Gateway(_)) => return,
            // Who does not listen any more does not miss it.
            Err(error) => return drop(sender.blocking_send(Err(error))),
        };
        loop {
            let entry = offer.next_entry();
            let is_last = !matches!(entry, Ok(Some(_)));
            if sender.blocking_send(entry).is_err() || is_last {
                return;
            }
        }
    });
    entries
}

fn reader(file: Arc<File>) -> BufReader<At> {
    BufReader::with_capacity(PIECE, At { file, offset: 0 })
}

/// Tells a thread that nobody waits for it any more.
struct Guard(Arc<AtomicBool>);

impl Guard {
    fn new() -> (Self, Arc<AtomicBool>) {
        let is_dropped = Arc::new(AtomicBool::new(false));
        (Self(Arc::clone(&is_dropped)), is_dropped)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A file that is read by several at once, each from a place of its own. It stays readable when another run removes its name.
struct At {
    file: Arc<File>,
    offset: u64,
}

impl Read for At {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let length = std::os::unix::fs::FileExt::read_at(&*self.file, into, self.offset)?;
        #[cfg(windows)]
        let length = std::os::windows::fs::FileExt::seek_read(&*self.file, into, self.offset)?;
        self.offset += length as u64;
        Ok(length)
    }
}
