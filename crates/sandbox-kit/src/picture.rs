//! Pictures: small PNGs, each id another one, made when they are asked for.

/// A grey picture of eight by eight, whose rows are the bytes of the id.
#[must_use]
pub fn png(id: u64) -> Vec<u8> {
    const SIZE: usize = 8;
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, b"IHDR", &[0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
    // Each row begins with the number of its filter: none.
    let rows: Vec<u8> =
        id.to_be_bytes().iter().flat_map(|grey| [&[0][..], &[*grey; SIZE]].concat()).collect();
    chunk(&mut out, b"IDAT", &zlib(&rows));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    let content = [kind, content].concat();
    out.extend(u32::try_from(content.len() - kind.len()).unwrap_or(0).to_be_bytes());
    out.extend(&content);
    out.extend(crc32(&content).to_be_bytes());
}

/// Bytes in a zlib stream that stores them as they are, so that nothing needs to be packed.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let mut out = vec![0x78, 0x01, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend(adler32(bytes).to_be_bytes());
    out
}

fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    });
    high << 16 | low
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}
