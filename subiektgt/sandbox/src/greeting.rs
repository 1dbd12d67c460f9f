//! What is said before the log-in: mostly whether to encrypt.

use std::io;

use bytes::{Buf as _, BufMut as _, BytesMut};

use crate::Encryption;
use crate::packet::malformed;
use crate::text::take;
use crate::token::VERSION;

const OPTION_VERSION: u8 = 0;
const OPTION_ENCRYPTION: u8 = 1;
const OPTION_INSTANCE: u8 = 2;
const OPTION_THREAD: u8 = 3;
const OPTION_MANY: u8 = 4;
const NO_MORE_OPTIONS: u8 = 0xFF;

/// What both sides say of encryption, as it is on the wire.
const OFF: u8 = 0;
const ON: u8 = 1;
const NOT_SUPPORTED: u8 = 2;
const REQUIRED: u8 = 3;

/// What is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreed {
    Nothing,
    /// The log-in alone, and all else is clear.
    Login,
    Everything,
    /// They cannot agree, and the client must go.
    Never,
}

/// What the client wants of encryption.
pub(crate) fn wanted(message: &[u8]) -> io::Result<u8> {
    let mut options = message;
    loop {
        let option = options.try_get_u8()?;
        if option == NO_MORE_OPTIONS {
            return Ok(NOT_SUPPORTED);
        }
        let (begin, length) = (options.try_get_u16()?, options.try_get_u16()?);
        if option == OPTION_ENCRYPTION {
            let mut data = message;
            take(&mut data, usize::from(begin))?;
            return take(&mut data, usize::from(length))?
                .first()
                .copied()
                .ok_or_else(|| malformed("no byte"));
        }
    }
}

/// What comes of what both want, and what the server says to it.
pub(crate) fn agree(own: Encryption, wanted: u8) -> (Agreed, u8) {
    match (own, wanted) {
        (Encryption::NotSupported, OFF | NOT_SUPPORTED) => (Agreed::Nothing, NOT_SUPPORTED),
        (Encryption::NotSupported, _) => (Agreed::Never, NOT_SUPPORTED),
        (Encryption::Off, OFF) => (Agreed::Login, OFF),
        (Encryption::Off, NOT_SUPPORTED) => (Agreed::Nothing, NOT_SUPPORTED),
        (Encryption::On, OFF) => (Agreed::Everything, REQUIRED),
        (Encryption::On, NOT_SUPPORTED) => (Agreed::Never, REQUIRED),
        (Encryption::Off | Encryption::On, _) => (Agreed::Everything, ON),
    }
}

/// What the server says: its version, of encryption, that the instance is the right one, and that a
/// connection has one answer at a time.
pub(crate) fn answer(encryption: u8) -> BytesMut {
    let mut version = VERSION.to_vec();
    version.extend([0, 0]);
    let options: [(u8, &[u8]); 5] = [
        (OPTION_VERSION, &version),
        (OPTION_ENCRYPTION, &[encryption]),
        (OPTION_INSTANCE, &[0]),
        (OPTION_THREAD, &[]),
        (OPTION_MANY, &[0]),
    ];
    let mut out = BytesMut::new();
    let mut begin = options.len() * 5 + 1;
    for (option, data) in options {
        out.put_u8(option);
        out.put_u16(u16::try_from(begin).unwrap_or_default());
        out.put_u16(u16::try_from(data.len()).unwrap_or_default());
        begin += data.len();
    }
    out.put_u8(NO_MORE_OPTIONS);
    options.into_iter().for_each(|(_, data)| out.put_slice(data));
    out
}
