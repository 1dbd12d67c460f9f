//! A file in pieces: tags, texts, and what is neither, in memory that does not grow with any of them.
//!
//! An XML parser takes a text, a comment or a tag into memory as a whole, however long it is, and is lost after the first flaw. So
//! the parts of an offer are told from each other here, and only what is one product is given to a parser.

use std::io::{BufRead, ErrorKind};

use super::ReadError;

/// What is kept of a tag.
const MAX_TAG_BYTES: usize = 64 << 10;

/// A piece of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A start tag, kept in [`Lexer::tag`].
    Start {
        /// Whether it is its end, too.
        empty: bool,
    },
    /// An end tag, likewise.
    End,
    /// Text between tags, CDATA included.
    Text {
        /// Whether it is white space.
        blank: bool,
    },
    /// A comment, or an instruction (kept in [`Lexer::tag`] without its marks).
    Aside {
        /// Whether it is an instruction.
        instruction: bool,
    },
    /// `<!` and something that is neither a comment nor CDATA; its first bytes are in [`Lexer::tag`].
    Declaration,
    /// The end of the file.
    Eof,
}

/// Reads a file piece by piece.
pub(super) struct Lexer<R> {
    reader: R,
    at: u64,
    tag: Vec<u8>,
    tag_is_cut: bool,
    /// What is not well-formed in the pieces since it was last asked for.
    flaw: Option<&'static str>,
    recorder: Option<Recorder>,
}

/// Keeps what passes, up to a limit.
struct Recorder {
    bytes: Vec<u8>,
    limit: usize,
    overflow: bool,
    /// Whether the end of a product was passed where none can be: in CDATA or a comment that somebody forgot to close.
    swallowed: bool,
}

impl Recorder {
    fn keep(&mut self, bytes: &[u8]) {
        if self.overflow || self.bytes.len().saturating_add(bytes.len()) > self.limit {
            self.overflow = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

/// What passed while it was kept.
pub(super) struct Recorded {
    /// All of it; `None` when it was more than the limit.
    pub(super) bytes: Option<Vec<u8>>,
    /// Whether the end of a product was passed in CDATA or a comment.
    pub(super) swallowed: bool,
    /// What in it is not well-formed.
    pub(super) flaw: Option<&'static str>,
}

impl<R: BufRead> Lexer<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, at: 0, tag: Vec::new(), tag_is_cut: false, flaw: None, recorder: None }
    }

    /// How many bytes have been read.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The last tag without its angle brackets, or the beginning of it when it is long.
    pub(super) fn tag(&self) -> &[u8] {
        &self.tag
    }

    /// Whether the last tag is longer than what is kept of it.
    pub(super) fn tag_is_cut(&self) -> bool {
        self.tag_is_cut
    }

    /// The name in the last tag, of a start or an end.
    pub(super) fn name(&self) -> &[u8] {
        let name = self.tag.strip_prefix(b"/").unwrap_or(&self.tag);
        name.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default()
    }

