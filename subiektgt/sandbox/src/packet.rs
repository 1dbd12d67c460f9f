//! Packets, of which messages are made.

use std::io;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// A batch of SQL.
pub(crate) const BATCH: u8 = 0x01;
/// A call of a procedure.
pub(crate) const CALL: u8 = 0x03;
/// What the server answers.
pub(crate) const ANSWER: u8 = 0x04;
/// The client wants to hear no more.
pub(crate) const ATTENTION: u8 = 0x06;
/// A log-in.
pub(crate) const LOGIN: u8 = 0x10;
/// What is said before the log-in, and the handshake of TLS.
pub(crate) const GREETING: u8 = 0x12;

/// The header of a packet.
pub(crate) const HEADER: usize = 8;

/// The size of packets until another one is agreed on.
pub(crate) const USUAL_SIZE: usize = 4096;

/// The last packet of its message.
const LAST: u8 = 0x01;
/// The client has thought better of this message.
const IGNORE: u8 = 0x02;

/// A client's message is not longer than this.
const LONGEST_MESSAGE: usize = 64 << 20;

/// What a client sent is not of the protocol.
pub(crate) fn malformed(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// A packet that came in.
pub(crate) struct Packet {
    pub(crate) kind: u8,
    status: u8,
    body: Bytes,
}

/// A message that came in.
pub(crate) struct Message {
    pub(crate) kind: u8,
    pub(crate) body: Bytes,
}

/// The packets of a stream.
pub(crate) struct Packets<R> {
    from: R,
    held: BytesMut,
}

impl<R: AsyncRead + Unpin> Packets<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, held: BytesMut::new() }
    }

    /// The next packet, or none when the client is gone. Whoever stops waiting loses nothing.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Packet>> {
        loop {
            if let Some(packet) = self.take()? {
                return Ok(Some(packet));
            }
            self.held.reserve(USUAL_SIZE);
            if self.from.read_buf(&mut self.held).await? == 0 {
                return if self.held.is_empty() {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
        }
    }

    fn take(&mut self) -> io::Result<Option<Packet>> {
        let mut header: &[u8] = &self.held;
        if header.len() < HEADER {
            return Ok(None);
        }
        let (kind, status, length) = (header.get_u8(), header.get_u8(), usize::from(header.get_u16()));
        if length < HEADER {
            return Err(malformed("a packet shorter than its header"));
        }
        if self.held.len() < length {
            return Ok(None);
        }
        let mut packet = self.held.split_to(length);
        packet.advance(HEADER);
        Ok(Some(Packet { kind, status, body: packet.freeze() }))
    }

    /// The next whole message, or none when the client is gone.
    pub(crate) async fn message(&mut self) -> io::Result<Option<Message>> {
        let mut body = BytesMut::new();
        while let Some(packet) = self.next().await? {
            if body.len() + packet.body.len() > LONGEST_MESSAGE {
                return Err(malformed("a message that is too long"));
            }
            body.extend_from_slice(&packet.body);
            if packet.kind == ATTENTION {
                return Ok(Some(Message { kind: ATTENTION, body: Bytes::new() }));
            }
            if packet.status & IGNORE != 0 {
                body.clear();
            } else if packet.status & LAST != 0 {
                return Ok(Some(Message { kind: packet.kind, body: body.freeze() }));
            }
        }
        Ok(None)
    }
}

/// A packet as it goes over the wire.
pub(crate) fn packet(kind: u8, is_last: bool, number: u8, body: &[u8]) -> Bytes {
    let length = HEADER + body.len();
    let mut packet = BytesMut::with_capacity(length);
    packet.put_u8(kind);
    packet.put_u8(if is_last { LAST } else { 0 });
    packet.put_u16(u16::try_from(length).unwrap_or(u16::MAX));
    packet.put_u16(0);
    packet.put_u8(number);
    packet.put_u8(0);
    packet.put_slice(body);
    packet.freeze()
}

/// Sends a message that fits into one packet.
pub(crate) async fn send(to: &mut (impl AsyncWrite + Unpin), kind: u8, body: &[u8]) -> io::Result<()> {
    to.write_all(&packet(kind, true, 1, body)).await?;
    to.flush().await
}
