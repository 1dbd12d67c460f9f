//! Bold, italic, code and links around text.

/// What breaks a line inside a block.
pub(super) const LINE_BREAK: &str = "<br>";

/// A mark around text, in the order in which they stand inside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Link,
    Strong,
    Emphasis,
    Code,
}

impl Mark {
    fn tag(self) -> &'static str {
        match self {
            Self::Link => "a",
            Self::Strong => "strong",
            Self::Emphasis => "em",
            Self::Code => "code",
        }
    }
}

/// How often each mark is open in the HTML that is read. Open twice is open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    strong: u32,
    emphasis: u32,
    code: u32,
}

/// The marks that the next text shall have, and those that are open in the HTML that is written.
///
/// Nothing is written before there is text for it, so that empty marks vanish and adjacent equal ones become one.
#[derive(Debug, Default)]
pub(super) struct Marks {
    counts: Counts,
    link: Option<String>,
    open: Vec<Mark>,
}

impl Marks {
    /// Notes a start tag; false when it is none of a mark.
    pub(super) fn start(&mut self, name: &str) -> bool {
        self.count(name).map(|count| *count = count.saturating_add(1)).is_some()
    }

    /// Notes an end tag; false when it is none of a mark.
    pub(super) fn end(&mut self, name: &str) -> bool {
        self.count(name).map(|count| *count = count.saturating_sub(1)).is_some()
    }

    fn count(&mut self, name: &str) -> Option<&mut u32> {
        match name {
            "b" | "strong" => Some(&mut self.counts.strong),
            "i" | "em" | "cite" | "dfn" | "var" => Some(&mut self.counts.emphasis),
            "code" | "tt" | "kbd" | "samp" => Some(&mut self.counts.code),
            _ => None,
        }
    }

    /// What is open now, to come back to at the end of a table's cell.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Comes back to what was open: marks do not leave a table's cell.
    pub(super) fn restore(&mut self, counts: Counts) {
        self.counts = counts;
    }

    /// Begins a link, or ends one, and with it the link that is open.
    pub(super) fn set_link(&mut self, address: Option<&str>, out: &mut String) {
        if self.open.contains(&Mark::Link) {
            self.close_all(out);
        }
        self.link = address.map(|address| address.replace('"', "&quot;"));
    }

    /// Opens and closes what the next text asks for; what stood before the text (a space, a line break) comes between.
    /// A line break closes code, which is one line in Markdown.
    pub(super) fn prepare(&mut self, between: &str, out: &mut String) {
        let line_break = between == LINE_BREAK;
        let wanted: Vec<Mark> = [
            (Mark::Link, self.link.is_some()),
            (Mark::Strong, self.counts.strong > 0),
            (Mark::Emphasis, self.counts.emphasis > 0),
            (Mark::Code, self.counts.code > 0),
        ]
        .into_iter()
        .filter_map(|(mark, wanted)| wanted.then_some(mark))
        .collect();
        let common = self
            .open
            .iter()
            .zip(&wanted)
            .take_while(|(open, wanted)| open == wanted && !(line_break && **open == Mark::Code))
            .count();
        self.close_down_to(common, out);
        out.push_str(between);
        for mark in wanted.into_iter().skip(common) {
            match (mark, &self.link) {
                (Mark::Link, Some(address)) => out.extend(["<a href=\"", address, "\">"]),
                _ => out.extend(["<", mark.tag(), ">"]),
            }
            self.open.push(mark);
        }
    }

    /// Closes all marks at the end of a block. They open again in the next one, but for a link: its address would be
    /// written as often as there are blocks.
    pub(super) fn close_all(&mut self, out: &mut String) {
        if self.open.contains(&Mark::Link) {
            self.link = None;
        }
        self.close_down_to(0, out);
    }

    fn close_down_to(&mut self, kept: usize, out: &mut String) {
        while self.open.len() > kept {
            if let Some(mark) = self.open.pop() {
                out.extend(["</", mark.tag(), ">"]);
            }
        }
    }
}
