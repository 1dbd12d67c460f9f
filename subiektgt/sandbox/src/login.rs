//! The log-in: what a client says it is, and whether it may.

use std::io;

use bytes::{Buf as _, BytesMut};

use crate::Options;
use crate::packet::USUAL_SIZE;
use crate::text::{take, utf16};
use crate::token::{Change, End, How, change, end, error, info, login_accepted};

/// The oldest version of the protocol that is spoken here, that of 2005.
const OLDEST: u32 = 0x7200_0000;
/// The newest one, that of 2012 and later.
const NEWEST: u32 = 0x7400_0004;

/// What a client says.
#[derive(Debug)]
pub(crate) struct Login {
    protocol: u32,
    packet_size: u32,
    user: String,
    password: String,
    database: String,
}

impl Login {
    /// Reads a log-in: numbers, then where each text stands, then the texts.
    pub(crate) fn read(message: &[u8]) -> io::Result<Self> {
        let mut head = message;
        head.try_get_u32_le()?;
        let protocol = head.try_get_u32_le()?;
        let packet_size = head.try_get_u32_le()?;
        let text = |place: usize| field(message, place).and_then(utf16);
        let password: Vec<u8> = field(message, 44)?.iter().map(|byte| (byte ^ 0xA5).rotate_left(4)).collect();
        Ok(Self { protocol, packet_size, user: text(40)?, password: utf16(&password)?, database: text(68)? })
    }

    /// Whether its version of the protocol is spoken here.
    pub(crate) fn is_understood(&self) -> bool {
        self.protocol >= OLDEST
    }

    /// The size of packets that it wants.
    pub(crate) fn packet_size(&self) -> usize {
        match usize::try_from(self.packet_size) {
            Ok(0) | Err(_) => USUAL_SIZE,
            Ok(size) => size.clamp(512, 32767),
        }
    }

    /// Writes the answer, and says whether it may.
    pub(crate) fn answer(&self, options: &Options, out: &mut BytesMut) -> bool {
        let Options { user, password, database, .. } = options;
        if !is_same(user, &self.user) || *password != self.password {
            refuse(out, 18456, 14, &format!("Login failed for user '{}'.", self.user));
            return false;
        }
        if !self.database.is_empty() && !is_same(database, &self.database) {
            let asked = &self.database;
            let message =
                format!("Cannot open database \"{asked}\" requested by the login. The login failed.");
            refuse(out, 4060, 11, &message);
            return false;
        }
        change(out, Change::Database(database));
        info(out, 5701, &format!("Changed database context to '{database}'."));
        change(out, Change::Collation);
        change(out, Change::Language);
        info(out, 5703, "Changed language setting to polski.");
        login_accepted(out, self.protocol.min(NEWEST));
        change(out, Change::PacketSize(self.packet_size()));
        end(out, End::Batch, How::Done);
        true
    }
}

fn refuse(out: &mut BytesMut, number: i32, class: u8, message: &str) {
    error(out, number, class, message);
    end(out, End::Batch, How::Failed);
}

/// Names are compared as the collation does it.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The bytes of the text that `place` points to, by where it begins and how many units of UTF-16 it has.
fn field(message: &[u8], place: usize) -> io::Result<&[u8]> {
    let mut pointer = message;
    take(&mut pointer, place)?;
    let begin = usize::from(pointer.try_get_u16_le()?);
    let length = usize::from(pointer.try_get_u16_le()?) * 2;
    if length == 0 {
        return Ok(&[]);
    }
    let mut text = message;
    take(&mut text, begin)?;
    take(&mut text, length)
}
