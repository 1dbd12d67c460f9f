//! Clean HTML into HTML whose texts htmd can copy as they are.

use unicode_normalization::UnicodeNormalization;

use super::super::characters::is_invisible;
use super::escape::{Place, is_sign, push_escaped};
use super::run::RUN_END;
use super::scan::{Scanner, Token};
use super::tags::is_block;

#[derive(Debug)]
struct Preparer {
    out: String,
    place: Place,
    /// How many cells of tables are open.
    cells: u32,
    preformatted: bool,
    /// The text of the inline code that is open.
    code: Option<String>,
}

/// Escapes the texts of what the sanitizer wrote, and folds their white space; see [`super::escape`].
///
/// Inline code must end where it is meant to, or what is in it is set free. So it is one line; it is not empty, or its
/// backticks would pair with others; and it is plain text in two places: right behind other code, where the backticks of
/// both would be one row, and in a table's cell when it has a pipe, because renderers disagree about where that cell ends.
pub(super) fn prepare(clean: &str) -> String {
    let clean = clean.replace(RUN_END, "");
    let mut preparer = Preparer {
        out: String::with_capacity(clean.len()),
        place: Place::LineStart,
        cells: 0,
        preformatted: false,
        code: None,
    };
    let mut tokens = Scanner::new(&clean).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => {
                let link_next = match tokens.peek() {
                    // Or a mark that Markdown has no sign for, because there is nothing in it: a link may be behind it.
                    Some(Token::Start(name, _)) => !is_block(name),
                    // Of this link the sanitizer may have left the text alone.
                    Some(Token::End(name)) => *name == "a",
                    _ => false,
                };
                preparer.text(text, link_next);
            }
            Token::Start(name, attributes) => preparer.start(name, attributes),
            Token::End(name) => preparer.end(name),
        }
    }
    preparer.out
}

impl Preparer {
    fn start(&mut self, name: &str, attributes: &str) {
        match name {
            "code" if !self.preformatted => {
                self.code = Some(String::new());
                return;
            }
            "pre" => self.preformatted = true,
            "td" | "th" => self.cells = self.cells.saturating_add(1),
            _ => {}
        }
        self.out.extend(["<", name, attributes, ">"]);
        if is_block(name) {
            self.place = Place::LineStart;
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "code" if !self.preformatted => return self.end_code(),
            "pre" => self.preformatted = false,
            "td" | "th" => self.cells = self.cells.saturating_sub(1),
            _ => {}
        }
        self.out.extend(["</", name, ">"]);
        if is_block(name) {
            self.place = Place::LineStart;
        }
    }

    fn text(&mut self, text: &str, link_next: bool) {
        let text = visible(&decoded(text));
        if self.preformatted {
            return push_encoded(&text, &mut self.out);
        }
        match &mut self.code {
            Some(code) => code.push_str(&text),
            None => self.prose(&text, link_next),
        }
    }

    fn prose(&mut self, text: &str, link_next: bool) {
        let folded = folded(text);
        let line = if self.place == Place::LineStart { folded.trim_start_matches(' ') } else { &folded };
        let mut escaped = String::with_capacity(line.len());
        push_escaped(line, &mut self.place, link_next, &mut escaped);
        push_encoded(&escaped, &mut self.out);
    }

    fn end_code(&mut self) {
        let text = folded(&self.code.take().unwrap_or_default());
        let pipe_in_cell = self.cells > 0 && text.contains('|');
        if text.trim().is_empty() || pipe_in_cell || self.place == Place::BehindCode {
            return self.prose(&text, false);
        }
        self.out.push_str("<code>");
        push_encoded(&text, &mut self.out);
        self.out.push_str("</code>");
        self.place = Place::BehindCode;
    }
}

/// The characters that the sanitizer's writer encodes, decoded. No-break spaces stay such.
pub(super) fn decoded(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{A0}"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

fn push_encoded(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
    }
}

/// What is left of a text, in NFC: white space that is not of the usual kinds becomes a space.
///
/// All of it before Markdown is made: two characters that an invisible one parts could be markup without it, and some
/// characters are a backtick in NFC.
fn visible(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | ' ' | '\u{A0}' => Some(c),
            _ if c.is_whitespace() => Some(' '),
            _ if c.is_control() || is_invisible(c) || is_sign(c) => None,
            _ => Some(c),
        })
        .nfc()
        .collect()
}

/// Each run of spaces and line breaks as one space.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let is_space = matches!(c, ' ' | '\n');
        if !(is_space && folded.ends_with(' ')) {
            folded.push(if is_space { ' ' } else { c });
        }
    }
    folded
}
