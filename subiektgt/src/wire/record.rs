//! The lines that are a record.

use std::io::BufRead;

use super::codepage::CodePage;
use super::fields::{Quotes, Splitter, State};
use super::lines::Lines;
use super::{Fault, MAX_LINES, MAX_RECORD_BYTES, ReadError, Section};

/// The fields of a record, as bytes.
#[derive(Debug)]
pub(super) struct Record {
    fields: Vec<Vec<u8>>,
    /// How many there are, with those that are not kept.
    pub(super) count: usize,
    /// The line that it begins in.
    pub(super) line: u64,
    /// Its quotes are not written as they should.
    pub(super) is_stray: bool,
    /// The file goes on behind it, or ends as it should.
    pub(super) is_ended: bool,
}

impl Record {
    /// A field by its number in the description of the format, which counts from 1. None where it is empty.
    pub(super) fn text(&self, number: usize, code_page: CodePage) -> Option<String> {
        let bytes = self.fields.get(number.checked_sub(1)?)?;
        let text = code_page.decode(bytes);
        let text = text.trim();
        if text.is_empty() { None } else { Some(text.to_owned()) }
    }
}

/// Reads the record that begins in the next line, which is there and no label. One with a fault has the fields that its first line
/// surely has, and only that line is read.
pub(super) fn read<R: BufRead>(
    lines: &mut Lines<R>,
    section: Option<Section>,
) -> Result<(Record, Option<Fault>), ReadError> {
    let found = find(lines, section)?;
    let record = match found {
        Ok((splitter, length, is_stray)) => {
            let (first, last) =
                (lines.look(0)?.map(|line| line.number), lines.look(length.saturating_sub(1))?);
            let is_ended = last.is_none_or(|line| line.is_ended);
            let (line, count) = (first.unwrap_or_default(), splitter.count());
            lines.pass(length);
            (Record { fields: splitter.into_fields(), count, line, is_stray, is_ended }, None)
        }
        Err(fault) => {
            let line = lines.next()?.unwrap_or_default();
            let mut splitter = Splitter::new(Quotes::Stray);
            splitter.line(&line.bytes);
            let count = splitter.count();
            let fault = if fault == Fault::Unclosed && !line.is_ended { Fault::Torn } else { fault };
            let (line, is_ended) = (line.number, line.is_ended);
            let fields = splitter.into_fields();
            (Record { fields, count, line, is_stray: true, is_ended }, Some(fault))
        }
    };
    Ok(record)
}

/// What is found: the fields, in how many lines, and whether quotes are not as they should be.
type Found = Result<(Splitter, usize, bool), Fault>;

/// Finds where the record ends, and leaves the lines.
fn find<R: BufRead>(lines: &mut Lines<R>, section: Option<Section>) -> Result<Found, ReadError> {
    let mut doubled = Some(Splitter::new(Quotes::Doubled));
    let mut stray = Stray { splitter: Splitter::new(Quotes::Stray), state: State::Open, length: 0 };
    let mut bytes = 0_usize;
    for number in 0..MAX_LINES {
        let Some(line) = lines.look(number)? else { break };
        if line.is_too_long && number == 0 {
            return Ok(Err(Fault::TooLong));
        }
        bytes = bytes.saturating_add(line.bytes.len());
        if line.is_too_long || bytes > MAX_RECORD_BYTES || line.label().is_some() {
            break;
        }
        if let Some(mut splitter) = doubled.take() {
            match splitter.line(&line.bytes) {
                State::Complete => return Ok(Ok((splitter, number.saturating_add(1), false))),
                State::Open => doubled = Some(splitter),
                State::Malformed => {}
            }
        }
        stray.line(&line.bytes, section);
        if doubled.is_none() && stray.state != State::Open {
            break;
        }
    }
    // What could still be read with all quotes doubled has come to no end.
    Ok(if stray.state == State::Complete {
        Ok((stray.splitter, stray.length, true))
    } else {
        Err(Fault::Unclosed)
    })
}

/// The second way to read a record.
struct Stray {
    splitter: Splitter,
    state: State,
    /// In lines.
    length: usize,
}

impl Stray {
    fn line(&mut self, line: &[u8], section: Option<Section>) {
        if self.state != State::Open {
            return;
        }
        // A quote that was taken for one of the text must not cost the next record.
        if self.length > 0 && section.is_some_and(|section| begins_record(section, line)) {
            self.state = State::Malformed;
            return;
        }
        self.state = self.splitter.line(line);
        self.length = self.length.saturating_add(1);
    }
}

/// Whether a line looks like the beginning of a record.
fn begins_record(section: Section, line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    match section {
        Section::Goods => {
            let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
            digits > 0 && line.get(digits) == Some(&b',')
        }
        Section::Prices | Section::Groups | Section::Tags => line.starts_with(b"\""),
    }
}
