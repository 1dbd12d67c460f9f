//! HTML as a row of tokens, in one pass whatever the text is.

/// Elements whose content is no text for a reader. It ends at the first end tag of their name.
const SILENT: &[&str] = &[
    "script", "style", "iframe", "noembed", "noframes", "textarea", "title", "template", "svg", "math",
    "object", "applet", "audio", "video", "canvas", "select",
];

/// Those of [`SILENT`] that reach to the end of the text when they are not closed: a browser reads on as script, too.
const RAW: &[&str] = &["script", "style", "iframe", "noembed", "noframes", "textarea", "title"];

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities as they are written. A `<` in it is one that starts no tag.
    Text(&'a str),
    /// A start tag: its name as written, and what follows it up to the `>`.
    Start(&'a str, &'a str),
    /// An end tag: its name as written.
    End(&'a str),
}

/// Splits HTML into tokens. Comments, doctypes and the content of [`SILENT`] elements are left out, and so are the marks
/// of CDATA sections, but not their content. A `<` that no `>` follows is text.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    /// How many bytes of text there are from the last `>` on: a shorter rest has none, and so no tag.
    from_last_end: Option<usize>,
    /// Off as soon as a quoted value swallowed the rest of the text; from then on a tag ends at the next `>`.
    quotes: bool,
    in_cdata: bool,
    /// Elements that are not closed any more; looked for once.
    unclosed: Vec<&'static str>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        let from_last_end = html.rfind('>').map(|last| html.len() - last);
        Self { rest: html, from_last_end, quotes: true, in_cdata: false, unclosed: Vec::new() }
    }

    /// Takes the first `bytes` bytes of the rest.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Takes what stands before `end`, and drops `end`; all of the rest when it is not there.
    fn take_until(&mut self, end: &str) -> &'a str {
        let (taken, rest) = self.rest.split_once(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn starts(&self, prefix: &str) -> bool {
        self.rest.starts_with(prefix)
    }

    /// A token at a `<`; none when it is one of those that are left out.
    fn markup(&mut self) -> Option<Token<'a>> {
        if self.starts("<!--") {
            self.take("<!--".len());
            if self.starts(">") || self.starts("->") {
                self.take_until(">");
            } else {
                self.take_until("-->");
            }
            return None;
        }
        if self.starts("<![CDATA[") {
            self.take("<![CDATA[".len());
            self.in_cdata = true;
            return None;
        }
        let mut after = self.rest.chars().skip(1);
        let next = after.next();
        let no_tag_ends = self.from_last_end.is_none_or(|bytes| self.rest.len() < bytes);
        match next {
            _ if no_tag_ends => Some(Token::Text(self.take(1))),
            Some('!' | '?') => {
                self.take_until(">");
                None
            }
            Some('/') if after.next().is_some_and(|c| c.is_ascii_alphabetic()) => {
                self.take("</".len());
                let (name, _) = self.tag();
                Some(Token::End(name))
            }
            Some(c) if c.is_ascii_alphabetic() => {
                self.take("<".len());
                let (name, attributes) = self.tag();
                self.skip_silent(name, attributes);
                Some(Token::Start(name, attributes))
            }
            _ => Some(Token::Text(self.take(1))),
        }
    }

    /// The name and the rest of a tag, whose `<` or `</` has been taken.
    fn tag(&mut self) -> (&'a str, &'a str) {
        let name_end = self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')));
        let name = self.take(name_end.unwrap_or(self.rest.len()));
        if self.quotes {
            if let Some(end) = end_of_tag(self.rest) {
                let attributes = self.take(end);
                self.take(">".len());
                return (name, attributes);
            }
            self.quotes = false;
        }
        (name, self.take_until(">"))
    }

    /// Drops the content of a silent element, up to its end tag.
    fn skip_silent(&mut self, name: &str, attributes: &str) {
        let Some(name) = SILENT.iter().find(|silent| silent.eq_ignore_ascii_case(name)) else { return };
        let empty = matches!(*name, "svg" | "math") && attributes.ends_with('/');
        if empty || self.unclosed.contains(name) {
            return;
        }
        let end = self.rest.match_indices("</").find(|(at, _)| {
            let behind = self.rest.get(at + 2..).unwrap_or_default();
            let named = behind.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
            named
                && !behind
                    .get(name.len()..)
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        });
        match end {
            Some((at, _)) => {
                self.take(at);
            }
            None if RAW.contains(name) => self.rest = "",
            None => self.unclosed.push(name),
        }
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            if self.starts("<") {
                if let Some(token) = self.markup() {
                    return Some(token);
                }
                continue;
            }
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let text = self.rest.get(..end).filter(|_| self.in_cdata).unwrap_or_default();
            let close = text.find("]]>");
            let Some(close) = close else { return Some(Token::Text(self.take(end))) };
            let text = self.take(close);
            self.take("]]>".len());
            self.in_cdata = false;
            if !text.is_empty() {
                return Some(Token::Text(text));
            }
        }
        None
    }
}

/// Where the `>` of a tag stands: the first one outside a quoted value.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '>') => return Some(at),
            (None, '"' | '\'') if after_equals => {
                quote = Some(c);
                after_equals = false;
            }
            (None, '=') => after_equals = true,
            (None, _) if c.is_ascii_whitespace() => {}
            (None, _) => after_equals = false,
        }
    }
    None
}

/// The value of an attribute, with its entities as they are written.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        // A name may begin with `=`, so that every round takes at least one character.
        let name_end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
            .map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at_checked(name_end)?;
        let value;
        (value, rest) = match after.trim_ascii_start().strip_prefix('=') {
            Some(after) => split_value(after.trim_ascii_start()),
            None => ("", after),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
}

/// A value and what follows it.
fn split_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some((value, rest)) = text.strip_prefix(quote).and_then(|quoted| quoted.split_once(quote)) {
            return (value, rest);
        }
    }
    text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text, ""))
}
