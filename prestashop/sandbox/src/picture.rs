//! Pictures: small baseline JPEGs, each id another one, made when they are asked for.

/// A bit writer for JPEG's entropy-coded data.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, bits: u32) {
        self.pending = (self.pending << bits) | (value & ((1 << bits) - 1));
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            let byte = u8::try_from((self.pending >> self.count) & 0xFF).unwrap_or(0);
            self.bytes.push(byte);
            if byte == 0xFF {
                self.bytes.push(0);
            }
        }
    }

    fn finish(mut self) -> Vec<u8> {
        self.put(0x7F, 7);
        self.bytes
    }
}

/// The colour of one block, as luminance and two chrominances around 0.
type Color = [i32; 3];

/// Makes a picture of `width` by `height` that belongs to `id`, at least `least` bytes in size.
pub(crate) fn jpeg(id: u32, width: u32, height: u32, least: usize) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    segment(&mut out, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    // All ones: the first coefficient of a block is then eight times its mean.
    segment(&mut out, 0xDB, &[&[0][..], &[1; 64]].concat());
    let [high, low] = [height, width].map(|size| u16::try_from(size).unwrap_or(u16::MAX).to_be_bytes());
    let frame = [&[8][..], &high, &low, &[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]].concat();
    segment(&mut out, 0xC0, &frame);
    // Twelve codes of four bits for the sizes of a difference, and one of one bit for "nothing but the mean".
    let lengths = |one: u8, four: u8| [one, 0, 0, four, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    segment(
        &mut out,
        0xC4,
        &[&[0x00][..], &lengths(0, 12), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]].concat(),
    );
    segment(&mut out, 0xC4, &[&[0x10][..], &lengths(1, 0), &[0]].concat());
    while out.len() < least {
        let size = (least - out.len()).clamp(1, 65_000);
        segment(&mut out, 0xFE, &vec![b'.'; size]);
    }
    segment(&mut out, 0xFE, format!("picture {id}").as_bytes());
    segment(&mut out, 0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    out.extend(mosaic(id, width.div_ceil(8), height.div_ceil(8)));
    out.extend([0xFF, 0xD9]);
    out
}

fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    out.extend([0xFF, marker]);
    out.extend(u16::try_from(content.len() + 2).unwrap_or(u16::MAX).to_be_bytes());
    out.extend(content);
}

/// Blocks of two colours, in a pattern that is the id's own.
fn mosaic(id: u32, columns: u32, rows: u32) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(u64::from(id));
    let pattern = random.u64(..);
    let mut color = || -> Color { [random.i32(-100..100), random.i32(-90..90), random.i32(-90..90)] };
    let colors = [color(), color()];
    let mut bits = Bits::default();
    let mut before: Color = [0; 3];
    for row in 0..rows {
        for column in 0..columns {
            let place = (row * 8 / rows) * 8 + column * 8 / columns;
            let [one, other] = colors;
            let color = if pattern >> place & 1 == 0 { one } else { other };
            for (mean, before) in color.into_iter().zip(&mut before) {
                difference(&mut bits, mean * 8 - *before);
                *before = mean * 8;
                bits.put(0, 1);
            }
        }
    }
    bits.finish()
}

/// The size of a number in bits, then the number.
fn difference(bits: &mut Bits, value: i32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    bits.put(size, 4);
    if size > 0 {
        let negative = i32::from(value < 0);
        let shown = i64::from(value - negative) & ((1 << size) - 1);
        bits.put(u32::try_from(shown).unwrap_or(0), size);
    }
}
