//! Texts on the wire: UTF-16 of the protocol itself, and the code page of the columns.

use std::io;

use bytes::{Buf as _, BufMut as _, BytesMut};
use encoding_rs::WINDOWS_1250;

use crate::packet::malformed;

/// The collation `Polish_CI_AS`: the language, what is not compared (case, width, kana), and no sort order of old.
pub(crate) const COLLATION: [u8; 5] = [0x15, 0x04, 0xD0, 0x00, 0x00];

/// Takes so many bytes off the front.
pub(crate) fn take<'b>(from: &mut &'b [u8], length: usize) -> io::Result<&'b [u8]> {
    let (taken, rest) = from.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
    *from = rest;
    Ok(taken)
}

/// The text that these bytes are in UTF-16.
pub(crate) fn utf16(mut bytes: &[u8]) -> io::Result<String> {
    let mut units = Vec::with_capacity(bytes.len() / 2);
    while bytes.has_remaining() {
        units.push(bytes.try_get_u16_le()?);
    }
    String::from_utf16(&units).map_err(|_| malformed("a text that is not UTF-16"))
}

/// Writes a text in UTF-16 behind its length in one byte; of longer ones the beginning.
pub(crate) fn put_short(out: &mut BytesMut, text: &str) {
    let units: Vec<u16> = text.encode_utf16().take(usize::from(u8::MAX)).collect();
    out.put_u8(u8::try_from(units.len()).unwrap_or(u8::MAX));
    units.into_iter().for_each(|unit| out.put_u16_le(unit));
}

/// Writes a text in UTF-16 behind its length in two bytes; of longer ones the beginning, for a message is of 2047 characters.
pub(crate) fn put_message(out: &mut BytesMut, text: &str) {
    let units: Vec<u16> = text.encode_utf16().take(2047).collect();
    out.put_u16_le(u16::try_from(units.len()).unwrap_or(u16::MAX));
    units.into_iter().for_each(|unit| out.put_u16_le(unit));
}

/// The text in the code page 1250. What is not in there becomes a question mark.
pub(crate) fn cp1250(text: &str) -> Vec<u8> {
    let (bytes, _, is_lossy) = WINDOWS_1250.encode(text);
    if !is_lossy {
        return bytes.into_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut letter = [0; 4];
    for character in text.chars() {
        let (encoded, _, is_lossy) = WINDOWS_1250.encode(character.encode_utf8(&mut letter));
        if is_lossy {
            bytes.push(b'?');
        } else {
            bytes.extend_from_slice(&encoded);
        }
    }
    bytes
}
