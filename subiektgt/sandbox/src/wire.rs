//! The connection after the log-in: requests in, answers out in packets of the size that was agreed on.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};

use crate::packet::{ANSWER, ATTENTION, HEADER, Message, Packets, malformed, packet};

/// What a connection goes over, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// The connection after the log-in.
pub(crate) struct Wire {
    requests: Packets<ReadHalf<Box<dyn Stream>>>,
    to: WriteHalf<Box<dyn Stream>>,
    /// The most bytes of an answer that a packet carries.
    room: usize,
    number: u8,
    /// What of the answer is not yet sent. Tokens are put in whole.
    pub(crate) out: BytesMut,
    is_cut_short: bool,
}

impl Wire {
    /// A connection whose packets have this size.
    pub(crate) fn new(stream: Box<dyn Stream>, size: usize) -> Self {
        let (from, to) = tokio::io::split(stream);
        Self {
            requests: Packets::new(from),
            to,
            room: size.saturating_sub(HEADER).max(1),
            number: 0,
            out: BytesMut::new(),
            is_cut_short: false,
        }
    }

    /// The next request, or none when the client is gone.
    pub(crate) async fn request(&mut self) -> io::Result<Option<Message>> {
        self.is_cut_short = false;
        self.requests.message().await
    }

    /// Whether the client wants to hear no more of the present answer.
    pub(crate) fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    /// Sends what fills packets, and holds the rest back. It is over when the system has taken it.
    pub(crate) async fn pass_on(&mut self) -> io::Result<()> {
        while self.out.len() > self.room {
            let body = self.out.split_to(self.room);
            self.send(&body, false).await?;
        }
        Ok(())
    }

    /// Sends the rest of the answer.
    pub(crate) async fn finish(&mut self) -> io::Result<()> {
        self.pass_on().await?;
        let body = self.out.split();
        self.send(&body, true).await?;
        self.number = 0;
        Ok(())
    }

    /// Sends a packet, and listens meanwhile: until it has the whole answer, a client may say only that it wants no more.
    async fn send(&mut self, body: &[u8], is_last: bool) -> io::Result<()> {
        self.number = self.number.wrapping_add(1);
        let packet = packet(ANSWER, is_last, self.number, body);
        let Self { requests, to, is_cut_short, .. } = self;
        let sending = async {
            to.write_all(&packet).await?;
            to.flush().await
        };
        tokio::pin!(sending);
        loop {
            tokio::select! {
                biased;
                heard = requests.next(), if !*is_cut_short => match heard? {
                    Some(packet) if packet.kind == ATTENTION => *is_cut_short = true,
                    Some(_) => return Err(malformed("a request before the answer to the last one")),
                    None => return Err(io::ErrorKind::ConnectionAborted.into()),
                },
                sent = &mut sending => return sent,
            }
        }
    }

    /// Ends the connection after all that was said.
    pub(crate) async fn close(&mut self) -> io::Result<()> {
        self.to.shutdown().await
    }
}
