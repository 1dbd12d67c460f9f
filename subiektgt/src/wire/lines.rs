//! The lines of a file, whatever ends them.

use std::collections::VecDeque;
use std::io::{BufRead, ErrorKind};

use super::{MAX_RECORD_BYTES, ReadError};

const LINE_FEED: u8 = b'\n';
const RETURN: u8 = b'\r';
/// Ctrl-Z, which old programs write behind the end of a text.
const END_OF_TEXT: u8 = 0x1a;

/// How many bytes tell in which way a file writes characters.
const OPENING_BYTES: usize = 4;

/// A label, alone on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// `[INFO]`
    Info,
    /// `[NAGLOWEK]`
    Header,
    /// `[ZAWARTOSC]`
    Content,
}

/// A line without what ends it, and without NUL and ctrl-Z, which mean nothing in a text: so a ctrl-Z at the end is the end, and one that
/// slipped into a text does not cost the goods behind it.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// At most [`MAX_RECORD_BYTES`].
    pub(super) bytes: Vec<u8>,
    /// There were more bytes, which were passed over.
    pub(super) is_too_long: bool,
    /// It has a line end, or is marked as the end of the text. Without either the file was cut in it, or its writer was sparing.
    pub(super) is_ended: bool,
}

impl Line {
    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        !self.is_too_long && self.bytes.trim_ascii().is_empty()
    }

    /// The label that it is.
    pub(super) fn label(&self) -> Option<Label> {
        let line = self.bytes.trim_ascii();
        let is = |label: &[u8]| !self.is_too_long && line.eq_ignore_ascii_case(label);
        if is(b"[INFO]") {
            Some(Label::Info)
        } else if is(b"[NAGLOWEK]") {
            Some(Label::Header)
        } else if is(b"[ZAWARTOSC]") {
            Some(Label::Content)
        } else {
            None
        }
    }

    /// Adds a piece.
    fn add(&mut self, piece: &[u8]) {
        for byte in piece {
            match *byte {
                0 => {}
                END_OF_TEXT => self.is_ended = true,
                _ if self.bytes.len() >= MAX_RECORD_BYTES => self.is_too_long = true,
                byte => {
                    self.bytes.push(byte);
                    self.is_ended = false;
                }
            }
        }
    }
}

/// Lines, of which those that were looked at ahead come again.
pub(super) struct Lines<R> {
    source: R,
    ahead: VecDeque<Line>,
    number: u64,
    /// A line feed that comes now belongs to the line end before it.
    is_behind_return: bool,
    /// A byte order mark says so.
    is_utf8: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, ahead: VecDeque::new(), number: 0, is_behind_return: false, is_utf8: false }
    }

    /// Whether the file begins with the byte order mark of UTF-8. Known with the first line.
    pub(super) fn is_utf8(&self) -> bool {
        self.is_utf8
    }

    /// The next line.
    pub(super) fn next(&mut self) -> Result<Option<Line>, ReadError> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// The line that comes behind `skipped` others. It comes again.
    pub(super) fn look(&mut self, skipped: usize) -> Result<Option<&Line>, ReadError> {
        while self.ahead.len() <= skipped {
            let Some(line) = self.read()? else { return Ok(None) };
            self.ahead.push_back(line);
        }
        Ok(self.ahead.get(skipped))
    }

    /// Gives up lines that come next.
    pub(super) fn pass(&mut self, lines: usize) {
        self.ahead.drain(..lines.min(self.ahead.len()));
    }

    fn read(&mut self) -> Result<Option<Line>, ReadError> {
        let mut line = Line::default();
        let mut opening = Vec::new();
        let mut has_begun = false;
        loop {
            let available = match self.source.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            let Some(first) = available.first() else {
                if !has_begun {
                    return Ok(None);
                }
                break;
            };
            if std::mem::take(&mut self.is_behind_return) && *first == LINE_FEED {
                self.source.consume(1);
                continue;
            }
            let end = available.iter().position(|byte| matches!(*byte, LINE_FEED | RETURN));
            let piece = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            if self.number == 0 {
                opening.extend(piece.iter().take(OPENING_BYTES.saturating_sub(opening.len())));
            }
            line.add(piece);
            has_begun = true;
            let Some(end) = end else {
                let read = available.len();
                self.source.consume(read);
                continue;
            };
            self.is_behind_return = available.get(end) == Some(&RETURN);
            self.source.consume(end.saturating_add(1));
            line.is_ended = true;
            break;
        }
        if self.number == 0 {
            self.open(&opening, &mut line)?;
        }
        self.number = self.number.saturating_add(1);
        line.number = self.number;
        Ok(Some(line))
    }

    /// Tells by the first bytes in which way the file writes characters.
    fn open(&mut self, opening: &[u8], line: &mut Line) -> Result<(), ReadError> {
        match *opening {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(ReadError::Utf16),
            // The same without a mark: ASCII in two bytes each.
            [0, 1..=255, 0, 1..=255] | [1..=255, 0, 1..=255, 0] => return Err(ReadError::Utf16),
            [0xef, 0xbb, 0xbf, ..] => {
                self.is_utf8 = true;
                line.bytes = line.bytes.split_off(line.bytes.len().min(3));
            }
            _ => {}
        }
        Ok(())
    }
}