    /// What was not well-formed since this was last asked.
    pub(super) fn take_flaw(&mut self) -> Option<&'static str> {
        self.flaw.take()
    }

    /// Keeps the last tag and everything after it.
    pub(super) fn record(&mut self, limit: usize) {
        let mut recorder = Recorder { bytes: Vec::new(), limit, overflow: self.tag_is_cut, swallowed: false };
        recorder.keep(b"<");
        recorder.keep(&self.tag);
        recorder.keep(b">");
        self.recorder = Some(recorder);
    }

    /// Ends what [`Lexer::record`] began.
    pub(super) fn recorded(&mut self) -> Recorded {
        let recorder = self.recorder.take();
        let swallowed = recorder.as_ref().is_some_and(|recorder| recorder.swallowed);
        let bytes = recorder.filter(|recorder| !recorder.overflow).map(|recorder| recorder.bytes);
        Recorded { bytes, swallowed, flaw: self.flaw.take() }
    }

    /// Skips a byte order mark.
    pub(super) fn begin(&mut self) -> Result<(), ReadError> {
        match self.peek()? {
            Some(0xFE | 0xFF | 0) => Err(ReadError::Encoding("UTF-16".to_owned())),
            Some(0xEF) => {
                for mark in [0xEF, 0xBB, 0xBF] {
                    if self.bump()? != Some(mark) {
                        return Err(ReadError::NotXml);
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Token, ReadError> {
        match self.peek()? {
            None => Ok(Token::Eof),
            Some(b'<') => {
                self.bump()?;
                self.markup()
            }
            Some(_) => {
                let mut blank = true;
                self.pass(|bytes| {
                    let end = memchr::memchr(b'<', bytes);
                    let text = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
                    blank = blank && text.iter().all(u8::is_ascii_whitespace);
                    end
                })?;
                Ok(Token::Text { blank })
            }
        }
    }

    /// What a `<` begins.
    fn markup(&mut self) -> Result<Token, ReadError> {
        match self.peek_within()? {
            b'!' => {
                self.bump()?;
                match self.peek_within()? {
                    b'-' => {
                        self.through(b"-->", false)?;
                        Ok(Token::Aside { instruction: false })
                    }
                    b'[' => {
                        self.through(b"]]>", false)?;
                        Ok(Token::Text { blank: false })
                    }
                    _ => {
                        self.tag_until_end()?;
                        Ok(Token::Declaration)
                    }
                }
            }
            b'?' => {
                self.bump()?;
                self.through(b"?>", true)?;
                Ok(Token::Aside { instruction: true })
            }
            b'/' => {
                self.tag_until_end()?;
                Ok(Token::End)
            }
            0 => Err(ReadError::Encoding("UTF-16".to_owned())),
            byte if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii() => {
                let empty = self.tag_until_end()?;
                Ok(Token::Start { empty })
            }
            _ => {
                self.flaw = Some("a \"<\" that begins nothing");
                Ok(Token::Text { blank: false })
            }
        }
    }

    /// Takes a tag to its `>`, outside of quotes, and says whether it ends its element too.
    ///
    /// A `<` may stand nowhere in a tag. So where a quote or a `>` was forgotten, the next tag is found, and the flaw is its own.
    fn tag_until_end(&mut self) -> Result<bool, ReadError> {
        let mut tag = std::mem::take(&mut self.tag);
        tag.clear();
        let (mut quote, mut last) = (None, None);
        let mut is_cut = false;
        let ended = self.pass(|bytes| {
            let end = bytes.iter().position(|byte| match (*byte, quote) {
                (b'<', _) | (b'>', None) => true,
                (byte @ (b'"' | b'\''), None) => {
                    quote = Some(byte);
                    false
                }
                (byte, Some(open)) if byte == open => {
                    quote = None;
                    false
                }
                _ => false,
            });
            let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
            last = piece.last().copied().or(last);
            let room = MAX_TAG_BYTES.saturating_sub(tag.len());
            is_cut = is_cut || piece.len() > room;
            tag.extend_from_slice(piece.get(..room).unwrap_or(piece));
            end
        });
        let empty = last == Some(b'/') && !tag.starts_with(b"/");
        (self.tag, self.tag_is_cut) = (tag, is_cut);
        if !ended? {
            return Err(self.torn());
        }
        if self.peek()? == Some(b'<') {
            self.flaw = Some("a tag that does not end");
        } else {
            self.bump()?;
        }
        Ok(empty)
    }

    /// Passes everything to the end of `end`, and keeps it as the tag if that is wanted.
    fn through(&mut self, end: &'static [u8], keep: bool) -> Result<(), ReadError> {
        let mut tag = std::mem::take(&mut self.tag);
        tag.clear();
        let mut found = Finder::new(end);
        let mut swallowed = Finder::new(b"</product>");
        let mut has_swallowed = false;
        let ended = self.pass(|bytes| {
            let end = found.find(bytes);
            let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
            has_swallowed = has_swallowed || swallowed.find(piece).is_some();
            if keep {
                let room = MAX_TAG_BYTES.saturating_sub(tag.len());
                tag.extend_from_slice(piece.get(..room).unwrap_or(piece));
            }
            end
        });
        self.tag = tag;
        if let Some(recorder) = &mut self.recorder {
            recorder.swallowed = recorder.swallowed || has_swallowed;
        }
        if ended? { Ok(()) } else { Err(self.torn()) }
    }

    /// The next byte, which stays.
    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            match self.reader.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn peek_within(&mut self) -> Result<u8, ReadError> {
        self.peek()?.ok_or_else(|| self.torn())
    }

    fn bump(&mut self) -> Result<Option<u8>, ReadError> {
        let next = self.peek()?;
        if let Some(byte) = next {
            self.consume(&[byte]);
        }
        Ok(next)
    }

    fn consume(&mut self, bytes: &[u8]) {
        if let Some(recorder) = &mut self.recorder {
            recorder.keep(bytes);
        }
        self.reader.consume(bytes.len());
        self.at = self.at.saturating_add(bytes.len() as u64);
    }

    /// Takes what comes until `end` tells a place in it, and says whether it did before the file ended.
    fn pass(&mut self, mut end: impl FnMut(&[u8]) -> Option<usize>) -> Result<bool, ReadError> {
        loop {
            let bytes = match self.reader.fill_buf() {
                Ok([]) => return Ok(false),
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            let place = end(bytes);
            let passed = bytes.get(..place.unwrap_or(bytes.len())).unwrap_or(bytes);
            if let Some(recorder) = &mut self.recorder {
                recorder.keep(passed);
            }
            let passed = passed.len();
            self.reader.consume(passed);
            self.at = self.at.saturating_add(passed as u64);
            if place.is_some() {
                return Ok(true);
            }
        }
    }

    /// The file ended where it must not.
    pub(super) fn torn(&self) -> ReadError {
        ReadError::Torn { at: self.at }
    }
}

/// Finds a short text in what comes in pieces.
struct Finder {
    wanted: &'static [u8],
    /// How much of it the last bytes were.
    matched: usize,
}

impl Finder {
    fn new(wanted: &'static [u8]) -> Self {
        Self { wanted, matched: 0 }
    }

    /// The place behind it, if it ends in these bytes.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let first = *self.wanted.first()?;
        let mut place = 0;
        while let Some(rest) = bytes.get(place..).filter(|rest| !rest.is_empty()) {
            if self.matched == 0 {
                place += memchr::memchr(first, rest)? + 1;
                self.matched = 1;
            } else {
                self.step(*rest.first()?);
                place += 1;
            }
            if self.matched == self.wanted.len() {
                self.matched = 0;
                return Some(place);
            }
        }
        None
    }

    /// As much of the wanted text as the last bytes are, with this one behind them.
    fn step(&mut self, byte: u8) {
        while self.wanted.get(self.matched) != Some(&byte) {
            if self.matched == 0 {
                return;
            }
            let matched = self.wanted.get(..self.matched).unwrap_or_default();
            let begins = |length: &usize| matched.ends_with(self.wanted.get(..*length).unwrap_or_default());
            self.matched = (0..self.matched).rev().find(begins).unwrap_or_default();
        }
        self.matched += 1;
    }
}
