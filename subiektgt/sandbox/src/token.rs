//! The tokens that an answer is made of, but for those of tables.

use bytes::{BufMut as _, BytesMut};

use crate::text::{COLLATION, put_message, put_short};

/// The name of the server.
const NAME: &str = "SANDBOX";

/// The version of the server that it stands in for: 12.0.2000, which is that of 2014.
pub(crate) const VERSION: [u8; 4] = [12, 0, 0x07, 0xD0];

/// What is changed for a connection.
#[derive(Clone, Copy)]
pub(crate) enum Change<'t> {
    Database(&'t str),
    Language,
    PacketSize(usize),
    Collation,
}

/// Which statement, or whole, has ended.
#[derive(Clone, Copy)]
pub(crate) enum End {
    /// A statement of a batch, or a log-in, or what is cut short.
    Batch,
    /// A call of a procedure.
    Call,
    /// A statement within it.
    InCall,
}

/// How it has ended.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// Well.
    Done,
    /// Well, with so many rows.
    Rows(u64),
    /// With an error, which stands before it.
    Failed,
    /// The client wanted to hear no more.
    CutShort,
}

/// Writes a token whose length stands before its body.
fn sized(out: &mut BytesMut, token: u8, body: &[u8]) {
    out.put_u8(token);
    out.put_u16_le(u16::try_from(body.len()).unwrap_or(u16::MAX));
    out.put_slice(body);
}

fn note(out: &mut BytesMut, token: u8, number: i32, class: u8, message: &str) {
    let mut body = BytesMut::new();
    body.put_i32_le(number);
    body.put_u8(1);
    body.put_u8(class);
    put_message(&mut body, message);
    put_short(&mut body, NAME);
    put_short(&mut body, "");
    body.put_u32_le(1);
    sized(out, token, &body);
}

/// Writes an error.
pub(crate) fn error(out: &mut BytesMut, number: i32, class: u8, message: &str) {
    note(out, 0xAA, number, class, message);
}

/// Writes a remark, which is no error.
pub(crate) fn info(out: &mut BytesMut, number: i32, message: &str) {
    note(out, 0xAB, number, 0, message);
}

/// Writes what is changed from now on.
pub(crate) fn change(out: &mut BytesMut, change: Change<'_>) {
    let mut body = BytesMut::new();
    let (kind, to, from) = match change {
        Change::Database(name) => (1, name.to_owned(), "master"),
        Change::Language => (2, "polski".to_owned(), ""),
        Change::PacketSize(size) => (4, size.to_string(), "4096"),
        Change::Collation => (7, String::new(), ""),
    };
    body.put_u8(kind);
    if matches!(change, Change::Collation) {
        body.put_u8(5);
        body.put_slice(&COLLATION);
    } else {
        put_short(&mut body, &to);
    }
    put_short(&mut body, from);
    sized(out, 0xE3, &body);
}

/// Writes that the log-in is accepted, in this version of the protocol.
pub(crate) fn login_accepted(out: &mut BytesMut, protocol: u32) {
    let mut body = BytesMut::new();
    body.put_u8(1);
    body.put_u32(protocol);
    put_short(&mut body, "Microsoft SQL Server");
    body.put_slice(&VERSION);
    sized(out, 0xAD, &body);
}

/// Writes what a procedure returned: 0, or the number of its error.
pub(crate) fn returned(out: &mut BytesMut, status: i32) {
    out.put_u8(0x79);
    out.put_i32_le(status);
}

/// Writes that something has ended. Only within a call does anything follow.
pub(crate) fn end(out: &mut BytesMut, what: End, how: How) {
    let more = if matches!(what, End::InCall) { 0x01 } else { 0 };
    let (status, command, rows) = match how {
        How::Done => (0, 0, 0),
        How::Rows(rows) => (0x10, 0xC1, rows),
        How::Failed => (0x02, 0, 0),
        How::CutShort => (0x20, 0, 0),
    };
    out.put_u8(match what {
        End::Batch => 0xFD,
        End::Call => 0xFE,
        End::InCall => 0xFF,
    });
    out.put_u16_le(status | more);
    out.put_u16_le(command);
    out.put_u64_le(rows);
}
