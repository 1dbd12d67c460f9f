//! The detour by TCP: a relay of bytes that understands nothing of what it carries.
//!
//! What it counts are exchanges: one begins with bytes of the connector that come behind bytes of the shop, or as the first of their
//! connection. What it knows of products are their marks, in letters of one byte or of two, so a shop must not encrypt.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use sandbox_kit::{InFlight, lock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::marks;
use crate::goods::{MARK_DIGITS, MARK_LETTERS};

/// How much is carried at a time, in bytes.
const PIECE: usize = 16 << 10;

/// How much of a question is kept to be shown.
const SHOWN: usize = 400;

/// How much of what came before is looked at together with what comes: a mark may be split.
const TAIL: usize = 2 * (MARK_LETTERS.len() + MARK_DIGITS);

/// A question and the answer to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exchange {
    /// Its place among all, from 0.
    pub(crate) number: usize,
    /// The products whose marks have come in the answer so far.
    pub(crate) marks: BTreeSet<u32>,
    /// How many bytes of the answer have gone on to the connector.
    pub(crate) answered: usize,
    /// The beginning of the question.
    asked: Vec<u8>,
}

impl Exchange {
    /// The beginning of the question.
    pub(crate) fn asked(&self) -> &[u8] {
        &self.asked
    }

    /// The question as far as it is made of letters, of one byte or of two.
    pub(crate) fn shown(&self) -> String {
        let asked = self.asked.iter().copied().filter(|byte| byte.is_ascii_graphic() || *byte == b' ');
        asked.map(char::from).collect()
    }
}

/// Where an exchange is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The question has come, and the shop has not heard of it.
    Asked,
    /// So many bytes of the answer have come, and have not gone on yet.
    Answered(usize),
}

/// What becomes of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It goes on.
    Pass,
    /// So many of the bytes that have come go on, and then the connection ends.
    End(usize),
    /// These bytes come instead, and then the connection ends.
    Instead(Bytes),
}

/// Decides what becomes of an exchange at each stage; there are several of an answer that comes in pieces.
type Rule = Arc<dyn Fn(&Exchange, Stage) -> Deed + Send + Sync>;

/// Decides by its place among all, from 0, whether a connection is refused.
type Door = Arc<dyn Fn(usize) -> bool + Send + Sync>;

/// A running relay. It ends when it is dropped.
pub(crate) struct Relay {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

struct Shared {
    shop: SocketAddr,
    /// Questions that no byte of an answer has come to.
    open: AtomicUsize,
    watched: Mutex<Watched>,
}

struct Watched {
    /// Counts the beginnings: an exchange that began before the last one is nobody's any more.
    era: usize,
    rule: Rule,
    refuses: Door,
    exchanges: Vec<Exchange>,
    connections: usize,
    most: usize,
    was_exhausted: bool,
    at_once: usize,
    spoilt: usize,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Relay {
    /// A relay to the shop at an address, on any free port of this machine.
    pub(crate) async fn start(shop: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let watched = Watched {
            era: 0,
            rule: Arc::new(|_, _| Deed::Pass),
            refuses: Arc::new(|_| false),
            exchanges: Vec::new(),
            connections: 0,
            most: usize::MAX,
            was_exhausted: false,
            at_once: 0,
            spoilt: 0,
        };
        let shared = Arc::new(Shared { shop, open: AtomicUsize::new(0), watched: Mutex::new(watched) });
        let serving = Arc::clone(&shared);
        let server = tokio::spawn(async move {
            // They end with this.
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                if serving.lets_in() {
                    let serving = Arc::clone(&serving);
                    connections.spawn(async move { serving.carry(client).await });
                }
            }
        });
        Ok(Self { shared, address, server })
    }

    /// Where a connector finds the shop.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on this rule holds, what was before is forgotten, and more than `most` exchanges are refused.
    pub(crate) fn begin(&self, most: usize, rule: impl Fn(&Exchange, Stage) -> Deed + Send + Sync + 'static) {
        let mut watched = lock(&self.shared.watched);
        *watched = Watched {
            era: watched.era + 1,
            rule: Arc::new(rule),
            refuses: Arc::new(|_| false),
            exchanges: Vec::new(),
            connections: 0,
            most,
            was_exhausted: false,
            at_once: 0,
            spoilt: 0,
        };
    }

    /// From now on, until the next beginning, connections of which this says so are refused.
    pub(crate) fn refuse(&self, refuses: impl Fn(usize) -> bool + Send + Sync + 'static) {
        lock(&self.shared.watched).refuses = Arc::new(refuses);
    }

    /// The exchanges since the beginning.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        lock(&self.shared.watched).exchanges.clone()
    }

