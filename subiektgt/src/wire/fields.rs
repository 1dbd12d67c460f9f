//! A record, taken apart.
//!
//! Texts stand in quotes, and a quote in a text should be doubled, but mostly is not. So there are two ways to read a record. The first
//! holds writers to the rule, and fails where one did not keep it; what it can read is right. The second is for those who did not: there a
//! quote closes a text only where the next field plausibly begins behind it.

/// How many fields of a record are kept. Those behind are counted.
const KEPT: usize = 42;

const QUOTE: u8 = b'"';
const COMMA: u8 = b',';

/// How quotes in texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// All are doubled.
    Doubled,
    /// As they come.
    Stray,
}

/// What a record is after a line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It ends with the line.
    Complete,
    /// A text in it goes on in the next line.
    Open,
    /// It cannot be read in this way.
    Malformed,
}

/// Takes a record apart, line by line.
#[derive(Debug)]
pub(super) struct Splitter {
    quotes: Quotes,
    is_in_text: bool,
    current: Vec<u8>,
    fields: Vec<Vec<u8>>,
    count: usize,
}

impl Splitter {
    pub(super) fn new(quotes: Quotes) -> Self {
        Self { quotes, is_in_text: false, current: Vec::new(), fields: Vec::new(), count: 0 }
    }

    /// The first fields, of those that are closed.
    pub(super) fn into_fields(self) -> Vec<Vec<u8>> {
        self.fields
    }

    /// How many fields are closed.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Reads a line, which must not follow one that completed the record.
    pub(super) fn line(&mut self, line: &[u8]) -> State {
        let mut rest = line;
        if self.is_in_text {
            self.current.push(b'\n');
        }
        loop {
            let next = if self.is_in_text { self.text(rest) } else { self.begin(rest) };
            match next {
                Ok(next) => rest = next,
                Err(state) => return state,
            }
        }
    }

    /// Begins a field, and reads it if it has no quotes. What is not read comes back, or what the record is at the end of the line.
    fn begin<'a>(&mut self, line: &'a [u8]) -> Result<&'a [u8], State> {
        if let Some(text) = line.trim_ascii_start().strip_prefix(&[QUOTE]) {
            self.is_in_text = true;
            return Ok(text);
        }
        let (field, next) = match split(line) {
            Some((field, next)) => (field, Ok(next)),
            None => (line, Err(State::Complete)),
        };
        if self.quotes == Quotes::Doubled && field.contains(&QUOTE) {
            return Err(State::Malformed);
        }
        self.current.extend_from_slice(field);
        self.close();
        next
    }

    /// Reads a text up to the next quotes.
    fn text<'a>(&mut self, line: &'a [u8]) -> Result<&'a [u8], State> {
        let at = line.iter().position(|byte| *byte == QUOTE);
        let Some((text, behind)) = at.and_then(|at| line.split_at_checked(at)) else {
            self.current.extend_from_slice(line);
            return Err(State::Open);
        };
        self.current.extend_from_slice(text);
        let quotes = behind.iter().take_while(|byte| **byte == QUOTE).count();
        let behind = behind.get(quotes..).unwrap_or_default();
        let is_odd = quotes % 2 == 1;
        let next = field_end(behind);
        let closes = match self.quotes {
            Quotes::Doubled if !is_odd => false,
            Quotes::Doubled if next.is_none() => return Err(State::Malformed),
            Quotes::Doubled => true,
            Quotes::Stray => next.is_some_and(|next| next.is_none_or(begins_field)),
        };
        let meant = match (closes, is_odd) {
            (true, true) => quotes / 2,
            // One closes, and the others are as they come.
            (true, false) => quotes.saturating_sub(1),
            (false, _) => quotes.div_ceil(2),
        };
        self.current.extend(std::iter::repeat_n(QUOTE, meant));
        if !closes {
            return Ok(behind);
        }
        self.is_in_text = false;
        self.close();
        next.flatten().ok_or(State::Complete)
    }

    fn close(&mut self) {
        let field = std::mem::take(&mut self.current);
        if self.fields.len() < KEPT {
            self.fields.push(field);
        }
        self.count = self.count.saturating_add(1);
    }
}

/// What stands before the next comma, and behind it.
fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = line.iter().position(|byte| *byte == COMMA)?;
    Some((line.get(..at)?, line.get(at.saturating_add(1)..)?))
}

/// What follows the comma that ends a field here, or none at the end of the line. `None` where no field ends.
#[expect(clippy::option_option, reason = "where a field ends, and what is behind it, are two questions")]
fn field_end(line: &[u8]) -> Option<Option<&[u8]>> {
    match line.trim_ascii_start() {
        [] => Some(None),
        [COMMA, next @ ..] => Some(Some(next)),
        _ => None,
    }
}

/// Whether a field plausibly begins here: a quoted text, nothing, or a number or word. A text that goes on behind a quote and a comma
/// mostly does so with a space, or comes to the quote that closes it.
fn begins_field(line: &[u8]) -> bool {
    if line.trim_ascii_start().first().is_none_or(|byte| *byte == QUOTE) {
        return true;
    }
    let end = line.iter().position(|byte| matches!(*byte, QUOTE | COMMA)).unwrap_or(line.len());
    let field = line.get(..end).unwrap_or_default();
    if line.get(end) == Some(&QUOTE) {
        return false;
    }
    field.trim_ascii().is_empty() || !field.trim_ascii_end().iter().any(u8::is_ascii_whitespace)
}