    /// How many connections were tried since the beginning.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.shared.watched).connections
    }

    /// How often something else than passing on was done since the beginning.
    pub(crate) fn spoilt(&self) -> usize {
        lock(&self.shared.watched).spoilt
    }

    pub(crate) fn at_once(&self) -> usize {
        lock(&self.shared.watched).at_once
    }

    /// Whether more exchanges came than were allowed.
    pub(crate) fn was_exhausted(&self) -> bool {
        lock(&self.shared.watched).was_exhausted
    }
}

/// An exchange as its connection knows it.
struct Open<'a> {
    era: usize,
    number: usize,
    tail: Vec<u8>,
    /// Until the first byte of the answer comes.
    waits: Option<InFlight<'a>>,
}

impl Shared {
    fn lets_in(&self) -> bool {
        let mut watched = lock(&self.watched);
        let number = watched.connections;
        watched.connections += 1;
        let refuses = Arc::clone(&watched.refuses);
        drop(watched);
        let is_refused = refuses(number);
        if is_refused {
            lock(&self.watched).spoilt += 1;
        }
        !is_refused
    }

    /// Carries what two say to each other, until one of them ends it or a rule does.
    async fn carry(&self, mut client: TcpStream) -> Option<()> {
        let mut shop = TcpStream::connect(self.shop).await.ok()?;
        for side in [&client, &shop] {
            side.set_nodelay(true).ok()?;
        }
        let (mut from_client, mut to_client) = client.split();
        let (mut from_shop, mut to_shop) = shop.split();
        let (mut question, mut answer) = (vec![0; PIECE], vec![0; PIECE]);
        let mut open: Option<Open<'_>> = None;
        loop {
            tokio::select! {
                read = from_client.read(&mut question) => {
                    let piece = question.get(..read.ok()?).filter(|piece| !piece.is_empty())?;
                    if open.as_ref().is_none_or(|open| open.waits.is_none()) {
                        let (begun, deed) = self.asked(piece);
                        open = Some(begun);
                        match deed {
                            Deed::Pass => {}
                            Deed::End(_) => return None,
                            Deed::Instead(bytes) => return to_client.write_all(&bytes).await.ok(),
                        }
                    }
                    to_shop.write_all(piece).await.ok()?;
                }
                read = from_shop.read(&mut answer) => {
                    let piece = answer.get(..read.ok()?).filter(|piece| !piece.is_empty())?;
                    match open.as_mut().map_or(Deed::Pass, |open| self.answered(open, piece)) {
                        Deed::Pass => to_client.write_all(piece).await.ok()?,
                        Deed::End(bytes) => return to_client.write_all(piece.get(..bytes.min(piece.len()))?).await.ok(),
                        Deed::Instead(bytes) => return to_client.write_all(&bytes).await.ok(),
                    }
                }
            }
        }
    }

    /// A question begins.
    fn asked(&self, piece: &[u8]) -> (Open<'_>, Deed) {
        let waits = InFlight::enter(&self.open, None);
        let now = self.open.load(Ordering::SeqCst);
        let mut watched = lock(&self.watched);
        let number = watched.exchanges.len();
        let asked = piece.get(..SHOWN.min(piece.len())).unwrap_or_default().to_vec();
        let exchange = Exchange { number, asked, ..Exchange::default() };
        watched.exchanges.push(exchange.clone());
        watched.at_once = watched.at_once.max(now);
        let open = Open { era: watched.era, number, tail: Vec::new(), waits };
        if number >= watched.most {
            watched.was_exhausted = true;
            return (open, Deed::End(0));
        }
        let rule = Arc::clone(&watched.rule);
        drop(watched);
        (open, self.noted(rule(&exchange, Stage::Asked)))
    }

    /// A piece of an answer has come.
    fn answered(&self, open: &mut Open<'_>, piece: &[u8]) -> Deed {
        open.waits = None;
        open.tail.extend_from_slice(piece);
        let mut watched = lock(&self.watched);
        let is_ours = watched.era == open.era;
        let rule = Arc::clone(&watched.rule);
        let Some(exchange) = watched.exchanges.get_mut(open.number).filter(|_| is_ours) else {
            return Deed::Pass;
        };
        // Letters of two bytes are those of one with nothing behind each.
        let letters: Vec<u8> = open.tail.iter().copied().filter(|byte| *byte != 0).collect();
        exchange.marks.extend(marks(&letters));
        let so_far = exchange.clone();
        exchange.answered += piece.len();
        drop(watched);
        open.tail.drain(..open.tail.len().saturating_sub(TAIL));
        self.noted(rule(&so_far, Stage::Answered(piece.len())))
    }

    fn noted(&self, deed: Deed) -> Deed {
        if deed != Deed::Pass {
            lock(&self.watched).spoilt += 1;
        }
        deed
    }
}
